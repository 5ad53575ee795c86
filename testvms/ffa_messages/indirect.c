/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_MSG_SEND, of 1.0: between every pair of VMs, and each check. Waiting for
 * a busy RX is in testvms/secondaries.
 */
#include "hft/actor.h"
#include "hft/arch.h"

static void start_all(uint32_t version)
{
	for (uint16_t vm = PRIMARY; vm <= ACTOR_B; vm++) {
		vm_start(vm, version);
		vm_map_buffers(vm, 1);
	}
	/* Out of the last request: in MSG_WAIT. */
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_MSG_WAIT);
	EXPECT_FFA_FRAME(vm_wake(ACTOR_B), FFA_MSG_WAIT);
}

static struct ffa_frame send_frame(uint16_t from, uint16_t to, uint64_t size)
{
	return FFA(FFA_MSG_SEND, ffa_pair(from, to), 0, size);
}

/** A call by `vm` in no request, which does not block. */
static struct ffa_frame call(uint16_t vm, struct ffa_frame args)
{
	return vm == PRIMARY ? hft_ffa_call(args) : vm_call_alone(vm, args);
}

/**
 * From one to the other: what FFA_RUN says of it, what the receiver's wait
 * returns, what is in RX.
 */
static void expect_message(uint16_t from, uint16_t to, uint64_t size,
			   uint64_t seed)
{
	struct ffa_frame args = send_frame(from, to, size);
	struct ffa_frame frame;

	vm_fill(from, vm_tx(from), HFT_PAGE_SIZE, vm_tx(from) - seed);
	if (from == PRIMARY) {
		EXPECT_FFA_DONE(hft_ffa_call(args));
	} else {
		vm_script(from, &args, 1);
		frame = vm_wake(from);
		EXPECT_FFA_FRAME(frame, FFA_MSG_SEND);
		EXPECT_EQ(frame.x[1], ffa_pair(from, to));
		EXPECT_EQ(frame.x[2], 0);
		EXPECT_EQ(frame.x[3], to == PRIMARY ? size : 0);
		EXPECT_EQ(hft_ffa_first_nonzero(&frame, 4, 7), 18);
		EXPECT_FFA_FRAME(vm_run(from), FFA_MSG_WAIT);
		EXPECT_FFA_DONE(vm_result(from, 0));
	}
	if (to != PRIMARY) {
		EXPECT_FFA_FRAME(vm_run(to), FFA_MSG_WAIT);
		frame = vm_woken_by(to);
		EXPECT_FFA_FRAME(frame, FFA_MSG_SEND);
		EXPECT_EQ(frame.x[1], ffa_pair(from, to));
		EXPECT_EQ(frame.x[3], size);
	}
}

/** RX of `vm` begins with what TX of `from` had. */
static void expect_content(uint16_t from, uint16_t vm, uint64_t size)
{
	uint64_t sent[64];
	uint64_t found[64];

	ASSERT_LE(size, sizeof(sent));
	vm_read(from, vm_tx(from), sent, size);
	vm_read(vm, vm_rx(vm), found, size);
	EXPECT_EQ(memcmp(sent, found, size), 0);
	vm_release_rx(vm);
	if (vm != PRIMARY) {
		EXPECT_FFA_FRAME(vm_wake(vm), FFA_MSG_WAIT);
	}
}

TEST_OLD(ffa_msg_send, between_every_pair)
{
	start_all(version);
	for (uint16_t from = PRIMARY; from <= ACTOR_B; from++) {
		for (uint16_t to = PRIMARY; to <= ACTOR_B; to++) {
			if (from != to) {
				expect_message(from, to, 64, from * 16U + to);
				expect_content(from, to, 64);
			}
		}
	}
}

TEST_OLD(ffa_msg_send, of_nothing_and_of_a_page)
{
	start_all(version);
	expect_message(PRIMARY, ACTOR_A, 0, 1);
	expect_content(PRIMARY, ACTOR_A, 0);
	expect_message(PRIMARY, ACTOR_A, HFT_PAGE_SIZE, 2);
	expect_content(PRIMARY, ACTOR_A, 512);
	expect_message(ACTOR_A, PRIMARY, HFT_PAGE_SIZE, 3);
	expect_content(ACTOR_A, PRIMARY, 512);
	expect_message(ACTOR_A, ACTOR_B, HFT_PAGE_SIZE, 4);
	expect_content(ACTOR_A, ACTOR_B, 512);
}

static void expect_refused(uint16_t vm, struct ffa_frame args, int32_t code)
{
	EXPECT_FFA_ERROR(call(vm, args), code);
}

TEST_OLD(ffa_msg_send, ids_are_checked)
{
	start_all(version);
	expect_refused(PRIMARY, send_frame(ACTOR_B, ACTOR_A, 0),
		       FFA_INVALID_PARAMETERS);
	expect_refused(PRIMARY, send_frame(0, ACTOR_A, 0),
		       FFA_INVALID_PARAMETERS);
	expect_refused(PRIMARY, send_frame(PRIMARY, PRIMARY, 0),
		       FFA_INVALID_PARAMETERS);
	expect_refused(ACTOR_A, send_frame(PRIMARY, ACTOR_B, 0),
		       FFA_INVALID_PARAMETERS);
	expect_refused(ACTOR_A, send_frame(ACTOR_A, ACTOR_A, 0),
		       FFA_INVALID_PARAMETERS);
}

