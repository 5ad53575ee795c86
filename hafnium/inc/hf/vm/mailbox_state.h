/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RX and TX buffers of a VM, as part of struct vm; ffa/mailbox.c has the rules.
 * See docs/ffa.md.
 */
#pragma once

#include "hf/base/addr.h"
#include "hf/base/limits.h"

enum mailbox_state {
	/** There is no RX: nothing is mapped. */
	MAILBOX_ABSENT,
	/** The hypervisor may write RX. */
	MAILBOX_EMPTY,
	/** A message is in RX that nobody has asked for yet. */
	MAILBOX_RECEIVED,
	/** The owner reads RX; it gives it back by FFA_RX_RELEASE. */
	MAILBOX_READ,
};

/** VM ids, first in first out; each at most once. */
struct vm_id_queue {
	uint16_t ids[MAX_VMS];
	uint16_t count;
};

struct vm_mailbox {
	/* guarded by the VM's lock */
	const void *tx; /* NULL: nothing is mapped */
	void *rx;
	uint32_t buffer_size; /* of each; 0: nothing is mapped */
	ipaddr_t tx_ipa;      /* where the VM has them */
	ipaddr_t rx_ipa;
	uint8_t tx_rights; /* MM_MODE_R, W, X that it had there, and gets back */
	uint8_t rx_rights;
	struct vm_id_queue waiters; /* wait for this RX to be empty */
	struct vm_id_queue ready;   /* whose RX this VM waited for */

	/*
	 * Written with the lock held, while `state` is MAILBOX_EMPTY; read
	 * without, by who made it READ. If another vCPU of that VM gives RX
	 * back meanwhile, it may read of the next message.
	 */
	_Atomic uint32_t sender;
	_Atomic uint32_t size_bytes;

	/*
	 * RECEIVED to READ without the lock, by a vCPU of the owner; pairs with
	 * the store that made it RECEIVED, after RX was written.
	 */
	_Atomic uint32_t state; /* enum mailbox_state */
};
