/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Looking at many pages that lie near one another, as those of a list mostly
 * do: the table that the last one was in is kept. See docs/memory.md.
 */
#include "ptable_walk.h"

void ptable_cursor_move(struct ptable_cursor *cursor, uint64_t address)
{
	struct walk_entry entry;

	cursor->size = 0;
	cursor->pages = NULL;
	if (!ptable_has_range(cursor->table, address, address + 1)) {
		return;
	}
	entry = ptable_seek(cursor->table, address, PTE_LAST_LEVEL);
	cursor->begin = entry.begin;
	cursor->size = BIT(entry.shift);
	cursor->leaf = pte_read(entry.pte);
	if (entry.level == PTE_LAST_LEVEL) {
		cursor->size = pte_level_size(PTE_LAST_LEVEL - 1);
		cursor->begin = align_down(address, cursor->size);
		cursor->pages = entry.pte - (PTE_PER_TABLE - entry.room);
	}
}

void ptable_cursor_see(struct ptable_cursor *cursor, pte_t leaf)
{
	pte_t attributes = leaf & ~PTE_ADDR_MASK;

	/* Mostly the same as of the last page. */
	if (attributes != cursor->attributes) {
		cursor->attributes = attributes;
		cursor->mode = pte_mode(cursor->table->stage, leaf);
	}
}

enum ptable_look ptable_look(struct ptable_cursor *cursor, uint64_t begin,
			     uint64_t end)
{
	uint64_t count = (end - begin) / PAGE_SIZE;
	uint64_t found = count;
	uint64_t offset = 0;
	pte_t leaf;
	const pte_t *entries;

	if (begin >= end) {
		return LOOK_MIXED;
	}
	entries = ptable_cursor_find(cursor, begin, &found);
	if (entries != NULL && found == count &&
	    (count == 1 || ptable_row(entries, count, PAGE_SIZE) == count)) {
		leaf = pte_read(entries);
	} else if (cursor->pages == NULL &&
		   end - cursor->begin <= cursor->size) {
		leaf = cursor->leaf;
		offset = begin - cursor->begin;
	} else {
		return ptable_look_far(cursor, begin, end);
	}
	ptable_cursor_see(cursor, leaf);
	cursor->pa = pa_init(pte_addr(leaf).pa + offset);
	return LOOK_PIECE;
}
