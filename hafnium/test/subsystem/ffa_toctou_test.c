/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TX belongs to the guest, whose other CPUs may write it at any time: all that
 * a call reads there it reads once, so what was looked at is what is used. Here
 * each byte changes as soon as it has been read. See docs/ffa.md.
 */
#include <string.h>

#include "fixture/memory_codes.h"
#include "fixture/trail.h"
#include "hf/ffa_message.h"

#define RANGES 7U

/** VM 1 is about to send some ranges, which lie in TX; how long that is. */
static uint32_t begin_send(enum direct_profile profile, uint32_t func)
{
	codes_begin_send(profile, func);
	for (uint32_t i = 1; i < RANGES; i++) {
		memory_add(codes.said, MEMORY_PAGE(1, 3 + 5 * i), 1 + i % 3);
	}
	return memory_put(codes.memory.sender, codes.said);
}

/** The mode of each page that was said, and of none next to it. */
static bool has_sent(mm_mode_t mode)
{
	bool is_so = true;

	for (uint32_t i = 0; i < RANGES; i++) {
		const struct ffa_memory_constituent *range =
			&codes.said->ranges[i];
		uint64_t end = range->address + PAGE_SIZE * range->page_count;

		is_so &= memory_mode(codes.memory.sender, range->address) ==
				 mode &&
			 memory_mode(codes.memory.sender, end - PAGE_SIZE) ==
				 mode &&
			 memory_mode(codes.memory.sender, end) == MEMORY_OWN;
	}
	return is_so;
}

static mm_mode_t mode_of(uint32_t func)
{
	switch (func) {
	case FFA_MEM_SHARE:
		return MEMORY_OWN | MM_MODE_SHARED;
	case FFA_MEM_LEND:
		return MEMORY_OWN | MM_MODE_NO_ACCESS;
	default:
		return MM_MODE_RWX | MM_MODE_NO_ACCESS;
	}
}

static void send_read_once(uint32_t func)
{
	for (enum direct_profile p = LEGACY; p <= V1_2; p++) {
		uint32_t size = begin_send(p, func);
		struct trail_result trail;
		int32_t code;

		trail_begin(mailbox_tx(1));
		code = memory_call(codes.memory.sender, func, size, size);
		trail = trail_end();

		EXPECT_EQ(code, 0);
		EXPECT_GT(trail.reads, RANGES);
		EXPECT_EQ(trail.repeats, 0U);
		EXPECT_TRUE(has_sent(mode_of(func)));
		EXPECT_EQ(memory_reclaim(codes.memory.sender,
					 memory_handle(codes.memory.sender), 0),
			  0);
		EXPECT_EQ(memory_digest(), codes.before);
	}
}

TEST(ffa_toctou, descriptor_of_a_share_is_read_once)
{
	send_read_once(FFA_MEM_SHARE);
}

TEST(ffa_toctou, descriptor_of_a_lend_is_read_once)
{
	send_read_once(FFA_MEM_LEND);
}

TEST(ffa_toctou, descriptor_of_a_donation_is_read_once)
{
	send_read_once(FFA_MEM_DONATE);
}

/** What is refused is not looked at again either, and nothing changes. */
TEST(ffa_toctou, refused_descriptor_is_read_once)
{
	for (enum direct_profile p = LEGACY; p <= V1_2; p++) {
		struct trail_result trail;
		uint32_t size = begin_send(p, FFA_MEM_SHARE);
		int32_t code;

		codes.said->ranges[RANGES - 1].address = 0;
		size = memory_put(codes.memory.sender, codes.said);
		trail_begin(mailbox_tx(1));
		code = memory_call(codes.memory.sender, FFA_MEM_SHARE, size,
				   size);
		trail = trail_end();

		EXPECT_EQ(code, FFA_DENIED);
		EXPECT_EQ(trail.repeats, 0U);
		EXPECT_EQ(memory_digest(), codes.before);
	}
}

TEST(ffa_toctou, fragment_is_read_once)
{
	uint32_t size = begin_send(V1_1, FFA_MEM_LEND);
	uint32_t rest = 16 * (RANGES - 1);
	struct trail_result trail;
	uint64_t handle;
	int32_t code;

	ASSERT_EQ(memory_call(codes.memory.sender, FFA_MEM_LEND, size,
			      size - rest),
		  0);
	handle = memory_handle(codes.memory.sender);
	memcpy(mailbox_tx(1), &codes.said->ranges[1], rest);
	trail_begin(mailbox_tx(1));
	code = memory_frag_tx(codes.memory.sender, handle, rest);
	trail = trail_end();

	EXPECT_EQ(code, 0);
	EXPECT_GE(trail.reads, RANGES - 1);
	EXPECT_EQ(trail.repeats, 0U);
	EXPECT_TRUE(has_sent(mode_of(FFA_MEM_LEND)));
}

