/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Test-and-set locks with a rank. Which ranks a CPU holds is kept where lock
 * checks are compiled in, and nowhere else. See docs/locking.md.
 */
#include "hf/base/spinlock.h"

#include "hf/base/bits.h"
#include "hf/base/check.h"
#include "hf/base/limits.h"
#include "hf/base/sink.h"

static_assert(LOCK_RANK_COUNT <= 32, "one bit a rank");

static struct spinlock_state {
	uint32_t held[MAX_CPUS]; /* only that CPU: BIT(rank) while held */
} spinlock_state;

/** `may_hold_rank`: the second of a pair is of a rank that is held. */
static void note_acquired(const struct spinlock *lock, bool may_hold_rank)
{
	uint32_t *held = &spinlock_state.held[sink_cpu_slot()];
	uint32_t below = (UINT32_C(1) << lock->rank) - 1;
	uint32_t allowed = may_hold_rank ? (below << 1) | 1 : below;

	/* Cleared first: reporting takes the log's lock, or none. */
	if ((*held & ~allowed) != 0) {
		uint32_t was = *held;

		*held = 0;
		panic("lock of rank %u taken while holding %#x", lock->rank,
		      was);
	}
	*held |= UINT32_C(1) << lock->rank;
}

void spinlock_note_release(const struct spinlock *lock)
{
	spinlock_state.held[sink_cpu_slot()] &= ~(UINT32_C(1) << lock->rank);
}

void spinlock_init(struct spinlock *lock, enum lock_rank rank)
{
	atomic_store_explicit(&lock->held, 0, memory_order_relaxed);
	lock->rank = (uint8_t)rank;
}

void spinlock_note_acquire(const struct spinlock *lock)
{
	note_acquired(lock, false);
}

never_inline void spinlock_call_take(struct spinlock *lock)
{
	spinlock_take(lock);
}

void spinlock_acquire_both(struct spinlock *a, struct spinlock *b)
{
	struct spinlock *first = a < b ? a : b;
	struct spinlock *second = a < b ? b : a;

	spinlock_acquire(first);
	if (first == second) {
		return;
	}
	if (LOCK_CHECKS) {
		note_acquired(second, true);
	}
	spinlock_take(second);
}

void spinlock_release_both(struct spinlock *a, struct spinlock *b)
{
	if (a != b) {
		atomic_store_explicit(&a->held, 0, memory_order_release);
	}
	spinlock_release(b);
}
