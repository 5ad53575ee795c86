/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Three masks per vCPU, and the virtual IRQ and FIQ lines that follow from them. See
 * docs/interrupts.md.
 */
#include "hf/vm/virq.h"

#include "hf/base/bits.h"
#include "hf/hvc.h"

static_assert(HF_NUM_INTIDS == 64, "one bit an id");

/** Under the lock: nobody else writes. */
static void set_pending(struct vcpu *vcpu, uint32_t id, bool is_pending)
{
	uint64_t mask = load_relaxed(&vcpu->virq_pending);

	mask = is_pending ? mask | BIT(id) : mask & ~BIT(id);
	store_relaxed(&vcpu->virq_pending, mask);
}

static void update_line(struct vcpu *vcpu)
{
	uint64_t ready = virq_deliverable(vcpu);

	arch_regs_set_virq(&vcpu->regs, (ready & ~vcpu->virq_fiqs) != 0,
			   (ready & vcpu->virq_fiqs) != 0);
}

bool virq_inject(struct vcpu_locked vcpu, uint32_t id)
{
	struct vcpu *target = vcpu.vcpu;
	bool was_deliverable = virq_is_deliverable(target);

	set_pending(target, id, true);
	update_line(target);
	return !was_deliverable && virq_is_deliverable(target);
}

void virq_withdraw(struct vcpu_locked vcpu, uint32_t id)
{
	set_pending(vcpu.vcpu, id, false);
	update_line(vcpu.vcpu);
}

void virq_enable(struct vcpu_locked vcpu, uint32_t id, bool enable)
{
	if (enable) {
		vcpu.vcpu->virq_enabled |= BIT(id);
	} else {
		vcpu.vcpu->virq_enabled &= ~BIT(id);
	}
	update_line(vcpu.vcpu);
}

void virq_set_type(struct vcpu_locked vcpu, uint32_t id, bool is_fiq)
{
	vcpu.vcpu->virq_fiqs &= ~BIT(id);
	vcpu.vcpu->virq_fiqs |= (uint64_t)is_fiq << id;
	update_line(vcpu.vcpu);
}

void virq_reset(struct vcpu_locked vcpu)
{
	vcpu.vcpu->virq_enabled = 0;
	vcpu.vcpu->virq_fiqs = 0;
}

uint32_t virq_take(struct vcpu_locked vcpu)
{
	uint64_t ready = virq_deliverable(vcpu.vcpu);
	uint32_t id;

	if (ready == 0) {
		return HF_INVALID_INTID;
	}
	id = (uint32_t)__builtin_ctzll(ready);
	set_pending(vcpu.vcpu, id, false);
	update_line(vcpu.vcpu);
	return id;
}

bool virq_ends_wait(const struct vcpu *current)
{
	if (!virq_is_deliverable(current)) {
		return false;
	}
	arch_regs_update_virq(&current->regs);
	return true;
}
