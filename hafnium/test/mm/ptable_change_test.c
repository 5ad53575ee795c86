/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of mm/ptable_change.c: prepare and commit, the order of stores and TLB
 * operations, running out of pages. See docs/memory.md.
 */
#include "hf/mm/ptable.h"

#include "hftest.h"
#include "mm_fixture.h"

static struct fixture f;

static struct ptable_map identity(uint64_t begin, uint64_t end, mm_mode_t mode)
{
	return (struct ptable_map){
		.begin = begin,
		.end = end,
		.pa = pa_init(begin),
		.mode = mode,
	};
}

/** Address of the entry where the walk for `address` ends. */
static uint64_t entry_pa(uint64_t address)
{
	const pte_t *table = f.table.root;

	for (unsigned int level = f.table.geometry.start_level;; level++) {
		const pte_t *entry =
			&table[(address >> pte_level_shift(level)) %
			       (level == f.table.geometry.start_level ? 8192
								      : 512)];

		if (!pte_is_table(*entry, level)) {
			return pa_from_ptr(entry).pa;
		}
		table = ptr_from_pa(pte_addr(*entry));
	}
}

TEST(ptable_order, splitting_a_block_breaks_it_first)
{
	uint64_t entry;
	pte_t block;

	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 2 * MIB, 4 * MIB, RW), MM_OK);
	entry = entry_pa(2 * MIB);
	block = fixture_translate(&f, 2 * MIB).pte;
	fake_mmu_clear();

	struct ptable_map map = identity(2 * MIB + 0x3000, 4 * MIB, 0);
	ASSERT_EQ(ptable_prepare(&f.table, &map), MM_OK);

	/* Table seen; block gone; TLBs told; table in its place; seen. */
	ASSERT_EQ(fake_mmu_event_count(), 6U);
	EXPECT_EQ(fake_mmu_event(0)->op, FAKE_MMU_SYNC);
	EXPECT_EQ(fake_mmu_event(1)->op, FAKE_MMU_WRITE);
	EXPECT_EQ(fake_mmu_event(1)->where, entry);
	EXPECT_EQ(fake_mmu_event(1)->old, block);
	EXPECT_EQ(fake_mmu_event(1)->value, 0U);
	EXPECT_EQ(fake_mmu_event(2)->op, FAKE_MMU_TLBI_IPA);
	EXPECT_EQ(fake_mmu_event(2)->where, 2 * MIB);
	EXPECT_EQ(fake_mmu_event(2)->vmid, 7U);
	EXPECT_EQ(fake_mmu_event(3)->op, FAKE_MMU_TLBI_VMID_STAGE1);
	EXPECT_EQ(fake_mmu_event(4)->op, FAKE_MMU_WRITE);
	EXPECT_EQ(fake_mmu_event(4)->where, entry);
	EXPECT_EQ(fake_mmu_event(4)->value & 3, 3U);
	EXPECT_EQ(fake_mmu_event(5)->op, FAKE_MMU_SYNC);
}

TEST(ptable_order, filling_a_hole_with_a_table_needs_no_break)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);

	struct ptable_map map = identity(0x1000, 0x2000, RW);
	ASSERT_EQ(ptable_prepare(&f.table, &map), MM_OK);

	/* Level 2 seen, linked; level 3 seen, linked; seen. */
	ASSERT_EQ(fake_mmu_event_count(), 5U);
	EXPECT_EQ(fake_mmu_event(0)->op, FAKE_MMU_SYNC);
	EXPECT_EQ(fake_mmu_event(1)->op, FAKE_MMU_WRITE);
	EXPECT_EQ(fake_mmu_event(2)->op, FAKE_MMU_SYNC);
	EXPECT_EQ(fake_mmu_event(3)->op, FAKE_MMU_WRITE);
	EXPECT_EQ(fake_mmu_event(4)->op, FAKE_MMU_SYNC);
}

TEST(ptable_order, a_new_page_is_one_store_and_a_barrier)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0, 0x1000, RW), MM_OK);
	fake_mmu_clear();

	ASSERT_EQ(fixture_map(&f, 0x1000, 0x2000, RW), MM_OK);

	ASSERT_EQ(fake_mmu_event_count(), 2U);
	EXPECT_EQ(fake_mmu_event(0)->op, FAKE_MMU_WRITE);
	EXPECT_EQ(fake_mmu_event(1)->op, FAKE_MMU_SYNC);
}

