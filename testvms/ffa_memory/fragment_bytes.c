/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A small list of ranges in fragments of every number of bytes, sent and
 * retrieved, in each layout: whole ranges are taken, all else is refused.
 */
#include "hft/arch.h"
#include "rows.h"

#define RANGE_SIZE 16
#define FEW 6
#define MANY 600
#define PAGE HFT_PAGE_SIZE

static struct mem_range ranges[MANY];
/* Of the primary's RX. */
static uint64_t rx_size = PAGE;

/** Every second page of pair.from. */
static struct mem_transaction scattered(unsigned int kind, struct pair pair,
					uint32_t count)
{
	struct mem_transaction t =
		mem_transaction(kinds[kind], pair.from, pair.to);

	for (uint32_t i = 0; i < count; i++) {
		ranges[i] = (struct mem_range){vm_page(pair.from, 64 + 2 * i),
					       1, 0};
	}
	mem_set_ranges(&t, ranges, count);
	return t;
}

static uint64_t handle_of(struct ffa_frame frame)
{
	return (uint32_t)frame.x[1] | (frame.x[2] << 32);
}

/** The sender's again: the first and the last of it. */
static void expect_back(const struct mem_transaction *t, uint64_t handle)
{
	expect_reclaim(t->sender, handle);
	EXPECT_EQ(
		vm_access(t->sender, ACCESS_STORE, t->ranges[0].address).count,
		0);
	EXPECT_EQ(vm_access(t->sender, ACCESS_STORE,
			    t->ranges[t->range_count - 1].address)
			  .count,
		  0);
}

/* --- sent ----------------------------------------------------------------- */

/** The rest in one fragment, if the first was taken. */
static void expect_first_fragment(struct mem_transaction *t, uint64_t length)
{
	uint32_t begin = mem_ranges_offset(t->version);
	bool is_whole = length >= begin && (length - begin) % RANGE_SIZE == 0 &&
			length <= t->total_length;
	uint32_t sent = (uint32_t)(length - begin) / RANGE_SIZE;
	struct ffa_frame frame;

	t->fragment_length = length;
	frame = mem_send_first(t->sender, t);
	if (!is_whole) {
		EXPECT_FFA_ERROR(frame, FFA_INVALID_PARAMETERS);
		return;
	}
	if (length < t->total_length) {
		ASSERT_FFA_FRAME(frame, FFA_MEM_FRAG_RX);
		EXPECT_EQ(frame.x[3], length);
		frame = mem_send_fragment(t->sender, t, handle_of(frame), sent,
					  FEW - sent);
	}
	ASSERT_FFA_SUCCESS(frame);
	expect_back(t, mem_handle(frame));
}

TEST_ASKED(ffa_bytes, of_the_first_fragment)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		struct mem_transaction t = scattered(p, pairs[p], FEW);

		for (uint64_t n = 0; n <= t.total_length + RANGE_SIZE; n++) {
			expect_first_fragment(&t, n);
		}
	}
}

/** Two ranges were sent; a fragment of `length` bytes, then what is missing. */
static void expect_next_fragment(struct mem_transaction *t, uint32_t length)
{
	uint32_t more = length / RANGE_SIZE;
	struct ffa_frame frame;
	uint64_t handle;

	t->fragment_length = mem_ranges_offset(t->version) + 2 * RANGE_SIZE;
	frame = mem_send_first(t->sender, t);
	ASSERT_FFA_FRAME(frame, FFA_MEM_FRAG_RX);
	handle = handle_of(frame);
	vm_write(t->sender, vm_tx(t->sender), &ranges[2], FEW * RANGE_SIZE);
	frame = vm_call(t->sender, FFA(FFA_MEM_FRAG_TX, (uint32_t)handle,
				       handle >> 32, length));
	if (length == 0 || length % RANGE_SIZE != 0) {
		/* It is as if it had not been. */
		EXPECT_FFA_ERROR(frame, FFA_INVALID_PARAMETERS);
		frame = mem_send_fragment(t->sender, t, handle, 2, FEW - 2);
	} else if (more > FEW - 2) {
		EXPECT_FFA_ERROR(frame, FFA_INVALID_PARAMETERS);
		EXPECT_FFA_ERROR(mem_reclaim(t->sender, handle, 0),
				 FFA_INVALID_PARAMETERS);
		return;
	} else if (more < FEW - 2) {
		ASSERT_FFA_FRAME(frame, FFA_MEM_FRAG_RX);
		EXPECT_EQ(handle_of(frame), handle);
		EXPECT_EQ(frame.x[3], t->fragment_length + length);
		frame = mem_send_fragment(t->sender, t, handle, 2 + more,
					  FEW - 2 - more);
	}
	ASSERT_FFA_SUCCESS(frame);
	EXPECT_EQ(mem_handle(frame), handle);
	expect_back(t, handle);
}

