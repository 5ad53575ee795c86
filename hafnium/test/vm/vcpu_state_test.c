/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of the state table of hafnium/inc/hf/vm/vcpu.h: blocked and aborted. Those
 * of OFF, READY and RUNNING among themselves are in vcpu_test.c.
 */
#include "fixture/guest.h"
#include "hftest.h"

/** A vCPU of a secondary, brought to `state`, locked. */
static struct vcpu_locked vcpu_in(enum vcpu_state state)
{
	struct vm *vm;
	struct vcpu_locked vcpu;

	(void)machine_start();
	vm = guest_add_vm(2);
	vcpu = vcpu_lock(vm_vcpu(vm, state == VCPU_OFF ? 1 : 0));
	if (state != VCPU_OFF && state != VCPU_READY) {
		vcpu_set_state(vcpu, VCPU_RUNNING);
	}
	if (state != VCPU_OFF && state != VCPU_READY && state != VCPU_RUNNING) {
		vcpu_set_state(vcpu, state);
	}
	return vcpu;
}

/** The state after a step. */
static enum vcpu_state step(enum vcpu_state from, enum vcpu_state to)
{
	struct vcpu_locked vcpu = vcpu_in(from);

	vcpu_set_state(vcpu, to);
	return vcpu.vcpu->state;
}

#define EXPECT_NO_STEP(from, to) \
	EXPECT_PANIC("vcpu_before", (void)step(from, to))

TEST(vcpu_state, ready_becomes_aborted)
{
	EXPECT_EQ(step(VCPU_READY, VCPU_ABORTED), VCPU_ABORTED);
}

TEST(vcpu_state, running_becomes_blocked_on_a_message)
{
	EXPECT_EQ(step(VCPU_RUNNING, VCPU_BLOCKED_MAILBOX),
		  VCPU_BLOCKED_MAILBOX);
}

TEST(vcpu_state, running_becomes_blocked_on_an_interrupt)
{
	EXPECT_EQ(step(VCPU_RUNNING, VCPU_BLOCKED_INTERRUPT),
		  VCPU_BLOCKED_INTERRUPT);
}

TEST(vcpu_state, running_becomes_aborted)
{
	EXPECT_EQ(step(VCPU_RUNNING, VCPU_ABORTED), VCPU_ABORTED);
}

TEST(vcpu_state, blocked_on_a_message_becomes_running)
{
	EXPECT_EQ(step(VCPU_BLOCKED_MAILBOX, VCPU_RUNNING), VCPU_RUNNING);
}

TEST(vcpu_state, blocked_on_a_message_becomes_aborted)
{
	EXPECT_EQ(step(VCPU_BLOCKED_MAILBOX, VCPU_ABORTED), VCPU_ABORTED);
}

TEST(vcpu_state, blocked_on_an_interrupt_becomes_running)
{
	EXPECT_EQ(step(VCPU_BLOCKED_INTERRUPT, VCPU_RUNNING), VCPU_RUNNING);
}

TEST(vcpu_state, blocked_on_an_interrupt_becomes_aborted)
{
	EXPECT_EQ(step(VCPU_BLOCKED_INTERRUPT, VCPU_ABORTED), VCPU_ABORTED);
}

TEST(vcpu_state, off_becomes_aborted)
{
	EXPECT_EQ(step(VCPU_OFF, VCPU_ABORTED), VCPU_ABORTED);
}

TEST(vcpu_state, off_is_started_before_it_blocks)
{
	EXPECT_NO_STEP(VCPU_OFF, VCPU_BLOCKED_MAILBOX);
	EXPECT_NO_STEP(VCPU_OFF, VCPU_BLOCKED_INTERRUPT);
}

TEST(vcpu_state, ready_does_not_block_before_it_runs)
{
	EXPECT_NO_STEP(VCPU_READY, VCPU_BLOCKED_MAILBOX);
	EXPECT_NO_STEP(VCPU_READY, VCPU_BLOCKED_INTERRUPT);
}

TEST(vcpu_state, blocked_on_a_message_runs_before_all_else)
{
	EXPECT_NO_STEP(VCPU_BLOCKED_MAILBOX, VCPU_OFF);
	EXPECT_NO_STEP(VCPU_BLOCKED_MAILBOX, VCPU_READY);
	EXPECT_NO_STEP(VCPU_BLOCKED_MAILBOX, VCPU_BLOCKED_MAILBOX);
	EXPECT_NO_STEP(VCPU_BLOCKED_MAILBOX, VCPU_BLOCKED_INTERRUPT);
}

TEST(vcpu_state, blocked_on_an_interrupt_runs_before_all_else)
{
	EXPECT_NO_STEP(VCPU_BLOCKED_INTERRUPT, VCPU_OFF);
	EXPECT_NO_STEP(VCPU_BLOCKED_INTERRUPT, VCPU_READY);
	EXPECT_NO_STEP(VCPU_BLOCKED_INTERRUPT, VCPU_BLOCKED_MAILBOX);
	EXPECT_NO_STEP(VCPU_BLOCKED_INTERRUPT, VCPU_BLOCKED_INTERRUPT);
}

TEST(vcpu_state, aborted_stays_aborted)
{
	EXPECT_NO_STEP(VCPU_ABORTED, VCPU_OFF);
	EXPECT_NO_STEP(VCPU_ABORTED, VCPU_READY);
	EXPECT_NO_STEP(VCPU_ABORTED, VCPU_RUNNING);
	EXPECT_NO_STEP(VCPU_ABORTED, VCPU_BLOCKED_MAILBOX);
	EXPECT_NO_STEP(VCPU_ABORTED, VCPU_BLOCKED_INTERRUPT);
	EXPECT_NO_STEP(VCPU_ABORTED, VCPU_ABORTED);
}

TEST(vcpu_start, blocked_one_is_started_as_well)
{
	struct vcpu_locked vcpu = vcpu_in(VCPU_BLOCKED_INTERRUPT);

	vcpu_start_on(vcpu, cpu_get(2));

	EXPECT_EQ(vcpu.vcpu->state, VCPU_RUNNING);
	EXPECT_EQ(vcpu.vcpu->cpu, cpu_get(2));
}

TEST(vcpu_start, aborted_one_is_not)
{
	struct vcpu_locked vcpu = vcpu_in(VCPU_ABORTED);

	EXPECT_PANIC("vcpu_before", vcpu_start_on(vcpu, cpu_get(0)));
}
