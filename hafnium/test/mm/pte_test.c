/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hf/arch/pte.h: entries bit by bit. See docs/memory.md. */
#include "hftest.h"

#include "mm_fixture.h"

#define PA pa_init(UINT64_C(0x123440000000))

TEST(pte, absent_mode_is_the_zero_entry)
{
	EXPECT_EQ(pte_make_leaf(PTE_STAGE1, 3, PA, MM_MODE_ABSENT), 0U);
	EXPECT_EQ(pte_make_leaf(PTE_STAGE2, 1, PA, MM_MODE_ABSENT), 0U);
	EXPECT_EQ(pte_mode(PTE_STAGE1, 0), MM_MODE_ABSENT);
	EXPECT_EQ(pte_mode(PTE_STAGE2, 0), MM_MODE_ABSENT);
	EXPECT_TRUE(pte_is_absent(0));
}

/* Stage 1: AF, SH = inner, AP[1] RES1, Attr1; + RO, XN as the mode says. */

TEST(pte, stage1_text_is_read_only_and_executable)
{
	EXPECT_EQ(pte_make_leaf(PTE_STAGE1, 3, PA, RX),
		  UINT64_C(0x00001234400007c7));
}

TEST(pte, stage1_rodata_is_read_only_and_never_executable)
{
	EXPECT_EQ(pte_make_leaf(PTE_STAGE1, 3, PA, MM_MODE_R),
		  UINT64_C(0x00401234400007c7));
}

TEST(pte, stage1_data_is_writable_and_never_executable)
{
	EXPECT_EQ(pte_make_leaf(PTE_STAGE1, 3, PA, RW),
		  UINT64_C(0x0040123440000747));
}

TEST(pte, stage1_device_uses_attribute_zero)
{
	EXPECT_EQ(pte_make_leaf(PTE_STAGE1, 3, PA, RW_DEVICE),
		  UINT64_C(0x0040123440000743));
	EXPECT_EQ(MMU_MAIR_EL2 & 0xff, 0x04U); /* Device-nGnRE */
	EXPECT_EQ(MMU_MAIR_EL2 >> 8 & 0xff, 0xffU);
}

TEST(pte, stage2_normal_memory_is_write_back_inner_shareable)
{
	EXPECT_EQ(pte_make_leaf(PTE_STAGE2, 3, PA, RWX),
		  UINT64_C(0x00001234400007ff));
}

TEST(pte, stage2_device_is_ngnre_and_never_executable)
{
	EXPECT_EQ(pte_make_leaf(PTE_STAGE2, 3, PA, RW_DEVICE),
		  UINT64_C(0x00401234400007c7));
}

TEST(pte, stage2_permissions_are_s2ap)
{
	EXPECT_EQ(pte_make_leaf(PTE_STAGE2, 3, PA, MM_MODE_R) & 0xc0, 0x40U);
	EXPECT_EQ(pte_make_leaf(PTE_STAGE2, 3, PA, MM_MODE_W) & 0xc0, 0x80U);
	EXPECT_EQ(pte_make_leaf(PTE_STAGE2, 3, PA, RW) & 0xc0, 0xc0U);
	EXPECT_EQ(pte_make_leaf(PTE_STAGE2, 3, PA, MM_MODE_X) & 0xc0, 0U);
}

TEST(pte, blocks_have_bit_one_clear_and_pages_have_it_set)
{
	EXPECT_EQ(pte_make_leaf(PTE_STAGE2, 1, PA, RWX) & 3, 1U);
	EXPECT_EQ(pte_make_leaf(PTE_STAGE2, 2, PA, RWX) & 3, 1U);
	EXPECT_EQ(pte_make_leaf(PTE_STAGE2, 3, PA, RWX) & 3, 3U);
}

TEST(pte, stage2_mode_comes_back_for_every_mode)
{
	for (mm_mode_t mode = 1; mode < 2 * MM_MODE_SOFT3; mode++) {
		pte_t pte = pte_make_leaf(PTE_STAGE2, 2, PA, mode);
		mm_mode_t hidden =
			mm_mode_is_valid(mode) ? 0 : MM_MODE_NO_ACCESS;

		if (pte_mode(PTE_STAGE2, pte) != (mode | hidden)) {
			FAIL("mode %#x comes back as %#x", mode,
			     pte_mode(PTE_STAGE2, pte));
		}
	}
}

