/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary that shares memory with VMs whose own memory is at other
 * addresses than the machine's. What a VM names are its addresses; what it gets
 * is where it is in the machine.
 */
#include "hft/arch.h"
#include "hft/ffa_memory.h"

/* VMs of harness/scenarios/ffa_layout.toml. */
#define NEAR 2
#define FAR 3
#define FAR_BEGIN UINT64_C(0x3000000000)
/** Its memory is where the primary has some, too. */
#define IN_THE_WAY 4
#define IN_THE_WAY_BEGIN UINT64_C(0x42000000)

#define PAGE HFT_PAGE_SIZE

static void start_all(uint32_t version)
{
	for (uint16_t vm = PRIMARY; vm <= IN_THE_WAY; vm++) {
		vm_start(vm, version);
		vm_map_buffers(vm, 1);
	}
}

static struct mem_transaction pages_of(uint64_t call, uint16_t from,
				       uint16_t to,
				       const struct mem_range *range)
{
	struct mem_transaction t = mem_transaction(call, from, to);

	mem_set_ranges(&t, range, 1);
	return t;
}

/** Retrieve, and where the answer says that the first range is. */
static uint64_t retrieve(const struct mem_transaction *sent, uint64_t handle)
{
	static uint64_t words[64];
	uint16_t vm = sent->receivers[0].id;
	struct mem_transaction request = mem_retrieve_request(sent, handle);
	struct mem_transaction found;

	ASSERT_FFA_FRAME(mem_retrieve_frame(vm, &request),
			 FFA_MEM_RETRIEVE_RESP);
	vm_read(vm, vm_rx(vm), words, sizeof(words));
	found = mem_decode(vm_version(vm), words);
	vm_release_rx(vm);
	EXPECT_EQ(found.page_count, sent->page_count);
	return found.ranges[0].address;
}

/** The pattern of `there` as it looks at `here`. */
static uint64_t seed_at(uint64_t here, uint64_t there, uint64_t seed)
{
	return seed + there - here;
}

TEST_ALL(ffa_layout, far_vm_gets_memory_where_it_is)
{
	static const uint64_t calls[] = {FFA_MEM_SHARE, FFA_MEM_LEND};

	start_all(version);
	for (unsigned int i = 0; i < 2; i++) {
		struct mem_range range = {vm_page(PRIMARY, 3), 3, 0};
		struct mem_transaction t =
			pages_of(calls[i], PRIMARY, FAR, &range);
		uint64_t handle;

		vm_fill(PRIMARY, range.address, 3 * PAGE, i);
		handle = mem_send(&t);
		EXPECT_EQ(retrieve(&t, handle), range.address);
		EXPECT_EQ(vm_check(FAR, range.address, 3 * PAGE, i), 3 * PAGE);
		EXPECT_RIGHTS(FAR, range.address + 3 * PAGE, "");
		EXPECT_RIGHTS(NEAR, range.address, "");
		EXPECT_FFA_DONE(mem_relinquish(FAR, handle));
		EXPECT_RIGHTS(FAR, range.address, "");
		EXPECT_FFA_DONE(mem_reclaim(PRIMARY, handle, 0));
	}
}

/** From FAR to `to`: by FAR's address, and then by that of the machine. */
static void send_from_far(uint64_t call, uint16_t to)
{
	uint64_t address = vm_page(FAR, 5);
	struct mem_range range = {address, 2, 0};
	struct mem_transaction t = pages_of(call, FAR, to, &range);
	uint64_t handle;
	uint64_t found;

	vm_fill(FAR, address, 2 * PAGE, 7);
	handle = mem_send(&t);
	EXPECT_RIGHTS(FAR, address, call == FFA_MEM_SHARE ? "rwx" : "");
	found = retrieve(&t, handle);
	EXPECT_LT(found, FAR_BEGIN);
	EXPECT_EQ(vm_check(to, found + 8, PAGE - 8, seed_at(found, address, 7)),
		  PAGE - 8);
	EXPECT_RIGHTS(to, found, call == FFA_MEM_SHARE ? "rw" : "rwx");
	EXPECT_RIGHTS(to, found + 2 * PAGE, "");
	EXPECT_RIGHTS(NEAR, address, "");
	/* The address is nothing to the one who sent it. */
	EXPECT_RIGHTS(FAR, found, "");
	EXPECT_FFA_DONE(mem_relinquish(to, handle));
	EXPECT_RIGHTS(to, found, "");
	EXPECT_FFA_DONE(mem_reclaim(FAR, handle, 0));
	EXPECT_RIGHTS(FAR, address, "rwx");
}

