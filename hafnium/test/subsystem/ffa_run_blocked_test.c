/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of FFA_RUN of vCPUs that wait, and of FFA_MSG_WAIT
 * (hafnium/src/ffa/run.c). What ends a wait by time is in ffa_run_timer_test.c.
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

/** As the primary's HF_INTERRUPT_INJECT into vCPU 0 of VM 2. */
static void inject(struct vcpu *primary, uint32_t id)
{
	(void)guest_hvc(primary, CALL(HF_INTERRUPT_INJECT, 2, 0, id));
}

TEST(ffa_msg_wait, primary_is_told_who_waits_and_without_limit)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary = wait_message(vcpu);

	EXPECT_FRAME(primary, FFA_MSG_WAIT, REF, 0U);
	EXPECT_EQ(vcpu->state, VCPU_BLOCKED_MAILBOX);
}

TEST(ffa_msg_wait, timer_is_the_limit)
{
	struct vcpu *vcpu = running_vcpu();

	guest_timer_set(1, 1005);

	EXPECT_FRAME(wait_message(vcpu), FFA_MSG_WAIT, REF, 80U);
}

TEST(ffa_msg_wait, with_an_expired_timer_the_primary_sees_an_interrupt)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	enable(vcpu, HF_VIRTUAL_TIMER_INTID);
	guest_timer_set(1, 1000);
	primary = wait_message(vcpu);
	EXPECT_FRAME(primary, FFA_INTERRUPT, REF, 0U);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_FFA_ERROR(vcpu, FFA_INTERRUPTED);
	EXPECT_EQ(vcpu->virq_pending, TIMER);
}

TEST(ffa_msg_wait, with_a_pending_interrupt_does_not_wait)
{
	struct vcpu *vcpu = running_vcpu();

	enable(vcpu, 9);
	(void)guest_hvc(vcpu, CALL(HF_INTERRUPT_INJECT, 2, 0, 9));

	EXPECT_EQ(wait_message(vcpu), vcpu);
	EXPECT_FFA_ERROR(vcpu, FFA_INTERRUPTED);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
}

TEST(ffa_msg_wait, pending_interrupt_that_is_not_enabled_does_not_matter)
{
	struct vcpu *vcpu = running_vcpu();

	(void)guest_hvc(vcpu, CALL(HF_INTERRUPT_INJECT, 2, 0, 9));

	EXPECT_FRAME(wait_message(vcpu), FFA_MSG_WAIT, REF, 0U);
}

TEST(ffa_msg_wait, is_not_for_the_primary)
{
	struct vcpu *primary = machine_start();

	EXPECT_EQ(wait_message(primary), primary);
	EXPECT_FFA_ERROR(primary, FFA_NOT_SUPPORTED);
}

TEST(ffa_run_blocked, waiting_for_a_message_is_not_run)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary = wait_message(vcpu);

	EXPECT_EQ(guest_run(primary, vcpu), primary);
	EXPECT_FRAME(primary, FFA_MSG_WAIT, REF, 0U);
	EXPECT_EQ(vcpu->state, VCPU_BLOCKED_MAILBOX);
	EXPECT_EQ(vcpu->regs.is_live, 0U);
}

TEST(ffa_run_blocked, waiting_for_an_interrupt_is_not_run)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary = wait_interrupt(vcpu);

	EXPECT_EQ(guest_run(primary, vcpu), primary);
	EXPECT_FRAME(primary, WAIT_FOR_INTERRUPT, REF, 0U);
	EXPECT_EQ(vcpu->state, VCPU_BLOCKED_INTERRUPT);
	EXPECT_EQ(vcpu->regs.is_live, 0U);
}

TEST(ffa_run_blocked, limit_gets_shorter_while_it_waits)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	guest_timer_set(1, 1100);
	primary = wait_interrupt(vcpu);
	EXPECT_FRAME(primary, WAIT_FOR_INTERRUPT, REF, 1600U);

	guest_clock_set(1099);
	EXPECT_EQ(guest_run(primary, vcpu), primary);
	EXPECT_FRAME(primary, WAIT_FOR_INTERRUPT, REF, 16U);
}

TEST(ffa_run_blocked, limit_of_a_message_gets_shorter_as_well)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	guest_timer_set(1, 1100);
	primary = wait_message(vcpu);
	guest_clock_set(1050);

	EXPECT_EQ(guest_run(primary, vcpu), primary);
	EXPECT_FRAME(primary, FFA_MSG_WAIT, REF, 800U);
}

