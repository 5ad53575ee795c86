/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/irq/paravirt.c: HF_INTERRUPT_ENABLE, HF_INTERRUPT_GET
 * and HF_INTERRUPT_INJECT, and who is told about an injection.
 */
#include "fixture/guest.h"
#include "hf/arch/entry.h"
#include "hf/base/bits.h"
#include "hf/ffa.h"
#include "hf/hvc.h"
#include "hf/smccc.h"
#include "hftest.h"

#define HCR_VI BIT(7)
#define ENABLE(id, on) CALL(HF_INTERRUPT_ENABLE, id, on)
#define GET() CALL(HF_INTERRUPT_GET)
#define INJECT(vm, vcpu, id) CALL(HF_INTERRUPT_INJECT, vm, vcpu, id)

static const uint64_t refused = UINT64_MAX;

/** The primary on CPU 0; VM 2 has three vCPUs, 0 and 1 may be run. */
static struct vcpu *start(struct vm **vm)
{
	struct vcpu *primary = machine_start();
	struct vcpu_locked locked;

	*vm = guest_add_vm(3);
	locked = vcpu_lock(vm_vcpu(*vm, 1));
	vcpu_reset(locked, GUEST_ENTRY, 0);
	vcpu_set_state(locked, VCPU_READY);
	vcpu_unlock(&locked);
	return primary;
}

/** vCPU 0 of VM 2, which runs on CPU 0. */
static struct vcpu *running_vcpu(void)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	return guest_run(primary, vm_vcpu(vm, 0));
}

static bool line_is_up_here(void)
{
	return (sysreg_read(hcr_el2) & HCR_VI) != 0;
}

TEST(irq_enable, ids_from_64_on_are_refused)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(machine_hvc(vcpu, ENABLE(63, 1)), 0U);
	EXPECT_EQ(machine_hvc(vcpu, ENABLE(64, 1)), refused);
	EXPECT_EQ(machine_hvc(vcpu, ENABLE(0xffffffff, 1)), refused);
	EXPECT_EQ(machine_hvc(vcpu, ENABLE(64, 0)), refused);
	EXPECT_EQ(vcpu->virq_enabled, BIT(63));
}

TEST(irq_enable, ids_count_with_their_upper_half)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(machine_hvc(vcpu, ENABLE(BIT(32) | 9, 1)), refused);
	EXPECT_EQ(machine_hvc(vcpu, ENABLE(BIT(63), 1)), refused);
	EXPECT_EQ(vcpu->virq_enabled, 0U);
}

TEST(irq_enable, type_1_is_a_fiq_and_all_else_an_irq)
{
	struct vcpu *vcpu = running_vcpu();

	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_ENABLE, 9, 1, 1));
	EXPECT_EQ(vcpu->virq_fiqs, BIT(9));
	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_ENABLE, 9, 0, 0));
	EXPECT_EQ(vcpu->virq_fiqs, BIT(9));
	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_ENABLE, 9, 1, 2));
	EXPECT_EQ(vcpu->virq_fiqs, 0U);
	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_ENABLE, 9, 1, BIT(32) | 1));
	EXPECT_EQ(vcpu->virq_fiqs, 0U);
}

TEST(irq_enable, changes_x0_only)
{
	struct vcpu *vcpu = running_vcpu();

	machine_mark_registers(vcpu);
	vcpu->regs.x[0] = HF_INTERRUPT_ENABLE;
	/* x1 as marked is no id: refused. */
	EXPECT_EQ(dispatch_hvc(&vcpu->regs), &vcpu->regs);

	EXPECT_EQ(vcpu->regs.x[0], refused);
	EXPECT_EQ(machine_first_changed(vcpu, 1), 31U);
}

TEST(irq_enable, is_of_the_calling_vcpu_only)
{
	struct vcpu *vcpu = running_vcpu();

	(void)machine_hvc(vcpu, ENABLE(9, 1));

	EXPECT_EQ(vcpu->virq_enabled, BIT(9));
	EXPECT_EQ(vm_vcpu(vcpu->vm, 1)->virq_enabled, 0U);
}