TEST(ptable_order, unmapping_pages_invalidates_each_once)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0x1000, 0x4000, RW), MM_OK);
	fake_mmu_clear();

	ASSERT_EQ(fixture_map(&f, 0x1000, 0x3000, 0), MM_OK);

	ASSERT_EQ(fake_mmu_event_count(), 6U);
	EXPECT_EQ(fake_mmu_event(0)->op, FAKE_MMU_WRITE);
	EXPECT_EQ(fake_mmu_event(1)->op, FAKE_MMU_WRITE);
	EXPECT_EQ(fake_mmu_event(2)->op, FAKE_MMU_TLBI_IPA);
	EXPECT_EQ(fake_mmu_event(2)->where, 0x1000U);
	EXPECT_EQ(fake_mmu_event(3)->where, 0x2000U);
	EXPECT_EQ(fake_mmu_event(4)->op, FAKE_MMU_TLBI_VMID_STAGE1);
	EXPECT_EQ(fake_mmu_event(5)->op, FAKE_MMU_SYNC);
}

TEST(ptable_order, ownership_changes_without_a_tlb_operation)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0x1000, 0x2000, RW | MM_MODE_OWNED), MM_OK);
	fake_mmu_clear();

	ASSERT_EQ(fixture_map(&f, 0x1000, 0x2000,
			      RW | MM_MODE_OWNED | MM_MODE_SHARED),
		  MM_OK);

	ASSERT_EQ(fake_mmu_event_count(), 2U);
	EXPECT_EQ(fake_mmu_event(0)->op, FAKE_MMU_WRITE);
	EXPECT_EQ(fake_mmu_event(1)->op, FAKE_MMU_SYNC);
}

TEST(ptable_order, permissions_change_in_place_then_tlbs_are_told)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0x1000, 0x2000, RWX), MM_OK);
	fake_mmu_clear();

	ASSERT_EQ(fixture_map(&f, 0x1000, 0x2000, MM_MODE_R), MM_OK);

	EXPECT_EQ(fake_mmu_count(FAKE_MMU_WRITE), 1U);
	EXPECT_EQ(fake_mmu_event(0)->value & 1, 1U);
	EXPECT_EQ(fake_mmu_event(1)->op, FAKE_MMU_TLBI_IPA);
	EXPECT_STREQ(fixture_order_error(), "");
}

TEST(ptable_order, memory_type_changes_by_break_before_make)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0x1000, 0x2000, RW), MM_OK);
	fake_mmu_clear();

	ASSERT_EQ(fixture_map(&f, 0x1000, 0x2000, RW_DEVICE), MM_OK);

	ASSERT_EQ(fake_mmu_event_count(), 5U);
	EXPECT_EQ(fake_mmu_event(0)->op, FAKE_MMU_WRITE);
	EXPECT_EQ(fake_mmu_event(0)->value, 0U);
	EXPECT_EQ(fake_mmu_event(1)->op, FAKE_MMU_TLBI_IPA);
	EXPECT_EQ(fake_mmu_event(2)->op, FAKE_MMU_TLBI_VMID_STAGE1);
	EXPECT_EQ(fake_mmu_event(3)->op, FAKE_MMU_WRITE);
	EXPECT_EQ(fake_mmu_event(3)->value & 1, 1U);
	EXPECT_EQ(fake_mmu_event(4)->op, FAKE_MMU_SYNC);
}

TEST(ptable_order, a_block_over_tables_comes_after_the_tlb_operation)
{
	size_t tlbi;

	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0x1000, 0x2000, RW), MM_OK);
	fake_mmu_clear();

	ASSERT_EQ(fixture_map(&f, 0, GIB, RW), MM_OK);

	tlbi = fixture_find(FAKE_MMU_TLBI_VMID, 0);
	ASSERT_NE(tlbi, SIZE_MAX);
	EXPECT_EQ(fake_mmu_event(tlbi + 1)->op, FAKE_MMU_WRITE);
	EXPECT_EQ(fake_mmu_event(tlbi + 1)->value & 3, 1U);
	EXPECT_STREQ(fixture_order_error(), "");
}

TEST(ptable_order, merging_breaks_the_table_first)
{
	const void *free_rows;
	size_t tlbi;

	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0, 2 * MIB - 0x1000, RW), MM_OK);
	ASSERT_EQ(fixture_map(&f, 2 * MIB - 0x1000, 2 * MIB, RW), MM_OK);
	free_rows = f.pool.rows;
	fake_mmu_clear();
	fake_mmu_watch(&f.pool.rows);

	ptable_defragment(&f.table, 0, 2 * MIB);

	tlbi = fixture_find(FAKE_MMU_TLBI_VMID, 0);
	ASSERT_NE(tlbi, SIZE_MAX);
	EXPECT_EQ(fake_mmu_event(0)->op, FAKE_MMU_WRITE);
	EXPECT_EQ(fake_mmu_event(0)->value, 0U);
	EXPECT_EQ(fake_mmu_event(tlbi + 1)->op, FAKE_MMU_WRITE);
	EXPECT_EQ(fake_mmu_event(tlbi + 1)->value & 3, 1U);
	EXPECT_EQ(fake_mmu_event(tlbi)->watched, (size_t)free_rows);
	EXPECT_EQ(page_pool_count(&f.pool), 5U);
}