TEST_ALL(ffa_layout, far_vm_sends_by_its_own_addresses)
{
	start_all(version);
	send_from_far(FFA_MEM_SHARE, PRIMARY);
	send_from_far(FFA_MEM_LEND, PRIMARY);
	send_from_far(FFA_MEM_SHARE, NEAR);
	send_from_far(FFA_MEM_LEND, NEAR);
}

/* What it is given lies beside its own, and goes on by that address. */
TEST_ASKED(ffa_layout, far_vm_hands_on_what_it_was_donated)
{
	struct mem_range range;
	struct mem_transaction t;
	uint64_t handle;

	start_all(version);
	range = (struct mem_range){vm_page(PRIMARY, 9), 1, 0};
	vm_fill(PRIMARY, range.address, PAGE, 3);
	t = pages_of(FFA_MEM_DONATE, PRIMARY, FAR, &range);
	EXPECT_EQ(retrieve(&t, mem_send(&t)), range.address);
	EXPECT_RIGHTS(FAR, range.address, "rwx");
	t = pages_of(FFA_MEM_LEND, FAR, NEAR, &range);
	handle = mem_send(&t);
	EXPECT_EQ(retrieve(&t, handle), range.address);
	EXPECT_EQ(vm_check(NEAR, range.address, PAGE, 3), PAGE);
	EXPECT_FFA_DONE(mem_relinquish(NEAR, handle));
	EXPECT_FFA_DONE(mem_reclaim(FAR, handle, 0));
	EXPECT_RIGHTS(FAR, range.address, "rwx");
}

/* Addresses of the machine are not its own. */
TEST_ASKED(ffa_layout, far_vm_can_not_name_the_machines_addresses)
{
	struct mem_range range;
	struct mem_transaction t;
	uint64_t handle;
	uint64_t found;

	start_all(version);
	range = (struct mem_range){vm_page(FAR, 5), 1, 0};
	t = pages_of(FFA_MEM_SHARE, FAR, PRIMARY, &range);
	handle = mem_send(&t);
	found = retrieve(&t, handle);
	EXPECT_FFA_DONE(mem_relinquish(PRIMARY, handle));
	EXPECT_FFA_DONE(mem_reclaim(FAR, handle, 0));
	range.address = found;
	t = pages_of(FFA_MEM_SHARE, FAR, PRIMARY, &range);
	EXPECT_FFA_ERROR(mem_send_first(FAR, &t), FFA_DENIED);
	range.address = vm_page(PRIMARY, 5);
	EXPECT_FFA_ERROR(mem_send_first(FAR, &t), FFA_DENIED);
}

/* Something else is there: nothing is put over it. */
TEST_ASKED(ffa_layout, memory_in_the_way_is_denied)
{
	static const uint64_t calls[] = {FFA_MEM_SHARE, FFA_MEM_LEND,
					 FFA_MEM_DONATE};

	start_all(version);
	vm_fill(IN_THE_WAY, vm_page(IN_THE_WAY, 5), PAGE, 9);
	vm_fill(PRIMARY, vm_page(IN_THE_WAY, 5), PAGE, 4);
	for (unsigned int i = 0; i < 3; i++) {
		struct mem_range range = {vm_page(IN_THE_WAY, 5), 1, 0};
		struct mem_transaction t =
			pages_of(calls[i], PRIMARY, IN_THE_WAY, &range);
		uint64_t handle = mem_send(&t);
		struct mem_transaction request =
			mem_retrieve_request(&t, handle);

		EXPECT_FFA_ERROR(mem_retrieve_frame(IN_THE_WAY, &request),
				 FFA_DENIED);
		EXPECT_EQ(vm_check(IN_THE_WAY, range.address, PAGE, 9), PAGE);
		EXPECT_FFA_DONE(mem_reclaim(PRIMARY, handle, 0));
		EXPECT_EQ(vm_check(PRIMARY, range.address, PAGE, 4), PAGE);
	}
}

