/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of mm/ownership.c: each step of ownership.def from each pair of states.
 * See docs/memory.md.
 */
#include "hf/mm/ownership.h"

#include <string.h>

#include "hf/arch/fake/machine.h"
#include "hf/mm/stage1.h"
#include "hftest.h"
#include "mm_fixture.h"

#define OWN (MM_MODE_RWX | MM_MODE_OWNED)
/** What the owner has, and where it really is. */
#define IPA UINT64_C(0x40000000)
#define SHIFT GIB
#define SIZE (2 * GIB)
#define OTHER_RIGHTS (MM_MODE_R | MM_MODE_W)
#define POOL_PAGES 64U

static struct page_pool pool;
static struct stage2 owner;
static struct stage2 other;
static struct range_list ranges;

static void begin(void)
{
	struct stage2_map map = {
		.begin = ipa_init(IPA),
		.end = ipa_init(IPA + SIZE),
		.pa = pa_init(IPA + SHIFT),
		.mode = OWN,
	};

	fake_mmu_reset();
	stage1_reset();
	fixture_pool(&pool, POOL_PAGES);
	ASSERT_EQ(stage1_init(&pool), MM_OK);
	ASSERT_EQ(stage2_init(&owner, 1, &pool), MM_OK);
	ASSERT_EQ(stage2_init(&other, 2, &pool), MM_OK);
	ASSERT_EQ(stage2_prepare(&owner, &map), MM_OK);
	stage2_commit(&owner, &map);
	range_list_init(&ranges);
}

/** `count` pages from page `first` of what the owner has. */
static void add(uint64_t first, uint64_t count)
{
	range_list_append(&ranges, ipa_init(IPA + first * PAGE_SIZE),
			  pa_init(IPA + SHIFT + first * PAGE_SIZE), count);
}

static struct ownership_change change(enum ownership_step step)
{
	return (struct ownership_change){
		.step = step,
		.ranges = &ranges,
		.owner = {&owner, MM_MODE_RWX},
		.other = {&other, OTHER_RIGHTS},
	};
}

static enum ownership_status make(enum ownership_step step)
{
	struct ownership_change made = change(step);
	enum ownership_status status = ownership_prepare(&made);

	if (status == OWNERSHIP_OK) {
		ownership_commit(&made);
	}
	return status;
}

static mm_mode_t mode_in(const struct stage2 *stage2, uint64_t ipa)
{
	mm_mode_t mode = (mm_mode_t)-1;

	(void)!stage2_query(stage2, ipa_init(ipa), ipa_init(ipa + 1), &mode);
	return mode;
}

static mm_mode_t owner_mode(uint64_t page)
{
	return mode_in(&owner, IPA + page * PAGE_SIZE);
}

static mm_mode_t other_mode(uint64_t page)
{
	return mode_in(&other, IPA + SHIFT + page * PAGE_SIZE);
}

/** Put page 0 there, whatever it was. */
static void set_states(enum page_state of_owner, enum page_state of_other)
{
	struct stage2_map map = {
		.begin = ipa_init(IPA),
		.end = ipa_init(IPA + PAGE_SIZE),
		.pa = pa_init(IPA + SHIFT),
		.mode = ownership_mode(of_owner, MM_MODE_RWX),
	};

	ASSERT_EQ(stage2_prepare(&owner, &map), MM_OK);
	stage2_commit(&owner, &map);
	map.begin.ipa += SHIFT;
	map.end.ipa += SHIFT;
	map.mode = ownership_mode(of_other, OTHER_RIGHTS);
	ASSERT_EQ(stage2_prepare(&other, &map), MM_OK);
	stage2_commit(&other, &map);
}

TEST(ownership, each_state_has_a_mode_of_its_own)
{
	for (enum page_state s = PAGE_NONE; s < PAGE_STATE_COUNT; s++) {
		EXPECT_EQ(ownership_state(ownership_mode(s, MM_MODE_R)), s);
		EXPECT_EQ(ownership_state(ownership_mode(s, MM_MODE_RWX)), s);
	}
	EXPECT_EQ(ownership_state(MM_MODE_OWNED | MM_MODE_SHARED |
				  MM_MODE_NO_ACCESS),
		  PAGE_STATE_COUNT);
}

