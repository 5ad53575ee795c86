/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_MEM_RETRIEVE_REQ: what the receiver asks for against what it was offered,
 * in the order in which it is looked at. See docs/ffa.md.
 */
#include "hf/ffa/frame.h"
#include "hf/ffa/memory.h"
#include "hf/ffa/partition.h"
#include "memory_deliver.h"
#include "memory_descriptor.h"
#include "memory_send.h"

#define FLAGS_LEGACY (FFA_MEMORY_FLAG_CLEAR | FFA_MEMORY_FLAG_TYPE_MASK)
#define FLAGS_1_0 (FLAGS_LEGACY | FFA_MEMORY_FLAG_CLEAR_RELINQUISH)
#define FLAGS_1_1 (FLAGS_1_0 | FFA_MEMORY_FLAG_BYPASS)

#define CLEARING (FFA_MEMORY_FLAG_CLEAR | FFA_MEMORY_FLAG_CLEAR_RELINQUISH)

/** How memory is mapped for every VM. */
#define ATTRIBUTES                                        \
	(FFA_MEMORY_TYPE_NORMAL | FFA_MEMORY_WRITE_BACK | \
	 FFA_MEMORY_INNER_SHAREABLE)
#define ATTRIBUTES_MASK                                        \
	(FFA_MEMORY_TYPE_MASK | FFA_MEMORY_CACHEABILITY_MASK | \
	 FFA_MEMORY_SHAREABILITY_MASK)

/** A request, and what comes of it. */
struct retrieve {
	struct memory_descriptor asked;
	uint8_t granted; /* permissions */
	bool is_legacy;	 /* of the caller */
};

/** The request itself, with the caller's lock: 0 or a code. */
static int32_t read_request(struct vm_locked vm, const struct vcpu *current,
			    struct memory_descriptor *asked)
{
	uint32_t length = (uint32_t)current->regs.x[1];

	if (!memory_uses_tx(current) ||
	    (uint32_t)current->regs.x[2] != length ||
	    vm.vm->mailbox.tx == NULL || length > vm.vm->mailbox.buffer_size) {
		return FFA_INVALID_PARAMETERS;
	}
	if (!memory_rx_is_free(vm.vm)) {
		return FFA_BUSY;
	}
	return memory_descriptor_read(vm.vm, vm.vm->mailbox.tx, length,
				      asked) &&
			       asked->region.endpoint_count == 1 &&
			       asked->region.endpoint_offset +
					       asked->region.endpoint_size ==
				       length
		       ? 0
		       : FFA_INVALID_PARAMETERS;
}

/** Whose it is, and whether it can be had: 0 or a code. */
static int32_t check_transaction(const struct memory_transaction *transaction,
				 const struct vm *vm,
				 const struct retrieve *retrieve)
{
	const struct memory_descriptor *asked = &retrieve->asked;
	uint32_t type = asked->region.flags & FFA_MEMORY_FLAG_TYPE_MASK;

	if (transaction == NULL ||
	    (type != 0 && type != (uint32_t)transaction->kind
					  << MEMORY_KIND_SHIFT)) {
		return FFA_INVALID_PARAMETERS;
	}
	if (asked->region.sender != load_relaxed(&transaction->sender)->id) {
		return retrieve->is_legacy ? FFA_INVALID_PARAMETERS
					   : FFA_DENIED;
	}
	if (asked->region.tag != transaction->said.region.tag ||
	    asked->endpoint.receiver != vm->id ||
	    load_relaxed(&transaction->receiver) != vm ||
	    transaction->state == MEMORY_SENDING) {
		return FFA_INVALID_PARAMETERS;
	}
	return transaction->state == MEMORY_SENT ? 0 : FFA_DENIED;
}

/** What can be had at most, of data and of instructions. */
static uint8_t offer_of(const struct memory_transaction *transaction)
{
	uint8_t data =
		transaction->said.endpoint.permissions & FFA_DATA_ACCESS_MASK;
	mm_mode_t mode = transaction->owner_mode;

	if (data == FFA_DATA_ACCESS_NOT_SPECIFIED) {
		data = (mode & MM_MODE_W) != 0 ? FFA_DATA_ACCESS_RW
					       : FFA_DATA_ACCESS_RO;
	}
	return data |
	       (transaction->kind != MEMORY_SHARE && (mode & MM_MODE_X) != 0
			? FFA_INSTRUCTION_ACCESS_X
			: FFA_INSTRUCTION_ACCESS_NX);
}

