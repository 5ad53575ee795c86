/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of FFA_MSG_SEND of hafnium/src/ffa/mailbox.c: its checks, what is
 * copied, and the frames of sender, receiver and primary.
 */
#include <string.h>

#include "fixture/mailbox.h"
#include "hf/base/bits.h"
#include "hftest.h"

#define W1(from, to) (((uint64_t)(from) << 16) | (to))

/** The primary and VMs 2 and 3, all with buffers. */
static struct vcpu *start(void)
{
	struct vcpu *primary = mailbox_machine();

	mailbox_give(primary->vm);
	ASSERT_EQ(mailbox_map(primary->vm), 0);
	(void)mailbox_add_vm(1);
	(void)mailbox_add_vm(1);
	return primary;
}

static struct vcpu *vcpu_of(uint16_t id)
{
	return vm_vcpu(vm_set_find(id), 0);
}

static struct vm_mailbox *mailbox_of(uint16_t id)
{
	return &vm_set_find(id)->mailbox;
}

/** The same, and vCPU 0 of VM 2 runs. */
static struct vcpu *start_secondary(void)
{
	struct vcpu *primary = start();

	return guest_run(primary, vcpu_of(2));
}

static int32_t send(struct vcpu *vcpu, uint64_t w1, uint64_t size)
{
	return mailbox_call(vcpu, CALL(FFA_MSG_SEND, w1, 0, size));
}

/** Bytes of RX that are as `fill` left TX, from the first one on. */
static size_t copied(uint16_t id)
{
	size_t count = 0;

	while (count < PAGE_SIZE && mailbox_rx(id)[count] == 0x5a) {
		count++;
	}
	return count;
}

/** TX of `from` is full, RX of `to` has zeros. */
static void fill(uint16_t from, uint16_t to)
{
	memset(mailbox_tx(from), 0x5a, PAGE_SIZE);
	memset(mailbox_rx(to), 0, PAGE_SIZE);
}

