/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of FFA_MSG_WAIT, FFA_MSG_POLL and FFA_RX_RELEASE: each in each state of
 * RX, and the wait that FFA_RUN ends.
 */
#include "fixture/mailbox.h"
#include "hf/base/bits.h"
#include "hf/hvc.h"
#include "hftest.h"

#define REF UINT64_C(0x20000)
#define HCR_VI BIT(7)

/** The primary, and VM 2 of two vCPUs, of which 0 may be run, with buffers. */
static struct vcpu *start(void)
{
	struct vcpu *primary = mailbox_machine();

	mailbox_give(primary->vm);
	ASSERT_EQ(mailbox_map(primary->vm), 0);
	(void)mailbox_add_vm(2);
	return primary;
}

static struct vcpu *receiver(void)
{
	return vm_vcpu(vm_set_find(2), 0);
}

static struct vm_mailbox *mailbox(void)
{
	return &vm_set_find(2)->mailbox;
}

/** VM 2 runs, and its RX is in this state, with 22 bytes of the primary. */
static struct vcpu *start_in(enum mailbox_state state)
{
	struct vcpu *primary = start();

	if (state != MAILBOX_EMPTY) {
		(void)mailbox_send(primary, 2, 22);
	}
	if (state == MAILBOX_READ) {
		(void)machine_hvc(receiver(), CALL(FFA_MSG_POLL));
	}
	EXPECT_EQ(mailbox()->state, state);
	return guest_run(primary, receiver());
}

static struct vcpu *wait(struct vcpu *vcpu)
{
	return guest_hvc(vcpu, CALL(FFA_MSG_WAIT));
}

/** FFA_MSG_WAIT of a VM of this version with x`n` = 1. */
static struct vcpu *wait_with_extra(uint32_t version, unsigned int n)
{
	struct vcpu *vcpu = start_in(MAILBOX_EMPTY);

	vcpu->vm->ffa_version = version;
	for (unsigned int i = 8; i <= 18; i++) {
		vcpu->regs.x[i] = i == n ? 1 : 0;
	}
	return wait(vcpu);
}

TEST(ffa_mailbox_poll, empty_is_retry)
{
	struct vcpu *vcpu = start_in(MAILBOX_EMPTY);

	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_MSG_POLL)), FFA_RETRY);
	EXPECT_EQ(mailbox()->state, MAILBOX_EMPTY);
}

TEST(ffa_mailbox_poll, received_is_the_message)
{
	struct vcpu *vcpu = start_in(MAILBOX_RECEIVED);

	(void)machine_hvc(vcpu, CALL(FFA_MSG_POLL));

	EXPECT_TRUE(mailbox_is_message(vcpu, 0x10002, 22));
	EXPECT_EQ(mailbox()->state, MAILBOX_READ);
}

TEST(ffa_mailbox_poll, read_is_retry_and_stays_read)
{
	struct vcpu *vcpu = start_in(MAILBOX_READ);

	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_MSG_POLL)), FFA_RETRY);
	EXPECT_EQ(mailbox()->state, MAILBOX_READ);
}

TEST(ffa_mailbox_poll, without_rx_is_retry)
{
	(void)start();

	EXPECT_EQ(mailbox_call(vm_vcpu(guest_add_vm(1), 0), CALL(FFA_MSG_POLL)),
		  FFA_RETRY);
}

TEST(ffa_mailbox_poll, is_not_for_the_primary)
{
	struct vcpu *primary = start();

	EXPECT_EQ(mailbox_call(primary, CALL(FFA_MSG_POLL)), FFA_NOT_SUPPORTED);
	primary->vm->mailbox.state = MAILBOX_RECEIVED;
	EXPECT_EQ(mailbox_call(primary, CALL(FFA_MSG_POLL)), FFA_NOT_SUPPORTED);
	EXPECT_EQ(primary->vm->mailbox.state, MAILBOX_RECEIVED);
}

TEST(ffa_mailbox_poll, does_not_look_at_interrupts)
{
	struct vcpu *vcpu = start_in(MAILBOX_EMPTY);

	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_ENABLE, 9, 1));
	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_INJECT, 2, 0, 9));

	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_MSG_POLL)), FFA_RETRY);
}

TEST(ffa_mailbox_wait, is_not_for_the_primary)
{
	struct vcpu *primary = start();

	EXPECT_EQ(wait(primary), primary);
	EXPECT_EQ(mailbox_answer(primary), FFA_NOT_SUPPORTED);
}

TEST(ffa_mailbox_wait, empty_blocks)
{
	struct vcpu *vcpu = start_in(MAILBOX_EMPTY);
	struct vcpu *primary = wait(vcpu);

	EXPECT_FRAME(primary, FFA_MSG_WAIT, REF, 0U);
	EXPECT_EQ(vcpu->state, VCPU_BLOCKED_MAILBOX);
}

