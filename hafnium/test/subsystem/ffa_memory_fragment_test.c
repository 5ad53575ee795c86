/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of lists that are longer than a buffer, FFA_MEM_FRAG_TX and
 * FFA_MEM_FRAG_RX. See docs/ffa.md.
 */
#include <string.h>

#include "fixture/memory_codes.h"
#include "hf/smccc.h"

#define INVALID FFA_INVALID_PARAMETERS
#define DENIED FFA_DENIED
#define SHARE FFA_MEM_SHARE
#define LEND FFA_MEM_LEND
#define DONATE FFA_MEM_DONATE

/** Every second page, from page 3 on, of the offer of codes_begin_send(). */
static void scatter(uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		memory_add(codes.said, MEMORY_PAGE(1, 3 + 2 * i), 1);
	}
}

static int32_t send_pieces(uint32_t first, uint32_t next)
{
	int32_t code =
		memory_send_pieces(codes.memory.sender, codes.func, codes.said,
				   (struct memory_pieces){first, next});

	codes.handle = memory_handle(codes.memory.sender);
	return code;
}

/** The first fragment of `count` ranges, with `first` of them. */
static void begin_fragmented(uint32_t count, uint32_t first)
{
	uint32_t total;

	codes_begin_send(V1_1, LEND);
	scatter(count);
	total = memory_put(codes.memory.sender, codes.said);
	ASSERT_EQ(
		memory_call(codes.memory.sender, LEND, total, 80 + 16 * first),
		0);
	ASSERT_EQ(codes.memory.sender->regs.x[0], FFA_MEM_FRAG_RX);
	codes.handle = memory_handle(codes.memory.sender);
}

/** Ranges [first, first + count) of the offer to TX. */
static void put_ranges(uint32_t first, uint32_t count)
{
	memcpy(mailbox_tx(1), &codes.said->ranges[first], 16 * count);
}

static int32_t frag_tx(uint32_t size)
{
	return memory_frag_tx(codes.memory.sender, codes.handle, size);
}

/** The receiver's list, all fragments of it; how many there were. */
static uint32_t receive_all(uint32_t expected)
{
	struct vcpu *vcpu = codes.memory.receiver;
	uint32_t fragments = 1;
	uint32_t count;
	uint32_t offset;
	uint32_t total;

	ASSERT_EQ(memory_retrieve(vcpu, memory_request(vcpu, codes.func, 1,
						       codes.handle)),
		  0);
	total = (uint32_t)vcpu->regs.x[1];
	offset = (uint32_t)vcpu->regs.x[2];
	count = memory_told(vcpu)->range_count;
	EXPECT_EQ(memory_told(vcpu)->constituent_count, expected);
	while (offset < total) {
		const struct ffa_memory_constituent *ranges =
			(const void *)mailbox_rx(2);
		int32_t size;

		ASSERT_EQ(memory_release_rx(vcpu), 0);
		size = memory_frag_rx(vcpu, codes.handle, offset);
		ASSERT_GT(size, 0);
		EXPECT_EQ(ranges[0].address, codes.said->ranges[count].address);
		count += (uint32_t)size / 16;
		offset += (uint32_t)size;
		fragments++;
	}
	EXPECT_EQ(offset, total);
	EXPECT_EQ(count, expected);
	ASSERT_EQ(memory_release_rx(vcpu), 0);
	return fragments;
}

/** And back; all is as before. */
static void give_back(void)
{
	ASSERT_EQ(memory_relinquish(codes.memory.receiver, codes.handle, 0), 0);
	ASSERT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), 0);
	EXPECT_EQ(memory_digest(), codes.before);
}

TEST(ffa_mem_frag_tx, every_first_and_every_further_size)
{
	for (uint32_t first = 0; first <= 20; first++) {
		for (uint32_t next = 1; next <= 20; next++) {
			codes_begin_send(V1_2, LEND);
			scatter(20);
			ASSERT_EQ(send_pieces(first, next), 0);
			EXPECT_EQ(receive_all(20), 1U);
			give_back();
		}
	}
}

/** Of one page each, as the specification counts them. */
TEST(ffa_mem_frag_tx, first_fragment_holds_what_the_layout_leaves)
{
	static const uint32_t most[] = {252, 252, 251, 250};

	for (enum direct_profile p = LEGACY; p <= V1_2; p++) {
		codes_begin_send(p, SHARE);
		scatter(600);
		EXPECT_EQ(send_pieces(most[p], 256), 0);
		codes_begin_send(p, SHARE);
		scatter(600);
		EXPECT_EQ(send_pieces(most[p] + 1, 256), INVALID);
	}
}

