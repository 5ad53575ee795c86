/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PSCI of secondaries: states of vCPUs, and a word to the primary when it has
 * something to schedule. See docs/psci.md.
 */
#include "emulate.h"

#include "hf/hvc.h"
#include "hf/psci.h"
#include "hf/vm/schedule.h"
#include "hf/vm/virq.h"
#include "hf/vm/vm.h"

static struct vcpu *answer(struct vcpu *current, int64_t value)
{
	current->regs.x[0] = (uint64_t)value;
	return current;
}

static int64_t affinity_info(struct vcpu *target, uint64_t level)
{
	struct vcpu_locked locked;
	bool is_off;

	if (level != 0) {
		return PSCI_INVALID_PARAMETERS;
	}
	locked = vcpu_lock(target);
	is_off = target->state == VCPU_OFF;
	vcpu_unlock(&locked);
	return is_off ? PSCI_AFFINITY_OFF : PSCI_AFFINITY_ON;
}

static bool try_turn_on(struct vcpu_locked target, uint64_t entry, uint64_t arg)
{
	if (target.vcpu->state != VCPU_OFF) {
		return false;
	}
	/* It may still be leaving the CPU that it turned itself off on. */
	while (target.vcpu->regs.is_live != 0) {
		relax();
	}
	vcpu_reset(target, entry, arg);
	vcpu_set_state(target, VCPU_READY);
	return true;
}

static struct vcpu *cpu_on(struct vcpu *current, struct vcpu *target,
			   uint64_t entry, uint64_t arg)
{
	struct vcpu_locked locked = vcpu_lock(target);
	bool is_turned_on = try_turn_on(locked, entry, arg);

	vcpu_unlock(&locked);
	if (!is_turned_on) {
		return answer(current, PSCI_ALREADY_ON);
	}
	return schedule_wake(answer(current, PSCI_SUCCESS), target);
}

/** CPU_ON or AFFINITY_INFO of the vCPU that an MPIDR names. */
static struct vcpu *call_of_vcpu(struct vcpu *current, uint32_t id,
				 const struct psci_arguments *arguments)
{
	struct vm *vm = current->vm;
	struct vcpu *target;

	if (arguments->x1 >= vm->vcpu_count) {
		return answer(current, PSCI_INVALID_PARAMETERS);
	}
	target = &vm->vcpus[arguments->x1];
	return id == PSCI_CPU_ON
		       ? cpu_on(current, target, arguments->x2, arguments->x3)
		       : answer(current, affinity_info(target, arguments->x2));
}

/** From now on an interrupt is pending at most, as for one that never was on. */
static struct vcpu *cpu_off(struct vcpu *current)
{
	struct vcpu_locked locked = vcpu_lock(current);

	virq_reset(locked);
	vcpu_unlock(&locked);
	return schedule_primary(current, VCPU_OFF,
				HF_FFA_RUN_WAIT_FOR_INTERRUPT,
				current->reference);
}

/** Every state is a standby: as WFI. */
static struct vcpu *cpu_suspend(struct vcpu *current)
{
	(void)answer(current, PSCI_SUCCESS);
	if (virq_ends_wait(current)) {
		return current;
	}
	return schedule_blocked(current, VCPU_BLOCKED_INTERRUPT,
				HF_FFA_RUN_WAIT_FOR_INTERRUPT);
}

struct vcpu *psci_emulate(struct vcpu *current, uint32_t id,
			  const struct psci_arguments *arguments)
{
	switch (id) {
	case PSCI_AFFINITY_INFO:
	case PSCI_CPU_ON:
		return call_of_vcpu(current, id, arguments);
	case PSCI_CPU_OFF:
		return cpu_off(current);
	case PSCI_CPU_SUSPEND:
		return cpu_suspend(current);
	default:
		return answer(current, PSCI_NOT_SUPPORTED);
	}
}
