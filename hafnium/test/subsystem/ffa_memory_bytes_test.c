/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fragments of every count of bytes, in each layout, of what is sent and of
 * what is retrieved: those that end between two ranges are taken, all others
 * are refused and change nothing. See docs/ffa.md.
 */
#include <string.h>

#include "fixture/memory_codes.h"

#define INVALID FFA_INVALID_PARAMETERS
#define LEND FFA_MEM_LEND
#define RANGE 16U

/** Bytes in front of the ranges. */
static const uint32_t begins[] = {64, 64, 80, 96};

/** An offer of `count` pages, none next to another. */
static void begin(enum direct_profile profile, uint32_t count)
{
	codes_begin_send(profile, LEND);
	for (uint32_t i = 1; i < count; i++) {
		memory_add(codes.said, MEMORY_PAGE(1, 3 + 2 * i), 1);
	}
}

static void put_ranges(uint32_t first, uint32_t count)
{
	memcpy(mailbox_tx(1), &codes.said->ranges[first], RANGE * count);
}

static int32_t frag_tx(uint32_t bytes)
{
	return memory_frag_tx(codes.memory.sender, codes.handle, bytes);
}

/** All ranges from `sent` on, in fragments of 256. */
static void send_rest(uint32_t sent)
{
	uint32_t count = codes.said->range_count;

	while (sent < count) {
		uint32_t next = count - sent < 256 ? count - sent : 256;

		put_ranges(sent, next);
		ASSERT_EQ(frag_tx(RANGE * next), 0);
		sent += next;
	}
	EXPECT_EQ(codes.memory.sender->regs.x[0], FFA_SUCCESS);
	EXPECT_EQ(memory_handle(codes.memory.sender), codes.handle);
}

static void take_back(void)
{
	EXPECT_NE(memory_digest(), codes.before);
	ASSERT_EQ(memory_reclaim(codes.memory.sender, codes.handle, 0), 0);
	EXPECT_EQ(memory_digest(), codes.before);
}

/** A first fragment of `bytes`, which all but the last are of. */
static void first_fragment(enum direct_profile profile, uint32_t bytes)
{
	uint32_t total = memory_put(codes.memory.sender, codes.said);
	int32_t code = codes_send_lengths(total, bytes);
	const uint64_t *x = codes.memory.sender->regs.x;

	if (bytes < begins[profile] || bytes > total || bytes % RANGE != 0) {
		if (code != INVALID) {
			FAIL("profile %u, %u bytes: code %d", profile, bytes,
			     code);
		}
		return;
	}
	ASSERT_EQ(code, 0);
	codes.handle = memory_handle(codes.memory.sender);
	if (bytes < total) {
		EXPECT_EQ(x[0], FFA_MEM_FRAG_RX);
		EXPECT_EQ(x[3], bytes);
		EXPECT_EQ(memory_digest(), codes.before);
	}
	send_rest((bytes - begins[profile]) / RANGE);
	take_back();
}

static void first_fragments(enum direct_profile profile)
{
	uint32_t total = begins[profile] + 9 * RANGE;

	begin(profile, 9);
	for (uint32_t bytes = 0; bytes <= total + 20; bytes++) {
		first_fragment(profile, bytes);
	}
}

TEST(ffa_mem_bytes, first_fragment_of_a_legacy_guest)
{
	first_fragments(LEGACY);
}

TEST(ffa_mem_bytes, first_fragment_of_1_0)
{
	first_fragments(V1_0);
}

TEST(ffa_mem_bytes, first_fragment_of_1_1)
{
	first_fragments(V1_1);
}

TEST(ffa_mem_bytes, first_fragment_of_1_2)
{
	first_fragments(V1_2);
}

/** What is open, with one range of 300. */
static void begin_fragments(enum direct_profile profile)
{
	uint32_t total = memory_put(codes.memory.sender, codes.said);

	ASSERT_EQ(memory_call(codes.memory.sender, LEND, total,
			      begins[profile] + RANGE),
		  0);
	codes.handle = memory_handle(codes.memory.sender);
	put_ranges(1, 256);
}

static void next_fragments(enum direct_profile profile)
{
	begin(profile, 300);
	begin_fragments(profile);
	for (uint32_t bytes = 0; bytes <= PAGE_SIZE + 40; bytes++) {
		bool is_taken =
			bytes != 0 && bytes % RANGE == 0 && bytes <= PAGE_SIZE;
		int32_t code = frag_tx(bytes);

		if (code != (is_taken ? 0 : INVALID)) {
			FAIL("profile %u, %u bytes: code %d", profile, bytes,
			     code);
		}
		if (is_taken) {
			EXPECT_EQ(codes.memory.sender->regs.x[3],
				  begins[profile] + RANGE + bytes);
			EXPECT_EQ(memory_digest(), codes.before);
			send_rest(1 + bytes / RANGE);
			take_back();
			begin_fragments(profile);
		}
	}
	EXPECT_EQ(memory_digest(), codes.before);
	send_rest(1);
	take_back();
}

