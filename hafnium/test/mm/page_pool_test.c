/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of mm/page_pool.c. See docs/memory.md. */
#include "hf/mm/page_pool.h"

#include "hftest.h"
#include "mm_fixture.h"

static bool is_zero(const void *page, size_t count)
{
	const uint8_t *bytes = page;

	for (size_t i = 0; i < count * PAGE_SIZE; i++) {
		if (bytes[i] != 0) {
			return false;
		}
	}
	return true;
}

static void scribble(void *page, size_t count)
{
	uint8_t *bytes = page;

	for (size_t i = 0; i < count * PAGE_SIZE; i++) {
		bytes[i] = 0xa5;
	}
}

static uint64_t index_of(const void *page)
{
	return (pa_from_ptr(page).pa - fixture_range(0, 1).begin.pa) /
	       PAGE_SIZE;
}

TEST(page_pool, a_new_pool_is_empty)
{
	struct page_pool pool;

	page_pool_init(&pool, NULL);

	EXPECT_EQ(page_pool_count(&pool), 0U);
	EXPECT_TRUE(page_pool_alloc(&pool) == NULL);
}

TEST(page_pool, gives_every_page_once_then_none)
{
	struct page_pool pool;
	bool seen[5] = {false};

	fixture_pool(&pool, 5);
	for (size_t i = 0; i < 5; i++) {
		uint64_t index = index_of(page_pool_alloc(&pool));

		ASSERT_LT(index, 5U);
		EXPECT_FALSE(seen[index]);
		seen[index] = true;
	}

	EXPECT_EQ(page_pool_count(&pool), 0U);
	EXPECT_TRUE(page_pool_alloc(&pool) == NULL);
}

TEST(page_pool, a_page_comes_zeroed)
{
	struct page_pool pool;
	void *page;

	fixture_pool(&pool, 1);
	page = page_pool_alloc(&pool);
	scribble(page, 1);
	page_pool_free(&pool, page);

	page = page_pool_alloc(&pool);

	EXPECT_TRUE(is_zero(page, 1));
}

TEST(page_pool, a_freed_page_is_given_again)
{
	struct page_pool pool;
	void *page;

	fixture_pool(&pool, 1);
	page = page_pool_alloc(&pool);

	page_pool_free(&pool, page);

	EXPECT_EQ(page_pool_count(&pool), 1U);
	EXPECT_TRUE(page_pool_alloc(&pool) == page);
}

TEST(page_pool, a_range_is_cut_to_whole_pages)
{
	struct page_pool pool;
	struct pa_range range = fixture_range(0, 3);

	page_pool_init(&pool, NULL);
	range.begin.pa += 1;
	range.end.pa -= 1;
	page_pool_add(&pool, range);

	EXPECT_EQ(page_pool_count(&pool), 1U);
	EXPECT_EQ(index_of(page_pool_alloc(&pool)), 1U);
}

TEST(page_pool, a_range_without_a_whole_page_adds_nothing)
{
	struct page_pool pool;
	struct pa_range range = fixture_range(0, 1);

	page_pool_init(&pool, NULL);
	range.begin.pa += 8;
	page_pool_add(&pool, range);

	EXPECT_EQ(page_pool_count(&pool), 0U);
}

TEST(page_pool, several_ranges_add_up)
{
	struct page_pool pool;

	page_pool_init(&pool, NULL);
	page_pool_add(&pool, fixture_range(0, 2));
	page_pool_add(&pool, fixture_range(10, 3));
	page_pool_add(&pool, fixture_range(20, 1));

	EXPECT_EQ(page_pool_count(&pool), 6U);
	for (size_t i = 0; i < 6; i++) {
		EXPECT_TRUE(page_pool_alloc(&pool) != NULL);
	}
	EXPECT_TRUE(page_pool_alloc(&pool) == NULL);
}

TEST(page_pool_run, is_aligned_to_its_size_and_zeroed)
{
	struct page_pool pool;
	void *run;

	page_pool_init(&pool, NULL);
	page_pool_add(&pool, fixture_range(3, 20));
	scribble(ptr_from_pa(fixture_range(3, 1).begin), 20);
	page_pool_init(&pool, NULL);
	page_pool_add(&pool, fixture_range(3, 20));

	run = page_pool_alloc_run(&pool, 8);

	EXPECT_EQ(index_of(run) % 8, 0U);
	EXPECT_TRUE(is_zero(run, 8));
	EXPECT_EQ(page_pool_count(&pool), 12U);
}

