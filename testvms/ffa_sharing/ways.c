/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The same by other ways: outside of a request, with a request that travels as
 * a message, with buffers of several pages.
 */
#include "world.h"

/** `args` by `vm` when it handles no request. */
static struct ffa_frame alone(uint16_t vm, struct ffa_frame args)
{
	return vm_call_alone(vm, args);
}

TEST_ALL(ffa_way, outside_of_requests)
{
	struct mem_transaction t;
	struct mem_transaction request;
	struct mem_relinquish descriptor = {.count = 1, .ids = {ACTOR_B}};
	struct ffa_frame frame;
	uint64_t bytes[16];
	uint64_t page;

	start_all(version);
	page = vm_page(ACTOR_A, 3);
	vm_fill(ACTOR_A, page, PAGE, 1);
	t = page_of(FFA_MEM_LEND, pairs[2], page);
	(void)mem_encode(&t, bytes, sizeof(bytes));
	vm_write(ACTOR_A, vm_tx(ACTOR_A), bytes, sizeof(bytes));
	frame = alone(ACTOR_A, FFA(t.call, t.total_length, t.total_length));
	ASSERT_FFA_SUCCESS(frame);
	descriptor.handle = mem_handle(frame);
	request = mem_retrieve_request(&t, descriptor.handle);
	(void)mem_encode(&request, bytes, sizeof(bytes));
	vm_write(ACTOR_B, vm_tx(ACTOR_B), bytes, sizeof(bytes));
	EXPECT_FFA_FRAME(alone(ACTOR_B, FFA(request.call, request.total_length,
					    request.total_length)),
			 FFA_MEM_RETRIEVE_RESP);
	EXPECT_RIGHTS(ACTOR_A, page, "");
	EXPECT_CONTENT(ACTOR_B, page, 1);
	vm_write(ACTOR_B, vm_tx(ACTOR_B), &descriptor, sizeof(descriptor));
	EXPECT_FFA_DONE(alone(ACTOR_B, FFA(FFA_MEM_RELINQUISH)));
	EXPECT_FFA_DONE(
		alone(ACTOR_A, FFA(FFA_MEM_RECLAIM, (uint32_t)descriptor.handle,
				   descriptor.handle >> 32)));
	EXPECT_RIGHTS(ACTOR_A, page, "rwx");
}

/*
 * How programs for 1.0 do it: the sender writes the request, sends it as a
 * message; the receiver copies it from RX to TX and makes the call.
 */
TEST_OLD(ffa_way, request_travels_as_a_message)
{
	struct mem_transaction t;
	struct mem_transaction request;
	uint64_t bytes[16];
	uint64_t page;

	start_all(version);
	page = vm_page(PRIMARY, 3);
	vm_fill(PRIMARY, page, PAGE, 1);
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	t = page_of(FFA_MEM_SHARE, pairs[0], page);
	request = mem_retrieve_request(&t, mem_send(&t));
	(void)mem_encode(&request, (void *)vm_tx(PRIMARY), PAGE);
	EXPECT_FFA_DONE(
		hft_ffa_call(FFA(FFA_MSG_SEND, ffa_pair(PRIMARY, ACTOR_A), 0,
				 request.total_length)));
	EXPECT_FFA_FRAME(vm_run(ACTOR_A), FFA_MSG_WAIT);
	EXPECT_EQ(vm_woken_by(ACTOR_A).x[3], request.total_length);
	vm_read(ACTOR_A, vm_rx(ACTOR_A), bytes, sizeof(bytes));
	vm_write(ACTOR_A, vm_tx(ACTOR_A), bytes, sizeof(bytes));
	/* RX is needed for the answer. */
	EXPECT_FFA_ERROR(
		vm_call(ACTOR_A, FFA(request.call, request.total_length,
				     request.total_length)),
		FFA_BUSY);
	vm_release_rx(ACTOR_A);
	EXPECT_FFA_FRAME(
		vm_call(ACTOR_A, FFA(request.call, request.total_length,
				     request.total_length)),
		FFA_MEM_RETRIEVE_RESP);
	vm_release_rx(ACTOR_A);
	EXPECT_RIGHTS(ACTOR_A, page, "rw");
	EXPECT_CONTENT(ACTOR_A, page, 1);
}

#define RANGES 700

/** Pages of each buffer that are offered. */
static uint64_t most_pages(void)
{
	return hft_ffa_call(FFA(FFA_FEATURES, FFA_64(FFA_RXTX_MAP))).x[2] >> 16;
}

/* A descriptor of three pages in one piece, there and back. */
TEST(ffa_way, buffers_of_several_pages)
{
	static struct mem_range ranges[RANGES];
	static uint64_t descriptor[3 * HFT_PAGE_SIZE / 8];
	struct mem_transaction t;
	struct mem_transaction request;
	struct ffa_frame frame;
	uint64_t handle;

	vm_start(PRIMARY, FFA_VERSION_1_2);
	if (most_pages() < 3) {
		SKIP("buffers of %llu pages", HFT_NUMBER(most_pages()));
	}
	vm_start(ACTOR_A, FFA_VERSION_1_2);
	vm_map_buffers(PRIMARY, 3);
	vm_map_buffers(ACTOR_A, 3);
	for (uint32_t i = 0; i < RANGES; i++) {
		ranges[i] = (struct mem_range){vm_page(PRIMARY, 2 * i), 1, 0};
	}
	t = pages_of(FFA_MEM_LEND, pairs[0], ranges, RANGES);
	t.fragment_length = t.total_length;
	(void)mem_encode(&t, (void *)vm_tx(PRIMARY), 3 * PAGE);
	frame = hft_ffa_call(FFA(t.call, t.total_length, t.total_length));
	ASSERT_FFA_SUCCESS(frame);
	handle = mem_handle(frame);
	request = mem_retrieve_request(&t, handle);
	frame = mem_retrieve_frame(ACTOR_A, &request);
	ASSERT_FFA_FRAME(frame, FFA_MEM_RETRIEVE_RESP);
	EXPECT_EQ(frame.x[1], t.total_length);
	EXPECT_EQ(frame.x[2], t.total_length);
	vm_read(ACTOR_A, vm_rx(ACTOR_A), descriptor, sizeof(descriptor));
	request = mem_decode(FFA_VERSION_1_2, descriptor);
	EXPECT_EQ(request.range_count, RANGES);
	EXPECT_EQ(memcmp(request.ranges, ranges, sizeof(ranges)), 0);
	vm_release_rx(ACTOR_A);
	EXPECT_FFA_DONE(mem_relinquish(ACTOR_A, handle));
	EXPECT_FFA_DONE(mem_reclaim(PRIMARY, handle, 0));
}
