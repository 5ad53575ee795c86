/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary that shares, lends and donates memory, has the actors do it,
 * and looks after each step at who may do what. This file: the parts.
 */
#include "world.h"

const struct pair pairs[PAIR_COUNT] = {
	{PRIMARY, ACTOR_A, ACTOR_B},
	{ACTOR_A, PRIMARY, ACTOR_B},
	{ACTOR_A, ACTOR_B, PRIMARY},
	{ACTOR_B, ACTOR_A, PRIMARY},
};

void start_all(uint32_t version)
{
	for (uint16_t vm = PRIMARY; vm <= ACTOR_B; vm++) {
		vm_start(vm, version);
		vm_map_buffers(vm, 1);
	}
}

struct mem_transaction pages_of(uint64_t call, struct pair pair,
				const struct mem_range *ranges, uint32_t count)
{
	struct mem_transaction t = mem_transaction(call, pair.from, pair.to);

	mem_set_ranges(&t, ranges, count);
	return t;
}

struct mem_transaction page_of(uint64_t call, struct pair pair,
			       uint64_t address)
{
	static struct mem_range ranges[8];
	static unsigned int next;
	struct mem_range *range = &ranges[next++ % 8];

	*range = (struct mem_range){.address = address, .page_count = 1};
	return pages_of(call, pair, range, 1);
}

struct ffa_frame retrieve_as(const struct mem_transaction *sent,
			     uint64_t handle, uint8_t permissions,
			     uint32_t flags)
{
	struct mem_transaction request = mem_retrieve_request(sent, handle);
	struct ffa_frame frame;

	request.receivers[0].permissions = permissions;
	request.flags |= flags;
	frame = mem_retrieve_frame(request.receivers[0].id, &request);
	if (frame.x[0] == FFA_MEM_RETRIEVE_RESP) {
		vm_release_rx(request.receivers[0].id);
	}
	return frame;
}

struct ffa_frame relinquish_with(uint16_t vm, uint64_t handle, uint32_t flags)
{
	struct mem_relinquish descriptor = {
		.handle = handle, .flags = flags, .count = 1, .ids = {vm}};

	return mem_relinquish_frame(vm, &descriptor);
}
