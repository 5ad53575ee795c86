/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of FFA_MSG_WAIT as it is from 1.1 on (hafnium/src/ffa/run.c): what must
 * be zero, RX that is given back, and what ends the wait.
 */
#include "fixture/direct.h"
#include "fixture/mailbox.h"
#include "hf/base/bits.h"
#include "hf/hvc.h"
#include "hftest.h"

#define RETAIN 1

/** VM 2 with buffers, of that profile, runs on CPU 0. */
static struct vcpu *running_vcpu(enum direct_profile profile)
{
	struct vcpu *primary = mailbox_machine();
	struct vm *vm = mailbox_add_vm(1);
	struct vcpu *vcpu;

	guest_clock_set(1000);
	direct_profile_set(vm, profile);
	vcpu = guest_run(primary, vm_vcpu(vm, 0));
	direct_set_extra(vcpu, 0);
	return vcpu;
}

static struct vcpu *wait(struct vcpu *vcpu, uint64_t flags)
{
	return guest_hvc(vcpu, CALL(FFA_MSG_WAIT, 0, flags));
}

/** With x`n` = `value` the wait is refused. */
static bool is_invalid(enum direct_profile profile, unsigned int n,
		       uint64_t value)
{
	struct vcpu *vcpu = running_vcpu(profile);
	struct smccc_value args = CALL(FFA_MSG_WAIT);

	if (n < 8) {
		args.x[n] = value;
	} else {
		vcpu->regs.x[n] = value;
	}
	return guest_hvc(vcpu, args) == vcpu && vcpu->regs.x[0] == FFA_ERROR &&
	       vcpu->regs.x[2] == (uint32_t)FFA_INVALID_PARAMETERS;
}

TEST(ffa_msg_wait_1_1, w1_to_w7_must_be_0)
{
	for (unsigned int n = 1; n < 8; n++) {
		ASSERT_TRUE(is_invalid(V1_1, n, 1));
	}
	EXPECT_FALSE(is_invalid(V1_1, 8, 1));
}

TEST(ffa_msg_wait_1_1, upper_halves_do_not_matter)
{
	EXPECT_FALSE(is_invalid(V1_1, 1, BIT(32)));
	EXPECT_FALSE(is_invalid(V1_2, 2, BIT(32)));
	EXPECT_FALSE(is_invalid(V1_2, 7, BIT(63)));
}

TEST(ffa_msg_wait_1_1, of_1_2_has_one_flag)
{
	EXPECT_FALSE(is_invalid(V1_2, 2, RETAIN));
	EXPECT_TRUE(is_invalid(V1_2, 2, 2));
	EXPECT_TRUE(is_invalid(V1_2, 2, 0x80000001));
	EXPECT_TRUE(is_invalid(V1_2, 1, 1));
	EXPECT_TRUE(is_invalid(V1_2, 3, 1));
}

TEST(ffa_msg_wait_1_1, x8_to_x17_must_be_0_for_1_2)
{
	EXPECT_TRUE(is_invalid(V1_2, 8, 1));
	EXPECT_TRUE(is_invalid(V1_2, 17, 1));
	EXPECT_FALSE(is_invalid(V1_2, 18, 1));
}

TEST(ffa_msg_wait_1_1, before_it_nothing_but_w0_counts)
{
	for (unsigned int n = 1; n < 18; n++) {
		ASSERT_FALSE(is_invalid(LEGACY, n, 1));
		ASSERT_FALSE(is_invalid(V1_0, n, 1));
	}
}

TEST(ffa_msg_wait_1_1, is_not_for_the_primary_whatever_the_arguments)
{
	struct vcpu *primary = machine_start();

	direct_profile_set(primary->vm, V1_1);

	EXPECT_EQ(guest_hvc(primary, CALL(FFA_MSG_WAIT, 1)), primary);
	EXPECT_FFA_ERROR(primary, FFA_NOT_SUPPORTED);
}

TEST(ffa_msg_wait_1_1, gives_rx_back)
{
	struct vcpu *vcpu = running_vcpu(V1_1);

	vcpu->vm->mailbox.state = MAILBOX_READ;
	EXPECT_FRAME(wait(vcpu, 0), FFA_MSG_WAIT, REF_VM2, 0U);

	EXPECT_EQ(vcpu->vm->mailbox.state, MAILBOX_EMPTY);
}

TEST(ffa_msg_wait_1_1, release_behind_it_is_denied)
{
	struct vcpu *vcpu = running_vcpu(V1_1);

	vcpu->vm->mailbox.state = MAILBOX_READ;
	ASSERT_EQ(guest_run(wait(vcpu, 0), vcpu), vcpu);

	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_RX_RELEASE)), FFA_DENIED);
}

TEST(ffa_msg_wait_1_1, retains_rx_if_asked_to)
{
	struct vcpu *vcpu = running_vcpu(V1_2);

	vcpu->vm->mailbox.state = MAILBOX_READ;
	ASSERT_EQ(guest_run(wait(vcpu, RETAIN), vcpu), vcpu);

	EXPECT_EQ(vcpu->vm->mailbox.state, MAILBOX_READ);
	EXPECT_EQ(mailbox_call(vcpu, CALL(FFA_RX_RELEASE)), 0);
}