TEST_ASKED(ffa_bytes, of_the_next_fragment)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		struct mem_transaction t = scattered(p, pairs[p], FEW);

		for (uint32_t n = 0; n <= FEW * RANGE_SIZE; n++) {
			expect_next_fragment(&t, n);
		}
	}
}

/** Bit n of `cuts`: a fragment ends before range n. */
static void send_cut(struct mem_transaction *t, uint32_t cuts)
{
	uint32_t first = 0;
	struct ffa_frame frame;

	while (first < FEW && (cuts & (1U << first)) == 0) {
		first++;
	}
	t->fragment_length = mem_ranges_offset(t->version) + first * RANGE_SIZE;
	frame = mem_send_first(t->sender, t);
	while (first < FEW) {
		uint32_t end = first + 1;

		while (end < FEW && (cuts & (1U << end)) == 0) {
			end++;
		}
		ASSERT_FFA_FRAME(frame, FFA_MEM_FRAG_RX);
		frame = mem_send_fragment(t->sender, t, handle_of(frame), first,
					  end - first);
		first = end;
	}
	ASSERT_FFA_SUCCESS(frame);
	mem_retrieve(t, mem_handle(frame));
	EXPECT_FFA_DONE(mem_relinquish(t->receivers[0].id, mem_handle(frame)));
	expect_back(t, mem_handle(frame));
}

TEST_ASKED(ffa_bytes, of_all_fragments)
{
	start_all(version);
	for (uint32_t cuts = 0; cuts < 1U << FEW; cuts++) {
		struct mem_transaction t = scattered(1, pairs[cuts % 2], FEW);

		send_cut(&t, cuts);
	}
}

/* --- retrieved ------------------------------------------------------------ */

/** What has come to RX is what was sent, from range `first` on. */
static void expect_ranges(const void *rx, uint64_t length, uint32_t first)
{
	ASSERT_EQ(length % RANGE_SIZE, 0);
	ASSERT_EQ(memcmp(rx, &ranges[first], length), 0);
}

static struct ffa_frame frag_rx(uint64_t handle, uint64_t offset)
{
	return hft_ffa_call(
		FFA(FFA_MEM_FRAG_RX, (uint32_t)handle, handle >> 32, offset));
}

/** Where the ranges begin in the layout of the primary. */
static uint32_t begin_in_rx(void)
{
	return mem_ranges_offset(vm_version(PRIMARY));
}

/** The length of the descriptor that the primary gets. */
static uint64_t total_in_rx(const struct mem_transaction *t)
{
	return begin_in_rx() + (uint64_t)t->range_count * RANGE_SIZE;
}

/** The first part, by the primary; its length. */
static uint64_t retrieve_first(const struct mem_transaction *t, uint64_t handle)
{
	uint32_t begin = begin_in_rx();
	struct mem_transaction request = mem_retrieve_request(t, handle);
	struct ffa_frame frame = mem_retrieve_frame(PRIMARY, &request);

	ASSERT_FFA_FRAME(frame, FFA_MEM_RETRIEVE_RESP);
	EXPECT_EQ(frame.x[1], total_in_rx(t));
	ASSERT_LE(frame.x[2], rx_size);
	expect_ranges((uint8_t *)vm_rx(PRIMARY) + begin, frame.x[2] - begin, 0);
	vm_release_rx(PRIMARY);
	return frame.x[2];
}

/** All parts, each as long as it can be. */
static void retrieve_all(const struct mem_transaction *t, uint64_t handle)
{
	uint64_t total = total_in_rx(t);
	uint64_t at = retrieve_first(t, handle);

	EXPECT_GT(at + RANGE_SIZE, at < total ? rx_size : 0);
	while (at < total) {
		struct ffa_frame frame = frag_rx(handle, at);
		uint64_t left = total - at;

		ASSERT_FFA_FRAME(frame, FFA_MEM_FRAG_TX);
		EXPECT_EQ(handle_of(frame), handle);
		EXPECT_EQ(frame.x[3], left < rx_size ? left : rx_size);
		expect_ranges((void *)vm_rx(PRIMARY), frame.x[3],
			      (uint32_t)(at - begin_in_rx()) / RANGE_SIZE);
		at += frame.x[3];
		vm_release_rx(PRIMARY);
	}
	EXPECT_EQ(at, total);
}

