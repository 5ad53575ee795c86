/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of the way back, FFA_MEM_RELINQUISH and FFA_MEM_RECLAIM, and of memory
 * of a VM that was aborted. See docs/ffa.md.
 */
#include <string.h>

#include "fixture/memory_codes.h"
#include "hf/smccc.h"

#define INVALID FFA_INVALID_PARAMETERS
#define DENIED FFA_DENIED
#define SHARE FFA_MEM_SHARE
#define LEND FFA_MEM_LEND
#define DONATE FFA_MEM_DONATE
#define CLEAR FFA_MEMORY_FLAG_CLEAR
#define RO FFA_DATA_ACCESS_RO

/** VM 2 of `profile` has retrieved what VM 1 sent. */
static void begin_retrieved(enum direct_profile profile, uint32_t func)
{
	codes_begin_retrieve(profile, func);
	ASSERT_EQ(codes_retrieve(), 0);
	ASSERT_EQ(memory_release_rx(codes.memory.receiver), 0);
	codes_note();
}

static int32_t relinquish(uint32_t flags)
{
	int32_t code =
		memory_relinquish(codes.memory.receiver, codes.handle, flags);

	if (code != 0) {
		EXPECT_EQ(memory_digest(), codes.before);
	}
	return code;
}

static int32_t reclaim(uint32_t flags)
{
	int32_t code = memory_reclaim(codes.memory.sender, codes.handle, flags);

	if (code != 0) {
		EXPECT_EQ(memory_digest(), codes.before);
	}
	return code;
}

/** FFA_MEM_RELINQUISH with these fields. */
static int32_t relinquish_raw(uint64_t handle, uint32_t count, uint16_t id)
{
	uint8_t *tx = mailbox_tx(2);

	memset(tx, 0, 32);
	memcpy(tx, &handle, 8);
	memcpy(tx + 12, &count, 4);
	memcpy(tx + 16, &id, 2);
	return mailbox_call(codes.memory.receiver, CALL(FFA_MEM_RELINQUISH));
}

TEST(ffa_mem_relinquish, without_tx_is_invalid)
{
	begin_retrieved(V1_1, SHARE);
	ASSERT_EQ(mailbox_call(codes.memory.receiver, CALL(FFA_RXTX_UNMAP)), 0);

	EXPECT_EQ(mailbox_call(codes.memory.receiver, CALL(FFA_MEM_RELINQUISH)),
		  INVALID);
}

TEST(ffa_mem_relinquish, names_the_caller_and_nobody_else)
{
	begin_retrieved(V1_1, SHARE);

	EXPECT_EQ(relinquish_raw(codes.handle, 0, 2), INVALID);
	EXPECT_EQ(relinquish_raw(codes.handle, 2, 2), INVALID);
	EXPECT_EQ(relinquish_raw(codes.handle, 0xffffffff, 2), INVALID);
	EXPECT_EQ(relinquish_raw(codes.handle, 1, 1), INVALID);
	EXPECT_EQ(relinquish_raw(codes.handle, 1, 3), INVALID);
	EXPECT_EQ(relinquish_raw(codes.handle, 1, 0x8002), INVALID);
	EXPECT_EQ(relinquish_raw(codes.handle, 1, 2), 0);
}

TEST(ffa_mem_relinquish, unknown_handles_are_invalid)
{
	begin_retrieved(V1_1, SHARE);

	EXPECT_EQ(relinquish_raw(0, 1, 2), INVALID);
	EXPECT_EQ(relinquish_raw(codes.handle + 1, 1, 2), INVALID);
	EXPECT_EQ(relinquish_raw(codes.handle + 0x10000, 1, 2), INVALID);
	EXPECT_EQ(relinquish_raw(UINT64_MAX, 1, 2), INVALID);
}

TEST(ffa_mem_relinquish, only_who_has_it_can)
{
	begin_retrieved(V1_1, SHARE);

	EXPECT_EQ(memory_relinquish(codes.memory.sender, codes.handle, 0),
		  INVALID);
	EXPECT_EQ(memory_relinquish(codes.memory.third, codes.handle, 0),
		  INVALID);
	EXPECT_EQ(memory_digest(), codes.before);
}

