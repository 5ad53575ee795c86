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

/** No entry: what is written has bit 1 with bit 0 only. */
#define NO_LEAF ((pte_t)PTE_TABLE_OR_PAGE)

/* The walker's context, for both halves. */
struct change {
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

/** The leaf that the map asks for at `entry`; NO_LEAF: it cannot be one. */
static pte_t leaf_at(const struct walk *walk, const struct walk_entry *entry)
{
	const struct change *change = walk->context;
	const struct ptable_map *map = change->map;
	/* May lie before map->begin: what the whole block would lead to. */
	paddr_t pa = pa_init(map->pa.pa + (entry->begin - map->begin));

	if (map->mode == MM_MODE_ABSENT) {
		return 0;
	}
	if (!pte_level_has_leaf(entry->level) ||
	    !is_aligned(pa.pa, pte_level_size(entry->level))) {
		return NO_LEAF;
	}
	return pte_make_leaf(walk->table->stage, entry->level, pa, map->mode);
}

/** That leaf will do here: it lies in the range, or `entry` says so already. */
static bool fits(const struct walk *walk, const struct walk_entry *entry,
		 pte_t leaf)
{
	return leaf != NO_LEAF &&
	       (walk_covers(walk, entry) || pte_read(entry->pte) == leaf);
}

/** Entries of `level`, none of them there yet, that cannot be one leaf. */
static size_t cut_entries(const struct ptable_map *map, unsigned int level,
			  uint64_t begin, uint64_t end)
{
	uint64_t size = pte_level_size(level);
	uint64_t first = align_down(begin, size);
	uint64_t last = align_down(end - 1, size);
	bool cuts_first = begin != first;
	bool cuts_last = end != last + size;

	if (map->mode != MM_MODE_ABSENT &&
	    !is_aligned(map->pa.pa - map->begin, size)) {
		return (size_t)((last - first) / size) + 1;
	}
	if (first == last) {
		return cuts_first || cuts_last ? 1 : 0;
	}
	return (cuts_first ? 1U : 0U) + (cuts_last ? 1U : 0U);
}

/** Tables below `entry`, a leaf that does not fit. */
static size_t missing_tables(const struct walk *walk,
			     const struct walk_entry *entry)
{
	const struct change *change = walk->context;
	uint64_t begin = max_u64(walk->begin, entry->begin);
	uint64_t end =
		min_u64(walk->end, entry->begin + pte_level_size(entry->level));
	size_t count = 1;

	for (unsigned int level = entry->level + 1; level < PTE_LAST_LEVEL;
	     level++) {
		count += cut_entries(change->map, level, begin, end);
	}
	return count;
}

/** A table of leaves that go on as `first` does; nobody walks it yet. */
static void fill_table(pte_t *at, pte_t first, uint64_t step)
{
	const pte_t *end = at + PTE_PER_TABLE;
	pte_t even = first;
	pte_t odd = first + step;

	if (pte_is_absent(first)) {
		memset(at, 0, PAGE_SIZE);
		return;
	}
	/* Pairs are stored as such. */
	step *= 2;
	while (at < end) {
		at[0] = even;
		at[1] = odd;
		even += step;
		odd += step;
		at[2] = even;
		at[3] = odd;
		even += step;
		odd += step;
		at += 4;
	}
}

/** A table that says what the leaf `entry` says takes its place. */
static void split(const struct walk *walk, const struct walk_entry *entry,
		  pte_t *below)
{
	pte_t old = pte_read(entry->pte);

	fill_table(below, pte_first_child(old, entry->level),
		   pte_level_size(entry->level + 1));
	/* Walks must see what is in the table before they can get to it. */
	pte_sync();
	if (pte_is_valid(old)) {
		/*
		 * Break-before-make, D8.14.1: sizes must not mix in a TLB. One
		 * address stands for all of the block.
		 */
		pte_write(entry->pte, 0);
		ptable_invalidate(walk->table, entry->begin,
				  entry->begin + PAGE_SIZE);
	}
	pte_write(entry->pte, pte_make_table(pa_from_ptr(below)));
}

static struct walk walk_map(struct ptable *table, struct change *change,
			    struct walk_visitor visitor)
{
	return (struct walk){
		.table = table,
		.visitor = visitor,
		.begin = change->map->begin,
		.end = change->map->end,
		.context = change,
	};
}

/**
 * How many tables are missing; with a reservation they are made. Entries of a
 * row fit if the first does.
 */
static size_t make_tables(const struct walk *walk,
			  struct page_reservation *reservation)
{
	uint64_t at = walk->begin;
	size_t missing = 0;

