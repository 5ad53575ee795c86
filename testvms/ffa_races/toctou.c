/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The TX buffer changes while a call reads it: another CPU flips one field
 * between a good and a bad value. Each call is as if it had seen one of them.
 */
#include "toctou.h"

#define CALLS 1500
#define CALLS_PER_FLIP 16

static volatile uint64_t *word;
static uint64_t good_value;
static uint64_t bad_value;
static atomic_bool shall_rest;
static atomic_bool is_resting;
static atomic_uint flip_count;
static void (*make_calls)(void);

static struct mem_transaction sent;
static atomic_uint good_count;
static atomic_uint bad_count;

/** On CPU 1: each value for as long as the other. */
static void flip(void)
{
	bool is_good = true;

	while (!atomic_load(&is_over)) {
		bool rests = atomic_load(&shall_rest);

		if (!rests) {
			is_good = !is_good;
			*word = is_good ? good_value : bad_value;
			atomic_fetch_add(&flip_count, 1);
		}
		atomic_store(&is_resting, rests);
	}
}

void rest_flipping(void)
{
	atomic_store(&shall_rest, true);
	while (!atomic_load(&is_resting)) {
		/* A last time. */
	}
}

void go_on_flipping(void)
{
	atomic_store(&shall_rest, false);
	while (atomic_load(&is_resting)) {
		/* From now on. */
	}
}

void let_it_flip(uint32_t call)
{
	uint32_t before = atomic_load(&flip_count);

	while (call % CALLS_PER_FLIP == 0 &&
	       atomic_load(&flip_count) == before) {
		/* The host runs the other CPU when it likes. */
	}
}

static void race(uint64_t cpu)
{
	if (cpu != 0) {
		flip();
		return;
	}
	make_calls();
	atomic_store(&is_over, true);
}

void race_with_flips(uint32_t offset, uint64_t bad, void (*calls)(void))
{
	word = (volatile uint64_t *)(vm_tx(PRIMARY) + offset);
	good_value = *word;
	bad_value = bad;
	make_calls = calls;
	run_on_cpus(2, race);
}

/** A success is of the good page only: it is lent, the bad one is not. */
static void check_success(uint64_t good_page, struct ffa_frame frame)
{
	atomic_fetch_add(&good_count, 1);
	ASSERT_EQ(hft_fault_read(good_page).count, 1);
	frame = hft_ffa_hvc(FFA(FFA_MEM_RECLAIM, frame.x[2], frame.x[3]));
	ASSERT_TRUE(hft_ffa_is_done(&frame));
	ASSERT_EQ(hft_fault_read(good_page).count, 0);
}

static void send_what_flips(void)
{
	uint64_t page = sent.ranges[0].address;

	for (uint32_t i = 0; i < CALLS; i++) {
		struct ffa_frame frame;

		let_it_flip(i);
		frame = hft_ffa_hvc(FFA(sent.call, sent.total_length,
					sent.fragment_length));
		if (hft_ffa_is_success(&frame)) {
			check_success(page, frame);
			continue;
		}
		atomic_fetch_add(&bad_count, 1);
		ASSERT_EQ(frame.x[0], FFA_ERROR);
		ASSERT_TRUE(hft_ffa_is_error(&frame, FFA_INVALID_PARAMETERS) ||
			    hft_ffa_is_error(&frame, FFA_DENIED));
		ASSERT_EQ(hft_fault_read(page).count, 0);
	}
}

/** A loan in TX whose word at `offset` flips to `bad`. */
static void expect_one_or_the_other(uint32_t offset, uint64_t bad)
{
	static struct mem_range range;

	range = (struct mem_range){vm_page(PRIMARY, 30), 1, 0};
	sent = page_of(FFA_MEM_LEND, PRIMARY, ACTOR_A, &range);
	(void)mem_encode(&sent, (void *)vm_tx(PRIMARY), PAGE);
	race_with_flips(offset, bad, send_what_flips);
	HFTEST_LOG("%u with the good value, %u with the bad one", good_count,
		   bad_count);
	EXPECT_EQ(good_count + bad_count, CALLS);
	vm_fill(PRIMARY, range.address, PAGE, 1);
	expect_whole(PRIMARY, range.address);
}

#define RANGES 80 /* of a descriptor of 1.1 */
#define COMPOSITE 64
#define RECEIVER 48

TEST(ffa_toctou, address_of_another_vm)
{
	start_all(FFA_VERSION_1_1);
	expect_one_or_the_other(RANGES, vm_page(ACTOR_A, 0));
	EXPECT_RIGHTS(PRIMARY, vm_tx(ACTOR_A), "");
}

TEST(ffa_toctou, address_of_tx_itself)
{
	start_all(FFA_VERSION_1_1);
	expect_one_or_the_other(RANGES, vm_tx(PRIMARY));
}

TEST(ffa_toctou, address_that_is_not_aligned)
{
	start_all(FFA_VERSION_1_1);
	expect_one_or_the_other(RANGES, vm_page(PRIMARY, 30) + 8);
}

TEST(ffa_toctou, page_count)
{
	start_all(FFA_VERSION_1_1);
	expect_one_or_the_other(RANGES + 8, 0x100000);
}

TEST(ffa_toctou, count_of_ranges)
{
	start_all(FFA_VERSION_1_1);
	expect_one_or_the_other(COMPOSITE, UINT64_C(0xffffffff00000001));
}

TEST(ffa_toctou, offset_of_the_composite)
{
	start_all(FFA_VERSION_1_1);
	expect_one_or_the_other(RECEIVER,
				UINT64_C(0xfffffff000020000) | ACTOR_A);
}

TEST(ffa_toctou, receiver)
{
	start_all(FFA_VERSION_1_1);
	expect_one_or_the_other(RECEIVER,
				UINT64_C(0x0000004000020000) | 0xffff);
}

TEST(ffa_toctou, count_of_receivers)
{
	start_all(FFA_VERSION_1_1);
	expect_one_or_the_other(24, UINT64_C(0xffffffff00000010));
}

TEST(ffa_toctou, sender_and_flags)
{
	start_all(FFA_VERSION_1_1);
	expect_one_or_the_other(0, UINT64_C(0xffffffff00000000) | ACTOR_B);
}