/** A list of that many to the primary and back. */
static void expect_list(uint16_t from, uint32_t count)
{
	struct pair pair = {from, PRIMARY};
	struct mem_transaction t = scattered(0, pair, count);
	uint64_t handle = mem_send(&t);

	retrieve_all(&t, handle);
	EXPECT_FFA_DONE(mem_relinquish(PRIMARY, handle));
	expect_reclaim(from, handle);
}

/* Lists whose last fragment has one range, two, ..., a page of them. */
TEST_ASKED(ffa_bytes, of_the_last_fragment_that_is_retrieved)
{
	uint32_t first;

	start_all(version);
	first = mem_ranges_in_first(version);
	for (uint32_t count = first - 2; count <= first + 258; count++) {
		/* All of the first twelve and the last; else each ninth. */
		if (count <= first + 10 || count >= first + 250 ||
		    count % 9 == 0) {
			expect_list(ACTOR_A, count);
		}
	}
}

/* The same for an RX of two pages. */
TEST_NEW(ffa_bytes, of_the_last_fragment_in_two_pages)
{
	uint32_t first;

	start_all(version);
	EXPECT_FFA_DONE(hft_ffa_call(FFA(FFA_RXTX_UNMAP)));
	vm_map_buffers(PRIMARY, 2);
	rx_size = 2 * PAGE;
	first = mem_ranges_in_first(version) + PAGE / RANGE_SIZE;
	for (uint32_t count = first - 2; count <= first + 6; count++) {
		expect_list(ACTOR_A, count);
	}
}

/* What is one fragment in one layout may be two in another. */
TEST_ASKED(ffa_bytes, of_layouts_that_differ)
{
	vm_start(PRIMARY, version);
	vm_map_buffers(PRIMARY, 1);
	for (uint16_t i = 0; i < 3; i++) {
		uint16_t vm = ACTOR_A + i;

		vm_start(vm, FFA_VERSION_1_0 + i);
		vm_map_buffers(vm, 1);
		for (uint32_t count = 249; count <= 253; count++) {
			expect_list(vm, count);
		}
	}
}

/* Of all offsets, the next one is taken. */
TEST_ASKED(ffa_bytes, of_the_offset_that_is_asked_for)
{
	struct mem_transaction t;
	uint64_t handle;
	uint64_t next;

	start_all(version);
	t = scattered(1, pairs[1], 300);
	handle = mem_send(&t);
	next = retrieve_first(&t, handle);
	for (uint64_t offset = 0; offset <= t.total_length + PAGE; offset++) {
		if (offset != next) {
			ASSERT_FFA_ERROR(frag_rx(handle, offset),
					 FFA_INVALID_PARAMETERS);
		}
	}
	ASSERT_FFA_FRAME(frag_rx(handle, next), FFA_MEM_FRAG_TX);
	vm_release_rx(PRIMARY);
	EXPECT_FFA_DONE(mem_relinquish(PRIMARY, handle));
	expect_reclaim(t.sender, handle);
}

/* A request is one fragment, and as long as it is. */
TEST_ASKED(ffa_bytes, of_the_request)
{
	struct mem_transaction t;
	struct mem_transaction request;
	uint64_t handle;
	uint64_t length;

	start_all(version);
	t = scattered(0, pairs[1], 1);
	handle = mem_send(&t);
	request = mem_retrieve_request(&t, handle);
	length = request.total_length;
	for (uint64_t n = 0; n <= 2 * length; n++) {
		if (n == length) {
			continue;
		}
		request.total_length = length;
		request.fragment_length = n;
		EXPECT_FFA_ERROR(mem_retrieve_frame(PRIMARY, &request),
				 FFA_INVALID_PARAMETERS);
		request.total_length = n;
		EXPECT_FFA_ERROR(mem_retrieve_frame(PRIMARY, &request),
				 FFA_INVALID_PARAMETERS);
	}
	mem_retrieve(&t, handle);
	EXPECT_FFA_DONE(mem_relinquish(PRIMARY, handle));
	expect_reclaim(t.sender, handle);
}
