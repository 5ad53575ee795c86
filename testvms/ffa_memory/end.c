/* SPDX-License-Identifier: BSD-3-Clause */
/* MEM_RELINQUISH and MEM_RECLAIM: every check, and who may not. */
#include "hft/arch.h"
#include "rows.h"

/** A transaction of `pair` that the receiver has; its handle. */
static uint64_t borrowed(unsigned int kind, struct pair pair)
{
	struct mem_transaction sent = valid(kind, pair);
	uint64_t handle = mem_send(&sent);

	mem_retrieve(&sent, handle);
	return handle;
}

static void give_back(struct pair pair, uint64_t handle)
{
	EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
	expect_reclaim(pair.from, handle);
	expect_untouched(pair.from);
}

/** `descriptor` is refused with `code`; the memory is still borrowed. */
static void expect_refused(struct pair pair,
			   const struct mem_relinquish *descriptor,
			   int32_t code)
{
	EXPECT_FFA_ERROR(mem_relinquish_frame(pair.to, descriptor), code);
	EXPECT_EQ(vm_access(pair.to, ACCESS_LOAD, row_page(pair.from)).count,
		  0);
}

/** SHARE and LEND for all pairs: spoilt, then in order. */
static void try_relinquish(uint32_t version,
			   void (*spoil)(struct mem_relinquish *), int32_t code)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		for (unsigned int kind = 0; kind < 2; kind++) {
			uint64_t handle = borrowed(kind, pairs[p]);
			struct mem_relinquish descriptor = {
				.handle = handle,
				.count = 1,
				.ids = {pairs[p].to},
			};

			hft_ffa_case = case_name(kind, pairs[p], "");
			spoil(&descriptor);
			expect_refused(pairs[p], &descriptor, code);
			give_back(pairs[p], handle);
		}
	}
}

#define RELINQUISH_ROW(name, code)                           \
	static void spoil_##name(struct mem_relinquish *d);  \
	TEST_ASKED(ffa_relinquish, name)                     \
	{                                                    \
		try_relinquish(version, spoil_##name, code); \
	}                                                    \
	static void spoil_##name(struct mem_relinquish *d)

RELINQUISH_ROW(no_endpoint, FFA_INVALID_PARAMETERS)
{
	d->count = 0;
}

RELINQUISH_ROW(two_endpoints, FFA_INVALID_PARAMETERS)
{
	d->count = 2;
	d->ids[1] = ACTOR_SMP;
}

RELINQUISH_ROW(endpoint_count_of_all_memory, FFA_INVALID_PARAMETERS)
{
	d->count = UINT32_MAX;
}

RELINQUISH_ROW(endpoint_that_is_another, FFA_INVALID_PARAMETERS)
{
	d->ids[0] = ACTOR_SMP;
}

RELINQUISH_ROW(endpoint_that_is_nobody, FFA_INVALID_PARAMETERS)
{
	d->ids[0] = 0xffff;
}

RELINQUISH_ROW(unknown_handle, FFA_INVALID_PARAMETERS)
{
	d->handle++;
}

RELINQUISH_ROW(handle_of_the_secure_world, FFA_INVALID_PARAMETERS)
{
	d->handle &= ~(UINT64_C(1) << 63);
}

RELINQUISH_ROW(invalid_handle, FFA_INVALID_PARAMETERS)
{
	d->handle = MEM_HANDLE_INVALID;
}

TEST_ASKED(ffa_relinquish, without_tx)
{
	uint64_t handle;

	start_all(version);
	handle = borrowed(0, pairs[1]);
	EXPECT_FFA_DONE(hft_ffa_call(FFA(FFA_RXTX_UNMAP)));
	EXPECT_FFA_ERROR(mem_relinquish(PRIMARY, handle),
			 FFA_INVALID_PARAMETERS);
	vm_map_buffers(PRIMARY, 1);
	give_back(pairs[1], handle);
}

TEST_ASKED(ffa_relinquish, what_was_not_retrieved)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
			struct mem_transaction sent = valid(kind, pairs[p]);
			uint64_t handle = mem_send(&sent);

			EXPECT_FFA_ERROR(mem_relinquish(pairs[p].to, handle),
					 FFA_INVALID_PARAMETERS);
			expect_reclaim(sent.sender, handle);
		}
	}
}

