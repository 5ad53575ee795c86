/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Races about memory: senders of one VM and of several, a receiver against the
 * sender who wants it back, strangers with the handle, buffers that come and go
 * during a call, the last fragment from two CPUs. One of them gets it, and in
 * the end all tables are as before. See docs/ffa.md.
 */
#include <sched.h>
#include <string.h>

#include "fixture/cpu_threads.h"
#include "fixture/memory.h"
#include "hf/base/limits.h"
#include "hf/mm/stage1.h"
#include "hftest.h"

#define ROUNDS 200U
#define HANDLE_OFFSET 8
#define INVALID FFA_INVALID_PARAMETERS

/** Of the test. */
static struct {
	struct memory memory;
	uint32_t func;	 /* by which VM 1 sends */
	uint32_t length; /* of the descriptor in VM 1's TX */
	uint32_t request_length;
	uint8_t request[128]; /* of VM 2, but for the handle */
	_Atomic uint64_t handle;
	_Atomic unsigned int owners; /* who hold what there is one of */
	_Atomic unsigned int busy;
	_Atomic unsigned int odd; /* what cannot be */
	_Atomic unsigned int turn;
	unsigned int sent[4]; /* pages, by VM */
	uint64_t before;
} race;

/** VM 1 has a descriptor in TX that sends pages 3 and 5 to VM 2. */
static void start(uint32_t func)
{
	struct memory_said *said;

	memset(&race, 0, sizeof(race));
	race.memory = memory_start(V1_2, V1_2);
	stage1_enable(); /* there are several CPUs: take locks */
	race.func = func;
	said = memory_offer(race.memory.sender, func, 2);
	memory_add(said, MEMORY_PAGE(1, 3), 1);
	memory_add(said, MEMORY_PAGE(1, 5), 1);
	race.length = memory_put(race.memory.sender, said);
	said = memory_request(race.memory.receiver, func, 1, 0);
	memcpy(race.request, memory_bytes(said, &race.request_length),
	       sizeof(race.request));
	race.before = memory_digest();
}

/** Calls made from here switch to nobody: the vCPU goes on. */
static struct vcpu *as_guest(const struct vcpu *primary, struct vcpu *vcpu)
{
	vcpu->cpu = primary->cpu;
	return vcpu;
}

static void expect_as_before(void)
{
	EXPECT_EQ(race.odd, 0U);
	EXPECT_EQ(memory_digest(), race.before);
}

static int32_t send(struct vcpu *vcpu)
{
	return memory_call(vcpu, race.func, race.length, race.length);
}

static int32_t retrieve(struct vcpu *vcpu, uint64_t handle)
{
	uint8_t *tx = mailbox_tx(vcpu->vm->id);

	memcpy(tx, race.request, sizeof(race.request));
	memcpy(tx + HANDLE_OFFSET, &handle, sizeof(handle));
	(void)machine_hvc(vcpu, CALL(FFA_MEM_RETRIEVE_REQ, race.request_length,
				     race.request_length));
	return vcpu->regs.x[0] == FFA_MEM_RETRIEVE_RESP ? 0
							: mailbox_answer(vcpu);
}

/** What `vcpu` sent comes back at once; it was nobody else's meanwhile. */
static unsigned int send_and_reclaim(struct vcpu *vcpu, int32_t allowed)
{
	unsigned int sent = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		int32_t code = send(vcpu);

		if (code != 0) {
			race.odd += code != allowed;
			(void)sched_yield();
			continue;
		}
		race.odd += atomic_fetch_add(&race.owners, 1) != 0;
		(void)sched_yield();
		(void)atomic_fetch_sub(&race.owners, 1);
		race.odd += memory_reclaim(vcpu, memory_handle(vcpu), 0) != 0;
		sent++;
	}
	return sent;
}

static unsigned int send_same(struct vcpu *primary)
{
	return send_and_reclaim(primary, FFA_DENIED);
}

TEST(memory_race, page_is_sent_by_one_cpu_at_a_time)
{
	static cpu_work *const work[] = {send_same, send_same, send_same};

	start(FFA_MEM_SHARE);
	EXPECT_GT(cpu_threads_run(3, work).all, 0U);
	expect_as_before();
}

/** VMs 1 to 3 each send a page of their own to the next one. */
static unsigned int send_own(struct vcpu *primary)
{
	uint32_t idx = primary->cpu->idx;
	struct vcpu *vcpus[] = {race.memory.sender, race.memory.receiver,
				race.memory.third};
	struct vcpu *vcpu = as_guest(primary, vcpus[idx]);
	unsigned int sent = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		race.odd += send(vcpu) != 0;
		race.odd += memory_reclaim(vcpu, memory_handle(vcpu), 0) != 0;
		sent++;
	}
	return sent;
}

