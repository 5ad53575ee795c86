/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/vm/schedule.c: who runs afterwards, what the primary is
 * told, which vCPU left translations on a CPU.
 */
#include "hf/vm/schedule.h"

#include "fixture/guest.h"
#include "hf/arch/fake/mmu.h"
#include "hf/ffa.h"
#include "hf/hvc.h"
#include "hftest.h"

/** A secondary's vCPU 0 that runs on CPU 0. */
static struct vcpu *running_vcpu(void)
{
	struct vcpu *primary = machine_start();
	struct vm *vm = guest_add_vm(3);

	guest_clock_set(1000);
	return guest_run(primary, vm_vcpu(vm, 0));
}

/** The primary's vCPU of a CPU. */
static struct vcpu *primary_vcpu(uint32_t cpu_idx)
{
	return vm_vcpu(vm_set_find(HF_PRIMARY_VM_ID), cpu_idx);
}

/** vCPU `idx` of `vm` may be run. */
static struct vcpu *make_ready(struct vm *vm, uint32_t idx)
{
	struct vcpu *vcpu = vm_vcpu(vm, idx);
	struct vcpu_locked locked = vcpu_lock(vcpu);

	vcpu_reset(locked, GUEST_ENTRY, 0);
	vcpu_set_state(locked, VCPU_READY);
	vcpu_unlock(&locked);
	return vcpu;
}

TEST(schedule, reference_is_vm_and_vcpu)
{
	struct vcpu *vcpu;

	(void)machine_start();
	vcpu = vm_vcpu(guest_add_vm(3), 2);

	EXPECT_EQ(vcpu->reference, 0x20002U);
}

TEST(schedule_primary, is_its_vcpu_of_this_cpu)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *next = schedule_primary(vcpu, VCPU_READY, 1, 0);

	EXPECT_EQ(next, primary_vcpu(0));
	EXPECT_EQ(next->state, VCPU_RUNNING);
	EXPECT_EQ(vcpu->state, VCPU_READY);
}

TEST(schedule_primary, on_another_cpu_is_another_vcpu)
{
	struct vm *vm;
	struct vcpu *primary;
	struct vcpu *vcpu;

	(void)machine_start();
	vm = guest_add_vm(1);
	primary = machine_run_on(3);
	vcpu = guest_run(primary, vm_vcpu(vm, 0));
	ASSERT_EQ(vcpu, vm_vcpu(vm, 0));

	EXPECT_EQ(schedule_primary(vcpu, VCPU_READY, 1, 0), primary_vcpu(3));
}

TEST(schedule_primary, result_is_all_of_w0_to_w7)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *next = primary_vcpu(0);

	machine_mark_registers(next);
	(void)schedule_primary(vcpu, VCPU_READY, 1, 2);

	EXPECT_FRAME(next, 1U, 2U, 0U);
	EXPECT_EQ(machine_first_changed(next, 8), 31U);
}

TEST(schedule_primary, leaves_the_registers_of_the_guest)
{
	struct vcpu *vcpu = running_vcpu();

	machine_mark_registers(vcpu);
	(void)schedule_primary(vcpu, VCPU_READY, 1, 0);

	EXPECT_EQ(machine_first_changed(vcpu, 0), 31U);
}

TEST(schedule_primary, left_one_is_live_until_it_is_saved)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_NE(vcpu->regs.is_live, 0U);
	(void)schedule_primary(vcpu, VCPU_READY, 1, 0);

	EXPECT_NE(vcpu->regs.is_live, 0U);
}

TEST(schedule_blocked, without_a_timer_there_is_no_limit)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *next =
		schedule_blocked(vcpu, VCPU_BLOCKED_MAILBOX, FFA_MSG_WAIT);

	EXPECT_EQ(vcpu->state, VCPU_BLOCKED_MAILBOX);
	EXPECT_FRAME(next, FFA_MSG_WAIT, 0x20000U, HF_SLEEP_INDEFINITE);
}

TEST(schedule_blocked, timer_is_the_limit)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *next;

	guest_timer_set(1, 1010);
	next = schedule_blocked(vcpu, VCPU_BLOCKED_INTERRUPT,
				HF_FFA_RUN_WAIT_FOR_INTERRUPT);

	EXPECT_FRAME(next, HF_FFA_RUN_WAIT_FOR_INTERRUPT, 0x20000U,
		     10 * GUEST_NS_PER_TICK);
}

