/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of what FFA_MEM_RETRIEVE_REQ refuses and what it grants, in the order
 * of docs/ffa.md.
 */
#include "fixture/memory_codes.h"
#include "hf/smccc.h"

#define INVALID FFA_INVALID_PARAMETERS
#define DENIED FFA_DENIED
#define SHARE FFA_MEM_SHARE
#define LEND FFA_MEM_LEND
#define DONATE FFA_MEM_DONATE
#define CLEAR FFA_MEMORY_FLAG_CLEAR
#define CLEAR_BEHIND FFA_MEMORY_FLAG_CLEAR_RELINQUISH
#define RO FFA_DATA_ACCESS_RO
#define RW FFA_DATA_ACCESS_RW
#define NX FFA_INSTRUCTION_ACCESS_NX
#define X FFA_INSTRUCTION_ACCESS_X

static int32_t retrieve_with(uint64_t id, uint64_t w2_more, uint64_t x3,
			     uint64_t x4)
{
	struct vcpu *vcpu;
	uint32_t size;

	codes_begin_retrieve(V1_2, SHARE);
	vcpu = codes.memory.receiver;
	size = memory_put(vcpu, codes.said);
	(void)machine_hvc(vcpu, CALL(id, size, size + w2_more, x3, x4));
	return vcpu->regs.x[0] == FFA_MEM_RETRIEVE_RESP ? 0
							: mailbox_answer(vcpu);
}

TEST(ffa_mem_retrieve, other_buffer_than_tx_is_invalid)
{
	EXPECT_EQ(retrieve_with(FFA_MEM_RETRIEVE_REQ, 0, 0x1000, 0), INVALID);
	EXPECT_EQ(retrieve_with(FFA_MEM_RETRIEVE_REQ, 0, 0, 1), INVALID);
	EXPECT_EQ(retrieve_with(FFA_64(FFA_MEM_RETRIEVE_REQ), 0,
				UINT64_C(1) << 32, 0),
		  INVALID);
	EXPECT_EQ(retrieve_with(FFA_64(FFA_MEM_RETRIEVE_REQ), 0, 0, 0), 0);
	EXPECT_EQ(retrieve_with(FFA_MEM_RETRIEVE_REQ, 0, UINT64_C(1) << 32, 0),
		  0);
}

TEST(ffa_mem_retrieve, request_is_one_fragment)
{
	EXPECT_EQ(retrieve_with(FFA_MEM_RETRIEVE_REQ, 16, 0, 0), INVALID);
	EXPECT_EQ(retrieve_with(FFA_MEM_RETRIEVE_REQ, (uint64_t)-16, 0, 0),
		  INVALID);
}

TEST(ffa_mem_retrieve, answer_is_lengths_and_nothing_else)
{
	const uint64_t *x;

	codes_begin_retrieve(V1_1, LEND);
	ASSERT_EQ(codes_retrieve(), 0);
	x = codes.memory.receiver->regs.x;

	EXPECT_EQ(x[0], FFA_MEM_RETRIEVE_RESP);
	EXPECT_EQ(x[1], 96U);
	EXPECT_EQ(x[2], 96U);
	EXPECT_EQ(guest_first_used(codes.memory.receiver, 3), 8U);
}

TEST(ffa_mem_retrieve, without_buffers_is_invalid_before_busy)
{
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID,
			ASSERT_EQ(mailbox_call(codes.memory.receiver,
					       CALL(FFA_RXTX_UNMAP)),
				  0);
			codes_note());
}

TEST(ffa_mem_retrieve, longer_than_tx_is_invalid_before_busy)
{
	struct vcpu *vcpu;

	codes_begin_retrieve(V1_1, SHARE);
	vcpu = codes.memory.receiver;
	vcpu->vm->mailbox.state = MAILBOX_READ;
	(void)machine_hvc(vcpu, CALL(FFA_MEM_RETRIEVE_REQ, 4112, 4112));

	EXPECT_EQ(mailbox_answer(vcpu), INVALID);
}

TEST(ffa_mem_retrieve, request_may_fill_tx)
{
	codes_begin_retrieve(V1_1, SHARE);
	codes.said->endpoint_offset = PAGE_SIZE - 16;

	EXPECT_EQ(codes_retrieve(), 0);
}

