/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Races of FFA_MSG_SEND2: senders on two CPUs, of which one's buffers come and
 * go, and a receiver that fetches the notification and gives RX back. Each
 * message that was accepted is received once and as a whole.
 */
#include <sched.h>
#include <string.h>

#include "fixture/cpu_threads.h"
#include "fixture/direct.h"
#include "fixture/mailbox.h"
#include "hf/ffa_message.h"
#include "hf/mm/stage1.h"
#include "hftest.h"

#define ROUNDS 200U
#define SIZE 300U

/** Bytes of a header of 1.1. */
#define HEADER 20U

/** Of the test: VM 2 receives, VM 1 and VM 3 send. */
static struct {
	struct vm *receiver;
	struct vm *other;
	_Atomic unsigned int busy; /* senders */
	_Atomic unsigned int odd;
} race;

/** TX of VM `id` is a message to VM 2 of that byte. */
static void prepare(struct vm *vm)
{
	struct ffa_message header = {
		.offset = HEADER,
		.receiver = 2,
		.sender = vm->id,
		.size_bytes = SIZE,
	};

	direct_profile_set(vm, V1_1);
	memset(mailbox_tx(vm->id), vm->id, PAGE_SIZE);
	memcpy(mailbox_tx(vm->id), &header, HEADER);
}

static void start(void)
{
	struct vcpu *primary = mailbox_machine();

	stage1_enable(); /* there are several CPUs: take locks */
	mailbox_give(primary->vm);
	ASSERT_EQ(mailbox_map(primary->vm), 0);
	race.receiver = mailbox_add_vm(1);
	race.other = mailbox_add_vm(1);
	direct_profile_set(race.receiver, V1_1);
	prepare(primary->vm);
	prepare(race.other);
	race.busy = 2;
	race.odd = 0;
}

static unsigned int send_all(struct vcpu *sender)
{
	unsigned int sent = 0;

	while (sent < ROUNDS) {
		int32_t code = mailbox_call(sender, CALL(FFA_MSG_SEND2));

		/* DENIED: TX is not there just now. */
		race.odd += code != 0 && code != FFA_BUSY && code != FFA_DENIED;
		sent += code == 0;
		(void)sched_yield();
	}
	race.busy--;
	return sent;
}

static unsigned int send_as_primary(struct vcpu *primary)
{
	return send_all(primary);
}

static unsigned int send_as_other(struct vcpu *primary)
{
	struct vcpu *vcpu = vm_vcpu(race.other, 0);

	race.odd += guest_run(primary, vcpu) != vcpu;
	return send_all(vcpu);
}

/** RX is one message of one sender, and nothing else. */
static bool is_whole(const uint8_t *rx)
{
	struct ffa_message header = {0};

	memcpy(&header, rx, HEADER);
	for (size_t i = 0; i < SIZE; i++) {
		if (rx[HEADER + i] != header.sender) {
			return false;
		}
	}
	return (header.sender == 1 || header.sender == 3) &&
	       header.size_bytes == SIZE && rx[HEADER + SIZE] == 0;
}

/** Is "RX full" pending? Not any more. */
static bool fetch(struct vcpu *vcpu)
{
	(void)machine_hvc(vcpu, CALL(FFA_NOTIFICATION_GET, 2, 8));
	race.odd += vcpu->regs.x[0] != FFA_SUCCESS;
	return vcpu->regs.x[7] == 1;
}

static unsigned int receive_all(struct vcpu *primary)
{
	struct vcpu *vcpu = vm_vcpu(race.receiver, 0);
	unsigned int received = 0;

	vcpu->cpu = primary->cpu;
	for (;;) {
		bool is_last = race.busy == 0;

		if (fetch(vcpu)) {
			race.odd += !is_whole(mailbox_rx(2));
			race.odd += mailbox_call(vcpu, CALL(FFA_RX_RELEASE));
			received++;
		} else if (is_last) {
			return received;
		}
		(void)sched_yield();
	}
}

/** Another vCPU of the primary takes its buffers away and back. */
static unsigned int map_again(struct vcpu *primary)
{
	struct vcpu *self = vm_vcpu(primary->vm, 3);

	while (race.busy > 0) {
		race.odd += mailbox_call(self, CALL(FFA_RXTX_UNMAP)) != 0;
		race.odd += mailbox_map_by(self) != 0;
		(void)sched_yield();
	}
	return 0;
}

static cpu_work *const senders[] = {
	send_as_primary,
	send_as_other,
	receive_all,
};

TEST(send2_race, each_accepted_message_is_received_once_and_whole)
{
	struct cpu_counts counts;

	start();
	counts = cpu_threads_run(3, senders);

	EXPECT_EQ(race.odd, 0U);
	EXPECT_EQ(counts.of[2], counts.of[0] + counts.of[1]);
}

static cpu_work *const senders_and_maps[] = {
	send_as_primary,
	send_as_other,
	receive_all,
	map_again,
};

TEST(send2_race, buffers_that_come_and_go_lose_no_message)
{
	struct cpu_counts counts;

	start();
	counts = cpu_threads_run(4, senders_and_maps);

	EXPECT_EQ(race.odd, 0U);
	EXPECT_EQ(counts.of[2], counts.of[0] + counts.of[1]);
}