static void retrieve_read_once(uint32_t func)
{
	for (enum direct_profile p = LEGACY; p <= V1_2; p++) {
		struct trail_result trail;
		struct vcpu *vcpu;
		uint32_t size;

		codes_begin_retrieve(p, func);
		vcpu = codes.memory.receiver;
		size = memory_put(vcpu, codes.said);
		trail_begin(mailbox_tx(2));
		(void)machine_hvc(vcpu, CALL(FFA_MEM_RETRIEVE_REQ, size, size));
		trail = trail_end();

		EXPECT_EQ(vcpu->regs.x[0], FFA_MEM_RETRIEVE_RESP);
		EXPECT_GT(trail.reads, 3U);
		EXPECT_EQ(trail.repeats, 0U);
		EXPECT_EQ(memory_told(vcpu)->handle, codes.handle);
		EXPECT_EQ(memory_told(vcpu)->permissions & FFA_DATA_ACCESS_MASK,
			  FFA_DATA_ACCESS_RW);
	}
}

TEST(ffa_toctou, request_for_a_share_is_read_once)
{
	retrieve_read_once(FFA_MEM_SHARE);
}

TEST(ffa_toctou, request_for_what_is_lent_is_read_once)
{
	retrieve_read_once(FFA_MEM_LEND);
}

TEST(ffa_toctou, request_for_a_donation_is_read_once)
{
	retrieve_read_once(FFA_MEM_DONATE);
}

TEST(ffa_toctou, relinquish_is_read_once)
{
	uint32_t words[] = {0, 0, 0, 1, 2};
	struct trail_result trail;
	struct vcpu *vcpu;
	int32_t code;

	codes_begin_retrieve(V1_1, FFA_MEM_LEND);
	vcpu = codes.memory.receiver;
	ASSERT_EQ(codes_retrieve(), 0);
	memcpy(words, &codes.handle, sizeof(codes.handle));
	memcpy(mailbox_tx(2), words, sizeof(words));
	trail_begin(mailbox_tx(2));
	code = mailbox_call(vcpu, CALL(FFA_MEM_RELINQUISH));
	trail = trail_end();

	EXPECT_EQ(code, 0);
	EXPECT_EQ(trail.repeats, 0U);
	EXPECT_EQ(memory_mode(vcpu, memory_real_ipa(3)), MM_MODE_ABSENT);
	EXPECT_TRUE(memory_real_is(0, MEMORY_REAL_PAGES, 0xa5));
	EXPECT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), 0);
}

static void fill_rx(void)
{
	codes.memory.receiver->vm->mailbox.state = MAILBOX_READ;
}

/** RX was free when the request was read, and is not when it is granted. */
TEST(ffa_toctou, rx_that_is_taken_meanwhile_is_busy)
{
	struct vcpu *vcpu;
	uint32_t size;

	codes_begin_retrieve(V1_2, FFA_MEM_SHARE);
	vcpu = codes.memory.receiver;
	size = memory_put(vcpu, codes.said);
	trail_begin_with(mailbox_tx(2), fill_rx);
	(void)machine_hvc(vcpu, CALL(FFA_MEM_RETRIEVE_REQ, size, size));
	(void)trail_end();

	EXPECT_FFA_ERROR(vcpu, FFA_BUSY);
	EXPECT_EQ(memory_digest(), codes.before);
	ASSERT_EQ(memory_release_rx(vcpu), 0);
	EXPECT_EQ(codes_retrieve(), 0);
}

/** Of a message only the header is looked at; the rest is the receiver's. */
TEST(ffa_toctou, header_of_a_message_is_read_once)
{
	struct ffa_message header = {
		.offset = sizeof(header),
		.receiver = 2,
		.sender = 1,
		.size_bytes = 1,
	};
	struct ffa_message told = {0};
	struct trail_result trail;
	int32_t code;

	codes_begin_send(V1_2, FFA_MEM_SHARE);
	memcpy(mailbox_tx(1), &header, sizeof(header));
	trail_begin(mailbox_tx(1));
	code = mailbox_call(codes.memory.sender, CALL(FFA_MSG_SEND2));
	trail = trail_end();
	memcpy(&told, mailbox_rx(2), sizeof(told));

	EXPECT_EQ(code, 0);
	EXPECT_GT(trail.reads, 1U);
	EXPECT_EQ(trail.repeats, 0U);
	EXPECT_EQ(told.sender, 1U);
	EXPECT_EQ(told.receiver, 2U);
	EXPECT_EQ(told.offset, sizeof(header));
	EXPECT_EQ(told.size_bytes, 1U);
}

static void take_tx(void)
{
	codes.memory.sender->vm->mailbox.tx = NULL;
}

/** The header was read; then another CPU has TX unmapped. */
TEST(ffa_toctou, message_from_tx_that_went_meanwhile_is_denied)
{
	struct ffa_message header = {
		.offset = sizeof(header),
		.receiver = 2,
		.sender = 1,
		.size_bytes = 100,
	};
	struct vm_mailbox *rx;

	codes_begin_send(V1_2, FFA_MEM_SHARE);
	rx = &codes.memory.receiver->vm->mailbox;
	memset(mailbox_rx(2), 0x77, PAGE_SIZE);
	memcpy(mailbox_tx(1), &header, sizeof(header));
	trail_begin_with(mailbox_tx(1), take_tx);
	EXPECT_EQ(mailbox_call(codes.memory.sender, CALL(FFA_MSG_SEND2)),
		  FFA_DENIED);
	(void)trail_end();

	EXPECT_EQ(rx->state, MAILBOX_EMPTY);
	EXPECT_EQ(mailbox_rx(2)[0], 0x77);
	EXPECT_EQ(mailbox_rx(2)[PAGE_SIZE - 1], 0x77);
}
