/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages with a header. The sender may rewrite TX at any time: the header is
 * read once, and what the receiver gets of it is our copy. See docs/ffa.md.
 */
#include "hf/ffa/send2.h"

#include <string.h>

#include "hf/base/bits.h"
#include "hf/ffa/frame.h"
#include "hf/ffa/notification.h"
#include "hf/ffa/partition.h"
#include "hf/ffa_message.h"
#include "hf/vm/vm_set.h"

/** Bytes in front of a payload. */
static uint32_t header_size(const struct vm *vm)
{
	return vm->ffa_version >= FFA_VERSION_1_2
		       ? sizeof(struct ffa_message)
		       : offsetof(struct ffa_message, reserved_mbz_1);
}

/** Of the caller's, as of its version: what a newer one has is 0. */
static struct ffa_message read_header(const struct vm *vm)
{
	struct ffa_message header = {0};

	memcpy(&header, vm->mailbox.tx, header_size(vm));
	return header;
}

/** Checks of the header alone, then of who is named there; 0 or a code. */
static int32_t check_header(const struct vm *from,
			    const struct ffa_message *header)
{
	uint64_t size = pa_range_size(from->mailbox.tx_range);
	uint64_t end = (uint64_t)header->offset + header->size_bytes;
	const struct vm *to;

	if (header->sender != from->id || header->receiver == from->id ||
	    (header->flags_mbz | header->reserved_mbz_0 |
	     header->reserved_mbz_1) != 0 ||
	    header->offset < header_size(from) || end > size) {
		return FFA_INVALID_PARAMETERS;
	}
	to = vm_set_find(header->receiver);
	if (to == NULL ||
	    !partition_has_uuid(
		    to, (struct vm_uuid){header->uuid[0], header->uuid[1]})) {
		return FFA_INVALID_PARAMETERS;
	}
	return partition_has(from, FFA_PROPERTY_INDIRECT) &&
			       partition_has(to, FFA_PROPERTY_INDIRECT) &&
			       to->ffa_version >= FFA_VERSION_1_1
		       ? 0
		       : FFA_DENIED;
}

/** The payload keeps its distance to the header, whose size may differ. */
static int32_t deliver(struct vm_locked_pair pair, struct ffa_message header)
{
	struct vm_mailbox *to = &pair.b->mailbox;
	uint32_t from_size = header_size(pair.a);
	uint32_t to_size = header_size(pair.b);
	uint32_t body = header.offset - from_size + header.size_bytes;

	if (to->rx == NULL || to->state != MAILBOX_EMPTY) {
		return FFA_BUSY;
	}
	if (to_size + body > pa_range_size(to->rx_range)) {
		return FFA_INVALID_PARAMETERS;
	}
	header.offset = header.offset - from_size + to_size;
	memcpy(to->rx, &header, to_size);
	memcpy((uint8_t *)to->rx + to_size,
	       (const uint8_t *)pair.a->mailbox.tx + from_size, body);
	to->state = MAILBOX_READ;
	notification_rx_full((struct vm_locked){.vm = pair.b});
	return 0;
}

/** TX cannot go away: its VM is locked. */
static int32_t send_locked(struct vm_locked_pair pair)
{
	struct ffa_message header;
	int32_t code;

	if (pair.a->mailbox.tx == NULL) {
		return FFA_DENIED;
	}
	header = read_header(pair.a);
	/* Who is locked was read before: it may say somebody else now. */
	header.receiver = pair.b->id;
	code = check_header(pair.a, &header);
	return code != 0 ? code : deliver(pair, header);
}

/** The header's checks with the sender's lock only: who is it for? */
static int32_t find_receiver(struct vm_locked vm, struct vm **to)
{
	struct ffa_message header;
	int32_t code;

	if (vm.vm->mailbox.tx == NULL) {
		return FFA_DENIED;
	}
	header = read_header(vm.vm);
	code = check_header(vm.vm, &header);
	*to = vm_set_find(header.receiver);
	return code;
}

struct vcpu *ffa_msg_send2(struct vcpu *current)
{
	struct vm *to = NULL;
	struct vm_locked_pair pair;
	struct vm_locked vm;
	int32_t code;

	if ((uint32_t)(current->regs.x[1] | current->regs.x[2]) != 0) {
		return ffa_refuse(current, FFA_INVALID_PARAMETERS);
	}
	vm = vm_lock(current->vm);
	code = find_receiver(vm, &to);
	vm_unlock(&vm);
	if (code == 0) {
		pair = vm_lock_both(current->vm, to);
		code = send_locked(pair);
		vm_unlock_both(&pair);
	}
	if (code != 0) {
		return ffa_refuse(current, code);
	}
	ffa_success(&current->regs, 0, 0);
	return current;
}
