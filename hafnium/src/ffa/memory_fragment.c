/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of ranges that are longer than a buffer: FFA_MEM_FRAG_TX, FFA_MEM_FRAG_RX.
 * See docs/ffa.md.
 */
#include "hf/ffa/frame.h"
#include "hf/ffa/memory.h"
#include "memory_deliver.h"
#include "memory_descriptor.h"
#include "memory_send.h"

#define RANGE_SIZE ((uint32_t)sizeof(struct ffa_memory_constituent))

static int32_t send_locked(struct memory_locked locked, struct vcpu *current)
{
	struct memory_transaction *transaction = locked.transaction;
	const uint64_t *x = current->regs.x;
	const struct vm *vm = current->vm;
	uint32_t size = (uint32_t)x[3];

	if (size == 0 || size % RANGE_SIZE != 0 ||
	    size > vm->mailbox.buffer_size || (uint32_t)x[4] != 0 ||
	    transaction == NULL || load_relaxed(&transaction->sender) != vm ||
	    transaction->state != MEMORY_SENDING) {
		return FFA_INVALID_PARAMETERS;
	}
	return memory_send_ranges(transaction, current, vm->mailbox.tx, size);
}

struct vcpu *ffa_mem_frag_tx(struct vcpu *current)
{
	return memory_call_locked(current, send_locked);
}

uint32_t memory_deliver(struct memory_transaction *transaction,
			struct vm_locked receiver, uint32_t offset)
{
	struct vm_mailbox *mailbox = &receiver.vm->mailbox;
	uint32_t size = mailbox->buffer_size;
	struct ffa_memory_constituent *to =
		(void *)((uint8_t *)mailbox->rx + offset);

	while (size - offset >= RANGE_SIZE &&
	       transaction->delivered < transaction->ranges.count) {
		struct page_range range = range_list_get(
			&transaction->ranges, transaction->delivered);

		*to++ = (struct ffa_memory_constituent){
			/* The receiver finds it at IPA = PA. */
			.address = range.pa.pa,
			.page_count = (uint32_t)range.page_count,
		};
		transaction->delivered++;
		offset += RANGE_SIZE;
	}
	store_relaxed(&mailbox->state, MAILBOX_READ);
	transaction->delivered_bytes += offset;
	transaction->state = MEMORY_DELIVERING;
	if (transaction->delivered == transaction->ranges.count) {
		transaction->state = MEMORY_RETRIEVED;
		if (transaction->kind == MEMORY_DONATE) {
			memory_end(transaction);
		}
	}
	return offset;
}

static int32_t receive_locked(struct memory_locked locked, struct vcpu *current)
{
	struct memory_transaction *transaction = locked.transaction;
	uint64_t *x = current->regs.x;
	struct vm *vm = current->vm;
	uint32_t size;

	if ((uint32_t)x[4] != 0) {
		return FFA_INVALID_PARAMETERS;
	}
	if (!memory_rx_is_free(vm)) {
		return FFA_BUSY;
	}
	if (transaction == NULL || load_relaxed(&transaction->receiver) != vm ||
	    transaction->state != MEMORY_DELIVERING ||
	    (uint32_t)x[3] != transaction->delivered_bytes) {
		return FFA_INVALID_PARAMETERS;
	}
	size = memory_deliver(transaction, (struct vm_locked){vm}, 0);
	/* w1 and w2 are the handle. */
	(void)ffa_answer(current, FFA_MEM_FRAG_TX, (uint32_t)x[1],
			 (uint32_t)x[2]);
	x[3] = size;
	return FFA_ANSWERED;
}

struct vcpu *ffa_mem_frag_rx(struct vcpu *current)
{
	return memory_call_locked(current, receive_locked);
}