TEST(ffa_mem_relinquish, what_was_not_retrieved_is_invalid)
{
	codes_begin_retrieve(V1_1, LEND);

	EXPECT_EQ(relinquish(0), INVALID);
}

TEST(ffa_mem_relinquish, twice_is_invalid)
{
	begin_retrieved(V1_1, LEND);
	ASSERT_EQ(relinquish(0), 0);
	codes_note();

	EXPECT_EQ(relinquish(0), INVALID);
}

TEST(ffa_mem_relinquish, donation_is_not_given_back)
{
	begin_retrieved(V1_1, DONATE);

	EXPECT_EQ(relinquish(0), INVALID);
}

TEST(ffa_mem_relinquish, share_is_not_cleared)
{
	for (enum direct_profile p = LEGACY; p <= V1_2; p++) {
		begin_retrieved(p, SHARE);
		EXPECT_EQ(relinquish(CLEAR), INVALID);
	}
}

TEST(ffa_mem_relinquish, who_may_only_read_does_not_clear)
{
	for (enum direct_profile p = LEGACY; p <= V1_2; p++) {
		codes_begin_retrieve(p, LEND);
		codes.said->permissions = RO | FFA_INSTRUCTION_ACCESS_X;
		ASSERT_EQ(codes_retrieve(), 0);
		codes_note();
		EXPECT_EQ(relinquish(CLEAR), p == LEGACY ? 0 : DENIED);
		EXPECT_TRUE(memory_real_is(3, 1, 0xa5));
	}
}

TEST(ffa_mem_relinquish, other_flags_are_ignored)
{
	begin_retrieved(V1_1, SHARE);

	EXPECT_EQ(relinquish(0xfffffffe), 0);
}

TEST(ffa_mem_relinquish, pages_that_are_not_borrowed_are_denied)
{
	begin_retrieved(V1_1, LEND);
	memory_set(codes.memory.receiver, memory_real_ipa(3), 1, MEMORY_OWN);
	codes_note();

	EXPECT_EQ(relinquish(0), DENIED);
}

TEST(ffa_mem_relinquish, memory_can_be_retrieved_again)
{
	begin_retrieved(V1_1, LEND);
	for (unsigned int i = 0; i < 3; i++) {
		ASSERT_EQ(relinquish(0), 0);
		EXPECT_EQ(
			memory_mode(codes.memory.receiver, memory_real_ipa(3)),
			MM_MODE_ABSENT);
		EXPECT_EQ(memory_mode(codes.memory.sender, memory_real_ipa(3)),
			  MEMORY_OWN | MM_MODE_NO_ACCESS);
		ASSERT_EQ(
			memory_retrieve_from(codes.memory, LEND, codes.handle),
			0);
	}
	EXPECT_EQ(memory_digest(), codes.before);
}

TEST(ffa_mem_reclaim, unknown_handles_are_invalid)
{
	codes_begin_retrieve(V1_1, LEND);

	EXPECT_EQ(memory_reclaim(codes.memory.sender, 0, 0), INVALID);
	EXPECT_EQ(memory_reclaim(codes.memory.sender, codes.handle + 1, 0),
		  INVALID);
	EXPECT_EQ(memory_reclaim(codes.memory.sender,
				 codes.handle ^ (UINT64_C(1) << 63), 0),
		  INVALID);
	EXPECT_EQ(memory_reclaim(codes.memory.sender, UINT64_MAX, 0), INVALID);
	EXPECT_EQ(memory_digest(), codes.before);
}

TEST(ffa_mem_reclaim, only_the_sender_can)
{
	codes_begin_retrieve(V1_1, LEND);

	EXPECT_EQ(memory_reclaim(codes.memory.receiver, codes.handle, 0),
		  INVALID);
	EXPECT_EQ(memory_reclaim(codes.memory.third, codes.handle, 0), INVALID);
	EXPECT_EQ(memory_digest(), codes.before);
}

TEST(ffa_mem_reclaim, upper_halves_of_arguments_are_ignored)
{
	uint64_t high = UINT64_C(0xa5a5a5a500000000);

	codes_begin_retrieve(V1_1, LEND);

	EXPECT_EQ(mailbox_call(codes.memory.sender,
			       CALL(FFA_MEM_RECLAIM,
				    high | (uint32_t)codes.handle,
				    high | codes.handle >> 32, high)),
		  0);
}

