/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary with as many VMs, vCPUs and CPUs as a board's build has room
 * for: 16, 128 and 8.
 */
#include <stdatomic.h>

#include "hft/arch.h"
#include "hft/power.h"
#include "hft/puppet.h"
#include "hftest.h"

#define FIRST_VM 2
#define LAST_VM 16
#define VCPU_COUNT 8
#define YIELDS 50

TEST(crowd, everybody_is_there_with_eight_vcpus)
{
	const uint16_t *descriptor = (const uint16_t *)(uintptr_t)hft_rx;

	hft_mailbox_map();
	ASSERT_EQ(hft_ffa(FFA_PARTITION_INFO_GET, 0, 0, 0).x[2], LAST_VM);
	for (uint16_t id = 1; id <= LAST_VM; id++, descriptor += 4) {
		EXPECT_EQ(descriptor[0], id);
		EXPECT_EQ(descriptor[1], VCPU_COUNT);
	}
	EXPECT_EQ(hft_cpu_count(), VCPU_COUNT);
}

static void expect_identity(uint16_t vm, uint16_t vcpu)
{
	struct answer answer =
		puppet_do_on(vm, vcpu, order(ORDER_IDENTITY, 0, 0, 0));

	EXPECT_EQ(answer.value[3], vcpu);
	EXPECT_EQ(answer.value[4], vm);
}

TEST(crowd, every_vcpu_of_every_vm_runs)
{
	for (uint16_t vm = FIRST_VM; vm <= LAST_VM; vm++) {
		puppet_start(vm);
		for (uint16_t i = 1; i < VCPU_COUNT; i++) {
			puppet_start_vcpu(vm, i);
		}
	}
	for (uint16_t vm = FIRST_VM; vm <= LAST_VM; vm++) {
		for (uint16_t i = 0; i < VCPU_COUNT; i++) {
			expect_identity(vm, i);
		}
	}
	EXPECT_TRUE(hft_is_error(hft_run_any(LAST_VM, VCPU_COUNT),
				 FFA_INVALID_PARAMETERS));
	EXPECT_TRUE(hft_is_error(hft_run_any(LAST_VM + 1, 0),
				 FFA_INVALID_PARAMETERS));
}

static void expect_all(uint64_t unused)
{
	(void)unused;
	for (uint16_t vm = FIRST_VM; vm <= LAST_VM; vm++) {
		expect_identity(vm, 0);
	}
}

TEST(crowd, every_cpu_runs_every_vm)
{
	for (uint16_t vm = FIRST_VM; vm <= LAST_VM; vm++) {
		puppet_start(vm);
	}
	for (uint32_t cpu = 1; cpu < VCPU_COUNT; cpu++) {
		ASSERT_TRUE(hft_cpu_run(cpu, expect_all, 0));
	}
	expect_all(0);
}

static atomic_uint yields;

/** A VM for each CPU, whose registers and FP have patterns meanwhile. */
static void run_own_vm(uint64_t cpu)
{
	uint16_t vm = (uint16_t)(FIRST_VM + cpu);

	for (unsigned int i = 0; i < YIELDS; i++) {
		struct smccc_value frame = hft_run_any(vm, 0);

		ASSERT_EQ(frame.x[0], FFA_YIELD);
		ASSERT_EQ(frame.x[1], hft_vcpu(vm, 0));
		atomic_fetch_add(&yields, 1);
	}
}

TEST(crowd, eight_cpus_run_eight_vms_at_once)
{
	for (uint16_t i = 0; i < VCPU_COUNT; i++) {
		hft_service_start((uint16_t)(FIRST_VM + i), "yielder");
	}
	for (uint32_t cpu = 1; cpu < VCPU_COUNT; cpu++) {
		ASSERT_EQ(hft_cpu_start(cpu, run_own_vm, cpu), PSCI_SUCCESS);
	}
	run_own_vm(0);
	for (uint32_t cpu = 1; cpu < VCPU_COUNT; cpu++) {
		hft_cpu_wait_off(cpu);
	}
	EXPECT_EQ(yields, VCPU_COUNT * YIELDS);
}