TEST(ownership, who_has_no_access_has_no_valid_entry)
{
	EXPECT_FALSE(mm_mode_is_valid(ownership_mode(PAGE_LENT, RWX)));
	EXPECT_FALSE(mm_mode_is_valid(ownership_mode(PAGE_DONATED, RWX)));
	EXPECT_FALSE(mm_mode_is_valid(ownership_mode(PAGE_NONE, RWX)));
	EXPECT_TRUE(mm_mode_is_valid(ownership_mode(PAGE_SHARED, RWX)));
	EXPECT_TRUE(mm_mode_is_valid(ownership_mode(PAGE_BORROWED, RWX)));
	EXPECT_TRUE(mm_mode_is_valid(ownership_mode(PAGE_JOINED, RWX)));
}

static bool begins_with(uint8_t rule, enum page_state state)
{
	return rule == PAGE_KEPT || rule == state;
}

static enum page_state ends_with(uint8_t rule, enum page_state state)
{
	return rule == PAGE_KEPT ? state : (enum page_state)rule;
}

/** One step from one pair of states: as the rule says, or nothing at all. */
static void try_step(enum ownership_step step, enum page_state of_owner,
		     enum page_state of_other)
{
	struct ownership_rule rule = ownership_rule_of(step);
	bool is_legal = begins_with(rule.owner.from, of_owner) &&
			begins_with(rule.other.from, of_other);
	enum page_state owner_to = of_owner;
	enum page_state other_to = of_other;

	set_states(of_owner, of_other);
	if (is_legal) {
		owner_to = ends_with(rule.owner.to, of_owner);
		other_to = ends_with(rule.other.to, of_other);
	}

	EXPECT_EQ(make(step), is_legal ? OWNERSHIP_OK : OWNERSHIP_WRONG_STATE);
	EXPECT_EQ(owner_mode(0), ownership_mode(owner_to, MM_MODE_RWX));
	EXPECT_EQ(other_mode(0), ownership_mode(other_to, OTHER_RIGHTS));
	EXPECT_EQ(owner_mode(1), OWN);
	EXPECT_EQ(other_mode(1), MM_MODE_ABSENT);
}

TEST(ownership, every_step_from_every_pair_of_states)
{
	begin();
	add(0, 1);
	for (enum ownership_step step = 0; step < OWNERSHIP_STEP_COUNT;
	     step++) {
		for (enum page_state a = 0; a < PAGE_STATE_COUNT; a++) {
			for (enum page_state b = 0; b < PAGE_STATE_COUNT; b++) {
				try_step(step, a, b);
			}
		}
	}
}

/** Steps there and back for one sort of transaction. */
struct journey {
	enum ownership_step steps[4];
};

static const struct journey journeys[] = {
	{{OWNERSHIP_SHARE, OWNERSHIP_RETRIEVE_SHARED,
	  OWNERSHIP_RELINQUISH_SHARED, OWNERSHIP_RECLAIM_SHARED}},
	{{OWNERSHIP_LEND, OWNERSHIP_RETRIEVE_LENT, OWNERSHIP_RELINQUISH_LENT,
	  OWNERSHIP_RECLAIM_LENT}},
	{{OWNERSHIP_DONATE, OWNERSHIP_RECLAIM_DONATED, OWNERSHIP_DONATE,
	  OWNERSHIP_RECLAIM_DONATED}},
	{{OWNERSHIP_MAP_BUFFER, OWNERSHIP_UNMAP_BUFFER, OWNERSHIP_MAP_BUFFER,
	  OWNERSHIP_UNMAP_BUFFER}},
};

/** All the ranges that are in `ranges`, there and back. */
static void travel(const struct journey *journey)
{
	for (size_t i = 0; i < ARRAY_SIZE(journey->steps); i++) {
		EXPECT_EQ(make(journey->steps[i]), OWNERSHIP_OK);
	}
}

