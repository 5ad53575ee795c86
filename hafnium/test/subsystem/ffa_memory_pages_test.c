/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of which pages FFA_MEM_DONATE, _LEND and _SHARE take, and of the order
 * in which the ranges are looked at. See docs/ffa.md.
 */
#include "fixture/memory_codes.h"
#include "hf/mm/range_list.h"

#define INVALID FFA_INVALID_PARAMETERS
#define DENIED FFA_DENIED

/** Ranges instead of the one that is there. */
static void no_ranges(void)
{
	codes.said->page_count = 0;
	codes.said->constituent_count = 0;
	codes.said->range_count = 0;
}

static void range(uint64_t address, uint32_t pages)
{
	memory_add(codes.said, address, pages);
}

/** Pages [n, n + count) of VM 1 are of `mode` at the start. */
static void set(uint64_t n, uint64_t count, mm_mode_t mode)
{
	memory_set(codes.memory.sender, MEMORY_PAGE(1, n), count, mode);
	codes_note();
}

TEST(ffa_mem_pages, no_range_is_invalid)
{
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID, no_ranges());
	EXPECT_SEND(FFA_MEM_DONATE, INVALID, INVALID, no_ranges());
}

TEST(ffa_mem_pages, empty_range_is_invalid)
{
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    range(MEMORY_PAGE(1, 9), 0));
	EXPECT_SEND(FFA_MEM_LEND, INVALID, INVALID, no_ranges();
		    range(MEMORY_PAGE(1, 9), 0));
}

TEST(ffa_mem_pages, sum_is_right_but_for_legacy_guests)
{
	EXPECT_SEND(FFA_MEM_SHARE, 0, INVALID, codes.said->page_count = 2);
	EXPECT_SEND(FFA_MEM_SHARE, 0, INVALID, codes.said->page_count = 0);
	EXPECT_SEND(FFA_MEM_LEND, 0, INVALID, range(MEMORY_PAGE(1, 9), 2);
		    codes.said->page_count = 1);
}

/** 2^32 + 1 pages are not one. */
TEST(ffa_mem_pages, sum_does_not_wrap)
{
	EXPECT_SEND(FFA_MEM_SHARE, DENIED, INVALID,
		    range(MEMORY_PAGE(1, 9), 0xffffffff);
		    range(0, 1); codes.said->page_count = 1);
}

TEST(ffa_mem_pages, overlapping_ranges_are_invalid)
{
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID, range(CODES_PAGE, 1));
	EXPECT_SEND(FFA_MEM_LEND, INVALID, INVALID, range(MEMORY_PAGE(1, 9), 4);
		    range(MEMORY_PAGE(1, 7), 3));
	EXPECT_SEND(FFA_MEM_DONATE, INVALID, INVALID,
		    range(MEMORY_PAGE(1, 0), 20));
}

TEST(ffa_mem_pages, ranges_may_come_in_any_order)
{
	EXPECT_SEND(FFA_MEM_SHARE, 0, 0, range(MEMORY_PAGE(1, 1), 2);
		    range(MEMORY_PAGE(1, 0), 1); range(MEMORY_PAGE(1, 4), 1));
}

TEST(ffa_mem_pages, address_off_page_borders_is_invalid)
{
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID, no_ranges();
		    range(CODES_PAGE + 1, 1));
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID,
		    range(MEMORY_PAGE(1, 9) + 0x800, 1));
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID, no_ranges();
		    range(UINT64_MAX, 1));
}

/** The list itself comes before the pages. */
TEST(ffa_mem_pages, what_is_wrong_with_the_list_comes_first)
{
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID, no_ranges(); range(0, 1);
		    range(0, 1));
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID, no_ranges();
		    range(UINT64_C(1) << 60, 2);
		    range((UINT64_C(1) << 60) + PAGE_SIZE, 1));
	EXPECT_SEND(FFA_MEM_SHARE, INVALID, INVALID, no_ranges(); range(0, 1);
		    range(CODES_PAGE + 1, 1));
	EXPECT_SEND(FFA_MEM_SHARE, DENIED, INVALID, no_ranges(); range(0, 1);
		    codes.said->page_count = 2);
}

TEST(ffa_mem_pages, nothing_behind_an_address_is_denied)
{
	EXPECT_SEND(FFA_MEM_SHARE, DENIED, DENIED, no_ranges(); range(0, 1));
	EXPECT_SEND(FFA_MEM_LEND, DENIED, DENIED, no_ranges();
		    range(MEMORY_PAGE(2, 0), 1));
	EXPECT_SEND(FFA_MEM_DONATE, DENIED, DENIED,
		    range(UINT64_C(0x200000000000), 1));
}