TEST(page_pool_run, pages_around_it_are_still_given)
{
	struct page_pool pool;
	uint64_t first;

	page_pool_init(&pool, NULL);
	page_pool_add(&pool, fixture_range(5, 8));
	first = index_of(page_pool_alloc_run(&pool, 4));
	ASSERT_EQ(first, 8U);

	for (size_t i = 0; i < 4; i++) {
		uint64_t index = index_of(page_pool_alloc(&pool));

		EXPECT_TRUE(index >= 5 && index < 13);
		EXPECT_TRUE(index < 8 || index >= 12);
	}
	EXPECT_EQ(page_pool_count(&pool), 0U);
}

TEST(page_pool_run, is_refused_when_no_row_is_aligned)
{
	struct page_pool pool;

	page_pool_init(&pool, NULL);
	page_pool_add(&pool, fixture_range(1, 6));

	EXPECT_TRUE(page_pool_alloc_run(&pool, 4) == NULL);
	EXPECT_EQ(page_pool_count(&pool), 6U);
}

TEST(page_pool_run, a_later_row_is_found)
{
	struct page_pool pool;

	page_pool_init(&pool, NULL);
	page_pool_add(&pool, fixture_range(16, 4));
	page_pool_add(&pool, fixture_range(1, 3));

	EXPECT_EQ(index_of(page_pool_alloc_run(&pool, 4)), 16U);
}

TEST(page_pool_run, comes_back_in_one_piece)
{
	struct page_pool pool;
	void *run;

	fixture_pool(&pool, 8);
	run = page_pool_alloc_run(&pool, 8);
	ASSERT_TRUE(run != NULL);
	page_pool_free_run(&pool, run, 8);

	EXPECT_TRUE(page_pool_alloc_run(&pool, 8) == run);
}

TEST(page_pool_run, of_one_is_a_page)
{
	struct page_pool pool;

	fixture_pool(&pool, 1);

	EXPECT_TRUE(page_pool_alloc_run(&pool, 1) != NULL);
	EXPECT_TRUE(page_pool_alloc_run(&pool, 1) == NULL);
}

TEST(page_pool_parent, helps_out_when_the_child_is_empty)
{
	struct page_pool parent;
	struct page_pool child;

	fixture_pool(&parent, 2);
	page_pool_init(&child, &parent);
	page_pool_add(&child, fixture_range(100, 1));

	EXPECT_EQ(index_of(page_pool_alloc(&child)), 100U);
	EXPECT_LT(index_of(page_pool_alloc(&child)), 2U);
	EXPECT_EQ(page_pool_count(&parent), 1U);
}

TEST(page_pool_parent, helps_out_with_a_run)
{
	struct page_pool parent;
	struct page_pool child;

	fixture_pool(&parent, 4);
	page_pool_init(&child, &parent);
	page_pool_add(&child, fixture_range(100, 2));

	EXPECT_EQ(index_of(page_pool_alloc_run(&child, 4)), 0U);
	EXPECT_TRUE(page_pool_alloc_run(&child, 4) == NULL);
}

TEST(page_pool_parent, keeps_nothing_of_what_the_child_frees)
{
	struct page_pool parent;
	struct page_pool child;

	fixture_pool(&parent, 1);
	page_pool_init(&child, &parent);
	page_pool_free(&child, page_pool_alloc(&child));

	EXPECT_EQ(page_pool_count(&child), 1U);
	EXPECT_EQ(page_pool_count(&parent), 0U);
}

TEST(page_pool_parent, gets_all_pages_when_the_child_ends)
{
	struct page_pool parent;
	struct page_pool child;

	fixture_pool(&parent, 1);
	page_pool_init(&child, &parent);
	page_pool_add(&child, fixture_range(100, 5));
	page_pool_free(&child, page_pool_alloc(&child));
	page_pool_free(&child, page_pool_alloc(&child));

	page_pool_fini(&child);

	EXPECT_EQ(page_pool_count(&child), 0U);
	EXPECT_EQ(page_pool_count(&parent), 6U);
	for (size_t i = 0; i < 6; i++) {
		EXPECT_TRUE(page_pool_alloc(&parent) != NULL);
	}
}

