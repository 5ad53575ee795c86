/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_MSG_WAIT, and FFA_RUN of who is not ready: what ends a wait. See
 * docs/scheduling.md.
 */
#include "wait.h"

#include "hf/ffa/frame.h"
#include "hf/ffa/mailbox.h"
#include "hf/ffa/partition.h"
#include "hf/ffa/run.h"
#include "hf/hvc.h"
#include "hf/vm/schedule.h"
#include "hf/vm/virq.h"
#include "hf/vm/vtimer.h"

/** w2 of FFA_MSG_WAIT, from 1.2: RX stays the caller's. */
#define MSG_WAIT_RETAIN_RX UINT32_C(1)

never_inline bool ffa_has_extra_arguments(const struct vcpu *current)
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
	/* Expired since it was looked at: again, not for ever. */
	struct schedule_wait wait =
		schedule_wait(arch_vtimer_saved(&target->regs), func);

	return ffa_answer(current, wait.func, target->reference, wait.ns);
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
		(void)ffa_refuse(vcpu, FFA_INTERRUPTED);
	} else {
		(void)ffa_answer(vcpu, FFA_INTERRUPT, vcpu->reference, id);
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
	(void)ffa_answer(vcpu, FFA_RUN, vcpu->reference, 0);
	return true;
}

struct vcpu *wait_run(struct vcpu *current, struct vcpu_locked target)
{
	struct vcpu *vcpu = target.vcpu;
	bool is_expired;

	switch (vcpu->state) {
	case VCPU_OFF:
	case VCPU_ABORTED:
		return ffa_refuse_as(current, FFA_INVALID_PARAMETERS,
				     vcpu->state == VCPU_OFF ? FFA_BUSY
							     : FFA_ABORTED);
	case VCPU_READY:
	case VCPU_RUNNING:
	case VCPU_STATE_COUNT:
		return ffa_refuse(current, FFA_BUSY);
	case VCPU_BLOCKED_MAILBOX:
	case VCPU_BLOCKED_INTERRUPT:
		break;
	}
	is_expired = vtimer_deliver(target);
	if (vcpu->state == VCPU_BLOCKED_MAILBOX) {
		if (!try_end_wait(vcpu, is_expired)) {
			return still_blocked(current, vcpu, FFA_MSG_WAIT);
		}
	} else if (!is_expired && !virq_is_deliverable(vcpu)) {
		return still_blocked(current, vcpu,
				     HF_FFA_RUN_WAIT_FOR_INTERRUPT);
	}
	return schedule_secondary(current, target);
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
