/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of thousands of single pages come here: each pass finds the entries of
 * a range near those of the last one, and compares or writes them. Only what is
 * no part of a table of pages goes the long way. See docs/memory.md.
 */
#include "ownership_side.h"

#include "ptable_walk.h"

/** What a table of pages maps. */
#define TABLE_SIZE (PTE_PER_TABLE * PAGE_SIZE)

enum job {
	CHECK_PAGES,	/* they are in the mode `from` */
	PREPARE_TABLES, /* and so that writing needs no more tables */
	WRITE_PAGES,
};

/** Pages in a row, in one table or in blocks. */
struct piece {
	uint64_t begin;
	uint64_t page_count;
	paddr_t pa;
	pte_t *entries; /* NULL unless they are in one table of pages */
};

/** One look at all that the list has. */
struct pass {
	const struct ownership_side *side;
	mm_mode_t from;
	mm_mode_t to;
	struct range_iterator ranges;
	struct page_range left; /* of a range */
	struct ptable_cursor cursor;
	/* TLBs do not know yet what became of these. */
	uint64_t stale_begin;
	uint64_t stale_end;
};

/** Leaves of such pages may be merged. */
static bool is_whole(uint8_t state)
{
	return state == PAGE_OWNED || state == PAGE_NONE;
}

static pte_t leaf_of(pte_t attributes, paddr_t pa)
{
	return pte_is_absent(attributes) ? 0 : attributes | pa.pa;
}

static uint64_t begin_of(const struct ownership_side *side,
			 const struct page_range *range)
{
	return side->is_identity ? range->pa.pa : range->ipa.ipa;
}

static bool next_piece(struct pass *pass, struct piece *piece)
{
	struct page_range *left = &pass->left;

	if (left->page_count == 0 &&
	    !range_list_next_inline(&pass->ranges, left)) {
		return false;
	}
	piece->begin = begin_of(pass->side, left);
	piece->pa = left->pa;
	piece->page_count = left->page_count;
	piece->entries = ptable_cursor_find(&pass->cursor, piece->begin,
					    &piece->page_count);
	left->page_count -= piece->page_count;
	left->ipa.ipa += piece->page_count * PAGE_SIZE;
	left->pa.pa += piece->page_count * PAGE_SIZE;
	return true;
}

static bool is_ready(struct pass *pass, const struct piece *piece, pte_t leaf)
{
	struct ptable_cursor *cursor = &pass->cursor;
	mm_mode_t mode = pass->from;

	if (piece->entries != NULL) {
		return pte_read(piece->entries) == leaf &&
		       (piece->page_count == 1 ||
			ptable_row(piece->entries, piece->page_count,
				   PAGE_SIZE) == piece->page_count);
	}
	return ptable_look(cursor, piece->begin,
			   piece->begin + piece->page_count * PAGE_SIZE) ==
		       LOOK_PIECE &&
	       cursor->mode == mode &&
	       (mode == MM_MODE_ABSENT || cursor->pa.pa == piece->pa.pa);
}

/**
 * Permissions, validity and what hardware ignores change; the address never
 * does, so that nothing is broken first.
 */
static void write_pages(struct pass *pass, const struct piece *piece,
			pte_t leaf)
{
	pte_t old = pte_read(piece->entries);
	uint64_t end;

	if (piece->page_count == 1) {
		pte_write(piece->entries, leaf);
	} else {
		ptable_fill(piece->entries, piece->page_count, leaf, PAGE_SIZE);
	}
	if (!pte_is_valid(old) || ((old ^ leaf) & ~PTE_SOFT_MASK) == 0) {
		return;
	}
	end = piece->begin + piece->page_count * PAGE_SIZE;
	if (pass->stale_end == 0) {
		pass->stale_begin = piece->begin;
	} else if (pass->stale_end != piece->begin) {
		/* Scattered: everything. */
		pass->stale_begin = 0;
		end = BIT(pass->side->table->geometry.bits);
	}
	pass->stale_end = end;
}

