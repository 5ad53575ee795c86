/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hf/arch/mmu.h and tlb.h: register values by the manual, and which
 * TLB operations a range becomes. See docs/memory.md.
 */
#include "hf/arch/mmu.h"

#include "hf/arch/tlb.h"
#include "hftest.h"
#include "mm_fixture.h"

/* VTCR_EL2: RES1, PS, SH0 = inner, ORGN0 = IRGN0 = WB WA, SL0, T0SZ. */

TEST(mmu_vtcr, pa_32_bits_starts_at_level_1)
{
	EXPECT_EQ(mmu_vtcr_el2(32), UINT64_C(0x80003560));
}

TEST(mmu_vtcr, pa_36_bits_starts_at_level_1)
{
	EXPECT_EQ(mmu_vtcr_el2(36), UINT64_C(0x8001355c));
}

TEST(mmu_vtcr, pa_40_bits_starts_at_level_1)
{
	EXPECT_EQ(mmu_vtcr_el2(40), UINT64_C(0x80023558));
}

TEST(mmu_vtcr, pa_42_bits_starts_at_level_1)
{
	EXPECT_EQ(mmu_vtcr_el2(42), UINT64_C(0x80033556));
}

TEST(mmu_vtcr, pa_44_bits_starts_at_level_0)
{
	EXPECT_EQ(mmu_vtcr_el2(44), UINT64_C(0x80043594));
}

TEST(mmu_vtcr, pa_48_bits_starts_at_level_0)
{
	EXPECT_EQ(mmu_vtcr_el2(48), UINT64_C(0x80053590));
}

TEST(mmu_geometry, stage2_root_has_one_table_up_to_39_bits)
{
	EXPECT_EQ(mmu_stage2_geometry(32).root_pages, 1U);
	EXPECT_EQ(mmu_stage2_geometry(36).root_pages, 1U);
}

TEST(mmu_geometry, stage2_root_is_concatenated_below_44_bits)
{
	EXPECT_EQ(mmu_stage2_geometry(40).root_pages, 2U);
	EXPECT_EQ(mmu_stage2_geometry(42).root_pages, 8U);
	EXPECT_EQ(mmu_stage2_geometry(42).start_level, 1U);
	EXPECT_LE(mmu_stage2_geometry(42).root_pages, MMU_MAX_ROOT_PAGES);
}

TEST(mmu_geometry, stage2_root_is_level_0_from_44_bits)
{
	EXPECT_EQ(mmu_stage2_geometry(44).root_pages, 1U);
	EXPECT_EQ(mmu_stage2_geometry(44).start_level, 0U);
	EXPECT_EQ(mmu_stage2_geometry(48).root_pages, 1U);
	EXPECT_EQ(mmu_stage2_geometry(48).start_level, 0U);
}

TEST(mmu_geometry, stage1_starts_at_level_1_up_to_39_bits)
{
	EXPECT_EQ(mmu_stage1_geometry(32).start_level, 1U);
	EXPECT_EQ(mmu_stage1_geometry(36).start_level, 1U);
	EXPECT_EQ(mmu_stage1_geometry(40).start_level, 0U);
	EXPECT_EQ(mmu_stage1_geometry(48).start_level, 0U);
	EXPECT_EQ(mmu_stage1_geometry(42).root_pages, 1U);
}

TEST(mmu_registers, tcr_follows_the_pa_range)
{
	EXPECT_EQ(mmu_tcr_el2(32), UINT64_C(0x80803520));
	EXPECT_EQ(mmu_tcr_el2(40), UINT64_C(0x80823518));
	EXPECT_EQ(mmu_tcr_el2(48), UINT64_C(0x80853510));
}

TEST(mmu_registers, sctlr_has_mmu_caches_stack_check_and_wxn)
{
	EXPECT_EQ(mmu_sctlr_el2(false), UINT64_C(0x30cd183d));
}

TEST(mmu_registers, sctlr_has_iesb_with_ras_only)
{
	EXPECT_EQ(mmu_sctlr_el2(true) ^ mmu_sctlr_el2(false), BIT(21));
}