TEST(pte, stage1_mode_comes_back_as_readable)
{
	for (mm_mode_t mode = 1; mode < 2 * MM_MODE_SOFT3; mode++) {
		pte_t pte = pte_make_leaf(PTE_STAGE1, 3, PA, mode | MM_MODE_R);

		if (pte_mode(PTE_STAGE1, pte) != (mode | MM_MODE_R)) {
			FAIL("mode %#x comes back as %#x", mode,
			     pte_mode(PTE_STAGE1, pte));
		}
	}
	EXPECT_EQ(pte_mode(PTE_STAGE1,
			   pte_make_leaf(PTE_STAGE1, 3, PA, MM_MODE_W)),
		  RW);
}

TEST(pte, no_access_is_invalid_and_remembers_all_else)
{
	mm_mode_t mode = RW_DEVICE | MM_MODE_OWNED | MM_MODE_NO_ACCESS;
	pte_t pte = pte_make_leaf(PTE_STAGE2, 1, PA, mode);

	EXPECT_FALSE(pte_is_valid(pte));
	EXPECT_FALSE(pte_is_absent(pte));
	EXPECT_EQ(pte_mode(PTE_STAGE2, pte), mode);
	EXPECT_EQ(pte_addr(pte).pa, PA.pa);
}

TEST(pte, ownership_without_permission_is_invalid)
{
	pte_t pte = pte_make_leaf(PTE_STAGE2, 3, PA, MM_MODE_OWNED);

	EXPECT_FALSE(pte_is_valid(pte));
	EXPECT_EQ(pte_mode(PTE_STAGE2, pte), MM_MODE_OWNED | MM_MODE_NO_ACCESS);
}

TEST(pte, ownership_lies_in_bits_58_to_55)
{
	pte_t plain = pte_make_leaf(PTE_STAGE2, 3, PA, RWX);
	pte_t all = pte_make_leaf(PTE_STAGE2, 3, PA, RWX | MM_MODE_SOFT);

	EXPECT_EQ(plain ^ all, UINT64_C(0x0780000000000000));
	EXPECT_EQ(pte_make_leaf(PTE_STAGE2, 3, PA, RWX | MM_MODE_OWNED),
		  plain | BIT(55));
}

TEST(pte, the_six_states_of_a_page_are_different_entries)
{
	mm_mode_t states[] = {
		RWX | MM_MODE_OWNED,
		RWX | MM_MODE_OWNED | MM_MODE_SHARED,
		RWX | MM_MODE_OWNED | MM_MODE_NO_ACCESS,
		RWX,
		RWX | MM_MODE_SHARED,
		MM_MODE_ABSENT,
	};

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		for (size_t j = 0; j < i; j++) {
			EXPECT_NE(pte_make_leaf(PTE_STAGE2, 3, PA, states[i]),
				  pte_make_leaf(PTE_STAGE2, 3, PA, states[j]));
		}
	}
}

TEST(pte, table_entry_has_no_hierarchical_restriction)
{
	pte_t pte = pte_make_table(pa_init(UINT64_C(0xfffffffff000)));

	EXPECT_EQ(pte, UINT64_C(0x0000fffffffff003));
	EXPECT_EQ(pte_addr(pte).pa, UINT64_C(0xfffffffff000));
}

TEST(pte, a_table_is_one_at_levels_zero_to_two_only)
{
	pte_t pte = pte_make_table(PA);

	EXPECT_TRUE(pte_is_table(pte, 0));
	EXPECT_TRUE(pte_is_table(pte, 2));
	EXPECT_FALSE(pte_is_table(pte, 3));
	EXPECT_FALSE(pte_is_table(pte & ~PTE_VALID, 1));
	EXPECT_FALSE(pte_is_table(pte_make_leaf(PTE_STAGE2, 1, PA, RWX), 1));
}

TEST(pte, levels_cover_512_gib_1_gib_2_mib_4_kib)
{
	EXPECT_EQ(pte_level_size(0), 512 * GIB);
	EXPECT_EQ(pte_level_size(1), GIB);
	EXPECT_EQ(pte_level_size(2), 2 * MIB);
	EXPECT_EQ(pte_level_size(3), 4 * KIB);
	EXPECT_FALSE(pte_level_has_leaf(0));
	EXPECT_TRUE(pte_level_has_leaf(1));
}

