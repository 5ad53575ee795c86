/* SPDX-License-Identifier: BSD-3-Clause */
/* Locks with real CPUs, the counter, features, caches. */
#include <string.h>

#include "el2.h"

#include "hf/arch/cache.h"
#include "hf/arch/feature.h"
#include "hf/arch/timer.h"
#include "hf/base/log.h"
#include "hf/base/spinlock.h"
#include "hft/arch.h"
#include "hft/boot.h"
#include "hft/mm.h"
#include "hft/power.h"
#include "hftest.h"

#define ROUNDS 2000

static struct spinlock lock = SPINLOCK_INIT(LOCK_VM);
static uint64_t guarded[2];

static void count_under_lock(uint64_t arg)
{
	(void)arg;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		spinlock_acquire(&lock);
		/* Both change together, or somebody else was in here. */
		guarded[0]++;
		__asm__ volatile("" : : : "memory");
		guarded[1] += guarded[0] == guarded[1] + 1 ? 1 : 1000000;
		spinlock_release(&lock);
	}
}

TEST(spinlock, excludes_all_other_cpus)
{
	uint32_t count = hft_cpu_count();

	if (count < 2) {
		SKIP("this machine has one CPU");
	}
	for (uint32_t i = 1; i < count; i++) {
		ASSERT_EQ(hft_cpu_start(i, count_under_lock, 0), 0);
	}
	count_under_lock(0);
	for (uint32_t i = 1; i < count; i++) {
		hft_cpu_wait_off(i);
	}

	EXPECT_EQ(guarded[0], (uint64_t)count * ROUNDS);
	EXPECT_EQ(guarded[1], (uint64_t)count * ROUNDS);
}

TEST(timer, counter_runs_and_does_not_go_back)
{
	uint64_t before = arch_timer_count();
	uint64_t after = arch_timer_count();

	EXPECT_LE(before, after);
	while (arch_timer_count() == after) {
		/* It moves on. */
	}
	EXPECT_EQ(arch_timer_freq_hz(), hft_sysreg_read(cntfrq_el0));
}

TEST(feature, pa_bits_are_those_of_the_cpu)
{
	static const unsigned int widths[] = {32, 36, 40, 42, 44, 48, 48};
	uint64_t range = hft_sysreg_read(id_aa64mmfr0_el1) & 0xf;

	ASSERT_LT(range, sizeof(widths) / sizeof(widths[0]));
	EXPECT_EQ(arch_feature_pa_bits(), widths[range]);
}

TEST(cache, clean_reaches_memory)
{
	static volatile uint64_t word aligned_to(64);
	volatile uint64_t *uncached;
	uint64_t view = hft_mm_view((uintptr_t)&word, HFT_VIEW_UNCACHED);

	uncached = ptr_from_pa(pa_init(view));
	word = 0x12345678;
	arch_cache_clean_range((vaddr_t){(uintptr_t)&word}, 8);

	EXPECT_EQ(*uncached, 0x12345678);
}

TEST(boot, image_is_entered_at_el2)
{
	EXPECT_EQ(hft_boot_state.current_el, UINT64_C(2) << 2);
	EXPECT_EQ(hft_current_el(), 2);
	EXPECT_EQ(hft_boot_state.daif, 0x3c0);
}

TEST(log, line_is_formatted_and_kept_in_the_ring)
{
	const struct log_ring *ring = log_ring_get();
	uint64_t before = ring->next;

	log_notice("el2_arch: %#x %s", 0xabcU, "text");

	EXPECT_LT(before, ring->next);
	EXPECT_TRUE(memcmp(ring->magic, LOG_RING_MAGIC, 8) == 0);
}
