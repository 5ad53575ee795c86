/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory by buffers of several pages: a fragment may be as long as TX, an
 * answer is as long as RX, and no byte behind either is touched. See
 * docs/ffa.md.
 */
#include <string.h>

#include "fixture/memory_codes.h"

#define INVALID FFA_INVALID_PARAMETERS
#define LEND FFA_MEM_LEND
#define RANGE 16U

/** The most that FFA_RXTX_MAP takes. */
#define MOST_PAGES 16U
#define MOST_BYTES (MOST_PAGES * 4096U)

/** In front of the ranges, in 1.1. */
#define BEGIN 80U

/** TX of VM 1 and RX of VM 2, with a page behind that stays as it is. */
static _Alignas(PAGE_SIZE) uint8_t tx[MOST_BYTES + 4096U];
static _Alignas(PAGE_SIZE) uint8_t rx[MOST_BYTES + 4096U];
static uint32_t bytes_mapped;

/** `vcpu`'s VM has these buffers instead of those that it had. */
static void map(struct vcpu *vcpu, const void *own_tx, const void *own_rx,
		uint64_t pages)
{
	memory_set(vcpu, (uintptr_t)own_tx, pages, MEMORY_OWN);
	memory_set(vcpu, (uintptr_t)own_rx, pages, MEMORY_OWN);
	ASSERT_EQ(mailbox_call(vcpu, CALL(FFA_RXTX_UNMAP)), 0);
	ASSERT_EQ(
		mailbox_call(vcpu, CALL(FFA_64(FFA_RXTX_MAP), (uintptr_t)own_tx,
					(uintptr_t)own_rx, pages)),
		0);
}

/** An offer of `count` pages by VM 1; VM 1 and VM 2 have large buffers. */
static void begin(uint32_t pages, uint32_t count)
{
	static _Alignas(PAGE_SIZE) uint8_t unused[2][MOST_BYTES];

	codes_begin_send(V1_1, LEND);
	direct_profile_set(codes.memory.receiver->vm, V1_1);
	map(codes.memory.sender, tx, unused[0], pages);
	map(codes.memory.receiver, unused[1], rx, pages);
	bytes_mapped = pages * 4096U;
	memset(tx, 0, sizeof(tx));
	memset(rx, 0x77, sizeof(rx));
	for (uint32_t i = 1; i < count; i++) {
		memory_add(codes.said, MEMORY_PAGE(1, 3 + 2 * i), 1);
	}
	codes_note();
}

/** The first fragment, of `bytes`; the total is what it is. */
static int32_t send_first(uint32_t bytes)
{
	uint32_t total;
	const uint8_t *said = memory_bytes(codes.said, &total);
	int32_t code;

	memcpy(tx, said, bytes < sizeof(tx) ? bytes : sizeof(tx));
	code = memory_call(codes.memory.sender, LEND, total, bytes);
	codes.handle = memory_handle(codes.memory.sender);
	return code;
}

static int32_t send_next(uint32_t first, uint32_t bytes)
{
	memcpy(tx, &codes.said->ranges[first],
	       bytes < sizeof(tx) ? bytes : sizeof(tx));
	return memory_frag_tx(codes.memory.sender, codes.handle, bytes);
}

/** RX has ranges `first` and following at `offset`, and ends with them. */
static bool has_ranges(uint32_t first, uint32_t offset, uint32_t bytes)
{
	const struct ffa_memory_constituent *ranges =
		(const void *)(rx + offset);

	for (uint32_t i = 0; i < (bytes - offset) / RANGE; i++) {
		if (ranges[i].address !=
			    codes.said->ranges[first + i].address ||
		    ranges[i].page_count != 1) {
			return false;
		}
	}
	for (uint32_t i = bytes_mapped; i < sizeof(rx); i++) {
		if (rx[i] != 0x77) {
			return false;
		}
	}
	return true;
}

/** VM 2 asks for it. */
static void retrieve(void)
{
	struct vcpu *vcpu = codes.memory.receiver;
	uint32_t size;
	const uint8_t *asked = memory_bytes(
		memory_request(vcpu, LEND, 1, codes.handle), &size);

	memcpy((void *)(uintptr_t)vcpu->vm->mailbox.tx, asked, size);
	(void)machine_hvc(vcpu, CALL(FFA_MEM_RETRIEVE_REQ, size, size));
	ASSERT_EQ(vcpu->regs.x[0], FFA_MEM_RETRIEVE_RESP);
}

static void reclaim(void)
{
	ASSERT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), 0);
	EXPECT_EQ(memory_digest(), codes.before);
}

