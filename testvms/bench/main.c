/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: measures what calls cost, in instructions: under icount the counter
 * ticks once every 16 of them. One CPU. Nothing here is a verdict; the lines
 * `bench NAME INSTRUCTIONS` are what `make bench` shows. See
 * docs/performance.md.
 */
#include "hf/call.h"
#include "hft/arch.h"
#include "hft/irq.h"
#include "hftest.h"

/** 1 GHz of instructions, 62.5 MHz of counter. */
#define INSTRUCTIONS_PER_TICK 16
#define ROUNDS 10000
#define PEER UINT64_C(2)
#define PEER_INTID UINT64_C(7)
#define SGI 5

static uint64_t count_instructions(void)
{
	hft_isb();
	return hft_sysreg_read(cntvct_el0) * INSTRUCTIONS_PER_TICK;
}

static void report(const char *name, uint64_t total, uint64_t rounds)
{
	HFTEST_LOG("bench %s %u", name, (unsigned int)(total / rounds));
}

static struct smccc_value call(uint64_t id, uint64_t arg)
{
	return hf_hvc((struct smccc_value){{id, arg}});
}

static void measure_call(const char *name, uint64_t id, uint64_t arg)
{
	uint64_t begin = count_instructions();

	for (unsigned int i = 0; i < ROUNDS; i++) {
		(void)call(id, arg);
	}
	report(name, count_instructions() - begin, ROUNDS);
}

TEST(bench, null_hypercall)
{
	ASSERT_EQ(call(FFA_ID_GET, 0).x[0], FFA_SUCCESS);
	measure_call("null_hypercall", FFA_ID_GET, 0);
	measure_call("interrupt_get", HF_INTERRUPT_GET, 0);
}

TEST(bench, unknown_call)
{
	ASSERT_EQ(call(0x12345678, 0).x[0], SMCCC_NOT_SUPPORTED);
	measure_call("unknown_call", 0x12345678, 0);
}

static void run_until(uint64_t expected)
{
	ASSERT_EQ(call(FFA_RUN, PEER << 16).x[0], expected);
}

TEST(bench, run_yield)
{
	run_until(FFA_YIELD);
	measure_call("run_yield", FFA_RUN, PEER << 16);
}

TEST(bench, inject_irq)
{
	uint64_t begin;

	run_until(FFA_YIELD);
	begin = count_instructions();
	for (unsigned int i = 0; i < ROUNDS; i++) {
		(void)hf_call(HF_INTERRUPT_INJECT, PEER, 0, PEER_INTID);
		(void)call(FFA_RUN, PEER << 16);
	}
	report("inject_irq", count_instructions() - begin, ROUNDS);
}

TEST(bench, preempt)
{
	uint64_t begin;

	run_until(FFA_YIELD);
	hft_irq_init();
	hft_irq_enable(SGI);
	begin = count_instructions();
	for (unsigned int i = 0; i < ROUNDS; i++) {
		hft_irq_send_sgi(0, SGI);
		(void)call(FFA_RUN, PEER << 16);
		hft_irq_unmask();
		hft_irq_mask();
	}
	report("preempt", count_instructions() - begin, ROUNDS);
	EXPECT_EQ(hft_irq_count(SGI), ROUNDS);
}
