/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of mm/ptable.c and ptable_walk.c: what is mapped is what a CPU would
 * find, at every boundary and width. See docs/memory.md.
 */
#include "hf/mm/ptable.h"

#include "hftest.h"
#include "mm_fixture.h"

static struct fixture f;

/** `size` bytes from `begin` on lead to `pa`. */
static enum mm_status map_to(uint64_t begin, uint64_t size, uint64_t pa,
			     mm_mode_t mode)
{
	struct ptable_map map = {
		.begin = begin,
		.end = begin + size,
		.pa = pa_init(pa),
		.mode = mode,
	};

	return ptable_change(&f.table, &map);
}

TEST(ptable, nothing_is_mapped_at_first)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);

	EXPECT_TRUE(fixture_is_unmapped(&f, 0));
	EXPECT_TRUE(fixture_is_unmapped(&f, TIB - 1));
	EXPECT_EQ(fixture_mode(&f, 0), MM_MODE_ABSENT);
	EXPECT_EQ(page_pool_count(&f.pool), 6U);
}

TEST(ptable, root_is_aligned_to_its_concatenated_size)
{
	fixture_init(&f, PTE_STAGE2, 42, 16);

	EXPECT_EQ(ptable_root(&f.table).pa % (8 * PAGE_SIZE), 0U);
	EXPECT_EQ(page_pool_count(&f.pool), 8U);
	EXPECT_EQ(f.table.vttbr,
		  ptable_root(&f.table).pa | (UINT64_C(7) << 48));
}

TEST(ptable, init_is_refused_without_a_page_for_the_root)
{
	fixture_init(&f, PTE_STAGE2, 40, 1);

	EXPECT_TRUE(f.table.root == NULL);
	EXPECT_EQ(page_pool_count(&f.pool), 1U);
}

TEST(ptable, one_page_is_mapped_and_its_neighbours_are_not)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);

	ASSERT_EQ(fixture_map(&f, 0x40001000, 0x40002000, RWX), MM_OK);

	EXPECT_TRUE(fixture_is_identity(&f, 0x40001000, RWX, 3));
	EXPECT_TRUE(fixture_is_identity(&f, 0x40001fff, RWX, 3));
	EXPECT_TRUE(fixture_is_unmapped(&f, 0x40000fff));
	EXPECT_TRUE(fixture_is_unmapped(&f, 0x40002000));
}

TEST(ptable, aligned_2_mib_is_a_block)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);

	ASSERT_EQ(fixture_map(&f, 0x40200000, 0x40400000, RW), MM_OK);

	EXPECT_TRUE(fixture_is_identity(&f, 0x40200000, RW, 2));
	EXPECT_TRUE(fixture_is_identity(&f, 0x403fffff, RW, 2));
	EXPECT_TRUE(fixture_is_unmapped(&f, 0x401fffff));
	EXPECT_TRUE(fixture_is_unmapped(&f, 0x40400000));
}

TEST(ptable, aligned_1_gib_is_a_block_without_a_table)
{
	fixture_init(&f, PTE_STAGE2, 40, 2);

	ASSERT_EQ(fixture_map(&f, GIB, 2 * GIB, RW), MM_OK);

	EXPECT_TRUE(fixture_is_identity(&f, GIB, RW, 1));
	EXPECT_TRUE(fixture_is_unmapped(&f, GIB - 1));
	EXPECT_TRUE(fixture_is_unmapped(&f, 2 * GIB));
	EXPECT_EQ(page_pool_count(&f.pool), 0U);
}

TEST(ptable, a_range_across_levels_uses_the_largest_leaves)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);

	ASSERT_EQ(fixture_map(&f, GIB - 2 * MIB - 0x1000,
			      2 * GIB + 2 * MIB + 0x1000, RW),
		  MM_OK);

	EXPECT_TRUE(fixture_is_unmapped(&f, GIB - 2 * MIB - 0x1001));
	EXPECT_TRUE(fixture_is_identity(&f, GIB - 2 * MIB - 0x1000, RW, 3));
	EXPECT_TRUE(fixture_is_identity(&f, GIB - 2 * MIB, RW, 2));
	EXPECT_TRUE(fixture_is_identity(&f, GIB, RW, 1));
	EXPECT_TRUE(fixture_is_identity(&f, 2 * GIB, RW, 2));
	EXPECT_TRUE(fixture_is_identity(&f, 2 * GIB + 2 * MIB, RW, 3));
	EXPECT_TRUE(fixture_is_unmapped(&f, 2 * GIB + 2 * MIB + 0x1000));
}

