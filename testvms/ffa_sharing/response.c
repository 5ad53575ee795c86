/* SPDX-License-Identifier: BSD-3-Clause */
/* The descriptor of RETRIEVE_RESP, in the layout of the receiver's version. */
#include "world.h"

#define TYPE_MASK UINT32_C(0x18)

static uint64_t page_buffer[HFT_PAGE_SIZE / 8];

/** Request, and what RX holds; RX is released. */
static struct mem_transaction respond(const struct mem_transaction *sent,
				      uint64_t handle, uint32_t flags)
{
	uint16_t vm = sent->receivers[0].id;
	struct mem_transaction request = mem_retrieve_request(sent, handle);
	struct mem_transaction response;
	struct ffa_frame frame;

	request.flags |= flags;
	frame = mem_retrieve_frame(vm, &request);
	ASSERT_FFA_FRAME(frame, FFA_MEM_RETRIEVE_RESP);
	EXPECT_EQ(frame.x[1], frame.x[2]);
	EXPECT_EQ(frame.x[1],
		  mem_ranges_offset(vm_version(vm)) + 16 * sent->range_count);
	EXPECT_EQ(hft_ffa_first_nonzero(&frame, 3, 7), 18);
	vm_read(vm, vm_rx(vm), page_buffer, 512);
	response = mem_decode(vm_version(vm), page_buffer);
	vm_release_rx(vm);
	return response;
}

static void expect_layout(const struct mem_transaction *found, uint32_t version)
{
	EXPECT_EQ(found->receivers[0].composite_offset,
		  mem_ranges_offset(version) - 16);
	EXPECT_EQ(found->receiver_size, mem_receiver_size(version));
	EXPECT_EQ(found->receiver_offset, mem_header_size(version));
	EXPECT_EQ(found->receiver_count, 1);
	EXPECT_EQ(found->receivers[0].flags, 0);
	EXPECT_EQ(found->receivers[0].reserved, 0);
	EXPECT_EQ(found->composite_reserved, 0);
}

/** Two ranges, to compare with what comes. */
static void expect_response(uint64_t call, struct pair pair, uint32_t type)
{
	uint32_t version = vm_version(pair.to);
	bool is_old = version == LEGACY || version == FFA_VERSION_1_0;
	struct mem_range ranges[2] = {{vm_page(pair.from, 50), 2, 0},
				      {vm_page(pair.from, 60), 1, 0}};
	struct mem_transaction t = pages_of(call, pair, ranges, 2);
	uint64_t handle = mem_send(&t);
	struct mem_transaction found = respond(&t, handle, 0);

	expect_layout(&found, version);
	EXPECT_EQ(found.sender, pair.from);
	EXPECT_EQ(found.receivers[0].id, pair.to);
	EXPECT_EQ(found.handle, handle);
	EXPECT_EQ(found.flags & TYPE_MASK, type);
	EXPECT_EQ(found.flags & MEM_CLEAR, 0);
	EXPECT_TRUE(found.tag == t.tag || (is_old && found.tag == 0));
	EXPECT_EQ((found.attributes & MEM_NS) != 0, !is_old);
	EXPECT_EQ(found.page_count, 3);
	EXPECT_EQ(found.range_count, 2);
	for (unsigned int i = 0; i < 2; i++) {
		EXPECT_EQ(found.ranges[i].address, ranges[i].address);
		EXPECT_EQ(found.ranges[i].page_count, ranges[i].page_count);
		EXPECT_EQ(found.ranges[i].reserved, 0);
	}
	if (call == FFA_MEM_DONATE) {
		return;
	}
	EXPECT_FFA_DONE(mem_relinquish(pair.to, handle));
	EXPECT_FFA_DONE(mem_reclaim(pair.from, handle, 0));
}

TEST_ALL(ffa_response, says_what_was_sent)
{
	start_all(version);
	for (unsigned int p = 0; p < 3; p++) {
		expect_response(FFA_MEM_SHARE, pairs[p], MEM_TYPE_SHARE);
		expect_response(FFA_MEM_LEND, pairs[p], MEM_TYPE_LEND);
	}
	expect_response(FFA_MEM_DONATE, pairs[0], MEM_TYPE_DONATE);
	expect_response(FFA_MEM_DONATE, pairs[2], MEM_TYPE_DONATE);
}

/* Sender and receiver may have different versions: each has its layout. */
TEST(ffa_response, between_versions)
{
	static const uint32_t versions[] = {FFA_VERSION_1_0, FFA_VERSION_1_1,
					    FFA_VERSION_1_2};

	for (uint16_t vm = PRIMARY; vm <= ACTOR_B; vm++) {
		vm_start(vm, versions[vm - PRIMARY]);
		vm_map_buffers(vm, 1);
	}
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		expect_response(FFA_MEM_SHARE, pairs[p], MEM_TYPE_SHARE);
		expect_response(FFA_MEM_LEND, pairs[p], MEM_TYPE_LEND);
	}
}

TEST(ffa_response, between_versions_the_other_way)
{
	static const uint32_t versions[] = {FFA_VERSION_1_2, FFA_VERSION_1_0,
					    LEGACY};

	for (uint16_t vm = PRIMARY; vm <= ACTOR_B; vm++) {
		vm_start(vm, versions[vm - PRIMARY]);
		vm_map_buffers(vm, 1);
	}
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		expect_response(FFA_MEM_SHARE, pairs[p], MEM_TYPE_SHARE);
		expect_response(FFA_MEM_LEND, pairs[p], MEM_TYPE_LEND);
	}
}

