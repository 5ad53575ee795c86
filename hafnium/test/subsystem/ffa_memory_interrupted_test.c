/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of what comes between two fragments: other transactions, other calls,
 * other buffers, the end of a VM. See docs/ffa.md.
 */
#include <string.h>

#include "fixture/memory_codes.h"
#include "hf/mm/ownership.h"

#define INVALID FFA_INVALID_PARAMETERS
#define DENIED FFA_DENIED
#define SHARE FFA_MEM_SHARE
#define LEND FFA_MEM_LEND
#define DONATE FFA_MEM_DONATE

/** Bytes in front of the ranges, in the layout of 1.1. */
#define FRONT 80U
/** Ranges that have room behind them in a page. */
#define FIRST 251U

/** Range `i` of transaction `n`; no two pages follow one another. */
static uint64_t page_of(uint32_t n, uint32_t i)
{
	return MEMORY_PAGE(1, 4000 + 2000 * n + 2 * i);
}

/** The first fragment of `count` ranges, one of them; its handle. */
static uint64_t begin(uint32_t func, uint32_t n, uint16_t to, uint32_t count)
{
	struct vcpu *vcpu = codes.memory.sender;
	struct memory_said *said = memory_offer(vcpu, func, to);

	for (uint32_t i = 0; i < count; i++) {
		memory_add(said, page_of(n, i), 1);
	}
	ASSERT_EQ(memory_call(vcpu, func, memory_put(vcpu, said), FRONT + 16),
		  0);
	ASSERT_EQ(vcpu->regs.x[0], FFA_MEM_FRAG_RX);
	return memory_handle(vcpu);
}

/** Range `i` of transaction `n`. */
static int32_t go_on(uint64_t handle, uint32_t n, uint32_t i)
{
	struct ffa_memory_constituent range = {page_of(n, i), 1, 0};

	memcpy(mailbox_tx(1), &range, sizeof(range));
	return memory_frag_tx(codes.memory.sender, handle, sizeof(range));
}

static bool is_sent(void)
{
	return codes.memory.sender->regs.x[0] == FFA_SUCCESS;
}

static mm_mode_t sender_mode(uint32_t n, uint32_t i)
{
	return memory_mode(codes.memory.sender, page_of(n, i));
}

TEST(ffa_mem_interrupted, transactions_are_sent_in_turns)
{
	uint64_t handles[3];

	codes_begin_send(V1_1, LEND);
	for (uint32_t n = 0; n < 3; n++) {
		handles[n] = begin(LEND, n, n == 1 ? 3 : 2, 4);
	}
	for (uint32_t i = 1; i < 4; i++) {
		for (uint32_t n = 3; n-- > 0;) {
			ASSERT_EQ(go_on(handles[n], n, i), 0);
			EXPECT_EQ(is_sent(), i == 3);
		}
	}
	for (uint32_t n = 0; n < 3; n++) {
		for (uint32_t i = 0; i < 4; i++) {
			EXPECT_EQ(ownership_state(sender_mode(n, i)),
				  PAGE_LENT);
		}
		EXPECT_EQ(memory_reclaim(codes.memory.sender, handles[n], 0),
			  0);
	}
	EXPECT_EQ(memory_digest(), codes.before);
}

/** A page of two that are being sent is given to the first that is complete. */
TEST(ffa_mem_interrupted, page_of_two_goes_to_the_first_that_is_complete)
{
	uint64_t first;
	uint64_t second;

	codes_begin_send(V1_1, DONATE);
	first = begin(DONATE, 0, 2, 2);
	second = begin(SHARE, 0, 3, 2);
	ASSERT_EQ(go_on(second, 0, 1), 0);
	codes_note();
	EXPECT_EQ(go_on(first, 0, 1), DENIED);
	EXPECT_EQ(memory_digest(), codes.before);
	/* It was over, then, and the other one is as good as ever. */
	EXPECT_EQ(go_on(first, 0, 1), INVALID);
	EXPECT_EQ(memory_reclaim(codes.memory.sender, second, 0), 0);
}