/** As many ranges as `pages` of TX hold, and one more, in one fragment. */
static void fill_tx(uint32_t pages)
{
	uint32_t most = (pages * 4096U - BEGIN) / RANGE;

	begin(pages, most);
	EXPECT_EQ(send_first(BEGIN + RANGE * most), 0);
	EXPECT_EQ(codes.memory.sender->regs.x[0], FFA_SUCCESS);
	reclaim();

	begin(pages, most + 1);
	EXPECT_EQ(send_first(BEGIN + RANGE * (most + 1)), INVALID);
	EXPECT_EQ(memory_digest(), codes.before);
	EXPECT_EQ(send_first(BEGIN + RANGE * most), 0);
	EXPECT_EQ(codes.memory.sender->regs.x[0], FFA_MEM_FRAG_RX);
	EXPECT_EQ(send_next(most, RANGE), 0);
	reclaim();
}

TEST(ffa_mem_buffers, fragment_may_fill_two_pages)
{
	fill_tx(2);
}

TEST(ffa_mem_buffers, fragment_may_fill_sixteen_pages)
{
	fill_tx(MOST_PAGES);
}

TEST(ffa_mem_buffers, next_fragment_may_fill_tx)
{
	begin(3, 1000);
	ASSERT_EQ(send_first(BEGIN), 0);
	EXPECT_EQ(send_next(0, 3 * 4096U + RANGE), INVALID);
	EXPECT_EQ(send_next(0, 3 * 4096U), 0);
	EXPECT_EQ(codes.memory.sender->regs.x[3], BEGIN + 3 * 4096U);
	EXPECT_EQ(send_next(768, RANGE * (1000 - 768)), 0);
	EXPECT_EQ(codes.memory.sender->regs.x[0], FFA_SUCCESS);
	reclaim();
}

/** The answer fills RX, and goes on in RX as long as it is. */
static void fill_rx(uint32_t pages)
{
	uint32_t most = (pages * 4096U - BEGIN) / RANGE;
	uint32_t next = pages * 256U;
	struct vcpu *vcpu;

	begin(pages, most + next + 1);
	vcpu = codes.memory.receiver;
	ASSERT_EQ(send_first(BEGIN), 0);
	ASSERT_EQ(send_next(0, pages * 4096U), 0);
	ASSERT_EQ(send_next(next, RANGE * (most + 1)), 0);
	retrieve();
	EXPECT_EQ(vcpu->regs.x[1], BEGIN + RANGE * (most + next + 1));
	EXPECT_EQ(vcpu->regs.x[2], pages * 4096U);
	EXPECT_TRUE(has_ranges(0, BEGIN, pages * 4096U));
	ASSERT_EQ(memory_release_rx(vcpu), 0);

	EXPECT_EQ(memory_frag_rx(vcpu, codes.handle, pages * 4096U),
		  (int32_t)(pages * 4096U));
	EXPECT_TRUE(has_ranges(most, 0, pages * 4096U));
	ASSERT_EQ(memory_release_rx(vcpu), 0);
	EXPECT_EQ(memory_frag_rx(vcpu, codes.handle, 2 * pages * 4096U),
		  (int32_t)RANGE);
	EXPECT_TRUE(has_ranges(most + next, 0, RANGE));
}

TEST(ffa_mem_buffers, answer_fills_two_pages)
{
	fill_rx(2);
}

TEST(ffa_mem_buffers, answer_fills_four_pages)
{
	fill_rx(4);
}

/** A list that was sent page by page is received as a whole. */
TEST(ffa_mem_buffers, answer_is_as_long_as_its_receiver_s_rx)
{
	struct vcpu *vcpu;

	begin(MOST_PAGES, 4000);
	vcpu = codes.memory.receiver;
	ASSERT_EQ(send_first(BEGIN + RANGE * 100), 0);
	for (uint32_t sent = 100; sent < 4000; sent += 100) {
		ASSERT_EQ(send_next(sent, RANGE * 100), 0);
	}
	retrieve();
	EXPECT_EQ(vcpu->regs.x[1], BEGIN + RANGE * 4000);
	EXPECT_EQ(vcpu->regs.x[2], BEGIN + RANGE * 4000);
	EXPECT_TRUE(has_ranges(0, BEGIN, BEGIN + RANGE * 4000));
	ASSERT_EQ(memory_release_rx(vcpu), 0);
	EXPECT_EQ(memory_frag_rx(vcpu, codes.handle, BEGIN + RANGE * 4000),
		  INVALID);
}
