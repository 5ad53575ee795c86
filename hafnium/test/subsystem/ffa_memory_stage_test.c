/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A transaction in fragments through all of its stages: at each, every call by
 * everybody gets the code of one table, and what is refused changes nothing.
 * See docs/ffa.md.
 */
#include <string.h>

#include "fixture/memory_codes.h"

#define INVALID FFA_INVALID_PARAMETERS
#define DENIED FFA_DENIED
#define NEXT 0 /* it is what goes on */

/** So many that the answer to a request is in two fragments. */
#define RANGES 300U
#define BEGIN_1_1 80U

enum stage {
	SENDING,
	SENT,
	DELIVERING,
	RETRIEVED,
	ENDED,
	STAGES
};

enum call {
	FRAG_TX,
	RETRIEVE,
	FRAG_RX,
	RELINQUISH,
	RECLAIM,
	CALLS
};

/** By the sender, the receiver, a third VM; a donation ends when retrieved. */
static const int32_t codes_of[STAGES][CALLS][3] = {
	[SENDING] = {{NEXT, INVALID, INVALID},
		     {INVALID, INVALID, INVALID},
		     {INVALID, INVALID, INVALID},
		     {INVALID, INVALID, INVALID},
		     {INVALID, INVALID, INVALID}},
	[SENT] = {{INVALID, INVALID, INVALID},
		  {INVALID, NEXT, INVALID},
		  {INVALID, INVALID, INVALID},
		  {INVALID, INVALID, INVALID},
		  {NEXT, INVALID, INVALID}},
	[DELIVERING] = {{INVALID, INVALID, INVALID},
			{INVALID, DENIED, INVALID},
			{INVALID, NEXT, INVALID},
			{INVALID, INVALID, INVALID},
			{DENIED, INVALID, INVALID}},
	[RETRIEVED] = {{INVALID, INVALID, INVALID},
		       {INVALID, DENIED, INVALID},
		       {INVALID, INVALID, INVALID},
		       {INVALID, NEXT, INVALID},
		       {DENIED, INVALID, INVALID}},
	[ENDED] = {{INVALID, INVALID, INVALID},
		   {INVALID, INVALID, INVALID},
		   {INVALID, INVALID, INVALID},
		   {INVALID, INVALID, INVALID},
		   {INVALID, INVALID, INVALID}},
};

static struct vcpu *party(unsigned int i)
{
	return i == 0	? codes.memory.sender
	       : i == 1 ? codes.memory.receiver
			: codes.memory.third;
}

static int32_t frag_tx(struct vcpu *vcpu)
{
	memcpy(mailbox_tx(vcpu->vm->id), &codes.said->ranges[100], PAGE_SIZE);
	return memory_frag_tx(vcpu, codes.handle, 16 * (RANGES - 100));
}

static int32_t frag_rx(struct vcpu *vcpu)
{
	int32_t code = memory_frag_rx(vcpu, codes.handle, PAGE_SIZE);

	if (code < 0) {
		return code;
	}
	EXPECT_EQ((uint32_t)code,
		  16 * RANGES + BEGIN_1_1 - (uint32_t)PAGE_SIZE);
	return memory_release_rx(vcpu);
}

static int32_t retrieve(struct vcpu *vcpu)
{
	int32_t code = memory_retrieve(
		vcpu, memory_request(vcpu, codes.func, 1, codes.handle));

	return code != 0 ? code : memory_release_rx(vcpu);
}

static int32_t make(enum call call, struct vcpu *vcpu)
{
	switch (call) {
	case FRAG_TX:
		return frag_tx(vcpu);
	case RETRIEVE:
		return retrieve(vcpu);
	case FRAG_RX:
		return frag_rx(vcpu);
	case RELINQUISH:
		return memory_relinquish(vcpu, codes.handle, 0);
	case RECLAIM:
		return memory_reclaim(vcpu, codes.handle, 0);
	case CALLS:
		break;
	}
	return MAILBOX_ODD;
}

/** Everything that nobody may do at this stage. */
static void try_all(enum stage stage)
{
	uint64_t digest = memory_digest();

	for (enum call call = FRAG_TX; call < CALLS; call++) {
		for (unsigned int i = 0; i < 3; i++) {
			int32_t expected = codes_of[stage][call][i];
			int32_t code;

			if (expected == NEXT) {
				continue;
			}
			code = make(call, party(i));
			if (code != expected || memory_digest() != digest) {
				FAIL("stage %u, call %u by %u: %d, not %d",
				     stage, call, i, code, expected);
			}
		}
	}
}

/** The call goes on to a stage. */
static void go(enum call call, unsigned int by, enum stage to)
{
	ASSERT_EQ(make(call, party(by)), 0);
	try_all(to);
}

/** The first fragment. */
static void begin(uint32_t func)
{
	uint32_t total;

	codes_begin_send(V1_1, func);
	direct_profile_set(codes.memory.receiver->vm, V1_1);
	for (uint32_t i = 1; i < RANGES; i++) {
		memory_add(codes.said, MEMORY_PAGE(1, 3 + 2 * i), 1);
	}
	total = memory_put(codes.memory.sender, codes.said);
	ASSERT_EQ(memory_call(codes.memory.sender, func, total,
			      BEGIN_1_1 + 16 * 100),
		  0);
	codes.handle = memory_handle(codes.memory.sender);
	EXPECT_EQ(memory_digest(), codes.before);
	try_all(SENDING);
	go(FRAG_TX, 0, SENT);
}

static void there_and_back(uint32_t func)
{
	begin(func);
	go(RETRIEVE, 1, DELIVERING);
	go(FRAG_RX, 1, RETRIEVED);
	go(RELINQUISH, 1, SENT);
	/* Once more, from the start. */
	go(RETRIEVE, 1, DELIVERING);
	go(FRAG_RX, 1, RETRIEVED);
	go(RELINQUISH, 1, SENT);
	go(RECLAIM, 0, ENDED);
	EXPECT_EQ(memory_digest(), codes.before);
}

TEST(ffa_mem_stage, share_by_everybody_at_every_stage)
{
	there_and_back(FFA_MEM_SHARE);
}

TEST(ffa_mem_stage, lend_by_everybody_at_every_stage)
{
	there_and_back(FFA_MEM_LEND);
}

TEST(ffa_mem_stage, donation_by_everybody_at_every_stage)
{
	begin(FFA_MEM_DONATE);
	go(RETRIEVE, 1, DELIVERING);
	go(FRAG_RX, 1, ENDED);
	EXPECT_EQ(memory_mode(codes.memory.receiver, CODES_PAGE), MEMORY_OWN);
}

TEST(ffa_mem_stage, donation_that_nobody_retrieves)
{
	begin(FFA_MEM_DONATE);
	go(RECLAIM, 0, ENDED);
	EXPECT_EQ(memory_digest(), codes.before);
}