TEST(irq_enable, of_a_pending_one_raises_the_line_at_once)
{
	struct vcpu *vcpu = running_vcpu();

	(void)machine_hvc(vcpu, INJECT(2, 0, 9));
	EXPECT_FALSE(line_is_up_here());

	(void)machine_hvc(vcpu, ENABLE(9, 1));
	EXPECT_TRUE(line_is_up_here());
}

TEST(irq_enable, off_lowers_the_line_at_once)
{
	struct vcpu *vcpu = running_vcpu();

	(void)machine_hvc(vcpu, ENABLE(9, 1));
	(void)machine_hvc(vcpu, INJECT(2, 0, 9));
	(void)machine_hvc(vcpu, ENABLE(9, 0));

	EXPECT_FALSE(line_is_up_here());
	EXPECT_EQ(vcpu->virq_pending, BIT(9));
}

TEST(irq_enable, anything_but_0_is_on)
{
	struct vcpu *vcpu = running_vcpu();

	(void)machine_hvc(vcpu, ENABLE(9, 0x100000000));

	EXPECT_EQ(vcpu->virq_enabled, BIT(9));
}

TEST(irq_enable, primary_may_and_sees_nothing_of_it)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(machine_hvc(primary, ENABLE(9, 1)), 0U);
	EXPECT_EQ(primary->virq_enabled, BIT(9));
	EXPECT_FALSE(line_is_up_here());
}

TEST(irq_get, of_none_is_32_ones)
{
	EXPECT_EQ(machine_hvc(running_vcpu(), GET()), UINT64_C(0xffffffff));
}

TEST(irq_get, lowest_first_and_the_line_falls_with_the_last)
{
	struct vcpu *vcpu = running_vcpu();

	(void)machine_hvc(vcpu, ENABLE(9, 1));
	(void)machine_hvc(vcpu, ENABLE(5, 1));
	(void)machine_hvc(vcpu, INJECT(2, 0, 9));
	(void)machine_hvc(vcpu, INJECT(2, 0, 5));
	EXPECT_TRUE(line_is_up_here());

	EXPECT_EQ(machine_hvc(vcpu, GET()), 5U);
	EXPECT_TRUE(line_is_up_here());
	EXPECT_EQ(machine_hvc(vcpu, GET()), 9U);
	EXPECT_FALSE(line_is_up_here());
	EXPECT_EQ(machine_hvc(vcpu, GET()), HF_INVALID_INTID);
}

TEST(irq_get, changes_x0_only)
{
	struct vcpu *vcpu = running_vcpu();

	machine_mark_registers(vcpu);
	vcpu->regs.x[0] = HF_INTERRUPT_GET;
	EXPECT_EQ(dispatch_hvc(&vcpu->regs), &vcpu->regs);

	EXPECT_EQ(machine_first_changed(vcpu, 1), 31U);
}

TEST(irq_inject, vm_that_is_not_there_is_refused)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(machine_hvc(primary, INJECT(0, 0, 1)), refused);
	EXPECT_EQ(machine_hvc(primary, INJECT(3, 0, 1)), refused);
	EXPECT_EQ(machine_hvc(primary, INJECT(0x10002, 0, 1)), refused);
	EXPECT_EQ(machine_hvc(primary, INJECT(UINT64_MAX, 0, 1)), refused);
}

TEST(irq_inject, vcpu_that_is_not_there_is_refused)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(machine_hvc(primary, INJECT(2, 2, 1)), 0U);
	EXPECT_EQ(machine_hvc(primary, INJECT(2, 3, 1)), refused);
	EXPECT_EQ(machine_hvc(primary, INJECT(2, 0x10000, 1)), refused);
	EXPECT_EQ(machine_hvc(primary, INJECT(2, UINT64_MAX, 1)), refused);
}

