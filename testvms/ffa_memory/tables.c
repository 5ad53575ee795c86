/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tables of all VMs and of the hypervisor come from one pool. When it is empty,
 * each call that needs one gets NO_MEMORY, nothing has changed, and the same
 * call works as soon as a table is free.
 */
#include "hft/fdt.h"
#include "rows.h"

#define PAGE HFT_PAGE_SIZE
#define BLOCK UINT64_C(0x200000)
#define MOST 256
#define AT_ONCE 64
#define HANDLES 32
#define SEED 5

/* A page in each block of the primary that has nothing else in it. */
static struct mem_range pages[MOST];
static uint32_t page_count;
/* What took all tables; what a test holds back from it: one table. */
static uint64_t handles[HANDLES];
static uint32_t handle_count;
static uint64_t reserve;

static void add_page(uint64_t address)
{
	/* Else it is a secondary's. */
	if (hft_fault_read(address).count == 0) {
		pages[page_count++] = (struct mem_range){address, 1, 0};
	}
}

static void find_pages(void)
{
	uint64_t begin = vm_memory(PRIMARY).begin + BLOCK;
	struct hft_range ram;

	for (int i = 0; hft_fdt_memory(i, &ram); i++) {
		uint64_t block = ram.begin > begin ? ram.begin : begin;

		block = (block + BLOCK - 1) & ~(BLOCK - 1);
		for (; block + BLOCK <= ram.end && page_count < MOST;
		     block += BLOCK) {
			add_page(block + BLOCK - PAGE);
		}
	}
}

/** The next of them, filled. */
static const struct mem_range *next_page(void)
{
	struct mem_range *page = &pages[--page_count];

	vm_fill(PRIMARY, page->address, PAGE, SEED);
	return page;
}

static struct mem_transaction of(unsigned int kind, struct pair pair,
				 const struct mem_range *ranges, uint32_t count)
{
	struct mem_transaction t =
		mem_transaction(kinds[kind], pair.from, pair.to);

	mem_set_ranges(&t, ranges, count);
	return t;
}

static void start(uint32_t version)
{
	struct mem_transaction t;

	start_all(version);
	find_pages();
	t = of(1, pairs[0], next_page(), 1);
	reserve = mem_send(&t);
}

/** Every table is taken: to cut a block of the primary takes one. */
static void take_all(void)
{
	uint32_t step = AT_ONCE;
	uint32_t at = 0;

	while (step > 0) {
		struct mem_transaction t = of(1, pairs[0], &pages[at], step);
		struct ffa_frame frame;

		ASSERT_LT(at + step, page_count);
		frame = mem_send_first(PRIMARY, &t);
		if (!hft_ffa_is_success(&frame)) {
			ASSERT_FFA_ERROR(frame, FFA_NO_MEMORY);
			step /= 2;
			continue;
		}
		ASSERT_LT(handle_count, HANDLES);
		handles[handle_count++] = mem_handle(frame);
		at += step;
	}
}

/** There is one again. */
static void give_one(void)
{
	expect_reclaim(PRIMARY, reserve);
}

static void give_all(void)
{
	while (handle_count > 0) {
		expect_reclaim(PRIMARY, handles[--handle_count]);
	}
}

static void expect_filled(uint16_t vm, const struct mem_range *page)
{
	EXPECT_RIGHTS(vm, page->address, "rwx");
	EXPECT_EQ(vm_check(vm, page->address, PAGE, SEED), PAGE);
}

TEST_ASKED(ffa_no_table, to_send)
{
	const struct mem_range *page;

	start(version);
	page = next_page();
	take_all();
	for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
		struct mem_transaction t = of(kind, pairs[0], page, 1);

		EXPECT_FFA_ERROR(mem_send_first(PRIMARY, &t), FFA_NO_MEMORY);
	}
	expect_filled(PRIMARY, page);
	give_one();
	for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
		struct mem_transaction t = of(kind, pairs[0], page, 1);

		expect_reclaim(PRIMARY, mem_send(&t));
	}
	expect_filled(PRIMARY, page);
}

/* One for the sender is there, but none for the hypervisor's own map. */
TEST_ASKED(ffa_no_table, to_send_and_clear)
{
	const struct mem_range *page;
	struct mem_transaction t;

	start(version);
	page = next_page();
	take_all();
	give_one();
	t = of(1, pairs[0], page, 1);
	t.flags = MEM_CLEAR;
	EXPECT_FFA_ERROR(mem_send_first(PRIMARY, &t), FFA_NO_MEMORY);
	expect_filled(PRIMARY, page);
	give_all();
	expect_reclaim(PRIMARY, mem_send(&t));
	EXPECT_EQ(vm_check_zero(PRIMARY, page->address, PAGE), PAGE);
}

