/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of what there is a fixed number of: transactions, pages for ranges,
 * tables; who gets no more, and that nothing is lost. See docs/ffa.md.
 */
#include <string.h>

#include "fixture/memory_codes.h"
#include "hf/base/limits.h"
#include "hf/mm/range_list.h"

#define LEND FFA_MEM_LEND
#define CLEAR FFA_MEMORY_FLAG_CLEAR

/** Handles of what one VM has sent. */
struct sent {
	uint64_t handles[MAX_TRANSACTIONS + 1];
	unsigned int count;
};

/** Page 2n of `vcpu`'s own to VM `to`. */
static int32_t send_page(struct vcpu *vcpu, uint16_t to, unsigned int n)
{
	struct memory_said *said = memory_offer(vcpu, LEND, to);

	memory_add(said, MEMORY_PAGE(vcpu->vm->id, 2 * n), 1);
	return memory_send(vcpu, LEND, said);
}

/** As many transactions as it can have; the code that ends it. */
static int32_t fill(struct vcpu *vcpu, uint16_t to, struct sent *sent)
{
	int32_t code = 0;

	for (sent->count = 0; sent->count <= MAX_TRANSACTIONS; sent->count++) {
		code = send_page(vcpu, to, sent->count);
		if (code != 0) {
			break;
		}
		sent->handles[sent->count] = memory_handle(vcpu);
	}
	return code;
}

TEST(ffa_mem_limits, one_vm_gets_its_own_transactions_and_those_for_all)
{
	struct sent sent;

	codes_begin_send(V1_1, LEND);

	EXPECT_EQ(fill(codes.memory.sender, 2, &sent), FFA_NO_MEMORY);
	EXPECT_EQ(sent.count, TRANSACTIONS_OF_VM + TRANSACTIONS_FOR_ALL);
	for (unsigned int i = 0; i < sent.count; i++) {
		EXPECT_EQ(
			memory_reclaim(codes.memory.sender, sent.handles[i], 0),
			0);
	}
	EXPECT_EQ(memory_digest(), codes.before);
}

TEST(ffa_mem_limits, other_vms_have_theirs_nevertheless)
{
	struct sent first;
	struct sent second;

	codes_begin_send(V1_1, LEND);
	ASSERT_EQ(fill(codes.memory.sender, 2, &first), FFA_NO_MEMORY);

	EXPECT_EQ(fill(codes.memory.receiver, 1, &second), FFA_NO_MEMORY);
	EXPECT_EQ(second.count, TRANSACTIONS_OF_VM);
	EXPECT_EQ(fill(codes.memory.third, 1, &second), FFA_NO_MEMORY);
	EXPECT_EQ(second.count, TRANSACTIONS_OF_VM);
}

TEST(ffa_mem_limits, one_that_ended_makes_room_for_another)
{
	struct sent first;
	struct sent second;

	codes_begin_send(V1_1, LEND);
	ASSERT_EQ(fill(codes.memory.sender, 2, &first), FFA_NO_MEMORY);
	ASSERT_EQ(memory_reclaim(codes.memory.sender, first.handles[7], 0), 0);

	EXPECT_EQ(send_page(codes.memory.sender, 2, 7), 0);
	EXPECT_EQ(send_page(codes.memory.sender, 2, 500), FFA_NO_MEMORY);
	ASSERT_EQ(memory_reclaim(codes.memory.sender, first.handles[8], 0), 0);
	EXPECT_EQ(fill(codes.memory.receiver, 1, &second), FFA_NO_MEMORY);
	EXPECT_EQ(second.count, TRANSACTIONS_OF_VM + 1U);
}

TEST(ffa_mem_limits, refused_ones_take_no_room)
{
	struct sent sent;

	codes_begin_send(V1_1, LEND);
	for (unsigned int i = 0; i < 2 * MAX_TRANSACTIONS; i++) {
		ASSERT_EQ(send_page(codes.memory.sender, 2, 0x40000),
			  FFA_DENIED);
	}

	EXPECT_EQ(fill(codes.memory.sender, 2, &sent), FFA_NO_MEMORY);
	EXPECT_EQ(sent.count, TRANSACTIONS_OF_VM + TRANSACTIONS_FOR_ALL);
}