TEST(ffa_mailbox_send, sender_is_the_caller)
{
	struct vcpu *primary = start();

	EXPECT_EQ(send(primary, W1(2, 3), 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(send(primary, W1(0, 2), 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(send(primary, W1(0x8001, 2), 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(mailbox_of(2)->state, MAILBOX_EMPTY);
}

TEST(ffa_mailbox_send, not_to_oneself)
{
	struct vcpu *primary = start();

	EXPECT_EQ(send(primary, W1(1, 1), 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(send(vcpu_of(2), W1(2, 2), 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(mailbox_of(1)->state, MAILBOX_EMPTY);
}

TEST(ffa_mailbox_send, receiver_exists)
{
	struct vcpu *primary = start();

	EXPECT_EQ(send(primary, W1(1, 4), 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(send(primary, W1(1, 0), 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(send(primary, W1(1, 0x8000), 1), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(send(primary, W1(1, 0xffff), 1), FFA_INVALID_PARAMETERS);
}

/** Neither is asked in a legacy guest's name, which knows no properties. */
TEST(ffa_mailbox_send, both_take_part_in_indirect_messages)
{
	struct vcpu *primary = start();
	struct vm *receiver = vm_set_find(2);

	fill(1, 2);
	receiver->ffa_properties &= ~FFA_PROPERTY_INDIRECT;
	EXPECT_EQ(send(primary, W1(1, 2), 22), 0);
	ASSERT_EQ(receiver->mailbox.state, MAILBOX_RECEIVED);
	receiver->mailbox.state = MAILBOX_EMPTY;
	fill(1, 2);

	primary->vm->ffa_version_is_asked = true;
	EXPECT_EQ(send(primary, W1(1, 2), 22), FFA_DENIED);
	EXPECT_EQ(receiver->mailbox.state, MAILBOX_EMPTY);
	EXPECT_EQ(copied(2), 0U);
	/* Who is nobody has none either. */
	EXPECT_EQ(send(primary, W1(1, 9), 22), FFA_INVALID_PARAMETERS);
	receiver->ffa_properties |= FFA_PROPERTY_INDIRECT;
	primary->vm->ffa_properties &= ~FFA_PROPERTY_INDIRECT;
	EXPECT_EQ(send(primary, W1(1, 2), 22), FFA_DENIED);
	EXPECT_EQ(copied(2), 0U);
	primary->vm->ffa_properties |= FFA_PROPERTY_INDIRECT;
	EXPECT_EQ(send(primary, W1(1, 2), 22), 0);
	EXPECT_EQ(copied(2), 22U);
}

TEST(ffa_mailbox_send, more_than_a_page_is_invalid)
{
	struct vcpu *primary = start();

	EXPECT_EQ(send(primary, W1(1, 2), 4097), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(send(primary, W1(1, 2), 0xffffffff), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(send(primary, W1(1, 2), 0x80000000), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(mailbox_of(2)->state, MAILBOX_EMPTY);
}

TEST(ffa_mailbox_send, more_than_a_page_is_invalid_with_larger_buffers)
{
	struct vcpu *primary = start();

	mailbox_of(1)->buffer_size = 16 * PAGE_SIZE;
	mailbox_of(2)->buffer_size = 16 * PAGE_SIZE;

	EXPECT_EQ(send(primary, W1(1, 2), 4097), FFA_INVALID_PARAMETERS);
}

TEST(ffa_mailbox_send, sender_without_tx_is_invalid)
{
	(void)start();
	(void)guest_add_vm(1);

	EXPECT_EQ(send(vcpu_of(4), W1(4, 2), 1), FFA_INVALID_PARAMETERS);
}

TEST(ffa_mailbox_send, invalid_arguments_come_before_busy)
{
	struct vcpu *primary = start();

	ASSERT_EQ(send(primary, W1(1, 2), 1), 0);

	EXPECT_EQ(send(primary, W1(1, 2), 4097), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(send(primary, W1(3, 2), 1), FFA_INVALID_PARAMETERS);
	ASSERT_EQ(mailbox_call(primary, CALL(FFA_RXTX_UNMAP)), 0);
	EXPECT_EQ(send(primary, W1(1, 2), 1), FFA_INVALID_PARAMETERS);
}

TEST(ffa_mailbox_send, sender_without_tx_does_not_wait)
{
	(void)start();
	(void)guest_add_vm(1);
	(void)guest_add_vm(1);

	EXPECT_EQ(
		mailbox_call(vcpu_of(4), CALL(FFA_MSG_SEND, W1(4, 5), 0, 1, 1)),
		FFA_INVALID_PARAMETERS);
	EXPECT_EQ(mailbox_of(5)->waiters.count, 0U);
}

TEST(ffa_mailbox_send, receiver_without_rx_is_busy)
{
	struct vcpu *primary = start();

	(void)guest_add_vm(1);

	EXPECT_EQ(send(primary, W1(1, 4), 1), FFA_BUSY);
}

TEST(ffa_mailbox_send, to_rx_with_a_message_is_busy)
{
	struct vcpu *primary = start();

	fill(1, 2);
	ASSERT_EQ(send(primary, W1(1, 2), 1), 0);
	EXPECT_EQ(send(primary, W1(1, 2), 9), FFA_BUSY);

	EXPECT_EQ(mailbox_of(2)->size_bytes, 1U);
	EXPECT_EQ(copied(2), 1U);
}

TEST(ffa_mailbox_send, to_rx_that_is_read_is_busy)
{
	struct vcpu *primary = start();

	ASSERT_EQ(send(primary, W1(1, 2), 1), 0);
	(void)machine_hvc(vcpu_of(2), CALL(FFA_MSG_POLL));
	ASSERT_EQ(mailbox_of(2)->state, MAILBOX_READ);

	EXPECT_EQ(send(primary, W1(1, 2), 9), FFA_BUSY);
}

TEST(ffa_mailbox_send, again_after_a_release)
{
	struct vcpu *primary = start();

	ASSERT_EQ(send(primary, W1(1, 2), 1), 0);
	(void)machine_hvc(vcpu_of(2), CALL(FFA_MSG_POLL));
	ASSERT_EQ(mailbox_call(vcpu_of(2), CALL(FFA_RX_RELEASE)), 0);

	EXPECT_EQ(send(primary, W1(1, 2), 9), 0);
	EXPECT_EQ(mailbox_of(2)->size_bytes, 9U);
}

TEST(ffa_mailbox_send, copies_what_was_said_and_no_more)
{
	static const uint32_t sizes[] = {0, 1, 22, 4095, 4096};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct vcpu *primary = start();

		fill(1, 2);
		ASSERT_EQ(send(primary, W1(1, 2), sizes[i]), 0);
		EXPECT_EQ(copied(2), sizes[i]);
		(void)machine_hvc(vcpu_of(2), CALL(FFA_MSG_POLL));
		EXPECT_TRUE(mailbox_is_message(vcpu_of(2), 0x10002, sizes[i]));
	}
}

TEST(ffa_mailbox_send, is_a_copy)
{
	struct vcpu *primary = start();

	fill(1, 2);
	ASSERT_EQ(send(primary, W1(1, 2), 22), 0);
	memset(mailbox_tx(1), 0xff, PAGE_SIZE);

	EXPECT_EQ(copied(2), 22U);
}

TEST(ffa_mailbox_send, upper_halves_and_w2_do_not_matter)
{
	struct vcpu *primary = start();
	uint64_t high = UINT64_C(0xdead000000000000);

	fill(1, 2);
	EXPECT_EQ(mailbox_call(primary, CALL(FFA_MSG_SEND, high | W1(1, 2), 77,
					     high | 5, high)),
		  0);
	EXPECT_EQ(copied(2), 5U);
}

TEST(ffa_mailbox_send, primary_goes_on_and_the_receiver_is_not_run)
{
	struct vcpu *primary = start();

	EXPECT_EQ(mailbox_send(primary, 2, 22), primary);

	EXPECT_EQ(mailbox_answer(primary), 0);
	EXPECT_EQ(mailbox_of(2)->state, MAILBOX_RECEIVED);
	EXPECT_EQ(mailbox_of(2)->sender, 1U);
	EXPECT_EQ(vcpu_of(2)->state, VCPU_READY);
}

TEST(ffa_mailbox_send, to_the_primary_ends_its_run_with_the_message)
{
	struct vcpu *sender = start_secondary();
	struct vcpu *primary;

	fill(2, 1);
	primary = mailbox_send(sender, 1, 22);

	ASSERT_EQ(primary, vcpu_of(1));
	EXPECT_TRUE(mailbox_is_message(primary, 0x20001, 22));
	EXPECT_EQ(copied(1), 22U);
	EXPECT_EQ(mailbox_of(1)->state, MAILBOX_READ);
	EXPECT_EQ(sender->state, VCPU_READY);
	EXPECT_EQ(mailbox_answer(sender), 0);
}

TEST(ffa_mailbox_send, to_the_primary_then_the_sender_goes_on)
{
	struct vcpu *sender = start_secondary();
	struct vcpu *primary = mailbox_send(sender, 1, 22);

	EXPECT_EQ(guest_run(primary, sender), sender);
	EXPECT_EQ(mailbox_answer(sender), 0);

	EXPECT_EQ(mailbox_send(sender, 1, 1), sender);
	EXPECT_EQ(mailbox_answer(sender), FFA_BUSY);
}

TEST(ffa_mailbox_send, between_secondaries_the_size_is_not_for_the_primary)
{
	struct vcpu *sender = start_secondary();
	struct vcpu *primary;

	fill(2, 3);
	primary = mailbox_send(sender, 3, 22);

	ASSERT_EQ(primary, vcpu_of(1));
	EXPECT_TRUE(mailbox_is_message(primary, 0x20003, 0));
	EXPECT_EQ(mailbox_of(3)->state, MAILBOX_RECEIVED);
	EXPECT_EQ(copied(3), 22U);
	EXPECT_EQ(mailbox_of(1)->state, MAILBOX_EMPTY);

	EXPECT_EQ(guest_run(primary, sender), sender);
	EXPECT_EQ(mailbox_answer(sender), 0);
	(void)machine_hvc(vcpu_of(3), CALL(FFA_MSG_POLL));
	EXPECT_TRUE(mailbox_is_message(vcpu_of(3), 0x20003, 22));
}

TEST(ffa_mailbox_send, secondary_that_is_refused_goes_on)
{
	struct vcpu *sender = start_secondary();

	EXPECT_EQ(mailbox_send(sender, 2, 1), sender);
	EXPECT_EQ(mailbox_answer(sender), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(mailbox_send(sender, 3, 4097), sender);
	EXPECT_EQ(mailbox_answer(sender), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(sender->state, VCPU_RUNNING);
}

TEST(ffa_mailbox_send, x8_to_x30_of_the_sender_stay)
{
	struct vcpu *sender = start_secondary();

	machine_mark_registers(sender);
	(void)mailbox_send(sender, 1, 22);

	EXPECT_EQ(machine_first_changed(sender, 8), 31U);
}

TEST(ffa_mailbox_send, message_of_one_sender_is_not_replaced_by_another_s)
{
	struct vcpu *sender = start_secondary();
	struct vcpu *primary = mailbox_send(sender, 3, 22);

	EXPECT_EQ(mailbox_send(primary, 3, 5), primary);
	EXPECT_EQ(mailbox_answer(primary), FFA_BUSY);
	EXPECT_EQ(mailbox_of(3)->sender, 2U);
	EXPECT_EQ(mailbox_of(3)->size_bytes, 22U);
}
