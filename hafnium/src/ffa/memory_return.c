/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The way back: FFA_MEM_RELINQUISH by the receiver, FFA_MEM_RECLAIM by the
 * sender. Neither needs memory, but to clear. See docs/ffa.md.
 */
#include "hf/base/check.h"
#include "hf/ffa/frame.h"
#include "hf/ffa/memory.h"
#include "hf/ffa/partition.h"
#include "memory_descriptor.h"
#include "memory_transaction.h"

/** What TX of FFA_MEM_RELINQUISH has, with the one id. */
struct relinquish {
	struct ffa_memory_relinquish header;
	uint16_t endpoint;
};

static int32_t read_relinquish(struct vm_locked vm, struct relinquish *said)
{
	const void *tx = vm.vm->mailbox.tx;

	if (tx == NULL) {
		return FFA_INVALID_PARAMETERS;
	}
	memory_copy_in(said, tx, sizeof(*said));
	return said->header.endpoint_count == 1 && said->endpoint == vm.vm->id
		       ? 0
		       : FFA_INVALID_PARAMETERS;
}

static int32_t relinquish_locked(struct memory_transaction *transaction,
				 const struct vm *vm, uint32_t flags)
{
	bool is_cleared = (flags & FFA_MEMORY_FLAG_CLEAR) != 0;
	bool can_write;
	int32_t code;

	if (transaction == NULL || load_relaxed(&transaction->receiver) != vm ||
	    transaction->state != MEMORY_RETRIEVED ||
	    (is_cleared && transaction->kind == MEMORY_SHARE)) {
		return FFA_INVALID_PARAMETERS;
	}
	can_write = (transaction->receiver_rights & MM_MODE_W) != 0;
	if (is_cleared && !can_write && !partition_is_legacy(vm)) {
		return FFA_DENIED;
	}
	is_cleared |= transaction->is_cleared_behind;
	/* receiver: BORROWED or JOINED => NONE */
	code = memory_step(transaction, OWNERSHIP_RELINQUISH_SHARED,
			   is_cleared && can_write ? CLEAR_AFTER : CLEAR_NOT);
	if (code == 0) {
		transaction->state = MEMORY_SENT;
	}
	return code;
}

struct vcpu *ffa_mem_relinquish(struct vcpu *current)
{
	struct relinquish said;
	struct memory_locked locked;
	struct vm_locked vm = vm_lock(current->vm);
	int32_t code = read_relinquish(vm, &said);

	vm_unlock(&vm);
	if (code == 0) {
		locked = memory_lock(current->vm, said.header.handle);
		code = relinquish_locked(locked.transaction, current->vm,
					 said.header.flags);
		memory_unlock(current->vm, &locked);
	}
	return ffa_finish(current, code);
}

/** May the sender have it back? 0 or a code. */
static int32_t check_reclaim(struct memory_locked locked, const struct vm *vm,
			     bool is_cleared)
{
	const struct memory_transaction *transaction = locked.transaction;

	if (transaction == NULL || load_relaxed(&transaction->sender) != vm ||
	    transaction->state == MEMORY_SENDING) {
		return FFA_INVALID_PARAMETERS;
	}
	/* What was donated is the receiver's, alive or not. */
	if (transaction->state != MEMORY_SENT &&
	    (!vm_is_aborting(locked.other) ||
	     transaction->kind == MEMORY_DONATE)) {
		return FFA_DENIED;
	}
	return is_cleared && (transaction->owner_mode & MM_MODE_W) == 0 &&
			       !partition_is_legacy(vm)
		       ? FFA_DENIED
		       : 0;
}

static int32_t reclaim_locked(struct memory_locked locked, struct vcpu *current)
{
	struct memory_transaction *transaction = locked.transaction;
	bool is_cleared = (current->regs.x[3] & FFA_MEMORY_FLAG_CLEAR) != 0;
	int32_t code = check_reclaim(locked, current->vm, is_cleared);

	if (code != 0) {
		return code;
	}
	is_cleared &= (transaction->owner_mode & MM_MODE_W) != 0;
	if (transaction->state != MEMORY_SENT) {
		/* From a receiver that was aborted and never will relinquish it. */
		is_cleared |= transaction->is_cleared_behind;
		code = memory_step(transaction, OWNERSHIP_RELINQUISH_SHARED,
				   is_cleared ? CLEAR_AFTER : CLEAR_NOT);
		is_cleared &= code != 0;
	}
	if (code == 0) {
		/* owner: DONATED, LENT or SHARED => OWNED */
		code = memory_step(transaction, OWNERSHIP_RECLAIM_SHARED,
				   is_cleared ? CLEAR_BEFORE : CLEAR_NOT);
	}
	/* To clear it needs memory, nothing else. */
	CHECK(code == 0 || is_cleared);
	if (code == 0) {
		memory_end(transaction);
	}
	return code;
}

struct vcpu *ffa_mem_reclaim(struct vcpu *current)
{
	return memory_call_locked(current, reclaim_locked);
}