TEST_NEW(ffa_response, says_that_it_was_cleared)
{
	struct mem_transaction t;
	struct mem_transaction found;
	uint64_t handle;

	start_all(version);
	t = page_of(FFA_MEM_LEND, pairs[0], vm_page(PRIMARY, 50));
	t.flags = MEM_CLEAR;
	handle = mem_send(&t);
	found = respond(&t, handle, 0);
	EXPECT_EQ(found.flags & MEM_CLEAR, MEM_CLEAR);
	EXPECT_FFA_DONE(mem_relinquish(ACTOR_A, handle));
	EXPECT_FFA_DONE(mem_reclaim(PRIMARY, handle, 0));
}

/** What RX says of the permissions is what they are. */
static void expect_permissions(uint64_t call, uint8_t offer, uint8_t wanted,
			       uint8_t granted)
{
	struct mem_transaction t =
		page_of(call, pairs[0], vm_page(PRIMARY, 50));
	struct mem_transaction request;
	struct mem_transaction found;
	uint64_t handle;

	t.receivers[0].permissions = offer;
	handle = mem_send(&t);
	request = mem_retrieve_request(&t, handle);
	request.receivers[0].permissions = wanted;
	ASSERT_FFA_FRAME(mem_retrieve_frame(ACTOR_A, &request),
			 FFA_MEM_RETRIEVE_RESP);
	vm_read(ACTOR_A, vm_rx(ACTOR_A), page_buffer, 512);
	found = mem_decode(vm_version(ACTOR_A), page_buffer);
	vm_release_rx(ACTOR_A);
	EXPECT_EQ(found.receivers[0].permissions, granted);
	EXPECT_FFA_DONE(mem_relinquish(ACTOR_A, handle));
	EXPECT_FFA_DONE(mem_reclaim(PRIMARY, handle, 0));
}

TEST_ASKED(ffa_response, says_what_may_be_done)
{
	start_all(version);
	expect_permissions(FFA_MEM_SHARE, MEM_RW, MEM_RW, MEM_RW | MEM_NX);
	expect_permissions(FFA_MEM_SHARE, MEM_RO, MEM_RO, MEM_RO | MEM_NX);
	expect_permissions(FFA_MEM_SHARE, MEM_RW, MEM_RO, MEM_RO | MEM_NX);
	expect_permissions(FFA_MEM_SHARE, MEM_RW, 0, MEM_RW | MEM_NX);
	expect_permissions(FFA_MEM_LEND, MEM_RW, MEM_RW | MEM_X,
			   MEM_RW | MEM_X);
	expect_permissions(FFA_MEM_LEND, MEM_RW, MEM_RO | MEM_NX,
			   MEM_RO | MEM_NX);
	expect_permissions(FFA_MEM_LEND, MEM_RO, MEM_RO | MEM_X,
			   MEM_RO | MEM_X);
}

/* 16 bytes of the sender's, which only who knows them may retrieve. */
TEST(ffa_response, implementation_defined_words)
{
	struct mem_transaction t;
	struct mem_transaction found;
	struct mem_transaction request;
	uint64_t handle;

	start_all(FFA_VERSION_1_2);
	t = page_of(FFA_MEM_LEND, pairs[0], vm_page(PRIMARY, 50));
	t.receivers[0].impdef[0] = UINT64_C(0x1122334455667788);
	t.receivers[0].impdef[1] = UINT64_C(0x99aabbccddeeff00);
	handle = mem_send(&t);
	request = mem_retrieve_request(&t, handle);
	request.receivers[0].impdef[1]++;
	EXPECT_FFA_ERROR(mem_retrieve_frame(ACTOR_A, &request),
			 FFA_INVALID_PARAMETERS);
	found = respond(&t, handle, 0);
	EXPECT_EQ(found.receivers[0].impdef[0], t.receivers[0].impdef[0]);
	EXPECT_EQ(found.receivers[0].impdef[1], t.receivers[0].impdef[1]);
	EXPECT_FFA_DONE(mem_relinquish(ACTOR_A, handle));
	EXPECT_FFA_DONE(mem_reclaim(PRIMARY, handle, 0));
}

/* 1.2 takes receivers of 16 bytes, too. */
TEST(ffa_response, receiver_of_16_bytes_in_1_2)
{
	struct mem_transaction t;
	uint64_t handle;
	uint64_t page;

	start_all(FFA_VERSION_1_2);
	page = vm_page(PRIMARY, 50);
	vm_fill(PRIMARY, page, PAGE, 1);
	t = page_of(FFA_MEM_LEND, pairs[0], page);
	t.receiver_size = 16;
	t.receivers[0].composite_offset -= 16;
	t.total_length -= 16;
	t.fragment_length -= 16;
	handle = mem_send(&t);
	mem_retrieve(&t, handle);
	EXPECT_RIGHTS(ACTOR_A, page, "rwx");
	EXPECT_FFA_DONE(mem_relinquish(ACTOR_A, handle));
	EXPECT_FFA_DONE(mem_reclaim(PRIMARY, handle, 0));
}