TEST_OLD(ffa_msg_send, receivers_that_do_not_exist)
{
	static const uint16_t nobody[] = {0, 5, 0x7fff, 0x8000, 0x8001, 0xffff};

	start_all(version);
	for (unsigned int i = 0; i < 6; i++) {
		expect_refused(PRIMARY, send_frame(PRIMARY, nobody[i], 0),
			       FFA_INVALID_PARAMETERS);
		expect_refused(ACTOR_A, send_frame(ACTOR_A, nobody[i], 0),
			       FFA_INVALID_PARAMETERS);
	}
}

TEST_OLD(ffa_msg_send, size_is_checked)
{
	start_all(version);
	expect_refused(PRIMARY, send_frame(PRIMARY, ACTOR_A, 4097),
		       FFA_INVALID_PARAMETERS);
	expect_refused(ACTOR_A, send_frame(ACTOR_A, PRIMARY, UINT32_MAX),
		       FFA_INVALID_PARAMETERS);
	/* Before the receiver, who is busy. */
	expect_message(PRIMARY, ACTOR_B, 0, 0);
	expect_refused(PRIMARY, send_frame(PRIMARY, ACTOR_B, 4097),
		       FFA_INVALID_PARAMETERS);
}

TEST_OLD(ffa_msg_send, needs_tx)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	vm_start(ACTOR_B, version);
	vm_map_buffers(ACTOR_A, 1);
	expect_refused(PRIMARY, send_frame(PRIMARY, ACTOR_A, 0),
		       FFA_INVALID_PARAMETERS);
	expect_refused(ACTOR_B, send_frame(ACTOR_B, ACTOR_A, 0),
		       FFA_INVALID_PARAMETERS);
}

TEST_OLD(ffa_msg_send, receiver_without_rx_is_busy)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	vm_map_buffers(PRIMARY, 1);
	expect_refused(PRIMARY, send_frame(PRIMARY, ACTOR_A, 0), FFA_BUSY);
	expect_refused(PRIMARY, send_frame(PRIMARY, ACTOR_B, 0), FFA_BUSY);
}

TEST_OLD(ffa_msg_send, receiver_with_a_full_rx_is_busy)
{
	start_all(version);
	expect_message(PRIMARY, ACTOR_A, 8, 1);
	/* Read, but not released. */
	expect_refused(PRIMARY, send_frame(PRIMARY, ACTOR_A, 0), FFA_BUSY);
	expect_refused(ACTOR_B, send_frame(ACTOR_B, ACTOR_A, 0), FFA_BUSY);
	expect_content(PRIMARY, ACTOR_A, 8);
	expect_message(ACTOR_B, ACTOR_A, 8, 2);
}

TEST_OLD(ffa_msg_send, message_that_was_not_read_can_not_be_released)
{
	start_all(version);
	EXPECT_FFA_DONE(hft_ffa_call(send_frame(PRIMARY, ACTOR_A, 8)));
	/* An order, which does not look at RX. */
	EXPECT_FFA_ERROR(vm_call(ACTOR_A, FFA(FFA_RX_RELEASE)), FFA_DENIED);
}

TEST_OLD(ffa_msg_send, poll_takes_a_message)
{
	struct ffa_frame calls[] = {FFA(FFA_YIELD), FFA(FFA_MSG_POLL),
				    FFA(FFA_MSG_POLL)};
	struct ffa_frame frame;

	start_all(version);
	vm_script(ACTOR_A, calls, 3);
	EXPECT_FFA_FRAME(vm_wake(ACTOR_A), FFA_YIELD);
	EXPECT_FFA_DONE(hft_ffa_call(send_frame(PRIMARY, ACTOR_A, 24)));
	EXPECT_FFA_FRAME(vm_run(ACTOR_A), FFA_MSG_WAIT);
	frame = vm_result(ACTOR_A, 1);
	EXPECT_FFA_FRAME(frame, FFA_MSG_SEND);
	EXPECT_EQ(frame.x[1], ffa_pair(PRIMARY, ACTOR_A));
	EXPECT_EQ(frame.x[3], 24);
	EXPECT_FFA_ERROR(vm_result(ACTOR_A, 2), FFA_RETRY);
	vm_release_rx(ACTOR_A);
}

TEST_NEW(ffa_msg_send, is_gone)
{
	start_all(version);
	EXPECT_FFA_ERROR(hft_ffa_call(send_frame(PRIMARY, ACTOR_A, 0)),
			 FFA_NOT_SUPPORTED);
	EXPECT_FFA_ERROR(
		vm_call_alone(ACTOR_A, send_frame(ACTOR_A, PRIMARY, 0)),
		FFA_NOT_SUPPORTED);
}
