/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the benchmarks count: under icount the counter ticks once every 16
 * instructions. See docs/performance.md.
 */
#pragma once

#include "hf/call.h"
#include "hft/arch.h"
#include "hftest.h"

/** 1 GHz of instructions, 62.5 MHz of counter. */
#define INSTRUCTIONS_PER_TICK 16
#define ROUNDS 10000

/* Of the scenario, in its order. */
#define PEER UINT64_C(2)
#define ECHO UINT64_C(3)
#define NOTIFIED UINT64_C(4)
#define BORROWER UINT64_C(5)

static inline uint64_t count_instructions(void)
{
	hft_isb();
	return hft_sysreg_read(cntvct_el0) * INSTRUCTIONS_PER_TICK;
}

/** No figure may be above its bar; this one has none. */
#define NO_BAR UINT64_MAX

struct figure {
	const char *name;
	uint64_t rounds;
	uint64_t bar;
};

/** What passed since `begin`, for each round. */
static inline uint64_t report_since(uint64_t begin, struct figure figure)
{
	uint64_t each = (count_instructions() - begin) / figure.rounds;

	HFTEST_LOG("bench %s %u", figure.name, (unsigned int)each);
	EXPECT_LE(each, figure.bar);
	return each;
}

static inline struct smccc_value call(uint64_t id, uint64_t arg)
{
	return hf_hvc((struct smccc_value){{id, arg}});
}

static inline void measure_call(const char *name, uint64_t id, uint64_t arg,
				uint64_t bar)
{
	uint64_t begin = count_instructions();

	for (unsigned int i = 0; i < ROUNDS; i++) {
		(void)call(id, arg);
	}
	report_since(begin, (struct figure){name, ROUNDS, bar});
}

/** FFA_RUN of the only vCPU of `vm` answers with `expected`. */
static inline void run_until(uint64_t vm, uint64_t expected)
{
	ASSERT_EQ(call(FFA_RUN, vm << 16).x[0], expected);
}