/**
 * One field of what is asked for against the offer; both fields grow with the
 * rights, so more than the offer, as a reserved value is, is none: 0.
 */
static uint8_t grant(uint8_t offer, uint8_t asked, uint8_t mask)
{
	offer &= mask;
	asked &= mask;
	if (asked == 0) {
		return offer;
	}
	return asked <= offer ? asked : 0;
}

/** Clearing, which needs more than to ask for it. */
static bool may_clear(const struct memory_transaction *transaction,
		      const struct retrieve *retrieve)
{
	uint32_t flags = retrieve->asked.region.flags;

	return (flags & CLEARING) == 0 || retrieve->is_legacy ||
	       (((flags & ~transaction->said.region.flags) &
		 FFA_MEMORY_FLAG_CLEAR) == 0 &&
		(retrieve->granted & FFA_DATA_ACCESS_MASK) !=
			FFA_DATA_ACCESS_RO);
}

static uint32_t flags_of(const struct vm *vm, bool is_legacy)
{
	if (is_legacy) {
		return FLAGS_LEGACY;
	}
	return vm_ffa_version(vm) >= FFA_VERSION_1_1 ? FLAGS_1_1 : FLAGS_1_0;
}

/** The rest of what only guests of our time are asked: 0 or a code. */
static int32_t check_strictly(const struct memory_transaction *transaction,
			      const struct vm *vm,
			      const struct memory_descriptor *asked)
{
	uint8_t instructions =
		asked->endpoint.permissions & FFA_INSTRUCTION_ACCESS_MASK;
	bool is_specified =
		instructions != FFA_INSTRUCTION_ACCESS_NOT_SPECIFIED;
	uint16_t attributes = asked->region.attributes;

	if (is_specified == (transaction->kind == MEMORY_SHARE) ||
	    (attributes & (FFA_MEMORY_NS | FFA_MEMORY_ATTRIBUTES_MBZ)) != 0) {
		return FFA_INVALID_PARAMETERS;
	}
	if ((attributes & FFA_MEMORY_TYPE_MASK) !=
		    FFA_MEMORY_TYPE_NOT_SPECIFIED &&
	    (attributes & ATTRIBUTES_MASK) != ATTRIBUTES) {
		return FFA_DENIED;
	}
	return vm_ffa_version(vm) >= FFA_VERSION_1_2 &&
			       (asked->endpoint.impdef[0] !=
					transaction->said.endpoint.impdef[0] ||
				asked->endpoint.impdef[1] !=
					transaction->said.endpoint.impdef[1])
		       ? FFA_INVALID_PARAMETERS
		       : 0;
}

/** What is asked for against what was offered: 0 or a code. */
static int32_t check_request(const struct memory_transaction *transaction,
			     const struct vm *vm, struct retrieve *retrieve)
{
	const struct memory_descriptor *asked = &retrieve->asked;
	uint8_t permissions = asked->endpoint.permissions;
	uint8_t offer = offer_of(transaction);
	uint8_t data = grant(offer, permissions, FFA_DATA_ACCESS_MASK);
	uint8_t instructions =
		grant(offer, permissions, FFA_INSTRUCTION_ACCESS_MASK);
	bool is_shared = transaction->kind == MEMORY_SHARE;

	retrieve->granted = data | instructions;
	if (asked->endpoint.composite_offset != 0 ||
	    (asked->region.flags & ~flags_of(vm, retrieve->is_legacy)) != 0 ||
	    (!retrieve->is_legacy && (permissions & FFA_ACCESS_MBZ) != 0) ||
	    (is_shared && (asked->region.flags & CLEARING) != 0)) {
		return FFA_INVALID_PARAMETERS;
	}
	if (!may_clear(transaction, retrieve) || data == 0) {
		return FFA_DENIED;
	}
	if (retrieve->is_legacy) {
		return instructions != 0 ? 0 : FFA_DENIED;
	}
	/* Of what is shared they are not to be said, as is looked at there. */
	return instructions != 0 || is_shared
		       ? check_strictly(transaction, vm, asked)
		       : FFA_DENIED;
}

