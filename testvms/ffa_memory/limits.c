/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory of the hypervisor is bounded: who asks for more gets NO_MEMORY, and
 * nothing is lost.
 */
#include "hft/arch.h"
#include "rows.h"

#define MOST 1024
#define PAGE HFT_PAGE_SIZE

static uint64_t handles[MOST];

/** As many transactions of one page as there can be. */
static uint32_t fill_slots(unsigned int kind, struct pair pair)
{
	for (uint32_t i = 0; i < MOST; i++) {
		struct mem_transaction t = valid(kind, pair);
		struct mem_range range = {vm_page(pair.from, 20 + i), 1, 0};
		struct ffa_frame frame;

		mem_set_ranges(&t, &range, 1);
		frame = mem_send_first(pair.from, &t);
		if (!hft_ffa_is_success(&frame)) {
			EXPECT_FFA_ERROR(frame, FFA_NO_MEMORY);
			return i;
		}
		handles[i] = mem_handle(frame);
	}
	/* There is a limit, and it is lower. */
	EXPECT_FFA_ERROR(FFA(FFA_SUCCESS), FFA_NO_MEMORY);
	return MOST;
}

static void expect_distinct(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t k = 0; k < i; k++) {
			ASSERT_NE(handles[i], handles[k]);
		}
	}
}

TEST_ASKED(ffa_limits, transactions_run_out_and_come_back)
{
	uint32_t count;

	start_all(version);
	for (unsigned int round = 0; round < 3; round++) {
		count = fill_slots(round, pairs[0]);
		EXPECT_GE(count, 16);
		HFTEST_LOG("%u transactions", count);
		expect_distinct(count);
		/* What there is goes on. */
		for (uint32_t i = 0; i < count; i++) {
			expect_reclaim(PRIMARY, handles[i]);
			EXPECT_EQ(
				hft_fault_write(vm_page(PRIMARY, 20 + i)).count,
				0);
		}
	}
}

/* The one that was refused can be made when another has ended. */
TEST_ASKED(ffa_limits, refused_one_is_made_later)
{
	struct mem_transaction t;
	uint32_t count;

	start_all(version);
	vm_fill(PRIMARY, vm_page(PRIMARY, 20), PAGE, 1);
	count = fill_slots(0, pairs[0]);
	t = valid(1, pairs[0]);
	EXPECT_FFA_ERROR(mem_send_first(PRIMARY, &t), FFA_NO_MEMORY);
	expect_untouched(PRIMARY);
	expect_reclaim(PRIMARY, handles[count / 2]);
	EXPECT_FFA_SUCCESS(mem_send_first(PRIMARY, &t));
}

/* Transactions that were begun and never ended count, too. */
TEST_ASKED(ffa_limits, unfinished_ones_do_not_block_for_ever)
{
	struct mem_range ranges[2];
	uint32_t begun = 0;
	struct ffa_frame frame;

	start_all(version);
	do {
		struct mem_transaction t = valid(0, pairs[0]);

		ranges[0] = (struct mem_range){vm_page(PRIMARY, 20 + 2 * begun),
					       1, 0};
		ranges[1] = (struct mem_range){vm_page(PRIMARY, 21 + 2 * begun),
					       1, 0};
		mem_set_ranges(&t, ranges, 2);
		t.fragment_length -= 16;
		frame = mem_send_first(PRIMARY, &t);
		if (frame.x[0] == FFA_MEM_FRAG_RX) {
			handles[begun++] =
				(uint32_t)frame.x[1] | (frame.x[2] << 32);
		}
	} while (frame.x[0] == FFA_MEM_FRAG_RX && begun < MOST);
	EXPECT_FFA_ERROR(frame, FFA_NO_MEMORY);
	EXPECT_GE(begun, 1);
	/* A bad fragment ends one: there is room again. */
	for (uint32_t i = 0; i < begun; i++) {
		struct mem_range none = {vm_tx(PRIMARY), 1, 0};

		vm_write(PRIMARY, vm_tx(PRIMARY), &none, sizeof(none));
		EXPECT_FFA_ERROR(
			hft_ffa_call(FFA(FFA_MEM_FRAG_TX, (uint32_t)handles[i],
					 handles[i] >> 32, 16)),
			FFA_DENIED);
	}
	EXPECT_GE(fill_slots(0, pairs[0]), 16);
}
