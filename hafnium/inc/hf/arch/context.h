/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Called by exceptions.S when contexts change; nobody else.
 */
#pragma once

#include "hf/arch/regs.h"

/** EL1 and EL0 system registers from hardware to `regs`. */
void arch_regs_leave(struct arch_regs *regs);

/**
 * And back, with the EL2 controls that go with this guest. `from` is what was
 * left, or NULL: while a secondary runs, the primary's virtual timer goes on as
 * the hypervisor's physical one.
 */
void arch_regs_enter(struct arch_regs *regs, const struct arch_regs *from);