TEST(ffa_mem_limits, retrieved_donations_take_no_room)
{
	codes_begin_send(V1_1, FFA_MEM_DONATE);
	for (unsigned int i = 0; i < 2 * MAX_TRANSACTIONS; i++) {
		uint64_t handle = memory_sent(codes.memory, FFA_MEM_DONATE,
					      MEMORY_PAGE(1, i), 1);

		ASSERT_EQ(memory_retrieve_from(codes.memory, FFA_MEM_DONATE,
					       handle),
			  0);
	}
}

TEST(ffa_mem_limits, handles_are_all_different)
{
	struct sent sent;

	codes_begin_send(V1_1, LEND);
	(void)fill(codes.memory.sender, 2, &sent);
	for (unsigned int i = 1; i < sent.count; i++) {
		for (unsigned int j = 0; j < i; j++) {
			EXPECT_NE(sent.handles[i], sent.handles[j]);
		}
	}
}

/** `count` ranges of `vcpu`'s, none of them next to another. */
static int32_t send_ranges(struct vcpu *vcpu, uint32_t first, uint32_t count)
{
	struct memory_said *said =
		memory_offer(vcpu, LEND, vcpu->vm->id == 1 ? 2 : 1);

	for (uint32_t i = 0; i < count; i++) {
		memory_add(said, MEMORY_PAGE(vcpu->vm->id, first + 2 * i), 1);
	}
	return memory_send_pieces(
		vcpu, LEND, said,
		(struct memory_pieces){count < 100 ? count : 100, 256});
}

TEST(ffa_mem_limits, more_ranges_than_a_transaction_has_is_no_memory)
{
	codes_begin_send(V1_1, LEND);

	EXPECT_EQ(send_ranges(codes.memory.sender, 0, RANGE_LIST_MAX + 1),
		  FFA_NO_MEMORY);
	EXPECT_EQ(send_ranges(codes.memory.sender, 0, RANGE_LIST_MAX), 0);
}

TEST(ffa_mem_limits, pages_for_ranges_are_shared_out_as_transactions_are)
{
	uint64_t handle;

	codes_begin_send(V1_1, LEND);
	/* 24 pages each: two have no place beside the VM's own and 48. */
	ASSERT_EQ(send_ranges(codes.memory.sender, 0, RANGE_LIST_MAX), 0);
	handle = memory_handle(codes.memory.sender);
	ASSERT_EQ(send_ranges(codes.memory.sender, 0x10000, RANGE_LIST_MAX), 0);
	codes_note();
	EXPECT_EQ(send_ranges(codes.memory.sender, 0x20000, 300),
		  FFA_NO_MEMORY);
	EXPECT_EQ(memory_digest(), codes.before);
	EXPECT_EQ(
		send_ranges(codes.memory.sender, 0x20000, RANGE_LIST_PER_PAGE),
		0);
	EXPECT_EQ(send_ranges(codes.memory.sender, 0x30000, 13), FFA_NO_MEMORY);
	EXPECT_EQ(send_ranges(codes.memory.sender, 0x30000, 12), 0);

	/* Another VM has the one that is its own. */
	EXPECT_EQ(send_ranges(codes.memory.receiver, 0, 257), FFA_NO_MEMORY);
	EXPECT_EQ(send_ranges(codes.memory.receiver, 0, 256), 0);
	EXPECT_EQ(memory_reclaim(codes.memory.sender, handle, 0), 0);
	EXPECT_EQ(send_ranges(codes.memory.receiver, 0x10000, 4096), 0);
}

