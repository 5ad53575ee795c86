/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of who waits for an RX to be free: hafnium/src/ffa/mailbox_queue.c, the
 * frames that say so, HF_MAILBOX_WAITER_GET and HF_MAILBOX_WRITABLE_GET.
 */
#include "fixture/mailbox.h"
#include "hf/arch/entry.h"
#include "hf/base/bits.h"
#include "hf/hvc.h"
#include "hftest.h"

#define NONE UINT64_MAX

/** The primary and VMs 2 to 5, of which all but 5 have buffers. */
static struct vcpu *start(void)
{
	struct vcpu *primary = mailbox_machine();

	mailbox_give(primary->vm);
	ASSERT_EQ(mailbox_map(primary->vm), 0);
	for (unsigned int i = 2; i <= 4; i++) {
		(void)mailbox_add_vm(1);
	}
	mailbox_give(guest_add_vm(1));
	return primary;
}

static struct vcpu *vcpu_of(uint16_t id)
{
	return vm_vcpu(vm_set_find(id), 0);
}

/** `from` finds the RX of `to` busy and waits for it. */
static void wait_for(uint16_t from, uint16_t to)
{
	struct vcpu *vcpu = vcpu_of(from);

	(void)mailbox_send_notify(vcpu, to);
	EXPECT_EQ(mailbox_answer(vcpu), FFA_BUSY);
}

/** A message of the primary is in RX of `to`, which reads it. */
static void occupy(uint16_t to)
{
	(void)mailbox_send(vcpu_of(1), to, 1);
	ASSERT_EQ(mailbox_answer(vcpu_of(1)), 0);
	(void)machine_hvc(vcpu_of(to), CALL(FFA_MSG_POLL));
}

/** FFA_RX_RELEASE by `id`, which runs; who runs afterwards. */
static struct vcpu *release(uint16_t id)
{
	struct vcpu *vcpu = guest_run(vcpu_of(1), vcpu_of(id));

	return guest_hvc(vcpu, CALL(FFA_RX_RELEASE));
}

static uint64_t waiter_of(uint64_t id)
{
	return machine_hvc(vcpu_of(1), CALL(HF_MAILBOX_WAITER_GET, id));
}

static uint64_t writable(uint16_t id)
{
	return machine_hvc(vcpu_of(id), CALL(HF_MAILBOX_WRITABLE_GET));
}

TEST(ffa_waiters, busy_without_notify_does_not_queue)
{
	(void)start();
	occupy(2);
	(void)mailbox_send(vcpu_of(3), 2, 1);
	ASSERT_EQ(mailbox_answer(vcpu_of(3)), FFA_BUSY);

	EXPECT_EQ(release(2), vcpu_of(2));
	EXPECT_EQ(mailbox_answer(vcpu_of(2)), 0);
	EXPECT_EQ(waiter_of(2), NONE);
}

TEST(ffa_waiters, bits_beside_notify_do_not_queue)
{
	struct vcpu *primary = start();

	occupy(2);
	EXPECT_EQ(mailbox_call(primary,
			       CALL(FFA_MSG_SEND, 0x10002, 0, 1, 0xfffffffe)),
		  FFA_BUSY);

	EXPECT_EQ(vm_set_find(2)->mailbox.waiters.count, 0U);
}

TEST(ffa_waiters, message_that_gets_through_does_not_queue)
{
	struct vcpu *primary = start();

	(void)mailbox_send_notify(primary, 2);

	EXPECT_EQ(mailbox_answer(primary), 0);
	EXPECT_EQ(vm_set_find(2)->mailbox.waiters.count, 0U);
}

TEST(ffa_waiters, release_by_a_secondary_ends_the_primary_s_run)
{
	struct vcpu *primary = start();

	occupy(2);
	wait_for(3, 2);

	EXPECT_EQ(release(2), primary);
	EXPECT_FRAME(primary, FFA_RX_RELEASE, 0U, 0U);
	EXPECT_EQ(vcpu_of(2)->state, VCPU_READY);
	EXPECT_EQ(guest_run(primary, vcpu_of(2)), vcpu_of(2));
	EXPECT_EQ(mailbox_answer(vcpu_of(2)), 0);
}

TEST(ffa_waiters, release_by_the_primary_is_the_frame_at_once)
{
	struct vcpu *primary = start();

	primary = mailbox_send(guest_run(primary, vcpu_of(2)), 1, 1);
	wait_for(3, 1);

	EXPECT_EQ(guest_hvc(primary, CALL(FFA_RX_RELEASE)), primary);
	EXPECT_FRAME(primary, FFA_RX_RELEASE, 0U, 0U);
	EXPECT_EQ(waiter_of(1), 3U);
	EXPECT_EQ(writable(3), 1U);
}

