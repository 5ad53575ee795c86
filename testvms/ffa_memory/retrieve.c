/* SPDX-License-Identifier: BSD-3-Clause */
/* MEM_RETRIEVE_REQ: registers, lengths, who, which, flags. */
#include "rows.h"

RETRIEVE_ROW(buffer_other_than_tx, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->buffer_address = vm_tx(t->receivers[0].id);
	t->buffer_pages = 1;
}

RETRIEVE_ROW(buffer_pages_alone, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->buffer_pages = 1;
}

RETRIEVE_ROW(fragment_shorter_than_all, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->fragment_length -= 16;
}

RETRIEVE_ROW(fragment_longer_than_all, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->fragment_length += 16;
}

RETRIEVE_ROW(nothing_at_all, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->fragment_length = 0;
	t->total_length = 0;
}

RETRIEVE_ROW(header_alone, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->total_length = mem_header_size(t->version);
	t->fragment_length = t->total_length;
}

RETRIEVE_ROW(longer_than_tx, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->total_length = HF_PAGE_SIZE + 16;
	t->fragment_length = t->total_length;
}

RETRIEVE_ROW(more_than_its_receivers, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->total_length += 16;
	t->fragment_length += 16;
}

RETRIEVE_ROW(no_receiver, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receiver_count = 0;
}

RETRIEVE_ROW(two_receivers, ON_ALL, FFA_INVALID_PARAMETERS)
{
	uint32_t size = mem_receiver_size(t->version);

	t->receiver_count = 2;
	t->receivers[1] = t->receivers[0];
	t->receivers[1].id = ACTOR_SMP;
	t->total_length += size;
	t->fragment_length += size;
}

RETRIEVE_ROW(receiver_count_of_all_memory, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receiver_count = UINT32_MAX;
}

RETRIEVE_ROW(next_handle, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->handle++;
}

RETRIEVE_ROW(handle_of_the_secure_world, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->handle &= ~(UINT64_C(1) << 63);
}

RETRIEVE_ROW(handle_0, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->handle = 0;
}

RETRIEVE_ROW(invalid_handle, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->handle = MEM_HANDLE_INVALID;
}

RETRIEVE_ROW(handle_with_another_upper_half, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->handle ^= UINT64_C(1) << 40;
}

RETRIEVE_ROW(type_of_another_call, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->flags = t->flags == MEM_TYPE_SHARE ? MEM_TYPE_LEND : MEM_TYPE_SHARE;
}

RETRIEVE_ROW(type_donate_of_a_loan, ON_SHARE | ON_LEND, FFA_INVALID_PARAMETERS)
{
	t->flags = MEM_TYPE_DONATE;
}

RETRIEVE_ROW(any_type, ON_ALL, ACCEPTED)
{
	t->flags = 0;
}

RETRIEVE_ROW_LEGACY(sender_that_is_another, ON_ALL, FFA_INVALID_PARAMETERS,
		    FFA_DENIED)
{
	t->sender = ACTOR_SMP;
}

RETRIEVE_ROW_LEGACY(sender_that_is_the_receiver, ON_ALL, FFA_INVALID_PARAMETERS,
		    FFA_DENIED)
{
	t->sender = t->receivers[0].id;
}

RETRIEVE_ROW_LEGACY(sender_that_is_nobody, ON_ALL, FFA_INVALID_PARAMETERS,
		    FFA_DENIED)
{
	t->sender = 0xffff;
}

RETRIEVE_ROW(another_tag, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->tag++;
}

RETRIEVE_ROW(another_upper_half_of_the_tag, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->tag ^= UINT64_C(1) << 63;
}

RETRIEVE_ROW(receiver_that_is_another, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].id = ACTOR_SMP;
}

RETRIEVE_ROW(receiver_that_is_the_sender, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].id = t->sender;
}

RETRIEVE_ROW(composite_that_is_not_asked_for, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->receivers[0].composite_offset = (uint32_t)t->total_length;
}

RETRIEVE_ROW(time_slicing, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->flags |= MEM_TIME_SLICE;
}

RETRIEVE_ROW(hint, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->flags |= MEM_HINT_VALID;
}

RETRIEVE_ROW(hint_without_being_valid, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->flags |= UINT32_C(1) << 5;
}

RETRIEVE_ROW(reserved_flags, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->flags |= UINT32_C(1) << 31;
}

RETRIEVE_ROW(next_reserved_flag, ON_ALL, FFA_INVALID_PARAMETERS)
{
	t->flags |= UINT32_C(1) << 11;
}

/* One receiver is all there may be with it, and there is one. */
RETRIEVE_ROW_NEW(bypass_with_one_receiver, ON_ALL, ACCEPTED)
{
	t->flags |= MEM_BYPASS;
}

RETRIEVE_ROW(clear_of_a_share, ON_SHARE, FFA_INVALID_PARAMETERS)
{
	t->flags |= MEM_CLEAR;
}

RETRIEVE_ROW(clear_after_of_a_share, ON_SHARE, FFA_INVALID_PARAMETERS)
{
	t->flags |= MEM_CLEAR_AFTER;
}

