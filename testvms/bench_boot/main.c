/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: tells how many instructions passed from reset to its own first one. See
 * docs/performance.md.
 */
#include "hft/boot.h"
#include "hft/fdt.h"
#include "hftest.h"

/** 1 GHz of instructions, 62.5 MHz of counter. */
#define INSTRUCTIONS_PER_TICK 16

TEST(bench_boot, instructions_to_the_first_of_the_primary)
{
	unsigned int count =
		(unsigned int)hft_boot_state.counter * INSTRUCTIONS_PER_TICK;
	struct hft_range range;
	int reserved = 0;

	/* The hypervisor's range, then one per secondary. */
	while (hft_fdt_reserved(reserved, &range)) {
		reserved++;
	}
	ASSERT_GE(reserved, 1);
	if (reserved == 1) {
		HFTEST_LOG("bench boot_to_primary %u", count);
		EXPECT_LE(count, 1000000U);
	} else {
		HFTEST_LOG("bench boot_%d_vms %u", reserved, count);
		EXPECT_LE(count, 1300000U);
	}
}
