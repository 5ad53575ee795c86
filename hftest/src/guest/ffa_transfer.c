/* SPDX-License-Identifier: BSD-3-Clause */
/* Descriptors on their way through TX and RX, in as many parts as they need. */
#include <string.h>

#include "hft/ffa_memory.h"
#include "hft/power.h"

#define RANGE_SIZE 16

/** A page for a descriptor, of this CPU; words, as vm_write() wants it. */
static uint64_t *descriptor_page(void)
{
	static uint64_t pages[HFT_MAX_CPUS][HF_PAGE_SIZE / 8];

	return pages[hft_cpu_index()];
}

static uint64_t round_up(uint64_t size)
{
	return (size + 7) & ~UINT64_C(7);
}

struct ffa_frame mem_send_first(uint16_t vm, const struct mem_transaction *t)
{
	uint64_t *page = descriptor_page();
	uint64_t length = mem_encode(t, page, HF_PAGE_SIZE);

	if (length > t->fragment_length && t->fragment_length != 0) {
		length = t->fragment_length;
	}
	memset((uint8_t *)page + length, 0, HF_PAGE_SIZE - length);
	vm_write(vm, vm_tx(vm), page, round_up(length));
	return vm_call(vm, FFA(t->call, t->total_length, t->fragment_length,
			       t->buffer_address, t->buffer_pages));
}

struct ffa_frame mem_send_fragment(uint16_t vm, const struct mem_transaction *t,
				   uint64_t handle, uint32_t first,
				   uint32_t count)
{
	vm_write(vm, vm_tx(vm), &t->ranges[first], count * RANGE_SIZE);
	return vm_call(vm, FFA(FFA_MEM_FRAG_TX, (uint32_t)handle, handle >> 32,
			       count * RANGE_SIZE));
}

/** A FRAG_RX frame that wants what follows `offset`; its handle. */
static uint64_t expect_more(struct ffa_frame frame, uint64_t offset)
{
	ASSERT_FFA_FRAME(frame, FFA_MEM_FRAG_RX);
	ASSERT_EQ(frame.x[3], offset);
	ASSERT_EQ(hft_ffa_first_nonzero(&frame, 4, 7), 18);
	return (uint32_t)frame.x[1] | (frame.x[2] << 32);
}

struct ffa_frame mem_send_all(uint16_t vm, const struct mem_transaction *t,
			      uint32_t fragment_ranges)
{
	uint64_t offset = t->fragment_length;
	struct ffa_frame frame = mem_send_first(vm, t);
	uint32_t most =
		fragment_ranges == 0 ? MEM_RANGES_IN_FRAGMENT : fragment_ranges;

	while (offset < t->total_length && frame.x[0] == FFA_MEM_FRAG_RX) {
		uint32_t count =
			(uint32_t)(t->total_length - offset) / RANGE_SIZE;
		uint32_t first = t->range_count - count;
		uint64_t handle = expect_more(frame, offset);

		count = count > most ? most : count;
		frame = mem_send_fragment(vm, t, handle, first, count);
		offset += count * RANGE_SIZE;
	}
	return frame;
}

uint64_t mem_send(const struct mem_transaction *t)
{
	struct ffa_frame frame = mem_send_all(t->sender, t, 0);

	ASSERT_FFA_SUCCESS(frame);
	ASSERT_EQ(hft_ffa_first_nonzero(&frame, 4, 7), 18);
	return mem_handle(frame);
}

struct ffa_frame mem_retrieve_frame(uint16_t vm,
				    const struct mem_transaction *t)
{
	uint64_t *page = descriptor_page();
	uint64_t length = mem_encode(t, page, HF_PAGE_SIZE);

	vm_write(vm, vm_tx(vm), page, round_up(length));
	return vm_call(vm, FFA(t->call, t->total_length, t->fragment_length,
			       t->buffer_address, t->buffer_pages));
}

void mem_retrieve(const struct mem_transaction *sent, uint64_t handle)
{
	uint16_t vm = sent->receivers[0].id;
	struct mem_transaction request = mem_retrieve_request(sent, handle);
	struct ffa_frame frame = mem_retrieve_frame(vm, &request);
	uint64_t total = frame.x[1];
	uint64_t offset = frame.x[2];

	ASSERT_FFA_FRAME(frame, FFA_MEM_RETRIEVE_RESP);
	vm_release_rx(vm);
	while (offset < total) {
		frame = vm_call(vm, FFA(FFA_MEM_FRAG_RX, (uint32_t)handle,
					handle >> 32, offset));
		ASSERT_FFA_FRAME(frame, FFA_MEM_FRAG_TX);
		offset += frame.x[3];
		vm_release_rx(vm);
	}
	ASSERT_EQ(offset, total);
}

struct ffa_frame mem_relinquish_frame(uint16_t vm,
				      const struct mem_relinquish *descriptor)
{
	vm_write(vm, vm_tx(vm), descriptor, sizeof(*descriptor));
	return vm_call(vm, FFA(FFA_MEM_RELINQUISH));
}

struct ffa_frame mem_relinquish(uint16_t vm, uint64_t handle)
{
	struct mem_relinquish descriptor = {
		.handle = handle, .count = 1, .ids = {vm}};

	return mem_relinquish_frame(vm, &descriptor);
}

struct ffa_frame mem_reclaim(uint16_t vm, uint64_t handle, uint32_t flags)
{
	return vm_call(vm, FFA(FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32,
			       flags));
}
