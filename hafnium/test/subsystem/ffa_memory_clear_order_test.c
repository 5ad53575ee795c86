/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of when memory is cleared: after the last VM that could write it has
 * lost access, on all CPUs, and before the next one gets it. What was in the
 * page is noted with each event of the fake MMU. See docs/ffa.md.
 */
#include <string.h>

#include "fixture/memory_codes.h"
#include "hf/arch/fake/mmu.h"

#define SHARE FFA_MEM_SHARE
#define LEND FFA_MEM_LEND
#define DONATE FFA_MEM_DONATE
#define CLEAR FFA_MEMORY_FLAG_CLEAR
#define CLEAR_BEHIND FFA_MEMORY_FLAG_CLEAR_RELINQUISH

#define PAGE 3U

/** What somebody left in the page. */
#define SECRET 0x77

static void watch(void)
{
	memset(memory_real(PAGE), SECRET, PAGE_SIZE);
	fake_mmu_clear();
	fake_mmu_watch(memory_real(PAGE));
}

static bool is_leaf_of_page(const struct fake_mmu_event *event)
{
	return event->op == FAKE_MMU_WRITE &&
	       pte_addr(event->value).pa == memory_real_ipa(PAGE) &&
	       (event->value & PTE_S2_ATTR_MASK) == PTE_S2_ATTR_NORMAL_WB;
}

/** TLBs of all CPUs forget the page as `vmid` has it. */
static bool is_forgotten(const struct fake_mmu_event *event, uint16_t vmid)
{
	return event->vmid == vmid && (event->op == FAKE_MMU_TLBI_VMID ||
				       (event->op == FAKE_MMU_TLBI_IPA &&
					event->where == memory_real_ipa(PAGE)));
}

/**
 * No entry leads to the page, TLBs of VM `vmid` forget it, and only then it is
 * cleared.
 */
static void expect_lost_before(uint16_t vmid)
{
	size_t count = fake_mmu_event_count();
	bool is_lost = false;

	ASSERT_LE(count, FAKE_MMU_EVENTS);
	for (size_t i = 0; i < count && !is_lost; i++) {
		const struct fake_mmu_event *event = fake_mmu_event(i);

		ASSERT_NE(event->watched, 0U);
		is_lost = is_forgotten(event, vmid);
	}
	EXPECT_TRUE(is_lost);
	EXPECT_TRUE(memory_real_is(PAGE, 1, 0));
}

/** Whoever gets the page finds it cleared. */
static void expect_given_behind(void)
{
	size_t count = fake_mmu_event_count();
	size_t given = 0;

	ASSERT_LE(count, FAKE_MMU_EVENTS);
	for (size_t i = 0; i < count; i++) {
		const struct fake_mmu_event *event = fake_mmu_event(i);

		if (is_leaf_of_page(event) && pte_is_valid(event->value)) {
			given++;
			EXPECT_EQ(event->watched, 0U);
		}
	}
	EXPECT_EQ(given, 1U);
	EXPECT_TRUE(memory_real_is(PAGE, 1, 0));
}

TEST(ffa_mem_clear, sender_has_lost_it_before_it_is_cleared)
{
	static const uint32_t functions[] = {LEND, DONATE};

	for (unsigned int i = 0; i < ARRAY_SIZE(functions); i++) {
		codes_begin_send(V1_1, functions[i]);
		codes.said->ranges[0].address = memory_real_ipa(PAGE);
		codes.said->flags = CLEAR;
		watch();
		ASSERT_EQ(codes_send(), 0);
		expect_lost_before(1);
	}
}

TEST(ffa_mem_clear, receiver_gets_it_cleared)
{
	static const uint32_t functions[] = {LEND, DONATE};

	/* A legacy guest may ask for it: nobody has cleared it before. */
	for (unsigned int i = 0; i < ARRAY_SIZE(functions); i++) {
		codes_begin_retrieve(LEGACY, functions[i]);
		codes.said->flags = CLEAR;
		watch();
		ASSERT_EQ(codes_retrieve(), 0);
		expect_given_behind();
	}
}

static void begin_borrowed(uint32_t flags)
{
	codes_begin_retrieve(V1_1, LEND);
	codes.said->flags = flags;
	ASSERT_EQ(codes_retrieve(), 0);
	watch();
}

TEST(ffa_mem_clear, borrower_has_lost_it_before_it_is_cleared)
{
	begin_borrowed(0);
	ASSERT_EQ(memory_relinquish(codes.memory.receiver, codes.handle, CLEAR),
		  0);
	expect_lost_before(2);
	begin_borrowed(CLEAR_BEHIND);
	ASSERT_EQ(memory_relinquish(codes.memory.receiver, codes.handle, 0), 0);
	expect_lost_before(2);
}

TEST(ffa_mem_clear, owner_gets_it_back_cleared)
{
	static const uint32_t functions[] = {LEND, DONATE};

	for (unsigned int i = 0; i < ARRAY_SIZE(functions); i++) {
		codes_begin_retrieve(V1_1, functions[i]);
		watch();
		ASSERT_EQ(memory_reclaim(codes.memory.sender, codes.handle,
					 CLEAR),
			  0);
		expect_given_behind();
	}
}

/** Other vCPUs of it may still run. */
TEST(ffa_mem_clear, aborted_borrower_has_lost_it_and_then_the_owner_gets_it)
{
	begin_borrowed(CLEAR_BEHIND);
	codes.memory.receiver->vm->is_aborting = true;
	ASSERT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), 0);
	expect_lost_before(2);
	expect_given_behind();
}

/** Nothing is cleared: the page goes on as it is, but to nobody too early. */
TEST(ffa_mem_clear, page_of_an_aborted_borrower_is_the_owner_s_alone)
{
	size_t lost = 0;
	size_t given = 0;

	begin_borrowed(0);
	codes.memory.receiver->vm->is_aborting = true;
	ASSERT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), 0);
	for (size_t i = 0; i < fake_mmu_event_count(); i++) {
		const struct fake_mmu_event *event = fake_mmu_event(i);

		if (is_forgotten(event, 2)) {
			lost = i + 1;
		}
		if (is_leaf_of_page(event) && pte_is_valid(event->value)) {
			given = i + 1;
		}
	}
	EXPECT_GT(lost, 0U);
	EXPECT_GT(given, lost);
	EXPECT_TRUE(memory_real_is(PAGE, 1, SECRET));
}