TEST(page_pool_parent, is_needed_to_end_a_pool)
{
	struct page_pool pool;

	page_pool_init(&pool, NULL);

	EXPECT_PANIC("parent", page_pool_fini(&pool));
}

TEST(page_reservation, has_all_pages_that_were_asked_for)
{
	struct page_pool pool;
	struct page_reservation reservation;

	fixture_pool(&pool, 3);
	ASSERT_TRUE(page_pool_reserve(&pool, 3, &reservation));

	EXPECT_TRUE(page_pool_alloc(&pool) == NULL);
	for (size_t i = 0; i < 3; i++) {
		EXPECT_TRUE(page_reservation_take(&reservation) != NULL);
	}
	EXPECT_TRUE(reservation.pages == NULL);
}

TEST(page_reservation, is_refused_whole_and_leaves_the_pool_as_it_was)
{
	struct page_pool pool;
	struct page_reservation reservation;

	fixture_pool(&pool, 3);

	EXPECT_FALSE(page_pool_reserve(&pool, 4, &reservation));
	EXPECT_EQ(page_pool_count(&pool), 3U);
}

TEST(page_reservation, gives_back_what_was_not_taken)
{
	struct page_pool pool;
	struct page_reservation reservation;

	fixture_pool(&pool, 4);
	ASSERT_TRUE(page_pool_reserve(&pool, 3, &reservation));
	(void)page_reservation_take(&reservation);

	page_reservation_release(&reservation);

	EXPECT_TRUE(reservation.pages == NULL);
	EXPECT_EQ(page_pool_count(&pool), 3U);
}

TEST(page_reservation, takes_from_the_parent_what_the_pool_lacks)
{
	struct page_pool parent;
	struct page_pool child;
	struct page_reservation reservation;

	fixture_pool(&parent, 2);
	page_pool_init(&child, &parent);
	page_pool_add(&child, fixture_range(100, 2));

	EXPECT_TRUE(page_pool_reserve(&child, 3, &reservation));
	EXPECT_EQ(page_pool_count(&child), 0U);
	EXPECT_EQ(page_pool_count(&parent), 1U);
	EXPECT_FALSE(page_pool_reserve(&child, 2, &reservation));
}

TEST(page_reservation, taking_more_than_reserved_is_our_bug)
{
	struct page_pool pool;
	struct page_reservation reservation;

	fixture_pool(&pool, 2);
	ASSERT_TRUE(page_pool_reserve(&pool, 0, &reservation));

	EXPECT_PANIC("page != NULL", (void)page_reservation_take(&reservation));
}

#define STRESS_STEPS 20000U
#define STRESS_HELD 64U

/** Random pages and runs; each page is in one place at a time. */
TEST(page_pool_stress, no_page_is_given_twice_or_lost)
{
	static void *held[STRESS_HELD];
	static size_t sizes[STRESS_HELD];
	static bool used[FIXTURE_PAGES];
	uint64_t seed = 0x5eed1;
	size_t given = 0;
	struct page_pool pool;

	fixture_pool(&pool, 200);
	for (size_t step = 0; step < STRESS_STEPS; step++) {
		size_t slot = fixture_random(&seed) % STRESS_HELD;
		size_t size = (size_t)1 << fixture_random(&seed) % 4;
		bool take = held[slot] == NULL;

		if (take) {
			sizes[slot] = size;
			held[slot] = page_pool_alloc_run(&pool, size);
		}
		if (held[slot] == NULL) {
			continue;
		}
		for (size_t i = 0; i < sizes[slot]; i++) {
			bool *is_used = &used[index_of(held[slot]) + i];

			if (*is_used == take) {
				FAIL("step %zu: page given twice", step);
			}
			*is_used = take;
		}
		given += take ? sizes[slot] : -sizes[slot];
		if (!take) {
			page_pool_free_run(&pool, held[slot], sizes[slot]);
			held[slot] = NULL;
		}
		ASSERT_EQ(page_pool_count(&pool), 200 - given);
	}
}