RETRIEVE_ROW_NEW(clear_that_the_sender_did_not_set, ON_LEND | ON_DONATE,
		 FFA_DENIED)
{
	t->flags |= MEM_CLEAR;
}

/* --- the state of things -------------------------------------------------- */

TEST_ASKED(ffa_retrieve, without_tx)
{
	struct mem_transaction sent;
	struct mem_transaction request;
	uint64_t handle;

	start_all(version);
	for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
		sent = valid(kind, pairs[1]);
		handle = mem_send(&sent);
		EXPECT_FFA_DONE(hft_ffa_call(FFA(FFA_RXTX_UNMAP)));
		request = mem_retrieve_request(&sent, handle);
		EXPECT_FFA_ERROR(mem_retrieve_frame(PRIMARY, &request),
				 FFA_INVALID_PARAMETERS);
		vm_map_buffers(PRIMARY, 1);
		expect_reclaim(sent.sender, handle);
	}
}

TEST_ASKED(ffa_retrieve, rx_that_is_full_is_busy)
{
	start_all(version);
	for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
		struct mem_transaction sent = valid(kind, pairs[1]);
		uint64_t handle = mem_send(&sent);
		struct mem_transaction request =
			mem_retrieve_request(&sent, handle);

		EXPECT_FFA_SUCCESS(hft_ffa_call(FFA(FFA_PARTITION_INFO_GET)));
		EXPECT_FFA_ERROR(mem_retrieve_frame(PRIMARY, &request),
				 FFA_BUSY);
		/* Before its contents are looked at. */
		request.handle++;
		EXPECT_FFA_ERROR(mem_retrieve_frame(PRIMARY, &request),
				 FFA_BUSY);
		vm_release_rx(PRIMARY);
		expect_reclaim(sent.sender, handle);
	}
}

TEST_ASKED(ffa_retrieve, twice_is_denied)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		for (unsigned int kind = 0; kind < 2; kind++) {
			struct mem_transaction sent = valid(kind, pairs[p]);
			uint64_t handle = mem_send(&sent);
			struct mem_transaction request =
				mem_retrieve_request(&sent, handle);

			mem_retrieve(&sent, handle);
			EXPECT_FFA_ERROR(
				mem_retrieve_frame(pairs[p].to, &request),
				FFA_DENIED);
			EXPECT_FFA_DONE(mem_relinquish(pairs[p].to, handle));
			expect_reclaim(sent.sender, handle);
		}
	}
}

/* With a donation, the handle is gone. */
TEST_ASKED(ffa_retrieve, donation_twice_is_refused)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		struct mem_transaction sent = valid(2, pairs[p]);
		struct mem_range range = {vm_page(sent.sender, 90 + p), 1, 0};
		struct mem_transaction request;
		struct ffa_frame frame;
		uint64_t handle;

		mem_set_ranges(&sent, &range, 1);
		handle = mem_send(&sent);
		request = mem_retrieve_request(&sent, handle);
		mem_retrieve(&sent, handle);
		frame = mem_retrieve_frame(pairs[p].to, &request);
		if (!hft_ffa_is_error(&frame, FFA_DENIED)) {
			EXPECT_FFA_ERROR(frame, FFA_INVALID_PARAMETERS);
		}
		EXPECT_FFA_ERROR(mem_reclaim(sent.sender, handle, 0),
				 FFA_INVALID_PARAMETERS);
	}
}

/* Who knows handle and tag, but is neither sender nor receiver. */
TEST_ASKED(ffa_retrieve, by_a_third_vm_is_invalid)
{
	start_all(version);
	for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
		struct mem_transaction sent = valid(kind, pairs[0]);
		uint64_t handle = mem_send(&sent);
		struct mem_transaction request =
			mem_retrieve_request(&sent, handle);

		/* As the receiver, and as itself. */
		EXPECT_FFA_ERROR(mem_retrieve_frame(ACTOR_B, &request),
				 FFA_INVALID_PARAMETERS);
		request.receivers[0].id = ACTOR_B;
		EXPECT_FFA_ERROR(mem_retrieve_frame(ACTOR_B, &request),
				 FFA_INVALID_PARAMETERS);
		/* The sender itself. */
		request.receivers[0].id = PRIMARY;
		EXPECT_FFA_ERROR(mem_retrieve_frame(PRIMARY, &request),
				 FFA_INVALID_PARAMETERS);
		EXPECT_RIGHTS(ACTOR_B, row_page(PRIMARY), "");
		expect_reclaim(PRIMARY, handle);
	}
}

TEST_ASKED(ffa_retrieve, after_reclaim_is_invalid)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
			struct mem_transaction sent = valid(kind, pairs[p]);
			uint64_t handle = mem_send(&sent);
			struct mem_transaction request =
				mem_retrieve_request(&sent, handle);

			expect_reclaim(sent.sender, handle);
			EXPECT_FFA_ERROR(
				mem_retrieve_frame(pairs[p].to, &request),
				FFA_INVALID_PARAMETERS);
		}
		expect_untouched(pairs[p].from);
	}
}
