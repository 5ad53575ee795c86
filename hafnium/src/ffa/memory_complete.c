/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The last range of a transaction has come: whether all are the sender's to
 * give, and then the step. See docs/ffa.md.
 */
#include "hf/ffa/frame.h"
#include "hf/ffa/partition.h"
#include "memory_send.h"

/** What all ranges together may be: 0 or a code. */
static int32_t check_ranges(struct memory_transaction *transaction,
			    bool is_legacy)
{
	if (transaction->is_malformed || transaction->ranges.count == 0 ||
	    range_list_overlaps(&transaction->ranges) ||
	    (!is_legacy &&
	     transaction->received_pages != transaction->page_count)) {
		return FFA_INVALID_PARAMETERS;
	}
	return transaction->is_denied ? FFA_DENIED : 0;
}

/** Is it the sender's to give, with what it offers? */
static bool may_send(const struct memory_transaction *transaction,
		     bool is_legacy)
{
	mm_mode_t mode = transaction->owner_mode;
	mm_mode_t needed = 0;

	switch (transaction->said.endpoint.permissions & FFA_DATA_ACCESS_MASK) {
	case FFA_DATA_ACCESS_RW:
		needed = MM_MODE_R | MM_MODE_W;
		break;
	case FFA_DATA_ACCESS_RO:
		needed = MM_MODE_R;
		break;
	default:
		break;
	}
	if ((transaction->said.region.flags & FFA_MEMORY_FLAG_CLEAR) != 0 &&
	    !is_legacy) {
		needed |= MM_MODE_W;
	}
	return ownership_state(mode) == PAGE_OWNED &&
	       (mode & MM_MODE_DEVICE) == 0 && (mode & needed) == needed;
}

int32_t memory_complete(struct memory_transaction *transaction,
			const struct vm *sender)
{
	bool is_cleared =
		(transaction->said.region.flags & FFA_MEMORY_FLAG_CLEAR) != 0 &&
		(transaction->owner_mode & MM_MODE_W) != 0;
	bool is_legacy = partition_is_legacy(sender);
	int32_t code = check_ranges(transaction, is_legacy);

	if (code != 0) {
		return code;
	}
	if (!may_send(transaction, is_legacy)) {
		return FFA_DENIED;
	}
	/*
	 * owner: OWNED => DONATED, LENT or SHARED; receiver: NONE, as yet. Denied
	 * if that is not so any more: between two fragments much can happen.
	 */
	code = memory_step(transaction, OWNERSHIP_SHARE,
			   is_cleared ? CLEAR_AFTER : CLEAR_NOT);
	if (code == 0) {
		transaction->state = MEMORY_SENT;
	}
	return code;
}

int32_t memory_send_ranges(struct memory_transaction *transaction,
			   struct vcpu *sender, const uint8_t *from,
			   uint32_t size)
{
	int32_t code = memory_receive(transaction, sender->vm, from, size);
	uint64_t handle;

	if (code != 0) {
		memory_end(transaction);
		return code;
	}
	handle = load_relaxed(&transaction->handle);
	if (transaction->state == MEMORY_SENT) {
		(void)ffa_succeed(sender, (uint32_t)handle, handle >> 32);
	} else {
		(void)ffa_answer(sender, FFA_MEM_FRAG_RX, (uint32_t)handle,
				 handle >> 32);
		sender->regs.x[3] = transaction->received_bytes;
	}
	return FFA_ANSWERED;
}