TEST_ASKED(ffa_relinquish, twice)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		for (unsigned int kind = 0; kind < 2; kind++) {
			uint64_t handle = borrowed(kind, pairs[p]);

			EXPECT_FFA_DONE(mem_relinquish(pairs[p].to, handle));
			EXPECT_FFA_ERROR(mem_relinquish(pairs[p].to, handle),
					 FFA_INVALID_PARAMETERS);
			expect_reclaim(pairs[p].from, handle);
			EXPECT_FFA_ERROR(mem_relinquish(pairs[p].to, handle),
					 FFA_INVALID_PARAMETERS);
		}
	}
}

/* Who owns it now: DENIED or INVALID, the handle is gone. */
TEST_ASKED(ffa_relinquish, donation_can_not_be_given_back_so)
{
	start_all(version);
	/* From the primary and from an actor: their pages are then gone. */
	for (unsigned int p = 0; p < PAIR_COUNT; p += 2) {
		uint64_t handle = borrowed(2, pairs[p]);
		struct ffa_frame frame = mem_relinquish(pairs[p].to, handle);

		if (!hft_ffa_is_error(&frame, FFA_DENIED)) {
			EXPECT_FFA_ERROR(frame, FFA_INVALID_PARAMETERS);
		}
		EXPECT_RIGHTS(pairs[p].to, row_page(pairs[p].from), "rwx");
	}
}

TEST_ASKED(ffa_relinquish, by_the_sender_or_a_third_vm)
{
	start_all(version);
	for (unsigned int kind = 0; kind < 2; kind++) {
		uint64_t handle = borrowed(kind, pairs[0]);

		EXPECT_FFA_ERROR(mem_relinquish(PRIMARY, handle),
				 FFA_INVALID_PARAMETERS);
		EXPECT_FFA_ERROR(mem_relinquish(ACTOR_B, handle),
				 FFA_INVALID_PARAMETERS);
		give_back(pairs[0], handle);
	}
}

TEST_ASKED(ffa_relinquish, clear_of_a_share)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		uint64_t handle = borrowed(0, pairs[p]);
		struct mem_relinquish descriptor = {
			.handle = handle,
			.flags = MEM_CLEAR,
			.count = 1,
			.ids = {pairs[p].to},
		};

		expect_refused(pairs[p], &descriptor, FFA_INVALID_PARAMETERS);
		give_back(pairs[p], handle);
	}
}

TEST_NEW(ffa_relinquish, clear_of_what_may_not_be_written)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		struct mem_transaction sent = valid(1, pairs[p]);
		struct mem_relinquish descriptor = {
			.flags = MEM_CLEAR,
			.count = 1,
			.ids = {pairs[p].to},
		};
		uint64_t handle;

		sent.receivers[0].permissions = MEM_RO;
		handle = mem_send(&sent);
		mem_retrieve(&sent, handle);
		descriptor.handle = handle;
		expect_refused(pairs[p], &descriptor, FFA_DENIED);
		give_back(pairs[p], handle);
	}
}

/* Ignored as ever, or INVALID: what matters is that nothing is half done. */
TEST_ASKED(ffa_relinquish, reserved_flags)
{
	start_all(version);
	for (unsigned int bit = 1; bit < 32; bit++) {
		uint64_t handle = borrowed(1, pairs[0]);
		struct mem_relinquish descriptor = {
			.handle = handle,
			.flags = UINT32_C(1) << bit,
			.count = 1,
			.ids = {pairs[0].to},
		};
		struct ffa_frame frame =
			mem_relinquish_frame(pairs[0].to, &descriptor);

		if (frame.x[0] == FFA_ERROR) {
			EXPECT_FFA_ERROR(frame, FFA_INVALID_PARAMETERS);
			EXPECT_FFA_DONE(mem_relinquish(pairs[0].to, handle));
		}
		expect_reclaim(pairs[0].from, handle);
		expect_untouched(pairs[0].from);
	}
}

