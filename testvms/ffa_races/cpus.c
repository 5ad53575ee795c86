/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary whose CPUs share memory and send messages at the same time,
 * each for a VM of its own or for the same. This file: the CPUs.
 */
#include "cpus.h"

atomic_bool is_over;

void run_on_cpus(uint32_t count, void (*run)(uint64_t cpu))
{
	ASSERT_GE(hft_cpu_count(), count);
	for (uint32_t i = 1; i < count; i++) {
		ASSERT_EQ(hft_cpu_start(i, run, i), 0);
	}
	run(0);
	for (uint32_t i = 1; i < count; i++) {
		hft_cpu_wait_off(i);
	}
}

void start_all(uint32_t version)
{
	for (uint16_t vm = PRIMARY; vm <= ACTOR_SMP; vm++) {
		vm_start(vm, version);
		vm_map_buffers(vm, 1);
	}
}

void start_vcpus(uint32_t count)
{
	for (uint16_t i = 1; i < count; i++) {
		vm_start_vcpu(ACTOR_SMP, i);
	}
}

struct mem_transaction page_of(uint64_t call, uint16_t from, uint16_t to,
			       const struct mem_range *range)
{
	struct mem_transaction t = mem_transaction(call, from, to);

	mem_set_ranges(&t, range, 1);
	return t;
}

void expect_whole(uint16_t vm, uint64_t page)
{
	struct mem_range range = {page, 1, 0};
	struct mem_transaction t = page_of(
		FFA_MEM_LEND, vm, vm == PRIMARY ? ACTOR_A : PRIMARY, &range);

	EXPECT_RIGHTS(vm, page, "rwx");
	EXPECT_FFA_DONE(mem_reclaim(vm, mem_send(&t), 0));
}
