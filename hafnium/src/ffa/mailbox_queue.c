/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who waits for RX of another VM: first in, first out, no id twice; and how the
 * primary, which runs them, learns of it. See docs/ffa.md.
 */
#include "mailbox_queue.h"

#include "hf/ffa/frame.h"
#include "hf/ffa/mailbox.h"
#include "hf/vm/schedule.h"
#include "hf/vm/vm_set.h"

never_inline void vm_id_queue_add(struct vm_id_queue *queue, uint16_t id)
{
	for (uint32_t i = 0; i < queue->count; i++) {
		if (queue->ids[i] == id) {
			return;
		}
	}
	/* As long as there are VMs: no id twice means always room. */
	queue->ids[queue->count++] = id;
}

never_inline uint64_t vm_id_queue_take(struct vm_id_queue *queue)
{
	uint16_t first;

	if (queue->count == 0) {
		return NO_VM_ID;
	}
	first = queue->ids[0];
	queue->count--;
	for (uint32_t i = 0; i < queue->count; i++) {
		queue->ids[i] = queue->ids[i + 1];
	}
	return first;
}

struct vcpu *mailbox_tell_waiters(struct vcpu *current, int32_t waiters)
{
	if (waiters <= 0) {
		return ffa_finish(current, waiters);
	}
	if (vm_is_primary(current->vm)) {
		return ffa_answer(current, FFA_RX_RELEASE, 0, 0);
	}
	(void)ffa_succeed(current, 0, 0);
	return schedule_primary(current, VCPU_READY, FFA_RX_RELEASE, 0);
}

struct vcpu *mailbox_writable_get(struct vcpu *current)
{
	struct vm_locked vm = vm_lock(current->vm);

	current->regs.x[0] = vm_id_queue_take(&vm.vm->mailbox.ready);
	vm_unlock(&vm);
	return current;
}

/** The next waiter for RX of `vm`, if that can be written now. */
static uint64_t next_waiter(struct vm *vm)
{
	struct vm_locked locked = vm_lock(vm);
	struct vm_mailbox *mailbox = &vm->mailbox;
	uint64_t id = NO_VM_ID;

	if (load_relaxed(&mailbox->state) == MAILBOX_EMPTY) {
		id = vm_id_queue_take(&mailbox->waiters);
	}
	vm_unlock(&locked);
	return id;
}

static uint64_t waiter_get(uint64_t vm_id)
{
	struct vm *vm = vm_set_find(vm_id);
	uint64_t id = vm == NULL ? NO_VM_ID : next_waiter(vm);
	struct vm_locked waiter;

	if (id != NO_VM_ID) {
		/* Told by the primary, it then asks whose RX it was. */
		waiter = vm_lock(vm_set_find(id));
		vm_id_queue_add(&waiter.vm->mailbox.ready, vm->id);
		vm_unlock(&waiter);
	}
	return id;
}

struct vcpu *mailbox_waiter_get(struct vcpu *current)
{
	current->regs.x[0] = vm_is_primary(current->vm)
				     ? waiter_get(current->regs.x[1])
				     : NO_VM_ID;
	return current;
}