TEST(ffa_mem_limits, room_is_made_before_the_first_fragment_is_accepted)
{
	codes_begin_send(V1_1, LEND);
	ASSERT_EQ(send_ranges(codes.memory.sender, 0, RANGE_LIST_MAX), 0);
	ASSERT_EQ(send_ranges(codes.memory.sender, 0x10000, RANGE_LIST_MAX), 0);
	codes_note();
	for (unsigned int i = 0; i < MAX_TRANSACTIONS; i++) {
		ASSERT_EQ(send_ranges(codes.memory.sender, 0x20000, 600),
			  FFA_NO_MEMORY);
	}
	EXPECT_EQ(memory_digest(), codes.before);
}

/** VM 1 begins to send and does not go on. */
static void abandon(void)
{
	struct memory_said *said = memory_offer(codes.memory.sender, LEND, 2);
	uint32_t total;

	for (uint32_t i = 0; i < 300; i++) {
		memory_add(said, MEMORY_PAGE(1, 2 * i), 1);
	}
	total = memory_put(codes.memory.sender, said);
	ASSERT_EQ(memory_call(codes.memory.sender, LEND, total, 80 + 16 * 200),
		  0);
}

TEST(ffa_mem_aborted, what_it_began_to_send_is_forgotten)
{
	struct sent sent;

	codes_begin_send(V1_1, LEND);
	for (unsigned int i = 0; i < RANGE_PAGES_FOR_ALL / 2; i++) {
		abandon();
	}
	ASSERT_EQ(send_ranges(codes.memory.receiver, 0, 513), FFA_NO_MEMORY);
	codes.memory.sender->vm->is_aborting = true;

	EXPECT_EQ(send_ranges(codes.memory.receiver, 0, 513), 0);
	EXPECT_EQ(fill(codes.memory.third, 1, &sent), FFA_NO_MEMORY);
	EXPECT_EQ(sent.count, TRANSACTIONS_OF_VM + TRANSACTIONS_FOR_ALL);
}

TEST(ffa_mem_aborted, what_it_sent_and_nobody_retrieved_is_forgotten)
{
	struct sent first;
	struct sent second;

	codes_begin_send(V1_1, LEND);
	(void)fill(codes.memory.sender, 2, &first);
	ASSERT_EQ(memory_retrieve_from(codes.memory, LEND, first.handles[5]),
		  0);
	codes.memory.sender->vm->is_aborting = true;

	EXPECT_EQ(fill(codes.memory.third, 1, &second), FFA_NO_MEMORY);
	EXPECT_EQ(second.count, TRANSACTIONS_OF_VM + TRANSACTIONS_FOR_ALL);
	/* What was retrieved stays until it is relinquished. */
	EXPECT_EQ(memory_retrieve_from(codes.memory, LEND, first.handles[6]),
		  FFA_INVALID_PARAMETERS);
	EXPECT_EQ(memory_relinquish(codes.memory.receiver, first.handles[5], 0),
		  0);
}

/** Donations of which the receiver has read a part. */
TEST(ffa_mem_aborted, what_was_donated_to_it_is_forgotten)
{
	struct sent sent;
	unsigned int count = 0;

	codes_begin_send(V1_1, FFA_MEM_DONATE);
	for (; count < 40; count++) {
		codes.said =
			memory_offer(codes.memory.sender, FFA_MEM_DONATE, 2);
		for (uint32_t i = 0; i < 256; i++) {
			memory_add(codes.said,
				   MEMORY_PAGE(1, 600 * count + 2 * i), 1);
		}
		ASSERT_EQ(memory_send_pieces(codes.memory.sender,
					     FFA_MEM_DONATE, codes.said,
					     (struct memory_pieces){100, 256}),
			  0);
		ASSERT_EQ(memory_retrieve_from(
				  codes.memory, FFA_MEM_DONATE,
				  memory_handle(codes.memory.sender)),
			  0);
	}
	EXPECT_EQ(fill(codes.memory.third, 1, &sent), FFA_NO_MEMORY);
	EXPECT_EQ(sent.count, TRANSACTIONS_OF_VM + TRANSACTIONS_FOR_ALL -
				      (count - TRANSACTIONS_OF_VM));
	codes.memory.receiver->vm->is_aborting = true;
	EXPECT_EQ(send_page(codes.memory.third, 1, 1000), 0);
}

