/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Races about RX: senders on several CPUs, vCPUs of one VM that receive at the
 * same time, a release while another one receives, and maps against each other.
 * Who gets a message, or the buffers, is exactly one.
 */
#include <sched.h>
#include <string.h>

#include "fixture/cpu_threads.h"
#include "fixture/mailbox.h"
#include "hf/hvc.h"
#include "hf/mm/stage1.h"
#include "hf/smccc.h"
#include "hftest.h"

#define ROUNDS 300U

/** Of the test: the receiver, VM 2, and what was seen of it. */
static struct {
	struct vm *vm;
	_Atomic unsigned int busy; /* senders */
	_Atomic unsigned int odd;  /* answers that cannot be */
} race;

/** VM 2 with a vCPU for each CPU, and senders 3, 4 ... */
static void start(unsigned int senders)
{
	struct vcpu *primary = mailbox_machine();

	stage1_enable(); /* there are several CPUs: take locks */
	mailbox_give(primary->vm);
	ASSERT_EQ(mailbox_map(primary->vm), 0);
	race.vm = mailbox_add_vm(MACHINE_CPUS);
	for (unsigned int i = 0; i < senders; i++) {
		struct vm *vm = mailbox_add_vm(1);

		memset(mailbox_tx(vm->id), vm->id, PAGE_SIZE);
	}
	race.busy = senders;
	race.odd = 0;
}

/** Calls made from here switch to nobody: the vCPU goes on. */
static struct vcpu *as_guest(struct vcpu *primary, struct vm *vm, uint32_t idx)
{
	struct vcpu *vcpu = vm_vcpu(vm, idx);

	vcpu->cpu = primary->cpu;
	return vcpu;
}

/** One FFA_MSG_SEND by VM 2 + CPU; did it get through? */
static bool try_send(struct vcpu *primary, uint32_t size)
{
	uint16_t id = (uint16_t)(2 + primary->cpu->idx);
	struct vcpu *sender = as_guest(primary, vm_set_find(id), 0);

	race.odd += guest_run(primary, sender) != sender;
	if (mailbox_send(sender, 2, size) == primary) {
		race.odd += !mailbox_is_message(primary,
						((uint32_t)id << 16) | 2, 0);
		return true;
	}
	race.odd += mailbox_answer(sender) != FFA_BUSY;
	(void)guest_irq(sender);
	return false;
}

static unsigned int send_once(struct vcpu *primary)
{
	return primary->cpu->idx == 0 ? 0 : try_send(primary, 22);
}

/** As many as ROUNDS, each of a size that says who sent it. */
static unsigned int send_all(struct vcpu *primary)
{
	unsigned int sent = 0;

	while (sent < ROUNDS) {
		if (try_send(primary, 2 + primary->cpu->idx)) {
			sent++;
		} else {
			(void)sched_yield();
		}
	}
	race.busy--;
	return sent;
}

/** The message in the frame of `vcpu` is of one sender, and RX has it. */
static bool is_whole(const struct vcpu *vcpu)
{
	uint16_t from = (uint16_t)(vcpu->regs.x[1] >> 16);
	uint64_t size = vcpu->regs.x[3];

	if (!mailbox_is_message(vcpu, ((uint32_t)from << 16) | 2, from)) {
		return false;
	}
	for (uint64_t i = 0; i < size; i++) {
		if (mailbox_rx(2)[i] != from) {
			return false;
		}
	}
	return true;
}

static unsigned int receive_all(struct vcpu *primary)
{
	struct vcpu *vcpu = as_guest(primary, race.vm, primary->cpu->idx);
	unsigned int count = 0;

	while (race.busy > 0 || race.vm->mailbox.state == MAILBOX_RECEIVED) {
		(void)machine_hvc(vcpu, CALL(FFA_MSG_POLL));
		if (vcpu->regs.x[0] != FFA_MSG_SEND) {
			race.odd += mailbox_answer(vcpu) != FFA_RETRY;
			(void)sched_yield();
			continue;
		}
		race.odd += !is_whole(vcpu);
		count++;
		race.odd += mailbox_call(vcpu, CALL(FFA_RX_RELEASE)) != 0;
	}
	return count;
}

/** A vCPU that releases what others receive. */
static unsigned int release_all(struct vcpu *primary)
{
	struct vcpu *vcpu = as_guest(primary, race.vm, primary->cpu->idx);
	unsigned int count = 0;

	while (race.busy > 0) {
		count += mailbox_call(vcpu, CALL(FFA_RX_RELEASE)) == 0;
		(void)sched_yield();
	}
	return count;
}

