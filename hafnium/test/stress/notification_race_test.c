/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Races about notifications: VMs that set them, vCPUs of one VM that get them,
 * the primary that asks whom to run, and bindings that come and go. Each bit
 * that was set is got once and told at most once. See docs/ffa.md.
 */
#include <sched.h>

#include "fixture/cpu_threads.h"
#include "fixture/direct.h"
#include "fixture/mailbox.h"
#include "hf/ffa/notification.h"
#include "hf/mm/stage1.h"
#include "hftest.h"

#define ROUNDS 300U
#define PER_VCPU 1U

/** Bits of VM 2; all but the last one are bound to VM 1 or VM 3. */
#define BIT_OF_VM1 0U
#define BIT_OF_VM3 33U
#define BIT_OF_VCPU 63U /* of vCPU 1, set by VM 1 */
#define BIT_AT_TIMES 40U

/** Of the test: VM 2 receives. */
static struct {
	struct vm *receiver;
	struct vm *other; /* VM 3 */
	_Atomic unsigned int seen[64];
	_Atomic unsigned int told[2]; /* VM 2, and its vCPU 1 */
	_Atomic unsigned int owners;  /* of the binding */
	_Atomic unsigned int busy;
	_Atomic unsigned int odd;
} race;

static uint64_t pair_of(uint16_t sender, uint16_t receiver)
{
	return (uint64_t)sender << 16 | receiver;
}

static int32_t bind(struct vcpu *vcpu, uint16_t sender, uint64_t flags,
		    unsigned int bit)
{
	uint64_t bits = BIT(bit);

	return mailbox_call(vcpu, CALL(FFA_NOTIFICATION_BIND,
				       pair_of(sender, vcpu->vm->id), flags,
				       (uint32_t)bits, bits >> 32));
}

static int32_t unbind(struct vcpu *vcpu, uint16_t sender, unsigned int bit)
{
	uint64_t bits = BIT(bit);

	return mailbox_call(vcpu, CALL(FFA_NOTIFICATION_UNBIND,
				       pair_of(sender, vcpu->vm->id), 0,
				       (uint32_t)bits, bits >> 32));
}

static int32_t set(struct vcpu *vcpu, uint64_t flags, unsigned int bit)
{
	uint64_t bits = BIT(bit);

	return mailbox_call(vcpu,
			    CALL(FFA_NOTIFICATION_SET, pair_of(vcpu->vm->id, 2),
				 flags, (uint32_t)bits, bits >> 32));
}

/** What `vcpu` of VM 2 gets: its own and global bits. */
static uint64_t get(struct vcpu *vcpu)
{
	const uint64_t *x = vcpu->regs.x;

	(void)machine_hvc(vcpu, CALL(FFA_NOTIFICATION_GET,
				     (uint64_t)vcpu->idx << 16 | 2, 2));
	race.odd += x[0] != FFA_SUCCESS;
	race.odd += (x[1] | x[2] | x[3] | x[6] | x[7]) != 0;
	return x[4] | x[5] << 32;
}

static struct vcpu *as_guest(const struct vcpu *primary, struct vm *vm,
			     uint32_t idx)
{
	struct vcpu *vcpu = vm_vcpu(vm, idx);

	vcpu->cpu = primary->cpu;
	return vcpu;
}

static void start(void)
{
	struct vcpu *primary = mailbox_machine();
	struct vcpu *vcpu;

	stage1_enable(); /* there are several CPUs: take locks */
	sysreg_write(id_aa64pfr0_el1, UINT64_C(1) << 24);
	race.receiver = guest_add_vm(2);
	race.other = guest_add_vm(1);
	direct_profile_set(primary->vm, V1_1);
	direct_profile_set(race.receiver, V1_1);
	direct_profile_set(race.other, V1_2);
	vcpu = vm_vcpu(race.receiver, 0);
	ASSERT_EQ(bind(vcpu, 1, 0, BIT_OF_VM1), 0);
	ASSERT_EQ(bind(vcpu, 3, 0, BIT_OF_VM3), 0);
	ASSERT_EQ(bind(vcpu, 1, PER_VCPU, BIT_OF_VCPU), 0);
}

