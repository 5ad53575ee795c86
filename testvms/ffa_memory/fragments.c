/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Transactions in fragments: MEM_FRAG_TX by the sender, MEM_FRAG_RX by the
 * receiver; every size, every check. Every second page, so that no two ranges
 * are one.
 */
#include "hft/arch.h"
#include "rows.h"

#define MANY 400
#define PAGE HFT_PAGE_SIZE
#define RANGE_SIZE 16

static struct mem_range ranges[MANY];

/** Every second page of `vm`. */
static struct mem_transaction scattered(unsigned int kind, struct pair pair,
					uint32_t count)
{
	struct mem_transaction t = valid(kind, pair);

	for (uint32_t i = 0; i < count; i++) {
		ranges[i] = (struct mem_range){vm_page(pair.from, 64 + 2 * i),
					       1, 0};
	}
	mem_set_ranges(&t, ranges, count);
	return t;
}

static struct ffa_frame frag_tx(uint16_t vm, uint64_t handle, uint64_t length,
				uint64_t w4)
{
	return vm_call(vm, FFA(FFA_MEM_FRAG_TX, (uint32_t)handle, handle >> 32,
			       length, w4));
}

static struct ffa_frame frag_rx(uint16_t vm, uint64_t handle, uint64_t offset,
				uint64_t w4)
{
	return vm_call(vm, FFA(FFA_MEM_FRAG_RX, (uint32_t)handle, handle >> 32,
			       offset, w4));
}

/** The first fragment with `first` ranges; the handle. */
static uint64_t begin(struct mem_transaction *t, uint32_t first)
{
	struct ffa_frame frame;

	t->fragment_length =
		mem_ranges_offset(t->version) + (uint64_t)first * RANGE_SIZE;
	frame = mem_send_first(t->sender, t);
	ASSERT_FFA_FRAME(frame, FFA_MEM_FRAG_RX);
	EXPECT_EQ(frame.x[3], t->fragment_length);
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 4, 7), 18);
	EXPECT_EQ(frame.x[2] >> 31, 1);
	return (uint32_t)frame.x[1] | (frame.x[2] << 32);
}

/** All the way there and back with `count` ranges, `part` in each fragment. */
static void round_trip(unsigned int kind, struct pair pair, uint32_t count,
		       uint32_t part)
{
	struct mem_transaction t = scattered(kind, pair, count);
	struct ffa_frame frame;
	uint64_t handle;

	if (part < count && part < mem_ranges_in_first(t.version)) {
		t.fragment_length = mem_ranges_offset(t.version) +
				    (uint64_t)part * RANGE_SIZE;
	}
	frame = mem_send_all(t.sender, &t, part);
	ASSERT_FFA_SUCCESS(frame);
	handle = mem_handle(frame);
	mem_retrieve(&t, handle);
	EXPECT_EQ(vm_access(pair.to, ACCESS_LOAD, ranges[0].address).count, 0);
	EXPECT_EQ(vm_access(pair.to, ACCESS_LOAD, ranges[count - 1].address)
			  .count,
		  0);
	EXPECT_EQ(
		vm_access(pair.to, ACCESS_LOAD, ranges[0].address + PAGE).count,
		1);
	EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
	expect_reclaim(t.sender, handle);
}

TEST_ASKED(ffa_fragments, of_one_range_each)
{
	start_all(version);
	round_trip(0, pairs[0], 12, 1);
	round_trip(1, pairs[1], 12, 1);
	round_trip(0, pairs[2], 12, 1);
}

TEST_ASKED(ffa_fragments, of_every_size_up_to_all)
{
	start_all(version);
	for (uint32_t part = 1; part <= 10; part++) {
		round_trip(part % 2, pairs[0], 10, part);
	}
}

/* Around what one page of TX and one of RX hold. */
TEST_ASKED(ffa_fragments, of_whole_pages)
{
	uint32_t first;

	start_all(version);
	first = mem_ranges_in_first(version);
	round_trip(0, pairs[0], first - 1, 256);
	round_trip(0, pairs[0], first, 256);
	round_trip(0, pairs[0], first + 1, 256);
	round_trip(1, pairs[0], first + 256 > MANY ? MANY : first + 256, 256);
}

TEST_ASKED(ffa_fragments, of_whole_pages_between_actors)
{
	start_all(version);
	round_trip(1, pairs[2], mem_ranges_in_first(version) + 1, 256);
}