static void there_and_back(uint64_t first, uint64_t count)
{
	size_t free_count;
	mm_mode_t mode = 0;

	begin();
	add(first, count);
	free_count = page_pool_count(&pool);
	for (size_t i = 0; i < ARRAY_SIZE(journeys); i++) {
		travel(&journeys[i]);
		EXPECT_EQ(page_pool_count(&pool), free_count);
	}
	EXPECT_TRUE(stage2_query(&owner, ipa_init(IPA), ipa_init(IPA + SIZE),
				 &mode));
	EXPECT_EQ(mode, OWN);
	EXPECT_TRUE(
		stage2_query(&other, ipa_init(0), ipa_init(4 * GIB), &mode));
	EXPECT_EQ(mode, MM_MODE_ABSENT);
}

TEST(ownership, tables_are_as_before_after_a_page_came_back)
{
	there_and_back(0, 1);
	there_and_back(511, 1);
	there_and_back(1000, 1);
}

TEST(ownership, tables_are_as_before_after_a_block_came_back)
{
	there_and_back(512, 512);
	there_and_back(0, 0x40000);
}

TEST(ownership, tables_are_as_before_after_pages_across_blocks_came_back)
{
	there_and_back(511, 2);
	there_and_back(300, 512);
	there_and_back(0x3ffff, 2);
	there_and_back(1, 0x7fffe);
}

TEST(ownership, tables_are_as_before_after_scattered_pages_came_back)
{
	size_t free_count;

	begin();
	for (uint64_t i = 0; i < RANGE_LIST_OWN; i++) {
		add((i * 5 % RANGE_LIST_OWN) * 200, 1 + i);
	}
	free_count = page_pool_count(&pool);
	for (size_t i = 0; i < ARRAY_SIZE(journeys); i++) {
		travel(&journeys[i]);
		EXPECT_EQ(page_pool_count(&pool), free_count);
	}
}

/** Halves of one block, each of its own transaction, come back one by one. */
TEST(ownership, neighbours_of_the_same_state_are_not_merged)
{
	struct range_list first;
	struct range_list second;

	begin();
	add(0, 256);
	first = ranges;
	range_list_init(&ranges);
	add(256, 256);
	second = ranges;
	ASSERT_EQ(make(OWNERSHIP_DONATE), OWNERSHIP_OK);
	ranges = first;
	ASSERT_EQ(make(OWNERSHIP_DONATE), OWNERSHIP_OK);
	while (page_pool_alloc(&pool) != NULL) {
	}

	EXPECT_EQ(make(OWNERSHIP_RETRIEVE_DONATED), OWNERSHIP_NO_MEMORY);
	EXPECT_EQ(make(OWNERSHIP_RECLAIM_DONATED), OWNERSHIP_OK);
	ranges = second;
	EXPECT_EQ(make(OWNERSHIP_RECLAIM_DONATED), OWNERSHIP_OK);
	EXPECT_EQ(owner_mode(0), OWN);
	EXPECT_EQ(owner_mode(511), OWN);
}

TEST(ownership, donated_memory_is_the_other_s)
{
	begin();
	add(7, 3);

	ASSERT_EQ(make(OWNERSHIP_DONATE), OWNERSHIP_OK);
	ASSERT_EQ(make(OWNERSHIP_RETRIEVE_DONATED), OWNERSHIP_OK);

	EXPECT_EQ(owner_mode(7), MM_MODE_ABSENT);
	EXPECT_EQ(other_mode(7), OTHER_RIGHTS | MM_MODE_OWNED);
	EXPECT_EQ(other_mode(9), OTHER_RIGHTS | MM_MODE_OWNED);
	EXPECT_EQ(other_mode(10), MM_MODE_ABSENT);
	EXPECT_EQ(make(OWNERSHIP_RECLAIM_DONATED), OWNERSHIP_WRONG_STATE);
}

TEST(ownership, owner_elsewhere_in_memory_is_not_ready)
{
	struct ownership_change made;

	begin();
	add(0, 1);
	ranges.own[0].pa += PAGE_SIZE;
	made = change(OWNERSHIP_SHARE);

	EXPECT_EQ(ownership_prepare(&made), OWNERSHIP_WRONG_STATE);
}

