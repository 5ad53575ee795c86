/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_RUN and the calls that give the CPU back. Whether a vCPU may be entered
 * is decided in one place, run_locked(). See docs/scheduling.md.
 */
#include "hf/ffa/run.h"

#include "hf/ffa/frame.h"
#include "hf/ffa/mailbox.h"
#include "hf/ffa/partition.h"
#include "hf/hvc.h"
#include "hf/vm/schedule.h"
#include "hf/vm/virq.h"
#include "hf/vm/vm_set.h"
#include "hf/vm/vtimer.h"

/** w2 of FFA_MSG_WAIT, from 1.2: RX stays the caller's. */
#define MSG_WAIT_RETAIN_RX UINT32_C(1)

bool ffa_has_extra_arguments(const struct vcpu *current)
{
	uint64_t any = 0;

	if (vm_ffa_version(current->vm) < FFA_VERSION_1_2) {
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

/** The call that `vcpu` waits in ends, since there is a virtual interrupt. */
static void interrupt_wait(struct vcpu *vcpu)
{
	uint64_t ready = virq_deliverable(vcpu);
	/* A timer that has expired ends it, enabled or not. */
	uint64_t id = ready != 0 ? (uint64_t)__builtin_ctzll(ready)
				 : HF_VIRTUAL_TIMER_INTID;

	/* The only implementation of 1.0 had it so; responses never did. */
	if ((uint32_t)vcpu->regs.x[0] == FFA_MSG_WAIT &&
	    vm_ffa_version(vcpu->vm) < FFA_VERSION_1_1) {
		ffa_error(&vcpu->regs, FFA_INTERRUPTED);
	} else {
		ffa_frame(&vcpu->regs, FFA_INTERRUPT, vcpu_reference_of(vcpu),
			  id);
	}
}

/**
 * What the call that `vcpu` waits in, and whose arguments are still in its
 * registers, is ended by; false, and nothing has changed: by nothing yet.
 */
static bool try_end_wait(struct vcpu *vcpu, bool is_expired)
{
	if (mailbox_try_receive(vcpu)) {
		return true;
	}
	if (is_expired || virq_is_deliverable(vcpu)) {
		interrupt_wait(vcpu);
		return true;
	}
	if (vm_ffa_version(vcpu->vm) < FFA_VERSION_1_1) {
		return false;
	}
	/* Time to run is reason enough. */
	ffa_frame(&vcpu->regs, FFA_RUN, vcpu_reference_of(vcpu), 0);
	return true;
}

/** `target` is not READY: entered if what it waits for has come. */
static struct vcpu *run_waiting(struct vcpu *current, struct vcpu_locked target)
{
	struct vcpu *vcpu = target.vcpu;
	bool is_expired;

	switch (vcpu->state) {
	case VCPU_OFF:
		return ffa_refuse_as(current, FFA_INVALID_PARAMETERS, FFA_BUSY);
	case VCPU_ABORTED:
		return ffa_refuse_as(current, FFA_INVALID_PARAMETERS,
				     FFA_ABORTED);
	case VCPU_BLOCKED_MAILBOX:
		is_expired = vtimer_deliver(target);
		if (!try_end_wait(vcpu, is_expired)) {
			return still_blocked(current, vcpu, FFA_MSG_WAIT);
		}
		break;
	case VCPU_BLOCKED_INTERRUPT:
		is_expired = vtimer_deliver(target);
		if (!is_expired && !virq_is_deliverable(vcpu)) {
			return still_blocked(current, vcpu,
					     HF_FFA_RUN_WAIT_FOR_INTERRUPT);
		}
		break;
	case VCPU_READY:
	case VCPU_RUNNING:
	case VCPU_STATE_COUNT:
		return ffa_refuse(current, FFA_BUSY);
	}
	return schedule_secondary(current, target);
}

static struct vcpu *run_locked(struct vcpu *current, struct vcpu_locked target)
{
	struct vcpu *vcpu = target.vcpu;

	if (vcpu->regs.is_live != 0) {
		return ffa_refuse(current, FFA_BUSY);
	}
	if (unlikely(vm_is_aborting(vcpu->vm)) && vcpu->state != VCPU_ABORTED) {
		vcpu_set_state(target, VCPU_ABORTED);
		return ffa_refuse(current, FFA_ABORTED);
	}
	if (unlikely(vcpu->state != VCPU_READY)) {
		return run_waiting(current, target);
	}
	(void)vtimer_deliver(target);
	return schedule_secondary(current, target);
}

struct vcpu *ffa_run(struct vcpu *current)
{
	uint32_t reference = (uint32_t)current->regs.x[1];
	struct vm *vm = vm_set_find((uint16_t)(reference >> 16));
	struct vcpu *next;
	struct vcpu_locked target;
	uint32_t idx;

	if (!vm_is_primary(current->vm)) {
		return ffa_refuse(current, FFA_DENIED);
	}
	/* The caller is the primary: it does not run itself. */
	if (vm == NULL || vm == current->vm ||
	    ffa_has_extra_arguments(current)) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	idx = reference & 0xffff;
	if (idx >= vm->vcpu_count) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	target = vcpu_lock(&vm->vcpus[idx]);
	next = run_locked(current, target);
	vcpu_unlock(&target);
	return next;
}

struct vcpu *ffa_yield(struct vcpu *current)
{
	uint64_t *x = current->regs.x;
	bool has_timeout = vm_ffa_version(current->vm) >= FFA_VERSION_1_1;
	struct vcpu *next = current;

	if (has_timeout && (uint32_t)(x[1] | x[4] | x[5] | x[6] | x[7]) != 0) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	if (!ffa_may_yield(current)) {
		return ffa_refuse(current, FFA_DENIED);
	}
	if (!vm_is_primary(current->vm)) {
		next = schedule_primary(current, VCPU_READY, FFA_YIELD,
					vcpu_reference_of(current));
		if (has_timeout) {
			next->regs.x[2] = (uint32_t)x[2];
			next->regs.x[3] = (uint32_t)x[3];
		}
	}
	/* Still live: nobody else enters it before it is saved. */
	ffa_success(&current->regs, 0, 0);
	return next;
}

static bool wait_arguments_are_valid(const struct vcpu *current)
{
	const uint64_t *x = current->regs.x;
	uint32_t version = vm_ffa_version(current->vm);
	uint32_t flags = version >= FFA_VERSION_1_2 ? MSG_WAIT_RETAIN_RX : 0;

	if (version < FFA_VERSION_1_1) {
		return true;
	}
	return (uint32_t)(x[1] | x[3] | x[4] | x[5] | x[6] | x[7]) == 0 &&
	       ((uint32_t)x[2] & ~flags) == 0 &&
	       !ffa_has_extra_arguments(current);
}

struct vcpu *ffa_msg_wait(struct vcpu *current)
{
	if (vm_is_primary(current->vm)) {
		return ffa_refuse(current, FFA_NOT_SUPPORTED);
	}
	if (!wait_arguments_are_valid(current)) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	if (current->request != REQUEST_NONE) {
		return ffa_refuse(current, FFA_DENIED);
	}
	if (mailbox_try_receive(current)) {
		return current;
	}
	if (vm_ffa_version(current->vm) >= FFA_VERSION_1_1 &&
	    (current->regs.x[2] & MSG_WAIT_RETAIN_RX) == 0 &&
	    mailbox_release_waiting(current)) {
		/* It is still to be run, and then goes on waiting. */
		return schedule_primary(current, VCPU_BLOCKED_MAILBOX,
					FFA_RX_RELEASE, 0);
	}
	if (virq_ends_wait(current)) {
		interrupt_wait(current);
		return current;
	}
	return schedule_blocked(current, VCPU_BLOCKED_MAILBOX, FFA_MSG_WAIT);
}