/** Set once more when the one before was got. */
static unsigned int set_all(struct vcpu *vcpu, uint64_t flags, unsigned int bit)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		race.odd += set(vcpu, flags, bit) != 0;
		while (race.seen[bit] == i) {
			(void)sched_yield();
		}
		race.odd += race.seen[bit] != i + 1;
	}
	race.busy--;
	return ROUNDS;
}

static unsigned int set_as_primary(struct vcpu *primary)
{
	return set_all(primary, 0, BIT_OF_VM1);
}

static unsigned int set_as_other(struct vcpu *primary)
{
	return set_all(as_guest(primary, race.other, 0), 0, BIT_OF_VM3);
}

static unsigned int set_of_vcpu(struct vcpu *primary)
{
	return set_all(primary, PER_VCPU | 1U << 16, BIT_OF_VCPU);
}

/** How many bits vCPU `idx` of VM 2 got until nobody sets any more. */
static unsigned int get_all(struct vcpu *primary, uint32_t idx)
{
	struct vcpu *vcpu = as_guest(primary, race.receiver, idx);
	unsigned int count = 0;

	for (;;) {
		bool is_last = race.busy == 0;
		uint64_t bits = get(vcpu);

		race.odd += (bits & ~(BIT(BIT_OF_VM1) | BIT(BIT_OF_VM3) |
				      BIT(BIT_OF_VCPU))) != 0;
		race.odd += idx == 0 && (bits & BIT(BIT_OF_VCPU)) != 0;
		for (; bits != 0; bits &= bits - 1) {
			race.seen[__builtin_ctzll(bits)]++;
			count++;
		}
		if (is_last) {
			return count;
		}
		(void)sched_yield();
	}
}

static unsigned int get_as_vcpu_0(struct vcpu *primary)
{
	return get_all(primary, 0);
}

static unsigned int get_as_vcpu_1(struct vcpu *primary)
{
	return get_all(primary, 1);
}

/** Nothing is pending, to be told, or an interrupt. */
static void expect_quiet(void)
{
	struct vcpu *primary = vm_vcpu(vm_set_find(1), 0);

	EXPECT_EQ(race.odd, 0U);
	(void)machine_hvc(primary, CALL(FFA_64(FFA_NOTIFICATION_INFO_GET)));
	EXPECT_FFA_ERROR(primary, FFA_NO_DATA);
	for (uint32_t i = 0; i < race.receiver->vcpu_count; i++) {
		struct vcpu *vcpu = vm_vcpu(race.receiver, i);

		EXPECT_EQ(get(vcpu), 0U);
		EXPECT_FALSE((vcpu->virq_pending &
			      BIT(NOTIFICATION_PENDING_INTID)) != 0);
	}
}

TEST(notification_race, each_bit_that_was_set_is_got_once)
{
	static cpu_work *const work[] = {set_as_primary, set_as_other,
					 get_as_vcpu_0, get_as_vcpu_1};
	struct cpu_counts counts;

	start();
	race.busy = 2;
	counts = cpu_threads_run(4, work);

	EXPECT_EQ(counts.of[2] + counts.of[3], 2 * ROUNDS);
	EXPECT_EQ(race.seen[BIT_OF_VM1], ROUNDS);
	EXPECT_EQ(race.seen[BIT_OF_VM3], ROUNDS);
	expect_quiet();
}

TEST(notification_race, bit_of_a_vcpu_is_got_by_it_alone)
{
	static cpu_work *const work[] = {set_of_vcpu, set_as_other,
					 get_as_vcpu_0, get_as_vcpu_1};
	struct cpu_counts counts;

	start();
	race.busy = 2;
	counts = cpu_threads_run(4, work);

	EXPECT_EQ(counts.of[2] + counts.of[3], 2 * ROUNDS);
	EXPECT_EQ(race.seen[BIT_OF_VCPU], ROUNDS);
	expect_quiet();
}