TEST(pte, first_child_of_a_block_says_the_same_one_level_down)
{
	pte_t block1 = pte_make_leaf(PTE_STAGE2, 1, PA, RW | MM_MODE_OWNED);
	pte_t block2 = pte_make_leaf(PTE_STAGE2, 2, PA, RW | MM_MODE_OWNED);
	pte_t page = pte_make_leaf(PTE_STAGE2, 3, PA, RW | MM_MODE_OWNED);

	EXPECT_EQ(pte_first_child(block1, 1), block2);
	EXPECT_EQ(pte_first_child(block2, 2), page);
	EXPECT_EQ(pte_first_child(0, 2), 0U);
}

TEST(pte, first_child_of_an_inaccessible_block_is_inaccessible)
{
	mm_mode_t mode = RW | MM_MODE_OWNED | MM_MODE_NO_ACCESS;
	pte_t block = pte_make_leaf(PTE_STAGE2, 2, PA, mode);

	EXPECT_EQ(pte_first_child(block, 2),
		  pte_make_leaf(PTE_STAGE2, 3, PA, mode));
}

static enum pte_change compare(enum pte_stage stage, mm_mode_t from,
			       mm_mode_t to)
{
	return pte_compare(stage, pte_make_leaf(stage, 3, PA, from),
			   pte_make_leaf(stage, 3, PA, to));
}

TEST(pte_compare, same_entry_needs_nothing)
{
	EXPECT_EQ(compare(PTE_STAGE2, RWX, RWX), PTE_CHANGE_NONE);
	EXPECT_EQ(compare(PTE_STAGE1, 0, 0), PTE_CHANGE_NONE);
}

TEST(pte_compare, what_was_invalid_is_just_written)
{
	EXPECT_EQ(compare(PTE_STAGE2, 0, RWX), PTE_CHANGE_WRITE);
	EXPECT_EQ(compare(PTE_STAGE2, RW | MM_MODE_NO_ACCESS, RWX),
		  PTE_CHANGE_WRITE);
	EXPECT_EQ(compare(PTE_STAGE2, MM_MODE_OWNED, 0), PTE_CHANGE_WRITE);
}

TEST(pte_compare, ownership_alone_needs_no_tlb_operation)
{
	EXPECT_EQ(compare(PTE_STAGE2, RWX | MM_MODE_OWNED,
			  RWX | MM_MODE_OWNED | MM_MODE_SHARED),
		  PTE_CHANGE_WRITE);
}

TEST(pte_compare, access_taken_away_is_flushed)
{
	EXPECT_EQ(compare(PTE_STAGE2, RWX, 0), PTE_CHANGE_FLUSH);
	EXPECT_EQ(compare(PTE_STAGE2, RWX, RWX | MM_MODE_NO_ACCESS),
		  PTE_CHANGE_FLUSH);
}

TEST(pte_compare, changed_permissions_are_flushed_not_broken)
{
	EXPECT_EQ(compare(PTE_STAGE2, RWX, MM_MODE_R), PTE_CHANGE_FLUSH);
	EXPECT_EQ(compare(PTE_STAGE2, MM_MODE_R, RWX), PTE_CHANGE_FLUSH);
	EXPECT_EQ(compare(PTE_STAGE1, RW, RX), PTE_CHANGE_FLUSH);
}

TEST(pte_compare, memory_type_asks_for_break_before_make)
{
	EXPECT_EQ(compare(PTE_STAGE2, RW, RW_DEVICE), PTE_CHANGE_BREAK);
	EXPECT_EQ(compare(PTE_STAGE1, RW_DEVICE, RW), PTE_CHANGE_BREAK);
}

TEST(pte_compare, output_address_asks_for_break_before_make)
{
	pte_t here = pte_make_leaf(PTE_STAGE2, 3, PA, RW);
	pte_t there = pte_make_leaf(PTE_STAGE2, 3, pa_init(PAGE_SIZE), RW);

	EXPECT_EQ(pte_compare(PTE_STAGE2, here, there), PTE_CHANGE_BREAK);
}

TEST(pte, fake_writes_down_store_and_barrier)
{
	pte_t entry = 5;

	fake_mmu_reset();
	pte_write(&entry, 9);
	pte_sync();

	EXPECT_EQ(entry, 9U);
	ASSERT_EQ(fake_mmu_event_count(), 2U);
	EXPECT_EQ(fake_mmu_event(0)->op, FAKE_MMU_WRITE);
	EXPECT_EQ(fake_mmu_event(0)->where, pa_from_ptr(&entry).pa);
	EXPECT_EQ(fake_mmu_event(0)->value, 9U);
	EXPECT_EQ(fake_mmu_event(0)->old, 5U);
	EXPECT_EQ(fake_mmu_event(1)->op, FAKE_MMU_SYNC);
}
