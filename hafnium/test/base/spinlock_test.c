/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hafnium/src/base/spinlock.c on one CPU: ranks and pairs. */
#include "hf/base/spinlock.h"

#include "hf/arch/fake/machine.h"
#include "hf/base/log.h"
#include "hftest.h"

static struct spinlock cpu_lock = SPINLOCK_INIT(LOCK_CPU);
static struct spinlock vm_lock_a = SPINLOCK_INIT(LOCK_VM);
static struct spinlock vcpu_lock_a = SPINLOCK_INIT(LOCK_VCPU);
/* In one array, so that it is known which lies first. */
static struct spinlock pair[2] = {
	SPINLOCK_INIT(LOCK_VM),
	SPINLOCK_INIT(LOCK_VM),
};

/** Is it held? It is taken, and given back at once, when it is not. */
static bool is_held(struct spinlock *lock)
{
	if (atomic_flag_test_and_set(&lock->held)) {
		return true;
	}
	atomic_flag_clear(&lock->held);
	return false;
}

TEST(spinlock, held_between_acquire_and_release)
{
	EXPECT_FALSE(is_held(&vm_lock_a));

	spinlock_acquire(&vm_lock_a);
	EXPECT_TRUE(is_held(&vm_lock_a));

	spinlock_release(&vm_lock_a);
	EXPECT_FALSE(is_held(&vm_lock_a));
}

TEST(spinlock, init_makes_it_free_with_its_rank)
{
	struct spinlock lock;

	(void)atomic_flag_test_and_set(&lock.held);
	spinlock_init(&lock, LOCK_POOL);

	EXPECT_FALSE(is_held(&lock));
	EXPECT_EQ(lock.rank, LOCK_POOL);
}

TEST(spinlock, can_be_taken_again_after_release)
{
	spinlock_acquire(&vm_lock_a);
	spinlock_release(&vm_lock_a);
	spinlock_acquire(&vm_lock_a);

	EXPECT_TRUE(is_held(&vm_lock_a));
}

TEST(lock_rank, rising_ranks_may_nest)
{
	spinlock_acquire(&cpu_lock);
	spinlock_acquire(&vm_lock_a);
	spinlock_acquire(&vcpu_lock_a);

	EXPECT_TRUE(is_held(&cpu_lock));
	EXPECT_TRUE(is_held(&vm_lock_a));
	EXPECT_TRUE(is_held(&vcpu_lock_a));
}

TEST(lock_rank, falling_rank_panics)
{
	spinlock_acquire(&vcpu_lock_a);

	EXPECT_PANIC("lock of rank 1 taken while holding 0x4",
		     spinlock_acquire(&vm_lock_a));
}

TEST(lock_rank, second_lock_of_a_rank_panics)
{
	spinlock_acquire(&pair[0]);

	EXPECT_PANIC("lock of rank 1 taken while holding 0x2",
		     spinlock_acquire(&pair[1]));
}

TEST(lock_rank, same_lock_twice_panics_instead_of_waiting)
{
	spinlock_acquire(&vm_lock_a);

	EXPECT_PANIC("lock of rank 1", spinlock_acquire(&vm_lock_a));
}

TEST(lock_rank, nothing_is_taken_while_the_log_is_held)
{
	static struct spinlock log_lock = SPINLOCK_INIT(LOCK_LOG);

	spinlock_acquire(&log_lock);

	EXPECT_PANIC("lock of rank 6", log_notice("a line"));
}

TEST(lock_rank, log_may_be_written_under_any_other_lock)
{
	fake_machine_reset();
	spinlock_acquire(&cpu_lock);
	spinlock_acquire(&vm_lock_a);

	log_notice("locked");

	EXPECT_STREQ(fake_console_text(), "NOTICE: locked\n");
}

TEST(lock_rank, release_forgets_the_rank)
{
	spinlock_acquire(&vcpu_lock_a);
	spinlock_release(&vcpu_lock_a);

	spinlock_acquire(&vm_lock_a);

	EXPECT_TRUE(is_held(&vm_lock_a));
}

TEST(lock_rank, locks_of_another_cpu_do_not_count)
{
	fake_cpu_set(1);
	spinlock_acquire(&vcpu_lock_a);
	fake_cpu_set(0);

	spinlock_acquire(&vm_lock_a);

	EXPECT_TRUE(is_held(&vm_lock_a));
}

TEST(lock_both, both_are_held_in_either_order)
{
	spinlock_acquire_both(&pair[0], &pair[1]);
	EXPECT_TRUE(is_held(&pair[0]));
	EXPECT_TRUE(is_held(&pair[1]));
	spinlock_release_both(&pair[0], &pair[1]);

	spinlock_acquire_both(&pair[1], &pair[0]);
	EXPECT_TRUE(is_held(&pair[0]));
	EXPECT_TRUE(is_held(&pair[1]));
}

TEST(lock_both, both_are_free_afterwards)
{
	spinlock_acquire_both(&pair[0], &pair[1]);
	spinlock_release_both(&pair[1], &pair[0]);

	EXPECT_FALSE(is_held(&pair[0]));
	EXPECT_FALSE(is_held(&pair[1]));
}

TEST(lock_both, same_lock_is_taken_once)
{
	spinlock_acquire_both(&pair[0], &pair[0]);
	EXPECT_TRUE(is_held(&pair[0]));

	spinlock_release_both(&pair[0], &pair[0]);
	EXPECT_FALSE(is_held(&pair[0]));
}

TEST(lock_both, pair_counts_as_its_rank)
{
	spinlock_acquire_both(&pair[0], &pair[1]);

	EXPECT_PANIC("lock of rank 1", spinlock_acquire(&vm_lock_a));
	EXPECT_PANIC("lock of rank 0", spinlock_acquire(&cpu_lock));
}

TEST(lock_both, rank_is_forgotten_with_the_pair)
{
	spinlock_acquire_both(&pair[0], &pair[1]);
	spinlock_release_both(&pair[0], &pair[1]);

	spinlock_acquire(&cpu_lock);

	EXPECT_TRUE(is_held(&cpu_lock));
}

TEST(lock_both, held_lock_of_the_rank_panics)
{
	spinlock_acquire(&vm_lock_a);

	EXPECT_PANIC("lock of rank 1",
		     spinlock_acquire_both(&pair[0], &pair[1]));
}

TEST(lock_both, higher_rank_held_panics)
{
	spinlock_acquire(&vcpu_lock_a);

	EXPECT_PANIC("lock of rank 1",
		     spinlock_acquire_both(&pair[0], &pair[0]));
}

TEST(lock_both, pair_of_falling_ranks_panics)
{
	static struct spinlock uneven[2] = {
		SPINLOCK_INIT(LOCK_VCPU),
		SPINLOCK_INIT(LOCK_VM),
	};

	EXPECT_PANIC("lock of rank 1 taken while holding 0x4",
		     spinlock_acquire_both(&uneven[0], &uneven[1]));
}