TEST(ffa_mem_reclaim, what_is_in_use_is_denied)
{
	begin_retrieved(V1_1, SHARE);
	EXPECT_EQ(reclaim(0), DENIED);
	begin_retrieved(LEGACY, LEND);
	EXPECT_EQ(reclaim(0), DENIED);
	ASSERT_EQ(relinquish(0), 0);
	EXPECT_EQ(reclaim(0), 0);
}

TEST(ffa_mem_reclaim, twice_is_invalid)
{
	codes_begin_retrieve(V1_1, SHARE);
	ASSERT_EQ(reclaim(0), 0);
	codes_note();

	EXPECT_EQ(reclaim(0), INVALID);
}

TEST(ffa_mem_reclaim, donation_comes_back_until_it_is_retrieved)
{
	codes_begin_send(LEGACY, DONATE);
	ASSERT_EQ(codes_send(), 0);
	codes.handle = memory_handle(codes.memory.sender);
	EXPECT_EQ(reclaim(0), 0);
	EXPECT_EQ(memory_digest(), codes.before);

	begin_retrieved(V1_1, DONATE);
	EXPECT_EQ(reclaim(0), INVALID);
}

TEST(ffa_mem_reclaim, rights_are_those_from_before)
{
	static const mm_mode_t rights[] = {MM_MODE_R, MM_MODE_R | MM_MODE_W,
					   MM_MODE_R | MM_MODE_X, MM_MODE_RWX};
	struct memory_said *said;

	for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
		codes_begin_send(V1_1, LEND);
		said = codes.said;
		memory_set(codes.memory.sender, CODES_PAGE, 1,
			   MM_MODE_OWNED | rights[i]);
		codes_note();
		said->permissions = RO;
		ASSERT_EQ(codes_send(), 0);
		codes.handle = memory_handle(codes.memory.sender);
		EXPECT_EQ(reclaim(0), 0);
		EXPECT_EQ(memory_digest(), codes.before);
	}
}

TEST(ffa_mem_reclaim, other_flags_are_ignored)
{
	codes_begin_retrieve(V1_1, SHARE);

	EXPECT_EQ(reclaim(0xfffffffe), 0);
	EXPECT_TRUE(memory_real_is(3, 1, 0xa5));
}

/** CLEAR of a page that the owner may read only, by the owner's profile. */
static int32_t reclaim_read_only(enum direct_profile profile)
{
	struct memory_said *said;

	codes_begin_send(profile, LEND);
	said = codes.said;
	memory_set(codes.memory.sender, memory_real_ipa(3), 1,
		   MM_MODE_OWNED | MM_MODE_R);
	said->ranges[0].address = memory_real_ipa(3);
	said->permissions = RO;
	ASSERT_EQ(codes_send(), 0);
	codes.handle = memory_handle(codes.memory.sender);
	codes_note();
	return reclaim(CLEAR);
}

TEST(ffa_mem_reclaim, who_may_only_read_does_not_clear)
{
	EXPECT_EQ(reclaim_read_only(LEGACY), 0);
	EXPECT_TRUE(memory_real_is(3, 1, 0xa5));
	EXPECT_EQ(reclaim_read_only(V1_0), DENIED);
	EXPECT_EQ(reclaim_read_only(V1_1), DENIED);
	EXPECT_EQ(reclaim_read_only(V1_2), DENIED);
	EXPECT_TRUE(memory_real_is(3, 1, 0xa5));
}

TEST(ffa_mem_aborted, owner_gets_borrowed_memory_back)
{
	begin_retrieved(V1_1, LEND);
	codes.memory.receiver->vm->is_aborting = true;

	EXPECT_EQ(reclaim(0), 0);
	EXPECT_EQ(memory_mode(codes.memory.receiver, memory_real_ipa(3)),
		  MM_MODE_ABSENT);
	EXPECT_EQ(memory_mode(codes.memory.sender, memory_real_ipa(3)),
		  MEMORY_OWN);
	EXPECT_TRUE(memory_real_is(3, 1, 0xa5));
	EXPECT_EQ(memory_relinquish(codes.memory.receiver, codes.handle, 0),
		  INVALID);
}