TEST(mmu_registers, vttbr_is_vmid_above_root)
{
	uint64_t vttbr = mmu_vttbr(pa_init(0x40002000), 0x12);

	EXPECT_EQ(vttbr, UINT64_C(0x0012000040002000));
	EXPECT_EQ(mmu_vttbr_vmid(vttbr), 0x12U);
}

TEST(mmu_registers, fake_enables_with_the_values_of_its_width)
{
	fake_mmu_reset();
	fake_mmu_set_pa_bits(40);

	mmu_stage1_enable(pa_init(0x5000));
	mmu_stage2_enable();

	EXPECT_EQ(mmu_pa_bits(), 40U);
	EXPECT_EQ(fake_mmu_event(0)->op, FAKE_MMU_STAGE1_ENABLE);
	EXPECT_EQ(fake_mmu_event(0)->where, 0x5000U);
	EXPECT_EQ(fake_mmu_event(1)->op, FAKE_MMU_STAGE2_ENABLE);
	EXPECT_EQ(fake_mmu_event(1)->value, mmu_vtcr_el2(40));
}

/* TLB operations. */

#define VTTBR (UINT64_C(3) << 48 | 0x1000)

TEST(tlb, few_ipas_go_one_by_one_then_combined_entries)
{
	fake_mmu_reset();

	tlb_invalidate_ipa(VTTBR, ipa_init(0x5000), ipa_init(0x7000));

	ASSERT_EQ(fake_mmu_event_count(), 3U);
	EXPECT_EQ(fake_mmu_event(0)->op, FAKE_MMU_TLBI_IPA);
	EXPECT_EQ(fake_mmu_event(0)->where, 0x5000U);
	EXPECT_EQ(fake_mmu_event(0)->vmid, 3U);
	EXPECT_EQ(fake_mmu_event(1)->where, 0x6000U);
	EXPECT_EQ(fake_mmu_event(2)->op, FAKE_MMU_TLBI_VMID_STAGE1);
	EXPECT_EQ(fake_mmu_event(2)->vmid, 3U);
}

TEST(tlb, the_largest_range_by_page_is_64_pages)
{
	fake_mmu_reset();

	tlb_invalidate_ipa(VTTBR, ipa_init(0), ipa_init(64 * PAGE_SIZE));

	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_IPA), 64U);
	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_VMID), 0U);
}

TEST(tlb, one_page_more_invalidates_the_whole_vm)
{
	fake_mmu_reset();

	tlb_invalidate_ipa(VTTBR, ipa_init(0), ipa_init(65 * PAGE_SIZE));

	ASSERT_EQ(fake_mmu_event_count(), 1U);
	EXPECT_EQ(fake_mmu_event(0)->op, FAKE_MMU_TLBI_VMID);
	EXPECT_EQ(fake_mmu_event(0)->vmid, 3U);
}

TEST(tlb, el2_addresses_go_one_by_one_or_all_at_once)
{
	fake_mmu_reset();

	tlb_invalidate_el2((vaddr_t){.va = 0x1000}, (vaddr_t){.va = 0x3000});
	tlb_invalidate_el2((vaddr_t){.va = 0}, (vaddr_t){.va = MIB});

	ASSERT_EQ(fake_mmu_event_count(), 3U);
	EXPECT_EQ(fake_mmu_event(0)->op, FAKE_MMU_TLBI_EL2_VA);
	EXPECT_EQ(fake_mmu_event(1)->where, 0x2000U);
	EXPECT_EQ(fake_mmu_event(2)->op, FAKE_MMU_TLBI_EL2_ALL);
}

TEST(tlb, fake_counts_more_than_it_keeps)
{
	fake_mmu_reset();

	for (size_t i = 0; i < FAKE_MMU_EVENTS + 3; i++) {
		pte_sync();
	}

	EXPECT_EQ(fake_mmu_event_count(), FAKE_MMU_EVENTS + 3U);
	EXPECT_PANIC("index", (void)fake_mmu_event(FAKE_MMU_EVENTS));
}
