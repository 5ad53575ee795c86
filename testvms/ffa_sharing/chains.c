/* SPDX-License-Identifier: BSD-3-Clause */
/* Pages that go from hand to hand. */
#include "world.h"

/** Donated and retrieved; `page` belongs to `to` then. */
static void hand_over(uint16_t from, uint16_t to, uint64_t page)
{
	struct mem_transaction t =
		page_of(FFA_MEM_DONATE, (struct pair){from, to, 0}, page);

	mem_retrieve(&t, mem_send(&t));
}

TEST_ALL(ffa_chain, donations_around_and_back)
{
	uint64_t page;

	start_all(version);
	page = vm_page(PRIMARY, 20);
	vm_fill(PRIMARY, page, PAGE, 1);
	for (unsigned int i = 0; i < 2; i++) {
		hand_over(PRIMARY, ACTOR_A, page);
		hand_over(ACTOR_A, ACTOR_B, page);
		EXPECT_RIGHTS(PRIMARY, page, "");
		EXPECT_RIGHTS(ACTOR_A, page, "");
		EXPECT_RIGHTS(ACTOR_B, page, "rwx");
		EXPECT_CONTENT(ACTOR_B, page, 1);
		hand_over(ACTOR_B, PRIMARY, page);
		EXPECT_RIGHTS(PRIMARY, page, "rwx");
		EXPECT_RIGHTS(ACTOR_B, page, "");
	}
	EXPECT_CONTENT(PRIMARY, page, 1);
}

TEST_ALL(ffa_chain, donated_memory_is_shared_with_the_donor)
{
	struct mem_transaction t;
	uint64_t handle;
	uint64_t page;

	start_all(version);
	page = vm_page(ACTOR_A, 20);
	vm_fill(ACTOR_A, page, PAGE, 1);
	hand_over(ACTOR_A, ACTOR_B, page);
	t = page_of(FFA_MEM_SHARE, (struct pair){ACTOR_B, ACTOR_A, PRIMARY},
		    page);
	handle = mem_send(&t);
	mem_retrieve(&t, handle);
	EXPECT_RIGHTS(ACTOR_A, page, "rw");
	EXPECT_RIGHTS(ACTOR_B, page, "rwx");
	EXPECT_RIGHTS(PRIMARY, page, "");
	EXPECT_FFA_DONE(mem_relinquish(ACTOR_A, handle));
	EXPECT_FFA_DONE(mem_reclaim(ACTOR_B, handle, 0));
	EXPECT_RIGHTS(ACTOR_A, page, "");
}

/* The donor is no owner any more. */
TEST_ASKED(ffa_chain, donor_can_send_it_no_more)
{
	static const uint64_t calls[] = {FFA_MEM_SHARE, FFA_MEM_LEND,
					 FFA_MEM_DONATE};
	uint64_t page;

	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		page = vm_page(pairs[p].from, 20 + p);
		hand_over(pairs[p].from, pairs[p].to, page);
		for (unsigned int i = 0; i < 3; i++) {
			struct mem_transaction t =
				page_of(calls[i], pairs[p], page);

			EXPECT_FFA_ERROR(mem_send_first(pairs[p].from, &t),
					 FFA_DENIED);
			t.receivers[0].id = pairs[p].third;
			EXPECT_FFA_ERROR(mem_send_first(pairs[p].from, &t),
					 FFA_DENIED);
		}
		EXPECT_RIGHTS(pairs[p].third, page, "");
	}
}

/* One page has two VMs at most: not a second receiver, whatever the call. */
TEST_ASKED(ffa_chain, second_receiver_is_denied)
{
	static const uint64_t calls[] = {FFA_MEM_SHARE, FFA_MEM_LEND,
					 FFA_MEM_DONATE};

	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		uint64_t page = vm_page(pairs[p].from, 30);
		struct mem_transaction first =
			page_of(FFA_MEM_SHARE, pairs[p], page);
		uint64_t handle = mem_send(&first);

		vm_fill(pairs[p].from, page, PAGE, 2);
		for (unsigned int i = 0; i < 6; i++) {
			struct mem_transaction t =
				page_of(calls[i % 3], pairs[p], page);

			if (i == 3) {
				mem_retrieve(&first, handle);
			}
			t.receivers[0].id = pairs[p].third;
			EXPECT_FFA_ERROR(mem_send_first(pairs[p].from, &t),
					 FFA_DENIED);
			EXPECT_RIGHTS(pairs[p].third, page, "");
		}
		EXPECT_FFA_DONE(mem_relinquish(pairs[p].to, handle));
		EXPECT_FFA_DONE(mem_reclaim(pairs[p].from, handle, 0));
		EXPECT_CONTENT(pairs[p].from, page, 2);
	}
}

/* All pages of a VM that it does not use, there and back. */
TEST_ASKED(ffa_chain, donation_of_a_megabyte_and_back)
{
	struct mem_range range;
	struct mem_transaction t;

	start_all(version);
	range = (struct mem_range){vm_page(ACTOR_A, 200), 256, 0};
	vm_fill(ACTOR_A, range.address, 256 * PAGE, 3);
	t = pages_of(FFA_MEM_DONATE, pairs[2], &range, 1);
	mem_retrieve(&t, mem_send(&t));
	EXPECT_EQ(vm_check(ACTOR_B, range.address, 256 * PAGE, 3), 256 * PAGE);
	EXPECT_RIGHTS(ACTOR_A, range.address, "");
	EXPECT_RIGHTS(ACTOR_A, range.address + 255 * PAGE, "");
	t = pages_of(FFA_MEM_DONATE, pairs[3], &range, 1);
	mem_retrieve(&t, mem_send(&t));
	EXPECT_EQ(vm_check(ACTOR_A, range.address, 256 * PAGE, 3), 256 * PAGE);
	EXPECT_RIGHTS(ACTOR_B, range.address + 255 * PAGE, "");
}
