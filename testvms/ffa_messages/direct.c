/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary that sends and receives messages of every kind, and has the
 * actors do it. This file: direct messages and what comes back.
 */
#include "direct.h"

#include "hft/arch.h"
#include "hft/irq.h"

const struct direct_kind direct_kinds[DIRECT_KIND_COUNT] = {
	{"32-bit", FFA_MSG_SEND_DIRECT_REQ, FFA_MSG_SEND_DIRECT_RESP, 3, 7},
	{"64-bit", FFA_64(FFA_MSG_SEND_DIRECT_REQ),
	 FFA_64(FFA_MSG_SEND_DIRECT_RESP), 3, 7},
	{"2", FFA_64(FFA_MSG_SEND_DIRECT_REQ2),
	 FFA_64(FFA_MSG_SEND_DIRECT_RESP2), 4, 17},
};

struct ffa_frame direct_frame(uint64_t id, uint16_t from, uint16_t to,
			      uint64_t seed)
{
	const struct direct_kind *kind = direct_kind_of(id);
	struct ffa_frame frame = FFA(id, ffa_pair(from, to));

	for (unsigned int i = kind->first; i <= kind->last; i++) {
		frame.x[i] = (seed + i) * UINT64_C(0x0123456789abcdef);
	}
	return frame;
}

const struct direct_kind *direct_kind_of(uint64_t id)
{
	unsigned int i = 0;

	while (direct_kinds[i].request != id &&
	       direct_kinds[i].response != id) {
		i++;
		ASSERT_LT(i, DIRECT_KIND_COUNT);
	}
	return &direct_kinds[i];
}

void expect_direct(const struct ffa_frame *frame, const struct ffa_frame *sent)
{
	const struct direct_kind *kind = direct_kind_of(sent->x[0]);
	bool is_32 = (sent->x[0] & SMCCC_64_BIT) == 0;

	EXPECT_EQ(frame->x[0], sent->x[0]);
	EXPECT_EQ(frame->x[1], sent->x[1]);
	for (unsigned int i = 2; i <= kind->last; i++) {
		uint64_t wanted = i < kind->first ? 0 : sent->x[i];

		EXPECT_EQ(frame->x[i], is_32 ? (uint32_t)wanted : wanted);
	}
}

/** A request of `kind`, answered in kind; both arrive as they were sent. */
static void expect_round_trip(uint16_t vm, const struct direct_kind *kind)
{
	struct ffa_frame request =
		direct_frame(kind->request, PRIMARY, vm, 100);
	struct ffa_frame response =
		direct_frame(kind->response, vm, PRIMARY, 200);
	struct ffa_frame frame;

	hft_ffa_case = kind->name;
	/* Wakes with the request; answers; the next one is an order. */
	vm_script(vm, (struct ffa_frame[]){FFA(FFA_MSG_WAIT), response}, 2);
	EXPECT_FFA_FRAME(vm_wake(vm), FFA_MSG_WAIT);
	frame = hft_ffa_call(request);
	expect_direct(&frame, &response);
	frame = vm_result(vm, 0);
	expect_direct(&frame, &request);
	/* To read that was the next request, which the response came back with. */
	EXPECT_FFA_FRAME(vm_result(vm, 1), FFA_64(FFA_MSG_SEND_DIRECT_REQ));
}

TEST_ALL(ffa_direct, of_32_bits)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	expect_round_trip(ACTOR_A, &direct_kinds[0]);
}

TEST_ALL(ffa_direct, of_64_bits)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	expect_round_trip(ACTOR_A, &direct_kinds[1]);
}

TEST(ffa_direct, of_fourteen_registers)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_start(ACTOR_A, FFA_VERSION_1_2);
	expect_round_trip(ACTOR_A, &direct_kinds[2]);
}

/* The request comes as the result of DIRECT_RESP, too. */
TEST_ALL(ffa_direct, next_request_is_the_result_of_the_response)
{
	struct ffa_frame first;
	struct ffa_frame second;
	struct ffa_frame answers[2];
	struct ffa_frame frame;

	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	for (unsigned int i = 0; i < 2; i++) {
		answers[i] = direct_frame(direct_kinds[i].response, ACTOR_A,
					  PRIMARY, i);
	}
	vm_script_in_request(ACTOR_A, answers, 2);
	first = direct_frame(direct_kinds[0].request, PRIMARY, ACTOR_A, 7);
	frame = hft_ffa_call(first);
	expect_direct(&frame, &answers[0]);
	second = direct_frame(direct_kinds[1].request, PRIMARY, ACTOR_A, 8);
	frame = hft_ffa_call(second);
	expect_direct(&frame, &answers[1]);
	frame = vm_result(ACTOR_A, 0);
	expect_direct(&frame, &second);
}

TEST_ALL(ffa_direct, several_vms_in_turn)
{
	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	vm_start(ACTOR_B, version);
	for (unsigned int i = 0; i < 3; i++) {
		expect_round_trip(ACTOR_A, &direct_kinds[i % 2]);
		expect_round_trip(ACTOR_B, &direct_kinds[(i + 1) % 2]);
	}
}

/* Who has an older version is sent to and answers all the same. */
TEST(ffa_direct, between_versions)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_start(ACTOR_A, FFA_VERSION_1_0);
	vm_start(ACTOR_B, FFA_VERSION_1_1);
	vm_start(ACTOR_SMP, LEGACY);
	for (uint16_t vm = ACTOR_A; vm <= ACTOR_SMP; vm++) {
		expect_round_trip(vm, &direct_kinds[0]);
		expect_round_trip(vm, &direct_kinds[1]);
	}
}

/* Narrow answer to a wide request: tolerated. */
TEST_ALL(ffa_direct, answer_of_the_other_width)
{
	struct ffa_frame response;
	struct ffa_frame frame;

	vm_start(PRIMARY, version);
	vm_start(ACTOR_A, version);
	response = direct_frame(FFA_MSG_SEND_DIRECT_RESP, ACTOR_A, PRIMARY, 1);
	vm_script_in_request(ACTOR_A, &response, 1);
	frame = hft_ffa_call(direct_frame(FFA_64(FFA_MSG_SEND_DIRECT_REQ),
					  PRIMARY, ACTOR_A, 1));
	EXPECT_EQ(frame.x[0], FFA_MSG_SEND_DIRECT_RESP);
	expect_direct(&frame, &response);
}

/* Registers behind those of the call are the caller's, in both directions. */
TEST(ffa_direct, registers_behind_x7_stay_the_callers)
{
	struct ffa_frame request;
	struct ffa_frame frame;

	vm_start(PRIMARY, FFA_VERSION_1_1);
	vm_start(ACTOR_A, FFA_VERSION_1_1);
	request = direct_frame(FFA_64(FFA_MSG_SEND_DIRECT_REQ), PRIMARY,
			       ACTOR_A, 1);
	for (unsigned int i = 8; i < 18; i++) {
		request.x[i] = 0x1000 + i;
	}
	frame = FFA(FFA_64(FFA_MSG_SEND_DIRECT_RESP),
		    ffa_pair(ACTOR_A, PRIMARY));
	vm_script_in_request(ACTOR_A, &frame, 1);
	frame = hft_ffa_call(request);
	EXPECT_FFA_FRAME(frame, FFA_64(FFA_MSG_SEND_DIRECT_RESP));
	for (unsigned int i = 8; i < 18; i++) {
		EXPECT_EQ(frame.x[i], 0x1000 + i);
	}
}