TEST(memory_race, senders_do_not_touch_each_other)
{
	static cpu_work *const work[] = {send_own, send_own, send_own};
	struct vcpu *vcpus[3];

	start(FFA_MEM_LEND);
	vcpus[0] = race.memory.sender;
	vcpus[1] = race.memory.receiver;
	vcpus[2] = race.memory.third;
	for (unsigned int i = 0; i < 3; i++) {
		uint16_t to = (uint16_t)(1 + (i + 1) % 3);
		struct memory_said *said =
			memory_offer(vcpus[i], FFA_MEM_LEND, to);

		/* A table is cut, and merged again. */
		memory_add(said, MEMORY_PAGE(i + 1, 3), 1);
		memory_add(said, MEMORY_PAGE(i + 1, 1000), 30);
		race.length = memory_put(vcpus[i], said);
	}
	race.before = memory_digest();

	EXPECT_EQ(cpu_threads_run(3, work).all, 3 * ROUNDS);
	expect_as_before();
}

/** VM 1 sends, says the handle, and takes it back as soon as it can. */
static unsigned int offer_all(struct vcpu *primary)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		int32_t code;

		race.odd += send(primary) != 0;
		race.handle = memory_handle(primary);
		(void)sched_yield();
		do {
			code = memory_reclaim(primary, race.handle, 0);
			race.odd += code != 0 && code != FFA_DENIED;
			(void)sched_yield();
		} while (code != 0);
		/* Who has it knows, and nobody gets it any more. */
		race.odd += race.owners != 0;
	}
	race.busy--;
	return 0;
}

/** How often VM 2 takes the same memory: VM 1 shall get it back, too. */
#define RETRIEVALS 4U

/** VM 2 takes it whenever it can, and gives it back. */
static unsigned int retrieve_all(struct vcpu *primary)
{
	struct vcpu *vcpu = as_guest(primary, race.memory.receiver);
	uint64_t last = 0;
	unsigned int left = 0;
	unsigned int count = 0;

	while (race.busy > 0) {
		uint64_t handle = race.handle;
		int32_t code;

		left = handle != last ? RETRIEVALS : left;
		last = handle;
		code = left > 0 ? retrieve(vcpu, handle) : INVALID;
		if (code != 0) {
			race.odd += code != INVALID;
			(void)sched_yield();
			continue;
		}
		left--;
		race.odd += atomic_fetch_add(&race.owners, 1) != 0;
		race.odd += memory_release_rx(vcpu) != 0;
		(void)sched_yield();
		(void)atomic_fetch_sub(&race.owners, 1);
		race.odd += memory_relinquish(vcpu, handle, 0) != 0;
		count++;
	}
	return count;
}

/** VM 3 knows the handle, too, and gets nothing by it. */
static unsigned int pry(struct vcpu *primary)
{
	struct vcpu *vcpu = as_guest(primary, race.memory.third);

	while (race.busy > 0) {
		race.odd += retrieve(vcpu, race.handle) != INVALID;
		race.odd += memory_relinquish(vcpu, race.handle, 0) != INVALID;
		race.odd += memory_reclaim(vcpu, race.handle, 0) != INVALID;
		race.odd += memory_frag_tx(vcpu, race.handle, 16) != INVALID;
		race.odd += memory_frag_rx(vcpu, race.handle, 96) != INVALID;
		(void)sched_yield();
	}
	return 0;
}

/** Another one of VM 1's CPUs reclaims by handles that it guesses. */
static unsigned int reclaim_stale(struct vcpu *primary)
{
	uint64_t last = 0;

	while (race.busy > 0) {
		uint64_t handle = race.handle;

		if (last != 0 && last != handle) {
			race.odd += memory_reclaim(primary, last, 0) != INVALID;
		}
		last = handle;
		(void)sched_yield();
	}
	return 0;
}

static void retrieve_against_reclaim(uint32_t func)
{
	static cpu_work *const work[] = {offer_all, retrieve_all, pry,
					 reclaim_stale};
	struct cpu_counts counts;

	start(func);
	race.busy = 1;
	counts = cpu_threads_run(4, work);
	HFTEST_LOG("retrieved %u times", counts.of[1]);
	expect_as_before();
}

TEST(memory_race, shared_page_is_retrieved_or_reclaimed)
{
	retrieve_against_reclaim(FFA_MEM_SHARE);
}

TEST(memory_race, lent_page_is_retrieved_or_reclaimed)
{
	retrieve_against_reclaim(FFA_MEM_LEND);
}