TEST(ffa_mem_pages, addresses_that_cannot_be_are_denied)
{
	EXPECT_SEND(FFA_MEM_SHARE, DENIED, DENIED, no_ranges();
		    range(UINT64_C(1) << 48, 1));
	EXPECT_SEND(FFA_MEM_SHARE, DENIED, DENIED, no_ranges();
		    range((UINT64_C(1) << 48) - PAGE_SIZE, 2));
	EXPECT_SEND(FFA_MEM_SHARE, DENIED, DENIED, no_ranges();
		    range(UINT64_MAX - 0xfff, 1));
	EXPECT_SEND(FFA_MEM_SHARE, DENIED, DENIED, no_ranges();
		    range(UINT64_MAX - 0xfff, 0xffffffff));
	EXPECT_SEND(FFA_MEM_SHARE, DENIED, DENIED, no_ranges();
		    range(MEMORY_PAGE(1, 0), 0xffffffff));
}

TEST(ffa_mem_pages, end_of_what_is_there_is_looked_at)
{
	EXPECT_SEND(FFA_MEM_SHARE, DENIED, DENIED, no_ranges();
		    range(MEMORY_PAGE(1, 0x3ffff), 2));
	EXPECT_SEND(FFA_MEM_SHARE, 0, 0, no_ranges();
		    range(MEMORY_PAGE(1, 0x3fffe), 2));
}

TEST(ffa_mem_pages, pages_that_differ_are_denied)
{
	EXPECT_SEND(FFA_MEM_SHARE, DENIED, DENIED,
		    set(9, 1, MM_MODE_OWNED | MM_MODE_R | MM_MODE_W);
		    range(MEMORY_PAGE(1, 9), 1));
	EXPECT_SEND(FFA_MEM_LEND, DENIED, DENIED,
		    set(9, 1, MM_MODE_OWNED | MM_MODE_R | MM_MODE_W);
		    range(MEMORY_PAGE(1, 8), 2));
	EXPECT_SEND(FFA_MEM_DONATE, DENIED, DENIED,
		    set(9, 1, MM_MODE_OWNED | MM_MODE_R | MM_MODE_W);
		    range(MEMORY_PAGE(1, 8), 1); range(MEMORY_PAGE(1, 9), 1);
		    range(MEMORY_PAGE(1, 10), 1));
}

/** With and without CLEAR: we would not even touch it. */
TEST(ffa_mem_pages, devices_are_denied)
{
	static const mm_mode_t mode =
		MM_MODE_OWNED | MM_MODE_R | MM_MODE_W | MM_MODE_DEVICE;

	EXPECT_SEND(FFA_MEM_SHARE, DENIED, DENIED, set(3, 1, mode));
	EXPECT_SEND(FFA_MEM_LEND, DENIED, DENIED, set(3, 1, mode));
	EXPECT_SEND(FFA_MEM_LEND, DENIED, DENIED, set(3, 1, mode);
		    codes.said->flags = FFA_MEMORY_FLAG_CLEAR);
	EXPECT_SEND(FFA_MEM_DONATE, DENIED, DENIED, set(3, 1, mode);
		    codes.said->flags = FFA_MEMORY_FLAG_CLEAR);
}

TEST(ffa_mem_pages, nothing_behind_an_address_is_denied_with_clear)
{
	EXPECT_SEND(FFA_MEM_LEND, DENIED, DENIED, no_ranges(); range(0, 1);
		    codes.said->flags = FFA_MEMORY_FLAG_CLEAR);
	EXPECT_SEND(FFA_MEM_DONATE, DENIED, DENIED, no_ranges(); range(0, 512);
		    codes.said->flags = FFA_MEMORY_FLAG_CLEAR);
}

/** Every state but the first: OWNED. */
TEST(ffa_mem_pages, pages_that_are_not_the_sender_s_alone_are_denied)
{
	static const mm_mode_t states[] = {
		MM_MODE_OWNED | MM_MODE_SHARED,
		MM_MODE_OWNED | MM_MODE_NO_ACCESS,
		MM_MODE_NO_ACCESS,
		0,
		MM_MODE_SHARED,
	};

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		EXPECT_SEND(FFA_MEM_SHARE, DENIED, DENIED,
			    set(3, 1, MM_MODE_RWX | states[i]));
		EXPECT_SEND(FFA_MEM_LEND, DENIED, DENIED,
			    set(3, 1, MM_MODE_RWX | states[i]));
		EXPECT_SEND(FFA_MEM_DONATE, DENIED, DENIED,
			    set(3, 1, MM_MODE_RWX | states[i]));
	}
}

