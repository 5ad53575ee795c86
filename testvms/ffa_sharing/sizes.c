/* SPDX-License-Identifier: BSD-3-Clause */
/* A page, blocks and their borders, thousands of pages in pieces. */
#include "world.h"

#define SCATTERED 4096
#define BLOCK_PAGES 512

static struct mem_range ranges[SCATTERED];

/** There and back; both ends, the borders and what is outside. */
static void expect_transfer(uint64_t call, struct pair pair, uint64_t first,
			    uint32_t count)
{
	uint64_t begin = vm_page(pair.from, first);
	uint64_t end = begin + count * PAGE;
	struct mem_range range = {begin, count, 0};
	struct mem_transaction t = pages_of(call, pair, &range, 1);
	const char *owner = call == FFA_MEM_SHARE ? "rwx" : "";
	const char *borrower = call == FFA_MEM_SHARE ? "rw" : "rwx";
	uint64_t handle;

	vm_fill(pair.from, begin - PAGE, (count + 2) * PAGE, count);
	handle = mem_send(&t);
	mem_retrieve(&t, handle);
	EXPECT_EQ(vm_check(pair.to, begin, count * PAGE, count), count * PAGE);
	for (uint64_t page = begin; page < end;
	     page += (count / 4 + 1) * PAGE) {
		EXPECT_RIGHTS(pair.from, page, owner);
		EXPECT_RIGHTS(pair.to, page, borrower);
		EXPECT_RIGHTS(pair.third, page, "");
	}
	EXPECT_RIGHTS(pair.to, end - PAGE, borrower);
	EXPECT_RIGHTS(pair.to, begin - PAGE, "");
	EXPECT_RIGHTS(pair.to, end, "");
	EXPECT_RIGHTS(pair.from, begin - PAGE, "rwx");
	EXPECT_RIGHTS(pair.from, end, "rwx");
	EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
	EXPECT_FFA_DONE(mem_reclaim(pair.from, handle, 0));
	EXPECT_RIGHTS(pair.to, begin, "");
	EXPECT_EQ(vm_check(pair.from, begin - PAGE, (count + 2) * PAGE, count),
		  (count + 2) * PAGE);
}

static void for_all_pairs(uint32_t version, uint64_t first, uint32_t count)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		expect_transfer(FFA_MEM_SHARE, pairs[p], first, count);
		expect_transfer(FFA_MEM_LEND, pairs[p], first, count);
	}
}

TEST_ASKED(ffa_sizes, two_pages_across_a_block_border)
{
	for_all_pairs(version, PAGES_TO_BORDER - 1, 2);
}

TEST_ASKED(ffa_sizes, block_of_512_pages)
{
	for_all_pairs(version, PAGES_TO_BORDER, BLOCK_PAGES);
}

TEST_ASKED(ffa_sizes, pages_512_across_a_block_border)
{
	for_all_pairs(version, PAGES_TO_BORDER - 200, BLOCK_PAGES);
}

TEST_ASKED(ffa_sizes, all_but_the_first_page_of_a_block)
{
	for_all_pairs(version, PAGES_TO_BORDER + 1, BLOCK_PAGES - 1);
}

TEST_ASKED(ffa_sizes, all_but_the_last_page_of_a_block)
{
	for_all_pairs(version, PAGES_TO_BORDER, BLOCK_PAGES - 1);
}

/* 16 MiB of the primary in one range. */
TEST_ASKED(ffa_sizes, pages_4096_in_one_range)
{
	start_all(version);
	expect_transfer(FFA_MEM_SHARE, pairs[0], 100, SCATTERED);
	expect_transfer(FFA_MEM_LEND, pairs[0], 100, SCATTERED);
}

/** Every second page, so that each is a range of its own. */
static void scatter(uint16_t vm, uint32_t count, uint64_t seed)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t page = vm_page(vm, 10 + 2 * i);

		ranges[i] = (struct mem_range){page, 1, 0};
	}
	vm_fill(vm, ranges[0].address, 2 * count * PAGE, seed);
}

