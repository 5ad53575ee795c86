/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of mm/range_list.c. See docs/memory.md. */
#include "hf/mm/range_list.h"

#include "hftest.h"
#include "mm_fixture.h"

static struct range_list list;

static void begin(void)
{
	range_list_init(&list);
}

static void *list_page(size_t i)
{
	return ptr_from_pa(fixture_range(i, 1).begin);
}

/** [page, page + count), where `pa` is `page` + `shift`. */
static void add(uint64_t page, uint64_t count, uint64_t shift)
{
	if (list.count == range_list_room(&list)) {
		range_list_add_page(&list, list_page(list.list_page_count));
	}
	range_list_append(&list, ipa_init(page * PAGE_SIZE),
			  pa_init((page + shift) * PAGE_SIZE), count);
}

static bool is_range(uint32_t i, uint64_t page, uint64_t count, uint64_t shift)
{
	struct page_range range = range_list_get(&list, i);

	return range.ipa.ipa == page * PAGE_SIZE &&
	       range.pa.pa == (page + shift) * PAGE_SIZE &&
	       range.page_count == count;
}

TEST(range_list, keeps_what_it_is_given)
{
	begin();
	add(5, 1, 0);
	add(0, 3, 100);

	EXPECT_EQ(list.count, 2U);
	EXPECT_TRUE(is_range(0, 5, 1, 0));
	EXPECT_TRUE(is_range(1, 0, 3, 100));
}

TEST(range_list, keeps_the_largest_numbers)
{
	struct page_range range = {
		.ipa = ipa_init(BITS(63, 12)),
		.pa = pa_init(BITS(47, 12)),
		.page_count = RANGE_MAX_PAGES,
	};
	struct page_range kept;

	begin();
	range_list_append(&list, range.ipa, range.pa, range.page_count);
	range_list_append(&list, range.ipa, range.pa, range.page_count);
	EXPECT_TRUE(range_list_overlaps(&list));
	kept = range_list_get(&list, 1);

	EXPECT_EQ(kept.ipa.ipa, range.ipa.ipa);
	EXPECT_EQ(kept.pa.pa, range.pa.pa);
	EXPECT_EQ(kept.page_count, range.page_count);
}

TEST(range_list, has_room_of_its_own_and_of_pages)
{
	begin();
	EXPECT_EQ(range_list_room(&list), RANGE_LIST_OWN);
	range_list_add_page(&list, list_page(0));
	EXPECT_EQ(range_list_room(&list), RANGE_LIST_PER_PAGE);
	range_list_add_page(&list, list_page(1));
	EXPECT_EQ(range_list_room(&list), 2 * RANGE_LIST_PER_PAGE);
}

TEST(range_list, moves_to_pages_and_gives_them_back)
{
	begin();
	for (uint32_t i = 0; i < 2 * RANGE_LIST_PER_PAGE + 1; i++) {
		add(2 * i, 1, i);
	}

	EXPECT_EQ(list.list_page_count, 3U);
	for (uint32_t i = 0; i < list.count; i++) {
		EXPECT_TRUE(is_range(i, 2 * i, 1, i));
	}
	EXPECT_EQ(range_list_take_page(&list), list_page(2));
	EXPECT_EQ(range_list_take_page(&list), list_page(1));
	EXPECT_EQ(range_list_take_page(&list), list_page(0));
	EXPECT_TRUE(range_list_take_page(&list) == NULL);
}

TEST(range_list, next_joins_what_continues)
{
	struct range_iterator ranges;
	struct page_range range;

	begin();
	add(10, 2, 7);
	add(12, 1, 7);
	add(13, 5, 7);
	add(20, 1, 7);
	ranges = range_list_begin(&list);

	ASSERT_TRUE(range_list_next(&ranges, &range));
	EXPECT_EQ(range.ipa.ipa, 10 * PAGE_SIZE);
	EXPECT_EQ(range.pa.pa, 17 * PAGE_SIZE);
	EXPECT_EQ(range.page_count, 8U);
	EXPECT_EQ(ranges.i, 3U);
	ASSERT_TRUE(range_list_next(&ranges, &range));
	EXPECT_EQ(range.ipa.ipa, 20 * PAGE_SIZE);
	EXPECT_FALSE(range_list_next(&ranges, &range));
}

TEST(range_list, next_keeps_apart_what_does_not_continue_in_both)
{
	struct range_iterator ranges;
	struct page_range range;

	begin();
	add(10, 1, 7);
	add(11, 1, 8);
	add(13, 1, 7);
	ranges = range_list_begin(&list);

	ASSERT_TRUE(range_list_next(&ranges, &range));
	EXPECT_EQ(range.page_count, 1U);
	ASSERT_TRUE(range_list_next(&ranges, &range));
	EXPECT_EQ(range.page_count, 1U);
	EXPECT_EQ(ranges.i, 2U);
}

TEST(range_list, ascending_ones_do_not_overlap)
{
	begin();
	add(1, 2, 0);
	add(3, 1, 0);
	add(9, 4, 0);

	EXPECT_FALSE(list.is_unordered);
	EXPECT_FALSE(range_list_overlaps(&list));
}

TEST(range_list, one_page_twice_overlaps)
{
	begin();
	add(1, 1, 0);
	add(1, 1, 0);

	EXPECT_TRUE(range_list_overlaps(&list));
}

TEST(range_list, ends_that_meet_do_not_overlap_in_any_order)
{
	begin();
	add(8, 2, 0);
	add(4, 4, 0);
	add(10, 1, 0);
	add(0, 4, 0);

	EXPECT_FALSE(range_list_overlaps(&list));
}

TEST(range_list, ends_that_cross_overlap_in_any_order)
{
	begin();
	add(8, 2, 0);
	add(4, 5, 0);
	add(0, 1, 0);
	EXPECT_TRUE(range_list_overlaps(&list));

	begin();
	add(0, 1, 0);
	add(20, 1, 0);
	add(4, 17, 0);
	EXPECT_TRUE(range_list_overlaps(&list));
}

/** Nothing of the order is lost by looking. */
TEST(range_list, order_stays_as_it_is)
{
	uint64_t seed = 42;
	uint64_t page[700];

	begin();
	for (uint32_t i = 0; i < ARRAY_SIZE(page); i++) {
		page[i] = (i * 271 % ARRAY_SIZE(page)) * 3;
		add(page[i], 1 + fixture_random(&seed) % 3, i);
	}

	EXPECT_FALSE(range_list_overlaps(&list));
	for (uint32_t i = 0; i < ARRAY_SIZE(page); i++) {
		struct page_range range = range_list_get(&list, i);

		EXPECT_EQ(range.ipa.ipa, page[i] * PAGE_SIZE);
		EXPECT_EQ(range.pa.pa, (page[i] + i) * PAGE_SIZE);
	}
	add(page[350], 1, 0);
	EXPECT_TRUE(range_list_overlaps(&list));
}

TEST(range_list, more_pages_than_it_has_room_for_are_our_bug)
{
	begin();
	list.list_page_count = RANGE_LIST_PAGES;

	EXPECT_PANIC("list_page_count", range_list_add_page(&list, &list));
}
