/* SPDX-License-Identifier: BSD-3-Clause */
/* MEM_SHARE, LEND, DONATE: which pages can be sent. */
#include "hft/arch.h"
#include "rows.h"

#define UART UINT64_C(0x09000000)
#define GIC UINT64_C(0x08000000)
#define BEHIND_RAM UINT64_C(0x2000000000)
#define PAGE HFT_PAGE_SIZE

/** These ranges by every call; each answer is `code`, nothing was sent. */
static void expect_refused(struct pair pair, const struct mem_range *ranges,
			   uint32_t count, int32_t code)
{
	for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
		struct mem_transaction t = valid(kind, pair);

		hft_ffa_case = case_name(kind, pair, "");
		mem_set_ranges(&t, ranges, count);
		EXPECT_FFA_ERROR(mem_send_all(pair.from, &t, 0), code);
	}
}

static void expect_page_refused(struct pair pair, uint64_t address,
				int32_t code)
{
	struct mem_range ranges[2] = {
		{.address = address, .page_count = 1},
		{.address = row_page(pair.from), .page_count = 1},
	};

	expect_refused(pair, ranges, 1, code);
	/* Before and behind one that is in order, too. */
	expect_refused(pair, ranges, 2, code);
	ranges[1] = ranges[0];
	ranges[0].address = row_page(pair.from);
	expect_refused(pair, ranges, 2, code);
	expect_untouched(pair.from);
}

TEST_ASKED(ffa_send_pages, addresses_are_aligned)
{
	static const uint64_t offsets[] = {1, 8, 16, 2048, 4095};

	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		for (unsigned int i = 0; i < 5; i++) {
			expect_page_refused(pairs[p],
					    vm_page(pairs[p].from, 60) +
						    offsets[i],
					    FFA_INVALID_PARAMETERS);
		}
	}
}

TEST_ASKED(ffa_send_pages, range_of_no_pages_is_invalid)
{
	struct mem_range range = {0};

	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		range.address = row_page(pairs[p].from);
		expect_refused(pairs[p], &range, 1, FFA_INVALID_PARAMETERS);
		expect_untouched(pairs[p].from);
	}
}

TEST_NEW(ffa_send_pages, range_of_no_pages_among_others_is_invalid)
{
	struct mem_range ranges[3];

	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		uint16_t vm = pairs[p].from;

		ranges[0] = (struct mem_range){vm_page(vm, 20), 1, 0};
		ranges[1] = (struct mem_range){vm_page(vm, 22), 0, 0};
		ranges[2] = (struct mem_range){vm_page(vm, 24), 1, 0};
		expect_refused(pairs[p], ranges, 3, FFA_INVALID_PARAMETERS);
	}
}

/** The sum that is claimed is off by `difference`. */
static void expect_sum_refused(int32_t difference)
{
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
			struct mem_transaction t = valid(kind, pairs[p]);

			t.page_count += (uint32_t)difference;
			EXPECT_FFA_ERROR(mem_send_first(pairs[p].from, &t),
					 FFA_INVALID_PARAMETERS);
		}
		expect_untouched(pairs[p].from);
	}
}

TEST_NEW(ffa_send_pages, sum_of_pages_is_too_large)
{
	start_all(version);
	expect_sum_refused(1);
}

TEST_NEW(ffa_send_pages, sum_of_pages_is_too_small)
{
	start_all(version);
	expect_sum_refused(-1);
}

/* 2^31 pages twice are 0 in 32 bits. */
TEST_NEW(ffa_send_pages, sum_of_pages_that_wraps)
{
	struct mem_range ranges[3];

	start_all(version);
	ranges[0] = (struct mem_range){vm_page(PRIMARY, 20), 1U << 31, 0};
	ranges[1] = (struct mem_range){vm_page(PRIMARY, 21), 1U << 31, 0};
	ranges[2] = (struct mem_range){vm_page(PRIMARY, 22), 1, 0};
	expect_refused(pairs[0], ranges, 3, FFA_INVALID_PARAMETERS);
}

TEST_NEW(ffa_send_pages, ranges_that_overlap)
{
	struct mem_range ranges[2];

	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		uint16_t vm = pairs[p].from;

		/* The same, around, inside, across, both ways. */
		ranges[0] = (struct mem_range){vm_page(vm, 20), 1, 0};
		ranges[1] = ranges[0];
		expect_refused(pairs[p], ranges, 2, FFA_INVALID_PARAMETERS);
		ranges[0].page_count = 4;
		ranges[1].address = vm_page(vm, 22);
		expect_refused(pairs[p], ranges, 2, FFA_INVALID_PARAMETERS);
		ranges[1].page_count = 4;
		expect_refused(pairs[p], ranges, 2, FFA_INVALID_PARAMETERS);
		ranges[1].address = vm_page(vm, 17);
		expect_refused(pairs[p], ranges, 2, FFA_INVALID_PARAMETERS);
	}
}