TEST(ffa_mem_retrieve, rx_in_use_is_busy)
{
	EXPECT_RETRIEVE(SHARE, 0, FFA_BUSY, FFA_BUSY,
			codes.memory.receiver->vm->mailbox.state =
				MAILBOX_READ);
	EXPECT_RETRIEVE(SHARE, 0, FFA_BUSY, FFA_BUSY,
			codes.memory.receiver->vm->mailbox.state =
				MAILBOX_RECEIVED);
	/* Before all that the request says. */
	EXPECT_RETRIEVE(SHARE, 0, FFA_BUSY, FFA_BUSY,
			codes.memory.receiver->vm->mailbox.state = MAILBOX_READ;
			codes.said->handle = 0; codes.said->endpoint_count = 0);
}

TEST(ffa_mem_retrieve, answer_is_the_receiver_s_until_released)
{
	codes_begin_retrieve(V1_1, SHARE);
	ASSERT_EQ(codes_retrieve(), 0);
	codes_note();

	EXPECT_EQ(codes_retrieve(), FFA_BUSY);
	EXPECT_EQ(memory_release_rx(codes.memory.receiver), 0);
	EXPECT_EQ(memory_release_rx(codes.memory.receiver), DENIED);
}

/** `size` as the length of a request that is otherwise fine. */
static int32_t retrieve_length(uint32_t size)
{
	(void)memory_put(codes.memory.receiver, codes.said);
	(void)machine_hvc(codes.memory.receiver,
			  CALL(FFA_MEM_RETRIEVE_REQ, size, size));
	return mailbox_answer(codes.memory.receiver);
}

TEST(ffa_mem_retrieve, length_is_that_of_the_layout)
{
	static const uint32_t right[] = {48, 48, 64, 80};

	for (enum direct_profile p = LEGACY; p <= V1_2; p++) {
		codes_begin_retrieve(p, SHARE);
		EXPECT_EQ(retrieve_length(0), INVALID);
		EXPECT_EQ(retrieve_length(right[p] - 16), INVALID);
		EXPECT_EQ(retrieve_length(right[p] - 1), INVALID);
		EXPECT_EQ(retrieve_length(right[p] + 1), INVALID);
		EXPECT_EQ(retrieve_length(right[p] + 16), INVALID);
		EXPECT_EQ(retrieve_length(4096), INVALID);
	}
}

TEST(ffa_mem_retrieve, layout_is_looked_at)
{
	EXPECT_RETRIEVE(SHARE, 0, 0, INVALID, codes.said->header_mbz = 1);
	EXPECT_RETRIEVE(SHARE, 0, 0, INVALID, codes.said->endpoint_mbz = 1);
}

TEST(ffa_mem_retrieve, guest_of_1_2_may_use_the_short_endpoint)
{
	codes_begin_retrieve(V1_2, SHARE);
	codes.said->endpoint_size = 16;

	EXPECT_EQ(codes_retrieve(), 0);
	/* The answer is that of its version. */
	EXPECT_EQ(memory_told(codes.memory.receiver)->endpoint_size, 32U);
}

TEST(ffa_mem_retrieve, receiver_is_one)
{
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID,
			codes.said->endpoint_count = 0);
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID,
			codes.said->endpoint_count = 2);
}

TEST(ffa_mem_retrieve, unknown_handles_are_invalid)
{
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID, codes.said->handle = 0);
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID,
			codes.said->handle = FFA_MEMORY_HANDLE_INVALID);
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID,
			codes.said->handle ^= UINT64_C(1) << 63);
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID, codes.said->handle += 1);
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID,
			codes.said->handle += 0x10000);
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID,
			codes.said->handle = UINT64_C(1) << 63);
}

TEST(ffa_mem_retrieve, handle_is_used_once)
{
	codes_begin_retrieve(V1_1, SHARE);
	ASSERT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), 0);
	codes_note();

	EXPECT_EQ(codes_retrieve(), INVALID);
	EXPECT_NE(memory_sent(codes.memory, SHARE, CODES_PAGE, 1),
		  codes.handle);
	codes_note();
	EXPECT_EQ(codes_retrieve(), INVALID);
}