TEST(ffa_mem_frag_tx, answers_say_what_has_come)
{
	const uint64_t *x;

	begin_fragmented(3, 1);
	x = codes.memory.sender->regs.x;
	EXPECT_EQ(x[1], (uint32_t)codes.handle);
	EXPECT_EQ(x[2], codes.handle >> 32);
	EXPECT_EQ(x[3], 96U);
	EXPECT_EQ(guest_first_used(codes.memory.sender, 4), 8U);
	put_ranges(1, 1);
	ASSERT_EQ(frag_tx(16), 0);
	EXPECT_EQ(x[0], FFA_MEM_FRAG_RX);
	EXPECT_EQ(x[3], 112U);
	put_ranges(2, 1);
	ASSERT_EQ(frag_tx(16), 0);
	EXPECT_EQ(x[0], FFA_SUCCESS);
	EXPECT_EQ(x[1], 0U);
	EXPECT_EQ(x[2], (uint32_t)codes.handle);
	EXPECT_EQ(x[3], codes.handle >> 32);
	EXPECT_EQ(guest_first_used(codes.memory.sender, 4), 8U);
}

TEST(ffa_mem_frag_tx, nothing_changes_before_the_last)
{
	begin_fragmented(3, 1);
	EXPECT_EQ(memory_digest(), codes.before);
	put_ranges(1, 1);
	ASSERT_EQ(frag_tx(16), 0);
	EXPECT_EQ(memory_digest(), codes.before);
	put_ranges(2, 1);
	ASSERT_EQ(frag_tx(16), 0);
	EXPECT_NE(memory_digest(), codes.before);
}

TEST(ffa_mem_frag_tx, length_is_that_of_ranges_and_fits_tx)
{
	static const uint32_t sizes[] = {0,  1,	   8,	 15,
					 17, 4097, 4112, 0xfffffff0};

	begin_fragmented(300, 1);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		EXPECT_EQ(frag_tx(sizes[i]), INVALID);
	}
	/* It is still there. */
	put_ranges(1, 256);
	EXPECT_EQ(frag_tx(4096), 0);
}

TEST(ffa_mem_frag_tx, w4_is_zero)
{
	begin_fragmented(3, 1);
	put_ranges(1, 2);
	(void)machine_hvc(codes.memory.sender,
			  CALL(FFA_MEM_FRAG_TX, (uint32_t)codes.handle,
			       codes.handle >> 32, 32, 0x10000));
	EXPECT_EQ(mailbox_answer(codes.memory.sender), INVALID);

	EXPECT_EQ(frag_tx(32), 0);
}

TEST(ffa_mem_frag_tx, without_tx_is_invalid)
{
	begin_fragmented(3, 1);
	ASSERT_EQ(mailbox_call(codes.memory.sender, CALL(FFA_RXTX_UNMAP)), 0);

	EXPECT_EQ(frag_tx(32), INVALID);
	ASSERT_EQ(mailbox_map(codes.memory.sender->vm), 0);
	put_ranges(1, 2);
	EXPECT_EQ(frag_tx(32), 0);
}

TEST(ffa_mem_frag_tx, only_the_sender_goes_on_and_only_until_all_has_come)
{
	begin_fragmented(3, 1);
	put_ranges(1, 2);

	EXPECT_EQ(memory_frag_tx(codes.memory.receiver, codes.handle, 16),
		  INVALID);
	EXPECT_EQ(memory_frag_tx(codes.memory.third, codes.handle, 16),
		  INVALID);
	EXPECT_EQ(memory_frag_tx(codes.memory.sender, codes.handle + 1, 16),
		  INVALID);
	EXPECT_EQ(frag_tx(32), 0);
	EXPECT_EQ(frag_tx(16), INVALID);
	EXPECT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), 0);
}

TEST(ffa_mem_frag_tx, more_than_announced_ends_it)
{
	begin_fragmented(3, 1);
	put_ranges(0, 3);

	EXPECT_EQ(frag_tx(48), INVALID);
	EXPECT_EQ(frag_tx(32), INVALID);
	EXPECT_EQ(memory_digest(), codes.before);
}

TEST(ffa_mem_frag_tx, what_was_not_all_sent_is_of_no_use)
{
	struct memory_said *asked;

	begin_fragmented(3, 1);
	EXPECT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0),
		  INVALID);
	asked = memory_request(codes.memory.receiver, LEND, 1, codes.handle);
	EXPECT_EQ(memory_retrieve(codes.memory.receiver, asked), INVALID);
	EXPECT_EQ(memory_relinquish(codes.memory.receiver, codes.handle, 0),
		  INVALID);
	EXPECT_EQ(memory_frag_rx(codes.memory.receiver, codes.handle, 80),
		  INVALID);
	put_ranges(1, 2);
	EXPECT_EQ(frag_tx(32), 0);
}

