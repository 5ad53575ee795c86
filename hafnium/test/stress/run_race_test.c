/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Races of FFA_RUN: CPUs, as threads, that want the same vCPUs. What a guest
 * does there is a plain counter, so that ThreadSanitizer sees two in one.
 */
#include <sched.h>

#include "fixture/cpu_threads.h"
#include "hf/ffa.h"
#include "hf/psci.h"
#include "hftest.h"

#define ROUNDS 100U
#define ENTRY UINT64_C(0x40200000)

/** Of the test: the secondary, and what its vCPUs did. */
static struct {
	struct vm *vm;
	unsigned int entered; /* only who runs vCPU 0 */
	_Atomic unsigned int inside;
	_Atomic unsigned int inside_max;
	_Atomic unsigned int odd_answers;
} race;

static void start(uint16_t vcpu_count)
{
	(void)machine_start();
	race.vm = guest_add_vm(vcpu_count);
}

static void note_inside(void)
{
	unsigned int inside = ++race.inside;

	if (inside > race.inside_max) {
		race.inside_max = inside;
	}
	race.entered++;
	race.inside--;
}

/** FFA_RUN of vCPU 0 until it was entered; BUSY is the only other answer. */
static void run_when_free(struct vcpu *primary)
{
	struct vcpu *target = vm_vcpu(race.vm, 0);

	while (guest_run(primary, target) != target) {
		race.odd_answers += primary->regs.x[0] != FFA_ERROR ||
				    primary->regs.x[2] != (uint32_t)FFA_BUSY;
		(void)sched_yield();
	}
}

static unsigned int run_vcpu_0(struct vcpu *primary)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		run_when_free(primary);
		note_inside();
		(void)guest_irq(vm_vcpu(race.vm, 0));
	}
	return ROUNDS;
}

static cpu_work *const all_run_vcpu_0[] = {
	run_vcpu_0,
	run_vcpu_0,
	run_vcpu_0,
	run_vcpu_0,
};

TEST(run_race, vcpu_is_entered_by_one_cpu_at_a_time)
{
	struct cpu_counts counts;

	start(1);
	counts = cpu_threads_run(4, all_run_vcpu_0);

	EXPECT_EQ(race.inside_max, 1U);
	EXPECT_EQ(race.odd_answers, 0U);
	EXPECT_EQ(race.entered, counts.all);
	EXPECT_EQ(vm_vcpu(race.vm, 0)->state, VCPU_READY);
	EXPECT_EQ(vm_vcpu(race.vm, 0)->regs.is_live, 0U);
}

/** One FFA_RUN, and the guest stays; was it entered? */
static unsigned int run_once(struct vcpu *primary)
{
	struct vcpu *target = vm_vcpu(race.vm, 0);

	if (guest_run(primary, target) == target) {
		race.entered++;
		return 1;
	}
	if (primary->regs.x[2] != (uint32_t)FFA_BUSY) {
		race.odd_answers++;
	}
	return 0;
}

static cpu_work *const all_run_once[] = {
	run_once,
	run_once,
	run_once,
	run_once,
};

TEST(run_race, of_four_cpus_exactly_one_enters)
{
	for (unsigned int i = 0; i < 20; i++) {
		struct cpu_counts counts;

		start(1);
		counts = cpu_threads_run(4, all_run_once);
		ASSERT_EQ(counts.all, 1U);
		ASSERT_EQ(race.entered, i + 1);
		ASSERT_EQ(race.odd_answers, 0U);
	}
}

/** The guest counts in a register of its own, wherever it runs. */
static unsigned int count_in_register(struct vcpu *primary)
{
	struct vcpu *target = vm_vcpu(race.vm, 0);

	for (unsigned int i = 0; i < ROUNDS; i++) {
		run_when_free(primary);
		sysreg_write(tpidr_el0, sysreg_read(tpidr_el0) + 1);
		target->regs.x[20]++;
		(void)guest_irq(target);
	}
	return ROUNDS;
}

static cpu_work *const all_count_in_register[] = {
	count_in_register,
	count_in_register,
	count_in_register,
	count_in_register,
};

TEST(run_race, registers_travel_with_the_vcpu)
{
	struct cpu_counts counts;
	struct vcpu *vcpu;

	start(1);
	counts = cpu_threads_run(4, all_count_in_register);

	vcpu = vm_vcpu(race.vm, 0);
	EXPECT_EQ(vcpu->regs.x[20], counts.all);
	EXPECT_EQ(vcpu->regs.sysreg[SLOT_TPIDR_EL0], counts.all);
}

/** As a vCPU of the guest: CPU_ON of vCPU 3; was it told SUCCESS? */
static unsigned int turn_on_vcpu_3(struct vcpu *primary)
{
	struct vcpu *self = vm_vcpu(race.vm, primary->cpu->idx);

	if (guest_run(primary, self) != self) {
		race.odd_answers++;
		return 0;
	}
	if (guest_hvc(self, CALL(PSCI_64(PSCI_CPU_ON), 3, ENTRY + self->idx,
				 self->idx)) == self) {
		race.odd_answers += (int64_t)self->regs.x[0] != PSCI_ALREADY_ON;
		return 0;
	}
	return self->regs.x[0] == PSCI_SUCCESS;
}

static cpu_work *const all_turn_on[] = {
	turn_on_vcpu_3,
	turn_on_vcpu_3,
	turn_on_vcpu_3,
};