TEST(ffa_mem_retrieve, type_is_that_of_the_transaction_or_left_open)
{
	EXPECT_RETRIEVE(SHARE, 0, 0, 0, codes.said->flags = 1U << 3);
	EXPECT_RETRIEVE(LEND, 0, 0, 0, codes.said->flags = 2U << 3);
	EXPECT_RETRIEVE(DONATE, 0, 0, 0, codes.said->flags = 3U << 3);
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID,
			codes.said->flags = 2U << 3);
	EXPECT_RETRIEVE(LEND, 0, INVALID, INVALID, codes.said->flags = 3U << 3);
	EXPECT_RETRIEVE(DONATE, 0, INVALID, INVALID,
			codes.said->flags = 1U << 3);
}

TEST(ffa_mem_retrieve, sender_is_who_sent)
{
	EXPECT_RETRIEVE(SHARE, 0, INVALID, DENIED, codes.said->sender = 2);
	EXPECT_RETRIEVE(SHARE, 0, INVALID, DENIED, codes.said->sender = 0xffff);
	/* Behind handle and type, before tag and receiver. */
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID, codes.said->sender = 2;
			codes.said->handle = 0);
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID, codes.said->sender = 2;
			codes.said->flags = 2U << 3);
	EXPECT_RETRIEVE(SHARE, 0, INVALID, DENIED, codes.said->sender = 2;
			codes.said->tag = 0; codes.said->receiver = 1);
}

TEST(ffa_mem_retrieve, tag_is_the_sender_s)
{
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID, codes.said->tag ^= 1);
	EXPECT_RETRIEVE(LEND, 0, INVALID, INVALID,
			codes.said->tag ^= UINT64_C(1) << 63);
}

TEST(ffa_mem_retrieve, receiver_is_the_caller)
{
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID, codes.said->receiver = 1);
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID, codes.said->receiver = 3);
}

TEST(ffa_mem_retrieve, others_have_nothing_to_retrieve)
{
	struct memory_said *said;

	codes_begin_retrieve(V1_1, SHARE);
	said = memory_request(codes.memory.third, SHARE, 1, codes.handle);
	EXPECT_EQ(memory_retrieve(codes.memory.third, said), INVALID);
	said->receiver = 2;
	EXPECT_EQ(memory_retrieve(codes.memory.third, said), INVALID);
	said->sender = 3;
	EXPECT_EQ(memory_retrieve(codes.memory.third, said), DENIED);
	said = memory_request(codes.memory.sender, SHARE, 1, codes.handle);
	EXPECT_EQ(memory_retrieve(codes.memory.sender, said), INVALID);
	EXPECT_EQ(memory_digest(), codes.before);
}

TEST(ffa_mem_retrieve, twice_is_denied)
{
	EXPECT_RETRIEVE(SHARE, 0, DENIED, DENIED,
			ASSERT_EQ(memory_retrieve_from(codes.memory, SHARE,
						       codes.handle),
				  0);
			codes_note());
	EXPECT_RETRIEVE(LEND, 0, DENIED, DENIED,
			ASSERT_EQ(memory_retrieve_from(codes.memory, LEND,
						       codes.handle),
				  0);
			codes_note());
}

TEST(ffa_mem_retrieve, donation_has_no_handle_any_more)
{
	EXPECT_RETRIEVE(DONATE, 0, INVALID, INVALID,
			ASSERT_EQ(memory_retrieve_from(codes.memory, DONATE,
						       codes.handle),
				  0);
			codes_note());
}

TEST(ffa_mem_retrieve, addresses_are_not_the_receiver_s_to_say)
{
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID,
			codes.said->composite_offset = 16);
	EXPECT_RETRIEVE(LEND, 0, INVALID, INVALID,
			codes.said->composite_offset = 1);
}

/** Flags that are refused of a lend that was cleared, by profile. */
static void expect_flag(uint32_t flag, int32_t legacy, int32_t of_1_0,
			int32_t others)
{
	int32_t codes_of[] = {legacy, of_1_0, others, others};

	for (enum direct_profile p = LEGACY; p <= V1_2; p++) {
		codes_begin_retrieve_flags(p, LEND, CLEAR);
		codes.said->flags = flag;
		EXPECT_EQ(codes_retrieve(), codes_of[p]);
	}
}

