/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PSCI of secondaries: states of vCPUs, and a word to the primary when it has
 * something to schedule. See docs/psci.md.
 */
#include "hf/psci/emulate.h"

#include "args.h"
#include "hf/base/bits.h"
#include "hf/ffa.h"
#include "hf/hvc.h"
#include "hf/psci.h"
#include "hf/smccc.h"
#include "hf/vm/schedule.h"
#include "hf/vm/virq.h"
#include "hf/vm/vm.h"

/** PSCI_FEATURES(CPU_SUSPEND): extended StateID, no OS-initiated mode. */
#define SUSPEND_FEATURES 2

static struct vcpu *answer(struct vcpu *current, int64_t value)
{
	current->regs.x[0] = (uint64_t)value;
	return current;
}

static int64_t features_of(uint32_t asked)
{
	return (asked & ~SMCCC_64_BIT) == PSCI_CPU_SUSPEND
		       ? SUSPEND_FEATURES
		       : psci_feature(asked, PSCI_OF_ALL);
}

/** The vCPU that an MPIDR names; NULL when there is none. */
static struct vcpu *find_vcpu(const struct vcpu *current, uint64_t mpidr)
{
	return mpidr < current->vm->vcpu_count ? &current->vm->vcpus[mpidr]
					       : NULL;
}

static int64_t affinity_info(const struct vcpu *current)
{
	struct vcpu *target = find_vcpu(current, vcpu_arg(current, 1));
	struct vcpu_locked locked;
	bool is_off;

	if (target == NULL || vcpu_arg(current, 2) != 0) {
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

static struct vcpu *cpu_on(struct vcpu *current)
{
	struct vcpu *target = find_vcpu(current, vcpu_arg(current, 1));
	struct vcpu_locked locked;
	bool is_turned_on;

	if (target == NULL) {
		return answer(current, PSCI_INVALID_PARAMETERS);
	}
	locked = vcpu_lock(target);
	is_turned_on =
		try_turn_on(locked, vcpu_arg(current, 2), vcpu_arg(current, 3));
	vcpu_unlock(&locked);
	if (!is_turned_on) {
		return answer(current, PSCI_ALREADY_ON);
	}
	return schedule_wake(answer(current, PSCI_SUCCESS), target);
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

struct vcpu *psci_secondary_call(struct vcpu *current, uint32_t id)
{
	switch (id) {
	case PSCI_VERSION:
		return answer(current, PSCI_VERSION_1_1);
	case PSCI_FEATURES:
		return answer(current,
			      features_of((uint32_t)current->regs.x[1]));
	case PSCI_AFFINITY_INFO:
		return answer(current, affinity_info(current));
	case PSCI_CPU_ON:
		return cpu_on(current);
	case PSCI_CPU_OFF:
		return cpu_off(current);
	case PSCI_CPU_SUSPEND:
		return cpu_suspend(current);
	default:
		return answer(current, PSCI_NOT_SUPPORTED);
	}
}