TEST(ptable_order, table_pages_are_free_only_after_the_tlb_operation)
{
	const void *free_rows;
	size_t tlbi;

	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0x1000, 0x2000, RW), MM_OK);
	free_rows = f.pool.rows;
	fake_mmu_clear();
	fake_mmu_watch(&f.pool.rows);

	ASSERT_EQ(fixture_map(&f, 0, GIB, 0), MM_OK);

	tlbi = fixture_find(FAKE_MMU_TLBI_VMID, 0);
	ASSERT_NE(tlbi, SIZE_MAX);
	EXPECT_EQ(fake_mmu_event(tlbi)->watched, (size_t)free_rows);
	EXPECT_EQ(page_pool_count(&f.pool), 6U);
}

TEST(ptable_order, a_detached_table_is_never_a_valid_path)
{
	fixture_init(&f, PTE_STAGE2, 40, 16);
	ASSERT_EQ(fixture_map(&f, 0, 4 * MIB - 0x1000, RW), MM_OK);
	ASSERT_EQ(fixture_map(&f, 8 * MIB, 8 * MIB + 0x1000, RW), MM_OK);
	fake_mmu_clear();

	ASSERT_EQ(fixture_map(&f, 0, GIB, 0), MM_OK);

	/* Links of the list of tables lie in entries: invalid ones. */
	for (size_t i = 0; i < fake_mmu_event_count(); i++) {
		EXPECT_EQ(fake_mmu_event(i)->value & 1, 0U);
	}
	EXPECT_EQ(page_pool_count(&f.pool), 14U);
}

TEST(ptable_order, stage1_splits_by_el2_address)
{
	fixture_init(&f, PTE_STAGE1, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0, 2 * MIB, RW), MM_OK);
	fake_mmu_clear();

	ASSERT_EQ(fixture_map(&f, 0x1000, 0x2000, 0), MM_OK);

	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_EL2_VA), 2U);
	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_IPA), 0U);
	EXPECT_STREQ(fixture_order_error(), "");
}

TEST(ptable_order, a_map_that_holds_writes_nothing)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0x1000, 0x3000, RW), MM_OK);
	fake_mmu_clear();

	ASSERT_EQ(fixture_map(&f, 0x1000, 0x3000, RW), MM_OK);

	EXPECT_EQ(fake_mmu_count(FAKE_MMU_WRITE), 0U);
	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_IPA), 0U);
}

TEST(ptable_prepare, changes_nothing_that_is_mapped)
{
	struct ptable_map map = identity(GIB + 0x1000, 3 * GIB - 0x1000, RWX);

	fixture_init(&f, PTE_STAGE2, 40, 16);
	ASSERT_EQ(fixture_map(&f, 0, 4 * GIB, RW), MM_OK);

	ASSERT_EQ(ptable_prepare(&f.table, &map), MM_OK);

	mm_mode_t mode = 0;
	EXPECT_TRUE(ptable_query(&f.table, 0, 4 * GIB, &mode));
	EXPECT_EQ(mode, RW);
	EXPECT_EQ(fixture_translate(&f, GIB + 0x1234).pa, GIB + 0x1234);
}

TEST(ptable_prepare, commit_takes_no_page)
{
	struct ptable_map map = identity(GIB + 0x1000, 3 * GIB - 0x1000, RWX);
	size_t count;

	fixture_init(&f, PTE_STAGE2, 40, 16);
	ASSERT_EQ(fixture_map(&f, 0, 4 * GIB, RW), MM_OK);
	ASSERT_EQ(ptable_prepare(&f.table, &map), MM_OK);
	count = page_pool_count(&f.pool);

	ptable_commit(&f.table, &map);

	EXPECT_EQ(page_pool_count(&f.pool), count);
	EXPECT_EQ(fixture_mode(&f, GIB + 0x1000), RWX);
	EXPECT_EQ(fixture_mode(&f, GIB), RW);
}

TEST(ptable_prepare, two_maps_prepared_then_committed_both_hold)
{
	struct ptable_map first = identity(0x1000, 0x3000, MM_MODE_R);
	struct ptable_map second = identity(0x3000, 0x5000, RWX);

	fixture_init(&f, PTE_STAGE2, 40, 16);
	ASSERT_EQ(fixture_map(&f, 0, GIB, RW), MM_OK);
	ASSERT_EQ(ptable_prepare(&f.table, &first), MM_OK);
	ASSERT_EQ(ptable_prepare(&f.table, &second), MM_OK);

	ptable_commit(&f.table, &first);
	ptable_commit(&f.table, &second);

	EXPECT_EQ(fixture_mode(&f, 0x2000), MM_MODE_R);
	EXPECT_EQ(fixture_mode(&f, 0x3000), RWX);
	EXPECT_EQ(fixture_mode(&f, 0x5000), RW);
}