TEST(ffa_mailbox_wait, received_is_the_message_at_once)
{
	struct vcpu *vcpu = start_in(MAILBOX_RECEIVED);

	EXPECT_EQ(wait(vcpu), vcpu);
	EXPECT_TRUE(mailbox_is_message(vcpu, 0x10002, 22));
	EXPECT_EQ(mailbox()->state, MAILBOX_READ);
}

TEST(ffa_mailbox_wait, read_blocks_and_stays_read)
{
	struct vcpu *vcpu = start_in(MAILBOX_READ);
	struct vcpu *primary = wait(vcpu);

	EXPECT_FRAME(primary, FFA_MSG_WAIT, REF, 0U);
	EXPECT_EQ(mailbox()->state, MAILBOX_READ);
	EXPECT_EQ(guest_run(primary, vcpu), primary);
	EXPECT_FRAME(primary, FFA_MSG_WAIT, REF, 0U);
}

TEST(ffa_mailbox_wait, message_comes_before_a_pending_interrupt)
{
	struct vcpu *vcpu = start_in(MAILBOX_RECEIVED);

	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_ENABLE, 9, 1));
	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_INJECT, 2, 0, 9));

	EXPECT_EQ(wait(vcpu), vcpu);
	EXPECT_TRUE(mailbox_is_message(vcpu, 0x10002, 22));
	EXPECT_EQ(wait(vcpu), vcpu);
	EXPECT_EQ(mailbox_answer(vcpu), FFA_INTERRUPTED);
}

TEST(ffa_mailbox_wait, x8_to_x17_are_0_from_1_2_on)
{
	for (unsigned int i = 8; i <= 17; i++) {
		struct vcpu *next = wait_with_extra(FFA_VERSION_1_2, i);

		EXPECT_EQ(next, receiver());
		EXPECT_EQ(mailbox_answer(next), FFA_INVALID_PARAMETERS);
	}
	EXPECT_EQ(wait_with_extra(FFA_VERSION_1_2, 18)->vm->id, 1U);
}

TEST(ffa_mailbox_wait, x8_to_x17_may_be_anything_before_1_2)
{
	EXPECT_EQ(wait_with_extra(FFA_VERSION_1_1, 8)->vm->id, 1U);
	EXPECT_EQ(wait_with_extra(FFA_VERSION_1_0, 17)->vm->id, 1U);
}

TEST(ffa_mailbox_wait, refused_one_leaves_the_message)
{
	struct vcpu *vcpu = start_in(MAILBOX_RECEIVED);

	vcpu->vm->ffa_version = FFA_VERSION_1_2;
	for (unsigned int i = 8; i <= 17; i++) {
		vcpu->regs.x[i] = 0;
	}
	vcpu->regs.x[12] = BIT(63);
	EXPECT_EQ(wait(vcpu), vcpu);
	EXPECT_EQ(mailbox_answer(vcpu), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(mailbox()->state, MAILBOX_RECEIVED);
}

TEST(ffa_mailbox_wait, primary_of_1_2_is_told_the_same_whatever_x8_is)
{
	struct vcpu *primary = start();

	primary->vm->ffa_version = FFA_VERSION_1_2;
	primary->regs.x[8] = 1;

	EXPECT_EQ(wait(primary), primary);
	EXPECT_EQ(mailbox_answer(primary), FFA_NOT_SUPPORTED);
}

TEST(ffa_mailbox_run, message_ends_the_wait)
{
	struct vcpu *vcpu = start_in(MAILBOX_EMPTY);
	struct vcpu *primary = wait(vcpu);

	(void)mailbox_send(primary, 2, 22);
	EXPECT_EQ(vcpu->state, VCPU_BLOCKED_MAILBOX);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_TRUE(mailbox_is_message(vcpu, 0x10002, 22));
	EXPECT_EQ(mailbox()->state, MAILBOX_READ);
}

TEST(ffa_mailbox_run, message_first_and_then_the_interrupt)
{
	struct vcpu *vcpu = start_in(MAILBOX_EMPTY);
	struct vcpu *primary;

	(void)machine_hvc(vcpu, CALL(HF_INTERRUPT_ENABLE, 9, 1));
	primary = wait(vcpu);
	(void)mailbox_send(primary, 2, 22);
	(void)machine_hvc(primary, CALL(HF_INTERRUPT_INJECT, 2, 0, 9));

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_TRUE(mailbox_is_message(vcpu, 0x10002, 22));
	EXPECT_EQ(sysreg_read(hcr_el2) & HCR_VI, HCR_VI);
	EXPECT_EQ(machine_hvc(vcpu, CALL(HF_INTERRUPT_GET)), 9U);
}

TEST(ffa_mailbox_run, one_message_wakes_who_is_run_first)
{
	struct vcpu *first = start_in(MAILBOX_EMPTY);
	struct vcpu *second = vm_vcpu(first->vm, 1);
	struct vcpu *primary = wait(first);
	struct vcpu_locked locked = vcpu_lock(second);

	vcpu_reset(locked, GUEST_ENTRY, 0);
	vcpu_set_state(locked, VCPU_READY);
	vcpu_unlock(&locked);
	ASSERT_EQ(guest_run(primary, second), second);
	ASSERT_EQ(wait(second), primary);
	(void)mailbox_send(primary, 2, 5);

	EXPECT_EQ(guest_run(primary, second), second);
	EXPECT_TRUE(mailbox_is_message(second, 0x10002, 5));
	(void)guest_irq(second);
	EXPECT_EQ(guest_run(primary, first), primary);
	EXPECT_FRAME(primary, FFA_MSG_WAIT, REF, 0U);
}

TEST(ffa_mailbox_run, ready_one_does_not_get_the_message)
{
	struct vcpu *vcpu = start_in(MAILBOX_EMPTY);
	struct vcpu *primary = guest_irq(vcpu);

	machine_mark_registers(vcpu);
	(void)mailbox_send(primary, 2, 5);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_EQ(machine_first_changed(vcpu, 0), 31U);
	EXPECT_EQ(mailbox()->state, MAILBOX_RECEIVED);
}

TEST(ffa_mailbox_run, message_leaves_x8_to_x30)
{
	struct vcpu *vcpu = start_in(MAILBOX_EMPTY);
	struct vcpu *primary;

	machine_mark_registers(vcpu);
	primary = wait(vcpu);
	(void)mailbox_send(primary, 2, 5);
	(void)guest_run(primary, vcpu);

	EXPECT_EQ(machine_first_changed(vcpu, 8), 31U);
}

TEST(ffa_mailbox_release, empty_is_denied)
{
	struct vcpu *vcpu = start_in(MAILBOX_EMPTY);

	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_RX_RELEASE)), FFA_DENIED);
}

