/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Physical interrupts that come to EL2. They are the primary's: while it runs
 * they go to it directly (HCR_EL2.IMO = FMO = 0). While a secondary runs they
 * come here, are not acknowledged, and preempt it: back in the primary the
 * same interrupt is taken by itself. See docs/interrupts.md.
 */
#include "hf/arch/entry.h"
#include "hf/ffa.h"
#include "hf/vm/schedule.h"
#include "hf/vm/vm.h"

struct arch_regs *dispatch_irq(struct arch_regs *current)
{
	struct vcpu *vcpu = vcpu_from_regs(current);

	if (vm_is_primary(vcpu->vm)) {
		/* Gone by the time it was looked at. */
		return current;
	}
	return vcpu_regs(schedule_primary(vcpu, VCPU_READY, FFA_INTERRUPT,
					  vcpu->reference));
}
