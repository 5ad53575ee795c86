/* SPDX-License-Identifier: BSD-3-Clause */
/* A borrower or an owner that is no more. */
#include "world.h"

static void end(uint16_t vm)
{
	uint64_t order = (uint64_t)ACTOR_GIVE_UP << ACTOR_OP_SHIFT;

	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_64(FFA_MSG_SEND_DIRECT_REQ),
					  ffa_pair(PRIMARY, vm), 0, order)),
			 FFA_ABORTED);
}

/* It can not give back: the owner takes it, and nobody else ever gets it. */
TEST_ASKED(ffa_aborted, borrower_loses_what_it_has)
{
	static const uint64_t calls[] = {FFA_MEM_SHARE, FFA_MEM_LEND};
	struct mem_transaction t;
	uint64_t handles[2];
	uint64_t pages[2];

	start_all(version);
	for (unsigned int i = 0; i < 2; i++) {
		pages[i] = vm_page(PRIMARY, 20 + i);
		vm_fill(PRIMARY, pages[i], PAGE, i);
		t = page_of(calls[i], pairs[0], pages[i]);
		handles[i] = mem_send(&t);
		mem_retrieve(&t, handles[i]);
	}
	end(ACTOR_A);
	EXPECT_RIGHTS(PRIMARY, pages[1], "");
	for (unsigned int i = 0; i < 2; i++) {
		EXPECT_RIGHTS(ACTOR_B, pages[i], "");
		EXPECT_FFA_DONE(mem_reclaim(PRIMARY, handles[i], 0));
		EXPECT_RIGHTS(PRIMARY, pages[i], "rwx");
		EXPECT_CONTENT(PRIMARY, pages[i], i);
		/* To another, as if nothing had been. */
		t = page_of(calls[i], (struct pair){PRIMARY, ACTOR_B, 0},
			    pages[i]);
		mem_retrieve(&t, mem_send(&t));
		EXPECT_CONTENT(ACTOR_B, pages[i], i);
	}
}

/* What it had not retrieved comes back. */
TEST_ASKED(ffa_aborted, receiver_that_never_retrieved)
{
	uint64_t page;
	uint64_t handle;
	struct mem_transaction t;

	start_all(version);
	page = vm_page(PRIMARY, 20);
	vm_fill(PRIMARY, page, PAGE, 1);
	t = page_of(FFA_MEM_LEND, pairs[0], page);
	handle = mem_send(&t);
	end(ACTOR_A);
	EXPECT_FFA_DONE(mem_reclaim(PRIMARY, handle, 0));
	EXPECT_RIGHTS(PRIMARY, page, "rwx");
	EXPECT_CONTENT(PRIMARY, page, 1);
}

/* The borrower goes on with it, and may give it back to nobody. */
TEST_ASKED(ffa_aborted, owner_that_is_no_more)
{
	uint64_t page;
	uint64_t handle;
	struct mem_transaction t;

	start_all(version);
	page = vm_page(ACTOR_A, 20);
	vm_fill(ACTOR_A, page, PAGE, 1);
	t = page_of(FFA_MEM_LEND, pairs[2], page);
	handle = mem_send(&t);
	mem_retrieve(&t, handle);
	end(ACTOR_A);
	EXPECT_CONTENT(ACTOR_B, page, 1);
	EXPECT_RIGHTS(ACTOR_B, page, "rwx");
	EXPECT_RIGHTS(PRIMARY, page, "");
	EXPECT_FFA_DONE(mem_relinquish(ACTOR_B, handle));
	EXPECT_RIGHTS(ACTOR_B, page, "");
	EXPECT_RIGHTS(PRIMARY, page, "");
	EXPECT_FFA_ERROR(mem_reclaim(ACTOR_B, handle, 0),
			 FFA_INVALID_PARAMETERS);
}
