/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What memory costs that is shared, retrieved, relinquished and reclaimed. The
 * retrieve request travels in a message; descriptors are made anew each time.
 */
#include "hf/ffa_memory.h"
#include "hft/service.h"
#include "measure.h"

#define TO_BORROWER (((uint64_t)HF_PRIMARY_VM_ID << 16) | BORROWER)
#define PAGES 512
#define MEMORY_ROUNDS 100

/** Any pages of ours that nothing is in: twice what is shared. */
static uint8_t pages[2 * PAGES][HF_PAGE_SIZE]
	__attribute__((aligned(HF_PAGE_SIZE)));

/** What a transaction of 1.0 begins with. */
struct request {
	struct ffa_memory_region_1_0 header;
	struct ffa_memory_endpoint_1_0 borrower;
};

struct offer {
	struct request request;
	struct ffa_memory_composite composite;
	struct ffa_memory_constituent ranges[];
};

/** `range_count` ranges, each of them `page_count` pages, and as far apart. */
struct shape {
	uint32_t range_count;
	uint32_t page_count;
	uint32_t first;
};

#define FIRST_RANGES \
	((HF_PAGE_SIZE - offsetof(struct offer, ranges)) / RANGE_SIZE)
#define FRAGMENT_RANGES (HF_PAGE_SIZE / RANGE_SIZE)
#define RANGE_SIZE sizeof(struct ffa_memory_constituent)

static struct request request_of(uint8_t permissions, uint64_t handle)
{
	return (struct request){
		.header =
			{
				.sender = HF_PRIMARY_VM_ID,
				.attributes = FFA_MEMORY_TYPE_NORMAL |
					      FFA_MEMORY_WRITE_BACK |
					      FFA_MEMORY_INNER_SHAREABLE,
				.flags = handle == 0
						 ? 0
						 : FFA_MEMORY_FLAG_TYPE_SHARE,
				.handle = handle,
				.endpoint_count = 1,
			},
		.borrower =
			{
				.receiver = (uint16_t)BORROWER,
				.permissions = permissions,
			},
	};
}

/** Ranges from `i` on, as many as `to` has room for; how many are done. */
static uint32_t put_ranges(struct ffa_memory_constituent *to, uint64_t room,
			   const struct shape *shape, uint32_t i)
{
	for (; room > 0 && i < shape->range_count; room--, i++, to++) {
		uint32_t page = shape->first + 2 * i * shape->page_count;

		*to = (struct ffa_memory_constituent){
			.address = (uintptr_t)pages[page],
			.page_count = shape->page_count,
		};
	}
	return i;
}

static uint64_t handle_of(struct smccc_value frame)
{
	return (uint32_t)frame.x[2] | (frame.x[3] << 32);
}

/** The handle; 0: it was refused. */
static uint64_t share(const struct shape *shape)
{
	struct offer *offer = (struct offer *)hft_tx;
	uint64_t total = offsetof(struct offer, ranges) +
			 shape->range_count * RANGE_SIZE;
	uint32_t done = put_ranges(offer->ranges, FIRST_RANGES, shape, 0);
	struct smccc_value answer;

	offer->request = request_of(FFA_DATA_ACCESS_RW, 0);
	offer->request.borrower.composite_offset =
		offsetof(struct offer, composite);
	offer->composite = (struct ffa_memory_composite){
		.page_count = shape->range_count * shape->page_count,
		.constituent_count = shape->range_count,
	};
	answer = hft_ffa(FFA_MEM_SHARE, total,
			 offsetof(struct offer, ranges) + done * RANGE_SIZE, 0);
	while (answer.x[0] == FFA_MEM_FRAG_RX) {
		uint32_t next = put_ranges((void *)hft_tx, FRAGMENT_RANGES,
					   shape, done);

		answer = hft_ffa(FFA_MEM_FRAG_TX, answer.x[1], answer.x[2],
				 (next - done) * RANGE_SIZE);
		done = next;
	}
	return answer.x[0] == FFA_SUCCESS ? handle_of(answer) : 0;
}

/** All of it, with what FFA_RUN and FFA_MEM_RECLAIM say. */
static void lend_once(const struct shape *shape, struct smccc_value *answers)
{
	uint64_t handle = share(shape);

	*(struct request *)hft_tx = request_of(FFA_DATA_ACCESS_RW, handle);
	(void)hft_ffa(FFA_MSG_SEND, TO_BORROWER, 0, sizeof(struct request));
	answers[0] = hft_ffa(FFA_RUN, BORROWER << 16, 0, 0);
	answers[1] =
		hft_ffa(FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32, 0);
}

static uint64_t measure(const char *name, struct shape shape, uint64_t bar)
{
	struct smccc_value answers[2];
	struct figure figure = {name, MEMORY_ROUNDS, bar};
	uint64_t begin;

	hft_mailbox_map();
	run_until(BORROWER, FFA_MSG_WAIT);
	lend_once(&shape, answers);
	ASSERT_EQ(answers[0].x[0], FFA_MSG_WAIT);
	ASSERT_EQ(answers[1].x[0], FFA_SUCCESS);

	begin = count_instructions();
	for (unsigned int i = 0; i < MEMORY_ROUNDS; i++) {
		lend_once(&shape, answers);
	}
	ASSERT_EQ(answers[1].x[0], FFA_SUCCESS);
	return report_since(begin, figure);
}

TEST(bench, mem_share_1)
{
	(void)measure("mem_share_1", (struct shape){1, 1, 0}, 12000);
}

/** From the middle of a block into the next one. */
TEST(bench, mem_share_512c)
{
	uint64_t one = measure("mem_share_1", (struct shape){1, 1, 0}, NO_BAR);

	(void)measure("mem_share_512c", (struct shape){1, PAGES, 1}, 3 * one);
}

TEST(bench, mem_share_512s)
{
	(void)measure("mem_share_512s", (struct shape){PAGES, 1, 0}, 500000);
}