/** Only receives; somebody else releases. */
static unsigned int poll_all(struct vcpu *primary)
{
	struct vcpu *vcpu = as_guest(primary, race.vm, primary->cpu->idx);
	unsigned int count = 0;

	while (race.busy > 0 || race.vm->mailbox.state == MAILBOX_RECEIVED) {
		(void)machine_hvc(vcpu, CALL(FFA_MSG_POLL));
		count += vcpu->regs.x[0] == FFA_MSG_SEND;
		(void)sched_yield();
	}
	return count;
}

static unsigned int poll_once(struct vcpu *primary)
{
	struct vcpu *vcpu = as_guest(primary, race.vm, primary->cpu->idx);

	(void)machine_hvc(vcpu, CALL(FFA_MSG_POLL));
	return mailbox_is_message(vcpu, 0x10002, 7);
}

TEST(mailbox_race, of_two_senders_exactly_one_gets_through)
{
	cpu_work *const work[] = {send_once, send_once, send_once};

	for (unsigned int i = 0; i < 30; i++) {
		struct cpu_counts counts;

		start(2);
		counts = cpu_threads_run(3, work);
		ASSERT_EQ(counts.all, 1U);
		ASSERT_EQ(race.odd, 0U);
		ASSERT_EQ(race.vm->mailbox.sender, counts.of[1] != 0 ? 3U : 4U);
		ASSERT_EQ(mailbox_rx(2)[21], race.vm->mailbox.sender);
	}
}

TEST(mailbox_race, of_four_receivers_exactly_one_gets_it)
{
	cpu_work *const work[] = {poll_once, poll_once, poll_once, poll_once};

	for (unsigned int i = 0; i < 30; i++) {
		struct cpu_counts counts;

		start(0);
		(void)mailbox_send(vm_vcpu(vm_set_find(1), 0), 2, 7);
		counts = cpu_threads_run(4, work);
		ASSERT_EQ(counts.all, 1U);
		ASSERT_EQ(race.vm->mailbox.state, MAILBOX_READ);
	}
}

TEST(mailbox_race, each_message_is_received_once_and_whole)
{
	cpu_work *const work[] = {receive_all, send_all};
	struct cpu_counts counts;

	start(1);
	counts = cpu_threads_run(2, work);

	EXPECT_EQ(counts.of[1], ROUNDS);
	EXPECT_EQ(counts.of[0], ROUNDS);
	EXPECT_EQ(race.odd, 0U);
	EXPECT_EQ(race.vm->mailbox.state, MAILBOX_EMPTY);
}

TEST(mailbox_race, each_message_of_three_senders_is_received_once)
{
	cpu_work *const work[] = {receive_all, send_all, send_all, send_all};
	struct cpu_counts counts;

	start(3);
	counts = cpu_threads_run(4, work);

	EXPECT_EQ(counts.of[0], 3 * ROUNDS);
	EXPECT_EQ(race.odd, 0U);
}

/*
 * A guest that releases on one vCPU what another one is receiving: it may get
 * a frame of two messages, but nothing is torn for us.
 */
TEST(mailbox_race, release_while_another_vcpu_receives)
{
	cpu_work *const work[] = {poll_all, send_all, release_all, send_all};
	struct cpu_counts counts;

	start(3);
	race.busy = 2;
	counts = cpu_threads_run(4, work);

	EXPECT_EQ(counts.of[0], 2 * ROUNDS);
	EXPECT_EQ(race.odd, 0U);
}

/** FFA_RXTX_MAP by a vCPU of VM 2 that has none. */
static unsigned int map_once(struct vcpu *primary)
{
	struct vcpu *vcpu = as_guest(primary, race.vm, primary->cpu->idx);
	int32_t code = mailbox_call(vcpu, CALL(FFA_RXTX_MAP | SMCCC_64_BIT,
					       (uintptr_t)mailbox_tx(2),
					       (uintptr_t)mailbox_rx(2), 1));

	race.odd += code != 0 && code != FFA_DENIED;
	return code == 0;
}

static unsigned int unmap_once(struct vcpu *primary)
{
	struct vcpu *vcpu = as_guest(primary, race.vm, primary->cpu->idx);
	int32_t code = mailbox_call(vcpu, CALL(FFA_RXTX_UNMAP));

	race.odd += code != 0 && code != FFA_INVALID_PARAMETERS;
	return code == 0;
}

TEST(mailbox_race, of_three_unmaps_and_of_three_maps_exactly_one)
{
	cpu_work *const unmaps[] = {unmap_once, unmap_once, unmap_once};
	cpu_work *const maps[] = {map_once, map_once, map_once};

	start(0);
	ASSERT_EQ(cpu_threads_run(3, unmaps).all, 1U);
	start(0);
	ASSERT_EQ(mailbox_call(vm_vcpu(race.vm, 0), CALL(FFA_RXTX_UNMAP)), 0);
	ASSERT_EQ(cpu_threads_run(3, maps).all, 1U);
	EXPECT_EQ(race.odd, 0U);
}

