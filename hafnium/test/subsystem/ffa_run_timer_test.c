/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of FFA_RUN and the virtual timers of vCPUs that do not run
 * (hafnium/src/ffa/run.c).
 */
#include "fixture/guest.h"
#include "hf/base/bits.h"
#include "hf/ffa.h"
#include "hf/hvc.h"
#include "hftest.h"

#define REF 0x20000U
#define TIMER BIT(HF_VIRTUAL_TIMER_INTID)
#define HCR_VI BIT(7)
#define WAIT_FOR_INTERRUPT HF_FFA_RUN_WAIT_FOR_INTERRUPT

/** A secondary's vCPU that runs on CPU 0; the counter is at 1000. */
static struct vcpu *running_vcpu(void)
{
	struct vcpu *primary = machine_start();
	struct vcpu *vcpu = vm_vcpu(guest_add_vm(1), 0);

	guest_clock_set(1000);
	return guest_run(primary, vcpu);
}

static struct vcpu *wait_message(struct vcpu *vcpu)
{
	return guest_hvc(vcpu, CALL(FFA_MSG_WAIT));
}

static struct vcpu *wait_interrupt(struct vcpu *vcpu)
{
	return guest_trap(vcpu, GUEST_ESR_WFI);
}

/** As the guest's HF_INTERRUPT_ENABLE. */
static void enable(struct vcpu *vcpu, uint32_t id)
{
	(void)guest_hvc(vcpu, CALL(HF_INTERRUPT_ENABLE, id, 1));
}

TEST(ffa_run_timer, deadline_ends_the_wait_for_an_interrupt)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	enable(vcpu, HF_VIRTUAL_TIMER_INTID);
	guest_timer_set(1, 1100);
	primary = wait_interrupt(vcpu);
	guest_clock_set(1100);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_EQ(vcpu->virq_pending, TIMER);
	/* Not again: masked in the registers that it runs with. */
	EXPECT_EQ(sysreg_read(cntv_ctl_el0), 3U);
	EXPECT_EQ(sysreg_read(cntv_cval_el0), 1100U);
}

TEST(ffa_run_timer, deadline_ends_the_wait_for_a_message)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	enable(vcpu, HF_VIRTUAL_TIMER_INTID);
	guest_timer_set(1, 1100);
	primary = wait_message(vcpu);
	guest_clock_set(2000);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_FFA_ERROR(vcpu, FFA_INTERRUPTED);
	EXPECT_EQ(vcpu->virq_pending, TIMER);
}

TEST(ffa_run_timer, deadline_ends_the_wait_though_its_interrupt_is_off)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	guest_timer_set(1, 1100);
	primary = wait_interrupt(vcpu);
	guest_clock_set(1100);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_EQ(vcpu->virq_pending, TIMER);
	EXPECT_EQ(sysreg_read(hcr_el2) & HCR_VI, 0U);
}

TEST(ffa_run_timer, deadline_ends_the_wait_for_a_message_likewise)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	guest_timer_set(1, 1100);
	primary = wait_message(vcpu);
	guest_clock_set(1100);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_FFA_ERROR(vcpu, FFA_INTERRUPTED);
}

TEST(ffa_run_timer, masked_one_does_not)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	enable(vcpu, HF_VIRTUAL_TIMER_INTID);
	guest_timer_set(3, 1100);
	primary = wait_interrupt(vcpu);
	guest_clock_set(2000);

	EXPECT_EQ(guest_run(primary, vcpu), primary);
	EXPECT_FRAME(primary, WAIT_FOR_INTERRUPT, REF, 0U);
}

TEST(ffa_run_timer, busy_loop_is_preempted_and_gets_its_interrupt_once)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	enable(vcpu, HF_VIRTUAL_TIMER_INTID);
	guest_timer_set(1, 1100);
	guest_clock_set(1100);
	primary = guest_irq(vcpu);
	EXPECT_FRAME(primary, FFA_INTERRUPT, REF, 0U);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	(void)guest_hvc(vcpu, CALL(HF_INTERRUPT_GET));
	EXPECT_EQ(vcpu->regs.x[0], HF_VIRTUAL_TIMER_INTID);

	(void)guest_run(guest_irq(vcpu), vcpu);
	(void)guest_hvc(vcpu, CALL(HF_INTERRUPT_GET));
	EXPECT_EQ(vcpu->regs.x[0], HF_INVALID_INTID);
}

TEST(ffa_run_timer, secondary_does_not_change_the_primary_one)
{
	struct vcpu *primary = machine_start();
	struct vcpu *vcpu = vm_vcpu(guest_add_vm(1), 0);

	guest_clock_set(1000);
	guest_timer_set(1, 5000);
	(void)guest_run(primary, vcpu);
	EXPECT_EQ(sysreg_read(cnthp_ctl_el2), 1U);
	EXPECT_EQ(sysreg_read(cnthp_cval_el2), 5000U);

	guest_timer_set(1, 0);
	(void)guest_irq(vcpu);
	EXPECT_EQ(sysreg_read(cnthp_ctl_el2), 0U);
	EXPECT_EQ(sysreg_read(cntv_ctl_el0), 1U);
	EXPECT_EQ(sysreg_read(cntv_cval_el0), 5000U);
}