/* No range in the first fragment, but all before them. */
TEST_ASKED(ffa_fragments, first_one_has_no_range)
{
	struct mem_transaction t;
	uint64_t handle;
	struct ffa_frame frame;

	start_all(version);
	t = scattered(0, pairs[0], 4);
	handle = begin(&t, 0);
	frame = mem_send_fragment(PRIMARY, &t, handle, 0, 4);
	EXPECT_FFA_SUCCESS(frame);
	EXPECT_EQ(mem_handle(frame), handle);
	expect_reclaim(PRIMARY, handle);
}

TEST_ASKED(ffa_fragments, nothing_changes_before_the_last)
{
	struct mem_transaction t;
	uint64_t handle;

	start_all(version);
	for (unsigned int kind = 1; kind < KIND_COUNT; kind++) {
		t = scattered(kind, pairs[0], 4);
		vm_fill(PRIMARY, ranges[0].address, 8 * PAGE, kind);
		handle = begin(&t, 2);
		EXPECT_FFA_FRAME(mem_send_fragment(PRIMARY, &t, handle, 2, 1),
				 FFA_MEM_FRAG_RX);
		EXPECT_RIGHTS(PRIMARY, ranges[0].address, "rwx");
		EXPECT_RIGHTS(PRIMARY, ranges[2].address, "rwx");
		EXPECT_FFA_SUCCESS(
			mem_send_fragment(PRIMARY, &t, handle, 3, 1));
		EXPECT_RIGHTS(PRIMARY, ranges[0].address, "");
		EXPECT_RIGHTS(PRIMARY, ranges[3].address, "");
		expect_reclaim(PRIMARY, handle);
	}
}

/* --- MEM_FRAG_TX ---------------------------------------------------------- */

TEST_ASKED(ffa_frag_tx, length_is_checked)
{
	static const uint64_t lengths[] = {0,  1,    8,	   15,	      17,
					   24, 4097, 4112, UINT32_MAX};
	struct mem_transaction t;
	uint64_t handle;

	start_all(version);
	for (unsigned int i = 0; i < sizeof(lengths) / 8; i++) {
		struct ffa_frame frame;

		t = scattered(0, pairs[0], 4);
		handle = begin(&t, 1);
		EXPECT_FFA_ERROR(frag_tx(PRIMARY, handle, lengths[i], 0),
				 FFA_INVALID_PARAMETERS);
		/* Whether it is given up or not, the pages are free again. */
		frame = mem_send_fragment(PRIMARY, &t, handle, 1, 3);
		if (!hft_ffa_is_success(&frame)) {
			EXPECT_FFA_ERROR(frame, FFA_INVALID_PARAMETERS);
			round_trip(0, pairs[0], 4, 4);
		} else {
			expect_reclaim(PRIMARY, handle);
		}
	}
}

