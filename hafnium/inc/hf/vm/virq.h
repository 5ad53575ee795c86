/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtual interrupts of a vCPU: 64 ids, each enabled or not and pending or not.
 * The guest takes one virtual IRQ, or FIQ, while an enabled one is pending, and
 * asks which. Guarded by the vCPU's lock. See docs/interrupts.md.
 */
#pragma once

#include "hf/vm/vcpu.h"

/** Pending from now on; true when that made it the only one to deliver. */
bool virq_inject(struct vcpu_locked vcpu, uint32_t id);

void virq_enable(struct vcpu_locked vcpu, uint32_t id, bool enable);

/** As which kind the guest takes it; an IRQ, if nobody says otherwise. */
void virq_set_type(struct vcpu_locked vcpu, uint32_t id, bool is_fiq);

/** Not pending any more, taken or not. */
void virq_withdraw(struct vcpu_locked vcpu, uint32_t id);

/** None is enabled; what is pending stays. Of a vCPU that ends. */
void virq_reset(struct vcpu_locked vcpu);

/** The lowest that is enabled and pending, which it is no more; or none. */
uint32_t virq_take(struct vcpu_locked vcpu);

/** Mask of the ids that can be delivered. */
static inline uint64_t virq_deliverable(const struct vcpu *vcpu)
{
	return vcpu->virq_enabled & load_relaxed(&vcpu->virq_pending);
}

/** Something to deliver? */
static inline bool virq_is_deliverable(const struct vcpu *vcpu)
{
	return virq_deliverable(vcpu) != 0;
}

/**
 * `current`, which runs here, is about to wait: is there something to deliver?
 * Then its line is raised, too: another CPU that made it pending could not.
 */
bool virq_ends_wait(const struct vcpu *current);
