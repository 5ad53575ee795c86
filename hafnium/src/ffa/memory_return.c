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

static enum ownership_step relinquish_step(
	const struct memory_transaction *transaction)
{
	return transaction->kind == MEMORY_SHARE ? OWNERSHIP_RELINQUISH_SHARED
						 : OWNERSHIP_RELINQUISH_LENT;
}

static int32_t read_relinquish(struct vm_locked vm, struct relinquish *said)
{
	const uint8_t *tx = vm.vm->mailbox.tx;

	if (tx == NULL) {
		return FFA_INVALID_PARAMETERS;
	}
	memory_copy_in(&said->header, tx, sizeof(said->header));
	memory_copy_in(&said->endpoint, tx + sizeof(said->header),
		       sizeof(said->endpoint));
	return said->header.endpoint_count == 1 && said->endpoint == vm.vm->id
		       ? 0
		       : FFA_INVALID_PARAMETERS;
}

static int32_t relinquish_locked(const struct memory_locked *locked,
				 uint32_t flags)
{
	struct memory_transaction *transaction = locked->transaction;
	bool is_cleared = (flags & FFA_MEMORY_FLAG_CLEAR) != 0;
	bool can_write;
	int32_t code;

	if (transaction == NULL ||
	    load_relaxed(&transaction->receiver) != locked->vms.a->id ||
	    transaction->state != MEMORY_RETRIEVED ||
	    (is_cleared && transaction->kind == MEMORY_SHARE)) {
		return FFA_INVALID_PARAMETERS;
	}
	can_write = (transaction->receiver_rights & MM_MODE_W) != 0;
	if (is_cleared && !can_write && !partition_is_legacy(locked->vms.a)) {
		return FFA_DENIED;
	}
	is_cleared =
		(is_cleared || transaction->is_cleared_behind) && can_write;
	/* receiver: BORROWED or JOINED => NONE */
	code = memory_step(transaction, relinquish_step(transaction),
			   is_cleared ? CLEAR_AFTER : CLEAR_NOT);
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
		memory_lock(current->vm, said.header.handle, &locked);
		code = relinquish_locked(&locked, said.header.flags);
		memory_unlock(&locked);
	}
	return ffa_finish(current, code);
}

/** May the sender have it back? 0 or a code. */
static int32_t check_reclaim(const struct memory_locked *locked,
			     bool is_cleared)
{
	const struct memory_transaction *transaction = locked->transaction;
	const struct vm *vm = locked->vms.a;

	if (transaction == NULL ||
	    load_relaxed(&transaction->sender) != vm->id ||
	    transaction->state == MEMORY_SENDING) {
		return FFA_INVALID_PARAMETERS;
	}
	/* What was donated is the receiver's, alive or not. */
	if (transaction->state != MEMORY_SENT &&
	    (!locked->vms.b->is_aborting ||
	     transaction->kind == MEMORY_DONATE)) {
		return FFA_DENIED;
	}
	return is_cleared && (transaction->owner_mode & MM_MODE_W) == 0 &&
			       !partition_is_legacy(vm)
		       ? FFA_DENIED
		       : 0;
}

static int32_t reclaim_locked(const struct memory_locked *locked,
			      struct vcpu *current)
{
	static const uint8_t steps[MEMORY_KIND_COUNT] = {
		[MEMORY_SHARE] = OWNERSHIP_RECLAIM_SHARED,
		[MEMORY_LEND] = OWNERSHIP_RECLAIM_LENT,
		[MEMORY_DONATE] = OWNERSHIP_RECLAIM_DONATED,
	};
	struct memory_transaction *transaction = locked->transaction;
	bool is_cleared = (current->regs.x[3] & FFA_MEMORY_FLAG_CLEAR) != 0;
	int32_t code = check_reclaim(locked, is_cleared);
	bool is_taken;

	if (code != 0) {
		return code;
	}
	is_taken = transaction->state != MEMORY_SENT;
	is_cleared =
		(is_cleared && (transaction->owner_mode & MM_MODE_W) != 0) ||
		(is_taken && transaction->is_cleared_behind);
	if (is_cleared && !ownership_clear_prepare(&transaction->ranges)) {
		return FFA_NO_MEMORY;
	}
	/* From a receiver that was aborted and never will relinquish it. */
	if (is_taken) {
		code = memory_step(transaction, relinquish_step(transaction),
				   CLEAR_NOT);
		CHECK(code == 0);
	}
	if (is_cleared) {
		ownership_clear_commit(&transaction->ranges);
	}
	/* owner: DONATED, LENT or SHARED => OWNED */
	code = memory_step(transaction, steps[transaction->kind], CLEAR_NOT);
	CHECK(code == 0);
	memory_end(transaction);
	(void)ffa_succeed(current, 0, 0);
	return 0;
}

struct vcpu *ffa_mem_reclaim(struct vcpu *current)
{
	return memory_call_locked(current, reclaim_locked);
}
