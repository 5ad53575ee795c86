/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Physical interrupts that come to EL2. They are the primary's, and while it
 * runs they go to it directly (HCR_EL2.IMO = FMO = 0), so none arrives here
 * before secondaries run. See docs/interrupts.md.
 */
#include "hf/arch/entry.h"
#include "hf/base/check.h"
#include "hf/vm/vm.h"

struct arch_regs *dispatch_irq(struct arch_regs *current)
{
	panic("Interrupt at EL2 while VM %#x runs",
	      vcpu_from_regs(current)->vm->id);
}