/** What is no part of a table of pages; false: no memory. */
static bool change_far(struct pass *pass, const struct piece *piece,
		       enum job job)
{
	struct ptable_map map = {
		.begin = piece->begin,
		.end = piece->begin + piece->page_count * PAGE_SIZE,
		.pa = piece->pa,
		.mode = pass->to,
	};

	/* Tables come or go. */
	ptable_cursor_reset(&pass->cursor);
	if (job == PREPARE_TABLES) {
		return ptable_prepare(pass->side->table, &map) == MM_OK;
	}
	ptable_commit(pass->side->table, &map);
	return true;
}

static enum ownership_status do_job(struct pass *pass, enum job job)
{
	const struct ownership_side *side = pass->side;
	/* Of a page at address 0. */
	pte_t attributes =
		ptable_page(job == WRITE_PAGES ? pass->to : pass->from);
	struct piece piece;

	while (next_piece(pass, &piece)) {
		pte_t leaf = leaf_of(attributes, piece.pa);

		if (job != WRITE_PAGES && !side->is_known &&
		    !is_ready(pass, &piece, leaf)) {
			return OWNERSHIP_WRONG_STATE;
		}
		if (piece.entries == NULL && job != CHECK_PAGES) {
			if (!change_far(pass, &piece, job)) {
				return OWNERSHIP_NO_MEMORY;
			}
		} else if (job == WRITE_PAGES) {
			write_pages(pass, &piece, leaf);
		}
	}
	return OWNERSHIP_OK;
}

/** Merge what can be, of the ranges in front of `list_end`. */
static void merge(const struct ownership_side *side, uint32_t list_end)
{
	struct range_iterator ranges = range_list_until(side->ranges, list_end);
	uint64_t merged = 0; /* the last table, its end */
	struct page_range range;

	while (range_list_next(&ranges, &range)) {
		uint64_t begin = begin_of(side, &range);
		uint64_t end = begin + range.page_count * PAGE_SIZE;

		if (begin + TABLE_SIZE < merged || end > merged) {
			ptable_defragment(side->table, begin, end);
			merged = align_up(end, TABLE_SIZE);
		}
	}
}

static enum ownership_status run(const struct ownership_side *side,
				 enum job job)
{
	struct pass pass = {
		.side = side,
		.from = ownership_mode(side->step.from, side->rights),
		.to = ownership_mode(side->step.to, side->rights),
		.ranges = range_list_begin(side->ranges),
		.cursor = ptable_cursor_init(side->table),
	};
	enum ownership_status status = do_job(&pass, job);

	if (job == WRITE_PAGES) {
		if (pass.stale_end != 0) {
			ptable_invalidate(side->table, pass.stale_begin,
					  pass.stale_end);
		}
		/* Walks on all CPUs see the entries from now on. */
		pte_sync();
	} else if (job == PREPARE_TABLES && status != OWNERSHIP_OK) {
		merge(side, pass.ranges.i);
	}
	return status;
}

enum ownership_status ownership_side_prepare(const struct ownership_side *side)
{
	enum ownership_status status = OWNERSHIP_OK;

	if (side->table != NULL && is_whole(side->step.from)) {
		status = run(side, PREPARE_TABLES);
	}
	/*
	 * A leaf of another state was cut out when it came into it. And where
	 * memory was short, a page that comes later may be in a wrong state.
	 */
	if (side->table != NULL && !side->is_known &&
	    (!is_whole(side->step.from) || status == OWNERSHIP_NO_MEMORY) &&
	    run(side, CHECK_PAGES) != OWNERSHIP_OK) {
		status = OWNERSHIP_WRONG_STATE;
	}
	return status;
}

void ownership_side_cancel(const struct ownership_side *side)
{
	if (side->table != NULL && is_whole(side->step.from)) {
		merge(side, side->ranges->count);
	}
}

void ownership_side_commit(const struct ownership_side *side)
{
	if (side->table == NULL) {
		return;
	}
	/* Was prepared: it is done. */
	(void)run(side, WRITE_PAGES);
	if (is_whole(side->step.to)) {
		merge(side, side->ranges->count);
	}
}
