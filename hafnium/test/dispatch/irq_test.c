/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hafnium/src/dispatch/irq.c: who goes on after an interrupt. */
#include "fixture/guest.h"
#include "hf/ffa.h"
#include "hftest.h"

TEST(irq, secondary_is_preempted_for_the_primary)
{
	struct vcpu *primary = machine_start();
	struct vcpu *vcpu = guest_run(primary, vm_vcpu(guest_add_vm(1), 0));

	EXPECT_EQ(guest_irq(vcpu), primary);
	EXPECT_FRAME(primary, FFA_INTERRUPT, 0x20000U, 0U);
	EXPECT_EQ(vcpu->state, VCPU_READY);
	EXPECT_EQ(vcpu->regs.is_live, 0U);
}

TEST(irq, preempted_one_does_not_notice)
{
	struct vcpu *primary = machine_start();
	struct vcpu *vcpu = guest_run(primary, vm_vcpu(guest_add_vm(1), 0));

	machine_mark_registers(vcpu);
	vcpu->regs.pc = 0x40099998;
	vcpu->regs.pstate = 0x60000004;
	sysreg_write(ttbr0_el1, 0x77777000);
	EXPECT_EQ(guest_run(guest_irq(vcpu), vcpu), vcpu);

	EXPECT_EQ(machine_first_changed(vcpu, 0), 31U);
	EXPECT_EQ(vcpu->regs.pc, 0x40099998U);
	EXPECT_EQ(vcpu->regs.pstate, 0x60000004U);
	EXPECT_EQ(sysreg_read(ttbr0_el1), 0x77777000U);
}

TEST(irq, on_another_cpu_is_for_the_primary_there)
{
	struct vcpu *vcpu;
	struct vcpu *primary;

	(void)machine_start();
	vcpu = vm_vcpu(guest_add_vm(1), 0);
	primary = machine_run_on(2);
	ASSERT_EQ(guest_run(primary, vcpu), vcpu);

	EXPECT_EQ(guest_irq(vcpu), primary);
	EXPECT_EQ(primary->idx, 2U);
}

TEST(irq, that_is_gone_leaves_the_primary_alone)
{
	struct vcpu *primary = machine_start();

	machine_mark_registers(primary);

	EXPECT_EQ(guest_irq(primary), primary);
	EXPECT_EQ(machine_first_changed(primary, 0), 31U);
}

TEST(irq, secondary_registers_do_not_stay_in_hardware)
{
	struct vcpu *primary = machine_start();
	struct vcpu *vcpu = vm_vcpu(guest_add_vm(1), 0);

	sysreg_write(tpidr_el1, 0x1111);
	(void)guest_run(primary, vcpu);
	EXPECT_EQ(sysreg_read(tpidr_el1), 0U);
	sysreg_write(tpidr_el1, 0x2222);
	(void)guest_irq(vcpu);

	EXPECT_EQ(sysreg_read(tpidr_el1), 0x1111U);
	EXPECT_EQ(sysreg_read(vttbr_el2), primary->regs.vttbr_el2);
	EXPECT_EQ(sysreg_read(hcr_el2), primary->regs.hcr_el2);
}