TEST(ffa_run_blocked, nineteen_more_times_it_is_still_not_run)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	guest_timer_set(1, UINT64_MAX);
	primary = wait_interrupt(vcpu);

	for (unsigned int i = 0; i < 19; i++) {
		ASSERT_EQ(guest_run(primary, vcpu), primary);
		ASSERT_EQ(primary->regs.x[0], WAIT_FOR_INTERRUPT);
	}
}

TEST(ffa_run_blocked, limit_below_a_nanosecond_is_not_no_limit)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	guest_timer_set(1, 1001);
	primary = wait_interrupt(vcpu);

	/* Faster than 1 GHz, one tick to go: rounded down it is 0 ns. */
	sysreg_write(cntfrq_el0, UINT64_C(4000000000));
	EXPECT_EQ(guest_run(primary, vcpu), primary);
	EXPECT_FRAME(primary, FFA_INTERRUPT, REF, 0U);
}

TEST(ffa_run_blocked, injection_ends_the_wait_for_an_interrupt)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	enable(vcpu, 9);
	machine_mark_registers(vcpu);
	primary = wait_interrupt(vcpu);
	inject(primary, 9);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_EQ(machine_first_changed(vcpu, 0), 31U);
	EXPECT_EQ(sysreg_read(hcr_el2) & HCR_VI, HCR_VI);
	EXPECT_EQ(vcpu->regs.pc, GUEST_ENTRY + 4);
}

TEST(ffa_run_blocked, injection_ends_the_wait_for_a_message)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	enable(vcpu, 9);
	primary = wait_message(vcpu);
	inject(primary, 9);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_FFA_ERROR(vcpu, FFA_INTERRUPTED);
}

TEST(ffa_run_blocked, injection_of_what_is_not_enabled_does_not)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary = wait_interrupt(vcpu);

	inject(primary, 9);

	EXPECT_EQ(guest_run(primary, vcpu), primary);
	EXPECT_FRAME(primary, WAIT_FOR_INTERRUPT, REF, 0U);
}

/** As FFA_MSG_SEND of 5 bytes by the primary leaves it. */
static void put_message(struct vm *vm)
{
	vm->mailbox.sender = HF_PRIMARY_VM_ID;
	vm->mailbox.size_bytes = 5;
	vm->mailbox.state = MAILBOX_RECEIVED;
}

static bool has_message(const struct vcpu *vcpu)
{
	const uint64_t *x = vcpu->regs.x;

	return x[0] == FFA_MSG_SEND && x[1] == 0x10002 && x[2] == 0 &&
	       x[3] == 5 && guest_first_used(vcpu, 4) == 8;
}

TEST(ffa_run_blocked, message_ends_the_wait_for_one)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary = wait_message(vcpu);

	put_message(vcpu->vm);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_TRUE(has_message(vcpu));
	EXPECT_EQ(vcpu->vm->mailbox.state, MAILBOX_READ);
}

TEST(ffa_run_blocked, message_comes_before_an_interrupt)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary;

	enable(vcpu, 9);
	primary = wait_message(vcpu);
	put_message(vcpu->vm);
	inject(primary, 9);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_TRUE(has_message(vcpu));
	EXPECT_EQ(sysreg_read(hcr_el2) & HCR_VI, HCR_VI);
}

TEST(ffa_run_blocked, message_does_not_end_the_wait_for_an_interrupt)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary = wait_interrupt(vcpu);

	put_message(vcpu->vm);

	EXPECT_EQ(guest_run(primary, vcpu), primary);
	EXPECT_FRAME(primary, WAIT_FOR_INTERRUPT, REF, 0U);
	EXPECT_EQ(vcpu->vm->mailbox.state, MAILBOX_RECEIVED);
}

TEST(ffa_msg_wait, with_a_message_does_not_wait)
{
	struct vcpu *vcpu = running_vcpu();

	put_message(vcpu->vm);

	EXPECT_EQ(wait_message(vcpu), vcpu);
	EXPECT_TRUE(has_message(vcpu));
}

TEST(ffa_run_blocked, aborting_vm_is_not_woken)
{
	struct vcpu *vcpu = running_vcpu();
	struct vcpu *primary = wait_message(vcpu);

	vcpu->vm->is_aborting = true;

	EXPECT_EQ(guest_run(primary, vcpu), primary);
	EXPECT_FFA_ERROR(primary, FFA_ABORTED);
	EXPECT_EQ(vcpu->state, VCPU_ABORTED);
}