TEST(ffa_waiters, refused_release_tells_nobody)
{
	(void)start();
	(void)mailbox_send(vcpu_of(1), 2, 1);
	wait_for(3, 2);

	EXPECT_EQ(release(2), vcpu_of(2));
	EXPECT_EQ(mailbox_answer(vcpu_of(2)), FFA_DENIED);
	EXPECT_EQ(waiter_of(2), NONE);
}

TEST(ffa_waiters, first_map_of_the_primary_is_the_frame)
{
	struct vcpu *primary = mailbox_machine();

	mailbox_give(primary->vm);
	(void)mailbox_add_vm(1);
	wait_for(2, 1);

	(void)mailbox_map(primary->vm);

	EXPECT_FRAME(primary, FFA_RX_RELEASE, 0U, 0U);
	EXPECT_TRUE(primary->vm->mailbox.rx != NULL);
	EXPECT_EQ(waiter_of(1), 2U);
}

TEST(ffa_waiters, first_map_of_a_secondary_ends_the_primary_s_run)
{
	struct vcpu *primary = start();
	struct vcpu *vcpu = vcpu_of(5);

	wait_for(3, 5);
	EXPECT_EQ(waiter_of(5), NONE);
	ASSERT_EQ(guest_run(primary, vcpu), vcpu);
	vcpu = guest_hvc(vcpu, CALL(FFA_RXTX_MAP | 0x40000000,
				    (uintptr_t)mailbox_tx(5),
				    (uintptr_t)mailbox_rx(5), 1));

	EXPECT_EQ(vcpu, primary);
	EXPECT_FRAME(primary, FFA_RX_RELEASE, 0U, 0U);
	EXPECT_EQ(waiter_of(5), 3U);
	EXPECT_EQ(guest_run(primary, vcpu_of(5)), vcpu_of(5));
	EXPECT_EQ(mailbox_answer(vcpu_of(5)), 0);
}

TEST(ffa_waiters, refused_map_tells_nobody)
{
	struct vcpu *primary = start();
	struct vcpu *vcpu = guest_run(primary, vcpu_of(5));

	vm_set_find(5)->mailbox.waiters =
		(struct vm_id_queue){.ids = {3}, .count = 1};

	EXPECT_EQ(guest_hvc(vcpu, CALL(FFA_RXTX_MAP, 0, 0, 1)), vcpu);
	EXPECT_EQ(mailbox_answer(vcpu), FFA_INVALID_PARAMETERS);
}

TEST(ffa_waiters, are_told_first_in_first_out)
{
	(void)start();
	occupy(2);
	wait_for(4, 2);
	wait_for(3, 2);
	wait_for(1, 2);
	(void)release(2);

	EXPECT_EQ(waiter_of(2), 4U);
	EXPECT_EQ(waiter_of(2), 3U);
	EXPECT_EQ(waiter_of(2), 1U);
	EXPECT_EQ(waiter_of(2), NONE);
}

TEST(ffa_waiters, are_queued_once_and_keep_their_place)
{
	(void)start();
	occupy(2);
	wait_for(3, 2);
	wait_for(4, 2);
	wait_for(3, 2);
	wait_for(3, 2);
	(void)release(2);

	EXPECT_EQ(waiter_of(2), 3U);
	EXPECT_EQ(waiter_of(2), 4U);
	EXPECT_EQ(waiter_of(2), NONE);
}

TEST(ffa_waiters, all_vms_may_wait)
{
	struct vcpu *primary = mailbox_machine();
	uint16_t count = 0;

	mailbox_give(primary->vm);
	ASSERT_EQ(mailbox_map(primary->vm), 0);
	for (uint16_t id = 2; id <= MAX_VMS; id++) {
		struct vm *vm = guest_add_vm(1);

		/* The buffers themselves are not looked at. */
		vm->mailbox.tx = mailbox_tx(1);
		vm->mailbox.rx = mailbox_rx(1);
		vm->mailbox.state = MAILBOX_EMPTY;
	}
	primary->vm->mailbox.state = MAILBOX_READ;
	for (uint16_t id = 2; id <= MAX_VMS; id++) {
		wait_for(id, 1);
		wait_for(id, 1);
	}
	(void)machine_hvc(primary, CALL(FFA_RX_RELEASE));

	while (waiter_of(1) == count + 2U) {
		count++;
	}
	EXPECT_EQ(count, MAX_VMS - 1);
}

TEST(ffa_waiters, none_while_rx_is_not_empty)
{
	struct vcpu *primary = start();

	occupy(2);
	wait_for(3, 2);
	EXPECT_EQ(waiter_of(2), NONE);

	(void)release(2);
	(void)mailbox_send(primary, 2, 1);
	EXPECT_EQ(waiter_of(2), NONE);

	(void)machine_hvc(vcpu_of(2), CALL(FFA_MSG_POLL));
	(void)release(2);
	EXPECT_EQ(waiter_of(2), 3U);
}