/** The code of the last fragment; the transaction is over then. */
static void expect_end(int32_t code)
{
	EXPECT_EQ(send_pieces(1, 1), code);
	EXPECT_EQ(memory_digest(), codes.before);
	for (unsigned int i = 0; i < MAX_TRANSACTIONS; i++) {
		EXPECT_EQ(send_pieces(1, 1), code);
	}
}

TEST(ffa_mem_frag_tx, sum_is_looked_at_in_the_end)
{
	codes_begin_send(V1_1, LEND);
	scatter(3);
	codes.said->page_count = 4;
	expect_end(INVALID);
}

TEST(ffa_mem_frag_tx, page_borders_are_looked_at_in_the_end)
{
	codes_begin_send(V1_1, LEND);
	scatter(3);
	codes.said->ranges[1].address++;
	expect_end(INVALID);
}

TEST(ffa_mem_frag_tx, overlap_is_looked_at_in_the_end)
{
	codes_begin_send(V1_1, LEND);
	scatter(3);
	codes.said->ranges[1].address = codes.said->ranges[0].address;
	expect_end(INVALID);
}

TEST(ffa_mem_frag_tx, pages_are_looked_at_in_the_end)
{
	codes_begin_send(V1_1, LEND);
	scatter(3);
	codes.said->ranges[0].address = 0;
	expect_end(DENIED);
}

/** What was the sender's at the first fragment need not be at the last. */
TEST(ffa_mem_frag_tx, pages_that_went_meanwhile_are_denied)
{
	uint64_t handle;

	begin_fragmented(2, 1);
	handle = codes.handle;
	codes.said = memory_offer(codes.memory.sender, SHARE, 3);
	memory_add(codes.said, CODES_PAGE, 1);
	ASSERT_EQ(memory_send(codes.memory.sender, SHARE, codes.said), 0);
	codes_note();
	codes.said->ranges[1] =
		(struct ffa_memory_constituent){MEMORY_PAGE(1, 5), 1, 0};
	put_ranges(1, 1);

	EXPECT_EQ(memory_frag_tx(codes.memory.sender, handle, 16), DENIED);
	EXPECT_EQ(memory_digest(), codes.before);
}

TEST(ffa_mem_frag_rx, list_of_4096_pages_there_and_back)
{
	codes_begin_send(V1_1, LEND);
	scatter(4096);
	ASSERT_EQ(send_pieces(251, 256), 0);

	/* 251, then 256 each. */
	EXPECT_EQ(receive_all(4096), 17U);
	EXPECT_EQ(memory_mode(codes.memory.receiver, MEMORY_PAGE(1, 3)),
		  MM_MODE_RWX);
	EXPECT_EQ(memory_mode(codes.memory.receiver, MEMORY_PAGE(1, 4)),
		  MM_MODE_ABSENT);
	EXPECT_EQ(memory_mode(codes.memory.receiver,
			      MEMORY_PAGE(1, 3 + 2 * 4095)),
		  MM_MODE_RWX);
	give_back();
}

/** In an order that has nothing to do with addresses, and stays as it is. */
TEST(ffa_mem_frag_rx, list_keeps_its_order)
{
	codes_begin_send(V1_0, SHARE);
	for (uint32_t i = 1; i < 1000; i++) {
		memory_add(codes.said, MEMORY_PAGE(1, 3 + i * 371 % 1000 * 3),
			   1 + i % 2);
	}
	ASSERT_EQ(send_pieces(100, 100), 0);

	EXPECT_EQ(receive_all(1000), 4U);
	give_back();
}

TEST(ffa_mem_frag_rx, every_version_gets_its_layout)
{
	static const uint32_t most[] = {252, 252, 251, 250};

	for (enum direct_profile p = LEGACY; p <= V1_2; p++) {
		struct vcpu *vcpu;

		codes_begin_send(V1_1, SHARE);
		direct_profile_set(codes.memory.receiver->vm, p);
		scatter(most[p] + 1);
		ASSERT_EQ(send_pieces(100, 100), 0);
		vcpu = codes.memory.receiver;
		ASSERT_EQ(memory_retrieve(vcpu, memory_request(vcpu, SHARE, 1,
							       codes.handle)),
			  0);
		EXPECT_EQ(memory_told(vcpu)->range_count, most[p]);
		EXPECT_EQ(vcpu->regs.x[2], 4096U);
		EXPECT_EQ(vcpu->regs.x[1], 4112U);
		ASSERT_EQ(memory_release_rx(vcpu), 0);
		EXPECT_EQ(memory_frag_rx(vcpu, codes.handle, 4096), 16);
	}
}