/** vCPUs 0 to 2 may be run, 3 is off. */
static void start_with_three_ready(void)
{
	start(4);
	for (uint32_t i = 1; i < 3; i++) {
		struct vcpu_locked locked = vcpu_lock(vm_vcpu(race.vm, i));

		vcpu_reset(locked, GUEST_ENTRY, 0);
		vcpu_set_state(locked, VCPU_READY);
		vcpu_unlock(&locked);
	}
}

TEST(run_race, of_three_cpu_on_calls_exactly_one_succeeds)
{
	for (unsigned int i = 0; i < 20; i++) {
		struct cpu_counts counts;
		struct vcpu *target;

		start_with_three_ready();
		counts = cpu_threads_run(3, all_turn_on);
		target = vm_vcpu(race.vm, 3);

		ASSERT_EQ(counts.all, 1U);
		ASSERT_EQ(race.odd_answers, 0U);
		ASSERT_EQ(target->state, VCPU_READY);
		/* All of it is of the one that succeeded. */
		ASSERT_EQ(counts.of[target->regs.x[0]], 1U);
		ASSERT_EQ(target->regs.pc, ENTRY + target->regs.x[0]);
	}
}

/** vCPU 1 turns itself off whenever it runs; how often it did. */
static unsigned int run_until_off(struct vcpu *primary)
{
	struct vcpu *target = vm_vcpu(race.vm, 1);
	unsigned int count = 0;

	while (count < ROUNDS / 4) {
		if (guest_run(primary, target) == target) {
			(void)guest_hvc(target, CALL(PSCI_CPU_OFF));
			count++;
		}
	}
	return count;
}

/** vCPU 0 turns vCPU 1 on again each time. */
static unsigned int turn_on_again(struct vcpu *primary)
{
	struct vcpu *self = vm_vcpu(race.vm, 0);
	struct smccc_value cpu_on = CALL(PSCI_CPU_ON, 1, ENTRY, 0);
	unsigned int count = 0;

	while (count < ROUNDS / 4) {
		if (guest_run(primary, self) == self &&
		    guest_hvc(self, cpu_on) == primary) {
			count++;
		} else {
			(void)guest_irq(self);
		}
	}
	return count;
}

static cpu_work *const off_and_on[] = {turn_on_again, run_until_off};

TEST(run_race, vcpu_that_goes_off_comes_back_each_time)
{
	struct cpu_counts counts;

	start(2);
	counts = cpu_threads_run(2, off_and_on);

	EXPECT_EQ(counts.of[0], counts.of[1]);
	EXPECT_EQ(vm_vcpu(race.vm, 1)->state, VCPU_OFF);
}

/** The second half of leaving vCPU 1: registers, then the mark. */
static unsigned int save_vcpu_1(struct vcpu *primary)
{
	struct vcpu *target = vm_vcpu(race.vm, 1);

	(void)primary;
	for (unsigned int i = 0; i < 31; i++) {
		target->regs.x[i] = UINT64_MAX;
	}
	guest_leave_done(target);
	return 0;
}

static unsigned int turn_on_vcpu_1(struct vcpu *primary)
{
	struct vcpu *self = guest_run(primary, vm_vcpu(race.vm, 0));

	return guest_hvc(self, CALL(PSCI_CPU_ON, 1, ENTRY, 0)) == primary;
}

static cpu_work *const save_and_on[] = {turn_on_vcpu_1, save_vcpu_1};

TEST(run_race, cpu_on_waits_until_the_target_is_saved)
{
	struct vcpu *target;

	start(2);
	target = vm_vcpu(race.vm, 1);
	/* It is off, and another CPU is still on its way out. */
	target->regs.is_live = 1;

	EXPECT_EQ(cpu_threads_run(2, save_and_on).of[0], 1U);
	EXPECT_EQ(target->regs.pc, ENTRY);
	EXPECT_EQ(target->regs.x[30], 0U);
	EXPECT_EQ(target->state, VCPU_READY);
}

/** Runs vCPU `CPU index`; the one of CPU 0 is aborted half way. */
static unsigned int run_own_until_aborted(struct vcpu *primary)
{
	struct vcpu *self = vm_vcpu(race.vm, primary->cpu->idx);
	unsigned int runs = 0;

	while (guest_run(primary, self) == self) {
		runs++;
		if (self->idx == 0 && runs == ROUNDS / 4) {
			(void)guest_serror(self, GUEST_ESR(0x2f, 0));
			return 1;
		}
		(void)guest_irq(self);
	}
	return primary->regs.x[0] == FFA_ERROR &&
	       primary->regs.x[2] == (uint32_t)FFA_ABORTED;
}

static cpu_work *const all_until_aborted[] = {
	run_own_until_aborted,
	run_own_until_aborted,
	run_own_until_aborted,
};

TEST(run_race, abort_of_one_vcpu_ends_the_others_once_each)
{
	struct cpu_counts counts;

	start_with_three_ready();
	counts = cpu_threads_run(3, all_until_aborted);

	EXPECT_EQ(counts.all, 3U);
	EXPECT_EQ(vm_vcpu(race.vm, 0)->state, VCPU_ABORTED);
	EXPECT_EQ(vm_vcpu(race.vm, 1)->state, VCPU_ABORTED);
	EXPECT_EQ(vm_vcpu(race.vm, 2)->state, VCPU_ABORTED);
}
