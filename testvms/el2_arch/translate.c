/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables as the software walker reads them, and as hardware does (AT).
 */
#include "el2.h"

#include "hf/arch/mmu.h"
#include "hft/arch.h"
#include "hft/mm.h"
#include "hftest.h"

#define MODE_RW (MM_MODE_R | MM_MODE_W)
#define IPA UINT64_C(0x80000000)
#define GIB (UINT64_C(1) << 30)
#define ATTR_NORMAL 0xff
#define ATTR_DEVICE_NGNRE 0x04

static void map_stage1(uint64_t begin, uint64_t size, mm_mode_t mode)
{
	struct pa_range range = {pa_init(begin), pa_init(begin + size)};

	ASSERT_EQ(stage1_map(range, mode), MM_OK);
}

TEST(translate, stage1_result_is_what_was_mapped)
{
	uint64_t address = el2_scratch();

	el2_stage1_on();
	map_stage1(address, PAGE_SIZE, MODE_RW);

	EXPECT_EQ(PAR_PA(el2_at_read(address + 0x123)), address);
	EXPECT_EQ(PAR_ATTR(el2_at_read(address)), ATTR_NORMAL);
	EXPECT_EQ(el2_at_write(address) & PAR_F, 0);
	EXPECT_EQ(PAR_FST(el2_at_read(address + PAGE_SIZE)),
		  FST_TRANSLATION_LEVEL3);
	el2_stage1_off();
}

TEST(translate, stage1_device_is_ngnre)
{
	el2_stage1_on();
	map_stage1(GIB / 2, PAGE_SIZE, MODE_RW | MM_MODE_DEVICE);

	EXPECT_EQ(PAR_ATTR(el2_at_read(GIB / 2)), ATTR_DEVICE_NGNRE);
	el2_stage1_off();
}

TEST(translate, stage1_read_only_refuses_writes)
{
	uint64_t address = el2_scratch();

	el2_stage1_on();
	map_stage1(address, PAGE_SIZE, MM_MODE_R);

	EXPECT_EQ(el2_at_read(address) & PAR_F, 0);
	EXPECT_EQ(el2_at_write(address) & PAR_F, PAR_F);
	EXPECT_EQ(PAR_FST(el2_at_write(address)), FST_PERMISSION_LEVEL3);
	el2_stage1_off();
}

TEST(translate, stage1_blocks_of_both_sizes)
{
	uint64_t big = 4 * GIB;

	el2_stage1_on();
	map_stage1(big, GIB + BLOCK_SIZE, MODE_RW);

	EXPECT_EQ(PAR_PA(el2_at_read(big)), big);
	EXPECT_EQ(PAR_PA(el2_at_read(big + GIB - 1)), big + GIB - PAGE_SIZE);
	EXPECT_EQ(PAR_PA(el2_at_read(big + GIB + BLOCK_SIZE - 1)),
		  big + GIB + BLOCK_SIZE - PAGE_SIZE);
	EXPECT_EQ(el2_at_read(big + GIB + BLOCK_SIZE) & PAR_F, PAR_F);
	EXPECT_EQ(el2_at_read(big - 1) & PAR_F, PAR_F);
	el2_stage1_off();
}

TEST(translate, stage1_software_and_hardware_agree)
{
	uint64_t address = el2_scratch();
	mm_mode_t mode;

	el2_stage1_on();
	map_stage1(address, 2 * PAGE_SIZE, MM_MODE_R);
	map_stage1(address + 5 * PAGE_SIZE, PAGE_SIZE, MODE_RW);
	map_stage1(address + BLOCK_SIZE, BLOCK_SIZE, MODE_RW);

	for (uint64_t at = address; at < address + 2 * BLOCK_SIZE;
	     at += PAGE_SIZE) {
		struct pa_range page = {pa_init(at), pa_init(at + PAGE_SIZE)};
		bool is_mapped =
			stage1_query(page, &mode) && mode != MM_MODE_ABSENT;
		bool is_writable = is_mapped && (mode & MM_MODE_W) != 0;

		if (is_mapped != ((el2_at_read(at) & PAR_F) == 0) ||
		    is_writable != ((el2_at_write(at) & PAR_F) == 0)) {
			FAIL("page %#llx, mode %#x", (unsigned long long)at,
			     mode);
		}
	}
	el2_stage1_off();
}

/* Stage 2 of a VM that exists nowhere but here. */
static struct stage2 stage2;

static void stage2_on(void)
{
	ASSERT_EQ(stage2_init(&stage2, 5, el2_pool()), MM_OK);
	mmu_stage2_enable();
	hft_sysreg_write(vttbr_el2, stage2_vttbr(&stage2));
	hft_isb();
}

static void map_stage2(uint64_t ipa, uint64_t pa, uint64_t size, mm_mode_t mode)
{
	struct stage2_map map = {ipa_init(ipa), ipa_init(ipa + size),
				 pa_init(pa), mode};

	ASSERT_EQ(stage2_prepare(&stage2, &map), MM_OK);
	stage2_commit(&stage2, &map);
}