/** A donation is the receiver's or, reclaimed in time, the donor's. */
static unsigned int donate_all(struct vcpu *primary)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		int32_t code;

		race.turn = 0;
		if (send(primary) != 0) {
			race.odd++;
			break;
		}
		race.handle = memory_handle(primary);
		(void)sched_yield();
		code = memory_reclaim(primary, race.handle, 0);
		race.odd += code != 0 && code != INVALID;
		kept += code == 0;
		/* Else VM 2 has it, and gives it back in its own name. */
		while (code != 0 && race.turn == 0) {
			(void)sched_yield();
		}
	}
	race.busy--;
	return kept;
}

static void give_to_vm_1(const struct vcpu *vcpu, uint64_t page)
{
	struct vm_locked vm = vm_lock(vcpu->vm);

	race.odd += stage2_unmap(&vm.vm->stage2, ipa_init(page),
				 ipa_init(page + PAGE_SIZE)) != MM_OK;
	vm_unlock(&vm);
	memory_set(race.memory.sender, page, 1, MEMORY_OWN);
}

static unsigned int take_donations(struct vcpu *primary)
{
	struct vcpu *vcpu = as_guest(primary, race.memory.receiver);
	unsigned int taken = 0;

	while (race.busy > 0) {
		int32_t code = retrieve(vcpu, race.handle);

		if (code != 0) {
			race.odd += code != INVALID;
			(void)sched_yield();
			continue;
		}
		race.odd += memory_release_rx(vcpu) != 0;
		taken++;
		/* As if it had donated them, and VM 1 retrieved them. */
		give_to_vm_1(vcpu, MEMORY_PAGE(1, 3));
		give_to_vm_1(vcpu, MEMORY_PAGE(1, 5));
		race.turn = 1;
	}
	return taken;
}

TEST(memory_race, donation_has_one_owner)
{
	static cpu_work *const work[] = {donate_all, take_donations};
	struct cpu_counts counts;

	start(FFA_MEM_DONATE);
	race.busy = 1;
	counts = cpu_threads_run(2, work);

	EXPECT_EQ(counts.of[0] + counts.of[1], ROUNDS);
	EXPECT_EQ(race.odd, 0U);
	EXPECT_EQ(memory_mode(race.memory.sender, MEMORY_PAGE(1, 3)),
		  MEMORY_OWN);
	EXPECT_EQ(memory_mode(race.memory.receiver, MEMORY_PAGE(1, 3)),
		  MM_MODE_ABSENT);
}

static unsigned int send_without_tx(struct vcpu *primary)
{
	unsigned int sent = send_and_reclaim(primary, INVALID);

	race.busy--;
	return sent;
}

/** Another of VM 1's vCPUs takes its buffers away and back. */
static unsigned int map_again(struct vcpu *primary)
{
	while (race.busy > 0) {
		race.odd += mailbox_call(primary, CALL(FFA_RXTX_UNMAP)) != 0;
		(void)sched_yield();
		race.odd += mailbox_map_by(primary) != 0;
		(void)sched_yield();
	}
	return 0;
}

TEST(memory_race, tx_that_goes_during_the_call_loses_nothing)
{
	static cpu_work *const work[] = {send_without_tx, map_again};

	start(FFA_MEM_SHARE);
	race.busy = 1;
	EXPECT_GT(cpu_threads_run(2, work).of[0], 0U);
	expect_as_before();
}

/** VM 2 offers to VM 1, whose buffers come and go while it retrieves. */
static unsigned int retrieve_without_rx(struct vcpu *primary)
{
	struct vcpu *sender = as_guest(primary, race.memory.receiver);
	unsigned int count = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		int32_t code;

		race.odd += send(sender) != 0;
		code = retrieve(primary, memory_handle(sender));
		race.odd += code != 0 && code != INVALID && code != FFA_BUSY;
		if (code == 0) {
			count++;
			/* DENIED: RX went, and came back empty. */
			code = memory_release_rx(primary);
			race.odd += code != 0 && code != FFA_DENIED;
			do {
				(void)sched_yield();
				code = memory_relinquish(
					primary, memory_handle(sender), 0);
				race.odd += code != 0 && code != INVALID;
			} while (code != 0);
		}
		race.odd +=
			memory_reclaim(sender, memory_handle(sender), 0) != 0;
	}
	race.busy--;
	return count;
}

