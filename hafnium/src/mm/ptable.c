/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Life of a set of tables, what they say, and making them smaller. Changes of
 * what they say are in ptable_change.c, the walker in ptable_walk.c.
 * See docs/memory.md.
 */
#include "hf/mm/ptable.h"

#include "ptable_walk.h"

never_inline enum mm_status ptable_init(struct ptable *table,
					enum pte_stage stage, uint16_t vmid,
					struct page_pool *pool)
{
	unsigned int pa_bits = mmu_pa_bits();

	*table = (struct ptable){
		.pool = pool,
		.stage = stage,
		.geometry = stage == PTE_STAGE1 ? mmu_stage1_geometry(pa_bits)
						: mmu_stage2_geometry(pa_bits),
	};
	table->root = page_pool_alloc_run(pool, table->geometry.root_pages);
	if (table->root == NULL) {
		return MM_NO_MEMORY;
	}
	/* The zeros are seen by walks of whoever is given the root. */
	pte_sync();
	if (stage == PTE_STAGE2) {
		table->vttbr = mmu_vttbr(ptable_root(table), vmid);
	}
	return MM_OK;
}

static bool drop_table(struct walk *walk, const struct walk_entry *entry)
{
	ptable_detach(walk->table, entry, walk->context);
	return true;
}

void ptable_fini(struct ptable *table)
{
	struct table_list list = {.first = NULL};
	uint64_t end = BIT(table->geometry.bits);
	struct walk walk = {
		.table = table,
		.visitor = {.table_pre = drop_table},
		.end = end,
		.context = &list,
	};

	ptable_walk(&walk);
	ptable_invalidate(table, 0, end);
	ptable_free_list(table, &list);
	page_pool_free_run(table->pool, table->root,
			   table->geometry.root_pages);
	table->root = NULL;
}

paddr_t ptable_root(const struct ptable *table)
{
	return pa_from_ptr(table->root);
}

struct query {
	struct ptable_map found;
	bool is_contiguous;
};

/** Bytes of the entries that go on as `entry` does; what is behind `end` too. */
static uint64_t row_size(const struct walk_entry *entry, uint64_t end)
{
	unsigned int shift = pte_level_shift(entry->level);
	size_t count = ((end - 1 - entry->begin) >> shift) + 1;

	count = min_u64(count, entry->room);
	return (uint64_t)ptable_row(entry->pte, count, entry->level) << shift;
}

/** The whole range has one mode; then also whether it lies in one piece. */
static bool run_query(const struct ptable *table, struct query *query)
{
	struct ptable_map *found = &query->found;
	uint64_t begin = align_down(found->begin, PAGE_SIZE);
	uint64_t at = begin;

	query->is_contiguous = true;
	if (!ptable_has_range(table, found->begin, found->end)) {
		return false;
	}
	while (at < found->end) {
		struct walk_entry entry =
			ptable_seek(table, at, PTE_LAST_LEVEL);
		pte_t pte = pte_read(entry.pte);
		mm_mode_t mode = pte_mode(table->stage, pte);
		uint64_t pa = pte_addr(pte).pa + (at - entry.begin);

		if (at == begin) {
			found->pa.pa = pa;
			found->mode = mode;
		} else if (mode != found->mode) {
			return false;
		}
		query->is_contiguous &= pa - found->pa.pa == at - begin;
		at = entry.begin + row_size(&entry, found->end);
	}
	return true;
}

bool ptable_query(const struct ptable *table, uint64_t begin, uint64_t end,
		  mm_mode_t *mode)
{
	struct query asked = {.found = {.begin = begin, .end = end}};

	if (!run_query(table, &asked)) {
		return false;
	}
	*mode = asked.found.mode;
	return true;
}

bool ptable_translate(const struct ptable *table, struct ptable_map *map)
{
	struct query asked = {.found = *map};

	if (!run_query(table, &asked) || !asked.is_contiguous ||
	    asked.found.mode == MM_MODE_ABSENT) {
		return false;
	}
	*map = asked.found;
	return true;
}

bool ptable_look_far(const struct ptable *table, struct ptable_map *map)
{
	struct query asked = {.found = *map};
	bool is_one_mode = run_query(table, &asked);

	*map = asked.found;
	return is_one_mode &&
	       (asked.is_contiguous || map->mode == MM_MODE_ABSENT);
}

/**
 * The leaf of `level` that says the same as all entries of the table `below`
 * it; false when there is none.
 */
static bool merged_leaf(const struct ptable *table, const pte_t *below,
			unsigned int level, pte_t *leaf)
{
	pte_t first = below[0];

	if (!pte_is_absent(first) &&
	    (pte_is_table(first, level + 1) || !pte_level_has_leaf(level) ||
	     !is_aligned(pte_addr(first).pa, pte_level_size(level)))) {
		return false;
	}
	if (ptable_row(below, PTE_PER_TABLE, level + 1) != PTE_PER_TABLE) {
		return false;
	}
	*leaf = pte_make_leaf(table->stage, level, pte_addr(first),
			      pte_mode(table->stage, first));
	return true;
}

/** The table at `entry` becomes one leaf; false if it cannot. */
static bool merge_table(struct ptable *table, const struct walk_entry *entry)
{
	struct table_list merged = {.first = NULL};
	pte_t leaf;

	if (!merged_leaf(table, walk_next_table(pte_read(entry->pte)),
			 entry->level, &leaf)) {
		return false;
	}
	/* Break-before-make, D8.14.1: sizes must not mix in a TLB. */
	ptable_detach(table, entry, &merged);
	ptable_invalidate(table, entry->begin,
			  entry->begin + pte_level_size(entry->level));
	pte_write(entry->pte, leaf);
	ptable_free_list(table, &merged);
	return true;
}

/** What `level` leads to; false if a table is left, so that none above goes. */
static bool merge_level(struct ptable *table, unsigned int level,
			uint64_t begin, uint64_t end)
{
	bool is_merged = true;

	while (begin < end) {
		struct walk_entry entry = ptable_seek(table, begin, level);

		if (pte_is_table(pte_read(entry.pte), entry.level)) {
			is_merged &= merge_table(table, &entry);
		}
		begin = entry.begin + pte_level_size(entry.level);
	}
	return is_merged;
}

never_inline void ptable_defragment(struct ptable *table, uint64_t begin,
				    uint64_t end)
{
	unsigned int level = PTE_LAST_LEVEL;

	end = min_u64(end, BIT(table->geometry.bits));
	do {
		level--;
	} while (merge_level(table, level, begin, end) &&
		 level > table->geometry.start_level);
	/* This CPU, too, sees blocks where there were tables. */
	pte_sync();
}