TEST(ffa_mem_pages, buffers_are_denied)
{
	EXPECT_SEND(FFA_MEM_SHARE, DENIED, DENIED, no_ranges();
		    range((uintptr_t)mailbox_tx(1), 1));
	EXPECT_SEND(FFA_MEM_LEND, DENIED, DENIED, no_ranges();
		    range((uintptr_t)mailbox_rx(1), 1));
	EXPECT_SEND(FFA_MEM_DONATE, DENIED, DENIED, no_ranges();
		    range((uintptr_t)mailbox_rx(2), 1));
}

TEST(ffa_mem_pages, more_rights_than_the_sender_has_are_denied)
{
	EXPECT_SEND(FFA_MEM_SHARE, DENIED, DENIED,
		    set(3, 1, MM_MODE_OWNED | MM_MODE_R));
	EXPECT_SEND(FFA_MEM_LEND, DENIED, DENIED,
		    set(3, 1, MM_MODE_OWNED | MM_MODE_W));
	EXPECT_SEND(FFA_MEM_LEND, DENIED, DENIED,
		    set(3, 1, MM_MODE_OWNED | MM_MODE_W);
		    codes.said->permissions = FFA_DATA_ACCESS_RO);
	EXPECT_SEND(FFA_MEM_SHARE, 0, 0, set(3, 1, MM_MODE_OWNED | MM_MODE_R);
		    codes.said->permissions = FFA_DATA_ACCESS_RO);
	EXPECT_SEND(FFA_MEM_DONATE, 0, 0, set(3, 1, MM_MODE_OWNED | MM_MODE_R));
}

TEST(ffa_mem_pages, what_is_read_only_is_not_cleared)
{
	EXPECT_SEND(FFA_MEM_LEND, 0, DENIED, no_ranges();
		    memory_set(codes.memory.sender, memory_real_ipa(5), 1,
			       MM_MODE_OWNED | MM_MODE_R);
		    codes_note(); range(memory_real_ipa(5), 1);
		    codes.said->permissions = FFA_DATA_ACCESS_RO;
		    codes.said->flags = FFA_MEMORY_FLAG_CLEAR);
	EXPECT_TRUE(memory_real_is(5, 1, 0xa5));
}

/** VM 1 has `count` pages at `ipa` that lie at `pa`. */
static void map_elsewhere(uint64_t ipa, uint64_t pa, uint64_t count)
{
	struct vm *vm = codes.memory.sender->vm;
	struct vm_locked locked = vm_lock(vm);
	struct stage2_map map = {
		.begin = ipa_init(ipa),
		.end = ipa_init(ipa + count * PAGE_SIZE),
		.pa = pa_init(pa),
		.mode = MEMORY_OWN,
	};

	ASSERT_EQ(stage2_prepare(&vm->stage2, &map), MM_OK);
	stage2_commit(&vm->stage2, &map);
	vm_unlock(&locked);
	codes_note();
}

#define FAR UINT64_C(0x700000000000)

/** The receiver is told where it finds the pages, and finds them there. */
TEST(ffa_mem_pages, receiver_gets_the_pages_behind_the_addresses)
{
	const struct memory_said *told;
	uint64_t handle;

	codes_begin_send(V1_1, FFA_MEM_LEND);
	map_elsewhere(MEMORY_PAGE(1, 3), FAR, 1);
	ASSERT_EQ(codes_send(), 0);
	handle = memory_handle(codes.memory.sender);
	ASSERT_EQ(memory_retrieve(codes.memory.receiver,
				  memory_request(codes.memory.receiver,
						 FFA_MEM_LEND, 1, handle)),
		  0);
	told = memory_told(codes.memory.receiver);

	EXPECT_EQ(told->ranges[0].address, FAR);
	EXPECT_EQ(memory_mode(codes.memory.receiver, FAR), MM_MODE_RWX);
	EXPECT_EQ(memory_mode(codes.memory.receiver, CODES_PAGE),
		  MM_MODE_ABSENT);
	EXPECT_EQ(memory_mode(codes.memory.sender, CODES_PAGE),
		  MEMORY_OWN | MM_MODE_NO_ACCESS);
}

