/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The virtual timer of a secondary's vCPU, while nothing in hardware counts for
 * it. See docs/interrupts.md.
 */
#pragma once

#include "hf/arch/timer.h"
#include "hf/vm/vcpu.h"

/** Enabled and not masked? */
static inline bool vtimer_is_armed(struct arch_vtimer timer)
{
	return (timer.ctl & (TIMER_ENABLE | TIMER_IMASK)) == TIMER_ENABLE;
}

/** Until it expires, rounded down; 0: it has. Of an armed one. */
uint64_t vtimer_remaining_ns(struct arch_vtimer timer);

/** What vtimer_deliver() does when the timer is armed. */
bool vtimer_deliver_armed(struct vcpu_locked vcpu);

/**
 * Before `vcpu`, which does not run, is entered: an armed timer that has
 * expired becomes virtual interrupt 3, once (IMASK is set). True when it did:
 * that ends a wait, even if the interrupt is not enabled.
 */
static inline bool vtimer_deliver(struct vcpu_locked vcpu)
{
	return vtimer_is_armed(arch_vtimer_saved(&vcpu.vcpu->regs)) &&
	       vtimer_deliver_armed(vcpu);
}