TEST(ptable_prepare, commit_without_it_is_our_bug)
{
	struct ptable_map map = identity(0x1000, 0x2000, RW);

	fixture_init(&f, PTE_STAGE2, 40, 16);

	EXPECT_PANIC("row != 0", ptable_commit(&f.table, &map));
}

TEST(ptable_prepare, given_up_it_is_merged_away_by_defragment)
{
	struct ptable_map map = identity(GIB + 0x1000, 3 * GIB - 0x1000, RWX);
	uint64_t digest;

	fixture_init(&f, PTE_STAGE2, 40, 16);
	ASSERT_EQ(fixture_map(&f, 0, 4 * GIB, RW), MM_OK);
	digest = fixture_digest(&f);
	ASSERT_EQ(ptable_prepare(&f.table, &map), MM_OK);

	ptable_defragment(&f.table, map.begin, map.end);

	EXPECT_EQ(page_pool_count(&f.pool), 14U);
	EXPECT_EQ(fixture_digest(&f), digest);
}

/** A change on top of 0-4 GiB RW and some pages, and what it needs. */
struct memory_case {
	const char *name;
	struct ptable_map map;
	size_t tables;
};

static const struct memory_case memory_cases[] = {
	{"page of a block", {GIB, GIB + 0x1000, {GIB}, RWX}, 2},
	{"unmap across gibibytes", {GIB - 0x1000, GIB + 0x1000, {0}, 0}, 4},
	{"hole in one 2 MiB", {GIB + 0x3000, GIB + 0x5000, {0}, 0}, 2},
	{"2 MiB of a block", {GIB, GIB + 2 * MIB, {0}, 0}, 1},
	{"page in nothing", {9 * GIB, 9 * GIB + 0x1000, {0}, RW}, 2},
	{"misaligned 4 MiB", {9 * GIB, 9 * GIB + 4 * MIB, {0x1000}, RW}, 3},
	{"misaligned GiB", {9 * GIB, 10 * GIB, {2 * MIB}, RW}, 1},
	{"page of a table", {5 * GIB + 0x1000, 5 * GIB + 0x2000, {0}, RW}, 0},
	{"next to a table",
	 {5 * GIB, 5 * GIB + 2 * MIB + 0x1000, {5 * GIB}, RW},
	 1},
};

static void memory_case_begin(size_t spare_pages)
{
	fixture_init(&f, PTE_STAGE2, 40, 4 + spare_pages);
	ASSERT_EQ(fixture_map(&f, 0, 4 * GIB, RW), MM_OK);
	ASSERT_EQ(fixture_map(&f, 5 * GIB, 5 * GIB + 0x5000, RW), MM_OK);
	ASSERT_EQ(page_pool_count(&f.pool), spare_pages);
	fake_mmu_clear();
}

/** One page short, two pages short, ...: as if it had not been asked. */
static void check_refusals(const struct memory_case *c)
{
	for (size_t pages = 0; pages < c->tables; pages++) {
		uint64_t digest;

		memory_case_begin(pages);
		digest = fixture_digest(&f);
		if (ptable_change(&f.table, &c->map) != MM_NO_MEMORY ||
		    fixture_digest(&f) != digest ||
		    page_pool_count(&f.pool) != pages ||
		    fake_mmu_event_count() != 0) {
			FAIL("%s with %zu pages left a trace", c->name, pages);
		}
	}
}

TEST(ptable_memory, refused_at_every_shortage_without_a_trace)
{
	for (size_t i = 0; i < ARRAY_SIZE(memory_cases); i++) {
		check_refusals(&memory_cases[i]);
	}
}

TEST(ptable_memory, exactly_the_pages_that_are_needed_do)
{
	for (size_t i = 0; i < ARRAY_SIZE(memory_cases); i++) {
		const struct memory_case *c = &memory_cases[i];

		memory_case_begin(c->tables);
		if (ptable_prepare(&f.table, &c->map) != MM_OK) {
			FAIL("%s with %zu pages", c->name, c->tables);
		}
		ptable_commit(&f.table, &c->map);
		EXPECT_STREQ(fixture_order_error(), "");
	}
}

TEST(ptable_memory, undone_and_merged_no_case_leaks_a_page)
{
	for (size_t i = 0; i < ARRAY_SIZE(memory_cases); i++) {
		const struct memory_case *c = &memory_cases[i];

		memory_case_begin(c->tables);
		ASSERT_EQ(ptable_change(&f.table, &c->map), MM_OK);
		ASSERT_EQ(fixture_map(&f, 0, TIB, 0), MM_OK);
		if (page_pool_count(&f.pool) != c->tables + 2) {
			FAIL("%s: %zu pages", c->name,
			     page_pool_count(&f.pool));
		}
	}
}
