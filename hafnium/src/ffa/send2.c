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
static uint32_t header_size_of(const struct vm *vm)
{
	return vm_ffa_version(vm) >= FFA_VERSION_1_2
		       ? sizeof(struct ffa_message)
		       : offsetof(struct ffa_message, reserved_1);
}

/** Of the payload, from the start of the buffer. */
static uint64_t end_of(const struct ffa_message *header)
{
	return (uint64_t)header->offset + header->size_bytes;
}

/** The header, of `size` bytes, and what can be said of it alone: 0 or a code. */
static int32_t read_locked(struct vm_locked from, uint32_t size,
			   struct ffa_message *header)
{
	const struct vm_mailbox *mailbox = &from.vm->mailbox;

	if (mailbox->tx == NULL) {
		return FFA_DENIED;
	}
	/* Of an older version. */
	header->uuid[0] = 0;
	header->uuid[1] = 0;
	memcpy(header, mailbox->tx, size);
	if (header->sender != from.vm->id || header->receiver == from.vm->id ||
	    (header->flags_mbz | header->reserved_mbz) != 0 ||
	    header->offset < size || end_of(header) > mailbox->buffer_size) {
		return FFA_INVALID_PARAMETERS;
	}
	return 0;
}

static int32_t find_receiver(const struct vm *from,
			     const struct ffa_message *header, struct vm **to)
{
	*to = vm_set_find(header->receiver);
	if (*to == NULL ||
	    !partition_has_uuid(*to, header->uuid[0], header->uuid[1])) {
		return FFA_INVALID_PARAMETERS;
	}
	return (from->ffa_properties & (*to)->ffa_properties &
		FFA_PROPERTY_INDIRECT) != 0
		       ? 0
		       : FFA_DENIED;
}

/** The rest of the checks, then the copy: 0 or a code. */
static int32_t deliver_locked(struct vm_locked_pair pair, uint32_t size,
			      struct ffa_message *header)
{
	const struct vm_mailbox *from = &pair.a->mailbox;
	struct vm_mailbox *to = &pair.b->mailbox;
	uint32_t size_there = header_size_of(pair.b);
	uint64_t body_size = end_of(header) - size;
	uint64_t end = size_there + body_size;
	uint8_t *rx = to->rx;

	/* It may have been mapped anew since it was read. */
	if (from->tx == NULL || end_of(header) > from->buffer_size) {
		return FFA_DENIED;
	}
	if (load_relaxed(&to->state) != MAILBOX_EMPTY) {
		return FFA_BUSY;
	}
	/* Who speaks 1.0 knows neither the header nor the notification. */
	if (vm_ffa_version(pair.b) < FFA_VERSION_1_1) {
		return FFA_DENIED;
	}
	if (end > to->buffer_size) {
		return FFA_INVALID_PARAMETERS;
	}
	/* The payload keeps its distance to the header. */
	header->offset += size_there - size;
	header->reserved_1 = 0;
	memcpy(rx, header, size_there);
	memcpy(rx + size_there, (const uint8_t *)from->tx + size, body_size);
	memset(rx + end, 0, align_up(end, PAGE_SIZE) - end);
	store_relaxed(&to->state, MAILBOX_READ);
	/* Who takes no notifications could never say that it knows. */
	if (partition_has(pair.b, FFA_PROPERTY_NOTIFICATIONS)) {
		notification_rx_full(vm_second(pair));
	}
	return 0;
}

/** 0 or a code. */
static int32_t send2(struct vm *from)
{
	uint32_t size = header_size_of(from);
	struct ffa_message header;
	struct vm_locked locked = vm_lock(from);
	struct vm_locked_pair pair;
	struct vm *to;
	int32_t code = read_locked(locked, size, &header);

	vm_unlock(&locked);
	if (code == 0) {
		code = find_receiver(from, &header, &to);
	}
	if (code != 0) {
		return code;
	}
	pair = vm_lock_both(from, to);
	code = deliver_locked(pair, size, &header);
	vm_unlock_both(&pair);
	return code;
}

struct vcpu *ffa_msg_send2(struct vcpu *current)
{
	const uint64_t *x = current->regs.x;

	return ffa_finish(current, (uint32_t)(x[1] | x[2]) != 0
					   ? FFA_INVALID_PARAMETERS
					   : send2(current->vm));
}
