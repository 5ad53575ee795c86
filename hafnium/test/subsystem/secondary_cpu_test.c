/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/boot/secondary_cpu.c: where a CPU goes that the primary
 * turned on or suspended.
 */
#include "fixture/machine.h"
#include "hf/arch/entry.h"
#include "hf/arch/fake/mmu.h"
#include "hf/mm/stage1.h"
#include "hf/psci.h"
#include "hftest.h"

#define ENTRY UINT64_C(0x40200000)

#define PSCI(vcpu, ...) ((int64_t)machine_hvc(vcpu, CALL(__VA_ARGS__)))

/** Registers of the primary's vCPU `idx`, where CPU `arg` comes up. */
static struct vcpu *come_up(uint64_t arg)
{
	fake_cpu_set((uint32_t)arg);
	return vcpu_from_regs(boot_secondary_cpu(arg));
}

/** machine_start() with a stage 1 that CPUs can turn on. */
static struct vcpu *start_with_stage1(void)
{
	struct vcpu *vcpu = machine_start();

	if (stage1_init(machine_pool()) != MM_OK) {
		return NULL;
	}
	return vcpu;
}

TEST(secondary_cpu, comes_up_in_the_vcpu_of_its_index)
{
	struct vcpu *vcpu = start_with_stage1();
	struct vcpu *up;

	ASSERT_NE(vcpu, NULL);
	(void)PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_2, ENTRY, 7);
	up = come_up(2);

	EXPECT_EQ(up, vm_vcpu(vcpu->vm, 2));
	EXPECT_EQ(up->state, VCPU_RUNNING);
	EXPECT_EQ(up->cpu, cpu_get(2));
}

TEST(secondary_cpu, begins_where_the_primary_wants)
{
	struct vcpu *vcpu = start_with_stage1();
	struct vcpu *up;

	ASSERT_NE(vcpu, NULL);
	(void)PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_1, ENTRY, 7);
	up = come_up(1);

	EXPECT_EQ(up->regs.pc, ENTRY);
	EXPECT_EQ(up->regs.x[0], 7U);
	/* EL1h, D, A, I and F masked. */
	EXPECT_EQ(up->regs.pstate, 0x3c5U);
}

TEST(secondary_cpu, has_arrived)
{
	struct vcpu *vcpu = start_with_stage1();

	ASSERT_NE(vcpu, NULL);
	(void)PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_1, ENTRY, 7);
	EXPECT_FALSE(cpu_has_arrived(cpu_get(1)));
	(void)come_up(1);

	EXPECT_TRUE(cpu_has_arrived(cpu_get(1)));
}

TEST(secondary_cpu, turns_on_translation_first)
{
	struct vcpu *vcpu = start_with_stage1();

	ASSERT_NE(vcpu, NULL);
	(void)PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_1, ENTRY, 7);
	fake_mmu_clear();
	(void)come_up(1);

	ASSERT_EQ(fake_mmu_event_count(), 2U);
	EXPECT_EQ(fake_mmu_event(0)->op, FAKE_MMU_STAGE1_ENABLE);
	EXPECT_EQ(fake_mmu_event(1)->op, FAKE_MMU_STAGE2_ENABLE);
}

TEST(secondary_cpu, can_go_off_and_come_back)
{
	struct vcpu *vcpu = start_with_stage1();
	struct vcpu *up;
	struct vcpu_locked locked;

	ASSERT_NE(vcpu, NULL);
	(void)PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_1, ENTRY, 7);
	up = come_up(1);

	/* A CPU_OFF that EL3 grants never returns. */
	locked = vcpu_lock(up);
	vcpu_set_state(locked, VCPU_OFF);
	vcpu_unlock(&locked);
	cpu_set_off(cpu_get(1));
	fake_cpu_set(0);
	EXPECT_EQ(PSCI(vcpu, PSCI_CPU_ON, MACHINE_MPIDR_1, 0x9000, 8), 0);

	EXPECT_EQ(come_up(1), up);
	EXPECT_EQ(up->regs.pc, 0x9000U);
	EXPECT_EQ(up->state, VCPU_RUNNING);
}

TEST(secondary_cpu, resumes_a_suspended_one_at_its_entry)
{
	struct vcpu *vcpu = start_with_stage1();

	ASSERT_NE(vcpu, NULL);
	machine_mark_registers(vcpu);
	(void)PSCI(vcpu, PSCI_64(PSCI_CPU_SUSPEND), 0x10000,
		   UINT64_C(0x123480000), 9);

	EXPECT_EQ(come_up(fake_smc_last().x[3]), vcpu);
	EXPECT_EQ(vcpu->regs.pc, UINT64_C(0x123480000));
	EXPECT_EQ(vcpu->regs.x[0], 9U);
	EXPECT_EQ(vcpu->regs.x[1], 0U);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
}

TEST(secondary_cpu, unknown_index_panics)
{
	ASSERT_NE(start_with_stage1(), NULL);

	EXPECT_PANIC("idx < cpu_state.count", boot_secondary_cpu(MACHINE_CPUS));
}

/** A primary of one vCPU on a machine of four CPUs. */
static void start_small_primary(void)
{
	(void)start_with_stage1();
	vm_set_find(HF_PRIMARY_VM_ID)->vcpu_count = 1;
}

TEST(secondary_cpu, without_a_vcpu_panics)
{
	start_small_primary();

	EXPECT_PANIC("vcpu != NULL", boot_secondary_cpu(1));
}
