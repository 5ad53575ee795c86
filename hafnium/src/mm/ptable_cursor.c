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
	cursor->size = pte_level_size(entry.level);
	cursor->leaf = pte_read(entry.pte);
	if (entry.level == PTE_LAST_LEVEL) {
		cursor->size = pte_level_size(PTE_LAST_LEVEL - 1);
		cursor->begin = align_down(address, cursor->size);
		cursor->pages = entry.pte - (PTE_PER_TABLE - entry.room);
	}
}

/** Mostly the same as of the last page. */
static mm_mode_t mode_of(struct ptable_cursor *cursor, pte_t leaf)
{
	pte_t attributes = leaf & ~PTE_ADDR_MASK;

	if (attributes != cursor->attributes) {
		cursor->attributes = attributes;
		cursor->mode = pte_mode(cursor->table->stage, leaf);
	}
	return cursor->mode;
}

bool ptable_look(struct ptable_cursor *cursor, struct ptable_map *map)
{
	uint64_t count = (map->end - map->begin) / PAGE_SIZE;
	uint64_t found = count;
	uint64_t offset = 0;
	pte_t leaf;
	const pte_t *entries;

	if (map->begin >= map->end) {
		return false;
	}
	entries = ptable_cursor_find(cursor, map->begin, &found);
	if (entries != NULL && found == count) {
		leaf = pte_read(entries);
		if (count > 1 &&
		    ptable_row(entries, count, PTE_LAST_LEVEL) != count) {
			return false;
		}
	} else if (cursor->pages == NULL &&
		   map->end - cursor->begin <= cursor->size) {
		leaf = cursor->leaf;
		offset = map->begin - cursor->begin;
	} else {
		return ptable_look_far(cursor->table, map);
	}
	map->pa = pa_init(pte_addr(leaf).pa + offset);
	map->mode = mode_of(cursor, leaf);
	return true;
}
