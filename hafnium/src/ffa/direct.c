/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Direct requests and responses. A request enters the receiver on the CPU of
 * the caller, whose vCPU stays this CPU's primary: whoever runs the receiver on
 * when it was preempted is the one that gets the response. See
 * docs/scheduling.md.
 */
#include "hf/ffa/direct.h"

#include "hf/ffa/partition.h"
#include "hf/ffa/run.h"
#include "hf/smccc.h"
#include "hf/vm/cpu.h"
#include "hf/vm/schedule.h"
#include "hf/vm/vm_set.h"
#include "hf/vm/vtimer.h"

/** What the ids of REQ2 and RESP2 have, and the two others have not. */
#define ID_OF_DIRECT2 UINT32_C(0x80)
static_assert((FFA_MSG_SEND_DIRECT_REQ2 & FFA_MSG_SEND_DIRECT_RESP2 &
	       ID_OF_DIRECT2) != 0,
	      "kind_of()");
static_assert(((FFA_MSG_SEND_DIRECT_REQ | FFA_MSG_SEND_DIRECT_RESP) &
	       ID_OF_DIRECT2) == 0,
	      "kind_of()");

/** Of the call in w0. */
static enum vcpu_request kind_of(const struct arch_regs *regs)
{
	return (regs->x[0] & ID_OF_DIRECT2) != 0 ? REQUEST_DIRECT2
						 : REQUEST_DIRECT;
}

/** The call of `from`, as the frame that its receiver gets. */
static void pass_on(struct arch_regs *to, const struct arch_regs *from)
{
	uint32_t id = (uint32_t)from->x[0];
	uint64_t mask = (id & SMCCC_64_BIT) != 0 ? UINT64_MAX : UINT32_MAX;

	to->x[0] = id;
	to->x[1] = (uint32_t)from->x[1];
	to->x[2] = 0;
	to->x[3] = from->x[3] & mask;
	to->x[4] = from->x[4] & mask;
	to->x[5] = from->x[5] & mask;
	to->x[6] = from->x[6] & mask;
	to->x[7] = from->x[7] & mask;
	if (kind_of(from) == REQUEST_DIRECT2) {
		to->x[2] = from->x[2];
		for (unsigned int i = 8; i <= 17; i++) {
			to->x[i] = from->x[i];
		}
	}
}

static bool may_request(const struct vm *from, const struct vm *to,
			enum vcpu_request kind)
{
	if (kind == REQUEST_DIRECT) {
		return partition_has(from, FFA_PROPERTY_DIRECT_SEND) &&
		       partition_has(to, FFA_PROPERTY_DIRECT_RECEIVE);
	}
	/* Who negotiated less does not know the frame. */
	return partition_has(from, FFA_PROPERTY_DIRECT2_SEND) &&
	       partition_has(to, FFA_PROPERTY_DIRECT2_RECEIVE) &&
	       vm_ffa_version(to) >= FFA_VERSION_1_2;
}

/** Which vCPU the request of `current` is for; 0 or a code. */
static int32_t find_receiver(const struct vcpu *current, struct vcpu **receiver)
{
	const uint64_t *x = current->regs.x;
	const struct vm *from = current->vm;
	bool is_legacy = partition_is_legacy(from);
	enum vcpu_request kind = kind_of(&current->regs);
	uint16_t id = (uint16_t)x[1];
	struct vm *to;
	uint32_t idx;

	if ((uint32_t)x[1] >> 16 != from->id || id == from->id) {
		return is_legacy ? FFA_NOT_SUPPORTED : FFA_INVALID_PARAMETERS;
	}
	if (!vm_is_primary(from)) {
		return is_legacy ? FFA_NOT_SUPPORTED : FFA_DENIED;
	}
	to = vm_set_find(id);
	/* w2 is 0 but for messages of the framework, which no VM sends. */
	if (kind == REQUEST_DIRECT && (uint32_t)x[2] != 0 && !is_legacy) {
		return FFA_INVALID_PARAMETERS;
	}
	if (to == NULL ||
	    (kind == REQUEST_DIRECT2 && !partition_has_uuid(to, x[2], x[3]))) {
		return FFA_INVALID_PARAMETERS;
	}
	if (!is_legacy && !may_request(from, to, kind)) {
		return FFA_DENIED;
	}
	idx = to->vcpu_count == 1 ? 0 : current->cpu->idx;
	if (idx >= to->vcpu_count) {
		return FFA_INVALID_PARAMETERS;
	}
	*receiver = &to->vcpus[idx];
	return 0;
}

static struct vcpu *request_locked(struct vcpu *current,
				   struct vcpu_locked receiver)
{
	struct vcpu *vcpu = receiver.vcpu;

	if (unlikely(vm_is_aborting(vcpu->vm)) || vcpu->state == VCPU_ABORTED) {
		return ffa_refuse(current, FFA_ABORTED);
	}
	/* In this state it has no request: it could not wait with one. */
	if (vcpu->state != VCPU_BLOCKED_MAILBOX || vcpu->regs.is_live != 0) {
		return ffa_refuse(current, FFA_BUSY);
	}
	(void)vtimer_deliver(receiver);
	vcpu->request = kind_of(&current->regs);
	pass_on(&vcpu->regs, &current->regs);
	return schedule_secondary(current, receiver);
}

struct vcpu *ffa_direct_request(struct vcpu *current)
{
	struct vcpu *receiver;
	struct vcpu *next;
	struct vcpu_locked locked;
	int32_t code = find_receiver(current, &receiver);

	if (code != 0) {
		return ffa_refuse(current, code);
	}
	locked = vcpu_lock(receiver);
	next = request_locked(current, locked);
	vcpu_unlock(&locked);
	return next;
}

/** 0 or a code. */
static int32_t check_response(const struct vcpu *current)
{
	const uint64_t *x = current->regs.x;
	const struct vm *vm = current->vm;
	bool is_legacy = partition_is_legacy(vm);
	enum vcpu_request kind = kind_of(&current->regs);
	uint64_t mbz = kind == REQUEST_DIRECT2 ? x[2] | x[3] : (uint32_t)x[2];

	if ((uint32_t)x[1] != (((uint32_t)vm->id << 16) | HF_PRIMARY_VM_ID) ||
	    vm_is_primary(vm)) {
		return is_legacy ? FFA_NOT_SUPPORTED : FFA_INVALID_PARAMETERS;
	}
	if (current->request == REQUEST_NONE) {
		return FFA_DENIED;
	}
	if (mbz != 0 && !is_legacy) {
		return FFA_INVALID_PARAMETERS;
	}
	if (current->request != kind) {
		return FFA_DENIED;
	}
	return (uint32_t)x[0] == FFA_64(FFA_MSG_SEND_DIRECT_RESP) &&
			       ffa_has_extra_arguments(current)
		       ? FFA_INVALID_PARAMETERS
		       : 0;
}

struct vcpu *ffa_direct_response(struct vcpu *current)
{
	int32_t code = check_response(current);
	struct vcpu *next;

	if (code != 0) {
		return ffa_refuse(current, code);
	}
	current->request = REQUEST_NONE;
	next = schedule_away(current, VCPU_BLOCKED_MAILBOX);
	pass_on(&next->regs, &current->regs);
	return next;
}