TEST(ffa_mem_retrieve, flags_of_the_version)
{
	expect_flag(CLEAR, 0, 0, 0);
	expect_flag(FFA_MEMORY_FLAG_TIME_SLICE, INVALID, INVALID, INVALID);
	expect_flag(CLEAR_BEHIND, INVALID, 0, 0);
	for (uint32_t bit = 5; bit <= 9; bit++) {
		expect_flag(1U << bit, INVALID, INVALID, INVALID);
	}
	expect_flag(FFA_MEMORY_FLAG_BYPASS, INVALID, INVALID, 0);
	for (uint32_t bit = 11; bit < 32; bit++) {
		expect_flag(1U << bit, INVALID, INVALID, INVALID);
	}
}

TEST(ffa_mem_retrieve, share_is_not_cleared)
{
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID, codes.said->flags = CLEAR);
	EXPECT_RETRIEVE(SHARE, 0, INVALID, INVALID,
			codes.said->flags = CLEAR_BEHIND);
}

TEST(ffa_mem_retrieve, clearing_must_have_been_offered_but_to_legacy_guests)
{
	EXPECT_RETRIEVE(LEND, 0, 0, DENIED, codes.said->flags = CLEAR);
	EXPECT_RETRIEVE(DONATE, 0, 0, DENIED, codes.said->flags = CLEAR);
	EXPECT_RETRIEVE(LEND, CLEAR, 0, 0, codes.said->flags = CLEAR);
	EXPECT_RETRIEVE(LEND, 0, INVALID, 0, codes.said->flags = CLEAR_BEHIND);
}

TEST(ffa_mem_retrieve, who_may_only_read_does_not_clear)
{
	EXPECT_RETRIEVE(LEND, CLEAR, 0, DENIED, codes.said->flags = CLEAR;
			codes.said->permissions = RO | X);
	EXPECT_RETRIEVE(LEND, CLEAR, INVALID, DENIED,
			codes.said->flags = CLEAR_BEHIND;
			codes.said->permissions = RO | X);
}

TEST(ffa_mem_retrieve, legacy_guest_that_may_only_read_clears_nothing)
{
	codes_begin_retrieve(LEGACY, LEND);
	codes.said->flags = CLEAR;
	codes.said->permissions = RO;

	EXPECT_EQ(codes_retrieve(), 0);
	EXPECT_EQ(memory_told(codes.memory.receiver)->flags, 2U << 3);
	EXPECT_TRUE(memory_real_is(3, 1, 0xa5));
}

/** What comes of an offer of data rights and a request; 0: DENIED. */
static uint8_t grant(uint32_t func, uint8_t offer, uint8_t request)
{
	struct memory_said *said;
	int32_t code;

	codes.memory = memory_start(V1_1, LEGACY);
	said = memory_offer(codes.memory.sender, func, 2);
	memory_add(said, CODES_PAGE, 1);
	said->permissions = offer;
	ASSERT_EQ(memory_send(codes.memory.sender, func, said), 0);
	said = memory_request(codes.memory.receiver, func, 1,
			      memory_handle(codes.memory.sender));
	said->permissions = request;
	code = memory_retrieve(codes.memory.receiver, said);
	if (code != 0) {
		EXPECT_EQ(code, DENIED);
		return 0;
	}
	return memory_told(codes.memory.receiver)->permissions;
}

TEST(ffa_mem_retrieve, data_that_are_granted)
{
	EXPECT_EQ(grant(DONATE, 0, 0), RW | X);
	EXPECT_EQ(grant(DONATE, 0, RO), RO | X);
	EXPECT_EQ(grant(DONATE, 0, RW), RW | X);
	EXPECT_EQ(grant(DONATE, 0, 3), 0);
	EXPECT_EQ(grant(LEND, RW, 0), RW | X);
	EXPECT_EQ(grant(LEND, RW, RO), RO | X);
	EXPECT_EQ(grant(LEND, RW, RW), RW | X);
	EXPECT_EQ(grant(LEND, RO, 0), RO | X);
	EXPECT_EQ(grant(LEND, RO, RO), RO | X);
	EXPECT_EQ(grant(LEND, RO, RW), 0);
	EXPECT_EQ(grant(LEND, RO, 3), 0);
	EXPECT_EQ(grant(SHARE, RO, RW), 0);
	EXPECT_EQ(grant(SHARE, RO, 0), RO | NX);
}