TEST(ffa_mem_interrupted, refused_calls_of_the_sender_are_nothing_to_it)
{
	struct vcpu *vcpu;
	uint64_t handle;

	codes_begin_send(V1_1, SHARE);
	vcpu = codes.memory.sender;
	handle = begin(SHARE, 0, 2, 3);
	EXPECT_EQ(memory_frag_tx(vcpu, handle + 1, 16), INVALID);
	EXPECT_EQ(memory_frag_tx(vcpu, handle, 8), INVALID);
	EXPECT_EQ(memory_call(vcpu, LEND, 16, 32), INVALID);
	EXPECT_EQ(memory_reclaim(vcpu, handle, 0), INVALID);
	EXPECT_EQ(memory_relinquish(vcpu, handle, 0), INVALID);
	EXPECT_EQ(memory_release_rx(vcpu), DENIED);
	ASSERT_EQ(go_on(handle, 0, 1), 0);
	EXPECT_EQ(memory_frag_tx(codes.memory.third, handle, 16), INVALID);
	EXPECT_EQ(memory_frag_tx(codes.memory.receiver, handle, 16), INVALID);
	ASSERT_EQ(go_on(handle, 0, 2), 0);
	EXPECT_TRUE(is_sent());
}

TEST(ffa_mem_interrupted, tx_goes_and_comes_back)
{
	struct vcpu *vcpu;
	uint64_t handle;

	codes_begin_send(V1_1, SHARE);
	vcpu = codes.memory.sender;
	handle = begin(SHARE, 0, 2, 3);
	ASSERT_EQ(mailbox_call(vcpu, CALL(FFA_RXTX_UNMAP)), 0);
	EXPECT_EQ(go_on(handle, 0, 1), INVALID);
	ASSERT_EQ(mailbox_map(vcpu->vm), 0);
	ASSERT_EQ(go_on(handle, 0, 1), 0);
	ASSERT_EQ(go_on(handle, 0, 2), 0);
	EXPECT_TRUE(is_sent());
}

/** What was named became a buffer: it is nobody's to give. */
TEST(ffa_mem_interrupted, named_page_becomes_a_buffer)
{
	struct vcpu *vcpu;
	uint64_t handle;

	codes_begin_send(V1_1, DONATE);
	vcpu = codes.memory.sender;
	handle = begin(DONATE, 0, 2, 2);
	ASSERT_EQ(mailbox_call(vcpu, CALL(FFA_RXTX_UNMAP)), 0);
	ASSERT_EQ(
		mailbox_call(vcpu, CALL(FFA_64(FFA_RXTX_MAP),
					memory_real_ipa(0), page_of(0, 0), 1)),
		0);
	codes_note();
	memcpy(memory_real(0),
	       &(struct ffa_memory_constituent){page_of(0, 1), 1, 0}, 16);
	EXPECT_EQ(memory_frag_tx(vcpu, handle, 16), DENIED);
	EXPECT_EQ(memory_digest(), codes.before);
}

/** A buffer that was named is no buffer any more: too late. */
TEST(ffa_mem_interrupted, named_buffer_becomes_a_page)
{
	struct vcpu *vcpu;
	struct memory_said *said;
	uint64_t handle;

	codes_begin_send(V1_1, DONATE);
	vcpu = codes.memory.sender;
	ASSERT_EQ(mailbox_call(vcpu, CALL(FFA_RXTX_UNMAP)), 0);
	ASSERT_EQ(mailbox_call(vcpu,
			       CALL(FFA_64(FFA_RXTX_MAP), memory_real_ipa(0),
				    memory_real_ipa(1), 1)),
		  0);
	said = memory_offer(vcpu, DONATE, 2);
	memory_add(said, memory_real_ipa(0), 1);
	memory_add(said, page_of(0, 1), 1);
	(void)memory_put(vcpu, said);
	memcpy(memory_real(0), mailbox_tx(1), FRONT + 16);
	ASSERT_EQ(memory_call(vcpu, DONATE, FRONT + 32, FRONT + 16), 0);
	handle = memory_handle(vcpu);
	ASSERT_EQ(mailbox_call(vcpu, CALL(FFA_RXTX_UNMAP)), 0);
	ASSERT_EQ(mailbox_map(vcpu->vm), 0);
	EXPECT_EQ(go_on(handle, 0, 1), DENIED);
}

