/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Changing what tables say. Prepare counts the tables that will be needed,
 * reserves them all or refuses, and splits; commit only writes entries, so it
 * cannot fail. Break-before-make is here. See docs/memory.md.
 */
#include <string.h>

#include "hf/base/check.h"
#include "hf/mm/ptable.h"

#include "ptable_walk.h"

struct change {
	struct ptable *table;
	const struct ptable_map *map;

	struct table_list detached;
	bool must_flush;
	bool must_go_again;
};

static bool is_bad_map(const struct ptable *table, const struct ptable_map *map)
{
	uint64_t pa_end;

	if (!ptable_has_range(table, map->begin, map->end) ||
	    !is_aligned(map->begin | map->end, PAGE_SIZE)) {
		return true;
	}
	if (map->mode == MM_MODE_ABSENT) {
		return false;
	}
	return !is_aligned(map->pa.pa, PAGE_SIZE) ||
	       add_overflows(map->pa.pa, map->end - map->begin, &pa_end) ||
	       pa_end > BIT(table->geometry.bits);
}

/**
 * Entries from this one on, in its table, that the map asks to lie in the range
 * as a whole, or one that says so already, to be leaves from `*leaf` on. 0: it
 * cannot be one leaf.
 */
static size_t row_at(const struct change *change,
		     const struct walk_entry *entry, pte_t *leaf)
{
	const struct ptable_map *map = change->map;
	/* May lie before map->begin: what the whole block would lead to. */
	paddr_t pa = pa_init(map->pa.pa + (entry->begin - map->begin));
	size_t row = 0;

	if (map->mode != MM_MODE_ABSENT &&
	    (!pte_level_has_leaf(entry->level) ||
	     !is_aligned(pa.pa, BIT(entry->shift)))) {
		return 0;
	}
	*leaf = pte_make_leaf(change->table->stage, entry->level, pa,
			      map->mode);
	if (map->begin <= entry->begin) {
		row = (map->end - entry->begin) >> entry->shift;
	}
	if (row == 0) {
		return pte_read(entry->pte) == *leaf ? 1 : 0;
	}
	return min_u64(row, entry->room);
}

/**
 * Tables below `entry`, a leaf that does not fit: one for each entry of a level
 * that cannot be one leaf, because the range has a part of it only, or because
 * it would lead to an address that no leaf of that size can.
 */
static size_t missing_tables(const struct change *change,
			     const struct walk_entry *entry)
{
	const struct ptable_map *map = change->map;
	uint64_t begin = max_u64(map->begin, entry->begin);
	uint64_t end = min_u64(map->end, entry->begin + BIT(entry->shift));
	uint64_t apart =
		map->mode == MM_MODE_ABSENT ? 0 : map->pa.pa - map->begin;
	size_t count = 1;

	for (unsigned int shift = entry->shift - PTE_INDEX_BITS;
	     shift > PAGE_BITS; shift -= PTE_INDEX_BITS) {
		uint64_t rest = BIT(shift) - 1;
		uint64_t touched = ((end + rest) >> shift) - (begin >> shift);
		uint64_t first_whole = (begin + rest) >> shift;
		uint64_t whole_end = end >> shift;

		count += touched;
		if ((apart & rest) == 0 && first_whole < whole_end) {
			count -= whole_end - first_whole;
		}
	}
	return count;
}

/** A table of leaves that go on as `first` does; nobody walks it yet. */
static void fill_table(pte_t *at, pte_t first, uint64_t step)
{
	const pte_t *end = at + PTE_PER_TABLE;
	pte_t odd = first + step;

	if (pte_is_absent(first)) {
		memset(at, 0, PAGE_SIZE);
		return;
	}
	/* Pairs are stored as such. */
	for (; at < end; at += 4) {
		at[0] = first;
		at[1] = odd;
		first += 2 * step;
		odd += 2 * step;
		at[2] = first;
		at[3] = odd;
		first += 2 * step;
		odd += 2 * step;
	}
}

/** A table that says what the leaf `entry` says takes its place. */
static void split(const struct change *change, const struct walk_entry *entry,
		  pte_t *below)
{
	pte_t old = pte_read(entry->pte);

	fill_table(below, pte_first_child(old, entry->level),
		   BIT(entry->shift) / PTE_PER_TABLE);
	/* Walks must see what is in the table before they can get to it. */
	pte_sync();
	if (pte_is_valid(old)) {
		/*
		 * Break-before-make, D8.14.1: sizes must not mix in a TLB. One
		 * address stands for all of the block.
		 */
		pte_write(entry->pte, 0);
		ptable_invalidate(change->table, entry->begin,
				  entry->begin + PAGE_SIZE);
	}
	pte_write(entry->pte, pte_make_table(pa_from_ptr(below)));
}

