/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory transactions in flight, each found by its handle and guarded by the
 * lock of its sender; inside FF-A only. See docs/ffa.md.
 */
#pragma once

#include "hf/mm/ownership.h"
#include "hf/vm/vm.h"
#include "memory_descriptor.h"

/** As in the flags of a descriptor. */
enum memory_kind {
	MEMORY_SHARE = 1,
	MEMORY_LEND,
	MEMORY_DONATE,
	MEMORY_KIND_COUNT,
};
#define MEMORY_KIND_SHIFT 3

enum memory_state {
	MEMORY_SENDING,	   /* fragments are to come */
	MEMORY_SENT,	   /* can be retrieved, or reclaimed */
	MEMORY_DELIVERING, /* the receiver has it; fragments are to follow */
	MEMORY_RETRIEVED,  /* the receiver has it */
};

struct memory_transaction {
	/*
	 * Read without lock, to learn whose lock it takes. A handle is used
	 * once: if it is still there under that lock, so are the VMs.
	 */
	_Atomic uint64_t handle; /* 0: not in use */
	struct vm *_Atomic sender;
	struct vm *_Atomic receiver;

	/* all else: guarded by the sender's lock */
	enum memory_kind kind;

	/* all 0 at first */
	enum memory_state state;
	bool is_malformed; /* a range that can be nobody's */
	bool is_denied;	   /* pages that differ, or are not there */
	bool is_clear;	   /* all pages, and nobody could write since */
	uint64_t received_pages;
	struct range_list ranges;

	/* what the sender said */
	struct memory_descriptor said;
	uint32_t page_count; /* announced */

	/* while it is sent */
	uint32_t constituents_left;
	uint32_t received_bytes;

	/* of its pages */
	bool is_cleared_behind; /* when the receiver relinquishes them */
	mm_mode_t owner_mode;
	mm_mode_t receiver_rights;
	/* to the receiver */
	uint32_t delivered;	  /* ranges */
	uint32_t delivered_bytes; /* of the descriptor and of them */
};

/**
 * A new one with a handle, SENDING, all else 0; the sender's lock is held.
 * NULL: the sender has as many as it can have.
 */
must_check struct memory_transaction *memory_begin(struct vm_locked sender,
						   struct vm *receiver);

/** Room for `count` ranges; false: no memory. */
must_check bool memory_reserve(struct memory_transaction *transaction,
			       uint32_t count);

/** A range to the end; false: no memory. */
must_check bool memory_append(struct memory_transaction *transaction,
			      ipaddr_t ipa, paddr_t pa, uint64_t page_count);

/** It is over: the handle means nothing any more. */
void memory_end(struct memory_transaction *transaction);

/**
 * Transactions that a VM which was aborted has left behind; true: some room was
 * made. No lock is held.
 */
must_check bool memory_sweep(void);

/** A transaction: the locks of the caller and of the other VM are held. */
struct memory_locked {
	struct memory_transaction *transaction; /* NULL: no such handle */
	struct vm *other; /* than the caller; itself without a transaction */
};

/** By handle. */
struct memory_locked memory_lock(struct vm *caller, uint64_t handle);
void memory_unlock(struct vm *caller, struct memory_locked *locked);

/** Handle in w1 and w2. */
static inline uint64_t memory_handle(const struct vcpu *current)
{
	return (uint32_t)current->regs.x[1] | current->regs.x[2] << 32;
}

/** What `call` answers with the transaction of that handle: see ffa_finish(). */
struct vcpu *memory_call_locked(struct vcpu *current,
				int32_t call(struct memory_locked locked,
					     struct vcpu *current));

/** When pages are cleared: while no VM gets at them. */
enum memory_clearing {
	CLEAR_NOT,
	CLEAR_BEFORE, /* who gets access */
	CLEAR_AFTER,  /* who had access */
};

/**
 * A step for all pages, as its name is for shared ones: 0, or a code, and
 * nothing has changed.
 */
int32_t memory_step(struct memory_transaction *transaction,
		    enum ownership_step shared, enum memory_clearing clearing);