	while (at < walk->end) {
		struct walk_entry entry =
			ptable_seek(walk->table, at, PTE_LAST_LEVEL);
		uint64_t row = 1;

		if (entry.level == PTE_LAST_LEVEL) {
			row = entry.room;
		} else if (fits(walk, &entry, leaf_at(walk, &entry))) {
			row = max_u64(walk_row(walk, &entry), 1);
		} else if (reservation != NULL) {
			split(walk, &entry, page_reservation_take(reservation));
			/* Look again: what is below may not fit either. */
			continue;
		} else {
			missing += missing_tables(walk, &entry);
		}
		at = entry.begin + (row << pte_level_shift(entry.level));
	}
	return missing;
}

enum mm_status ptable_prepare(struct ptable *table,
			      const struct ptable_map *map)
{
	struct change change = {.map = map};
	struct walk walk =
		walk_map(table, &change, (struct walk_visitor){.leaf = NULL});
	struct page_reservation reservation;
	size_t missing;

	if (is_bad_map(table, map)) {
		return MM_BAD_RANGE;
	}
	missing = make_tables(&walk, NULL);
	if (missing == 0) {
		return MM_OK;
	}
	if (!page_pool_reserve(table->pool, missing, &reservation)) {
		return MM_NO_MEMORY;
	}
	(void)make_tables(&walk, &reservation);
	CHECK(reservation.count == 0);
	/* This CPU, too, gets to the tables from now on. */
	pte_sync();
	return MM_OK;
}

/**
 * Entries that go on as the first does, all to become leaves that go on as
 * `leaf` does: what it takes to change the first holds for them all.
 */
static void commit_row(struct walk *walk, const struct walk_entry *entry,
		       size_t count, pte_t leaf)
{
	struct change *change = walk->context;

	switch (pte_compare(walk->table->stage, pte_read(entry->pte), leaf)) {
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
	ptable_fill(entry->pte, count, leaf, entry->level);
}

/** This entry and those of its row: most of the work is here. */
static size_t commit_leaf(struct walk *walk, const struct walk_entry *entry)
{
	size_t row = max_u64(walk_row(walk, entry), 1);
	pte_t leaf = leaf_at(walk, entry);

	/* Else it was not prepared. */
	CHECK(fits(walk, entry, leaf));
	row = ptable_row(entry->pte, row, entry->level);
	commit_row(walk, entry, row, leaf);
	return row;
}

/** All of the range, in one table of pages from `entry` on. */
static void commit_pages(struct walk *walk, struct walk_entry *entry)
{
	while (entry->begin < walk->end) {
		size_t done = commit_leaf(walk, entry);

		entry->pte += done;
		entry->begin += done * PAGE_SIZE;
		entry->room -= done;
	}
}

/** A table that lies in the range gives way to one leaf. */
static bool commit_table(struct walk *walk, const struct walk_entry *entry)
{
	struct change *change = walk->context;
	pte_t leaf = leaf_at(walk, entry);

	if (!walk_covers(walk, entry) || leaf == NO_LEAF) {
		return false;
	}
	ptable_detach(walk->table, entry, &change->detached);
	change->must_flush = true;
	change->must_go_again |= !pte_is_absent(leaf);
	return true;
}

/** Write what may be written now, and break the rest; true: go again. */
static bool commit_once(struct ptable *table, const struct ptable_map *map)
{
	struct change change = {.map = map};
	struct walk walk =
		walk_map(table, &change,
			 (struct walk_visitor){.leaf = commit_leaf,
					       .table_pre = commit_table});
	struct walk_entry entry =
		ptable_seek(table, map->begin, PTE_LAST_LEVEL);
	uint64_t pages = (map->end - map->begin) / PAGE_SIZE;

	/* Part of one table of pages, which stays: no walk to find that out. */
	if (entry.level == PTE_LAST_LEVEL && pages <= entry.room &&
	    pages < PTE_PER_TABLE) {
		commit_pages(&walk, &entry);
	} else {
		ptable_walk(&walk);
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
