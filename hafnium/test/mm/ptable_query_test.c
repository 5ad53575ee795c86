/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of mm/ptable.c: asking, merging, and the end of a set of tables. See
 * docs/memory.md.
 */
#include "hf/mm/ptable.h"

#include "hftest.h"
#include "mm_fixture.h"

static struct fixture f;

TEST(ptable_query, uniform_range_has_its_mode)
{
	mm_mode_t mode = 0;

	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, GIB - 0x1000, 2 * GIB + 0x1000, RW), MM_OK);

	EXPECT_TRUE(
		ptable_query(&f.table, GIB - 0x1000, 2 * GIB + 0x1000, &mode));
	EXPECT_EQ(mode, RW);
}

TEST(ptable_query, mixed_range_is_not_uniform)
{
	mm_mode_t mode = 0;

	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0x1000, 0x2000, RW), MM_OK);
	ASSERT_EQ(fixture_map(&f, 0x2000, 0x3000, RW | MM_MODE_OWNED), MM_OK);

	EXPECT_FALSE(ptable_query(&f.table, 0x1000, 0x3000, &mode));
	EXPECT_FALSE(ptable_query(&f.table, 0, 0x2000, &mode));
	EXPECT_FALSE(ptable_query(&f.table, 0x2000, 0x4000, &mode));
	EXPECT_EQ(mode, 0U);
}

TEST(ptable_query, bytes_are_widened_to_their_pages)
{
	mm_mode_t mode = 0;

	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0x1000, 0x3000, RW), MM_OK);

	EXPECT_TRUE(ptable_query(&f.table, 0x1800, 0x2001, &mode));
	EXPECT_TRUE(ptable_query(&f.table, 0x1fff, 0x3000, &mode));
	EXPECT_FALSE(ptable_query(&f.table, 0x1fff, 0x3001, &mode));
}

TEST(ptable_query, nothing_is_uniformly_absent)
{
	mm_mode_t mode = RW;

	fixture_init(&f, PTE_STAGE2, 48, 8);

	EXPECT_TRUE(ptable_query(&f.table, 0, BIT(48), &mode));
	EXPECT_EQ(mode, MM_MODE_ABSENT);
}

TEST(ptable_query, no_answer_for_empty_or_impossible_ranges)
{
	mm_mode_t mode = 0;

	fixture_init(&f, PTE_STAGE2, 40, 8);

	EXPECT_FALSE(ptable_query(&f.table, 5, 5, &mode));
	EXPECT_FALSE(ptable_query(&f.table, 6, 5, &mode));
	EXPECT_FALSE(ptable_query(&f.table, TIB - 1, TIB + 1, &mode));
}

TEST(ptable_query, inaccessible_pages_show_what_is_remembered)
{
	mm_mode_t lent = RWX | MM_MODE_OWNED | MM_MODE_NO_ACCESS;

	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0, 0x1000, lent), MM_OK);

	EXPECT_EQ(fixture_mode(&f, 0), lent);
	EXPECT_TRUE(fixture_is_unmapped(&f, 0));
}

TEST(ptable_fini, every_page_is_back)
{
	fixture_init(&f, PTE_STAGE2, 40, 16);
	ASSERT_EQ(fixture_map(&f, 0x1000, GIB + 0x1000, RW), MM_OK);
	ASSERT_EQ(fixture_map(&f, 600 * GIB, 600 * GIB + 0x1000, RW), MM_OK);

	ptable_fini(&f.table);

	EXPECT_EQ(page_pool_count(&f.pool), 16U);
	EXPECT_TRUE(f.table.root == NULL);
}

TEST(ptable_fini, tlbs_are_emptied_before_pages_are_free)
{
	const void *free_rows;
	size_t tlbi;

	fixture_init(&f, PTE_STAGE2, 40, 16);
	ASSERT_EQ(fixture_map(&f, 0x1000, 0x2000, RW), MM_OK);
	free_rows = f.pool.rows;
	fake_mmu_clear();
	fake_mmu_watch(&f.pool.rows);

	ptable_fini(&f.table);

	tlbi = fixture_find(FAKE_MMU_TLBI_VMID, 0);
	ASSERT_NE(tlbi, SIZE_MAX);
	EXPECT_EQ(fake_mmu_event(tlbi)->vmid, 7U);
	EXPECT_EQ(fake_mmu_event(tlbi)->watched, (size_t)free_rows);
}

