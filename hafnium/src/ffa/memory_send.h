/* SPDX-License-Identifier: BSD-3-Clause */
/* What FFA_MEM_FRAG_TX has in common with the call that it goes on with. */
#pragma once

#include "memory_transaction.h"

/** What the sender gets to know; `code` is 0 or the error. */
struct memory_sent {
	int32_t code;
	bool is_complete;
	uint64_t handle;
	uint32_t received_bytes;
};

/**
 * `size` bytes of ranges from TX. If they are the last ones, it is done, or
 * refused; after a refusal the transaction is over. Both locks that it takes
 * are held, the sender's at least.
 */
struct memory_sent memory_send_ranges(struct memory_transaction *transaction,
				      struct vm_locked sender,
				      const uint8_t *from, uint32_t size);

/** The answer's registers. */
struct vcpu *memory_send_answer(struct vcpu *current,
				const struct memory_sent *sent);

/** Bytes of TX and RX; 0 without buffers. */
static inline uint32_t memory_tx_size(const struct vm *vm)
{
	return vm->mailbox.tx == NULL
		       ? 0
		       : (uint32_t)pa_range_size(vm->mailbox.tx_range);
}

/** May the hypervisor write RX now? */
static inline bool memory_rx_is_free(const struct vm *vm)
{
	return vm->mailbox.rx != NULL && vm->mailbox.state == MAILBOX_EMPTY;
}