TEST(ownership, owner_with_other_rights_is_not_ready)
{
	struct ownership_change made;

	begin();
	add(0, 1);
	made = change(OWNERSHIP_SHARE);
	made.owner.rights = MM_MODE_R;

	EXPECT_EQ(ownership_prepare(&made), OWNERSHIP_WRONG_STATE);
}

TEST(ownership, what_the_other_has_not_room_for_is_refused)
{
	begin();
	fake_mmu_set_pa_bits(40);
	ASSERT_EQ(stage2_init(&other, 3, &pool), MM_OK);
	range_list_append(&ranges, ipa_init(IPA), pa_init(UINT64_C(1) << 40),
			  1);

	EXPECT_EQ(make(OWNERSHIP_RETRIEVE_LENT), OWNERSHIP_WRONG_STATE);
}

/** With `left` pages, and nothing has changed when it says that it lacks. */
static enum ownership_status make_with_pages(enum ownership_step step,
					     size_t left)
{
	enum ownership_status status;

	while (page_pool_count(&pool) > left) {
		ASSERT_TRUE(page_pool_alloc(&pool) != NULL);
	}
	status = make(step);
	if (status == OWNERSHIP_NO_MEMORY) {
		EXPECT_EQ(page_pool_count(&pool), left);
	}
	return status;
}

/** Two ranges in two gigabytes: two tables each, and one above the other's. */
static void begin_far_apart(void)
{
	begin();
	add(5, 1);
	add(0x40005, 1);
}

TEST(ownership, owner_s_tables_come_all_or_none)
{
	for (size_t left = 0; left < 4; left++) {
		begin_far_apart();
		EXPECT_EQ(make_with_pages(OWNERSHIP_LEND, left),
			  OWNERSHIP_NO_MEMORY);
		EXPECT_EQ(owner_mode(5), OWN);
		EXPECT_EQ(owner_mode(0x40005), OWN);
	}
	begin_far_apart();
	EXPECT_EQ(make_with_pages(OWNERSHIP_LEND, 4), OWNERSHIP_OK);
}

TEST(ownership, other_s_tables_come_all_or_none)
{
	for (size_t left = 0; left < 5; left++) {
		begin_far_apart();
		ASSERT_EQ(make(OWNERSHIP_LEND), OWNERSHIP_OK);
		EXPECT_EQ(make_with_pages(OWNERSHIP_RETRIEVE_LENT, left),
			  OWNERSHIP_NO_MEMORY);
		EXPECT_EQ(other_mode(5), MM_MODE_ABSENT);
	}
	begin_far_apart();
	ASSERT_EQ(make(OWNERSHIP_LEND), OWNERSHIP_OK);
	EXPECT_EQ(make_with_pages(OWNERSHIP_RETRIEVE_LENT, 5), OWNERSHIP_OK);
}

TEST(ownership, way_back_needs_no_memory)
{
	begin_far_apart();
	ASSERT_EQ(make(OWNERSHIP_LEND), OWNERSHIP_OK);
	ASSERT_EQ(make(OWNERSHIP_RETRIEVE_LENT), OWNERSHIP_OK);

	EXPECT_EQ(make_with_pages(OWNERSHIP_RELINQUISH_LENT, 0), OWNERSHIP_OK);
	EXPECT_EQ(make(OWNERSHIP_RECLAIM_LENT), OWNERSHIP_OK);
}

TEST(ownership, cancel_leaves_no_tables)
{
	struct ownership_change made;
	size_t free_count;

	begin_far_apart();
	free_count = page_pool_count(&pool);
	made = change(OWNERSHIP_SHARE);
	ASSERT_EQ(ownership_prepare(&made), OWNERSHIP_OK);
	EXPECT_EQ(page_pool_count(&pool), free_count - 4);
	ownership_cancel(&made);
	EXPECT_EQ(page_pool_count(&pool), free_count);

	ASSERT_EQ(make(OWNERSHIP_SHARE), OWNERSHIP_OK);
	free_count = page_pool_count(&pool);
	made = change(OWNERSHIP_RETRIEVE_SHARED);
	ASSERT_EQ(ownership_prepare(&made), OWNERSHIP_OK);
	ownership_cancel(&made);
	EXPECT_EQ(page_pool_count(&pool), free_count);
}

