/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_RUN and the calls that give the CPU back. Whether a vCPU may be entered
 * is decided in one place, run_locked(). See docs/scheduling.md.
 */
#include "hf/ffa/run.h"

#include "hf/ffa/frame.h"
#include "hf/ffa/mailbox.h"
#include "hf/hvc.h"
#include "hf/vm/schedule.h"
#include "hf/vm/virq.h"
#include "hf/vm/vm_set.h"
#include "hf/vm/vtimer.h"

/** x8-x17 are arguments of a caller that speaks 1.2, and MBZ. */
static bool has_extra_arguments(const struct vcpu *current)
{
	uint64_t any = 0;

	if (current->vm->ffa_version < FFA_VERSION_1_2) {
		return false;
	}
	for (unsigned int i = 8; i <= 17; i++) {
		any |= current->regs.x[i];
	}
	return any != 0;
}

/** It waits: not entered, and the caller learns for how long. */
static struct vcpu *still_blocked(struct vcpu *current,
				  const struct vcpu *target, uint64_t func)
{
	struct arch_vtimer timer = arch_vtimer_saved(&target->regs);
	uint64_t ns = HF_SLEEP_INDEFINITE;

	if (vtimer_is_armed(timer)) {
		ns = vtimer_remaining_ns(timer);
		/* Expired since it was looked at: again, not for ever. */
		func = ns == 0 ? FFA_INTERRUPT : func;
	}
	ffa_frame(&current->regs, func, vcpu_reference_of(target), ns);
	return current;
}

static struct vcpu *run_locked(struct vcpu *current, struct vcpu_locked target)
{
	struct vcpu *vcpu = target.vcpu;
	bool is_expired;

	if (vcpu->regs.is_live != 0) {
		return ffa_refuse(current, FFA_BUSY);
	}
	if (vcpu->vm->is_aborting && vcpu->state != VCPU_OFF &&
	    vcpu->state != VCPU_ABORTED) {
		vcpu_set_state(target, VCPU_ABORTED);
		return ffa_refuse(current, FFA_ABORTED);
	}
	switch (vcpu->state) {
	case VCPU_OFF:
	case VCPU_ABORTED:
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	case VCPU_READY:
		(void)vtimer_deliver(target);
		break;
	case VCPU_BLOCKED_MAILBOX:
		is_expired = vtimer_deliver(target);
		if (mailbox_try_receive(vcpu)) {
			break;
		}
		if (!is_expired && !virq_is_deliverable(vcpu)) {
			return still_blocked(current, vcpu, FFA_MSG_WAIT);
		}
		ffa_error(&vcpu->regs, FFA_INTERRUPTED);
		break;
	case VCPU_BLOCKED_INTERRUPT:
		is_expired = vtimer_deliver(target);
		if (!is_expired && !virq_is_deliverable(vcpu)) {
			return still_blocked(current, vcpu,
					     HF_FFA_RUN_WAIT_FOR_INTERRUPT);
		}
		break;
	case VCPU_RUNNING:
	case VCPU_STATE_COUNT:
		return ffa_refuse(current, FFA_BUSY);
	}
	return schedule_secondary(current, target);
}

struct vcpu *ffa_run(struct vcpu *current)
{
	uint32_t reference = (uint32_t)current->regs.x[1];
	struct vm *vm = vm_set_find((uint16_t)(reference >> 16));
	struct vcpu *vcpu;
	struct vcpu *next;
	struct vcpu_locked target;

	if (!vm_is_primary(current->vm)) {
		return ffa_refuse(current, FFA_DENIED);
	}
	if (vm == NULL || vm_is_primary(vm) || has_extra_arguments(current)) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	vcpu = vm_vcpu(vm, reference & 0xffff);
	if (vcpu == NULL) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	target = vcpu_lock(vcpu);
	next = run_locked(current, target);
	vcpu_unlock(&target);
	return next;
}

struct vcpu *ffa_yield(struct vcpu *current)
{
	const uint64_t *x = current->regs.x;
	bool has_timeout = current->vm->ffa_version >= FFA_VERSION_1_1;
	uint64_t low = (uint32_t)x[2];
	uint64_t high = (uint32_t)x[3];
	struct vcpu *next;

	if (has_timeout && (uint32_t)(x[1] | x[4] | x[5] | x[6] | x[7]) != 0) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	ffa_success(&current->regs, 0, 0);
	if (vm_is_primary(current->vm)) {
		return current;
	}
	next = schedule_primary(current, VCPU_READY,
				(struct run_result){
					.func = FFA_YIELD,
					.w1 = vcpu_reference_of(current),
				});
	if (has_timeout) {
		next->regs.x[2] = low;
		next->regs.x[3] = high;
	}
	return next;
}

struct vcpu *ffa_msg_wait(struct vcpu *current)
{
	if (vm_is_primary(current->vm)) {
		return ffa_refuse(current, FFA_NOT_SUPPORTED);
	}
	if (has_extra_arguments(current)) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	if (mailbox_try_receive(current)) {
		return current;
	}
	if (virq_ends_wait(current)) {
		return ffa_refuse(current, FFA_INTERRUPTED);
	}
	return schedule_blocked(current, VCPU_BLOCKED_MAILBOX, FFA_MSG_WAIT);
}
