/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Each transition of a page: owner, borrower and a third VM load, store and
 * fetch after each step. For every pair of VMs.
 */
#include "world.h"

/** All three at once. */
static void expect_rights(struct pair pair, uint64_t page, const char *owner,
			  const char *borrower)
{
	EXPECT_RIGHTS(pair.from, page, owner);
	EXPECT_RIGHTS(pair.to, page, borrower);
	EXPECT_RIGHTS(pair.third, page, "");
}

static void share(struct pair pair)
{
	uint64_t page = vm_page(pair.from, 3);
	struct mem_transaction t = page_of(FFA_MEM_SHARE, pair, page);
	uint64_t handle;

	vm_fill(pair.from, page, PAGE, 1);
	expect_rights(pair, page, "rwx", "");
	handle = mem_send(&t);
	expect_rights(pair, page, "rwx", "");
	mem_retrieve(&t, handle);
	expect_rights(pair, page, "rwx", "rw");
	EXPECT_CONTENT(pair.to, page, 1);
	vm_fill(pair.to, page, PAGE, 2);
	EXPECT_CONTENT(pair.from, page, 2);
	vm_fill(pair.from, page, PAGE, 3);
	EXPECT_CONTENT(pair.to, page, 3);
	EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
	expect_rights(pair, page, "rwx", "");
	EXPECT_FFA_DONE(mem_reclaim(pair.from, handle, 0));
	expect_rights(pair, page, "rwx", "");
	EXPECT_CONTENT(pair.from, page, 3);
}

static void lend(struct pair pair)
{
	uint64_t page = vm_page(pair.from, 3);
	struct mem_transaction t = page_of(FFA_MEM_LEND, pair, page);
	uint64_t handle;

	vm_fill(pair.from, page, PAGE, 1);
	handle = mem_send(&t);
	expect_rights(pair, page, "", "");
	mem_retrieve(&t, handle);
	expect_rights(pair, page, "", "rwx");
	EXPECT_CONTENT(pair.to, page, 1);
	vm_fill(pair.to, page, PAGE, 2);
	EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
	expect_rights(pair, page, "", "");
	EXPECT_FFA_DONE(mem_reclaim(pair.from, handle, 0));
	expect_rights(pair, page, "rwx", "");
	EXPECT_CONTENT(pair.from, page, 2);
}

static void donate(struct pair pair)
{
	/* One for each receiver: it does not come back. */
	uint64_t page = vm_page(pair.from, 20U + pair.to);
	struct mem_transaction t = page_of(FFA_MEM_DONATE, pair, page);
	uint64_t handle;

	vm_fill(pair.from, page, PAGE, 1);
	handle = mem_send(&t);
	expect_rights(pair, page, "", "");
	mem_retrieve(&t, handle);
	expect_rights(pair, page, "", "rwx");
	EXPECT_CONTENT(pair.to, page, 1);
	EXPECT_FFA_ERROR(mem_reclaim(pair.from, handle, 0),
			 FFA_INVALID_PARAMETERS);
	expect_rights(pair, page, "", "rwx");
}

static void for_all_pairs(uint32_t version, void (*run)(struct pair))
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		run(pairs[p]);
		if (run != donate) {
			/* The same page once more. */
			run(pairs[p]);
		}
	}
}

TEST_ALL(ffa_transition, share_retrieve_relinquish_reclaim)
{
	for_all_pairs(version, share);
}

TEST_ALL(ffa_transition, lend_retrieve_relinquish_reclaim)
{
	for_all_pairs(version, lend);
}

TEST_ALL(ffa_transition, donate_retrieve)
{
	for_all_pairs(version, donate);
}

/** Taken back before anybody had it. */
static void reclaim_at_once(struct pair pair)
{
	static const uint64_t calls[] = {FFA_MEM_SHARE, FFA_MEM_LEND,
					 FFA_MEM_DONATE};
	uint64_t page = vm_page(pair.from, 5);

	vm_fill(pair.from, page, PAGE, 9);
	for (unsigned int i = 0; i < 3; i++) {
		struct mem_transaction t = page_of(calls[i], pair, page);
		uint64_t handle = mem_send(&t);

		EXPECT_FFA_DONE(mem_reclaim(pair.from, handle, 0));
		expect_rights(pair, page, "rwx", "");
		EXPECT_CONTENT(pair.from, page, 9);
	}
}

TEST_ALL(ffa_transition, reclaim_of_what_nobody_retrieved)
{
	for_all_pairs(version, reclaim_at_once);
}

/** Given back and had again, as often as one likes. */
static void retrieve_again(struct pair pair)
{
	uint64_t page = vm_page(pair.from, 6);

	vm_fill(pair.from, page, PAGE, 4);
	for (unsigned int i = 0; i < 2; i++) {
		uint64_t call = i == 0 ? FFA_MEM_SHARE : FFA_MEM_LEND;
		struct mem_transaction t = page_of(call, pair, page);
		uint64_t handle = mem_send(&t);

		for (unsigned int k = 0; k < 3; k++) {
			mem_retrieve(&t, handle);
			expect_rights(pair, page, i == 0 ? "rwx" : "",
				      i == 0 ? "rw" : "rwx");
			EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
			expect_rights(pair, page, i == 0 ? "rwx" : "", "");
		}
		EXPECT_FFA_DONE(mem_reclaim(pair.from, handle, 0));
		EXPECT_CONTENT(pair.from, page, 4);
	}
}

TEST_ASKED(ffa_transition, retrieved_again_after_relinquish)
{
	for_all_pairs(version, retrieve_again);
}

/* Pages around it keep what they had: a block that is split is no other. */
static void neighbours(struct pair pair)
{
	uint64_t page = vm_page(pair.from, PAGES_TO_BORDER);
	struct mem_transaction t = page_of(FFA_MEM_LEND, pair, page);
	uint64_t handle;

	vm_fill(pair.from, page - PAGE, 3 * PAGE, 6);
	handle = mem_send(&t);
	mem_retrieve(&t, handle);
	expect_rights(pair, page - PAGE, "rwx", "");
	expect_rights(pair, page, "", "rwx");
	expect_rights(pair, page + PAGE, "rwx", "");
	EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
	EXPECT_FFA_DONE(mem_reclaim(pair.from, handle, 0));
	EXPECT_EQ(vm_check(pair.from, page - PAGE, 3 * PAGE, 6), 3 * PAGE);
}

TEST_ASKED(ffa_transition, neighbours_are_not_concerned)
{
	for_all_pairs(version, neighbours);
}
