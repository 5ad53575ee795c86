/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of a direct request that does not come to its end at once: preempted,
 * given away, on another CPU, aborted; and of what ends the wait behind a
 * response (hafnium/src/ffa/direct.c, hafnium/src/ffa/run.c).
 */
#include "fixture/direct.h"
#include "hf/base/bits.h"
#include "hf/hvc.h"
#include "hf/psci.h"
#include "hftest.h"

static struct direct start_request(enum direct_profile profile)
{
	struct direct direct = direct_start(profile, profile);

	ASSERT_EQ(direct_request(direct.primary, TO_VM2), direct.receiver);
	return direct;
}

/** VM 2 has responded, and waits. */
static struct direct start_responded(enum direct_profile profile)
{
	struct direct direct = start_request(profile);

	ASSERT_EQ(direct_respond(direct.receiver), direct.primary);
	return direct;
}

TEST(ffa_direct_preempt, requester_is_told_who_was_interrupted)
{
	struct direct direct = start_request(V1_1);

	EXPECT_EQ(guest_irq(direct.receiver), direct.primary);
	EXPECT_FRAME(direct.primary, FFA_INTERRUPT, REF_VM2, 0U);
	EXPECT_EQ(direct.receiver->state, VCPU_READY);
	EXPECT_EQ(direct.receiver->request, REQUEST_DIRECT);
}

TEST(ffa_direct_preempt, run_goes_on_and_gets_the_response)
{
	struct direct direct = start_request(LEGACY);

	machine_mark_registers(direct.receiver);
	(void)guest_irq(direct.receiver);
	EXPECT_EQ(guest_run(direct.primary, direct.receiver), direct.receiver);
	EXPECT_EQ(machine_first_changed(direct.receiver, 0), 31U);

	EXPECT_EQ(direct_respond(direct.receiver), direct.primary);
	EXPECT_TRUE(direct_is_frame(direct.primary, RESP, TO_PRIMARY, 13));
}

TEST(ffa_direct_preempt, as_often_as_it_takes)
{
	struct direct direct = start_request(V1_2);

	direct_set_extra(direct.primary, 0);
	for (unsigned int i = 0; i < 5; i++) {
		ASSERT_EQ(guest_irq(direct.receiver), direct.primary);
		ASSERT_EQ(guest_run(direct.primary, direct.receiver),
			  direct.receiver);
	}

	EXPECT_EQ(direct_respond(direct.receiver), direct.primary);
	EXPECT_TRUE(direct_is_frame(direct.primary, RESP, TO_PRIMARY, 13));
}

TEST(ffa_direct_preempt, whoever_runs_it_on_gets_the_response)
{
	struct direct direct = start_request(V1_1);
	struct vcpu *other;

	(void)guest_irq(direct.receiver);
	machine_mark_registers(direct.primary);
	other = machine_run_on(2);

	ASSERT_EQ(guest_run(other, direct.receiver), direct.receiver);
	EXPECT_EQ(direct_respond(direct.receiver), other);
	EXPECT_TRUE(direct_is_frame(other, RESP, TO_PRIMARY, 13));
	EXPECT_EQ(machine_first_changed(direct.primary, 0), 31U);
}

TEST(ffa_direct_preempt, interrupted_one_takes_no_other_request)
{
	struct direct direct = start_request(V1_1);

	(void)guest_irq(direct.receiver);

	EXPECT_EQ(direct_request(direct.primary, TO_VM2), direct.primary);
	EXPECT_FFA_ERROR(direct.primary, FFA_BUSY);
}

TEST(ffa_direct_preempt, response_carries_another_request_after_it)
{
	struct direct direct = start_request(V1_1);
	struct vcpu *other;

	(void)guest_irq(direct.receiver);
	other = machine_run_on(1);
	(void)guest_run(other, direct.receiver);
	(void)direct_respond(direct.receiver);

	fake_cpu_set(0);
	EXPECT_EQ(direct_request(direct.primary, TO_VM2), direct.receiver);
	EXPECT_EQ(direct.receiver->cpu, cpu_get(0));
}

TEST(ffa_direct_preempt, yield_from_1_1_is_told_with_its_timeout)
{
	struct direct direct = start_request(V1_1);
	struct vcpu *primary = direct.primary;

	EXPECT_EQ(guest_hvc(direct.receiver, CALL(FFA_YIELD, 0, 5, 6)),
		  primary);
	EXPECT_EQ(primary->regs.x[0], FFA_YIELD);
	EXPECT_EQ(primary->regs.x[1], REF_VM2);
	EXPECT_EQ(primary->regs.x[2], 5U);
	EXPECT_EQ(primary->regs.x[3], 6U);

	EXPECT_EQ(guest_run(primary, direct.receiver), direct.receiver);
	EXPECT_FRAME(direct.receiver, FFA_SUCCESS, 0U, 0U);
	EXPECT_EQ(direct_respond(direct.receiver), primary);
	EXPECT_TRUE(direct_is_frame(primary, RESP, TO_PRIMARY, 13));
}

TEST(ffa_direct_preempt, wfe_from_1_1_is_a_yield)
{
	struct direct direct = start_request(V1_1);

	EXPECT_EQ(guest_trap(direct.receiver, GUEST_ESR_WFE), direct.primary);
	EXPECT_FRAME(direct.primary, FFA_YIELD, REF_VM2, 0U);
}