TEST(ffa_mem_pages, range_that_lies_in_pieces_comes_as_such)
{
	const struct memory_said *told;
	struct memory memory;
	uint64_t handle;
	uint64_t digest;

	codes_begin_send(V1_1, FFA_MEM_SHARE);
	memory = codes.memory;
	map_elsewhere(MEMORY_PAGE(1, 10), FAR, 2);
	map_elsewhere(MEMORY_PAGE(1, 12), FAR + 0x10000, 1);
	digest = codes.before;
	no_ranges();
	range(MEMORY_PAGE(1, 8), 8);
	ASSERT_EQ(codes_send(), 0);
	handle = memory_handle(memory.sender);
	ASSERT_EQ(memory_retrieve(memory.receiver,
				  memory_request(memory.receiver, FFA_MEM_SHARE,
						 1, handle)),
		  0);
	told = memory_told(memory.receiver);

	EXPECT_EQ(told->page_count, 8U);
	EXPECT_EQ(told->constituent_count, 4U);
	EXPECT_EQ(told->range_count, 4U);
	EXPECT_EQ(told->ranges[0].address, MEMORY_PAGE(1, 8));
	EXPECT_EQ(told->ranges[0].page_count, 2U);
	EXPECT_EQ(told->ranges[1].address, FAR);
	EXPECT_EQ(told->ranges[1].page_count, 2U);
	EXPECT_EQ(told->ranges[2].address, FAR + 0x10000);
	EXPECT_EQ(told->ranges[2].page_count, 1U);
	EXPECT_EQ(told->ranges[3].address, MEMORY_PAGE(1, 13));
	EXPECT_EQ(told->ranges[3].page_count, 3U);
	ASSERT_EQ(memory_release_rx(memory.receiver), 0);
	EXPECT_EQ(memory_relinquish(memory.receiver, handle, 0), 0);
	EXPECT_EQ(memory_reclaim(memory.sender, handle, 0), 0);
	EXPECT_EQ(memory_digest(), digest);
}

/** Each piece takes a range: there may be too many of them. */
TEST(ffa_mem_pages, range_that_lies_in_too_many_pieces_is_no_memory)
{
	codes_begin_send(V1_1, FFA_MEM_SHARE);
	for (uint64_t i = 0; i < RANGE_LIST_MAX + 2; i += 2) {
		map_elsewhere(MEMORY_PAGE(1, 0x400 + i),
			      MEMORY_PAGE(1, 0x400 + i) + FAR, 1);
	}
	no_ranges();
	range(MEMORY_PAGE(1, 0x400), RANGE_LIST_MAX + 2);
	EXPECT_EQ(codes_send(), FFA_NO_MEMORY);
	no_ranges();
	range(MEMORY_PAGE(1, 0x400), RANGE_LIST_MAX);
	EXPECT_EQ(codes_send(), 0);
}

/*
 * A call takes no time that grows with all that it names: page by page, this
 * would be 500 million looks.
 */
TEST(ffa_mem_pages, naming_a_gigabyte_in_pieces_2000_times_is_quick)
{
	codes_begin_send(V1_2, FFA_MEM_LEND);
	map_elsewhere(MEMORY_PAGE(1, 0x30000), FAR, 1);
	codes_note();
	no_ranges();
	for (unsigned int i = 0; i < 2000; i++) {
		range(MEMORY_PAGE(1, 0), 0x40000);
	}
	EXPECT_EQ(memory_send_pieces(codes.memory.sender, FFA_MEM_LEND,
				     codes.said,
				     (struct memory_pieces){240, 256}),
		  INVALID);
	EXPECT_EQ(memory_digest(), codes.before);
}

/** In a later fragment: that ends the transaction, and nothing else. */
TEST(ffa_mem_pages, fragment_that_lies_in_too_many_pieces_ends_it)
{
	uint64_t handle;

	codes_begin_send(V1_1, FFA_MEM_SHARE);
	for (uint64_t i = 0; i < RANGE_LIST_MAX + 2; i += 2) {
		map_elsewhere(MEMORY_PAGE(1, 0x400 + i),
			      MEMORY_PAGE(1, 0x400 + i) + FAR, 1);
	}
	range(MEMORY_PAGE(1, 0x400), RANGE_LIST_MAX);
	EXPECT_EQ(memory_send_pieces(codes.memory.sender, FFA_MEM_SHARE,
				     codes.said, (struct memory_pieces){1, 1}),
		  FFA_NO_MEMORY);
	handle = memory_handle(codes.memory.sender);
	EXPECT_EQ(memory_frag_tx(codes.memory.sender, handle, 16), INVALID);
	EXPECT_EQ(memory_digest(), codes.before);
}

TEST(ffa_mem_pages, rights_to_execute_are_the_sender_s)
{
	uint64_t handle;

	codes_begin_send(V1_1, FFA_MEM_LEND);
	set(3, 1, MM_MODE_OWNED | MM_MODE_R | MM_MODE_W);
	ASSERT_EQ(codes_send(), 0);
	handle = memory_handle(codes.memory.sender);

	/* memory_request() asks for instructions. */
	EXPECT_EQ(memory_retrieve_from(codes.memory, FFA_MEM_LEND, handle),
		  DENIED);
}