TEST(memory_race, rx_that_goes_during_the_call_loses_nothing)
{
	static cpu_work *const work[] = {retrieve_without_rx, map_again};
	struct memory_said *said;

	start(FFA_MEM_LEND);
	said = memory_offer(race.memory.receiver, FFA_MEM_LEND, 1);
	memory_add(said, MEMORY_PAGE(2, 3), 2);
	race.length = memory_put(race.memory.receiver, said);
	said = memory_request(race.memory.sender, FFA_MEM_LEND, 2, 0);
	memcpy(race.request, memory_bytes(said, &race.request_length),
	       sizeof(race.request));
	race.before = memory_digest();
	race.busy = 1;
	(void)cpu_threads_run(2, work);
	expect_as_before();
}

/** The descriptor up to the first range, then the second range, to TX. */
static void put_first(const struct memory_said *said)
{
	(void)memory_put(race.memory.sender, said);
}

static void put_second(const struct memory_said *said)
{
	memcpy(mailbox_tx(1), &said->ranges[1], sizeof(said->ranges[1]));
}

/** Both CPUs send the last fragment: one of them ends it. */
static unsigned int send_last(struct vcpu *primary)
{
	unsigned int ended = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		int32_t code;

		while (race.turn < 2 * i + 1) {
			(void)sched_yield();
		}
		code = memory_frag_tx(primary, race.handle, 16);
		race.odd += code != 0 && code != INVALID;
		ended += code == 0;
		race.owners++;
		while (race.turn < 2 * i + 2) {
			(void)sched_yield();
		}
	}
	return ended;
}

/** Begins each transaction, and takes it back when both have tried. */
static unsigned int send_first(struct vcpu *primary)
{
	struct memory_said *said = memory_offer(primary, race.func, 2);

	memory_add(said, MEMORY_PAGE(1, 3), 1);
	memory_add(said, MEMORY_PAGE(1, 5), 1);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		put_first(said);
		race.odd += memory_call(primary, race.func, race.length,
					race.length - 16) != 0;
		race.handle = memory_handle(primary);
		put_second(said);
		race.turn = 2 * i + 1;
		while (race.owners < 2 * (i + 1)) {
			(void)sched_yield();
		}
		race.odd += memory_reclaim(primary, race.handle, 0) != 0;
		race.turn = 2 * i + 2;
	}
	return 0;
}

TEST(memory_race, last_fragment_is_sent_by_one_cpu)
{
	static cpu_work *const work[] = {send_first, send_last, send_last};

	start(FFA_MEM_LEND);
	EXPECT_EQ(cpu_threads_run(3, work).all, ROUNDS);
	expect_as_before();
}

/** Of a descriptor of 1.2 with one range. */
#define FIRST_RANGE 96U

/** VM `vcpu->vm` sends page 2n of its own as long as it may. */
static unsigned int fill(struct vcpu *vcpu)
{
	uint8_t *tx = mailbox_tx(vcpu->vm->id);
	unsigned int count = 0;
	int32_t code;

	do {
		/* What was sent before is not sent again. */
		uint64_t address =
			MEMORY_PAGE(vcpu->vm->id, 2 * race.sent[vcpu->vm->id]);

		memcpy(tx + FIRST_RANGE, &address, sizeof(address));
		code = send(vcpu);
		if (code == 0) {
			race.sent[vcpu->vm->id]++;
			count++;
		}
	} while (code == 0);
	race.odd += code != FFA_NO_MEMORY;
	return count;
}

static void put_one(const struct vcpu *vcpu, uint16_t to)
{
	struct memory_said *said = memory_offer(vcpu, FFA_MEM_LEND, to);

	memory_add(said, MEMORY_PAGE(vcpu->vm->id, 0), 1);
	race.length = memory_put(vcpu, said);
}

static unsigned int fill_as_receiver(struct vcpu *primary)
{
	return fill(as_guest(primary, race.memory.receiver));
}

static unsigned int fill_as_third(struct vcpu *primary)
{
	return fill(as_guest(primary, race.memory.third));
}

/** Both find that there is no room, and look for what the aborted one left. */
TEST(memory_race, what_an_aborted_vm_left_is_freed_once)
{
	static cpu_work *const work[] = {fill_as_receiver, fill_as_third};
	unsigned int all;

	start(FFA_MEM_LEND);
	put_one(race.memory.sender, 2);
	put_one(race.memory.receiver, 3);
	put_one(race.memory.third, 2);
	ASSERT_EQ(fill(race.memory.sender),
		  TRANSACTIONS_OF_VM + TRANSACTIONS_FOR_ALL);
	race.memory.sender->vm->is_aborting = true;
	all = cpu_threads_run(2, work).all;
	/* Who was told that there is none while the other made room. */
	all += fill(race.memory.third);

	EXPECT_EQ(all, 2 * TRANSACTIONS_OF_VM + TRANSACTIONS_FOR_ALL);
	EXPECT_EQ(race.odd, 0U);
}