/** Fields that are granted have one bit each. */
static mm_mode_t rights_of(uint8_t permissions)
{
	mm_mode_t rights = MM_MODE_R;

	if ((permissions & FFA_DATA_ACCESS_RW) != 0) {
		rights |= MM_MODE_W;
	}
	if ((permissions & FFA_INSTRUCTION_ACCESS_X) != 0) {
		rights |= MM_MODE_X;
	}
	return rights;
}

/** Pages to the receiver: 0, and it has them, or a code. */
static int32_t take_pages(struct memory_transaction *transaction,
			  const struct retrieve *retrieve)
{
	uint32_t flags = retrieve->asked.region.flags;
	mm_mode_t rights = rights_of(retrieve->granted);
	bool is_cleared = (flags & FFA_MEMORY_FLAG_CLEAR) != 0 &&
			  !transaction->is_clear && (rights & MM_MODE_W) != 0;
	int32_t code;

	transaction->receiver_rights = rights;
	/* receiver: NONE => OWNED, BORROWED or JOINED */
	code = memory_step(transaction, OWNERSHIP_RETRIEVE_SHARED,
			   is_cleared ? CLEAR_BEFORE : CLEAR_NOT);
	if (code == 0) {
		transaction->is_cleared_behind =
			(flags & FFA_MEMORY_FLAG_CLEAR_RELINQUISH) != 0;
		transaction->delivered = 0;
	}
	return code;
}

/**
 * The descriptor, with as many ranges as have room, into RX. What was asked is
 * the same as what is told in sender, handle, receiver, how many there are, and
 * from 1.2 on, which is told them, in what is implementation defined.
 */
static void answer(struct memory_transaction *transaction, struct vcpu *current,
		   struct retrieve *retrieve)
{
	struct memory_descriptor *told = &retrieve->asked;
	uint32_t count = transaction->ranges.count;
	uint32_t begin;
	uint32_t bytes;

	told->region.attributes = transaction->said.region.attributes;
	told->region.flags =
		(uint32_t)transaction->kind << MEMORY_KIND_SHIFT |
		(transaction->is_clear ? FFA_MEMORY_FLAG_CLEAR : 0);
	if (retrieve->is_legacy) {
		told->region.tag = 0;
	}
	told->endpoint.permissions = retrieve->granted;
	told->endpoint.flags = 0;
	/* It writes it, perhaps. */
	transaction->is_clear &=
		(transaction->receiver_rights & MM_MODE_W) == 0;
	begin = memory_descriptor_write(current->vm, told,
					transaction->received_pages, count);
	transaction->delivered_bytes = 0;
	bytes = memory_deliver(transaction, (struct vm_locked){current->vm},
			       begin);
	(void)ffa_answer(
		current, FFA_MEM_RETRIEVE_RESP,
		begin + count * (uint32_t)sizeof(struct ffa_memory_constituent),
		bytes);
}

/** FFA_ANSWERED or a code. */
static int32_t retrieve_locked(struct memory_transaction *transaction,
			       struct vcpu *current, struct retrieve *retrieve)
{
	const struct vm *vm = current->vm;
	int32_t code;

	retrieve->is_legacy = partition_is_legacy(vm);
	/* The lock was not held since it was looked at. */
	if (!memory_rx_is_free(vm)) {
		return FFA_BUSY;
	}
	code = check_transaction(transaction, vm, retrieve);
	if (code == 0) {
		code = check_request(transaction, vm, retrieve);
	}
	if (code == 0) {
		code = take_pages(transaction, retrieve);
	}
	if (code != 0) {
		return code;
	}
	answer(transaction, current, retrieve);
	return FFA_ANSWERED;
}

struct vcpu *ffa_mem_retrieve_req(struct vcpu *current)
{
	struct retrieve retrieve;
	struct vm_locked vm = vm_lock(current->vm);
	int32_t code = read_request(vm, current, &retrieve.asked);
	struct memory_locked locked;

	vm_unlock(&vm);
	if (code == 0) {
		/* Whose lock comes first depends on whose handle it is. */
		locked = memory_lock(current->vm, retrieve.asked.region.handle);
		code = retrieve_locked(locked.transaction, current, &retrieve);
		memory_unlock(current->vm, &locked);
	}
	return ffa_finish(current, code);
}
