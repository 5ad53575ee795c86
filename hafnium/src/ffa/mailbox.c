/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages through RX and TX: who owns RX is one state, ABSENT, EMPTY, RECEIVED,
 * READ. Buffers are mapped and unmapped in rxtx.c. See docs/ffa.md.
 */
#include "hf/ffa/mailbox.h"

#include <string.h>

#include "hf/ffa/frame.h"
#include "hf/ffa/notification.h"
#include "hf/ffa/partition.h"
#include "hf/vm/schedule.h"
#include "hf/vm/vm_set.h"
#include "mailbox_queue.h"

/** w4 of FFA_MSG_SEND. */
#define MSG_SEND_NOTIFY 1

static void message_frame(struct vcpu *vcpu)
{
	const struct vm *vm = vcpu->vm;
	uint32_t sender = load_relaxed(&vm->mailbox.sender);

	ffa_frame(&vcpu->regs, FFA_MSG_SEND, (sender << 16) | vm->id, 0);
	vcpu->regs.x[3] = load_relaxed(&vm->mailbox.size_bytes);
}

never_inline bool mailbox_try_receive(struct vcpu *vcpu)
{
	uint32_t expected = MAILBOX_RECEIVED;

	if (!atomic_compare_exchange_strong(&vcpu->vm->mailbox.state, &expected,
					    MAILBOX_READ)) {
		return false;
	}
	message_frame(vcpu);
	return true;
}

/** What FFA_RX_RELEASE does: how many wait for that, or a code. */
static int32_t release_locked(struct vm_locked vm)
{
	struct vm_mailbox *mailbox = &vm.vm->mailbox;

	if (load_relaxed(&mailbox->state) != MAILBOX_READ ||
	    notification_rx_is_pending(vm.vm)) {
		return FFA_DENIED;
	}
	store_relaxed(&mailbox->state, MAILBOX_EMPTY);
	return mailbox->waiters.count;
}

static int32_t release(struct vm *vm)
{
	struct vm_locked locked = vm_lock(vm);
	int32_t waiters = release_locked(locked);

	vm_unlock(&locked);
	return waiters;
}

bool mailbox_release_waiting(const struct vcpu *current)
{
	/* If another of its vCPUs gives it back now, so be it. */
	return load_relaxed(&current->vm->mailbox.state) == MAILBOX_READ &&
	       release(current->vm) > 0;
}

struct vcpu *ffa_rx_release(struct vcpu *current)
{
	return mailbox_tell_waiters(
		current, vm_ffa_version(current->vm) >= FFA_VERSION_1_1 &&
					 (current->regs.x[1] & 0xffff) != 0
				 ? FFA_INVALID_PARAMETERS
				 : release(current->vm));
}

/** All checks, then the copy: 0 or a code. */
static int32_t send_locked(struct vm_locked_pair pair, uint32_t size,
			   bool is_notify)
{
	struct vm_mailbox *to = &pair.b->mailbox;

	if (pair.a->mailbox.tx == NULL) {
		return FFA_INVALID_PARAMETERS;
	}
	if (load_relaxed(&to->state) != MAILBOX_EMPTY) {
		if (is_notify) {
			vm_id_queue_add(&to->waiters, pair.a->id);
		}
		return FFA_BUSY;
	}
	memcpy(to->rx, pair.a->mailbox.tx, size);
	store_relaxed(&to->sender, pair.a->id);
	store_relaxed(&to->size_bytes, size);
	/* The primary does not wait for messages: it is told by FFA_RUN. */
	to->state = vm_is_primary(pair.b) ? MAILBOX_READ : MAILBOX_RECEIVED;
	return 0;
}

/** What needs no lock: 0 or a code. `to` may be NULL. */
static int32_t check_send(const struct vcpu *current, const struct vm *to)
{
	const uint64_t *x = current->regs.x;
	const struct vm *from = current->vm;

	if ((uint32_t)x[1] >> 16 != from->id || (uint16_t)x[1] == from->id ||
	    (uint32_t)x[3] > PAGE_SIZE) {
		return FFA_INVALID_PARAMETERS;
	}
	if (current->request != REQUEST_NONE) {
		return FFA_DENIED;
	}
	if (to == NULL) {
		return FFA_INVALID_PARAMETERS;
	}
	if (!partition_is_legacy(from) &&
	    (from->ffa_properties & to->ffa_properties &
	     FFA_PROPERTY_INDIRECT) == 0) {
		return FFA_DENIED;
	}
	return 0;
}

struct vcpu *ffa_msg_send(struct vcpu *current)
{
	const uint64_t *x = current->regs.x;
	uint32_t w1 = (uint32_t)x[1];
	uint32_t size = (uint32_t)x[3];
	struct vm *to = vm_set_find((uint16_t)w1);
	struct vm_locked_pair pair;
	struct vcpu *next;
	int32_t code;

	code = check_send(current, to);
	if (code == 0) {
		pair = vm_lock_both(current->vm, to);
		code = send_locked(pair, size, (x[4] & MSG_SEND_NOTIFY) != 0);
		vm_unlock_both(&pair);
	}
	(void)ffa_finish(current, code);
	if (code != 0 || vm_is_primary(current->vm)) {
		return current;
	}
	next = schedule_primary(current, VCPU_READY, FFA_MSG_SEND, w1);
	/* Between secondaries the primary only schedules. */
	next->regs.x[3] = vm_is_primary(to) ? size : 0;
	return next;
}

struct vcpu *ffa_msg_poll(struct vcpu *current)
{
	int32_t code = FFA_RETRY;

	if (vm_is_primary(current->vm)) {
		code = FFA_NOT_SUPPORTED;
	} else if (current->request != REQUEST_NONE) {
		code = FFA_DENIED;
	} else if (mailbox_try_receive(current)) {
		code = FFA_ANSWERED;
	}
	return ffa_finish(current, code);
}
