/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_MEM_DONATE, _LEND, _SHARE: what the descriptor may say, in the order in
 * which it is looked at. What happens to its ranges is in memory_pages.c.
 * See docs/ffa.md.
 */
#include "memory_send.h"
#include "hf/ffa/frame.h"
#include "hf/ffa/memory.h"
#include "hf/ffa/partition.h"
#include "hf/vm/vm_set.h"
#include "memory_descriptor.h"

#define NORMAL_SHARED                                     \
	(FFA_MEMORY_TYPE_NORMAL | FFA_MEMORY_WRITE_BACK | \
	 FFA_MEMORY_INNER_SHAREABLE)

/** A call, and what its first fragment says. */
struct send {
	enum memory_kind kind;
	uint32_t total;
	uint32_t fragment;
	struct vm *receiver;
	struct memory_descriptor said;
	struct ffa_memory_composite composite;
};

bool memory_uses_tx(const struct vcpu *current)
{
	return vcpu_arg(current, 3) == 0 && (uint32_t)current->regs.x[4] == 0;
}

/** The descriptor is in TX as a whole, or its first part. */
static bool read_descriptor(const struct vm *vm, struct send *send,
			    bool is_legacy)
{
	return send->fragment <= send->total &&
	       send->fragment <= vm->mailbox.buffer_size &&
	       (is_legacy || is_aligned(send->total, 16)) &&
	       memory_descriptor_read(vm, vm->mailbox.tx, send->fragment,
				      &send->said);
}

/** Header of the ranges: where it may be, and as many as it says. */
static bool read_composite(const struct vm *vm, struct send *send,
			   bool is_legacy)
{
	uint64_t offset = send->said.endpoint.composite_offset;
	uint64_t end = offset + sizeof(send->composite);

	if (offset < (uint64_t)send->said.region.endpoint_offset +
			     send->said.region.endpoint_size ||
	    end > send->fragment) {
		return false;
	}
	memory_copy_in(&send->composite,
		       (const uint8_t *)vm->mailbox.tx + offset,
		       sizeof(send->composite));
	/* A length of a multiple of 16: so the offset is one, too. */
	return is_aligned(send->fragment - end,
			  sizeof(struct ffa_memory_constituent)) &&
	       send->total ==
		       end + (uint64_t)send->composite.constituent_count *
				       sizeof(struct ffa_memory_constituent) &&
	       (is_legacy || send->composite.reserved_mbz == 0);
}

/** Of data; of a donation its own. Those of instructions: the receiver says. */
static bool permissions_are_valid(const struct send *send)
{
	uint8_t permissions = send->said.endpoint.permissions;

	return permissions < FFA_DATA_ACCESS_RESERVED &&
	       (permissions == FFA_DATA_ACCESS_NOT_SPECIFIED) ==
		       (send->kind == MEMORY_DONATE);
}

static int32_t check_attributes(const struct send *send)
{
	uint16_t attributes = send->said.region.attributes;

	/* What is above the type MBZ. */
	if (attributes >= FFA_MEMORY_TYPE_RESERVED) {
		return FFA_INVALID_PARAMETERS;
	}
	if (send->kind != MEMORY_SHARE) {
		return (attributes & FFA_MEMORY_TYPE_MASK) ==
				       FFA_MEMORY_TYPE_NOT_SPECIFIED
			       ? 0
			       : FFA_INVALID_PARAMETERS;
	}
	return attributes == NORMAL_SHARED ? 0 : FFA_DENIED;
}

/** All that can be refused without a look at the pages: 0 or a code. */
static int32_t check(const struct vm *vm, struct send *send)
{
	const struct memory_descriptor *said = &send->said;
	uint32_t flags = send->kind == MEMORY_SHARE ? 0 : FFA_MEMORY_FLAG_CLEAR;
	bool is_legacy = partition_is_legacy(vm);

	if (!read_descriptor(vm, send, is_legacy)) {
		return FFA_INVALID_PARAMETERS;
	}
	if (said->region.sender != vm->id) {
		return is_legacy ? FFA_INVALID_PARAMETERS : FFA_DENIED;
	}
	send->receiver = vm_set_find(said->endpoint.receiver);
	if (said->region.endpoint_count != 1 || send->receiver == vm ||
	    send->receiver == NULL || !read_composite(vm, send, is_legacy) ||
	    (said->region.flags & ~flags) != 0 ||
	    (said->region.handle != 0 && !is_legacy) ||
	    !permissions_are_valid(send)) {
		return FFA_INVALID_PARAMETERS;
	}
	return is_legacy ? 0 : check_attributes(send);
}

static void remember(struct memory_transaction *transaction,
		     const struct send *send)
{
	transaction->kind = send->kind;
	transaction->said = send->said;
	transaction->page_count = send->composite.page_count;
	transaction->constituents_left = send->composite.constituent_count;
}

/** FFA_ANSWERED or a code. */
static int32_t send_locked(struct vm_locked vm, struct vcpu *current,
			   struct send *send)
{
	int32_t code = memory_uses_tx(current) ? check(vm.vm, send)
					       : FFA_INVALID_PARAMETERS;
	struct memory_transaction *transaction;
	uint32_t begin;

	if (code != 0) {
		return code;
	}
	begin = send->said.endpoint.composite_offset +
		(uint32_t)sizeof(send->composite);
	transaction = memory_begin(vm, send->receiver);
	if (transaction == NULL) {
		return FFA_NO_MEMORY;
	}
	/* For all that was announced: later fragments do not lack any. */
	if (!memory_reserve(transaction, send->composite.constituent_count)) {
		memory_end(transaction);
		return FFA_NO_MEMORY;
	}
	remember(transaction, send);
	transaction->received_bytes = begin;
	return memory_send_ranges(transaction, current,
				  (const uint8_t *)vm.vm->mailbox.tx + begin,
				  send->fragment - begin);
}

static int32_t send_once(struct vcpu *current, struct send *send)
{
	struct vm_locked vm = vm_lock(current->vm);
	int32_t code = send_locked(vm, current, send);

	vm_unlock(&vm);
	return code;
}

static struct vcpu *send_memory(struct vcpu *current, enum memory_kind kind)
{
	struct send send;
	int32_t code;

	send.kind = kind;
	send.total = (uint32_t)current->regs.x[1];
	send.fragment = (uint32_t)current->regs.x[2];
	code = send_once(current, &send);
	/*
	 * No locks are held in between; then all is looked at again. Once: a VM
	 * that is aborting may go on sending on another CPU.
	 */
	if (code == FFA_NO_MEMORY && memory_sweep()) {
		code = send_once(current, &send);
	}
	return ffa_finish(current, code);
}

struct vcpu *ffa_mem_donate(struct vcpu *current)
{
	return send_memory(current, MEMORY_DONATE);
}

struct vcpu *ffa_mem_lend(struct vcpu *current)
{
	return send_memory(current, MEMORY_LEND);
}

struct vcpu *ffa_mem_share(struct vcpu *current)
{
	return send_memory(current, MEMORY_SHARE);
}