/* Every width: the first and the last page, and a block over the middle. */

static void check_width(enum pte_stage stage, unsigned int bits)
{
	uint64_t end = BIT(bits);
	uint64_t half = end / 2;

	fixture_init(&f, stage, bits, 32);
	ASSERT_EQ(fixture_map(&f, 0, 0x1000, RW), MM_OK);
	ASSERT_EQ(fixture_map(&f, end - 0x1000, end, RW), MM_OK);
	ASSERT_EQ(fixture_map(&f, half - GIB, half + GIB, RW), MM_OK);

	EXPECT_TRUE(fixture_is_identity(&f, 0, RW, 3));
	EXPECT_TRUE(fixture_is_unmapped(&f, 0x1000));
	EXPECT_TRUE(fixture_is_identity(&f, end - 1, RW, 3));
	EXPECT_TRUE(fixture_is_unmapped(&f, end - 0x1001));
	EXPECT_TRUE(fixture_is_identity(&f, half - GIB, RW, 1));
	EXPECT_TRUE(fixture_is_identity(&f, half + GIB - 1, RW, 1));
	EXPECT_EQ(fixture_map(&f, end - 0x1000, end + 0x1000, RW),
		  MM_BAD_RANGE);
}

TEST(ptable_width, stage2_32_bits_is_mapped_from_end_to_end)
{
	check_width(PTE_STAGE2, 32);
}

TEST(ptable_width, stage2_36_bits_is_mapped_from_end_to_end)
{
	check_width(PTE_STAGE2, 36);
}

TEST(ptable_width, stage2_40_bits_is_mapped_from_end_to_end)
{
	check_width(PTE_STAGE2, 40);
}

TEST(ptable_width, stage2_42_bits_is_mapped_from_end_to_end)
{
	check_width(PTE_STAGE2, 42);
}

TEST(ptable_width, stage2_44_bits_is_mapped_from_end_to_end)
{
	check_width(PTE_STAGE2, 44);
}

TEST(ptable_width, stage2_48_bits_is_mapped_from_end_to_end)
{
	check_width(PTE_STAGE2, 48);
}

TEST(ptable_width, stage1_32_bits_is_mapped_from_end_to_end)
{
	check_width(PTE_STAGE1, 32);
}

TEST(ptable_width, stage1_40_bits_is_mapped_from_end_to_end)
{
	check_width(PTE_STAGE1, 40);
}

TEST(ptable_width, stage1_48_bits_is_mapped_from_end_to_end)
{
	check_width(PTE_STAGE1, 48);
}

TEST(ptable_width, a_range_runs_over_concatenated_roots)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);

	/* The second root table begins at 512 GiB. */
	ASSERT_EQ(fixture_map(&f, 512 * GIB - 0x1000, 512 * GIB + 0x1000, RW),
		  MM_OK);

	EXPECT_TRUE(fixture_is_identity(&f, 512 * GIB - 1, RW, 3));
	EXPECT_TRUE(fixture_is_identity(&f, 512 * GIB, RW, 3));
	EXPECT_TRUE(fixture_is_unmapped(&f, 512 * GIB + 0x1000));
}

TEST(ptable_width, one_tib_of_devices_takes_two_tables_at_48_bits)
{
	fixture_init(&f, PTE_STAGE2, 48, 3);

	ASSERT_EQ(fixture_map(&f, 0, TIB, RW_DEVICE), MM_OK);

	EXPECT_EQ(page_pool_count(&f.pool), 0U);
	EXPECT_TRUE(fixture_is_identity(&f, TIB - 1, RW_DEVICE, 1));
	EXPECT_EQ(fake_mmu_count(FAKE_MMU_WRITE), 2 + 1024U);
}

TEST(ptable_width, one_tib_of_devices_takes_no_table_at_40_bits)
{
	fixture_init(&f, PTE_STAGE2, 40, 2);

	ASSERT_EQ(fixture_map(&f, 0, TIB, RW_DEVICE), MM_OK);

	EXPECT_EQ(fake_mmu_count(FAKE_MMU_WRITE), 1024U);
}