TEST(ptable_defragment, pages_become_a_block_again)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0, GIB, RW), MM_OK);
	ASSERT_EQ(fixture_map(&f, 0x5000, 0x6000, 0), MM_OK);
	ASSERT_EQ(fixture_map(&f, 0x5000, 0x6000, RW), MM_OK);
	ASSERT_EQ(page_pool_count(&f.pool), 4U);

	ptable_defragment(&f.table, 0x5000, 0x6000);

	EXPECT_TRUE(fixture_is_identity(&f, 0x5000, RW, 1));
	EXPECT_EQ(page_pool_count(&f.pool), 6U);
}

TEST(ptable_defragment, empty_tables_go)
{
	fixture_init(&f, PTE_STAGE2, 48, 8);
	ASSERT_EQ(fixture_map(&f, 0x5000, 0x6000, RW), MM_OK);
	ASSERT_EQ(fixture_map(&f, 0x5000, 0x6000, 0), MM_OK);
	ASSERT_EQ(page_pool_count(&f.pool), 4U);

	ptable_defragment(&f.table, 0, BIT(48));

	EXPECT_EQ(page_pool_count(&f.pool), 7U);
	EXPECT_TRUE(fixture_is_unmapped(&f, 0x5000));
}

TEST(ptable_defragment, one_different_page_keeps_the_table)
{
	uint64_t digest;

	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0, 2 * MIB, RW), MM_OK);
	ASSERT_EQ(fixture_map(&f, 2 * MIB - 0x1000, 2 * MIB, RWX), MM_OK);
	digest = fixture_digest(&f);

	ptable_defragment(&f.table, 0, GIB);

	EXPECT_EQ(fixture_digest(&f), digest);
}

TEST(ptable_defragment, one_other_address_keeps_the_table)
{
	struct ptable_map map = {0, 2 * MIB, {2 * MIB + 0x1000}, RW};
	uint64_t digest;

	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(ptable_change(&f.table, &map), MM_OK);
	digest = fixture_digest(&f);

	ptable_defragment(&f.table, 0, GIB);

	EXPECT_EQ(fixture_digest(&f), digest);
}

TEST(ptable_defragment, one_gib_blocks_stay_below_level_0)
{
	fixture_init(&f, PTE_STAGE2, 48, 2);
	ASSERT_EQ(fixture_map(&f, 0, 512 * GIB, RW), MM_OK);

	ptable_defragment(&f.table, 0, BIT(48));

	EXPECT_TRUE(fixture_is_identity(&f, 0, RW, 1));
	EXPECT_EQ(page_pool_count(&f.pool), 0U);
}

TEST(ptable_defragment, inaccessible_pages_merge_too)
{
	mm_mode_t lent = RW | MM_MODE_OWNED | MM_MODE_NO_ACCESS;

	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0, 2 * MIB - 0x1000, lent), MM_OK);
	ASSERT_EQ(fixture_map(&f, 2 * MIB - 0x1000, 2 * MIB, lent), MM_OK);
	ASSERT_EQ(page_pool_count(&f.pool), 4U);

	ptable_defragment(&f.table, 0, 0x1000);

	EXPECT_EQ(page_pool_count(&f.pool), 5U);
	EXPECT_EQ(fixture_mode(&f, 2 * MIB - 1), lent);
}

TEST(ptable_defragment, a_range_beyond_the_width_is_cut)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, TIB - 0x1000, TIB, RW), MM_OK);
	ASSERT_EQ(fixture_map(&f, TIB - 0x1000, TIB, 0), MM_OK);

	ptable_defragment(&f.table, TIB, UINT64_MAX);
	EXPECT_EQ(page_pool_count(&f.pool), 4U);
	ptable_defragment(&f.table, TIB - 1, UINT64_MAX);
	EXPECT_EQ(page_pool_count(&f.pool), 6U);
}
