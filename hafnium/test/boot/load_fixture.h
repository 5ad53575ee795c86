/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of a machine for loading into: its addresses are those of this
 * process. RAM disk at the start, FDT at 1 MiB, free RAM from 2 MiB on.
 * See docs/testing.md.
 */
#pragma once

#include "hf/boot/load.h"

#define ARENA_SIZE UINT64_C(0x800000)
#define ARENA_FDT_AT UINT64_C(0x100000)
#define ARENA_FREE_AT UINT64_C(0x200000)

/** Where the tests put the primary's kernel. */
#define ARENA_KERNEL_AT UINT64_C(0x300000)

struct load_fixture {
	uint8_t *arena; /* 2 MiB aligned, filled with 0xa5 */
	struct boot_params params;
	struct manifest manifest;
	struct page_pool pool;
	struct load load;
};

/**
 * A machine with four CPUs, and a manifest of a primary whose kernel.bin goes
 * to ARENA_KERNEL_AT. The RAM disk is begun and has kernel.bin.
 */
struct load_fixture *load_fixture(void);

/** The RAM disk ends; load_vms(). */
bool load_fixture_run(void);

/** One more VM in the manifest: service.bin, 64 KiB, one vCPU. */
struct manifest_vm *load_fixture_add_vm(const char *name);

paddr_t arena_pa(uint64_t offset);
bool load_log_has(const char *text);