TEST(ffa_waiters, none_while_rx_is_not_mapped)
{
	(void)start();
	occupy(2);
	wait_for(3, 2);
	ASSERT_EQ(mailbox_call(vcpu_of(2), CALL(FFA_RXTX_UNMAP)), 0);
	EXPECT_EQ(waiter_of(2), NONE);

	(void)guest_run(vcpu_of(1), vcpu_of(2));
	(void)guest_hvc(vcpu_of(2), CALL(FFA_RXTX_MAP | 0x40000000,
					 (uintptr_t)mailbox_tx(2),
					 (uintptr_t)mailbox_rx(2), 1));
	EXPECT_EQ(waiter_of(2), 3U);
}

TEST(ffa_waiters, are_the_primary_s_to_ask_for)
{
	(void)start();
	occupy(2);
	wait_for(3, 2);
	(void)release(2);

	EXPECT_EQ(machine_hvc(vcpu_of(2), CALL(HF_MAILBOX_WAITER_GET, 2)),
		  NONE);
	EXPECT_EQ(machine_hvc(vcpu_of(3), CALL(HF_MAILBOX_WAITER_GET, 2)),
		  NONE);
	EXPECT_EQ(waiter_of(2), 3U);
}

TEST(ffa_waiters, of_a_vm_that_is_not_there)
{
	static const uint64_t ids[] = {0,	6,	     0x8000,
				       0x10002, BIT(32) | 2, NONE};

	(void)start();
	occupy(2);
	wait_for(3, 2);
	(void)release(2);

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		EXPECT_EQ(waiter_of(ids[i]), NONE);
	}
	EXPECT_EQ(waiter_of(2), 3U);
}

TEST(ffa_writable, none_before_the_primary_has_asked)
{
	(void)start();
	occupy(2);
	wait_for(3, 2);
	EXPECT_EQ(writable(3), NONE);
	(void)release(2);
	EXPECT_EQ(writable(3), NONE);

	ASSERT_EQ(waiter_of(2), 3U);

	EXPECT_EQ(writable(3), 2U);
	EXPECT_EQ(writable(3), NONE);
	EXPECT_EQ(writable(4), NONE);
}

TEST(ffa_writable, first_in_first_out)
{
	(void)start();
	occupy(4);
	occupy(2);
	wait_for(3, 2);
	wait_for(3, 4);
	(void)release(4);
	(void)release(2);

	ASSERT_EQ(waiter_of(4), 3U);
	ASSERT_EQ(waiter_of(2), 3U);

	EXPECT_EQ(writable(3), 4U);
	EXPECT_EQ(writable(3), 2U);
	EXPECT_EQ(writable(3), NONE);
}

TEST(ffa_writable, each_vm_once)
{
	(void)start();
	for (unsigned int i = 0; i < 2; i++) {
		occupy(2);
		wait_for(3, 2);
		(void)release(2);
		ASSERT_EQ(waiter_of(2), 3U);
	}

	EXPECT_EQ(writable(3), 2U);
	EXPECT_EQ(writable(3), NONE);
}

TEST(ffa_writable, primary_may_wait_too)
{
	(void)start();
	occupy(2);
	wait_for(1, 2);
	(void)release(2);

	EXPECT_EQ(waiter_of(2), 1U);
	EXPECT_EQ(writable(1), 2U);
	EXPECT_EQ(writable(1), NONE);
}

TEST(ffa_writable, then_the_message_gets_through)
{
	struct vcpu *primary = start();

	occupy(2);
	wait_for(3, 2);
	(void)release(2);
	ASSERT_EQ(waiter_of(2), 3U);
	ASSERT_EQ(writable(3), 2U);

	ASSERT_EQ(guest_run(primary, vcpu_of(3)), vcpu_of(3));
	EXPECT_EQ(mailbox_send_notify(vcpu_of(3), 2), primary);
	EXPECT_TRUE(mailbox_is_message(primary, 0x30002, 0));
}

TEST(ffa_writable, calls_change_x0_only)
{
	struct vcpu *primary = start();
	uint64_t ids[] = {HF_MAILBOX_WRITABLE_GET, HF_MAILBOX_WAITER_GET};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		machine_mark_registers(primary);
		primary->regs.x[0] = ids[i];
		EXPECT_EQ(dispatch_hvc(&primary->regs), &primary->regs);
		EXPECT_EQ(primary->regs.x[0], NONE);
		EXPECT_EQ(machine_first_changed(primary, 1), 31U);
	}
}
