/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TX changes while RETRIEVE_REQ, RELINQUISH or FRAG_TX reads it. What is said in
 * the answer is what was done.
 */
#include "toctou.h"

#define CALLS 400
#define LOANS 2

/* Offsets in a request and in a relinquish descriptor of 1.1. */
#define HANDLE 8
#define RECEIVER 48
#define RELINQUISH_COUNT 8
#define RELINQUISH_ID 16

/* From ACTOR_A to the primary. */
static struct mem_range ranges[LOANS];
static struct mem_transaction loans[LOANS];
static uint64_t handles[LOANS];
static uint32_t done_of[LOANS];
static uint32_t refused;

static void make_loans(void)
{
	start_all(FFA_VERSION_1_1);
	for (unsigned int i = 0; i < LOANS; i++) {
		ranges[i] =
			(struct mem_range){vm_page(ACTOR_A, 20 + 2 * i), 1, 0};
		loans[i] = page_of(FFA_MEM_LEND, ACTOR_A, PRIMARY, &ranges[i]);
		handles[i] = mem_send(&loans[i]);
	}
}

/** A request for the first loan in TX; its length. */
static uint64_t put_request(void)
{
	struct mem_transaction request =
		mem_retrieve_request(&loans[0], handles[0]);

	(void)mem_encode(&request, (void *)vm_tx(PRIMARY), PAGE);
	return request.total_length;
}

static bool has(unsigned int loan)
{
	return hft_fault_read(ranges[loan].address).count == 0;
}

/** The answer in RX is of the loan that can be read now, and as it may be. */
static void check_retrieved(void)
{
	struct mem_transaction told =
		mem_decode(FFA_VERSION_1_1, (void *)vm_rx(PRIMARY));
	unsigned int loan = told.handle == handles[0] ? 0 : 1;
	bool is_rw = (told.receivers[0].permissions & 3) == MEM_RW;

	ASSERT_EQ(told.handle, handles[loan]);
	ASSERT_EQ(told.ranges[0].address, ranges[loan].address);
	ASSERT_TRUE(has(loan));
	ASSERT_FALSE(has(1 - loan));
	ASSERT_EQ(hft_fault_write(ranges[loan].address).count, is_rw ? 0 : 1);
	done_of[loan]++;
	vm_release_rx(PRIMARY);
	rest_flipping();
	ASSERT_FFA_DONE(mem_relinquish(PRIMARY, handles[loan]));
	(void)put_request();
	go_on_flipping();
}

static void retrieve_what_flips(void)
{
	struct mem_transaction request =
		mem_retrieve_request(&loans[0], handles[0]);
	uint64_t length = request.total_length;

	for (uint32_t i = 0; i < CALLS; i++) {
		struct ffa_frame frame;

		let_it_flip(i);
		frame = hft_ffa_hvc(FFA(FFA_MEM_RETRIEVE_REQ, length, length));
		if (frame.x[0] == FFA_MEM_RETRIEVE_RESP) {
			check_retrieved();
			continue;
		}
		ASSERT_TRUE(hft_ffa_is_error(&frame, FFA_INVALID_PARAMETERS));
		refused++;
		ASSERT_FALSE(has(0) || has(1));
	}
	HFTEST_LOG("%u of the first, %u of the second, %u refused", done_of[0],
		   done_of[1], refused);
	EXPECT_EQ(done_of[0] + done_of[1] + refused, CALLS);
}

/** All that was lent comes back. */
static void end_loans(void)
{
	for (unsigned int i = 0; i < LOANS; i++) {
		ASSERT_FFA_DONE(mem_reclaim(ACTOR_A, handles[i], 0));
		vm_fill(ACTOR_A, ranges[i].address, PAGE, 1);
		expect_whole(ACTOR_A, ranges[i].address);
	}
}

TEST(ffa_toctou_retrieve, handle_of_another_loan)
{
	make_loans();
	(void)put_request();
	race_with_flips(HANDLE, handles[1], retrieve_what_flips);
	EXPECT_EQ(refused, 0);
	end_loans();
}

TEST(ffa_toctou_retrieve, handle_of_nobody)
{
	make_loans();
	(void)put_request();
	race_with_flips(HANDLE, MEM_HANDLE_INVALID, retrieve_what_flips);
	EXPECT_EQ(done_of[1], 0);
	end_loans();
}

/* Read-only, or not: in the answer as in the tables. */
TEST(ffa_toctou_retrieve, permissions)
{
	make_loans();
	(void)put_request();
	race_with_flips(RECEIVER, PRIMARY | (uint64_t)(MEM_RO | MEM_X) << 16,
			retrieve_what_flips);
	EXPECT_EQ(done_of[0], CALLS);
	end_loans();
}

TEST(ffa_toctou_retrieve, receiver)
{
	make_loans();
	(void)put_request();
	race_with_flips(RECEIVER, ACTOR_B | (uint64_t)(MEM_RW | MEM_X) << 16,
			retrieve_what_flips);
	end_loans();
}

/* --- RELINQUISH ----------------------------------------------------------- */

static void put_relinquish(void)
{
	struct mem_relinquish descriptor = {
		.handle = handles[0], .count = 1, .ids = {PRIMARY}};

	memcpy((void *)vm_tx(PRIMARY), &descriptor, sizeof(descriptor));
}