TEST(ffa_mem_aborted, owner_gets_shared_memory_back)
{
	begin_retrieved(V1_2, SHARE);
	codes.memory.receiver->vm->is_aborting = true;

	EXPECT_EQ(reclaim(CLEAR), 0);
	EXPECT_EQ(memory_mode(codes.memory.receiver, memory_real_ipa(3)),
		  MM_MODE_ABSENT);
	EXPECT_TRUE(memory_real_is(3, 1, 0));
}

TEST(ffa_mem_aborted, what_it_wanted_cleared_is_cleared)
{
	codes_begin_retrieve(V1_1, LEND);
	codes.said->flags = FFA_MEMORY_FLAG_CLEAR_RELINQUISH;
	ASSERT_EQ(codes_retrieve(), 0);
	codes.memory.receiver->vm->is_aborting = true;

	EXPECT_EQ(reclaim(0), 0);
	EXPECT_TRUE(memory_real_is(3, 1, 0));
}

TEST(ffa_mem_aborted, unretrieved_donation_comes_back)
{
	codes_begin_retrieve(V1_1, DONATE);
	codes.memory.receiver->vm->is_aborting = true;

	EXPECT_EQ(reclaim(0), 0);
	EXPECT_EQ(memory_mode(codes.memory.sender, memory_real_ipa(3)),
		  MEMORY_OWN);
}

TEST(ffa_mem_aborted, receiver_keeps_what_it_borrowed_and_can_give_it_back)
{
	begin_retrieved(V1_1, LEND);
	codes.memory.sender->vm->is_aborting = true;

	EXPECT_EQ(relinquish(0), 0);
	EXPECT_EQ(memory_mode(codes.memory.receiver, memory_real_ipa(3)),
		  MM_MODE_ABSENT);
}

static void put_value(uint32_t n, uint8_t value)
{
	memset(memory_real(n), value, PAGE_SIZE);
}

TEST(ffa_mem_clear, at_send_and_told_to_the_receiver)
{
	for (enum direct_profile p = LEGACY; p <= V1_2; p++) {
		codes_begin_retrieve_flags(p, LEND, CLEAR);
		EXPECT_TRUE(memory_real_is(3, 1, 0));
		EXPECT_TRUE(memory_real_is(2, 1, 0xa5));
		EXPECT_TRUE(memory_real_is(4, 1, 0xa5));
		EXPECT_EQ(codes_retrieve(), 0);
		EXPECT_EQ(memory_told(codes.memory.receiver)->flags,
			  CLEAR | 2U << 3);
	}
	codes_begin_retrieve_flags(V1_2, DONATE, CLEAR);
	EXPECT_TRUE(memory_real_is(3, 1, 0));
}

TEST(ffa_mem_clear, at_retrieve_when_somebody_had_it_before)
{
	codes_begin_retrieve_flags(V1_1, LEND, CLEAR);
	codes.said->flags = CLEAR;
	ASSERT_EQ(codes_retrieve(), 0);
	ASSERT_EQ(memory_release_rx(codes.memory.receiver), 0);
	put_value(3, 0x77);
	ASSERT_EQ(relinquish(0), 0);

	codes.said =
		memory_request(codes.memory.receiver, LEND, 1, codes.handle);
	ASSERT_EQ(codes_retrieve(), 0);
	EXPECT_EQ(memory_told(codes.memory.receiver)->flags, 2U << 3);
	EXPECT_TRUE(memory_real_is(3, 1, 0x77));
	ASSERT_EQ(memory_release_rx(codes.memory.receiver), 0);
	ASSERT_EQ(relinquish(0), 0);
	codes.said =
		memory_request(codes.memory.receiver, LEND, 1, codes.handle);
	codes.said->flags = CLEAR;
	ASSERT_EQ(codes_retrieve(), 0);
	EXPECT_EQ(memory_told(codes.memory.receiver)->flags, CLEAR | 2U << 3);
	EXPECT_TRUE(memory_real_is(3, 1, 0));
}

