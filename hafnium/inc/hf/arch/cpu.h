/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The CPU that this runs on: identity, per-CPU set-up of EL2, idling.
 */
#pragma once

#include "hf/base/addr.h"

/** Affinity fields of MPIDR_EL1, all else 0. */
uint64_t arch_cpu_mpidr(void);
#define MPIDR_AFFINITY_MASK UINT64_C(0xff00ffffff)

/**
 * Registers of EL2 that never change afterwards and no other header owns:
 * timers, GIC system registers, traps that are the same for all.
 */
void arch_cpu_init(void);

/** Where the firmware starts other CPUs: physical address of our entry. */
paddr_t arch_cpu_entry(void);