TEST_ASKED(ffa_no_table, to_send_the_last_fragment)
{
	struct mem_range two[2];
	struct mem_transaction t;
	struct ffa_frame frame;
	uint64_t handle;

	start(version);
	two[0] = *next_page();
	two[1] = *next_page();
	take_all();
	give_one();
	t = of(1, pairs[0], two, 2);
	t.fragment_length -= sizeof(two[1]);
	frame = mem_send_first(PRIMARY, &t);
	ASSERT_FFA_FRAME(frame, FFA_MEM_FRAG_RX);
	handle = (uint32_t)frame.x[1] | (frame.x[2] << 32);
	EXPECT_FFA_ERROR(mem_send_fragment(PRIMARY, &t, handle, 1, 1),
			 FFA_NO_MEMORY);
	/* That was the end of it. */
	EXPECT_FFA_ERROR(mem_send_fragment(PRIMARY, &t, handle, 1, 1),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(mem_reclaim(PRIMARY, handle, 0),
			 FFA_INVALID_PARAMETERS);
	expect_filled(PRIMARY, &two[0]);
	expect_filled(PRIMARY, &two[1]);
	give_all();
	expect_reclaim(PRIMARY, mem_send(&t));
}

TEST_ASKED(ffa_no_table, to_retrieve)
{
	struct mem_transaction sent[KIND_COUNT];
	struct mem_transaction request;
	uint64_t sent_handles[KIND_COUNT];

	start(version);
	for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
		sent[kind] = of(kind, pairs[0], next_page(), 1);
		sent_handles[kind] = mem_send(&sent[kind]);
	}
	take_all();
	for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
		request = mem_retrieve_request(&sent[kind], sent_handles[kind]);
		EXPECT_FFA_ERROR(mem_retrieve_frame(ACTOR_A, &request),
				 FFA_NO_MEMORY);
		EXPECT_RIGHTS(ACTOR_A, sent[kind].ranges[0].address, "");
	}
	give_one();
	/* The same table for one after the other; the donation has it last. */
	for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
		uint64_t page = sent[kind].ranges[0].address;

		mem_retrieve(&sent[kind], sent_handles[kind]);
		EXPECT_EQ(vm_check(ACTOR_A, page, PAGE, SEED), PAGE);
		if (kinds[kind] != FFA_MEM_DONATE) {
			EXPECT_FFA_DONE(
				mem_relinquish(ACTOR_A, sent_handles[kind]));
			EXPECT_RIGHTS(ACTOR_A, page, "");
		}
	}
}

/** A loan that the actor has. */
static struct mem_transaction lend(uint64_t *handle)
{
	struct mem_transaction t = of(1, pairs[0], next_page(), 1);

	*handle = mem_send(&t);
	mem_retrieve(&t, *handle);
	return t;
}

TEST_ASKED(ffa_no_table, to_relinquish_and_clear)
{
	struct mem_relinquish descriptor = {
		.flags = MEM_CLEAR, .count = 1, .ids = {ACTOR_A}};
	struct mem_transaction t;
	uint64_t page;

	start(version);
	t = lend(&descriptor.handle);
	page = t.ranges[0].address;
	take_all();
	EXPECT_FFA_ERROR(mem_relinquish_frame(ACTOR_A, &descriptor),
			 FFA_NO_MEMORY);
	expect_filled(ACTOR_A, t.ranges);
	give_one();
	EXPECT_FFA_DONE(mem_relinquish_frame(ACTOR_A, &descriptor));
	EXPECT_RIGHTS(ACTOR_A, page, "");
	expect_reclaim(PRIMARY, descriptor.handle);
	EXPECT_EQ(vm_check_zero(PRIMARY, page, PAGE), PAGE);
}

/* What needs none works meanwhile. */
TEST_ASKED(ffa_no_table, to_reclaim_and_clear)
{
	struct mem_transaction t;
	uint64_t handle;
	uint64_t page;

	start(version);
	t = lend(&handle);
	page = t.ranges[0].address;
	EXPECT_FFA_DONE(mem_relinquish(ACTOR_A, handle));
	take_all();
	EXPECT_FFA_ERROR(mem_reclaim(PRIMARY, handle, MEM_CLEAR),
			 FFA_NO_MEMORY);
	EXPECT_RIGHTS(PRIMARY, page, "");
	give_one();
	EXPECT_FFA_DONE(mem_reclaim(PRIMARY, handle, MEM_CLEAR));
	EXPECT_EQ(vm_check_zero(PRIMARY, page, PAGE), PAGE);
}

TEST_ASKED(ffa_no_table, to_map_buffers)
{
	start(version);
	EXPECT_FFA_DONE(vm_call(ACTOR_A, FFA(FFA_RXTX_UNMAP)));
	vm_fill(ACTOR_A, vm_rx(ACTOR_A), PAGE, SEED);
	take_all();
	EXPECT_FFA_ERROR(
		vm_call(ACTOR_A, FFA(FFA_64(FFA_RXTX_MAP), vm_tx(ACTOR_A),
				     vm_rx(ACTOR_A), 1)),
		FFA_NO_MEMORY);
	EXPECT_RIGHTS(ACTOR_A, vm_rx(ACTOR_A), "rwx");
	give_all();
	vm_map_buffers(ACTOR_A, 1);
	EXPECT_RIGHTS(ACTOR_A, vm_rx(ACTOR_A), "r");
}
