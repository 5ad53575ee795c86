/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Translation tables of either stage: map, unmap, query, defragment. Whoever
 * owns the struct has a lock and holds it for each call. An address that is
 * covered by no entry, or by one that is 0, has MM_MODE_ABSENT.
 * See docs/memory.md.
 */
#pragma once

#include "hf/arch/mmu.h"
#include "hf/arch/pte.h"
#include "hf/mm/page_pool.h"
#include "hf/mm/status.h"

struct ptable {
	/* fixed after init */
	pte_t *root;
	struct page_pool *pool;
	uint64_t vttbr; /* stage 2: names the VM to the TLBs */
	struct mmu_geometry geometry;
	enum pte_stage stage;
	/* entries: guarded by the owner's lock */
};

/** What shall be: [begin, end) leads to `pa` onwards. */
struct ptable_map {
	uint64_t begin;
	uint64_t end;
	paddr_t pa;
	mm_mode_t mode; /* MM_MODE_ABSENT: unmapped */
};

/** An empty map; `vmid` counts for stage 2 only. MM_NO_MEMORY is possible. */
must_check enum mm_status ptable_init(struct ptable *table,
				      enum pte_stage stage, uint16_t vmid,
				      struct page_pool *pool);

/** Give back all tables. No CPU uses them any more; its TLBs are emptied. */
void ptable_fini(struct ptable *table);

paddr_t ptable_root(const struct ptable *table);

/**
 * Make every table that `map` will need, splitting blocks, so that
 * ptable_commit() cannot fail. What is mapped does not change. Refuses with no
 * effect at all.
 */
must_check enum mm_status ptable_prepare(struct ptable *table,
					 const struct ptable_map *map);

/**
 * `map` holds, for all CPUs. Was prepared under the same lock; several maps
 * may be prepared and then committed if they do not overlap.
 */
void ptable_commit(struct ptable *table, const struct ptable_map *map);

/** Both in one. */
must_check enum mm_status ptable_change(struct ptable *table,
					const struct ptable_map *map);

/**
 * True if all of [begin, end) has one mode, which is stored; bounds are
 * widened to pages. False also for an empty range or one out of bounds.
 */
must_check bool ptable_query(const struct ptable *table, uint64_t begin,
			     uint64_t end, mm_mode_t *mode);

/** What all of a range says. */
enum ptable_look {
	LOOK_MIXED, /* it has several modes, or cannot be mapped at all */
	LOOK_APART, /* it has one mode, but lies in several pieces */
	LOOK_PIECE, /* and leads to consecutive addresses, or is all absent */
};

/**
 * Where the last look ended: who goes through scattered pages looks near by
 * again. What it remembers is good until tables or blocks change.
 */
struct ptable_cursor {
	const struct ptable *table;
	/* what the last look has found at its first page */
	paddr_t pa;
	mm_mode_t mode;

	uint64_t begin; /* of what is mapped by ... */
	uint64_t size;	/* 0: it has not looked yet */
	pte_t *pages;	/* ... this table of pages */
	pte_t leaf;	/* or else this */
	/* that `mode` is of; 0 is absent */
	pte_t attributes;
};

static inline struct ptable_cursor ptable_cursor_init(
	const struct ptable *table)
{
	return (struct ptable_cursor){.table = table};
}

/**
 * Look at [begin, end), page aligned. When it is mixed, `pa` and `mode` of the
 * cursor say nothing.
 */
must_check enum ptable_look ptable_look(struct ptable_cursor *cursor,
					uint64_t begin, uint64_t end);

/**
 * Tables that touch [begin, end) become blocks, or go if nothing is mapped,
 * where that says the same. Never for tables that map the code doing it.
 */
void ptable_defragment(struct ptable *table, uint64_t begin, uint64_t end);