/** The receiver reads the rest of a list, whatever became of the donor. */
TEST(ffa_mem_aborted, what_it_donated_and_is_being_read_stays)
{
	struct sent sent;

	codes_begin_send(V1_1, FFA_MEM_DONATE);
	direct_profile_set(codes.memory.receiver->vm, V1_1);
	for (uint32_t i = 1; i < 256; i++) {
		memory_add(codes.said, MEMORY_PAGE(1, 3 + 2 * i), 1);
	}
	ASSERT_EQ(memory_send_pieces(codes.memory.sender, FFA_MEM_DONATE,
				     codes.said,
				     (struct memory_pieces){100, 256}),
		  0);
	codes.handle = memory_handle(codes.memory.sender);
	ASSERT_EQ(memory_retrieve_from(codes.memory, FFA_MEM_DONATE,
				       codes.handle),
		  0);
	codes.memory.sender->vm->is_aborting = true;
	/* Who gets no more has everybody's looked through. */
	ASSERT_EQ(fill(codes.memory.third, 2, &sent), FFA_NO_MEMORY);

	EXPECT_EQ(
		memory_frag_rx(codes.memory.receiver, codes.handle, PAGE_SIZE),
		80);
	EXPECT_EQ(memory_mode(codes.memory.receiver, MEMORY_PAGE(1, 513)),
		  MEMORY_OWN);
}

/** Only `left` pages for tables are left. */
static void leave(size_t left)
{
	while (page_pool_count(machine_pool()) > left) {
		ASSERT_TRUE(page_pool_alloc(machine_pool()) != NULL);
	}
	codes_note();
}

/** Two pages in two gigabytes, the second a real one. */
static struct memory_said *offer_two(uint32_t func, uint32_t flags)
{
	struct memory_said *said;

	codes_begin_send(V1_2, func);
	said = memory_offer(codes.memory.sender, func, 2);
	memory_add(said, memory_real_ipa(2), 1);
	memory_add(said, memory_real_ipa(5), 1);
	said->flags = flags;
	return said;
}

/** The least number of pages with which sending succeeds. */
static size_t pages_to_send(uint32_t func, uint32_t flags)
{
	for (size_t left = 0; left < 32; left++) {
		struct memory_said *said = offer_two(func, flags);
		int32_t code;

		/* From blocks of the largest size. */
		memory_set(codes.memory.sender, 0x40000000, 0x40000,
			   MEMORY_OWN);
		said->ranges[1].address = 0x40005000;
		if (flags != 0) {
			said->ranges[1].address = memory_real_ipa(5);
		}
		leave(left);
		code = memory_send(codes.memory.sender, func, said);
		if (code == 0) {
			return left;
		}
		EXPECT_EQ(code, FFA_NO_MEMORY);
		EXPECT_EQ(memory_digest(), codes.before);
		EXPECT_TRUE(memory_real_is(0, MEMORY_REAL_PAGES, 0xa5));
	}
	return 32;
}

/** A gigabyte cut twice; nothing for a page of a table that is there. */
TEST(ffa_mem_limits, send_without_tables_changes_nothing)
{
	EXPECT_EQ(pages_to_send(FFA_MEM_SHARE, 0), 2U);
	EXPECT_EQ(pages_to_send(FFA_MEM_LEND, 0), 2U);
	EXPECT_EQ(pages_to_send(FFA_MEM_DONATE, 0), 2U);
}

/** Our own map: three tables for what is not near RX and TX. */
TEST(ffa_mem_limits, clear_at_send_without_tables_changes_nothing)
{
	size_t needed = pages_to_send(FFA_MEM_LEND, CLEAR);

	EXPECT_LE(needed, 3U);
	EXPECT_EQ(pages_to_send(FFA_MEM_DONATE, CLEAR), needed);
}

