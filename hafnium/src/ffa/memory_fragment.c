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

/** w1 and w2 of both calls. */
static uint64_t handle_of(const uint64_t *x)
{
	return (uint32_t)x[1] | x[2] << 32;
}

static struct memory_sent send_locked(const struct memory_locked *locked,
				      const uint64_t *x)
{
	struct memory_transaction *transaction = locked->transaction;
	struct vm *vm = locked->vms.a;
	uint32_t size = (uint32_t)x[3];

	if (size == 0 || size % RANGE_SIZE != 0 || size > memory_tx_size(vm) ||
	    (uint32_t)x[4] != 0 || transaction == NULL ||
	    transaction->sender != vm->id ||
	    transaction->state != MEMORY_SENDING) {
		return (struct memory_sent){.code = FFA_INVALID_PARAMETERS};
	}
	return memory_send_ranges(transaction, (struct vm_locked){vm},
				  vm->mailbox.tx, size);
}

struct vcpu *ffa_mem_frag_tx(struct vcpu *current)
{
	const uint64_t *x = current->regs.x;
	struct memory_locked locked = memory_lock(current->vm, handle_of(x));
	struct memory_sent sent = send_locked(&locked, x);

	memory_unlock(&locked);
	return memory_send_answer(current, &sent);
}

uint32_t memory_deliver(struct memory_transaction *transaction,
			struct vm_locked receiver, uint32_t offset)
{
	struct vm_mailbox *mailbox = &receiver.vm->mailbox;
	uint32_t size = (uint32_t)pa_range_size(mailbox->rx_range);
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
	mailbox->state = MAILBOX_READ;
	transaction->state = MEMORY_DELIVERING;
	if (transaction->delivered == transaction->ranges.count) {
		transaction->state = MEMORY_RETRIEVED;
		if (transaction->kind == MEMORY_DONATE) {
			memory_end(transaction);
		}
	}
	return offset;
}

/** Bytes in RX, or a code. */
static int32_t receive_locked(const struct memory_locked *locked,
			      const uint64_t *x)
{
	struct memory_transaction *transaction = locked->transaction;
	struct vm *vm = locked->vms.a;

	if ((uint32_t)x[4] != 0) {
		return FFA_INVALID_PARAMETERS;
	}
	if (!memory_rx_is_free(vm)) {
		return FFA_BUSY;
	}
	if (transaction == NULL || transaction->receiver != vm->id ||
	    transaction->state != MEMORY_DELIVERING ||
	    (uint32_t)x[3] != memory_descriptor_size(vm) +
				      transaction->delivered * RANGE_SIZE) {
		return FFA_INVALID_PARAMETERS;
	}
	return (int32_t)memory_deliver(transaction, (struct vm_locked){vm}, 0);
}

struct vcpu *ffa_mem_frag_rx(struct vcpu *current)
{
	const uint64_t *x = current->regs.x;
	uint64_t handle = handle_of(x);
	struct memory_locked locked = memory_lock(current->vm, handle);
	int32_t size = receive_locked(&locked, x);

	memory_unlock(&locked);
	if (size < 0) {
		return ffa_refuse(current, size);
	}
	(void)ffa_answer(current, FFA_MEM_FRAG_TX, (uint32_t)handle,
			 handle >> 32);
	current->regs.x[3] = (uint32_t)size;
	return current;
}
