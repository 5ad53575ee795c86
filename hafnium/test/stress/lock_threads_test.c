/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Locks that threads fight for. What they guard is not atomic: a lock that lets
 * two in loses counts, and ThreadSanitizer says so.
 */
#include "fixture/threads.h"
#include "hf/base/spinlock.h"
#include "hf/vm/cpu.h"
#include "hf/vm/vm.h"
#include "hftest.h"

#define CPUS 4U
#define ROUNDS 2000U

static struct spinlock lock_a = SPINLOCK_INIT(LOCK_VM);
static struct spinlock pair[3] = {
	SPINLOCK_INIT(LOCK_VM),
	SPINLOCK_INIT(LOCK_VM),
	SPINLOCK_INIT(LOCK_VM),
};

static uint64_t counter;
static uint64_t counters[3];

static void count_up(uint32_t cpu_idx)
{
	(void)cpu_idx;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		spinlock_acquire(&lock_a);
		counter++;
		spinlock_release(&lock_a);
	}
}

TEST(lock_threads, one_at_a_time_is_inside)
{
	threads_run(CPUS, count_up);

	EXPECT_EQ(counter, CPUS * ROUNDS);
}

/** Moves one from a counter to the next, each CPU in an order of its own. */
static void move_between(uint32_t cpu_idx)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		unsigned int from = (cpu_idx + i) % 3;
		unsigned int to = (from + 1 + cpu_idx % 2) % 3;

		spinlock_acquire_both(&pair[from], &pair[to]);
		counters[from]--;
		counters[to]++;
		spinlock_release_both(&pair[from], &pair[to]);
	}
}

TEST(lock_threads, pairs_in_any_order_do_not_wait_forever)
{
	threads_run(CPUS, move_between);

	EXPECT_EQ(counters[0] + counters[1] + counters[2], 0U);
}

static void opposite_orders(uint32_t cpu_idx)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		spinlock_acquire_both(&pair[cpu_idx], &pair[1 - cpu_idx]);
		counter++;
		spinlock_release_both(&pair[cpu_idx], &pair[1 - cpu_idx]);
	}
}

TEST(lock_threads, opposite_orders_do_not_wait_forever)
{
	threads_run(2, opposite_orders);

	EXPECT_EQ(counter, 2 * ROUNDS);
}

/** A pair excludes whoever takes only one of the two. */
static void pair_or_single(uint32_t cpu_idx)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		if (cpu_idx % 2 == 0) {
			spinlock_acquire_both(&pair[1], &pair[0]);
			counters[0]++;
			spinlock_release_both(&pair[1], &pair[0]);
		} else {
			spinlock_acquire(&pair[0]);
			counters[0]++;
			spinlock_release(&pair[0]);
		}
	}
}

TEST(lock_threads, pair_excludes_single)
{
	threads_run(CPUS, pair_or_single);

	EXPECT_EQ(counters[0], CPUS * ROUNDS);
}

static struct spinlock inner[CPUS] = {
	SPINLOCK_INIT(LOCK_VCPU),
	SPINLOCK_INIT(LOCK_VCPU),
	SPINLOCK_INIT(LOCK_VCPU),
	SPINLOCK_INIT(LOCK_VCPU),
};

static void nest(uint32_t cpu_idx)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		spinlock_acquire(&lock_a);
		spinlock_acquire(&inner[cpu_idx]);
		counter++;
		spinlock_release(&inner[cpu_idx]);
		spinlock_release(&lock_a);
	}
}

TEST(lock_threads, ranks_of_cpus_do_not_mix)
{
	threads_run(CPUS, nest);

	EXPECT_EQ(counter, CPUS * ROUNDS);
}

static struct vm vm;

static void change_vm(uint32_t cpu_idx)
{
	(void)cpu_idx;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		struct vm_locked locked = vm_lock(&vm);

		locked.vm->ffa_version_max++;
		vm_unlock(&locked);
	}
}

TEST(lock_threads, handle_of_a_vm_is_exclusive)
{
	spinlock_init(&vm.lock, LOCK_VM);
	threads_run(CPUS, change_vm);

	EXPECT_EQ(vm.ffa_version_max, CPUS * ROUNDS);
}

static _Atomic uint32_t winners;

static void turn_on(uint32_t cpu_idx)
{
	for (uint32_t i = 1; i < MAX_CPUS; i++) {
		if (cpu_try_turn_on(cpu_get(i), cpu_idx, cpu_idx)) {
			winners++;
		}
	}
}

TEST(lock_threads, cpu_is_turned_on_once)
{
	static const uint64_t mpidrs[MAX_CPUS] = {0, 1, 2, 3};

	cpu_table_init(mpidrs, MAX_CPUS);
	threads_run(CPUS, turn_on);

	EXPECT_EQ(winners, MAX_CPUS - 1U);
	for (uint32_t i = 1; i < MAX_CPUS; i++) {
		EXPECT_EQ(cpu_get(i)->entry, cpu_get(i)->arg);
	}
}
