/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one walker of translation tables, and what the two files that use it
 * share. Private to this folder. See docs/memory.md.
 */
#pragma once

#include "hf/mm/ptable.h"

/** One entry that the walk has come to. */
struct walk_entry {
	pte_t *pte;
	uint64_t begin; /* first input address that it covers */
	unsigned int level;
	size_t room; /* entries of its table from here on */
};

struct walk;

/**
 * What is done at each entry that touches the range; NULL: nothing. An entry
 * is a leaf when it is no table, so also when it is 0.
 */
struct walk_visitor {
	/* How many entries were taken care of: those behind, too. */
	size_t (*leaf)(struct walk *walk, const struct walk_entry *entry);
	/* True: do not look into the table that this entry led to. */
	bool (*table_pre)(struct walk *walk, const struct walk_entry *entry);
	void (*table_post)(struct walk *walk, const struct walk_entry *entry);
};

struct walk {
	struct ptable *table;
	struct walk_visitor visitor;
	uint64_t begin;
	uint64_t end;
	void *context;
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
 * How many of `count` entries, side by side in a table of `level`, go on as the
 * first does: to the next address with the same attributes, or absent.
 */
size_t ptable_row(const pte_t *entries, size_t count, unsigned int level);

/** `count` entries, side by side: leaves from `leaf` on, or absent. */
void ptable_fill(pte_t *entries, size_t count, pte_t leaf, unsigned int level);

/** ptable_look() without what a cursor knows. */
must_check bool ptable_look_far(const struct ptable *table,
				struct ptable_map *map);

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

/** Visit [walk->begin, walk->end) in order. */
void ptable_walk(struct walk *walk);

/** The tables below `entry`, which is a table, in the same way. */
void ptable_walk_below(struct walk *walk, const struct walk_entry *entry);

/** Entries from this one on, in its table, that lie in the range as a whole. */
static inline size_t walk_row(const struct walk *walk,
			      const struct walk_entry *entry)
{
	uint64_t left = walk->end - entry->begin;

	return walk->begin > entry->begin
		       ? 0
		       : min_u64(entry->room,
				 left >> pte_level_shift(entry->level));
}

static inline bool walk_covers(const struct walk *walk,
			       const struct walk_entry *entry)
{
	return walk_row(walk, entry) != 0;
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
void ptable_detach(struct ptable *table, const struct walk_entry *entry,
		   struct table_list *list);

/** Give the pages back. The caller has invalidated the TLBs. */
void ptable_free_list(struct ptable *table, struct table_list *list);

/** Nothing of [begin, end) as it was before is in any TLB any more. */
void ptable_invalidate(const struct ptable *table, uint64_t begin,
		       uint64_t end);

/** True for a range that lies in the input addresses and is not empty. */
bool ptable_has_range(const struct ptable *table, uint64_t begin, uint64_t end);