/** VM 2 has retrieved 300 pages and knows of 251 of them. */
static void begin_delivering(uint32_t func)
{
	codes_begin_send(V1_1, func);
	direct_profile_set(codes.memory.receiver->vm, V1_1);
	scatter(300);
	ASSERT_EQ(send_pieces(100, 100), 0);
	ASSERT_EQ(memory_retrieve_from(codes.memory, func, codes.handle), 0);
	codes_note();
}

static int32_t frag_rx(uint32_t offset)
{
	return memory_frag_rx(codes.memory.receiver, codes.handle, offset);
}

TEST(ffa_mem_frag_rx, w4_is_zero)
{
	begin_delivering(SHARE);
	(void)machine_hvc(codes.memory.receiver,
			  CALL(FFA_MEM_FRAG_RX, (uint32_t)codes.handle,
			       codes.handle >> 32, 4096, 0x10000));

	EXPECT_EQ(mailbox_answer(codes.memory.receiver), INVALID);
}

TEST(ffa_mem_frag_rx, rx_in_use_is_busy)
{
	begin_delivering(SHARE);
	codes.memory.receiver->vm->mailbox.state = MAILBOX_READ;
	EXPECT_EQ(frag_rx(4096), FFA_BUSY);
	/* Before the handle. */
	EXPECT_EQ(memory_frag_rx(codes.memory.receiver, 0, 4096), FFA_BUSY);
	codes.memory.receiver->vm->mailbox.state = MAILBOX_EMPTY;
	ASSERT_EQ(mailbox_call(codes.memory.receiver, CALL(FFA_RXTX_UNMAP)), 0);
	EXPECT_EQ(frag_rx(4096), FFA_BUSY);
}

TEST(ffa_mem_frag_rx, offset_is_the_next_one)
{
	begin_delivering(SHARE);

	EXPECT_EQ(frag_rx(0), INVALID);
	EXPECT_EQ(frag_rx(4080), INVALID);
	EXPECT_EQ(frag_rx(4112), INVALID);
	EXPECT_EQ(frag_rx(4096), 49 * 16);
	ASSERT_EQ(memory_release_rx(codes.memory.receiver), 0);
	EXPECT_EQ(frag_rx(4096), INVALID);
	EXPECT_EQ(frag_rx(4096 + 49 * 16), INVALID);
}

TEST(ffa_mem_frag_rx, others_get_nothing)
{
	begin_delivering(SHARE);

	EXPECT_EQ(memory_frag_rx(codes.memory.sender, codes.handle, 4096),
		  INVALID);
	EXPECT_EQ(memory_frag_rx(codes.memory.third, codes.handle, 4096),
		  INVALID);
	EXPECT_EQ(memory_frag_rx(codes.memory.receiver, codes.handle + 1, 4096),
		  INVALID);
	EXPECT_EQ(memory_digest(), codes.before);
}

TEST(ffa_mem_frag_rx, without_a_retrieval_there_is_nothing)
{
	codes_begin_retrieve(V1_1, SHARE);
	EXPECT_EQ(memory_frag_rx(codes.memory.receiver, codes.handle, 96),
		  INVALID);
	ASSERT_EQ(memory_retrieve_from(codes.memory, SHARE, codes.handle), 0);
	EXPECT_EQ(memory_frag_rx(codes.memory.receiver, codes.handle, 96),
		  INVALID);
}

TEST(ffa_mem_frag_rx, until_the_last_one_nothing_goes_back)
{
	begin_delivering(LEND);
	EXPECT_EQ(memory_relinquish(codes.memory.receiver, codes.handle, 0),
		  INVALID);
	EXPECT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), DENIED);
	EXPECT_EQ(memory_digest(), codes.before);
	ASSERT_EQ(frag_rx(4096), 49 * 16);
	EXPECT_EQ(memory_relinquish(codes.memory.receiver, codes.handle, 0), 0);
}

TEST(ffa_mem_frag_rx, donation_is_over_with_the_last_one)
{
	begin_delivering(DONATE);
	EXPECT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), DENIED);
	ASSERT_EQ(frag_rx(4096), 49 * 16);
	EXPECT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0),
		  INVALID);
	ASSERT_EQ(memory_release_rx(codes.memory.receiver), 0);
	EXPECT_EQ(frag_rx(4096 + 49 * 16), INVALID);
}

TEST(ffa_mem_aborted, memory_comes_back_from_who_did_not_read_all)
{
	begin_delivering(LEND);
	codes.memory.receiver->vm->is_aborting = true;

	EXPECT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), 0);
	EXPECT_EQ(memory_mode(codes.memory.sender, CODES_PAGE), MEMORY_OWN);
}

/** It is the receiver's, although that does not know all of it. */
TEST(ffa_mem_aborted, donation_to_who_did_not_read_all_is_lost)
{
	begin_delivering(DONATE);
	codes.memory.receiver->vm->is_aborting = true;

	EXPECT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), DENIED);
}
