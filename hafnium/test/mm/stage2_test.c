/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of mm/stage2.c, as boot and dispatch use it. See docs/memory.md. */
#include "hf/mm/stage2.h"

#include "hftest.h"
#include "mm_fixture.h"

#define OWNED_RWX (MM_MODE_RWX | MM_MODE_OWNED)

static struct page_pool pool;
static struct stage2 stage2;

static void begin(unsigned int bits, size_t pages)
{
	fake_mmu_reset();
	fake_mmu_set_pa_bits(bits);
	fixture_pool(&pool, pages);
	ASSERT_EQ(stage2_init(&stage2, 5, &pool), MM_OK);
	fake_mmu_clear();
}

static struct pa_range range(uint64_t begin_pa, uint64_t end_pa)
{
	return (struct pa_range){.begin = pa_init(begin_pa),
				 .end = pa_init(end_pa)};
}

TEST(stage2, vttbr_names_root_and_vm)
{
	begin(40, 4);

	EXPECT_EQ(stage2_vttbr(&stage2) >> 48, 5U);
	EXPECT_EQ(stage2_vttbr(&stage2) & BITS(47, 0),
		  ptable_root(&stage2.table).pa);
}

TEST(stage2, init_is_refused_without_memory)
{
	struct stage2 other;

	begin(42, 16);

	EXPECT_EQ(stage2_init(&other, 6, &pool), MM_OK);
	EXPECT_EQ(stage2_init(&other, 7, &pool), MM_NO_MEMORY);
}

TEST(stage2, fini_gives_every_page_back)
{
	begin(40, 16);
	ASSERT_EQ(stage2_map_identity(&stage2, range(0x1000, 0x5000), RW),
		  MM_OK);

	stage2_fini(&stage2);

	EXPECT_EQ(page_pool_count(&pool), 16U);
}

/** What boot does for a primary on QEMU's board with 4 GiB. */
TEST(stage2, primary_of_4_gib_takes_a_handful_of_tables_and_stores)
{
	mm_mode_t mode = 0;

	begin(44, 16);
	ASSERT_EQ(stage2_map_identity(&stage2, range(0, TIB), RW_DEVICE),
		  MM_OK);
	ASSERT_EQ(stage2_map_identity(&stage2, range(GIB, 5 * GIB), OWNED_RWX),
		  MM_OK);
	fake_mmu_clear();
	ASSERT_EQ(stage2_unmap(&stage2, ipa_init(GIB + 0x1000),
			       ipa_init(GIB + 0x100000)),
		  MM_OK);
	ASSERT_EQ(stage2_unmap(&stage2, ipa_init(5 * GIB - MIB),
			       ipa_init(5 * GIB)),
		  MM_OK);

	/* Root, two of level 1, and two cuts of two tables each. */
	EXPECT_EQ(page_pool_count(&pool), 16U - 3 - 4);
	EXPECT_LT(fake_mmu_count(FAKE_MMU_WRITE), 600U);
	EXPECT_TRUE(stage2_query(&stage2, ipa_init(GIB + 0x100000),
				 ipa_init(5 * GIB - MIB), &mode));
	EXPECT_EQ(mode, OWNED_RWX);
}

TEST(stage2, identity_must_be_page_aligned)
{
	begin(40, 16);

	EXPECT_EQ(stage2_map_identity(&stage2, range(0x1001, 0x2000), RW),
		  MM_BAD_RANGE);
	EXPECT_EQ(stage2_unmap(&stage2, ipa_init(0x1000), ipa_init(0x1fff)),
		  MM_BAD_RANGE);
}

