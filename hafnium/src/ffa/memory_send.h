/* SPDX-License-Identifier: BSD-3-Clause */
/* What FFA_MEM_FRAG_TX has in common with the call that it goes on with. */
#pragma once

#include "memory_transaction.h"

/**
 * `size` bytes of ranges from TX of `sender`: FFA_ANSWERED, or a code, and the
 * transaction is over. All was done if they are the last ones. The locks of the
 * transaction are held, the sender's at least.
 */
int32_t memory_send_ranges(struct memory_transaction *transaction,
			   struct vcpu *sender, const uint8_t *from,
			   uint32_t size);

/** The ranges of those bytes, and what is done with the last: 0 or a code. */
int32_t memory_receive(struct memory_transaction *transaction,
		       const struct vm *sender, const uint8_t *from,
		       uint32_t size);

/** All ranges have come: 0, and it is done, or a code. */
int32_t memory_complete(struct memory_transaction *transaction,
			const struct vm *sender);

/** x3 and w4 of a call with a descriptor: no buffer of another address. */
bool memory_uses_tx(const struct vcpu *current);

/** May the hypervisor write RX now? */
static inline bool memory_rx_is_free(const struct vm *vm)
{
	return load_relaxed(&vm->mailbox.state) == MAILBOX_EMPTY;
}