static void expect_scattered(uint64_t call, struct pair pair, uint32_t count)
{
	struct mem_transaction t;
	uint64_t handle;

	scatter(pair.from, count, call);
	t = pages_of(call, pair, ranges, count);
	handle = mem_send(&t);
	mem_retrieve(&t, handle);
	for (uint32_t i = 0; i < count; i += 64) {
		ASSERT_EQ(vm_check(pair.to, ranges[i].address, PAGE, call),
			  PAGE);
		ASSERT_EQ(vm_access(pair.to, ACCESS_LOAD,
				    ranges[i].address + PAGE)
				  .count,
			  1);
		ASSERT_EQ(vm_access(pair.third, ACCESS_LOAD, ranges[i].address)
				  .count,
			  1);
	}
	EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
	EXPECT_FFA_DONE(mem_reclaim(pair.from, handle, 0));
	EXPECT_EQ(
		vm_check(pair.from, ranges[0].address, 2 * count * PAGE, call),
		2 * count * PAGE);
	EXPECT_RIGHTS(pair.to, ranges[count - 1].address, "");
}

TEST_ASKED(ffa_sizes, pages_4096_scattered)
{
	start_all(version);
	expect_scattered(FFA_MEM_LEND, pairs[0], SCATTERED);
	expect_scattered(FFA_MEM_SHARE, pairs[0], SCATTERED);
}

/** Of all pages from `first` on, every second one. */
static uint64_t send_each_second(uint64_t call, struct pair pair,
				 uint64_t first)
{
	struct mem_transaction t;
	uint64_t handle;

	for (uint32_t i = 0; i < SCATTERED; i++) {
		uint64_t page = vm_page(pair.from, first + 2 * i);

		ranges[i] = (struct mem_range){page, 1, 0};
	}
	t = pages_of(call, pair, ranges, SCATTERED);
	handle = mem_send(&t);
	mem_retrieve(&t, handle);
	return handle;
}

/* Whose neighbours are all another VM's. */
TEST_ASKED(ffa_sizes, pages_4096_scattered_for_each_of_two)
{
	const struct pair to_b = {PRIMARY, ACTOR_B, ACTOR_A};
	uint64_t handles[2];

	start_all(version);
	vm_fill(PRIMARY, vm_page(PRIMARY, 10), 2 * SCATTERED * PAGE, 9);
	handles[0] = send_each_second(FFA_MEM_SHARE, pairs[0], 10);
	handles[1] = send_each_second(FFA_MEM_LEND, to_b, 11);
	for (uint32_t i = 0; i < 2 * SCATTERED; i += 127) {
		uint64_t page = vm_page(PRIMARY, 10 + i);
		bool is_shared = i % 2 == 0;

		EXPECT_EQ(vm_access(PRIMARY, ACCESS_LOAD, page).count,
			  is_shared ? 0 : 1);
		EXPECT_EQ(vm_access(ACTOR_A, ACCESS_LOAD, page).count,
			  is_shared ? 0 : 1);
		EXPECT_EQ(vm_access(ACTOR_B, ACCESS_LOAD, page).count,
			  is_shared ? 1 : 0);
	}
	EXPECT_FFA_DONE(mem_relinquish(ACTOR_A, handles[0]));
	EXPECT_FFA_DONE(mem_relinquish(ACTOR_B, handles[1]));
	EXPECT_FFA_DONE(mem_reclaim(PRIMARY, handles[0], 0));
	EXPECT_FFA_DONE(mem_reclaim(PRIMARY, handles[1], 0));
	EXPECT_EQ(vm_check(PRIMARY, vm_page(PRIMARY, 10), 2 * SCATTERED * PAGE,
			   9),
		  2 * SCATTERED * PAGE);
}

TEST_ASKED(ffa_sizes, pages_400_scattered_between_actors)
{
	start_all(version);
	expect_scattered(FFA_MEM_LEND, pairs[2], 400);
	expect_scattered(FFA_MEM_SHARE, pairs[1], 400);
}

/* In the opposite order, and in none. */
TEST_ASKED(ffa_sizes, ranges_in_any_order)
{
	struct mem_transaction t;
	uint64_t handle;

	start_all(version);
	scatter(PRIMARY, 64, 3);
	for (uint32_t i = 0; i < 64; i++) {
		/* 37 and 64 have no common divisor. */
		ranges[i].address = vm_page(PRIMARY, 10 + 2 * (i * 37 % 64));
		ranges[i].page_count = 1;
	}
	t = pages_of(FFA_MEM_LEND, pairs[0], ranges, 64);
	handle = mem_send(&t);
	mem_retrieve(&t, handle);
	for (uint32_t i = 0; i < 64; i++) {
		EXPECT_CONTENT(ACTOR_A, ranges[i].address, 3);
		EXPECT_EQ(vm_access(PRIMARY, ACCESS_LOAD, ranges[i].address)
				  .count,
			  1);
	}
	EXPECT_FFA_DONE(mem_relinquish(ACTOR_A, handle));
	EXPECT_FFA_DONE(mem_reclaim(PRIMARY, handle, 0));
}