TEST(ffa_mem_interrupted, receiver_ends_before_all_has_come)
{
	uint64_t handle;

	codes_begin_send(V1_1, DONATE);
	handle = begin(DONATE, 0, 2, 2);
	codes.memory.receiver->vm->is_aborting = true;
	ASSERT_EQ(go_on(handle, 0, 1), 0);
	EXPECT_TRUE(is_sent());
	/* Nobody will ask for it, and it goes back. */
	EXPECT_EQ(memory_reclaim(codes.memory.sender, handle, 0), 0);
	EXPECT_EQ(memory_digest(), codes.before);
}

/* --- FFA_MEM_FRAG_RX ------------------------------------------------------ */

/** VM 1 has sent `count` ranges to VM 2, which has read the first fragment. */
static uint64_t begin_delivering(uint32_t func, uint32_t n, uint32_t count)
{
	struct vcpu *vcpu = codes.memory.sender;
	struct memory_said *said = memory_offer(vcpu, func, 2);
	uint64_t handle;

	for (uint32_t i = 0; i < count; i++) {
		memory_add(said, page_of(n, i), 1);
	}
	ASSERT_EQ(memory_send_pieces(vcpu, func, said,
				     (struct memory_pieces){250, 250}),
		  0);
	handle = memory_handle(vcpu);
	ASSERT_EQ(memory_retrieve_from(codes.memory, func, handle), 0);
	return handle;
}

static void begin_with_receiver(uint32_t func)
{
	codes_begin_send(V1_1, func);
	direct_profile_set(codes.memory.receiver->vm, V1_1);
}

/** The next fragment: range `first` of transaction `n` and on. */
static void expect_fragment(uint64_t handle, uint32_t n, uint32_t first,
			    uint32_t count)
{
	struct vcpu *vcpu = codes.memory.receiver;
	struct ffa_memory_constituent found;

	ASSERT_EQ(memory_frag_rx(vcpu, handle, FRONT + 16 * first),
		  (int32_t)(16 * count));
	for (uint32_t i = 0; i < count; i++) {
		memcpy(&found, mailbox_rx(2) + 16 * i, sizeof(found));
		EXPECT_EQ(found.address, page_of(n, first + i));
		EXPECT_EQ(found.page_count, 1U);
		EXPECT_EQ(found.reserved_mbz, 0U);
	}
	ASSERT_EQ(memory_release_rx(vcpu), 0);
}

TEST(ffa_mem_interrupted, transactions_are_read_in_turns)
{
	uint64_t first;
	uint64_t second;

	begin_with_receiver(LEND);
	first = begin_delivering(LEND, 0, FIRST + 300);
	second = begin_delivering(LEND, 1, FIRST + 270);
	expect_fragment(second, 1, FIRST, 256);
	expect_fragment(first, 0, FIRST, 256);
	expect_fragment(second, 1, FIRST + 256, 14);
	EXPECT_EQ(memory_relinquish(codes.memory.receiver, second, 0), 0);
	expect_fragment(first, 0, FIRST + 256, 44);
	EXPECT_EQ(memory_relinquish(codes.memory.receiver, first, 0), 0);
}

