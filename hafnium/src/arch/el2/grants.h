/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Debug builds: performance monitors and debug registers that several VMs use,
 * each with a state of its own. Called by regs.c when contexts change.
 */
#pragma once

#include "hf/arch/regs.h"

/** Event counters that a secondary has at most; all CPUs of Arm's have six. */
#define GRANT_COUNTERS 6U

/** What `regs` has goes to memory, and is stopped. */
never_inline void grants_leave(struct arch_regs *regs);

/** And back; what it has not is left as the last one stopped it. */
never_inline void grants_enter(const struct arch_regs *regs);
