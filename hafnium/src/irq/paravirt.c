/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls of the paravirtual interrupt controller. See docs/interrupts.md.
 */
#include "hf/irq/paravirt.h"

#include "hf/base/log.h"
#include "hf/hvc.h"
#include "hf/vm/schedule.h"
#include "hf/vm/virq.h"
#include "hf/vm/vm_set.h"

static struct vcpu *answer(struct vcpu *current, int64_t value)
{
	current->regs.x[0] = (uint64_t)value;
	return current;
}

struct vcpu *irq_enable(struct vcpu *current)
{
	uint64_t id = current->regs.x[1];
	bool enable = current->regs.x[2] != 0;
	struct vcpu_locked locked;

	if (id >= HF_NUM_INTIDS) {
		return answer(current, -1);
	}
	locked = vcpu_lock(current);
	virq_enable(locked, (uint32_t)id, enable);
	if (enable) {
		virq_set_type(locked, (uint32_t)id,
			      current->regs.x[3] == HF_INTERRUPT_TYPE_FIQ);
	}
	arch_regs_update_virq(&current->regs);
	vcpu_unlock(&locked);
	return answer(current, 0);
}

struct vcpu *irq_get(struct vcpu *current)
{
	struct vcpu_locked locked;
	uint32_t id;

	/* Others only make more pending: nothing now is an answer. */
	if (!virq_is_deliverable(current)) {
		current->regs.x[0] = HF_INVALID_INTID;
		return current;
	}
	locked = vcpu_lock(current);
	id = virq_take(locked);
	arch_regs_update_virq(&current->regs);
	vcpu_unlock(&locked);
	current->regs.x[0] = id;
	return current;
}

/** NULL when `current` may not inject there. */
static struct vcpu *find_target(const struct vcpu *current)
{
	struct vm *vm = vm_set_find(current->regs.x[1]);

	if (vm == NULL || current->regs.x[2] >= vm->vcpu_count ||
	    current->regs.x[3] >= HF_NUM_INTIDS) {
		return NULL;
	}
	if (!vm_is_primary(current->vm) && current->vm != vm) {
		return NULL;
	}
	return &vm->vcpus[current->regs.x[2]];
}

struct vcpu *irq_inject(struct vcpu *current)
{
	struct vcpu *target = find_target(current);
	uint32_t id = (uint32_t)current->regs.x[3];
	struct vcpu_locked locked;
	bool is_first;

	if (target == NULL) {
		return answer(current, -1);
	}
	log_verbose("Injecting IRQ %u for VM %#x vCPU %u.", id, target->vm->id,
		    target->idx);
	locked = vcpu_lock(target);
	is_first = virq_inject(locked, id);
	if (target == current) {
		arch_regs_update_virq(&current->regs);
	}
	vcpu_unlock(&locked);

	if (!is_first) {
		return answer(current, 0);
	}
	if (vm_is_primary(current->vm)) {
		return answer(current, 1);
	}
	if (target == current) {
		return answer(current, 0);
	}
	/* Only the primary can make it run: tell it who. */
	return schedule_wake(answer(current, 0), target);
}