TEST(ffa_mem_clear, reader_leaves_it_clear)
{
	codes_begin_retrieve_flags(V1_1, LEND, CLEAR);
	codes.said->permissions = RO | FFA_INSTRUCTION_ACCESS_NX;
	ASSERT_EQ(codes_retrieve(), 0);
	ASSERT_EQ(memory_release_rx(codes.memory.receiver), 0);
	ASSERT_EQ(relinquish(0), 0);

	codes.said =
		memory_request(codes.memory.receiver, LEND, 1, codes.handle);
	ASSERT_EQ(codes_retrieve(), 0);
	EXPECT_EQ(memory_told(codes.memory.receiver)->flags, CLEAR | 2U << 3);
}

/** Whoever retrieves it next is told, and so for as long as nobody writes. */
TEST(ffa_mem_clear, what_the_borrower_cleared_is_told_to_the_next)
{
	begin_retrieved(V1_1, LEND);
	ASSERT_EQ(relinquish(CLEAR), 0);
	codes.said =
		memory_request(codes.memory.receiver, LEND, 1, codes.handle);
	ASSERT_EQ(codes_retrieve(), 0);
	EXPECT_EQ(memory_told(codes.memory.receiver)->flags, CLEAR | 2U << 3);
	ASSERT_EQ(memory_release_rx(codes.memory.receiver), 0);

	ASSERT_EQ(relinquish(0), 0);
	codes.said =
		memory_request(codes.memory.receiver, LEND, 1, codes.handle);
	ASSERT_EQ(codes_retrieve(), 0);
	EXPECT_EQ(memory_told(codes.memory.receiver)->flags, 2U << 3);
}

TEST(ffa_mem_clear, legacy_guest_has_it_cleared_without_an_offer)
{
	codes_begin_retrieve(LEGACY, LEND);
	codes.said->flags = CLEAR;

	ASSERT_EQ(codes_retrieve(), 0);
	EXPECT_TRUE(memory_real_is(3, 1, 0));
	EXPECT_EQ(memory_told(codes.memory.receiver)->flags, CLEAR | 2U << 3);
}

TEST(ffa_mem_clear, at_relinquish)
{
	begin_retrieved(V1_1, LEND);

	ASSERT_EQ(relinquish(CLEAR), 0);
	EXPECT_TRUE(memory_real_is(3, 1, 0));
	EXPECT_TRUE(memory_real_is(4, 1, 0xa5));
}

TEST(ffa_mem_clear, at_relinquish_as_the_request_said)
{
	codes_begin_retrieve(V1_1, LEND);
	codes.said->flags = FFA_MEMORY_FLAG_CLEAR_RELINQUISH;
	ASSERT_EQ(codes_retrieve(), 0);
	EXPECT_TRUE(memory_real_is(3, 1, 0xa5));

	ASSERT_EQ(relinquish(0), 0);
	EXPECT_TRUE(memory_real_is(3, 1, 0));
}

TEST(ffa_mem_clear, at_reclaim)
{
	codes_begin_retrieve(V1_1, SHARE);
	ASSERT_EQ(reclaim(CLEAR), 0);
	EXPECT_TRUE(memory_real_is(3, 1, 0));
	EXPECT_TRUE(memory_real_is(2, 1, 0xa5));
	codes_begin_retrieve(V1_1, DONATE);
	ASSERT_EQ(reclaim(CLEAR), 0);
	EXPECT_TRUE(memory_real_is(3, 1, 0));
}

TEST(ffa_mem_clear, every_range)
{
	codes_begin_send(V1_2, DONATE);
	codes.said->range_count = 0;
	codes.said->constituent_count = 0;
	codes.said->page_count = 0;
	memory_add(codes.said, memory_real_ipa(9), 2);
	memory_add(codes.said, memory_real_ipa(1), 1);
	memory_add(codes.said, memory_real_ipa(11), 3);
	codes.said->flags = CLEAR;

	ASSERT_EQ(codes_send(), 0);
	EXPECT_TRUE(memory_real_is(0, 1, 0xa5));
	EXPECT_TRUE(memory_real_is(1, 1, 0));
	EXPECT_TRUE(memory_real_is(2, 7, 0xa5));
	EXPECT_TRUE(memory_real_is(9, 5, 0));
	EXPECT_TRUE(memory_real_is(14, 2, 0xa5));
	EXPECT_EQ(memory_reclaim(codes.memory.sender,
				 memory_handle(codes.memory.sender), 0),
		  0);
	EXPECT_EQ(memory_digest(), codes.before);
}
