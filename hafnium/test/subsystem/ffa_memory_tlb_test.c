/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who loses a page has it in no TLB when the call returns, in whatever order
 * the pages were named, in tables of pages and in blocks. See docs/memory.md.
 */
#include "fixture/memory_codes.h"
#include "hf/arch/fake/mmu.h"

#define LEND FFA_MEM_LEND
#define MOST_RANGES 5U

struct list {
	const char *name;
	struct {
		uint32_t first;
		uint32_t count; /* 0: no more ranges */
	} ranges[MOST_RANGES];
};

static const struct list lists[] = {
	{"page", {{9, 1}}},
	{"row", {{9, 5}}},
	{"upwards", {{5, 1}, {9, 1}, {15, 2}}},
	{"downwards", {{15, 2}, {9, 1}, {5, 1}}},
	{"neighbours downwards", {{7, 1}, {6, 1}, {5, 1}}},
	{"crosswise", {{9, 1}, {20, 1}, {11, 1}, {5, 1}, {12, 1}}},
	{"tables downwards", {{1030, 1}, {520, 1}, {3, 1}}},
	{"block and pages", {{1024, 512}, {9, 1}, {2000, 3}}},
	{"across a border", {{500, 30}}},
};

/** Was all that VM `vcpu->vm` has at `ipa` invalidated, or that page? */
static bool is_invalidated(const struct vcpu *vcpu, uint64_t ipa)
{
	uint16_t vmid = (uint16_t)(stage2_vttbr(&vcpu->vm->stage2) >> 48);

	for (size_t i = 0; i < fake_mmu_event_count(); i++) {
		const struct fake_mmu_event *event = fake_mmu_event(i);

		if (event->vmid == vmid &&
		    (event->op == FAKE_MMU_TLBI_VMID ||
		     (event->op == FAKE_MMU_TLBI_IPA && event->where == ipa))) {
			return true;
		}
	}
	return false;
}

/** All pages of the list, of `vcpu`'s VM. */
static void expect_invalidated(const struct list *list, const char *call,
			       const struct vcpu *vcpu)
{
	for (uint32_t i = 0; i < MOST_RANGES && list->ranges[i].count; i++) {
		for (uint32_t j = 0; j < list->ranges[i].count; j++) {
			uint32_t page = list->ranges[i].first + j;

			if (!is_invalidated(vcpu, MEMORY_PAGE(1, page))) {
				FAIL("%s, %s: page %u of VM %u", list->name,
				     call, page, vcpu->vm->id);
			}
		}
	}
}

/** Tables of pages where lists have pages, for VM 1 and VM 2. */
static void cut_blocks(void)
{
	static const uint32_t pages[] = {100, 600, 1700, 2100};

	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		uint64_t handle = memory_sent(codes.memory, LEND,
					      MEMORY_PAGE(1, pages[i]), 1);

		ASSERT_EQ(memory_retrieve_from(codes.memory, LEND, handle), 0);
	}
}

static void lend_and_return(const struct list *list)
{
	struct memory_said *said = memory_offer(codes.memory.sender, LEND, 2);
	uint64_t handle;

	for (uint32_t i = 0; i < MOST_RANGES && list->ranges[i].count; i++) {
		memory_add(said, MEMORY_PAGE(1, list->ranges[i].first),
			   list->ranges[i].count);
	}
	fake_mmu_clear();
	ASSERT_EQ(memory_send(codes.memory.sender, LEND, said), 0);
	expect_invalidated(list, "lend", codes.memory.sender);
	handle = memory_handle(codes.memory.sender);

	ASSERT_EQ(memory_retrieve_from(codes.memory, LEND, handle), 0);
	fake_mmu_clear();
	ASSERT_EQ(memory_relinquish(codes.memory.receiver, handle, 0), 0);
	expect_invalidated(list, "relinquish", codes.memory.receiver);
	ASSERT_EQ(memory_reclaim(codes.memory.sender, handle, 0), 0);
}

TEST(ffa_mem_tlb, who_loses_pages_of_tables_has_them_no_more)
{
	codes_begin_send(V1_1, LEND);
	cut_blocks();
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		lend_and_return(&lists[i]);
	}
}

/** Rights that get less are lost, too: RW that became RO. */
TEST(ffa_mem_tlb, retrieved_again_with_less_is_invalidated)
{
	struct vcpu *vcpu;
	struct memory_said *asked;

	codes_begin_send(V1_1, LEND);
	direct_profile_set(codes.memory.receiver->vm, V1_1);
	vcpu = codes.memory.receiver;
	codes.handle = memory_sent(codes.memory, LEND, CODES_PAGE, 1);
	ASSERT_EQ(memory_retrieve_from(codes.memory, LEND, codes.handle), 0);
	fake_mmu_clear();
	ASSERT_EQ(memory_relinquish(vcpu, codes.handle, 0), 0);
	asked = memory_request(vcpu, LEND, 1, codes.handle);
	asked->permissions = FFA_DATA_ACCESS_RO | FFA_INSTRUCTION_ACCESS_NX;
	ASSERT_EQ(memory_retrieve(vcpu, asked), 0);

	EXPECT_TRUE(is_invalidated(vcpu, CODES_PAGE));
	EXPECT_EQ(memory_mode(vcpu, CODES_PAGE), MM_MODE_R);
}

/** Who shares keeps what it has: nobody's TLB is disturbed. */
TEST(ffa_mem_tlb, share_of_a_page_of_a_table_disturbs_nobody)
{
	uint64_t handle;

	codes_begin_send(V1_1, FFA_MEM_SHARE);
	cut_blocks();
	handle = memory_sent(codes.memory, LEND, MEMORY_PAGE(1, 30), 1);
	fake_mmu_clear();
	codes.handle =
		memory_sent(codes.memory, FFA_MEM_SHARE, MEMORY_PAGE(1, 31), 1);
	ASSERT_EQ(
		memory_retrieve_from(codes.memory, FFA_MEM_SHARE, codes.handle),
		0);
	EXPECT_FALSE(is_invalidated(codes.memory.sender, MEMORY_PAGE(1, 31)));
	EXPECT_FALSE(is_invalidated(codes.memory.receiver, MEMORY_PAGE(1, 31)));
	EXPECT_EQ(memory_reclaim(codes.memory.sender, handle, 0), 0);
}