static void relinquish_what_flips(void)
{
	for (uint32_t i = 0; i < CALLS; i++) {
		struct ffa_frame frame;
		unsigned int gone;

		let_it_flip(i);
		frame = hft_ffa_hvc(FFA(FFA_MEM_RELINQUISH));
		gone = has(0) ? 1 : 0;
		if (frame.x[0] == FFA_ERROR) {
			ASSERT_TRUE(hft_ffa_is_error(&frame,
						     FFA_INVALID_PARAMETERS));
			ASSERT_TRUE(has(0) && has(1));
			refused++;
			continue;
		}
		ASSERT_TRUE(hft_ffa_is_done(&frame));
		ASSERT_FALSE(has(gone));
		ASSERT_TRUE(has(1 - gone));
		done_of[gone]++;
		rest_flipping();
		mem_retrieve(&loans[gone], handles[gone]);
		put_relinquish();
		go_on_flipping();
	}
	HFTEST_LOG("%u of the first, %u of the second, %u refused", done_of[0],
		   done_of[1], refused);
	EXPECT_EQ(done_of[0] + done_of[1] + refused, CALLS);
}

static void expect_relinquish(uint32_t offset, uint64_t bad)
{
	for (unsigned int i = 0; i < LOANS; i++) {
		mem_retrieve(&loans[i], handles[i]);
	}
	put_relinquish();
	race_with_flips(offset, bad, relinquish_what_flips);
	for (unsigned int i = 0; i < LOANS; i++) {
		ASSERT_FFA_DONE(mem_relinquish(PRIMARY, handles[i]));
	}
	end_loans();
}

TEST(ffa_toctou_relinquish, handle_of_another_loan)
{
	make_loans();
	expect_relinquish(0, handles[1]);
	EXPECT_EQ(refused, 0);
}

TEST(ffa_toctou_relinquish, count_of_endpoints)
{
	make_loans();
	expect_relinquish(RELINQUISH_COUNT, UINT64_C(0xffffffff00000000));
	EXPECT_EQ(done_of[1], 0);
}

TEST(ffa_toctou_relinquish, endpoint)
{
	make_loans();
	expect_relinquish(RELINQUISH_ID, ACTOR_A);
	EXPECT_EQ(done_of[1], 0);
}

/* --- FRAG_TX -------------------------------------------------------------- */

static struct mem_range own[2];

/** The first range by LEND, the second by FRAG_TX, of which a field flips. */
static void send_second_range(void)
{
	struct mem_transaction t =
		mem_transaction(FFA_MEM_LEND, PRIMARY, ACTOR_A);

	mem_set_ranges(&t, own, 2);
	t.fragment_length -= sizeof(own[1]);
	for (uint32_t i = 0; i < CALLS; i++) {
		struct ffa_frame frame;

		rest_flipping();
		frame = mem_send_first(PRIMARY, &t);
		ASSERT_FFA_FRAME(frame, FFA_MEM_FRAG_RX);
		memcpy((void *)vm_tx(PRIMARY), &own[1], sizeof(own[1]));
		go_on_flipping();
		let_it_flip(i);
		frame = hft_ffa_hvc(FFA(FFA_MEM_FRAG_TX, frame.x[1], frame.x[2],
					sizeof(own[1])));
		if (frame.x[0] == FFA_ERROR) {
			refused++;
		} else {
			ASSERT_TRUE(hft_ffa_is_success(&frame));
			ASSERT_EQ(hft_fault_read(own[1].address).count, 1);
			ASSERT_FFA_DONE(
				mem_reclaim(PRIMARY, mem_handle(frame), 0));
			done_of[0]++;
		}
		ASSERT_EQ(hft_fault_read(own[0].address).count, 0);
		ASSERT_EQ(hft_fault_read(own[1].address).count, 0);
	}
	HFTEST_LOG("%u sent, %u refused", done_of[0], refused);
}

static void expect_frag_tx(uint32_t offset, uint64_t bad)
{
	memcpy((void *)vm_tx(PRIMARY), &own[1], sizeof(own[1]));
	race_with_flips(offset, bad, send_second_range);
	for (unsigned int i = 0; i < 2; i++) {
		vm_fill(PRIMARY, own[i].address, PAGE, 1);
		expect_whole(PRIMARY, own[i].address);
	}
}

static void start_own(void)
{
	start_all(FFA_VERSION_1_1);
	own[0] = (struct mem_range){vm_page(PRIMARY, 30), 1, 0};
	own[1] = (struct mem_range){vm_page(PRIMARY, 32), 1, 0};
}

TEST(ffa_toctou_fragment, address_of_another_vm)
{
	start_own();
	expect_frag_tx(0, vm_page(ACTOR_A, 0));
	EXPECT_RIGHTS(PRIMARY, vm_page(ACTOR_A, 0), "");
}

TEST(ffa_toctou_fragment, address_of_the_first_range)
{
	start_own();
	expect_frag_tx(0, own[0].address);
}

TEST(ffa_toctou_fragment, page_count)
{
	start_own();
	expect_frag_tx(8, 0x100000);
}
