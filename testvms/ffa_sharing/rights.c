/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a receiver gets: the offer and what it asks for, merged. Each cell of
 * the table is tried by loads, stores and fetches.
 */
#include "world.h"

static const uint8_t data_wanted[] = {MEM_DATA_UNSPECIFIED, MEM_RO, MEM_RW};
static const uint8_t code_wanted[] = {MEM_CODE_UNSPECIFIED, MEM_NX, MEM_X};

/** "r", "rx", "rw", "rwx". */
static const char *letters(bool is_write, bool is_execute)
{
	static const char *const rights[] = {"r", "rx", "rw", "rwx"};

	return rights[(is_write ? 2 : 0) + (is_execute ? 1 : 0)];
}

/** The page with `offer`, asked for with `wanted`. */
static void expect_grant(struct mem_transaction *t, uint8_t wanted,
			 const char *rights)
{
	uint64_t page = t->ranges[0].address;
	uint64_t handle = mem_send(t);
	struct ffa_frame frame = retrieve_as(t, handle, wanted, 0);

	if (rights == NULL) {
		EXPECT_FFA_ERROR(frame, FFA_DENIED);
	} else {
		EXPECT_FFA_FRAME(frame, FFA_MEM_RETRIEVE_RESP);
		EXPECT_RIGHTS(t->receivers[0].id, page, rights);
		EXPECT_FFA_DONE(mem_relinquish(t->receivers[0].id, handle));
	}
	EXPECT_FFA_DONE(mem_reclaim(t->sender, handle, 0));
}

/** SHARE: never executable; instruction access is not to be said. */
static void share_grants(struct pair pair)
{
	for (unsigned int offer = MEM_RO; offer <= MEM_RW; offer++) {
		for (unsigned int i = 0; i < 3; i++) {
			struct mem_transaction t = page_of(
				FFA_MEM_SHARE, pair, vm_page(pair.from, 8));
			uint8_t wanted = data_wanted[i];
			bool is_write = offer == MEM_RW && wanted != MEM_RO;

			t.receivers[0].permissions = (uint8_t)offer;
			expect_grant(&t, wanted,
				     offer == MEM_RO && wanted == MEM_RW
					     ? NULL
					     : letters(is_write, false));
		}
	}
}

TEST_ALL(ffa_rights, of_a_share)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		vm_fill(pairs[p].from, vm_page(pairs[p].from, 8), PAGE, 1);
		share_grants(pairs[p]);
	}
}

/** LEND: all that was asked for and offered; `first`: what may be said. */
static void lend_grants(struct pair pair, unsigned int first)
{
	for (unsigned int i = 0; i < 6; i++) {
		uint8_t offer = i < 3 ? MEM_RO : MEM_RW;
		uint8_t data = data_wanted[i % 3];

		for (unsigned int k = first; k < 3; k++) {
			struct mem_transaction t = page_of(
				FFA_MEM_LEND, pair, vm_page(pair.from, 8));
			bool is_write = offer == MEM_RW && data != MEM_RO;
			bool is_execute = code_wanted[k] != MEM_NX;

			t.receivers[0].permissions = offer;
			expect_grant(&t, data | code_wanted[k],
				     offer == MEM_RO && data == MEM_RW
					     ? NULL
					     : letters(is_write, is_execute));
		}
	}
}

TEST_ALL(ffa_rights, of_a_loan)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		vm_fill(pairs[p].from, vm_page(pairs[p].from, 8), PAGE, 1);
		/* To leave instruction access open is a legacy VM's way. */
		lend_grants(pairs[p], version == LEGACY ? 0 : 1);
	}
}

/** DONATE: the new owner takes what it asks for; each page goes once. */
static void donate_grants(struct pair pair, uint64_t first)
{
	for (unsigned int i = 0; i < 3; i++) {
		for (unsigned int k = 1; k < 3; k++) {
			uint64_t page = vm_page(pair.from, first + 2 * i + k);
			struct mem_transaction t =
				page_of(FFA_MEM_DONATE, pair, page);
			uint64_t handle;

			vm_fill(pair.from, page, PAGE, 1);
			handle = mem_send(&t);
			EXPECT_FFA_FRAME(
				retrieve_as(&t, handle,
					    data_wanted[i] | code_wanted[k], 0),
				FFA_MEM_RETRIEVE_RESP);
			EXPECT_RIGHTS(pair.to, page,
				      letters(data_wanted[i] != MEM_RO,
					      code_wanted[k] == MEM_X));
			EXPECT_RIGHTS(pair.from, page, "");
		}
	}
}

TEST_ASKED(ffa_rights, of_a_donation)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		donate_grants(pairs[p], 100 + 20 * p);
	}
}

/* Back from a loan with less, the owner has what it had. */
TEST_ASKED(ffa_rights, of_the_owner_come_back)
{
	struct mem_transaction t;
	uint64_t handle;
	uint64_t page;

	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		page = vm_page(pairs[p].from, 9);
		vm_fill(pairs[p].from, page, PAGE, 1);
		t = page_of(FFA_MEM_LEND, pairs[p], page);
		t.receivers[0].permissions = MEM_RO;
		handle = mem_send(&t);
		EXPECT_FFA_FRAME(retrieve_as(&t, handle, MEM_RO | MEM_NX, 0),
				 FFA_MEM_RETRIEVE_RESP);
		EXPECT_RIGHTS(pairs[p].to, page, "r");
		EXPECT_FFA_DONE(mem_relinquish(pairs[p].to, handle));
		EXPECT_FFA_DONE(mem_reclaim(pairs[p].from, handle, 0));
		EXPECT_RIGHTS(pairs[p].from, page, "rwx");
	}
}