TEST(ffa_msg_wait_1_1, before_it_rx_is_retained)
{
	struct vcpu *vcpu = running_vcpu(V1_0);

	vcpu->vm->mailbox.state = MAILBOX_READ;
	(void)wait(vcpu, 0);

	EXPECT_EQ(vcpu->vm->mailbox.state, MAILBOX_READ);
}

TEST(ffa_msg_wait_1_1, refused_one_gives_nothing_back)
{
	struct vcpu *vcpu = running_vcpu(V1_1);

	vcpu->vm->mailbox.state = MAILBOX_READ;
	(void)wait(vcpu, 1);

	EXPECT_EQ(vcpu->vm->mailbox.state, MAILBOX_READ);
}

TEST(ffa_msg_wait_1_1, who_waits_for_that_rx_is_announced)
{
	struct vcpu *vcpu = running_vcpu(V1_1);
	struct vm *other = mailbox_add_vm(1);
	struct vcpu *sender = vm_vcpu(other, 0);
	struct vcpu *primary;

	vcpu->vm->mailbox.state = MAILBOX_READ;
	primary = guest_irq(vcpu);
	(void)mailbox_send_notify(guest_run(primary, sender), 2);
	EXPECT_FFA_ERROR(sender, FFA_BUSY);
	(void)guest_run(guest_irq(sender), vcpu);
	EXPECT_EQ(wait(vcpu, 0), primary);
	EXPECT_FRAME(primary, FFA_RX_RELEASE, 0U, 0U);
	EXPECT_EQ(vcpu->state, VCPU_BLOCKED_MAILBOX);

	(void)guest_hvc(primary, CALL(HF_MAILBOX_WAITER_GET, 2));
	EXPECT_EQ(primary->regs.x[0], other->id);
	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_FRAME(vcpu, FFA_RUN, REF_VM2, 0U);
}

TEST(ffa_msg_wait_1_1, message_that_waits_is_received_and_kept)
{
	struct vcpu *vcpu = running_vcpu(V1_1);

	vcpu->vm->mailbox.sender = HF_PRIMARY_VM_ID;
	vcpu->vm->mailbox.size_bytes = 3;
	vcpu->vm->mailbox.state = MAILBOX_RECEIVED;

	EXPECT_EQ(wait(vcpu, 0), vcpu);
	EXPECT_TRUE(mailbox_is_message(vcpu, 0x10002, 3));
	EXPECT_EQ(vcpu->vm->mailbox.state, MAILBOX_READ);
}

TEST(ffa_msg_wait_1_1, run_by_the_primary_ends_it)
{
	struct vcpu *vcpu = running_vcpu(V1_2);
	struct vcpu *primary;

	machine_mark_registers(vcpu);
	direct_set_extra(vcpu, 0);
	primary = wait(vcpu, 0);
	EXPECT_FRAME(primary, FFA_MSG_WAIT, REF_VM2, 0U);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_FRAME(vcpu, FFA_RUN, REF_VM2, 0U);
	EXPECT_EQ(machine_first_changed(vcpu, 18), 31U);
}

TEST(ffa_msg_wait_1_1, message_ends_it_before_that)
{
	struct vcpu *vcpu = running_vcpu(V1_1);
	struct vcpu *primary = wait(vcpu, 0);

	vcpu->vm->mailbox.sender = HF_PRIMARY_VM_ID;
	vcpu->vm->mailbox.size_bytes = 3;
	vcpu->vm->mailbox.state = MAILBOX_RECEIVED;

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_TRUE(mailbox_is_message(vcpu, 0x10002, 3));
}

TEST(ffa_msg_wait_1_1, interrupt_ends_it_with_its_id)
{
	struct vcpu *vcpu = running_vcpu(V1_1);
	struct vcpu *primary;

	vcpu->virq_enabled = BIT(9) | BIT(20);
	primary = wait(vcpu, 0);
	(void)guest_hvc(primary, CALL(HF_INTERRUPT_INJECT, 2, 0, 20));
	(void)guest_hvc(primary, CALL(HF_INTERRUPT_INJECT, 2, 0, 9));

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_FRAME(vcpu, FFA_INTERRUPT, REF_VM2, 9U);
	EXPECT_EQ(vcpu->virq_pending, BIT(9) | BIT(20));
}

TEST(ffa_msg_wait_1_1, pending_interrupt_ends_it_at_once)
{
	struct vcpu *vcpu = running_vcpu(V1_1);

	vcpu->virq_enabled = BIT(9);
	(void)guest_hvc(vcpu, CALL(HF_INTERRUPT_INJECT, 2, 0, 9));

	EXPECT_EQ(wait(vcpu, 0), vcpu);
	EXPECT_FRAME(vcpu, FFA_INTERRUPT, REF_VM2, 9U);
	EXPECT_EQ(vcpu->state, VCPU_RUNNING);
}

TEST(ffa_msg_wait_1_1, expired_timer_ends_it)
{
	struct vcpu *vcpu = running_vcpu(V1_1);
	struct vcpu *primary;

	guest_timer_set(1, 1005);
	primary = wait(vcpu, 0);
	EXPECT_FRAME(primary, FFA_MSG_WAIT, REF_VM2, 80U);
	guest_clock_set(1005);

	EXPECT_EQ(guest_run(primary, vcpu), vcpu);
	EXPECT_FRAME(vcpu, FFA_INTERRUPT, REF_VM2, HF_VIRTUAL_TIMER_INTID);
}