/* --- MEM_RECLAIM ---------------------------------------------------------- */

static const uint64_t changes[] = {
	1,
	UINT64_C(1) << 31,
	UINT64_C(1) << 32,
	UINT64_C(1) << 63,
};

TEST_ASKED(ffa_reclaim, unknown_handles)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
			struct mem_transaction sent = valid(kind, pairs[p]);
			uint64_t handle = mem_send(&sent);

			for (unsigned int i = 0; i < 4; i++) {
				EXPECT_FFA_ERROR(
					mem_reclaim(sent.sender,
						    handle ^ changes[i], 0),
					FFA_INVALID_PARAMETERS);
			}
			EXPECT_FFA_ERROR(mem_reclaim(sent.sender, 0, 0),
					 FFA_INVALID_PARAMETERS);
			EXPECT_FFA_ERROR(
				mem_reclaim(sent.sender, MEM_HANDLE_INVALID, 0),
				FFA_INVALID_PARAMETERS);
			expect_reclaim(sent.sender, handle);
			expect_untouched(sent.sender);
		}
	}
}

TEST_ASKED(ffa_reclaim, by_the_receiver_or_a_third_vm)
{
	start_all(version);
	for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
		struct mem_transaction sent = valid(kind, pairs[0]);
		uint64_t handle = mem_send(&sent);

		EXPECT_FFA_ERROR(mem_reclaim(ACTOR_A, handle, 0),
				 FFA_INVALID_PARAMETERS);
		EXPECT_FFA_ERROR(mem_reclaim(ACTOR_B, handle, 0),
				 FFA_INVALID_PARAMETERS);
		expect_reclaim(PRIMARY, handle);
		expect_untouched(PRIMARY);
	}
}

TEST_ASKED(ffa_reclaim, while_it_is_borrowed)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		for (unsigned int kind = 0; kind < 2; kind++) {
			uint64_t handle = borrowed(kind, pairs[p]);

			EXPECT_FFA_ERROR(mem_reclaim(pairs[p].from, handle, 0),
					 FFA_DENIED);
			EXPECT_FFA_ERROR(
				mem_reclaim(pairs[p].from, handle, MEM_CLEAR),
				FFA_DENIED);
			give_back(pairs[p], handle);
		}
	}
}

TEST_ASKED(ffa_reclaim, twice)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
			struct mem_transaction sent = valid(kind, pairs[p]);
			uint64_t handle = mem_send(&sent);

			expect_reclaim(sent.sender, handle);
			EXPECT_FFA_ERROR(mem_reclaim(sent.sender, handle, 0),
					 FFA_INVALID_PARAMETERS);
		}
	}
}

/* An old handle is not the new transaction's. */
TEST_ASKED(ffa_reclaim, handles_are_not_used_again_at_once)
{
	start_all(version);
	for (unsigned int i = 0; i < 8; i++) {
		struct mem_transaction sent = valid(0, pairs[0]);
		uint64_t first = mem_send(&sent);
		uint64_t second;

		expect_reclaim(PRIMARY, first);
		second = mem_send(&sent);
		if (first != second) {
			EXPECT_FFA_ERROR(mem_reclaim(PRIMARY, first, 0),
					 FFA_INVALID_PARAMETERS);
		}
		expect_reclaim(PRIMARY, second);
	}
}

TEST_ASKED(ffa_reclaim, handles_have_bit_63)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
			struct mem_transaction sent = valid(kind, pairs[p]);
			uint64_t handle = mem_send(&sent);

			EXPECT_EQ(handle >> 63, 1);
			EXPECT_NE(handle, MEM_HANDLE_INVALID);
			expect_reclaim(sent.sender, handle);
		}
	}
}

TEST_ASKED(ffa_reclaim, needs_no_buffers)
{
	struct mem_transaction sent;
	uint64_t handle;

	start_all(version);
	sent = valid(1, pairs[0]);
	handle = mem_send(&sent);
	EXPECT_FFA_DONE(hft_ffa_call(FFA(FFA_RXTX_UNMAP)));
	expect_reclaim(PRIMARY, handle);
	expect_untouched(PRIMARY);
}
