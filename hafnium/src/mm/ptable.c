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

void ptable_fini(struct ptable *table)
{
	struct table_list list = {.first = NULL};
	uint64_t end = BIT(table->geometry.bits);

	for (uint64_t at = 0; at < end;) {
		struct walk_entry entry =
			ptable_seek(table, at, table->geometry.start_level);

		if (walk_is_table(&entry)) {
			ptable_detach(&entry, &list);
		}
		at += BIT(entry.shift);
	}
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

/** Bytes of the entries that go on as `entry` does; what is behind `end` too. */
static uint64_t row_size(const struct walk_entry *entry, uint64_t end)
{
	size_t count = ((end - 1 - entry->begin) >> entry->shift) + 1;

	count = min_u64(count, entry->room);
	return (uint64_t)ptable_row(entry->pte, count, BIT(entry->shift))
	       << entry->shift;
}

enum ptable_look ptable_look_far(struct ptable_cursor *cursor, uint64_t begin,
				 uint64_t end)
{
	enum ptable_look look = LOOK_PIECE;
	uint64_t at = align_down(begin, PAGE_SIZE);
	uint64_t apart = 0;

	if (!ptable_has_range(cursor->table, begin, end)) {
		return LOOK_MIXED;
	}
	for (bool is_first = true; at < end; is_first = false) {
		struct walk_entry entry =
			ptable_seek(cursor->table, at, PTE_LAST_LEVEL);
		pte_t pte = pte_read(entry.pte);
		mm_mode_t mode = cursor->mode;
		uint64_t distance = pte_addr(pte).pa - entry.begin;

		ptable_cursor_see(cursor, pte);
		if (is_first) {
			apart = distance;
			cursor->pa = pa_init(distance + at);
		} else if (cursor->mode != mode) {
			return LOOK_MIXED;
		}
		if (distance != apart && cursor->mode != MM_MODE_ABSENT) {
			look = LOOK_APART;
		}
		at = entry.begin + row_size(&entry, end);
	}
	return look;
}

bool ptable_query(const struct ptable *table, uint64_t begin, uint64_t end,
		  mm_mode_t *mode)
{
	struct ptable_cursor cursor = ptable_cursor_init(table);

	if (ptable_look_far(&cursor, begin, end) == LOOK_MIXED) {
		return false;
	}
	*mode = cursor.mode;
	return true;
}

/** The table at `entry` becomes one leaf that says the same; false if none does. */
static bool merge_table(struct ptable *table, const struct walk_entry *entry)
{
	struct table_list merged = {.first = NULL};
	const pte_t *below = walk_next_table(pte_read(entry->pte));
	pte_t first = below[0];
	uint64_t size = BIT(entry->shift);

	if (!pte_is_absent(first) && (pte_is_table(first, entry->level + 1) ||
				      !pte_level_has_leaf(entry->level) ||
				      !is_aligned(pte_addr(first).pa, size))) {
		return false;
	}
	if (ptable_row(below, PTE_PER_TABLE, size / PTE_PER_TABLE) !=
	    PTE_PER_TABLE) {
		return false;
	}
	/* Break-before-make, D8.14.1: sizes must not mix in a TLB. */
	ptable_detach(entry, &merged);
	ptable_invalidate(table, entry->begin, entry->begin + size);
	pte_write(entry->pte, pte_parent(first));
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

		if (walk_is_table(&entry)) {
			is_merged &= merge_table(table, &entry);
		}
		begin = entry.begin + BIT(entry.shift);
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
