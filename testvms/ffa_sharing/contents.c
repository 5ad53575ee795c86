/* SPDX-License-Identifier: BSD-3-Clause */
/* What is in a page when it comes: as it was, or zeros where that was asked. */
#include "world.h"

#define RWX (MEM_RW | MEM_X)

/** A page of the sender with a pattern. */
static uint64_t filled(struct pair pair)
{
	uint64_t page = vm_page(pair.from, 12);

	vm_fill(pair.from, page, PAGE, 5);
	return page;
}

/** The receiver's flags of a retrieve request for `t`. */
static void retrieve(const struct mem_transaction *t, uint64_t handle,
		     uint32_t flags)
{
	EXPECT_FFA_FRAME(retrieve_as(t, handle, RWX, flags),
			 FFA_MEM_RETRIEVE_RESP);
}

static void lend_with_clear(struct pair pair)
{
	uint64_t page = filled(pair);
	struct mem_transaction t = page_of(FFA_MEM_LEND, pair, page);
	uint64_t handle;

	t.flags = MEM_CLEAR;
	handle = mem_send(&t);
	retrieve(&t, handle, 0);
	EXPECT_ZEROS(pair.to, page);
	vm_fill(pair.to, page, PAGE, 6);
	EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
	/* Had again, it holds what the borrower left or zeros; not the owner's. */
	retrieve(&t, handle, 0);
	EXPECT_NE(vm_check(pair.to, page, PAGE, 5), PAGE);
	EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
	EXPECT_FFA_DONE(mem_reclaim(pair.from, handle, 0));
	EXPECT_NE(vm_check(pair.from, page, PAGE, 5), PAGE);
}

static void for_all_pairs(uint32_t version, void (*run)(struct pair))
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		run(pairs[p]);
	}
}

static void lend_and_reclaim(struct pair pair)
{
	uint64_t page = filled(pair);
	struct mem_transaction t = page_of(FFA_MEM_LEND, pair, page);
	uint64_t handle;

	t.flags = MEM_CLEAR;
	handle = mem_send(&t);
	EXPECT_FFA_DONE(mem_reclaim(pair.from, handle, 0));
	/* Nobody had it: as it was, or cleared already. */
	if (vm_check(pair.from, page, PAGE, 5) != PAGE) {
		EXPECT_ZEROS(pair.from, page);
	}
}

TEST_ASKED(ffa_contents, loan_is_cleared_for_the_borrower)
{
	for_all_pairs(version, lend_with_clear);
}

TEST_ASKED(ffa_contents, loan_to_be_cleared_is_reclaimed)
{
	for_all_pairs(version, lend_and_reclaim);
}

static void donate_with_clear(struct pair pair)
{
	uint64_t page = vm_page(pair.from, 20U + pair.to);
	struct mem_transaction t = page_of(FFA_MEM_DONATE, pair, page);
	uint64_t handle;

	vm_fill(pair.from, page, PAGE, 5);
	t.flags = MEM_CLEAR;
	handle = mem_send(&t);
	retrieve(&t, handle, 0);
	EXPECT_ZEROS(pair.to, page);
}

TEST_ASKED(ffa_contents, donation_is_cleared)
{
	for_all_pairs(version, donate_with_clear);
}

/** The borrower asks for it, too; the sender set it. */
static void retrieve_with_clear(struct pair pair)
{
	uint64_t page = filled(pair);
	struct mem_transaction t = page_of(FFA_MEM_LEND, pair, page);
	uint64_t handle;

	t.flags = MEM_CLEAR;
	handle = mem_send(&t);
	retrieve(&t, handle, MEM_CLEAR);
	EXPECT_ZEROS(pair.to, page);
	EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
	EXPECT_FFA_DONE(mem_reclaim(pair.from, handle, 0));
}

TEST_ASKED(ffa_contents, clear_is_asked_for_by_both)
{
	for_all_pairs(version, retrieve_with_clear);
}