/**
 * How many tables are missing; with a reservation they are made. Entries of a
 * row fit if the first does.
 */
static size_t make_tables(const struct change *change,
			  struct page_reservation *reservation)
{
	uint64_t at = change->map->begin;
	size_t missing = 0;

	while (at < change->map->end) {
		struct walk_entry entry =
			ptable_seek(change->table, at, PTE_LAST_LEVEL);
		pte_t leaf;
		size_t row = entry.level == PTE_LAST_LEVEL
				     ? entry.room
				     : row_at(change, &entry, &leaf);

		if (row == 0 && reservation != NULL) {
			split(change, &entry,
			      page_reservation_take(reservation));
			/* Look again: what is below may not fit either. */
			continue;
		}
		if (row == 0) {
			missing += missing_tables(change, &entry);
			row = 1;
		}
		at = entry.begin + (row << entry.shift);
	}
	return missing;
}

enum mm_status ptable_prepare(struct ptable *table,
			      const struct ptable_map *map)
{
	struct change change = {.table = table, .map = map};
	struct page_reservation reservation;
	size_t missing;

	if (is_bad_map(table, map)) {
		return MM_BAD_RANGE;
	}
	missing = make_tables(&change, NULL);
	if (missing == 0) {
		return MM_OK;
	}
	if (!page_pool_reserve(table->pool, missing, &reservation)) {
		return MM_NO_MEMORY;
	}
	(void)make_tables(&change, &reservation);
	CHECK(reservation.pages == NULL);
	/* This CPU, too, gets to the tables from now on. */
	pte_sync();
	return MM_OK;
}

/**
 * Entries that go on as the first does, all to become leaves that go on as
 * `leaf` does: what it takes to change the first holds for them all.
 */
static void commit_row(struct change *change, const struct walk_entry *entry,
		       size_t count, pte_t leaf)
{
	switch (pte_compare(change->table->stage, pte_read(entry->pte), leaf)) {
	case PTE_CHANGE_NONE:
		return;
	case PTE_CHANGE_WRITE:
		break;
	case PTE_CHANGE_FLUSH:
		change->must_flush = true;
		break;
	case PTE_CHANGE_BREAK:
		change->must_flush = true;
		change->must_go_again = true;
		leaf = 0;
		break;
	}
	ptable_fill(entry->pte, count, leaf, BIT(entry->shift));
}

/**
 * This entry and those of its row; a table that lies in the range gives way to
 * one leaf. 0: it does not.
 */
static size_t commit_at(struct change *change, const struct walk_entry *entry)
{
	pte_t leaf;
	size_t row = row_at(change, entry, &leaf);

	if (!walk_is_table(entry)) {
		/* Else it was not prepared. */
		CHECK(row != 0);
		row = ptable_row(entry->pte, row, BIT(entry->shift));
		commit_row(change, entry, row, leaf);
	} else if (row != 0) {
		ptable_detach(entry, &change->detached);
		change->must_flush = true;
		change->must_go_again |= !pte_is_absent(leaf);
		row = 1;
	}
	return row;
}

/** From `at` on, down from `level`: where to go on. */
static uint64_t commit_from(struct change *change, uint64_t at,
			    unsigned int level)
{
	for (;; level++) {
		struct walk_entry entry = ptable_seek(change->table, at, level);
		size_t done = commit_at(change, &entry);

		if (done != 0) {
			return entry.begin + (done << entry.shift);
		}
	}
}

/** Write what may be written now, and break the rest; true: go again. */
static bool commit_once(struct ptable *table, const struct ptable_map *map)
{
	struct change change = {.table = table, .map = map};
	/* No table can give way to what is smaller than a table of pages. */
	bool is_small = map->end - map->begin < PTE_PER_TABLE * PAGE_SIZE;
	unsigned int level =
		is_small ? PTE_LAST_LEVEL : table->geometry.start_level;

	for (uint64_t at = map->begin; at < map->end;) {
		at = commit_from(&change, at, level);
	}
	if (change.must_flush) {
		ptable_invalidate(table, map->begin, map->end);
		ptable_free_list(table, &change.detached);
	}
	return change.must_go_again;
}

void ptable_commit(struct ptable *table, const struct ptable_map *map)
{
	if (commit_once(table, map)) {
		/* What was broken is invalid in every TLB: only writes now. */
		(void)commit_once(table, map);
	}
	/* Walks on all CPUs see the entries from now on. */
	pte_sync();
}

enum mm_status ptable_change(struct ptable *table, const struct ptable_map *map)
{
	enum mm_status status = ptable_prepare(table, map);

	if (status == MM_OK) {
		ptable_commit(table, map);
	}
	return status;
}