TEST(schedule_blocked, masked_timer_is_no_limit)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *next;

	guest_timer_set(3, 1010);
	next = schedule_blocked(vcpu, VCPU_BLOCKED_INTERRUPT,
				HF_FFA_RUN_WAIT_FOR_INTERRUPT);

	EXPECT_FRAME(next, HF_FFA_RUN_WAIT_FOR_INTERRUPT, 0x20000U, 0U);
}

TEST(schedule_blocked, masked_and_expired_timer_is_no_limit)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *next;

	guest_timer_set(3, 10);
	next = schedule_blocked(vcpu, VCPU_BLOCKED_INTERRUPT,
				HF_FFA_RUN_WAIT_FOR_INTERRUPT);

	EXPECT_FRAME(next, HF_FFA_RUN_WAIT_FOR_INTERRUPT, 0x20000U, 0U);
}

TEST(schedule_blocked, expired_timer_makes_it_an_interrupt)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *next;

	guest_timer_set(1, 1000);
	next = schedule_blocked(vcpu, VCPU_BLOCKED_MAILBOX, FFA_MSG_WAIT);

	EXPECT_FRAME(next, FFA_INTERRUPT, 0x20000U, 0U);
	EXPECT_EQ(vcpu->state, VCPU_BLOCKED_MAILBOX);
}

TEST(schedule_secondary, runs_on_the_cpu_of_the_primary)
{
	struct vcpu *primary = machine_start();
	struct vcpu *vcpu = vm_vcpu(guest_add_vm(1), 0);
	struct vcpu_locked locked = vcpu_lock(vcpu);

	EXPECT_EQ(schedule_secondary(primary, locked), vcpu);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
	EXPECT_EQ(vcpu->cpu, cpu_get(0));
	EXPECT_NE(vcpu->regs.is_live, 0U);
}

TEST(schedule_tlb, first_vcpu_on_a_cpu_finds_nothing_stale)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(vcpu->vm->last_vcpu[0], 0U);
	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_LOCAL), 0U);
}

TEST(schedule_tlb, same_vcpu_again_finds_nothing_stale)
{
	struct vcpu *vcpu = running_vcpu();

	(void)guest_run(guest_irq(vcpu), vcpu);

	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_LOCAL), 0U);
}

TEST(schedule_tlb, another_vcpu_of_the_vm_drops_what_is_there)
{
	struct vcpu *first = running_vcpu();
	struct vcpu *second = make_ready(first->vm, 1);
	struct vcpu *primary = guest_irq(first);

	primary = guest_irq(guest_run(primary, second));
	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_LOCAL), 1U);
	EXPECT_EQ(first->vm->last_vcpu[0], 1U);

	primary = guest_irq(guest_run(primary, first));
	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_LOCAL), 2U);

	(void)guest_irq(guest_run(primary, first));
	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_LOCAL), 2U);
}

TEST(schedule_tlb, vcpu_of_another_vm_drops_nothing)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *other = vm_vcpu(guest_add_vm(1), 0);
	struct vcpu *primary = guest_irq(vcpu);

	primary = guest_irq(guest_run(primary, other));
	(void)guest_run(primary, vcpu);

	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_LOCAL), 0U);
}

TEST(schedule_tlb, each_cpu_has_its_own)
{
	struct vcpu *first = running_vcpu();
	struct vcpu *second = make_ready(first->vm, 1);
	struct vcpu *primary;

	(void)guest_irq(first);
	primary = machine_run_on(1);
	primary = guest_irq(guest_run(primary, second));

	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_LOCAL), 0U);
	EXPECT_EQ(first->vm->last_vcpu[0], 0U);
	EXPECT_EQ(first->vm->last_vcpu[1], 1U);

	(void)guest_run(primary, first);
	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_LOCAL), 1U);
	EXPECT_EQ(first->vm->last_vcpu[0], 0U);
}

TEST(schedule_abort, vcpu_and_vm_are_done_with)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *next = schedule_abort(vcpu);

	EXPECT_EQ(vcpu->state, VCPU_ABORTED);
	EXPECT_TRUE(vcpu->vm->is_aborting);
	EXPECT_FALSE(next->vm->is_aborting);
	EXPECT_EQ(next, primary_vcpu(0));
	EXPECT_FFA_ERROR(next, FFA_ABORTED);
}