TEST(stage2, prepared_change_takes_effect_at_commit)
{
	struct stage2_map map = {
		.begin = ipa_init(0x1000),
		.end = ipa_init(0x3000),
		.pa = pa_init(0x80001000),
		.mode = MM_MODE_R,
	};

	begin(40, 16);
	ASSERT_EQ(stage2_prepare(&stage2, &map), MM_OK);
	EXPECT_FALSE(stage2_allows(&stage2, ipa_init(0x1000), MM_MODE_R));

	stage2_commit(&stage2, &map);

	EXPECT_TRUE(stage2_allows(&stage2, ipa_init(0x1000), MM_MODE_R));
	EXPECT_TRUE(stage2_allows(&stage2, ipa_init(0x2fff), MM_MODE_R));
	EXPECT_FALSE(stage2_allows(&stage2, ipa_init(0x3000), MM_MODE_R));
}

TEST(stage2, allows_an_access_with_all_its_rights_only)
{
	begin(40, 16);
	ASSERT_EQ(stage2_map_identity(&stage2, range(0x1000, 0x2000), RX),
		  MM_OK);

	EXPECT_TRUE(stage2_allows(&stage2, ipa_init(0x1800), MM_MODE_R));
	EXPECT_TRUE(stage2_allows(&stage2, ipa_init(0x1800), RX));
	EXPECT_FALSE(stage2_allows(&stage2, ipa_init(0x1800), MM_MODE_W));
	EXPECT_FALSE(stage2_allows(&stage2, ipa_init(0x1800), RW));
}

TEST(stage2, allows_nothing_that_is_only_remembered)
{
	begin(40, 16);
	ASSERT_EQ(stage2_map_identity(&stage2, range(0x1000, 0x2000),
				      OWNED_RWX | MM_MODE_NO_ACCESS),
		  MM_OK);

	EXPECT_FALSE(stage2_allows(&stage2, ipa_init(0x1000), MM_MODE_R));
	EXPECT_FALSE(stage2_allows(&stage2, ipa_init(0x1000), 0));
}

TEST(stage2, allows_nothing_beyond_its_addresses)
{
	begin(40, 16);

	EXPECT_FALSE(stage2_allows(&stage2, ipa_init(TIB), MM_MODE_R));
	EXPECT_FALSE(stage2_allows(&stage2, ipa_init(UINT64_MAX), MM_MODE_R));
}

TEST(stage2, lent_and_taken_back_the_tables_are_as_before)
{
	struct stage2_map lend = {
		.begin = ipa_init(GIB + 0x5000),
		.end = ipa_init(GIB + 0x7000),
		.pa = pa_init(GIB + 0x5000),
		.mode = OWNED_RWX | MM_MODE_NO_ACCESS,
	};
	mm_mode_t mode = 0;
	size_t count;

	begin(40, 16);
	ASSERT_EQ(stage2_map_identity(&stage2, range(GIB, 2 * GIB), OWNED_RWX),
		  MM_OK);
	count = page_pool_count(&pool);
	ASSERT_EQ(stage2_prepare(&stage2, &lend), MM_OK);
	stage2_commit(&stage2, &lend);
	EXPECT_FALSE(
		stage2_query(&stage2, ipa_init(GIB), ipa_init(2 * GIB), &mode));

	lend.mode = OWNED_RWX;
	stage2_commit(&stage2, &lend);
	stage2_defragment(&stage2, lend.begin, lend.end);

	EXPECT_TRUE(
		stage2_query(&stage2, ipa_init(GIB), ipa_init(2 * GIB), &mode));
	EXPECT_EQ(mode, OWNED_RWX);
	EXPECT_EQ(page_pool_count(&pool), count);
}

TEST(stage2, two_vms_have_maps_of_their_own)
{
	struct stage2 other;

	begin(40, 32);
	ASSERT_EQ(stage2_init(&other, 6, &pool), MM_OK);
	fake_mmu_clear();

	ASSERT_EQ(stage2_map_identity(&other, range(0, 0x1000), RW), MM_OK);
	ASSERT_EQ(stage2_unmap(&other, ipa_init(0), ipa_init(0x1000)), MM_OK);

	EXPECT_FALSE(stage2_allows(&stage2, ipa_init(0), MM_MODE_R));
	EXPECT_EQ(fake_mmu_event(fixture_find(FAKE_MMU_TLBI_IPA, 0))->vmid, 6U);
}
