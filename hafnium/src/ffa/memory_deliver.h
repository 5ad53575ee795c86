/* SPDX-License-Identifier: BSD-3-Clause */
/* Ranges on their way to the receiver; inside FF-A only. */
#pragma once

#include "memory_transaction.h"

/**
 * As many ranges as have room in RX from `offset` on, which is the receiver's
 * from now on; how many bytes. When it was the last of a donation, the
 * transaction is over.
 */
uint32_t memory_deliver(struct memory_transaction *transaction,
			struct vm_locked receiver, uint32_t offset);
