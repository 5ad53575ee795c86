/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_RUN and FFA_YIELD. Whether a vCPU may be entered is decided in one place,
 * run_locked(); what is not ready is in wait.c. See docs/scheduling.md.
 */
#include "hf/ffa/run.h"

#include "hf/ffa/frame.h"
#include "hf/vm/schedule.h"
#include "hf/vm/vm_set.h"
#include "hf/vm/vtimer.h"
#include "wait.h"

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
		return wait_run(current, target);
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
					current->reference);
		if (has_timeout) {
			next->regs.x[2] = (uint32_t)x[2];
			next->regs.x[3] = (uint32_t)x[3];
		}
	}
	/* Still live: nobody else enters it before it is saved. */
	(void)ffa_succeed(current, 0, 0);
	return next;
}
