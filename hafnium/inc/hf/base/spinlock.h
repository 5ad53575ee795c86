/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A lock, and the order in which locks are taken: a CPU that holds a lock only
 * takes ones of a higher rank. Debug and host builds check it at every
 * acquire. See docs/locking.md.
 */
#pragma once

#include <stdatomic.h>

#include "hf/base/compiler.h"

enum lock_rank {
	LOCK_CPU,
	LOCK_VM,
	LOCK_VCPU,
	LOCK_MEMORY,
	LOCK_STAGE1,
	LOCK_POOL,
	LOCK_LOG,
	LOCK_RANK_COUNT,
};

struct spinlock {
	/* 0: free. A word: smaller ones cost an instruction at each acquire. */
	_Atomic uint32_t held;
	uint8_t rank;
};

/** All zeros where the rank is not looked at: no bytes of the image. */
#define SPINLOCK_INIT(lock_rank)                      \
	{                                             \
		.rank = LOCK_CHECKS ? (lock_rank) : 0 \
	}

void spinlock_init(struct spinlock *lock, enum lock_rank rank);

/* Where locks are checked: what this CPU holds; panics at disorder. */
void spinlock_note_acquire(const struct spinlock *lock);
void spinlock_note_release(const struct spinlock *lock);

/** Waits, and checks no order: for those below. */
static inline void spinlock_take(struct spinlock *lock)
{
	/* Acquire pairs with the release below. */
	while (unlikely(atomic_exchange_explicit(&lock->held, 1,
						 memory_order_acquire) != 0)) {
		relax();
	}
}

/** The same, called. */
void spinlock_call_take(struct spinlock *lock);

/** Waits. Everything written before the last release is visible after it. */
static always_inline void spinlock_acquire(struct spinlock *lock)
{
	if (LOCK_CHECKS) {
		spinlock_note_acquire(lock);
	}
	if (BUILT_FOR_SPEED) {
		spinlock_take(lock);
	} else {
		spinlock_call_take(lock);
	}
}

static always_inline void spinlock_release(struct spinlock *lock)
{
	if (LOCK_CHECKS) {
		spinlock_note_release(lock);
	}
	atomic_store_explicit(&lock->held, 0, memory_order_release);
}

/** Two of one rank, the one at the lower address first; may be the same. */
void spinlock_acquire_both(struct spinlock *a, struct spinlock *b);
void spinlock_release_both(struct spinlock *a, struct spinlock *b);