TEST(ffa_mem_interrupted, rx_is_used_for_something_else)
{
	struct vcpu *vcpu;
	uint64_t handle;

	begin_with_receiver(SHARE);
	handle = begin_delivering(SHARE, 0, FIRST + 2);
	vcpu = codes.memory.receiver;
	(void)machine_hvc(vcpu, CALL(FFA_PARTITION_INFO_GET));
	ASSERT_EQ(vcpu->regs.x[0], FFA_SUCCESS);
	EXPECT_EQ(memory_frag_rx(vcpu, handle, FRONT + 16 * FIRST), FFA_BUSY);
	ASSERT_EQ(memory_release_rx(vcpu), 0);
	expect_fragment(handle, 0, FIRST, 2);
}

TEST(ffa_mem_interrupted, rx_goes_and_comes_back)
{
	struct vcpu *vcpu;
	uint64_t handle;

	begin_with_receiver(DONATE);
	handle = begin_delivering(DONATE, 0, FIRST + 2);
	vcpu = codes.memory.receiver;
	ASSERT_EQ(mailbox_call(vcpu, CALL(FFA_RXTX_UNMAP)), 0);
	EXPECT_EQ(memory_frag_rx(vcpu, handle, FRONT + 16 * FIRST), FFA_BUSY);
	ASSERT_EQ(mailbox_map(vcpu->vm), 0);
	expect_fragment(handle, 0, FIRST, 2);
	EXPECT_EQ(memory_frag_rx(vcpu, handle, FRONT + 16 * (FIRST + 2)),
		  INVALID);
}

/** What it owns it can pass on, although it does not know all of it yet. */
TEST(ffa_mem_interrupted, donated_page_goes_on_before_all_was_read)
{
	struct memory_said *said;
	struct vcpu *vcpu;
	uint64_t handle;

	begin_with_receiver(DONATE);
	handle = begin_delivering(DONATE, 0, FIRST + 2);
	vcpu = codes.memory.receiver;
	said = memory_offer(vcpu, LEND, 3);
	memory_add(said, page_of(0, 0), 1);
	ASSERT_EQ(memory_send(vcpu, LEND, said), 0);
	EXPECT_EQ(sender_mode(0, 0), MM_MODE_ABSENT);
	EXPECT_EQ(memory_reclaim(codes.memory.sender, handle, 0), DENIED);
	expect_fragment(handle, 0, FIRST, 2);
}

/** Pages that are really there: each other one is sent. */
static _Alignas(PAGE_SIZE) uint8_t real[2 * (FIRST + 1)][PAGE_SIZE];

/** The wish of who is no more: its owner gets it cleared. */
TEST(ffa_mem_interrupted, who_wanted_it_cleared_ends_before_all_was_read)
{
	struct memory_said *said;
	struct vcpu *vcpu;
	uint64_t handle;

	begin_with_receiver(LEND);
	vcpu = codes.memory.sender;
	memory_set(vcpu, pa_from_ptr(real).pa, ARRAY_SIZE(real), MEMORY_OWN);
	memset(real, 0x77, sizeof(real));
	said = memory_offer(vcpu, LEND, 2);
	for (uint32_t i = 0; i < ARRAY_SIZE(real); i += 2) {
		memory_add(said, pa_from_ptr(real[i]).pa, 1);
	}
	ASSERT_EQ(memory_send_pieces(vcpu, LEND, said,
				     (struct memory_pieces){250, 250}),
		  0);
	handle = memory_handle(vcpu);
	said = memory_request(codes.memory.receiver, LEND, 1, handle);
	said->flags = FFA_MEMORY_FLAG_CLEAR_RELINQUISH;
	ASSERT_EQ(memory_retrieve(codes.memory.receiver, said), 0);
	codes.memory.receiver->vm->is_aborting = true;

	EXPECT_EQ(memory_reclaim(vcpu, handle, 0), 0);
	for (uint32_t i = 0; i < ARRAY_SIZE(real); i++) {
		EXPECT_EQ(real[i][i % PAGE_SIZE], i % 2 == 0 ? 0 : 0x77);
	}
}
