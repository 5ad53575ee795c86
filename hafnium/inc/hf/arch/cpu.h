/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The CPU that this runs on: identity, per-CPU set-up of EL2, idling.
 */
#pragma once

#include "hf/base/addr.h"

struct arch_regs;

/** Affinity fields of MPIDR_EL1, all else 0. */
uint64_t arch_cpu_mpidr(void);
#define MPIDR_AFFINITY_MASK UINT64_C(0xff00ffffff)

/**
 * Registers of EL2 that never change afterwards and no other header owns:
 * timers, GIC system registers, traps that are the same for all.
 */
void arch_cpu_init(uint32_t cpu_idx);

/** Stack of CPU `cpu_idx`, its highest address (exclusive). */
vaddr_t arch_cpu_stack_end(uint32_t cpu_idx);

/** Where the firmware starts other CPUs: physical address of our entry. */
paddr_t arch_cpu_entry(void);

/** The context that runs on this CPU; valid inside dispatch_*(). */
struct arch_regs *arch_cpu_current_regs(void);

/** The value of VTTBR_EL2 and so on in hardware follow `regs` from now on. */
void arch_cpu_set_current_regs(struct arch_regs *regs);

noreturn void arch_cpu_park(void);