TEST(ptable_range, empty_reversed_and_unaligned_ones_are_refused)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);

	EXPECT_EQ(fixture_map(&f, 0x1000, 0x1000, RW), MM_BAD_RANGE);
	EXPECT_EQ(fixture_map(&f, 0x2000, 0x1000, RW), MM_BAD_RANGE);
	EXPECT_EQ(fixture_map(&f, 0x1001, 0x3000, RW), MM_BAD_RANGE);
	EXPECT_EQ(fixture_map(&f, 0x1000, 0x3001, RW), MM_BAD_RANGE);
	EXPECT_EQ(fixture_map(&f, 0, UINT64_MAX & ~UINT64_C(0xfff), 0),
		  MM_BAD_RANGE);
	EXPECT_EQ(fake_mmu_event_count(), 0U);
}

TEST(ptable_range, output_address_is_aligned_and_in_the_pa_range)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);

	EXPECT_EQ(map_to(0, 0x1000, 0x800, RW), MM_BAD_RANGE);
	EXPECT_EQ(map_to(0, 0x2000, TIB - 0x1000, RW), MM_BAD_RANGE);
	EXPECT_EQ(map_to(0, 0x2000, UINT64_MAX - 0xfff, RW), MM_BAD_RANGE);
	EXPECT_EQ(map_to(0, 0x1000, TIB - 0x1000, RW), MM_OK);
}

TEST(ptable_range, output_address_of_an_unmap_does_not_matter)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);

	EXPECT_EQ(map_to(0, 0x1000, UINT64_MAX, MM_MODE_ABSENT), MM_OK);
}

TEST(ptable_offset, equal_alignment_still_gives_blocks)
{
	struct translation t;

	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(map_to(4 * MIB, 2 * MIB, GIB + 6 * MIB, RW), MM_OK);

	t = fixture_translate(&f, 5 * MIB + 5);

	EXPECT_EQ(t.level, 2U);
	EXPECT_EQ(t.pa, GIB + 7 * MIB + 5);
}

TEST(ptable_offset, other_alignment_gives_pages)
{
	struct translation t;

	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(map_to(4 * MIB, 4 * MIB, GIB + 0x1000, RW), MM_OK);

	t = fixture_translate(&f, 7 * MIB + 5);

	EXPECT_EQ(t.level, 3U);
	EXPECT_EQ(t.pa, GIB + 0x1000 + 3 * MIB + 5);
	/* root 2, level 2: 1, level 3: 2 */
	EXPECT_EQ(page_pool_count(&f.pool), 3U);
}

TEST(ptable_offset, two_mib_alignment_of_one_gib_gives_2_mib_blocks)
{
	struct translation t;

	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(map_to(2 * GIB, GIB, GIB + 2 * MIB, RW), MM_OK);

	t = fixture_translate(&f, 3 * GIB - 1);

	EXPECT_EQ(t.level, 2U);
	EXPECT_EQ(t.pa, 2 * GIB + 2 * MIB - 1);
	EXPECT_EQ(page_pool_count(&f.pool), 5U);
}

TEST(ptable_split, unmapping_a_page_of_1_gib_leaves_the_rest)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, GIB, 2 * GIB, RWX), MM_OK);

	ASSERT_EQ(fixture_map(&f, GIB + 0x5000, GIB + 0x6000, 0), MM_OK);

	EXPECT_TRUE(fixture_is_unmapped(&f, GIB + 0x5000));
	EXPECT_TRUE(fixture_is_unmapped(&f, GIB + 0x5fff));
	EXPECT_TRUE(fixture_is_identity(&f, GIB, RWX, 3));
	EXPECT_TRUE(fixture_is_identity(&f, GIB + 0x4fff, RWX, 3));
	EXPECT_TRUE(fixture_is_identity(&f, GIB + 0x6000, RWX, 3));
	EXPECT_TRUE(fixture_is_identity(&f, GIB + 2 * MIB, RWX, 2));
	EXPECT_TRUE(fixture_is_identity(&f, 2 * GIB - 1, RWX, 2));
	EXPECT_EQ(page_pool_count(&f.pool), 4U);
}

TEST(ptable_split, both_ends_of_a_range_are_cut)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0, GIB, RWX), MM_OK);

	ASSERT_EQ(fixture_map(&f, 2 * MIB - 0x1000, 4 * MIB + 0x1000, 0),
		  MM_OK);

	EXPECT_TRUE(fixture_is_identity(&f, 2 * MIB - 0x1001, RWX, 3));
	EXPECT_TRUE(fixture_is_unmapped(&f, 2 * MIB - 0x1000));
	EXPECT_TRUE(fixture_is_unmapped(&f, 4 * MIB));
	EXPECT_TRUE(fixture_is_identity(&f, 4 * MIB + 0x1000, RWX, 3));
	/* One level 2 table, level 3 at both ends, none in the middle. */
	EXPECT_EQ(page_pool_count(&f.pool), 3U);
}