static void relinquish_with_clear(struct pair pair)
{
	uint64_t page = filled(pair);
	struct mem_transaction t = page_of(FFA_MEM_LEND, pair, page);
	uint64_t handle = mem_send(&t);

	retrieve(&t, handle, 0);
	EXPECT_CONTENT(pair.to, page, 5);
	vm_fill(pair.to, page, PAGE, 6);
	EXPECT_FFA_DONE(relinquish_with(pair.to, handle, MEM_CLEAR));
	EXPECT_FFA_DONE(mem_reclaim(pair.from, handle, 0));
	EXPECT_ZEROS(pair.from, page);
}

TEST_ASKED(ffa_contents, borrower_clears_what_it_gives_back)
{
	for_all_pairs(version, relinquish_with_clear);
}

static void clear_after(struct pair pair)
{
	uint64_t page = filled(pair);
	struct mem_transaction t = page_of(FFA_MEM_LEND, pair, page);
	uint64_t handle = mem_send(&t);

	retrieve(&t, handle, MEM_CLEAR_AFTER);
	EXPECT_CONTENT(pair.to, page, 5);
	vm_fill(pair.to, page, PAGE, 6);
	EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
	EXPECT_FFA_DONE(mem_reclaim(pair.from, handle, 0));
	EXPECT_ZEROS(pair.from, page);
}

TEST_NEW(ffa_contents, borrower_wants_it_cleared_afterwards)
{
	for_all_pairs(version, clear_after);
}

static void reclaim_with_clear(struct pair pair)
{
	static const uint64_t calls[] = {FFA_MEM_SHARE, FFA_MEM_LEND,
					 FFA_MEM_DONATE};

	for (unsigned int i = 0; i < 3; i++) {
		uint64_t page = filled(pair);
		struct mem_transaction t = page_of(calls[i], pair, page);
		uint64_t handle = mem_send(&t);

		if (i < 2) {
			mem_retrieve(&t, handle);
			EXPECT_CONTENT(pair.to, page, 5);
			EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
		}
		EXPECT_FFA_DONE(mem_reclaim(pair.from, handle, MEM_CLEAR));
		EXPECT_ZEROS(pair.from, page);
	}
}

TEST_ASKED(ffa_contents, owner_clears_what_it_takes_back)
{
	for_all_pairs(version, reclaim_with_clear);
}

/* Bits of RECLAIM's flags beside CLEAR are ignored; nothing is cleared. */
TEST_ASKED(ffa_contents, other_flags_of_reclaim_clear_nothing)
{
	start_all(version);
	for (unsigned int bit = 1; bit < 32; bit++) {
		uint64_t page = filled(pairs[0]);
		struct mem_transaction t =
			page_of(FFA_MEM_LEND, pairs[0], page);
		uint64_t handle = mem_send(&t);
		struct ffa_frame frame =
			mem_reclaim(PRIMARY, handle, UINT32_C(1) << bit);

		if (!hft_ffa_is_done(&frame)) {
			EXPECT_FFA_ERROR(frame, FFA_INVALID_PARAMETERS);
			EXPECT_FFA_DONE(mem_reclaim(PRIMARY, handle, 0));
		}
		EXPECT_CONTENT(PRIMARY, page, 5);
	}
}

/** A refused call clears nothing. */
static void refused_with_clear(struct pair pair)
{
	uint64_t page = filled(pair);
	struct mem_range ranges[2] = {{page, 1, 0}, {vm_tx(pair.from), 1, 0}};
	struct mem_transaction t = pages_of(FFA_MEM_LEND, pair, ranges, 2);

	t.flags = MEM_CLEAR;
	EXPECT_FFA_ERROR(mem_send_first(pair.from, &t), FFA_DENIED);
	EXPECT_CONTENT(pair.from, page, 5);
}

TEST_ASKED(ffa_contents, refused_call_clears_nothing)
{
	for_all_pairs(version, refused_with_clear);
}
