/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of stage2_look(): where a VM's pages lie. See docs/memory.md. */
#include "fixture/translate.h"
#include "hftest.h"
#include "mm_fixture.h"

static struct page_pool pool;
static struct stage2 stage2;

static void begin(void)
{
	fake_mmu_reset();
	fake_mmu_set_pa_bits(40);
	fixture_pool(&pool, 32);
	ASSERT_EQ(stage2_init(&stage2, 5, &pool), MM_OK);
}

static void map(uint64_t ipa, uint64_t pa, uint64_t size, mm_mode_t mode)
{
	struct stage2_map change = {
		.begin = ipa_init(ipa),
		.end = ipa_init(ipa + size),
		.pa = pa_init(pa),
		.mode = mode,
	};

	ASSERT_EQ(stage2_prepare(&stage2, &change), MM_OK);
	stage2_commit(&stage2, &change);
}

/** The address behind `ipa`; 0: there is no single answer. */
static uint64_t pa_of(uint64_t ipa, uint64_t size)
{
	struct stage2_map map = {.begin = ipa_init(ipa),
				 .end = ipa_init(ipa + size)};

	return translate_piece(&stage2, &map) ? map.pa.pa : 0;
}

TEST(stage2_look, pages_behind_blocks_and_tables)
{
	begin();
	map(GIB, 3 * GIB, 2 * GIB, RWX);

	EXPECT_EQ(pa_of(GIB, 2 * GIB), 3 * GIB);
	EXPECT_EQ(pa_of(GIB + 0x5000, 0x1000), 3 * GIB + 0x5000);
	map(GIB + 0x4000, 3 * GIB + 0x4000, 0x1000, RW);
	EXPECT_EQ(pa_of(GIB + 0x5000, GIB), 3 * GIB + 0x5000);
	EXPECT_EQ(pa_of(3 * GIB - 0x1000, 0x1000), 5 * GIB - 0x1000);
}

TEST(stage2_look, mode_is_stored)
{
	struct stage2_map found = {.begin = ipa_init(GIB),
				   .end = ipa_init(GIB + 0x2000)};

	begin();
	map(GIB, 0x1000, 0x2000, RW | MM_MODE_OWNED);

	ASSERT_TRUE(translate_piece(&stage2, &found));
	EXPECT_EQ(found.mode, RW | MM_MODE_OWNED);
	EXPECT_EQ(found.begin.ipa, GIB);
	EXPECT_EQ(found.end.ipa, GIB + 0x2000);
}

TEST(stage2_look, scattered_pages_are_not_one_range)
{
	begin();
	map(GIB, 0x5000, 0x1000, RW);
	map(GIB + 0x1000, 0x7000, 0x1000, RW);
	map(GIB + 0x2000, 0x8000, 0x1000, RW);

	EXPECT_EQ(pa_of(GIB, 0x2000), 0U);
	EXPECT_EQ(pa_of(GIB, 0x3000), 0U);
	EXPECT_EQ(pa_of(GIB + 0x1000, 0x2000), 0x7000U);
	EXPECT_EQ(pa_of(GIB, 0x1000), 0x5000U);
}

TEST(stage2_look, mixed_modes_are_not_one_range)
{
	begin();
	map(GIB, 0x5000, 0x1000, RW);
	map(GIB + 0x1000, 0x6000, 0x1000, RWX);

	EXPECT_EQ(pa_of(GIB, 0x2000), 0U);
}

TEST(stage2_look, nothing_is_behind_absent_pages)
{
	struct stage2_map found = {.begin = ipa_init(0),
				   .end = ipa_init(GIB),
				   .pa = pa_init(0x1234),
				   .mode = MM_MODE_X};

	begin();
	map(GIB, 0x5000, 0x1000, RW);

	EXPECT_FALSE(translate_piece(&stage2, &found));
	EXPECT_EQ(found.pa.pa, 0x1234U);
	EXPECT_EQ(found.mode, MM_MODE_X);
	EXPECT_EQ(pa_of(GIB, 0x2000), 0U);
	EXPECT_EQ(pa_of(GIB - 0x1000, 0x2000), 0U);
}

TEST(stage2_look, impossible_ranges)
{
	begin();
	map(0, 0, TIB, RW);

	EXPECT_EQ(pa_of(GIB, 0), 0U);
	EXPECT_EQ(pa_of(TIB - 0x1000, 0x2000), 0U);
	EXPECT_EQ(pa_of(GIB, UINT64_MAX), 0U);
	EXPECT_EQ(pa_of(TIB - 0x1000, 0x1000), TIB - 0x1000);
}
