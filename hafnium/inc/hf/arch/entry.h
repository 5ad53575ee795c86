/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Upcall contract: what the entry code of floor 2 calls. Declared here, defined
 * by dispatch (floor 6) and boot (floor 7), resolved by the linker.
 *
 * A handler returns the context to resume on this CPU: `current`, or another.
 */
#pragma once

#include "hf/arch/regs.h"
#include "hf/base/addr.h"

/**
 * Boot CPU, on its own stack, MMU off, bss zero.
 *   in   fdt: where the loader put the FDT
 * The context to enter first.
 */
struct arch_regs *boot_main(paddr_t fdt);

/** Another CPU that was started by CPU_ON; `arg` is what we passed to EL3. */
struct arch_regs *boot_secondary_cpu(uint64_t arg);

/**
 * HVC from the guest. x0-x18, x29 and x30 are in `current`; the PC, already
 * behind the instruction, is still in hardware (arch_regs_sync() fetches it).
 */
struct arch_regs *dispatch_hvc(struct arch_regs *current);

/** SMC from the guest; the entry code has moved the PC behind it. */
struct arch_regs *dispatch_smc(struct arch_regs *current);

/** Any other synchronous exception from a lower EL; `esr` is ESR_EL2. */
struct arch_regs *dispatch_lower_sync(struct arch_regs *current, uint64_t esr);

/** IRQ or FIQ taken to EL2. */
struct arch_regs *dispatch_irq(struct arch_regs *current);

/** SError from a lower EL. */
struct arch_regs *dispatch_lower_serror(struct arch_regs *current,
					uint64_t esr);