TEST(ffa_mem_bytes, next_fragment_of_1_0)
{
	next_fragments(V1_0);
}

TEST(ffa_mem_bytes, next_fragment_of_1_1)
{
	next_fragments(V1_1);
}

TEST(ffa_mem_bytes, next_fragment_of_1_2)
{
	next_fragments(V1_2);
}

/** VM 2 retrieves; the ranges that are in RX then. */
static uint32_t retrieve(void)
{
	struct vcpu *vcpu = codes.memory.receiver;
	const struct memory_said *told;

	ASSERT_EQ(memory_retrieve(vcpu,
				  memory_request(vcpu, LEND, 1, codes.handle)),
		  0);
	told = memory_told(vcpu);
	for (uint32_t i = 0; i < told->range_count; i++) {
		EXPECT_EQ(told->ranges[i].address,
			  codes.said->ranges[i].address);
	}
	ASSERT_EQ(memory_release_rx(vcpu), 0);
	return told->range_count;
}

/** The rest of the list, of which VM 2 knows `told` ranges. */
static void fetch(uint32_t told, uint32_t begin_bytes)
{
	struct vcpu *vcpu = codes.memory.receiver;
	uint32_t count = codes.said->range_count;

	while (told < count) {
		const struct ffa_memory_constituent *ranges =
			(const void *)mailbox_rx(2);
		uint32_t next = count - told < 256 ? count - told : 256;

		ASSERT_EQ((uint32_t)memory_frag_rx(vcpu, codes.handle,
						   begin_bytes + RANGE * told),
			  RANGE * next);
		for (uint32_t i = 0; i < next; i++) {
			EXPECT_EQ(ranges[i].address,
				  codes.said->ranges[told + i].address);
		}
		ASSERT_EQ(memory_release_rx(vcpu), 0);
		told += next;
	}
	EXPECT_EQ(
		memory_frag_rx(vcpu, codes.handle, begin_bytes + RANGE * told),
		INVALID);
}

/** VM 2 of `profile` gets a list whose last fragment is of every size. */
static void fetch_all(enum direct_profile profile)
{
	uint32_t most = ((uint32_t)PAGE_SIZE - begins[profile]) / RANGE;

	for (uint32_t count = most; count <= most + 257; count++) {
		uint32_t told;

		begin(V1_1, count);
		direct_profile_set(codes.memory.receiver->vm, profile);
		ASSERT_EQ(memory_send_pieces(codes.memory.sender, LEND,
					     codes.said,
					     (struct memory_pieces){100, 256}),
			  0);
		codes.handle = memory_handle(codes.memory.sender);
		told = retrieve();
		EXPECT_EQ(told, most);
		fetch(told, begins[profile]);
		ASSERT_EQ(memory_relinquish(codes.memory.receiver, codes.handle,
					    0),
			  0);
		take_back();
	}
}

TEST(ffa_mem_bytes, last_fragment_to_a_legacy_guest)
{
	fetch_all(LEGACY);
}

TEST(ffa_mem_bytes, last_fragment_to_1_1)
{
	fetch_all(V1_1);
}

TEST(ffa_mem_bytes, last_fragment_to_1_2)
{
	fetch_all(V1_2);
}

/** Who asks for another byte than the next one gets nothing. */
TEST(ffa_mem_bytes, list_goes_on_at_the_next_byte_only)
{
	for (enum direct_profile p = LEGACY; p <= V1_2; p++) {
		uint32_t next;

		begin(V1_1, 260);
		direct_profile_set(codes.memory.receiver->vm, p);
		ASSERT_EQ(memory_send_pieces(codes.memory.sender, LEND,
					     codes.said,
					     (struct memory_pieces){1, 256}),
			  0);
		codes.handle = memory_handle(codes.memory.sender);
		next = begins[p] + RANGE * retrieve();
		for (uint32_t at = 0; at < 2 * PAGE_SIZE; at++) {
			if (at != next) {
				EXPECT_EQ(memory_frag_rx(codes.memory.receiver,
							 codes.handle, at),
					  INVALID);
			}
		}
		fetch((next - begins[p]) / RANGE, begins[p]);
	}
}