TEST(ffa_direct_preempt, wfi_is_told_and_run_on)
{
	struct direct direct = start_request(LEGACY);
	struct vcpu *primary = direct.primary;
	struct vcpu *receiver = direct.receiver;

	(void)guest_hvc(receiver, CALL(HF_INTERRUPT_ENABLE, 9, 1));
	EXPECT_EQ(guest_trap(receiver, GUEST_ESR_WFI), primary);
	EXPECT_FRAME(primary, HF_FFA_RUN_WAIT_FOR_INTERRUPT, REF_VM2, 0U);
	EXPECT_EQ(direct_request(primary, TO_VM2), primary);
	EXPECT_FFA_ERROR(primary, FFA_BUSY);
	EXPECT_EQ(guest_run(primary, receiver), primary);

	(void)guest_hvc(primary, CALL(HF_INTERRUPT_INJECT, 2, 0, 9));
	EXPECT_EQ(guest_run(primary, receiver), receiver);
	EXPECT_EQ(direct_respond(receiver), primary);
	EXPECT_TRUE(direct_is_frame(primary, RESP, TO_PRIMARY, 13));
}

TEST(ffa_direct_preempt, abort_of_the_receiver_is_the_answer)
{
	struct direct direct = start_request(V1_1);

	EXPECT_EQ(guest_serror(direct.receiver, GUEST_ESR(0x2f, 0)),
		  direct.primary);
	EXPECT_FFA_ERROR(direct.primary, FFA_ABORTED);
	EXPECT_EQ(direct.receiver->state, VCPU_ABORTED);
}

TEST(ffa_direct_preempt, abort_of_its_vm_ends_what_was_interrupted)
{
	struct direct direct = start_request(V1_1);

	(void)guest_irq(direct.receiver);
	direct.receiver->vm->is_aborting = true;

	EXPECT_EQ(guest_run(direct.primary, direct.receiver), direct.primary);
	EXPECT_FFA_ERROR(direct.primary, FFA_ABORTED);
	EXPECT_EQ(direct.receiver->state, VCPU_ABORTED);
}

TEST(ffa_direct_preempt, response_while_its_vm_aborts_still_arrives)
{
	struct direct direct = start_request(V1_1);

	direct.receiver->vm->is_aborting = true;

	EXPECT_EQ(direct_respond(direct.receiver), direct.primary);
	EXPECT_TRUE(direct_is_frame(direct.primary, RESP, TO_PRIMARY, 13));
	EXPECT_EQ(direct_request(direct.primary, TO_VM2), direct.primary);
	EXPECT_FFA_ERROR(direct.primary, FFA_ABORTED);
}

/** Virtual interrupt 9 is enabled and pending for VM 2, which is run. */
static void run_with_interrupt(struct direct direct)
{
	direct.receiver->virq_enabled = BIT(9);
	(void)guest_hvc(direct.primary, CALL(HF_INTERRUPT_INJECT, 2, 0, 9));
	ASSERT_EQ(guest_run(direct.primary, direct.receiver), direct.receiver);
}

TEST(ffa_direct_wait, interrupt_ends_it_whatever_the_version)
{
	struct direct direct = start_responded(LEGACY);

	run_with_interrupt(direct);
	EXPECT_FRAME(direct.receiver, FFA_INTERRUPT, REF_VM2, 9U);

	direct = start_responded(V1_2);
	direct_set_extra(direct.primary, 0);
	run_with_interrupt(direct);
	EXPECT_FRAME(direct.receiver, FFA_INTERRUPT, REF_VM2, 9U);
}

TEST(ffa_direct_wait, expired_timer_ends_it_even_if_not_enabled)
{
	struct direct direct = start_responded(LEGACY);

	direct.receiver->regs.sysreg[SLOT_CNTV_CTL_EL0] = 1;
	direct.receiver->regs.sysreg[SLOT_CNTV_CVAL_EL0] = 1000;

	EXPECT_EQ(guest_run(direct.primary, direct.receiver), direct.receiver);
	EXPECT_FRAME(direct.receiver, FFA_INTERRUPT, REF_VM2,
		     HF_VIRTUAL_TIMER_INTID);
}

TEST(ffa_direct_wait, message_in_rx_ends_it_first)
{
	struct direct direct = start_responded(LEGACY);
	struct vm *vm = direct.receiver->vm;

	vm->mailbox.sender = HF_PRIMARY_VM_ID;
	vm->mailbox.size_bytes = 5;
	vm->mailbox.state = MAILBOX_RECEIVED;
	run_with_interrupt(direct);

	EXPECT_EQ(direct.receiver->regs.x[0], FFA_MSG_SEND);
	EXPECT_EQ(direct.receiver->regs.x[3], 5U);
}

TEST(ffa_direct_wait, of_1_0_is_not_run_without_a_reason)
{
	struct direct direct = start_responded(V1_0);

	EXPECT_EQ(guest_run(direct.primary, direct.receiver), direct.primary);
	EXPECT_FRAME(direct.primary, FFA_MSG_WAIT, REF_VM2, 0U);
}

TEST(ffa_direct_wait, of_1_1_is_told_that_it_was_run)
{
	struct direct direct = start_responded(V1_1);

	EXPECT_EQ(guest_run(direct.primary, direct.receiver), direct.receiver);
	EXPECT_FRAME(direct.receiver, FFA_RUN, REF_VM2, 0U);
	EXPECT_EQ(guest_hvc(direct.receiver, CALL(FFA_MSG_WAIT)),
		  direct.primary);
	EXPECT_EQ(direct_request(direct.primary, TO_VM2), direct.receiver);
}
