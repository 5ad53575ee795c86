/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of memory transactions from end to end, between guests of all versions:
 * what is in the answer, in the layout of who reads it. See docs/ffa.md.
 */
#include "fixture/memory.h"
#include "hf/smccc.h"
#include "hftest.h"

#define PAGE MEMORY_PAGE(1, 3)

static const uint32_t kinds[] = {
	FFA_MEM_SHARE,
	FFA_MEM_LEND,
	FFA_MEM_DONATE,
};

/** Flags 4:3 of an answer. */
static uint32_t type_of(uint32_t func)
{
	return (FFA_MEM_SHARE - func + 1) << 3;
}

/** What the receiver gets for the request of memory_request(). */
static uint8_t granted(uint32_t func)
{
	return FFA_DATA_ACCESS_RW |
	       (func == FFA_MEM_SHARE ? FFA_INSTRUCTION_ACCESS_NX
				      : FFA_INSTRUCTION_ACCESS_X);
}

static void check_told(const struct memory_said *told, uint32_t func,
		       uint64_t handle)
{
	bool is_1_0 = told->version == FFA_VERSION_1_0;

	EXPECT_EQ(told->sender, 1);
	EXPECT_EQ(told->receiver, 2);
	EXPECT_EQ(told->flags, type_of(func));
	EXPECT_EQ(told->handle, handle);
	EXPECT_EQ(told->attributes,
		  (func == FFA_MEM_SHARE ? MEMORY_NORMAL : 0) |
			  (is_1_0 ? 0 : FFA_MEMORY_NS));
	EXPECT_EQ(told->permissions, granted(func));
	EXPECT_EQ(told->endpoint_flags, 0);
	EXPECT_EQ(told->endpoint_count, 1U);
	EXPECT_EQ(told->endpoint_size,
		  told->version == FFA_VERSION_1_2 ? 32U : 16U);
	EXPECT_EQ(told->endpoint_offset, is_1_0 ? 32U : 48U);
	EXPECT_EQ(told->composite_offset,
		  told->endpoint_offset + told->endpoint_size);
	EXPECT_EQ(told->header_mbz, 0U);
	EXPECT_EQ(told->endpoint_mbz, 0U);
	EXPECT_EQ(told->composite_mbz, 0U);
}

static void check_ranges(const struct memory_said *told)
{
	EXPECT_EQ(told->page_count, 3U);
	EXPECT_EQ(told->constituent_count, 2U);
	EXPECT_EQ(told->range_count, 2U);
	EXPECT_EQ(told->ranges[0].address, PAGE);
	EXPECT_EQ(told->ranges[0].page_count, 1U);
	EXPECT_EQ(told->ranges[0].reserved_mbz, 0U);
	EXPECT_EQ(told->ranges[1].address, PAGE + 7 * PAGE_SIZE);
	EXPECT_EQ(told->ranges[1].page_count, 2U);
}

/** There, and back as far as that goes. */
static void travel(struct memory memory, uint32_t func)
{
	struct memory_said *said = memory_offer(memory.sender, func, 2);
	uint64_t digest = memory_digest();
	const struct memory_said *told;
	uint64_t handle;

	memory_add(said, PAGE, 1);
	memory_add(said, PAGE + 7 * PAGE_SIZE, 2);
	ASSERT_EQ(memory_send(memory.sender, func, said), 0);
	handle = memory_handle(memory.sender);
	EXPECT_TRUE((handle & FFA_MEMORY_HANDLE_HYPERVISOR) != 0);
	EXPECT_NE(handle, FFA_MEMORY_HANDLE_INVALID);
	ASSERT_EQ(memory_retrieve(
			  memory.receiver,
			  memory_request(memory.receiver, func, 1, handle)),
		  0);
	EXPECT_EQ(memory.receiver->regs.x[1], memory.receiver->regs.x[2]);
	told = memory_told(memory.receiver);
	check_told(told, func, handle);
	check_ranges(told);
	EXPECT_EQ(told->tag, memory.receiver->vm->ffa_version_is_asked
				     ? UINT64_C(0x1122334455667788)
				     : 0);
	EXPECT_EQ(memory.receiver->regs.x[1], told->composite_offset + 48U);

	ASSERT_EQ(memory_release_rx(memory.receiver), 0);
	if (func == FFA_MEM_DONATE) {
		EXPECT_EQ(memory_mode(memory.receiver, PAGE), MEMORY_OWN);
		EXPECT_EQ(memory_mode(memory.sender, PAGE), MM_MODE_ABSENT);
		return;
	}
	ASSERT_EQ(memory_relinquish(memory.receiver, handle, 0), 0);
	ASSERT_EQ(memory_reclaim(memory.sender, handle, 0), 0);
	EXPECT_EQ(memory_digest(), digest);
}

static void every_receiver(enum direct_profile sender)
{
	for (enum direct_profile to = LEGACY; to <= V1_2; to++) {
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
			travel(memory_start(sender, to), kinds[i]);
		}
	}
}

TEST(ffa_memory_layout, legacy_sender_to_every_version)
{
	every_receiver(LEGACY);
}

TEST(ffa_memory_layout, sender_of_1_0_to_every_version)
{
	every_receiver(V1_0);
}

TEST(ffa_memory_layout, sender_of_1_1_to_every_version)
{
	every_receiver(V1_1);
}

TEST(ffa_memory_layout, sender_of_1_2_to_every_version)
{
	every_receiver(V1_2);
}
