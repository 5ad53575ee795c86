/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hafnium/src/vm/vcpu.c: states, locks, registers of a start. */
#include "hf/vm/vcpu.h"

#include "fixture/machine.h"
#include "hftest.h"

/** vCPU 1 of a machine, brought to `state`, locked. */
static struct vcpu_locked vcpu_in(enum vcpu_state state)
{
	struct vcpu_locked vcpu;

	(void)machine_start();
	vcpu = vcpu_lock(vm_vcpu(vm_set_find(HF_PRIMARY_VM_ID), 1));
	if (state != VCPU_OFF) {
		vcpu_set_state(vcpu, VCPU_READY);
	}
	if (state == VCPU_RUNNING) {
		vcpu_set_state(vcpu, VCPU_RUNNING);
	}
	return vcpu;
}

TEST(vcpu, init_is_off_and_knows_whose_it_is)
{
	static struct vm vm;
	static struct vcpu vcpu;

	vcpu_init(&vcpu, &vm, 3);

	EXPECT_EQ(vcpu.state, VCPU_OFF);
	EXPECT_EQ(vcpu.vm, &vm);
	EXPECT_EQ(vcpu.idx, 3);
	EXPECT_EQ(vcpu.cpu, NULL);
	EXPECT_EQ(vcpu.lock.rank, LOCK_VCPU);
}

TEST(vcpu, unlock_clears_the_handle)
{
	struct vcpu_locked vcpu = vcpu_in(VCPU_OFF);

	vcpu_unlock(&vcpu);

	EXPECT_EQ(vcpu.vcpu, NULL);
}

TEST(vcpu, regs_lie_at_its_address)
{
	static struct vcpu vcpu;

	EXPECT_EQ(vcpu_from_regs(&vcpu.regs), &vcpu);
}

TEST(vcpu_state, off_becomes_ready)
{
	struct vcpu_locked vcpu = vcpu_in(VCPU_OFF);

	vcpu_set_state(vcpu, VCPU_READY);

	EXPECT_EQ(vcpu.vcpu->state, VCPU_READY);
}

TEST(vcpu_state, ready_becomes_running)
{
	struct vcpu_locked vcpu = vcpu_in(VCPU_READY);

	vcpu_set_state(vcpu, VCPU_RUNNING);

	EXPECT_EQ(vcpu.vcpu->state, VCPU_RUNNING);
}

TEST(vcpu_state, ready_becomes_off)
{
	struct vcpu_locked vcpu = vcpu_in(VCPU_READY);

	vcpu_set_state(vcpu, VCPU_OFF);

	EXPECT_EQ(vcpu.vcpu->state, VCPU_OFF);
}

TEST(vcpu_state, running_becomes_ready)
{
	struct vcpu_locked vcpu = vcpu_in(VCPU_RUNNING);

	vcpu_set_state(vcpu, VCPU_READY);

	EXPECT_EQ(vcpu.vcpu->state, VCPU_READY);
}

TEST(vcpu_state, running_becomes_off)
{
	struct vcpu_locked vcpu = vcpu_in(VCPU_RUNNING);

	vcpu_set_state(vcpu, VCPU_OFF);

	EXPECT_EQ(vcpu.vcpu->state, VCPU_OFF);
}

TEST(vcpu_state, off_does_not_become_off)
{
	EXPECT_PANIC("vcpu_before",
		     vcpu_set_state(vcpu_in(VCPU_OFF), VCPU_OFF));
}

TEST(vcpu_state, off_does_not_become_running)
{
	EXPECT_PANIC("vcpu_before",
		     vcpu_set_state(vcpu_in(VCPU_OFF), VCPU_RUNNING));
}

TEST(vcpu_state, ready_does_not_become_ready)
{
	EXPECT_PANIC("vcpu_before",
		     vcpu_set_state(vcpu_in(VCPU_READY), VCPU_READY));
}

TEST(vcpu_state, running_does_not_become_running)
{
	EXPECT_PANIC("vcpu_before",
		     vcpu_set_state(vcpu_in(VCPU_RUNNING), VCPU_RUNNING));
}

TEST(vcpu_start, from_off_runs_on_the_cpu)
{
	struct vcpu_locked vcpu = vcpu_in(VCPU_OFF);

	vcpu_start_on(vcpu, cpu_get(1));

	EXPECT_EQ(vcpu.vcpu->state, VCPU_RUNNING);
	EXPECT_EQ(vcpu.vcpu->cpu, cpu_get(1));
}

TEST(vcpu_start, from_ready_runs_on_the_cpu)
{
	struct vcpu_locked vcpu = vcpu_in(VCPU_READY);

	vcpu_start_on(vcpu, cpu_get(2));

	EXPECT_EQ(vcpu.vcpu->state, VCPU_RUNNING);
	EXPECT_EQ(vcpu.vcpu->cpu, cpu_get(2));
}

TEST(vcpu_start, running_one_is_not_started_again)
{
	struct vcpu_locked vcpu = vcpu_in(VCPU_RUNNING);

	EXPECT_PANIC("vcpu_before", vcpu_start_on(vcpu, cpu_get(1)));
}

TEST(vcpu_reset, sets_entry_argument_and_stage_2)
{
	struct vcpu_locked vcpu = vcpu_in(VCPU_OFF);

	vcpu_reset(vcpu, 0x40080000, 0x1234);

	EXPECT_EQ(vcpu.vcpu->regs.pc, 0x40080000U);
	EXPECT_EQ(vcpu.vcpu->regs.x[0], 0x1234U);
	EXPECT_EQ(vcpu.vcpu->regs.vttbr_el2,
		  stage2_vttbr(&vcpu.vcpu->vm->stage2));
}

TEST(vcpu_reset, running_one_is_not_reset)
{
	EXPECT_PANIC("state != VCPU_RUNNING",
		     vcpu_reset(vcpu_in(VCPU_RUNNING), 0, 0));
}

TEST(vcpu_reset, primary_shows_the_cpu_itself)
{
	struct vcpu *vcpu;
	struct vcpu_locked locked;

	(void)machine_start();
	vcpu = vm_vcpu(vm_set_find(HF_PRIMARY_VM_ID), 3);
	locked = vcpu_lock(vcpu);
	vcpu_reset(locked, 0, 0);

	/* Affinity 1.0.0.1, and bit 31, which is RES1. */
	EXPECT_EQ(vcpu->regs.vmpidr_el2, UINT64_C(0x180000001));
}

TEST(vcpu_reset, secondary_shows_its_index)
{
	struct vm *vm;
	struct vcpu *vcpu;
	struct vcpu_locked locked;

	(void)machine_start();
	vm = vm_set_add(3, machine_pool());
	vcpu = vm_vcpu(vm, 2);
	locked = vcpu_lock(vcpu);
	vcpu_reset(locked, 0, 0);

	EXPECT_EQ(vcpu->regs.vmpidr_el2, 2U);
}