/* With others in between, and not in the order of their addresses. */
TEST_NEW(ffa_send_pages, first_and_last_of_many_overlap)
{
	struct mem_range ranges[64];

	start_all(version);
	for (uint32_t i = 0; i < 64; i++) {
		ranges[i] =
			(struct mem_range){vm_page(PRIMARY, 200 - 2 * i), 1, 0};
	}
	ranges[63].address = ranges[0].address;
	expect_refused(pairs[0], ranges, 64, FFA_INVALID_PARAMETERS);
}

TEST_ASKED(ffa_send_pages, side_by_side_is_no_overlap)
{
	struct mem_range ranges[2];
	uint64_t handle;

	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		struct mem_transaction t = valid(0, pairs[p]);

		ranges[0] = (struct mem_range){vm_page(t.sender, 22), 2, 0};
		ranges[1] = (struct mem_range){vm_page(t.sender, 20), 2, 0};
		mem_set_ranges(&t, ranges, 2);
		handle = mem_send(&t);
		expect_reclaim(t.sender, handle);
	}
}

/* --- whose they are ------------------------------------------------------- */

TEST_ASKED(ffa_send_pages, of_others_are_denied)
{
	start_all(version);
	expect_page_refused(pairs[0], vm_page(ACTOR_A, 0), FFA_DENIED);
	expect_page_refused(pairs[1], vm_page(PRIMARY, 0), FFA_DENIED);
	expect_page_refused(pairs[2], vm_page(ACTOR_B, 0), FFA_DENIED);
	expect_page_refused(pairs[2], vm_page(PRIMARY, 0), FFA_DENIED);
}

TEST_ASKED(ffa_send_pages, of_the_hypervisor_are_denied)
{
	struct hft_range taken;

	start_all(version);
	for (int i = 0; hft_fdt_reserved(i, &taken); i++) {
		expect_page_refused(pairs[0], taken.begin, FFA_DENIED);
		if (taken.end <= vm_tx(ACTOR_A) ||
		    taken.begin > vm_tx(ACTOR_A)) {
			expect_page_refused(pairs[1], taken.begin, FFA_DENIED);
		}
	}
}

TEST_ASKED(ffa_send_pages, of_devices_are_denied)
{
	start_all(version);
	expect_page_refused(pairs[0], UART, FFA_DENIED);
	expect_page_refused(pairs[0], GIC, FFA_DENIED);
	expect_page_refused(pairs[1], UART, FFA_DENIED);
	expect_page_refused(pairs[1], GIC, FFA_DENIED);
	EXPECT_EQ(hft_fault_read(UART).count, 0);
}

/* Device space with nothing behind it: EL2 must not touch it. */
static const uint64_t nothing_there[] = {
	0x00000000,	   0x0a100000,	      0x3fff0000,	 BEHIND_RAM,
	UINT64_C(1) << 39, UINT64_C(1) << 40, UINT64_C(1) << 47,
};

TEST_ASKED(ffa_send_pages, where_nothing_is_are_denied)
{
	start_all(version);
	for (unsigned int i = 0; i < 7; i++) {
		expect_page_refused(pairs[0], nothing_there[i], FFA_DENIED);
		expect_page_refused(pairs[1], nothing_there[i], FFA_DENIED);
	}
}

TEST_ASKED(ffa_send_pages, where_nothing_is_with_clear_are_denied)
{
	start_all(version);
	for (unsigned int i = 0; i < 7; i++) {
		for (unsigned int kind = 1; kind < KIND_COUNT; kind++) {
			struct mem_transaction t = valid(kind, pairs[0]);
			struct mem_range range = {nothing_there[i], 1, 0};

			mem_set_ranges(&t, &range, 1);
			t.flags = MEM_CLEAR;
			EXPECT_FFA_ERROR(mem_send_first(PRIMARY, &t),
					 FFA_DENIED);
		}
	}
}

/* Beyond all tables, and around the end of 64 bits: one code or the other. */
TEST_ASKED(ffa_send_pages, at_the_end_of_the_address_space_are_refused)
{
	static const struct mem_range ranges[] = {
		{UINT64_C(1) << 48, 1, 0},
		{UINT64_C(1) << 52, 1, 0},
		{UINT64_C(1) << 63, 1, 0},
		{UINT64_C(0xfffffffffffff000), 1, 0},
		{UINT64_C(0xfffffffffffff000), 2, 0},
		{UINT64_C(0xfffffffffffff000), UINT32_MAX, 0},
		{UINT64_C(0x40000000), UINT32_MAX, 0},
	};

	start_all(version);
	for (unsigned int i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
			struct mem_transaction t = valid(kind, pairs[0]);
			struct ffa_frame frame;

			mem_set_ranges(&t, &ranges[i], 1);
			frame = mem_send_first(PRIMARY, &t);
			if (!hft_ffa_is_error(&frame, FFA_INVALID_PARAMETERS)) {
				EXPECT_FFA_ERROR(frame, FFA_DENIED);
			}
		}
	}
}