TEST(irq_inject, ids_from_64_on_are_refused)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(machine_hvc(primary, INJECT(2, 0, 63)), 0U);
	EXPECT_EQ(machine_hvc(primary, INJECT(2, 0, 64)), refused);
	EXPECT_EQ(machine_hvc(primary, INJECT(2, 0, 0x100000000)), refused);
	EXPECT_EQ(vm_vcpu(vm, 0)->virq_pending, BIT(63));
}

TEST(irq_inject, by_the_primary_of_an_enabled_one_says_run_it)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	vm_vcpu(vm, 0)->virq_enabled = BIT(9);

	EXPECT_EQ(guest_hvc(primary, INJECT(2, 0, 9)), primary);
	EXPECT_EQ(primary->regs.x[0], 1U);
	EXPECT_EQ(vm_vcpu(vm, 0)->virq_pending, BIT(9));
}

TEST(irq_inject, by_the_primary_says_so_once)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	vm_vcpu(vm, 0)->virq_enabled = BIT(9) | BIT(5);

	EXPECT_EQ(machine_hvc(primary, INJECT(2, 0, 9)), 1U);
	EXPECT_EQ(machine_hvc(primary, INJECT(2, 0, 9)), 0U);
	EXPECT_EQ(machine_hvc(primary, INJECT(2, 0, 5)), 0U);
	EXPECT_EQ(vm_vcpu(vm, 0)->virq_pending, BIT(9) | BIT(5));
}

TEST(irq_inject, by_the_primary_of_one_that_is_off_is_pending_only)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(machine_hvc(primary, INJECT(2, 0, 9)), 0U);
	EXPECT_EQ(vm_vcpu(vm, 0)->virq_pending, BIT(9));
}

TEST(irq_inject, into_an_off_vcpu_is_pending_only)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	EXPECT_EQ(machine_hvc(primary, INJECT(2, 2, 9)), 0U);
	EXPECT_EQ(vm_vcpu(vm, 2)->virq_pending, BIT(9));
	EXPECT_EQ(vm_vcpu(vm, 2)->state, VCPU_OFF);
}

/* As into any other: whoever schedules is told. */
TEST(irq_inject, by_the_primary_into_itself_is_told_too)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	(void)machine_hvc(primary, ENABLE(9, 1));

	EXPECT_EQ(machine_hvc(primary, INJECT(1, 0, 9)), 1U);
	EXPECT_EQ(machine_hvc(primary, INJECT(1, 0, 9)), 0U);
	EXPECT_EQ(machine_hvc(primary, GET()), 9U);
}

TEST(irq_inject, by_the_primary_into_another_of_its_vcpus)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	vm_vcpu(primary->vm, 1)->virq_enabled = BIT(9);

	EXPECT_EQ(machine_hvc(primary, INJECT(1, 1, 9)), 1U);
	EXPECT_EQ(machine_hvc(primary, INJECT(1, 4, 9)), refused);
}

TEST(irq_inject, changes_x0_only)
{
	struct vm *vm;
	struct vcpu *primary = start(&vm);

	machine_mark_registers(primary);
	primary->regs.x[0] = HF_INTERRUPT_INJECT;
	EXPECT_EQ(dispatch_hvc(&primary->regs), &primary->regs);

	EXPECT_EQ(primary->regs.x[0], refused);
	EXPECT_EQ(machine_first_changed(primary, 1), 31U);
}

TEST(irq_inject, secondary_may_not_into_another_vm)
{
	struct vcpu *vcpu = running_vcpu();
	struct vm *other = guest_add_vm(1);

	vm_vcpu(other, 0)->virq_enabled = UINT64_MAX;

	EXPECT_EQ(machine_hvc(vcpu, INJECT(3, 0, 9)), refused);
	EXPECT_EQ(vm_vcpu(other, 0)->virq_pending, 0U);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
}

TEST(irq_inject, secondary_may_not_into_the_primary)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(machine_hvc(vcpu, INJECT(1, 0, 9)), refused);
	EXPECT_EQ(vm_vcpu(vm_set_find(1), 0)->virq_pending, 0U);
}

