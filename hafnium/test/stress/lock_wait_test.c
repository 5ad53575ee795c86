/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A CPU that finds a lock taken waits for it. That it waits is made certain,
 * not likely: the holder lets go only when the other has used processor time
 * behind its call, which it can use nowhere but in the wait. See
 * docs/locking.md.
 */
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "fixture/threads.h"
#include "hf/base/spinlock.h"
#include "hftest.h"

#define WAIT_NS 2000000L

static struct spinlock lock = SPINLOCK_INIT(LOCK_VM);
static clockid_t waiter_clock;
static atomic_bool waiter_calls;
static atomic_bool waiter_has_it;

static void wait_for_lock(uint32_t cpu_idx)
{
	(void)cpu_idx;
	(void)pthread_getcpuclockid(pthread_self(), &waiter_clock);
	atomic_store(&waiter_calls, true);
	spinlock_acquire(&lock);
	atomic_store(&waiter_has_it, true);
	spinlock_release(&lock);
}

/** Processor time that the waiter has used so far. */
static int64_t waiter_ns(void)
{
	struct timespec used;

	(void)clock_gettime(waiter_clock, &used);
	return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

/** Until the waiter is in its call, and for some of its time more. */
static void let_it_wait(void)
{
	int64_t begin;

	while (!atomic_load(&waiter_calls)) {
		(void)sched_yield();
	}
	begin = waiter_ns();
	while (waiter_ns() < begin + WAIT_NS) {
		(void)sched_yield();
	}
}

TEST(lock_wait, who_finds_it_taken_waits)
{
	spinlock_acquire(&lock);
	threads_start(1, wait_for_lock);
	let_it_wait();

	EXPECT_FALSE(atomic_load(&waiter_has_it));
	spinlock_release(&lock);
	threads_join_all();

	EXPECT_TRUE(atomic_load(&waiter_has_it));
}