/* One range for its owner, but not in the machine: it comes as two. */
TEST_ASKED(ffa_layout, range_that_lies_in_two_pieces)
{
	static uint64_t words[64];
	struct mem_range range;
	struct mem_transaction t;
	struct mem_transaction request;
	struct mem_transaction found;
	uint64_t end;
	uint64_t handle;

	start_all(version);
	end = vm_memory(IN_THE_WAY).end;
	range = (struct mem_range){end, 1, 0};
	vm_fill(PRIMARY, end, PAGE, 3);
	t = pages_of(FFA_MEM_DONATE, PRIMARY, IN_THE_WAY, &range);
	EXPECT_EQ(retrieve(&t, mem_send(&t)), end);
	vm_fill(IN_THE_WAY, end - PAGE, PAGE, 8);
	vm_fill(PRIMARY, end - PAGE, PAGE, 4);

	range = (struct mem_range){end - PAGE, 2, 0};
	t = pages_of(FFA_MEM_LEND, IN_THE_WAY, NEAR, &range);
	handle = mem_send(&t);
	EXPECT_RIGHTS(IN_THE_WAY, end - PAGE, "");
	EXPECT_RIGHTS(IN_THE_WAY, end, "");
	request = mem_retrieve_request(&t, handle);
	ASSERT_FFA_FRAME(mem_retrieve_frame(NEAR, &request),
			 FFA_MEM_RETRIEVE_RESP);
	vm_read(NEAR, vm_rx(NEAR), words, sizeof(words));
	found = mem_decode(vm_version(NEAR), words);
	vm_release_rx(NEAR);
	ASSERT_EQ(found.range_count, 2);
	EXPECT_EQ(found.page_count, 2);
	EXPECT_EQ(found.ranges[1].address, end);
	EXPECT_NE(found.ranges[0].address, end - PAGE);
	EXPECT_EQ(vm_check(NEAR, end, PAGE, 3), PAGE);
	EXPECT_EQ(vm_check(NEAR, found.ranges[0].address, PAGE,
			   seed_at(found.ranges[0].address, end - PAGE, 8)),
		  PAGE);
	/* The primary's page at the address that was named is no part of it. */
	EXPECT_RIGHTS(NEAR, end - PAGE, "");
	EXPECT_RIGHTS(PRIMARY, end - PAGE, "rwx");
	EXPECT_FFA_DONE(mem_relinquish(NEAR, handle));
	EXPECT_FFA_DONE(mem_reclaim(IN_THE_WAY, handle, 0));
	EXPECT_RIGHTS(IN_THE_WAY, end - PAGE, "rwx");
	EXPECT_RIGHTS(IN_THE_WAY, end, "rwx");
}

TEST(ffa_layout, buffers_and_messages_of_a_far_vm)
{
	uint64_t header[6] = {0};
	uint64_t found[6];

	start_all(FFA_VERSION_1_1);
	header[1] = 40 | ((uint64_t)PRIMARY << 32) | ((uint64_t)FAR << 48);
	header[2] = 8;
	header[5] = 0x600d;
	vm_write(FAR, vm_tx(FAR), header, sizeof(header));
	EXPECT_FFA_DONE(vm_call(FAR, FFA(FFA_MSG_SEND2)));
	vm_read(PRIMARY, vm_rx(PRIMARY), found, sizeof(found));
	EXPECT_EQ(found[5], 0x600d);
}
