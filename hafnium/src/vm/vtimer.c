/* SPDX-License-Identifier: BSD-3-Clause */
/* Deadlines of vCPUs. See docs/interrupts.md. */
#include "hf/vm/vtimer.h"

#include "hf/hvc.h"
#include "hf/vm/virq.h"

#define NS_PER_S UINT64_C(1000000000)

uint64_t vtimer_remaining_ns(struct arch_vtimer timer)
{
	uint64_t freq = arch_timer_freq_hz();
	uint64_t now = arch_timer_count();
	uint64_t ticks;
	uint64_t ns;

	if (timer.cval <= now) {
		return 0;
	}
	ticks = timer.cval - now;
	/* ticks / freq seconds, in two parts so that only years overflow. */
	if (__builtin_mul_overflow(ticks / freq, NS_PER_S, &ns) ||
	    __builtin_add_overflow(ns, ticks % freq * NS_PER_S / freq, &ns)) {
		return UINT64_MAX;
	}
	return ns;
}

bool vtimer_deliver_armed(struct vcpu_locked vcpu)
{
	struct arch_vtimer timer = arch_vtimer_saved(&vcpu.vcpu->regs);

	if (timer.cval > arch_timer_count()) {
		return false;
	}
	arch_vtimer_mask_saved(&vcpu.vcpu->regs);
	(void)virq_inject(vcpu, HF_VIRTUAL_TIMER_INTID);
	return true;
}