TEST_ASKED(ffa_send_pages, of_buffers_are_denied)
{
	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		expect_page_refused(pairs[p], vm_tx(pairs[p].from), FFA_DENIED);
		expect_page_refused(pairs[p], vm_rx(pairs[p].from), FFA_DENIED);
	}
}

TEST_ASKED(ffa_send_pages, of_buffers_after_unmap_can_be_sent)
{
	struct mem_range range;
	struct mem_transaction t;

	start_all(version);
	EXPECT_FFA_DONE(hft_ffa_call(FFA(FFA_RXTX_UNMAP)));
	EXPECT_FFA_DONE(hft_ffa_call(FFA(FFA_64(FFA_RXTX_MAP), vm_tx(PRIMARY),
					 vm_page(PRIMARY, 3), 1)));
	range = (struct mem_range){vm_rx(PRIMARY), 1, 0};
	t = valid(0, pairs[0]);
	mem_set_ranges(&t, &range, 1);
	expect_reclaim(PRIMARY, mem_send(&t));
}

/* Memory that was sent can not become a buffer either. */
TEST_ALL(ffa_send_pages, that_were_sent_are_no_buffers)
{
	start_all(version);
	for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
		struct mem_transaction t = valid(kind, pairs[1]);
		uint64_t handle = mem_send(&t);

		EXPECT_FFA_DONE(vm_call(ACTOR_A, FFA(FFA_RXTX_UNMAP)));
		EXPECT_FFA_ERROR(
			vm_call(ACTOR_A,
				FFA(FFA_64(FFA_RXTX_MAP), vm_tx(ACTOR_A),
				    row_page(ACTOR_A), 1)),
			column(version, FFA_DENIED, FFA_INVALID_PARAMETERS));
		vm_map_buffers(ACTOR_A, 1);
		expect_reclaim(ACTOR_A, handle);
		expect_untouched(ACTOR_A);
	}
}

TEST_ASKED(ffa_send_pages, that_are_sent_are_denied)
{
	start_all(version);
	for (unsigned int kind = 0; kind < KIND_COUNT; kind++) {
		for (unsigned int p = 0; p < PAIR_COUNT; p++) {
			struct mem_transaction t = valid(kind, pairs[p]);
			struct mem_range range = *t.ranges;
			uint64_t handle;

			range.address = vm_page(t.sender, 60 + kind);
			mem_set_ranges(&t, &range, 1);
			handle = mem_send(&t);
			expect_page_refused(pairs[p], range.address,
					    FFA_DENIED);
			expect_reclaim(t.sender, handle);
		}
	}
}

TEST_ASKED(ffa_send_pages, that_are_borrowed_are_denied)
{
	start_all(version);
	for (unsigned int kind = 0; kind < 2; kind++) {
		for (unsigned int p = 0; p < PAIR_COUNT; p++) {
			struct mem_transaction t = valid(kind, pairs[p]);
			struct pair back = {pairs[p].to, pairs[p].from};
			struct pair on = {pairs[p].to, ACTOR_SMP};
			uint64_t handle = mem_send(&t);

			mem_retrieve(&t, handle);
			expect_page_refused(back, row_page(t.sender),
					    FFA_DENIED);
			expect_page_refused(on, row_page(t.sender), FFA_DENIED);
			EXPECT_FFA_DONE(mem_relinquish(pairs[p].to, handle));
			expect_reclaim(t.sender, handle);
		}
	}
}

TEST_ASKED(ffa_send_pages, in_different_states_are_denied)
{
	struct mem_range ranges[3];

	start_all(version);
	for (unsigned int p = 0; p < PAIR_COUNT; p++) {
		struct mem_transaction t = valid(0, pairs[p]);
		uint64_t handle;

		for (uint32_t i = 0; i < 3; i++) {
			ranges[i] = (struct mem_range){
				vm_page(t.sender, 70 + i), 1, 0};
		}
		/* The one in the middle is shared; also as one range. */
		mem_set_ranges(&t, &ranges[1], 1);
		handle = mem_send(&t);
		expect_refused(pairs[p], ranges, 3, FFA_DENIED);
		ranges[0].page_count = 3;
		expect_refused(pairs[p], ranges, 1, FFA_DENIED);
		expect_reclaim(t.sender, handle);
	}
}

/* A range that begins in one's memory and ends in another's. */
TEST_ASKED(ffa_send_pages, across_the_end_of_ones_memory_are_denied)
{
	struct mem_range range;

	start_all(version);
	range = (struct mem_range){vm_memory(ACTOR_A).end - PAGE, 2, 0};
	expect_refused(pairs[1], &range, 1, FFA_DENIED);
	range.page_count = 1;
	range.address = vm_memory(ACTOR_A).end;
	expect_refused(pairs[1], &range, 1, FFA_DENIED);
}
