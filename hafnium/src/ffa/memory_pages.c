/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ranges of a transaction that is sent: where the pages are, whether all
 * are the sender's to give, and then the step. Nothing changes before the last
 * range has come. See docs/ffa.md.
 */
#include "hf/ffa/frame.h"
#include "hf/ffa/partition.h"
#include "memory_descriptor.h"
#include "memory_send.h"

/** The mode that all pages have, of pages of its own; the first decides. */
static void note_mode(struct memory_transaction *transaction, mm_mode_t mode)
{
	if (transaction->ranges.count == 0) {
		transaction->owner_mode = mode;
	}
	transaction->is_denied |= transaction->owner_mode != mode ||
				  ownership_state(mode) != PAGE_OWNED;
}

/** Do `count` pages from `map->begin` on lie in one piece? Then where. */
static bool is_piece(struct stage2_cursor *cursor, struct stage2_map *map,
		     uint64_t count)
{
	map->end.ipa = map->begin.ipa + count * PAGE_SIZE;
	return stage2_look(cursor, map);
}

/** Pages of one mode that lie apart: each row of them is a range. */
static bool append_rows(struct memory_transaction *transaction,
			struct stage2_cursor *cursor, struct stage2_map map)
{
	struct page_range row = {.page_count = 0};
	uint64_t end = map.end.ipa;

	while (map.begin.ipa < end) {
		uint64_t left = (end - map.begin.ipa) / PAGE_SIZE;
		uint64_t count = 1;

		/* Not page by page: there may be very many. */
		for (uint64_t next = 1;
		     next <= left && is_piece(cursor, &map, next); next *= 2) {
			count = next;
		}
		if (row.page_count == 0 ||
		    map.pa.pa != row.pa.pa + row.page_count * PAGE_SIZE) {
			if (row.page_count > 0 &&
			    !memory_append(transaction, row)) {
				return false;
			}
			row = (struct page_range){map.begin, map.pa, 0};
		}
		row.page_count += count;
		map.begin.ipa += count * PAGE_SIZE;
	}
	return memory_append(transaction, row);
}

/** At most RANGE_MAX_PAGES at any address; false: no memory. */
static bool append_pages(struct memory_transaction *transaction,
			 struct stage2_cursor *cursor, uint64_t ipa,
			 uint64_t count)
{
	struct stage2_map map = {.begin = ipa_init(ipa)};

	if (add_overflows(ipa, count * PAGE_SIZE, &map.end.ipa)) {
		map.end = map.begin;
	}
	if (transaction->is_denied) {
		/* Who names much that is not its own takes no more time. */
	} else if (stage2_look(cursor, &map)) {
		note_mode(transaction, map.mode);
	} else if (stage2_query(cursor->stage2, map.begin, map.end,
				&map.mode)) {
		note_mode(transaction, map.mode);
		return append_rows(transaction, cursor, map);
	} else {
		transaction->is_denied = true;
	}
	return memory_append(transaction,
			     (struct page_range){map.begin, map.pa, count});
}

static bool append(struct memory_transaction *transaction,
		   struct stage2_cursor *cursor,
		   const struct ffa_memory_constituent *constituent)
{
	uint64_t ipa = constituent->address;
	uint64_t left = constituent->page_count;

	transaction->received_pages += left;
	if (left == 0 || !is_aligned(ipa, PAGE_SIZE)) {
		transaction->is_malformed = true;
		return true;
	}
	while (left > 0) {
		uint64_t count = min_u64(left, RANGE_MAX_PAGES);

		if (!append_pages(transaction, cursor, ipa, count)) {
			return false;
		}
		ipa += count * PAGE_SIZE;
		left -= count;
	}
	return true;
}

/** What all ranges together may be: 0 or a code. */
static int32_t check_ranges(struct memory_transaction *transaction,
			    const struct vm *sender)
{
	bool is_legacy = partition_is_legacy(sender);

	if (transaction->is_malformed || transaction->ranges.count == 0 ||
	    range_list_overlaps(&transaction->ranges) ||
	    (!is_legacy &&
	     transaction->received_pages != transaction->page_count)) {
		return FFA_INVALID_PARAMETERS;
	}
	return transaction->is_denied ? FFA_DENIED : 0;
}

