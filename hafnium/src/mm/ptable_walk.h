/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finding entries of translation tables, and what the files that do so share.
 * Private to this folder. See docs/memory.md.
 */
#pragma once

#include "hf/mm/ptable.h"

/** One entry, and where it is. */
struct walk_entry {
	pte_t *pte;
	uint64_t begin; /* first input address that it covers */
	unsigned int level;
	unsigned int shift; /* bits of the address that it leaves open */
	size_t room;	    /* entries of its table from here on */
};

/** Tables that nothing leads to, linked through their first entry. */
struct table_list {
	pte_t *first;
};

/**
 * Where the tables end for `address`, which is one that they can have; not
 * below `last_level`.
 */
struct walk_entry ptable_seek(const struct ptable *table, uint64_t address,
			      unsigned int last_level);

/**
 * How many of `count` entries, side by side, go on as the first does: `size`
 * bytes further with the same attributes, or absent.
 */
size_t ptable_row(const pte_t *entries, size_t count, uint64_t size);

/** `count` entries, side by side: leaves from `leaf` on, or absent. */
void ptable_fill(pte_t *entries, size_t count, pte_t leaf, uint64_t size);

/** ptable_look() without what a cursor knows; bounds are widened to pages. */
must_check enum ptable_look ptable_look_far(struct ptable_cursor *cursor,
					    uint64_t begin, uint64_t end);

/** A leaf is seen: `mode` of the cursor is its mode. */
void ptable_cursor_see(struct ptable_cursor *cursor, pte_t leaf);

/** To what maps `address`; size 0 if the tables cannot have that. */
void ptable_cursor_move(struct ptable_cursor *cursor, uint64_t address);

/** It has to look again: tables changed. */
static inline void ptable_cursor_reset(struct ptable_cursor *cursor)
{
	cursor->size = 0;
}

/**
 * The entries of `*count` pages from `address` on, or of fewer, which are
 * stored, at the end of a table of pages. NULL unless they are a part, but not
 * all, of one; those up to the last boundary of a table are not then.
 */
static inline pte_t *ptable_cursor_find(struct ptable_cursor *cursor,
					uint64_t address, uint64_t *count)
{
	size_t i;
	size_t room;

	if (address - cursor->begin >= cursor->size) {
		ptable_cursor_move(cursor, address);
	}
	i = address / PAGE_SIZE % PTE_PER_TABLE;
	room = PTE_PER_TABLE - i;
	if (cursor->pages != NULL && (*count < room || i != 0)) {
		*count = min_u64(*count, room);
		return &cursor->pages[i];
	}
	if (*count > room) {
		*count = align_down(i + *count, PTE_PER_TABLE) - i;
	}
	return NULL;
}

static inline bool walk_is_table(const struct walk_entry *entry)
{
	return pte_is_table(pte_read(entry->pte), entry->level);
}

/** Table that a table entry leads to. */
static inline pte_t *walk_next_table(pte_t pte)
{
	return ptr_from_pa(pte_addr(pte));
}

/**
 * Take the table at `entry`, with all below it, out of the tree into `list`.
 * The entry is 0 then; TLBs still know the tables.
 */
void ptable_detach(const struct walk_entry *entry, struct table_list *list);

/** Give the pages back. The caller has invalidated the TLBs. */
void ptable_free_list(struct ptable *table, struct table_list *list);

/** A page of stage 2 at address 0. */
pte_t ptable_page(mm_mode_t mode);

/** Nothing of [begin, end) as it was before is in any TLB any more. */
void ptable_invalidate(const struct ptable *table, uint64_t begin,
		       uint64_t end);

/** True for a range that lies in the input addresses and is not empty. */
bool ptable_has_range(const struct ptable *table, uint64_t begin, uint64_t end);