TEST(ffa_mailbox_release, received_is_denied_and_stays)
{
	struct vcpu *vcpu = start_in(MAILBOX_RECEIVED);

	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_RX_RELEASE)), FFA_DENIED);
	EXPECT_EQ(mailbox()->state, MAILBOX_RECEIVED);
}

TEST(ffa_mailbox_release, read_becomes_empty_once)
{
	struct vcpu *vcpu = start_in(MAILBOX_READ);

	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_RX_RELEASE)), 0);
	EXPECT_EQ(mailbox()->state, MAILBOX_EMPTY);
	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_RX_RELEASE)), FFA_DENIED);
}

TEST(ffa_mailbox_release, without_buffers_is_denied)
{
	struct vcpu *vcpu = start();

	ASSERT_EQ(mailbox_call(vcpu, CALL(FFA_RXTX_UNMAP)), 0);

	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_RX_RELEASE)), FFA_DENIED);
}

TEST(ffa_mailbox_release, primary_gives_back_what_was_sent_to_it)
{
	struct vcpu *primary = mailbox_send(start_in(MAILBOX_EMPTY), 1, 3);

	EXPECT_EQ(mailbox_call(primary, CALL(FFA_RX_RELEASE)), 0);
	EXPECT_EQ(primary->vm->mailbox.state, MAILBOX_EMPTY);
}

TEST(ffa_mailbox_release, id_in_w1_is_0_from_1_1_on)
{
	struct vcpu *vcpu = start_in(MAILBOX_READ);

	vcpu->vm->ffa_version = FFA_VERSION_1_1;
	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_RX_RELEASE, 2)),
		  FFA_INVALID_PARAMETERS);
	vcpu->vm->ffa_version = FFA_VERSION_1_2;
	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_RX_RELEASE, 0x8000)),
		  FFA_INVALID_PARAMETERS);
	EXPECT_EQ(mailbox()->state, MAILBOX_READ);
	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_RX_RELEASE, 0xffff0000)), 0);
}

TEST(ffa_mailbox_release, id_in_w1_comes_before_the_state)
{
	struct vcpu *vcpu = start_in(MAILBOX_EMPTY);

	vcpu->vm->ffa_version = FFA_VERSION_1_1;
	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_RX_RELEASE, 1)),
		  FFA_INVALID_PARAMETERS);
}

TEST(ffa_mailbox_release, w1_of_1_0_may_be_anything)
{
	struct vcpu *vcpu = start_in(MAILBOX_READ);

	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_RX_RELEASE, 2)), 0);
}