/** Who loses access does so on all CPUs; who keeps it is not disturbed. */
TEST(ownership, tlbs_are_invalidated_when_access_is_lost)
{
	begin();
	add(5, 1);
	ASSERT_EQ(make(OWNERSHIP_SHARE), OWNERSHIP_OK);
	ASSERT_EQ(make(OWNERSHIP_RECLAIM_SHARED), OWNERSHIP_OK);

	add(6, 1);
	ASSERT_EQ(make(OWNERSHIP_LEND), OWNERSHIP_OK);
	fake_mmu_clear();
	ASSERT_EQ(make(OWNERSHIP_RETRIEVE_LENT), OWNERSHIP_OK);
	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_IPA) +
			  fake_mmu_count(FAKE_MMU_TLBI_VMID),
		  0U);
	ASSERT_EQ(make(OWNERSHIP_RELINQUISH_LENT), OWNERSHIP_OK);
	EXPECT_GT(fake_mmu_count(FAKE_MMU_TLBI_IPA) +
			  fake_mmu_count(FAKE_MMU_TLBI_VMID),
		  0U);
}

static void add_real(size_t first, size_t count)
{
	struct pa_range real = fixture_range(first, count);

	memset(ptr_from_pa(real.begin), 0xa5, pa_range_size(real));
	range_list_append(&ranges, ipa_from_pa(real.begin), real.begin, count);
}

TEST(ownership_clear, zeros_all_ranges_and_cleans_them)
{
	const uint8_t *bytes = ptr_from_pa(fixture_range(200, 8).begin);
	size_t free_count;

	begin();
	memset(ptr_from_pa(fixture_range(200, 8).begin), 0xa5, 8 * PAGE_SIZE);
	add_real(205, 1);
	add_real(201, 2);
	free_count = page_pool_count(&pool);
	fake_machine_reset();

	ASSERT_TRUE(ownership_clear_prepare(&ranges));
	ownership_clear_commit(&ranges);

	EXPECT_EQ(bytes[PAGE_SIZE - 1], 0xa5);
	EXPECT_EQ(bytes[PAGE_SIZE], 0);
	EXPECT_EQ(bytes[3 * PAGE_SIZE - 1], 0);
	EXPECT_EQ(bytes[3 * PAGE_SIZE], 0xa5);
	EXPECT_EQ(bytes[5 * PAGE_SIZE], 0);
	EXPECT_EQ(bytes[6 * PAGE_SIZE - 1], 0);
	EXPECT_EQ(bytes[6 * PAGE_SIZE], 0xa5);
	EXPECT_EQ(fake_cache_code_bytes(), 3 * PAGE_SIZE);
	EXPECT_EQ(page_pool_count(&pool), free_count);
}

TEST(ownership_clear, our_own_map_is_as_before)
{
	struct pa_range all = {pa_init(0), pa_init(UINT64_C(1) << 48)};
	mm_mode_t mode = 0;

	begin();
	add_real(205, 1);
	add_real(201, 2);
	ASSERT_TRUE(ownership_clear_prepare(&ranges));
	ownership_clear_cancel(&ranges);

	EXPECT_TRUE(stage1_query(all, &mode));
	EXPECT_EQ(mode, MM_MODE_ABSENT);
	EXPECT_EQ(*(const uint8_t *)ptr_from_pa(fixture_range(205, 1).begin),
		  0xa5);
}

TEST(ownership_clear, tables_come_all_or_none)
{
	for (size_t left = 0; left < 5; left++) {
		begin();
		add(0, 1);
		add(0x40000, 1);
		while (page_pool_count(&pool) > left) {
			ASSERT_TRUE(page_pool_alloc(&pool) != NULL);
		}

		EXPECT_FALSE(ownership_clear_prepare(&ranges));
		EXPECT_EQ(page_pool_count(&pool), left);
	}
}
