/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CPU_ON and CPU_OFF at once, on a firmware that knows which CPUs are on, as
 * EL3 does: a little later than the hypervisor.
 */
#include <pthread.h>
#include <sched.h>

#include "fixture/machine.h"
#include "fixture/threads.h"
#include "hf/arch/entry.h"
#include "hf/arch/fake/mmu.h"
#include "hf/mm/stage1.h"
#include "hf/psci.h"
#include "hftest.h"

#define ROUNDS 50U

#define PSCI(vcpu, ...) ((int64_t)machine_hvc(vcpu, CALL(__VA_ARGS__)))

static struct vcpu *primary_vcpu(uint32_t idx)
{
	return vm_vcpu(vm_set_find(HF_PRIMARY_VM_ID), idx);
}

static struct el3 {
	/* CPU 1 is on, as far as EL3 knows */
	_Atomic bool is_on;
	_Atomic unsigned int on_calls;
	_Atomic unsigned int boots;
	thread_work *boot;
} el3;

/** CPU_OFF is refused once CPU_ON was asked for, CPU_ON never granted. */
static struct smccc_value refusing_firmware(struct smccc_value args)
{
	if ((uint32_t)args.x[0] == PSCI_CPU_OFF) {
		while (el3.on_calls < 3) {
			(void)sched_yield();
		}
		args.x[0] = (uint64_t)PSCI_DENIED;
	} else {
		el3.on_calls++;
		args.x[0] = (uint64_t)PSCI_ALREADY_ON;
	}
	return args;
}

static int64_t answers[2];

/** CPU 1 wants to go, and CPU 0 wants it back before EL3 has decided. */
static void off_against_on(uint32_t cpu_idx)
{
	if (cpu_idx == 1) {
		answers[1] = PSCI(primary_vcpu(1), PSCI_CPU_OFF);
		return;
	}
	while (cpu_is_on(cpu_get(1))) {
		(void)sched_yield();
	}
	answers[0] = PSCI(primary_vcpu(0), PSCI_CPU_ON, MACHINE_MPIDR_1);
}

TEST(stress_psci, on_ends_when_the_off_it_waits_for_is_refused)
{
	(void)machine_start();
	(void)machine_run_on(1);
	fake_cpu_set(0);
	fake_firmware_set(refusing_firmware);
	threads_run(2, off_against_on);

	EXPECT_EQ(answers[0], PSCI_ALREADY_ON);
	EXPECT_EQ(answers[1], PSCI_DENIED);
	EXPECT_GE(el3.on_calls, 3U);
	EXPECT_TRUE(cpu_is_on(cpu_get(1)));
	EXPECT_EQ(primary_vcpu(1)->state, VCPU_RUNNING);
}

/** Turns CPU 1 on and off as it is told; its thread ends in CPU_OFF. */
static struct smccc_value obeying_firmware(struct smccc_value args)
{
	if ((uint32_t)args.x[0] == PSCI_CPU_OFF) {
		el3.is_on = false;
		pthread_exit(NULL);
	}
	if (atomic_exchange(&el3.is_on, true)) {
		args.x[0] = (uint64_t)PSCI_ALREADY_ON;
		return args;
	}
	threads_start((uint32_t)args.x[3], el3.boot);
	args.x[0] = PSCI_SUCCESS;
	return args;
}

/** A CPU that comes up, looks about, and goes off again. */
static void up_and_off(uint32_t cpu_idx)
{
	struct arch_regs *regs = boot_secondary_cpu(cpu_idx);

	if (regs->x[0] == regs->pc + 1) {
		el3.boots++;
	}
	(void)PSCI(vcpu_from_regs(regs), PSCI_CPU_OFF);
}

TEST(stress_psci, cpu_comes_and_goes_many_times)
{
	struct vcpu *vcpu = machine_start();

	ASSERT_EQ(stage1_init(machine_pool()), MM_OK);
	mmu_stage2_enable();
	stage1_enable();
	el3.boot = up_and_off;
	fake_firmware_set(obeying_firmware);
	for (uint64_t i = 0; i < ROUNDS; i++) {
		while (PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_1, i, i + 1) ==
		       PSCI_ALREADY_ON) {
			(void)sched_yield();
		}
	}
	threads_join_all();

	/* Each time with the entry and argument of that time. */
	EXPECT_EQ(el3.boots, ROUNDS);
	EXPECT_FALSE(cpu_is_on(cpu_get(1)));
	EXPECT_EQ(primary_vcpu(1)->state, VCPU_OFF);
}

static _Atomic unsigned int won;
static _Atomic unsigned int lost;

static void turn_on_cpu_3(uint32_t cpu_idx)
{
	int64_t answer = PSCI(primary_vcpu(cpu_idx), PSCI_64(PSCI_CPU_ON),
			      MACHINE_MPIDR_3, 0x1000, 0);

	won += answer == PSCI_SUCCESS ? 1 : 0;
	lost += answer == PSCI_ALREADY_ON ? 1 : 0;
}

TEST(stress_psci, one_of_several_turns_a_cpu_on)
{
	(void)machine_start();
	(void)machine_run_on(1);
	(void)machine_run_on(2);
	fake_cpu_set(0);
	threads_run(3, turn_on_cpu_3);

	EXPECT_EQ(won, 1U);
	EXPECT_EQ(lost, 2U);
	EXPECT_TRUE(cpu_is_on(cpu_get(3)));
}