TEST(irq_inject, secondary_into_itself_takes_it_at_once)
{
	struct vcpu *vcpu = running_vcpu();

	(void)machine_hvc(vcpu, ENABLE(9, 1));

	EXPECT_EQ(guest_hvc(vcpu, INJECT(2, 0, 9)), vcpu);
	EXPECT_EQ(vcpu->regs.x[0], 0U);
	EXPECT_TRUE(line_is_up_here());
}

TEST(irq_inject, primary_of_1_1_is_told_by_an_interrupt_whom_to_wake)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary = vcpu->cpu->primary_vcpu;

	primary->vm->ffa_version = FFA_VERSION_1_1;
	vm_vcpu(vcpu->vm, 1)->virq_enabled = BIT(9);
	EXPECT_EQ(guest_hvc(vcpu, INJECT(2, 1, 9)), primary);

	EXPECT_FRAME(primary, FFA_INTERRUPT, 0x20001U, 0U);
}

TEST(irq_inject, secondary_into_a_sibling_wakes_it_by_the_primary)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *sibling = vm_vcpu(vcpu->vm, 1);
	struct vcpu *primary;

	sibling->virq_enabled = BIT(9);
	primary = guest_hvc(vcpu, INJECT(2, 1, 9));

	EXPECT_FRAME(primary, HF_FFA_RUN_WAKE_UP, 0x20001U, 0U);
	EXPECT_EQ(vcpu->state, VCPU_READY);
	EXPECT_EQ(sibling->virq_pending, BIT(9));
	EXPECT_FALSE(line_is_up_here());

	/* Its own answer comes when it is run again. */
	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_EQ(vcpu->regs.x[0], 0U);
}

TEST(irq_inject, secondary_into_a_sibling_wakes_it_once)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *sibling = vm_vcpu(vcpu->vm, 1);

	sibling->virq_enabled = BIT(9) | BIT(5);
	(void)guest_run(guest_hvc(vcpu, INJECT(2, 1, 9)), vcpu);

	EXPECT_EQ(guest_hvc(vcpu, INJECT(2, 1, 9)), vcpu);
	EXPECT_EQ(guest_hvc(vcpu, INJECT(2, 1, 5)), vcpu);
	EXPECT_EQ(vcpu->regs.x[0], 0U);
	EXPECT_EQ(sibling->virq_pending, BIT(9) | BIT(5));
}

TEST(irq_inject, secondary_of_one_that_is_off_wakes_nobody)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(guest_hvc(vcpu, INJECT(2, 1, 9)), vcpu);
	EXPECT_EQ(vcpu->regs.x[0], 0U);
	EXPECT_EQ(vm_vcpu(vcpu->vm, 1)->virq_pending, BIT(9));
}

TEST(irq_inject, into_a_running_one_is_seen_when_it_is_entered_again)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *other;

	(void)machine_hvc(vcpu, ENABLE(9, 1));
	other = machine_run_on(1);
	EXPECT_EQ(machine_hvc(other, INJECT(2, 0, 9)), 1U);

	/* The kick: CPU 0 takes an interrupt. */
	fake_cpu_set(0);
	(void)guest_run(guest_irq(vcpu), vcpu);
	EXPECT_TRUE(line_is_up_here());
	EXPECT_EQ(machine_hvc(vcpu, GET()), 9U);
}

TEST(irq_calls, are_not_made_by_smc)
{
	struct vcpu *vcpu = running_vcpu();

	EXPECT_EQ(machine_smc(vcpu, ENABLE(9, 1)), SMCCC_NOT_SUPPORTED);
	EXPECT_EQ(machine_smc(vcpu, GET()), SMCCC_NOT_SUPPORTED);
	EXPECT_EQ(machine_smc(vcpu, INJECT(2, 0, 9)), SMCCC_NOT_SUPPORTED);
	EXPECT_EQ(vcpu->virq_enabled | vcpu->virq_pending, 0U);
}
