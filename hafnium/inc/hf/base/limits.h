/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Build-time limits. Each may be raised on the compiler's command line
 * (make LIMITS="-DMAX_VMS=64"); nothing else in the tree repeats them.
 */
#pragma once

#include "hf/base/compiler.h"

/** Physical CPUs that can be used. */
#ifndef MAX_CPUS
#define MAX_CPUS 8
#endif

/** VMs, the primary included. */
#ifndef MAX_VMS
#define MAX_VMS 16
#endif

/** vCPUs of all VMs together. */
#ifndef MAX_VCPUS
#define MAX_VCPUS (MAX_VMS * MAX_CPUS)
#endif

/** Ranges of RAM in the FDT. More are ignored with a line in the log. */
#ifndef MAX_MEM_RANGES
#define MAX_MEM_RANGES 16
#endif

/** Ranges of device memory in the FDT. */
#ifndef MAX_DEVICE_RANGES
#define MAX_DEVICE_RANGES 16
#endif

/** Pages that page tables of all VMs and of the hypervisor are made of. */
#ifndef TABLE_PAGES
#define TABLE_PAGES (64 + 8 * MAX_VMS)
#endif

/**
 * Memory transactions that each VM can have at any time, and how many more
 * there are for who comes first.
 */
#ifndef TRANSACTIONS_OF_VM
#define TRANSACTIONS_OF_VM 4
#endif
#ifndef TRANSACTIONS_FOR_ALL
#define TRANSACTIONS_FOR_ALL 64
#endif
#define MAX_TRANSACTIONS (MAX_VMS * TRANSACTIONS_OF_VM + TRANSACTIONS_FOR_ALL)

/** The same for pages that keep their ranges, 256 each. */
#ifndef RANGE_PAGES_OF_VM
#define RANGE_PAGES_OF_VM 1
#endif
#ifndef RANGE_PAGES_FOR_ALL
#define RANGE_PAGES_FOR_ALL 48
#endif
#define RANGE_PAGES (MAX_VMS * RANGE_PAGES_OF_VM + RANGE_PAGES_FOR_ALL)

#define HEAP_PAGES (TABLE_PAGES + RANGE_PAGES)

/** Function ids that `smc_whitelist` keeps. */
#define MAX_SMCS 32

static_assert(MAX_CPUS >= 1 && MAX_CPUS <= 256, "one byte of CPU index");
static_assert(MAX_TRANSACTIONS <= 0x10000, "16 bits of a handle");
static_assert(MAX_VMS >= 1 && MAX_VMS <= 255, "8-bit VMIDs are enough");