TEST(ffa_mem_retrieve, instructions_that_are_granted)
{
	EXPECT_EQ(grant(LEND, RW, NX), RW | NX);
	EXPECT_EQ(grant(LEND, RW, X), RW | X);
	EXPECT_EQ(grant(LEND, RW, 0xc), 0);
	EXPECT_EQ(grant(DONATE, 0, NX), RW | NX);
	EXPECT_EQ(grant(SHARE, RW, 0), RW | NX);
	EXPECT_EQ(grant(SHARE, RW, NX), RW | NX);
	EXPECT_EQ(grant(SHARE, RW, X), 0);
}

/** What `request` of a lend makes of the receiver's map. */
static mm_mode_t mode_for(uint8_t request)
{
	(void)grant(LEND, RW, request);
	return memory_mode(codes.memory.receiver, CODES_PAGE);
}

TEST(ffa_mem_retrieve, map_has_the_rights_that_were_granted)
{
	EXPECT_EQ(mode_for(RW | X), MM_MODE_RWX);
	EXPECT_EQ(mode_for(RO | X), MM_MODE_R | MM_MODE_X);
	EXPECT_EQ(mode_for(RW | NX), MM_MODE_R | MM_MODE_W);
	EXPECT_EQ(mode_for(RO | NX), MM_MODE_R);
}

TEST(ffa_mem_retrieve, donor_that_may_only_read_gives_no_more)
{
	struct memory_said *said;

	codes.memory = memory_start(V1_1, V1_1);
	memory_set(codes.memory.sender, CODES_PAGE, 1,
		   MM_MODE_OWNED | MM_MODE_R);
	said = memory_request(codes.memory.receiver, DONATE, 1,
			      memory_sent(codes.memory, DONATE, CODES_PAGE, 1));
	said->permissions = RW | NX;
	EXPECT_EQ(memory_retrieve(codes.memory.receiver, said), DENIED);
	said->permissions = RO | X;
	EXPECT_EQ(memory_retrieve(codes.memory.receiver, said), DENIED);
	said->permissions = NX;
	EXPECT_EQ(memory_retrieve(codes.memory.receiver, said), 0);
	EXPECT_EQ(memory_mode(codes.memory.receiver, CODES_PAGE),
		  MM_MODE_OWNED | MM_MODE_R);
}

TEST(ffa_mem_retrieve, reserved_bits_of_permissions_are_zero)
{
	EXPECT_RETRIEVE(LEND, 0, 0, INVALID, codes.said->permissions |= 0x10);
	EXPECT_RETRIEVE(LEND, 0, 0, INVALID, codes.said->permissions |= 0x80);
}

/* Nothing was offered that X could be more than, but to legacy guests NX. */
TEST(ffa_mem_retrieve, instructions_of_a_share_are_not_said)
{
	EXPECT_RETRIEVE(SHARE, 0, DENIED, INVALID,
			codes.said->permissions |= X);
	EXPECT_RETRIEVE(SHARE, 0, 0, INVALID, codes.said->permissions |= NX);
	EXPECT_RETRIEVE(SHARE, 0, DENIED, INVALID,
			codes.said->permissions |=
			FFA_INSTRUCTION_ACCESS_RESERVED);
}

TEST(ffa_mem_retrieve, instructions_are_said_unless_shared)
{
	EXPECT_RETRIEVE(LEND, 0, 0, INVALID, codes.said->permissions = RW);
	EXPECT_RETRIEVE(DONATE, 0, 0, INVALID, codes.said->permissions = RW);
	EXPECT_RETRIEVE(DONATE, 0, 0, 0, codes.said->permissions = NX);
}