TEST_ASKED(ffa_frag_tx, sender_field_is_0)
{
	struct mem_transaction t;
	uint64_t handle;

	start_all(version);
	t = scattered(0, pairs[0], 4);
	handle = begin(&t, 1);
	EXPECT_FFA_ERROR(frag_tx(PRIMARY, handle, 48, PRIMARY << 16),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(frag_tx(PRIMARY, handle, 48, 1),
			 FFA_INVALID_PARAMETERS);
}

TEST_ASKED(ffa_frag_tx, needs_tx)
{
	struct mem_transaction t;
	uint64_t handle;

	start_all(version);
	t = scattered(0, pairs[0], 4);
	handle = begin(&t, 1);
	EXPECT_FFA_DONE(hft_ffa_call(FFA(FFA_RXTX_UNMAP)));
	EXPECT_FFA_ERROR(frag_tx(PRIMARY, handle, 48, 0),
			 FFA_INVALID_PARAMETERS);
}

TEST_ASKED(ffa_frag_tx, of_an_unknown_handle)
{
	struct mem_transaction t;
	uint64_t handle;

	start_all(version);
	t = scattered(0, pairs[0], 4);
	handle = begin(&t, 1);
	EXPECT_FFA_ERROR(frag_tx(PRIMARY, handle + 1, 48, 0),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(frag_tx(PRIMARY, MEM_HANDLE_INVALID, 48, 0),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_SUCCESS(mem_send_fragment(PRIMARY, &t, handle, 1, 3));
	expect_reclaim(PRIMARY, handle);
}

TEST_ASKED(ffa_frag_tx, by_another_than_the_sender)
{
	struct mem_transaction t;
	uint64_t handle;

	start_all(version);
	t = scattered(0, pairs[0], 4);
	handle = begin(&t, 1);
	EXPECT_FFA_ERROR(frag_tx(ACTOR_A, handle, 48, 0),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(frag_tx(ACTOR_B, handle, 48, 0),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_SUCCESS(mem_send_fragment(PRIMARY, &t, handle, 1, 3));
	expect_reclaim(PRIMARY, handle);
}

TEST_ASKED(ffa_frag_tx, when_all_is_there)
{
	struct mem_transaction t;
	uint64_t handle;

	start_all(version);
	t = scattered(0, pairs[0], 4);
	handle = mem_send(&t);
	EXPECT_FFA_ERROR(frag_tx(PRIMARY, handle, 16, 0),
			 FFA_INVALID_PARAMETERS);
	expect_reclaim(PRIMARY, handle);
	EXPECT_FFA_ERROR(frag_tx(PRIMARY, handle, 16, 0),
			 FFA_INVALID_PARAMETERS);
}

/** In the last fragment comes `range`: `code`, and all is as before. */
static void expect_discarded(struct mem_range range, int32_t code)
{
	struct mem_transaction t = scattered(1, pairs[0], 4);
	uint64_t handle = begin(&t, 2);

	ranges[3] = range;
	EXPECT_FFA_ERROR(mem_send_fragment(PRIMARY, &t, handle, 2, 2), code);
	/* The transaction is no more. */
	EXPECT_FFA_ERROR(mem_send_fragment(PRIMARY, &t, handle, 2, 2),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(mem_reclaim(PRIMARY, handle, 0),
			 FFA_INVALID_PARAMETERS);
	for (unsigned int i = 0; i < 3; i++) {
		EXPECT_RIGHTS(PRIMARY, ranges[i].address, "rwx");
	}
	round_trip(1, pairs[0], 3, 3);
}

TEST_ASKED(ffa_frag_tx, last_range_is_refused_and_all_with_it)
{
	start_all(version);
	vm_fill(PRIMARY, vm_page(PRIMARY, 64), 8 * PAGE, 1);
	expect_discarded((struct mem_range){vm_page(PRIMARY, 70) + 8, 1, 0},
			 FFA_INVALID_PARAMETERS);
	expect_discarded((struct mem_range){vm_tx(PRIMARY), 1, 0}, FFA_DENIED);
	expect_discarded((struct mem_range){vm_page(ACTOR_A, 0), 1, 0},
			 FFA_DENIED);
	expect_discarded((struct mem_range){0x09000000, 1, 0}, FFA_DENIED);
}

TEST_NEW(ffa_frag_tx, pages_are_not_as_many_as_was_said)
{
	start_all(version);
	vm_fill(PRIMARY, vm_page(PRIMARY, 64), 8 * PAGE, 1);
	expect_discarded((struct mem_range){vm_page(PRIMARY, 70), 2, 0},
			 FFA_INVALID_PARAMETERS);
	expect_discarded((struct mem_range){vm_page(PRIMARY, 70), 0, 0},
			 FFA_INVALID_PARAMETERS);
	/* Overlaps one of the first fragment. */
	expect_discarded((struct mem_range){vm_page(PRIMARY, 64), 1, 0},
			 FFA_INVALID_PARAMETERS);
}

TEST_ASKED(ffa_frag_tx, more_ranges_than_were_said)
{
	struct mem_transaction t;
	uint64_t handle;

	start_all(version);
	t = scattered(1, pairs[0], 8);
	t.range_count = 4;
	t.page_count = 4;
	t.total_length = mem_ranges_offset(version) + 4 * RANGE_SIZE;
	handle = begin(&t, 2);
	EXPECT_FFA_ERROR(mem_send_fragment(PRIMARY, &t, handle, 2, 6),
			 FFA_INVALID_PARAMETERS);
	round_trip(1, pairs[0], 8, 8);
}

/* Half sent, it can neither be had nor taken back. */
TEST_ASKED(ffa_frag_tx, half_a_transaction_is_none)
{
	struct mem_transaction t;
	struct mem_transaction request;
	uint64_t handle;

	start_all(version);
	t = scattered(0, pairs[0], 4);
	handle = begin(&t, 2);
	request = mem_retrieve_request(&t, handle);
	EXPECT_FFA_ERROR(mem_retrieve_frame(ACTOR_A, &request),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(mem_relinquish(ACTOR_A, handle),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(mem_reclaim(PRIMARY, handle, 0),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(frag_rx(ACTOR_A, handle, 0, 0),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_SUCCESS(mem_send_fragment(PRIMARY, &t, handle, 2, 2));
	expect_reclaim(PRIMARY, handle);
}

/* --- MEM_FRAG_RX ---------------------------------------------------------- */

/** Sent whole; RETRIEVE_RESP with a first part; the offset of the next. */
static uint64_t retrieve_first(struct mem_transaction *t, uint64_t *handle)
{
	struct mem_transaction request;
	struct ffa_frame frame;

	*handle = mem_send(t);
	request = mem_retrieve_request(t, *handle);
	frame = mem_retrieve_frame(t->receivers[0].id, &request);
	ASSERT_FFA_FRAME(frame, FFA_MEM_RETRIEVE_RESP);
	EXPECT_EQ(frame.x[1], mem_ranges_offset(t->version) +
				      (uint64_t)t->range_count * RANGE_SIZE);
	EXPECT_LE(frame.x[2], PAGE);
	EXPECT_LT(frame.x[2], frame.x[1]);
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 3, 7), 18);
	return frame.x[2];
}

TEST_ASKED(ffa_frag_rx, brings_the_rest)
{
	struct mem_transaction t;
	struct mem_range found;
	struct ffa_frame frame;
	uint64_t handle;
	uint64_t offset;
	uint64_t index;

	start_all(version);
	t = scattered(0, pairs[0], 300);
	offset = retrieve_first(&t, &handle);
	vm_release_rx(ACTOR_A);
	while (offset < t.total_length) {
		frame = frag_rx(ACTOR_A, handle, offset, 0);
		ASSERT_FFA_FRAME(frame, FFA_MEM_FRAG_TX);
		EXPECT_EQ((uint32_t)frame.x[1] | (frame.x[2] << 32), handle);
		EXPECT_EQ(hft_ffa_first_nonzero(&frame, 4, 7), 18);
		ASSERT_LE(frame.x[3], PAGE);
		ASSERT_GT(frame.x[3], 0);
		index = (offset - mem_ranges_offset(version)) / RANGE_SIZE;
		vm_read(ACTOR_A, vm_rx(ACTOR_A), &found, sizeof(found));
		EXPECT_EQ(found.address, ranges[index].address);
		EXPECT_EQ(found.page_count, 1);
		offset += frame.x[3];
		vm_read(ACTOR_A, vm_rx(ACTOR_A) + frame.x[3] - 16, &found,
			sizeof(found));
		index = (offset - mem_ranges_offset(version)) / RANGE_SIZE - 1;
		EXPECT_EQ(found.address, ranges[index].address);
		vm_release_rx(ACTOR_A);
	}
	EXPECT_EQ(offset, t.total_length);
	EXPECT_FFA_DONE(mem_relinquish(ACTOR_A, handle));
	expect_reclaim(PRIMARY, handle);
}

TEST_ASKED(ffa_frag_rx, arguments_are_checked)
{
	struct mem_transaction t;
	uint64_t handle;
	uint64_t offset;

	start_all(version);
	t = scattered(0, pairs[0], 300);
	offset = retrieve_first(&t, &handle);
	EXPECT_FFA_ERROR(frag_rx(ACTOR_A, handle, offset, 0), FFA_BUSY);
	vm_release_rx(ACTOR_A);
	EXPECT_FFA_ERROR(frag_rx(ACTOR_A, handle, offset, PRIMARY << 16),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(frag_rx(ACTOR_A, handle, offset - 16, 0),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(frag_rx(ACTOR_A, handle, offset + 16, 0),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(frag_rx(ACTOR_A, handle, 0, 0),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(frag_rx(ACTOR_A, handle + 1, offset, 0),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(frag_rx(ACTOR_B, handle, offset, 0),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(frag_rx(PRIMARY, handle, offset, 0),
			 FFA_INVALID_PARAMETERS);
	/* None of these has spoilt it. */
	EXPECT_FFA_FRAME(frag_rx(ACTOR_A, handle, offset, 0), FFA_MEM_FRAG_TX);
	vm_release_rx(ACTOR_A);
	EXPECT_FFA_DONE(mem_relinquish(ACTOR_A, handle));
	expect_reclaim(PRIMARY, handle);
}

TEST_ASKED(ffa_frag_rx, of_what_was_not_asked_for_or_is_complete)
{
	struct mem_transaction t;
	uint64_t handle;

	start_all(version);
	t = scattered(0, pairs[0], 4);
	handle = mem_send(&t);
	EXPECT_FFA_ERROR(frag_rx(ACTOR_A, handle, 0, 0),
			 FFA_INVALID_PARAMETERS);
	mem_retrieve(&t, handle);
	EXPECT_FFA_ERROR(frag_rx(ACTOR_A, handle, t.total_length, 0),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_DONE(mem_relinquish(ACTOR_A, handle));
	EXPECT_FFA_ERROR(frag_rx(ACTOR_A, handle, 0, 0),
			 FFA_INVALID_PARAMETERS);
	expect_reclaim(PRIMARY, handle);
	EXPECT_FFA_ERROR(frag_rx(ACTOR_A, handle, 0, 0),
			 FFA_INVALID_PARAMETERS);
}
