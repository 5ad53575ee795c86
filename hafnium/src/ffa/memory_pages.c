/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ranges of a transaction that is sent: where the pages are. Nothing changes
 * before the last one has come (memory_complete.c). See docs/ffa.md.
 */
#include "hf/ffa.h"
#include "memory_descriptor.h"
#include "memory_send.h"

/** The mode that all pages have, of pages of its own; the first decides. */
static void note_mode(struct memory_transaction *transaction,
		      enum ptable_look look, mm_mode_t mode)
{
	if (transaction->ranges.count == 0) {
		transaction->owner_mode = mode;
	}
	transaction->is_denied = look == LOOK_MIXED ||
				 transaction->owner_mode != mode ||
				 ownership_state(mode) != PAGE_OWNED;
}

/** Do `count` pages from `begin` on lie in one piece? Then where. */
static bool is_piece(struct ptable_cursor *cursor, ipaddr_t begin,
		     uint64_t count)
{
	return stage2_look(cursor, begin,
			   ipa_init(begin.ipa + count * PAGE_SIZE)) ==
	       LOOK_PIECE;
}

/** How many pages, of `left`, lie in one piece from `begin` on. */
static uint64_t find_piece(struct ptable_cursor *cursor, ipaddr_t begin,
			   uint64_t left)
{
	uint64_t count = 0;
	uint64_t step = 1;

	/* Not page by page: there may be very many. */
	while (step > 0) {
		if (count + step <= left &&
		    is_piece(cursor, begin, count + step)) {
			count += step;
			step *= 2;
		} else {
			step /= 2;
		}
	}
	return count;
}

/** Pages of one mode that lie apart: each piece of them is a range. */
static bool append_pieces(struct memory_transaction *transaction,
			  struct ptable_cursor *cursor, ipaddr_t begin,
			  uint64_t left)
{
	while (left > 0) {
		uint64_t count = find_piece(cursor, begin, left);

		if (!memory_append(transaction, begin, cursor->pa, count)) {
			return false;
		}
		begin.ipa += count * PAGE_SIZE;
		left -= count;
	}
	return true;
}

/** At most RANGE_MAX_PAGES at any address; false: no memory. */
static bool append_pages(struct memory_transaction *transaction,
			 struct ptable_cursor *cursor, ipaddr_t begin,
			 uint64_t count)
{
	ipaddr_t end;

	if (add_overflows(begin.ipa, count * PAGE_SIZE, &end.ipa)) {
		end = begin;
	}
	/* Who names much that is not its own takes no more time. */
	if (!transaction->is_denied) {
		enum ptable_look look = stage2_look(cursor, begin, end);

		note_mode(transaction, look, cursor->mode);
		if (look == LOOK_APART) {
			return append_pieces(transaction, cursor, begin, count);
		}
	}
	return memory_append(transaction, begin, cursor->pa, count);
}

static bool append(struct memory_transaction *transaction,
		   struct ptable_cursor *cursor,
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

		if (!append_pages(transaction, cursor, ipa_init(ipa), count)) {
			return false;
		}
		ipa += count * PAGE_SIZE;
		left -= count;
	}
	return true;
}

int32_t memory_receive(struct memory_transaction *transaction,
		       const struct vm *sender, const uint8_t *from,
		       uint32_t size)
{
	struct ptable_cursor cursor = stage2_cursor_init(&sender->stage2);
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
		       ? memory_complete(transaction, sender)
		       : 0;
}