TEST(ffa_mem_retrieve, ns_bit_is_the_hypervisor_s)
{
	EXPECT_RETRIEVE(SHARE, 0, 0, INVALID,
			codes.said->attributes |= FFA_MEMORY_NS);
	EXPECT_RETRIEVE(LEND, 0, 0, INVALID, codes.said->attributes |= 0x80);
}

TEST(ffa_mem_retrieve, attributes_are_those_of_all_memory)
{
	static const uint16_t others[] = {
		FFA_MEMORY_TYPE_DEVICE,
		FFA_MEMORY_TYPE_DEVICE | 0xc,
		FFA_MEMORY_TYPE_NORMAL,
		FFA_MEMORY_TYPE_NORMAL | FFA_MEMORY_NON_CACHEABLE | 3,
		FFA_MEMORY_TYPE_NORMAL | FFA_MEMORY_WRITE_BACK,
		FFA_MEMORY_TYPE_NORMAL | FFA_MEMORY_WRITE_BACK | 2,
		FFA_MEMORY_TYPE_RESERVED,
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		EXPECT_RETRIEVE(LEND, 0, 0, DENIED,
				codes.said->attributes = others[i]);
	}
	EXPECT_RETRIEVE(LEND, 0, 0, 0, codes.said->attributes = 0);
}

/** Implementation-defined words of sender and receiver; 1.2 has them. */
static int32_t retrieve_impdef(enum direct_profile receiver, uint64_t low,
			       uint64_t high)
{
	struct memory_said *said;

	codes.memory = memory_start(V1_2, receiver);
	said = memory_offer(codes.memory.sender, LEND, 2);
	said->impdef[0] = 0x1234;
	said->impdef[1] = 0x5678;
	memory_add(said, CODES_PAGE, 1);
	ASSERT_EQ(memory_send(codes.memory.sender, LEND, said), 0);
	said = memory_request(codes.memory.receiver, LEND, 1,
			      memory_handle(codes.memory.sender));
	said->impdef[0] = low;
	said->impdef[1] = high;
	return memory_retrieve(codes.memory.receiver, said);
}

TEST(ffa_mem_retrieve, impdef_is_the_sender_s)
{
	const struct memory_said *told;

	EXPECT_EQ(retrieve_impdef(V1_2, 0, 0x5678), INVALID);
	EXPECT_EQ(retrieve_impdef(V1_2, 0x1234, 0), INVALID);
	ASSERT_EQ(retrieve_impdef(V1_2, 0x1234, 0x5678), 0);
	told = memory_told(codes.memory.receiver);
	EXPECT_EQ(told->impdef[0], 0x1234U);
	EXPECT_EQ(told->impdef[1], 0x5678U);
}

TEST(ffa_mem_retrieve, guest_before_1_2_has_no_impdef)
{
	EXPECT_EQ(retrieve_impdef(V1_1, 0, 0), 0);
	EXPECT_EQ(memory_told(codes.memory.receiver)->endpoint_mbz, 0U);
	EXPECT_EQ(retrieve_impdef(LEGACY, 0, 0), 0);
	EXPECT_EQ(memory_told(codes.memory.receiver)->endpoint_mbz, 0U);
}

TEST(ffa_mem_retrieve, something_else_at_these_addresses_is_denied)
{
	uint64_t ipa;

	for (enum direct_profile p = LEGACY; p <= V1_2; p++) {
		codes_begin_retrieve(p, DONATE);
		ipa = memory_real_ipa(3);
		memory_set(codes.memory.receiver, ipa, 1, MEMORY_OWN);
		codes_note();
		EXPECT_EQ(codes_retrieve(), DENIED);
		memory_set(codes.memory.receiver, ipa, 1,
			   MM_MODE_R | MM_MODE_DEVICE);
		codes_note();
		EXPECT_EQ(codes_retrieve(), DENIED);
		/* Donated by it and not retrieved: it may come back. */
		memory_set(codes.memory.receiver, ipa, 1,
			   MM_MODE_RWX | MM_MODE_NO_ACCESS);
		codes_note();
		EXPECT_EQ(codes_retrieve(), DENIED);
		memory_set(codes.memory.receiver, ipa, 1, MM_MODE_ABSENT);
		EXPECT_EQ(memory_retrieve(codes.memory.receiver, codes.said),
			  0);
	}
}
