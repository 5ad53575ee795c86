/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Races of injection: some CPUs, as threads, inject into a vCPU that another
 * one runs, which goes to sleep whenever it finds nothing. An interrupt that is
 * lost leaves everybody waiting, until the test's time is over.
 */
#include <sched.h>

#include "fixture/cpu_threads.h"
#include "hf/base/bits.h"
#include "hf/ffa.h"
#include "hf/hvc.h"
#include "hftest.h"

#define ROUNDS 60U
/** Ids that one CPU injects in a row. */
#define BURST 3U
#define HCR_VI BIT(7)

static struct {
	struct vm *vm;
	/* an SGI for the CPU that runs the vCPU, or its thread is woken */
	_Atomic bool kick;
	_Atomic unsigned int injecting; /* CPUs that still do */
	_Atomic unsigned int taken[HF_NUM_INTIDS];
} race;

static void start(unsigned int injector_count)
{
	struct vcpu_locked locked;

	(void)machine_start();
	race.vm = guest_add_vm(2);
	race.injecting = injector_count;
	locked = vcpu_lock(vm_vcpu(race.vm, 0));
	locked.vcpu->virq_enabled = UINT64_MAX;
	vcpu_unlock(&locked);
}

/** INTERRUPT_INJECT into vCPU 0, by the primary. */
static void inject(struct vcpu *primary, uint32_t id)
{
	(void)guest_hvc(primary, CALL(HF_INTERRUPT_INJECT, race.vm->id, 0, id));
	if (primary->regs.x[0] == 1) {
		race.kick = true;
	}
}

/** Bursts of ids of its own; waits until each has been taken. */
static unsigned int inject_bursts(struct vcpu *primary)
{
	uint32_t first = 16 * primary->cpu->idx;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		for (uint32_t id = first; id < first + BURST; id++) {
			inject(primary, id);
		}
		for (uint32_t id = first; id < first + BURST; id++) {
			while (race.taken[id] != i + 1) {
				(void)sched_yield();
			}
		}
	}
	race.injecting--;
	race.kick = true;
	return ROUNDS * BURST;
}

/** The guest's handler: all that there are, if the line is up. */
static unsigned int take_all(struct vcpu *vcpu)
{
	unsigned int count = 0;

	if ((sysreg_read(hcr_el2) & HCR_VI) == 0) {
		return 0;
	}
	(void)guest_hvc(vcpu, CALL(HF_INTERRUPT_GET));
	while (vcpu->regs.x[0] != HF_INVALID_INTID) {
		race.taken[vcpu->regs.x[0]]++;
		count++;
		(void)guest_hvc(vcpu, CALL(HF_INTERRUPT_GET));
	}
	return count;
}

/**
 * Runs vCPU 0, which takes what there is and then waits as `wait` does. Runs it
 * again when it was kicked, as a scheduler would.
 */
static unsigned int run_and_take(struct vcpu *primary,
				 struct vcpu *(*wait)(struct vcpu *vcpu))
{
	struct vcpu *target = vm_vcpu(race.vm, 0);
	unsigned int count = 0;

	while (race.injecting > 0) {
		if (guest_run(primary, target) == target) {
			count += take_all(target);
			/* An SGI that is pending comes before it waits. */
			if (race.kick) {
				race.kick = false;
				(void)guest_irq(target);
			} else if (wait(target) == target) {
				/* Something is pending already. */
				(void)guest_irq(target);
			}
			continue;
		}
		while (!atomic_exchange(&race.kick, false)) {
			(void)sched_yield();
		}
	}
	return count;
}

static struct vcpu *wait_interrupt(struct vcpu *vcpu)
{
	return guest_trap(vcpu, GUEST_ESR_WFI);
}

static struct vcpu *wait_message(struct vcpu *vcpu)
{
	return guest_hvc(vcpu, CALL(FFA_MSG_WAIT));
}

static unsigned int take_and_wfi(struct vcpu *primary)
{
	return run_and_take(primary, wait_interrupt);
}

static unsigned int take_and_msg_wait(struct vcpu *primary)
{
	return run_and_take(primary, wait_message);
}

/** What was taken, of what CPUs 1 to `injector_count` injected. */
static struct cpu_counts race_with(cpu_work *taker, unsigned int injector_count)
{
	cpu_work *const work[] = {taker, inject_bursts, inject_bursts,
				  inject_bursts};

	start(injector_count);
	return cpu_threads_run(1 + injector_count, work);
}

TEST(inject_race, none_is_lost_by_wfi)
{
	struct cpu_counts counts = race_with(take_and_wfi, 1);

	EXPECT_EQ(counts.of[0], counts.of[1]);
	EXPECT_EQ(vm_vcpu(race.vm, 0)->virq_pending, 0U);
}

TEST(inject_race, none_is_lost_by_wfi_from_three_cpus)
{
	struct cpu_counts counts = race_with(take_and_wfi, 3);

	EXPECT_EQ(counts.of[0], 3 * ROUNDS * BURST);
	EXPECT_EQ(vm_vcpu(race.vm, 0)->virq_pending, 0U);
}

TEST(inject_race, none_is_lost_by_a_wait_for_messages)
{
	struct cpu_counts counts = race_with(take_and_msg_wait, 1);

	EXPECT_EQ(counts.of[0], counts.of[1]);
	EXPECT_EQ(vm_vcpu(race.vm, 0)->virq_pending, 0U);
}