/** Is it the sender's to give, with what it offers? */
static bool may_send(const struct memory_transaction *transaction,
		     const struct vm *sender, enum ownership_step step)
{
	mm_mode_t mode = transaction->owner_mode;
	mm_mode_t needed = 0;

	switch (transaction->offer & FFA_DATA_ACCESS_MASK) {
	case FFA_DATA_ACCESS_RW:
		needed = MM_MODE_R | MM_MODE_W;
		break;
	case FFA_DATA_ACCESS_RO:
		needed = MM_MODE_R;
		break;
	default:
		break;
	}
	if ((transaction->flags & FFA_MEMORY_FLAG_CLEAR) != 0 &&
	    !partition_is_legacy(sender)) {
		needed |= MM_MODE_W;
	}
	return ownership_state(mode) == PAGE_OWNED &&
	       (mode & MM_MODE_DEVICE) == 0 && (mode & needed) == needed &&
	       /* Between two fragments much can have happened. */
	       (!transaction->is_fragmented ||
		memory_is_ready(transaction, step));
}

/** All ranges have come: 0, and it is done, or a code. */
static int32_t complete(struct memory_transaction *transaction,
			const struct vm *sender)
{
	static const uint8_t steps[MEMORY_KIND_COUNT] = {
		[MEMORY_SHARE] = OWNERSHIP_SHARE,
		[MEMORY_LEND] = OWNERSHIP_LEND,
		[MEMORY_DONATE] = OWNERSHIP_DONATE,
	};
	enum ownership_step step = steps[transaction->kind];
	bool is_cleared = (transaction->flags & FFA_MEMORY_FLAG_CLEAR) != 0 &&
			  (transaction->owner_mode & MM_MODE_W) != 0;
	int32_t code = check_ranges(transaction, sender);

	if (code != 0) {
		return code;
	}
	if (!may_send(transaction, sender, step)) {
		return FFA_DENIED;
	}
	/* owner: OWNED => DONATED, LENT or SHARED; receiver: NONE, as yet */
	code = memory_step(transaction, step,
			   is_cleared ? CLEAR_AFTER : CLEAR_NOT);
	if (code == 0) {
		transaction->state = MEMORY_SENT;
	}
	return code;
}

static int32_t receive(struct memory_transaction *transaction,
		       const struct vm *sender, const uint8_t *from,
		       uint32_t size)
{
	struct stage2_cursor cursor = stage2_cursor_init(&sender->stage2);
	struct ffa_memory_constituent constituent;
	uint32_t count = size / sizeof(constituent);

	if (count > transaction->constituents_left) {
		return FFA_INVALID_PARAMETERS;
	}
	transaction->constituents_left -= count;
	transaction->received_bytes += size;
	for (; count > 0; count--, from += sizeof(constituent)) {
		memory_copy_in(&constituent, from, sizeof(constituent));
		if (!append(transaction, &cursor, &constituent)) {
			return FFA_NO_MEMORY;
		}
	}
	return transaction->constituents_left == 0
		       ? complete(transaction, sender)
		       : 0;
}

int32_t memory_send_ranges(struct memory_transaction *transaction,
			   struct vcpu *sender, const uint8_t *from,
			   uint32_t size)
{
	int32_t code = receive(transaction, sender->vm, from, size);
	uint64_t handle = load_relaxed(&transaction->handle);

	if (code != 0) {
		memory_end(transaction);
	} else if (transaction->state == MEMORY_SENT) {
		(void)ffa_succeed(sender, (uint32_t)handle, handle >> 32);
	} else {
		(void)ffa_answer(sender, FFA_MEM_FRAG_RX, (uint32_t)handle,
				 handle >> 32);
		sender->regs.x[3] = transaction->received_bytes;
	}
	return code;
}