/** Buffers come and go while somebody sends into them. */
static unsigned int map_and_unmap(struct vcpu *primary)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		race.odd += unmap_once(primary) != 1;
		race.odd += map_once(primary) != 1;
	}
	race.busy = 0;
	return ROUNDS;
}

static unsigned int send_until_over(struct vcpu *primary)
{
	unsigned int sent = 0;

	while (race.busy > 0) {
		sent += try_send(primary, 4096);
	}
	return sent;
}

TEST(mailbox_race, send_while_the_receiver_unmaps)
{
	cpu_work *const work[] = {map_and_unmap, send_until_over};

	start(1);
	(void)cpu_threads_run(2, work);

	EXPECT_EQ(race.odd, 0U);
	EXPECT_EQ(mailbox_call(vm_vcpu(race.vm, 0), CALL(FFA_RXTX_UNMAP)), 0);
}

/** As send_all(), but who finds RX busy waits until it is told. */
static unsigned int send_when_told(struct vcpu *primary)
{
	uint16_t id = (uint16_t)(2 + primary->cpu->idx);
	struct vcpu *vcpu = vm_vcpu(vm_set_find(id), 0);
	unsigned int sent = 0;

	while (sent < ROUNDS) {
		race.odd += guest_run(primary, vcpu) != vcpu;
		while (mailbox_send_notify(vcpu, 2) == vcpu) {
			race.odd += mailbox_answer(vcpu) != FFA_BUSY;
			while (machine_hvc(vcpu,
					   CALL(HF_MAILBOX_WRITABLE_GET)) !=
			       2) {
				(void)sched_yield();
			}
		}
		sent++;
	}
	race.busy--;
	return sent;
}

/** Runs vCPU 0 of VM 2, which takes a message; tells who waited for that. */
static unsigned int receive_and_tell(struct vcpu *primary)
{
	struct vcpu *vcpu = vm_vcpu(race.vm, 0);
	unsigned int count = 0;

	while (race.busy > 0 || race.vm->mailbox.state == MAILBOX_RECEIVED) {
		(void)guest_run(primary, vcpu);
		(void)guest_hvc(vcpu, CALL(FFA_MSG_POLL));
		if (vcpu->regs.x[0] != FFA_MSG_SEND) {
			(void)guest_irq(vcpu);
			(void)sched_yield();
			continue;
		}
		count++;
		if (guest_hvc(vcpu, CALL(FFA_RX_RELEASE)) == vcpu) {
			(void)guest_irq(vcpu);
			continue;
		}
		race.odd += primary->regs.x[0] != FFA_RX_RELEASE;
		while (machine_hvc(primary, CALL(HF_MAILBOX_WAITER_GET, 2)) !=
		       UINT64_MAX) {
			/* WRITABLE_GET says so to that one. */
		}
	}
	return count;
}

/* One that is never told waits until the test's time is over. */
TEST(mailbox_race, no_waiter_is_forgotten)
{
	cpu_work *const work[] = {receive_and_tell, send_when_told,
				  send_when_told, send_when_told};
	struct cpu_counts counts;

	start(3);
	counts = cpu_threads_run(4, work);

	EXPECT_EQ(counts.of[0], 3 * ROUNDS);
	EXPECT_EQ(race.odd, 0U);
	EXPECT_EQ(race.vm->mailbox.waiters.count, 0U);
}

static unsigned int ask_version(struct vcpu *primary)
{
	struct vcpu *vcpu = as_guest(primary, race.vm, primary->cpu->idx);

	return machine_hvc(vcpu, CALL(FFA_VERSION, FFA_VERSION_1_0)) ==
	       FFA_VERSION_1_2;
}

/** What FFA_FEATURES says of FFA_RXTX_UNMAP changes at most once. */
static unsigned int ask_features(struct vcpu *primary)
{
	struct vcpu *vcpu = as_guest(primary, race.vm, primary->cpu->idx);
	int32_t last = FFA_NOT_SUPPORTED;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		int32_t code =
			mailbox_call(vcpu, CALL(FFA_FEATURES, FFA_RXTX_UNMAP));

		race.odd += last == 0 && code != 0;
		last = code;
	}
	return 0;
}

TEST(mailbox_race, features_while_the_version_is_asked_for)
{
	cpu_work *const work[] = {ask_version, ask_features, ask_features};

	start(0);

	EXPECT_EQ(cpu_threads_run(3, work).all, 1U);
	EXPECT_EQ(race.odd, 0U);
}