TEST(ptable_split, keeps_remembered_modes_of_inaccessible_blocks)
{
	mm_mode_t lent = RW | MM_MODE_OWNED | MM_MODE_NO_ACCESS;

	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0, 2 * MIB, lent), MM_OK);

	ASSERT_EQ(fixture_map(&f, 0x1000, 0x2000, RW), MM_OK);

	EXPECT_EQ(fixture_mode(&f, 0), lent);
	EXPECT_EQ(fixture_mode(&f, 0x1000), RW);
	EXPECT_EQ(fixture_mode(&f, 2 * MIB - 1), lent);
	EXPECT_TRUE(fixture_is_unmapped(&f, 0x2000));
}

TEST(ptable_split, mapping_what_is_mapped_splits_nothing)
{
	fixture_init(&f, PTE_STAGE2, 40, 2);
	ASSERT_EQ(fixture_map(&f, 0, GIB, RWX), MM_OK);
	fake_mmu_clear();

	EXPECT_EQ(fixture_map(&f, 0x1000, 0x2000, RWX), MM_OK);
	EXPECT_EQ(fake_mmu_count(FAKE_MMU_WRITE), 0U);
	EXPECT_TRUE(fixture_is_identity(&f, 0x1000, RWX, 1));
}

TEST(ptable_split, unmapping_what_is_not_mapped_makes_no_table)
{
	fixture_init(&f, PTE_STAGE2, 48, 1);

	EXPECT_EQ(fixture_map(&f, 0x1000, TIB + 0x1000, 0), MM_OK);
	EXPECT_EQ(fake_mmu_count(FAKE_MMU_WRITE), 0U);
}

TEST(ptable_unmap, of_a_whole_block_frees_the_tables_below)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, GIB + 0x1000, GIB + 4 * MIB, RW), MM_OK);
	ASSERT_EQ(page_pool_count(&f.pool), 4U);

	ASSERT_EQ(fixture_map(&f, GIB, 2 * GIB, 0), MM_OK);

	EXPECT_TRUE(fixture_is_unmapped(&f, GIB + 0x1000));
	EXPECT_TRUE(fixture_is_unmapped(&f, GIB + 3 * MIB));
	EXPECT_EQ(page_pool_count(&f.pool), 6U);
}

TEST(ptable_unmap, of_everything_leaves_the_root_only)
{
	fixture_init(&f, PTE_STAGE2, 48, 16);
	ASSERT_EQ(fixture_map(&f, 0x1000, GIB + 0x1000, RW), MM_OK);
	ASSERT_EQ(fixture_map(&f, 600 * GIB, 600 * GIB + 0x1000, RW), MM_OK);

	ASSERT_EQ(fixture_map(&f, 0, BIT(48), 0), MM_OK);

	EXPECT_EQ(page_pool_count(&f.pool), 15U);
	EXPECT_TRUE(fixture_is_unmapped(&f, 0x1000));
	EXPECT_TRUE(fixture_is_unmapped(&f, 600 * GIB));
}

TEST(ptable_map_over, a_block_replaces_the_tables_below)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, GIB + 0x1000, GIB + 0x2000, RW), MM_OK);

	ASSERT_EQ(fixture_map(&f, GIB, 2 * GIB, RWX), MM_OK);

	EXPECT_TRUE(fixture_is_identity(&f, GIB + 0x1000, RWX, 1));
	EXPECT_EQ(page_pool_count(&f.pool), 6U);
}

TEST(ptable_map_over, other_memory_type_and_address_take_effect)
{
	fixture_init(&f, PTE_STAGE2, 40, 8);
	ASSERT_EQ(fixture_map(&f, 0, 0x3000, RW), MM_OK);

	ASSERT_EQ(map_to(0x1000, 0x1000, 0x9000, RW), MM_OK);
	ASSERT_EQ(fixture_map(&f, 0x2000, 0x3000, RW_DEVICE), MM_OK);

	EXPECT_TRUE(fixture_is_identity(&f, 0, RW, 3));
	EXPECT_EQ(fixture_translate(&f, 0x1000).pa, 0x9000U);
	EXPECT_TRUE(fixture_is_identity(&f, 0x2000, RW_DEVICE, 3));
}