/** The least number with which VM 2 can retrieve, cleared or not. */
static size_t pages_to_retrieve(uint32_t func, uint32_t flags)
{
	for (size_t left = 0; left < 32; left++) {
		struct memory_said *said = offer_two(func, 0);
		int32_t code;

		memory_set(codes.memory.sender, 0x40000000, 1, MEMORY_OWN);
		if (flags == 0) {
			said->ranges[1].address = 0x40000000;
		}
		ASSERT_EQ(memory_send(codes.memory.sender, func, said), 0);
		codes.handle = memory_handle(codes.memory.sender);
		direct_profile_set(codes.memory.receiver->vm, LEGACY);
		leave(left);
		said = memory_request(codes.memory.receiver, func, 1,
				      codes.handle);
		said->flags = flags;
		code = memory_retrieve(codes.memory.receiver, said);
		if (code == 0) {
			return left;
		}
		EXPECT_EQ(code, FFA_NO_MEMORY);
		EXPECT_EQ(memory_digest(), codes.before);
		EXPECT_TRUE(memory_real_is(0, MEMORY_REAL_PAGES, 0xa5));
		EXPECT_EQ(codes.memory.receiver->vm->mailbox.state,
			  MAILBOX_EMPTY);
	}
	return 32;
}

TEST(ffa_mem_limits, retrieve_without_tables_changes_nothing)
{
	size_t needed = pages_to_retrieve(FFA_MEM_SHARE, 0);

	/* Two levels for what is far from the receiver's own memory. */
	EXPECT_GE(needed, 2U);
	EXPECT_LT(needed, 8U);
	EXPECT_EQ(pages_to_retrieve(FFA_MEM_LEND, 0), needed);
	EXPECT_EQ(pages_to_retrieve(FFA_MEM_DONATE, 0), needed);
}

TEST(ffa_mem_limits, clear_at_retrieve_without_tables_changes_nothing)
{
	size_t needed = pages_to_retrieve(FFA_MEM_LEND, CLEAR);

	EXPECT_LT(needed, 8U);
	EXPECT_EQ(pages_to_retrieve(FFA_MEM_DONATE, CLEAR), needed);
}

/** Nothing but clearing takes memory on the way back. */
TEST(ffa_mem_limits, way_back_needs_no_tables)
{
	struct memory_said *said = offer_two(LEND, 0);

	ASSERT_EQ(memory_send(codes.memory.sender, LEND, said), 0);
	codes.handle = memory_handle(codes.memory.sender);
	ASSERT_EQ(memory_retrieve_from(codes.memory, LEND, codes.handle), 0);
	leave(0);

	EXPECT_EQ(memory_relinquish(codes.memory.receiver, codes.handle, 0), 0);
	EXPECT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), 0);
}

/** A page far from what we have mapped, lent to VM 2 and retrieved by it. */
static void lend_far(void)
{
	struct memory_said *said;

	codes_begin_send(V1_1, LEND);
	said = codes.said;
	ASSERT_EQ(codes_send(), 0);
	codes.handle = memory_handle(codes.memory.sender);
	ASSERT_EQ(memory_retrieve_from(codes.memory, LEND, codes.handle), 0);
	said->range_count = 1;
}

TEST(ffa_mem_limits, clear_at_relinquish_without_tables_changes_nothing)
{
	lend_far();
	leave(0);

	EXPECT_EQ(memory_relinquish(codes.memory.receiver, codes.handle, CLEAR),
		  FFA_NO_MEMORY);
	EXPECT_EQ(memory_digest(), codes.before);
	EXPECT_EQ(memory_relinquish(codes.memory.receiver, codes.handle, 0), 0);
}

TEST(ffa_mem_limits, clear_at_reclaim_without_tables_changes_nothing)
{
	lend_far();
	ASSERT_EQ(memory_relinquish(codes.memory.receiver, codes.handle, 0), 0);
	leave(0);

	EXPECT_EQ(memory_reclaim(codes.memory.sender, codes.handle, CLEAR),
		  FFA_NO_MEMORY);
	EXPECT_EQ(memory_digest(), codes.before);
	EXPECT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), 0);
}