/** One answer of FFA_NOTIFICATION_INFO_GET: VM 2, vCPU 1 of it, or both. */
static void note_told(const uint64_t *x)
{
	unsigned int lists = (x[2] >> 7) & 31;
	unsigned int at = 0;

	race.odd += (x[2] & 1) != 0 || lists == 0 || lists > 2;
	for (unsigned int i = 0; i < lists; i++) {
		unsigned int vcpus = (x[2] >> (12 + 2 * i)) & 3;
		uint64_t ids = x[3] >> (16 * at);

		race.odd += (uint16_t)ids != 2 || vcpus > 1;
		race.odd += vcpus == 1 && (uint16_t)(ids >> 16) != 1;
		race.told[vcpus & 1]++;
		at += 1 + vcpus;
	}
}

static unsigned int ask_whom_to_run(struct vcpu *primary)
{
	const uint64_t *x = primary->regs.x;

	while (race.busy > 0) {
		(void)machine_hvc(primary,
				  CALL(FFA_64(FFA_NOTIFICATION_INFO_GET)));
		if (x[0] == FFA_64(FFA_SUCCESS)) {
			note_told(x);
		} else {
			race.odd += mailbox_answer(primary) != FFA_NO_DATA;
		}
		(void)sched_yield();
	}
	return 0;
}

static void tell_while_setting(cpu_work *setter, unsigned int list)
{
	cpu_work *const work[] = {setter, ask_whom_to_run, get_as_vcpu_1};

	start();
	race.busy = 1;
	(void)cpu_threads_run(3, work);

	EXPECT_LE(race.told[list], ROUNDS);
	EXPECT_EQ(race.told[1 - list], 0U);
	expect_quiet();
}

TEST(notification_race, global_bit_is_told_at_most_once)
{
	tell_while_setting(set_as_primary, 0);
}

TEST(notification_race, bit_of_a_vcpu_is_told_at_most_once)
{
	tell_while_setting(set_of_vcpu, 1);
}

/** Bind it, hold it, unbind it: not while somebody else has it bound. */
static unsigned int bind_and_unbind(struct vcpu *vcpu, uint16_t sender)
{
	unsigned int bound = 0;

	while (bound < ROUNDS) {
		int32_t code = bind(vcpu, sender, 0, BIT_AT_TIMES);

		if (code != 0) {
			race.odd += code != FFA_DENIED;
			(void)sched_yield();
			continue;
		}
		race.odd += atomic_fetch_add(&race.owners, 1) != 0;
		(void)sched_yield();
		(void)atomic_fetch_sub(&race.owners, 1);
		/* DENIED: it is pending. */
		while ((code = unbind(vcpu, sender, BIT_AT_TIMES)) != 0) {
			race.odd += code != FFA_DENIED;
			race.odd += (get(vcpu) & ~BIT(BIT_AT_TIMES)) != 0;
		}
		bound++;
	}
	race.busy--;
	return bound;
}

static unsigned int bind_to_vm_1(struct vcpu *primary)
{
	return bind_and_unbind(as_guest(primary, race.receiver, 0), 1);
}

static unsigned int bind_to_vm_3(struct vcpu *primary)
{
	return bind_and_unbind(as_guest(primary, race.receiver, 1), 3);
}

static unsigned int set_at_times(struct vcpu *vcpu)
{
	unsigned int count = 0;

	while (race.busy > 0) {
		int32_t code = set(vcpu, 0, BIT_AT_TIMES);

		race.odd += code != 0 && code != FFA_DENIED;
		count += code == 0;
		(void)sched_yield();
	}
	return count;
}

static unsigned int set_at_times_as_other(struct vcpu *primary)
{
	return set_at_times(as_guest(primary, race.other, 0));
}

TEST(notification_race, bit_is_bound_once_at_a_time)
{
	static cpu_work *const work[] = {set_at_times, set_at_times_as_other,
					 bind_to_vm_1, bind_to_vm_3};

	start();
	race.busy = 2;
	(void)cpu_threads_run(4, work);

	expect_quiet();
	EXPECT_EQ(set(vm_vcpu(vm_set_find(1), 0), 0, BIT_AT_TIMES), FFA_DENIED);
}