TEST(translate, stage2_result_is_what_was_mapped)
{
	stage2_on();
	map_stage2(IPA, 0x40000000, PAGE_SIZE, MM_MODE_RWX);

	EXPECT_EQ(PAR_PA(el2_at_s12_read(IPA + 0x10)), 0x40000000);
	EXPECT_EQ(el2_at_s12_write(IPA) & PAR_F, 0);
}

TEST(translate, stage2_hole_is_a_fault_of_stage2)
{
	uint64_t par;

	stage2_on();
	map_stage2(IPA, 0x40000000, PAGE_SIZE, MM_MODE_RWX);
	par = el2_at_s12_read(IPA + PAGE_SIZE);

	EXPECT_EQ(par & (PAR_F | PAR_STAGE2), PAR_F | PAR_STAGE2);
	EXPECT_EQ(PAR_FST(par), FST_TRANSLATION_LEVEL3);
}

TEST(translate, stage2_read_only_refuses_writes)
{
	stage2_on();
	map_stage2(IPA, 0x40000000, PAGE_SIZE, MM_MODE_R);

	EXPECT_EQ(el2_at_s12_read(IPA) & PAR_F, 0);
	EXPECT_EQ(PAR_FST(el2_at_s12_write(IPA)), FST_PERMISSION_LEVEL3);
}

TEST(translate, stage2_page_that_is_moved_is_there_at_once)
{
	stage2_on();
	map_stage2(IPA, 0x40000000, PAGE_SIZE, MM_MODE_RWX);
	ASSERT_EQ(PAR_PA(el2_at_s12_read(IPA)), 0x40000000);

	map_stage2(IPA, 0x40005000, PAGE_SIZE, MM_MODE_RWX);

	EXPECT_EQ(PAR_PA(el2_at_s12_read(IPA)), 0x40005000);
}

TEST(translate, stage2_unmapped_block_is_gone_at_once)
{
	stage2_on();
	map_stage2(IPA, 0x40000000, 4 * BLOCK_SIZE, MM_MODE_RWX);
	ASSERT_EQ(el2_at_s12_read(IPA + BLOCK_SIZE) & PAR_F, 0);

	ASSERT_EQ(stage2_unmap(&stage2, ipa_init(IPA + BLOCK_SIZE),
			       ipa_init(IPA + 2 * BLOCK_SIZE)),
		  MM_OK);

	EXPECT_EQ(el2_at_s12_read(IPA + BLOCK_SIZE - 1) & PAR_F, 0);
	EXPECT_EQ(el2_at_s12_read(IPA + BLOCK_SIZE) & PAR_F, PAR_F);
	EXPECT_EQ(el2_at_s12_read(IPA + 2 * BLOCK_SIZE) & PAR_F, 0);
}

TEST(translate, stage2_is_the_same_after_defragmentation)
{
	stage2_on();
	map_stage2(IPA, 0x40000000, BLOCK_SIZE, MM_MODE_RWX);
	map_stage2(IPA + PAGE_SIZE, 0x40001000, PAGE_SIZE, MM_MODE_R);
	ASSERT_EQ(el2_at_s12_write(IPA + PAGE_SIZE) & PAR_F, PAR_F);
	map_stage2(IPA + PAGE_SIZE, 0x40001000, PAGE_SIZE, MM_MODE_RWX);

	stage2_defragment(&stage2, ipa_init(IPA), ipa_init(IPA + BLOCK_SIZE));

	for (uint64_t at = 0; at < BLOCK_SIZE; at += PAGE_SIZE) {
		if (PAR_PA(el2_at_s12_write(IPA + at)) != 0x40000000 + at) {
			FAIL("page %#llx", (unsigned long long)at);
		}
	}
}

TEST(translate, stage2_covers_every_address_of_the_cpu)
{
	uint64_t top = BIT(mmu_pa_bits());

	stage2_on();
	map_stage2(top - GIB, 0x40000000, GIB, MM_MODE_RWX);
	map_stage2(0, 0x40000000, PAGE_SIZE, MM_MODE_RWX);

	EXPECT_EQ(PAR_PA(el2_at_s12_read(top - PAGE_SIZE)),
		  0x40000000 + GIB - PAGE_SIZE);
	EXPECT_EQ(PAR_PA(el2_at_s12_read(0)), 0x40000000);
	EXPECT_EQ(el2_at_s12_read(top - GIB - 1) & PAR_F, PAR_F);
}

TEST(translate, stage2_of_another_vm_is_another)
{
	static struct stage2 other;
	struct stage2_map map = {ipa_init(IPA), ipa_init(IPA + PAGE_SIZE),
				 pa_init(0x40007000), MM_MODE_RWX};

	stage2_on();
	map_stage2(IPA, 0x40000000, PAGE_SIZE, MM_MODE_RWX);
	ASSERT_EQ(stage2_init(&other, 6, stage2.table.pool), MM_OK);
	ASSERT_EQ(stage2_prepare(&other, &map), MM_OK);
	stage2_commit(&other, &map);

	ASSERT_EQ(PAR_PA(el2_at_s12_read(IPA)), 0x40000000);
	hft_sysreg_write(vttbr_el2, stage2_vttbr(&other));
	hft_isb();
	EXPECT_EQ(PAR_PA(el2_at_s12_read(IPA)), 0x40007000);
}
