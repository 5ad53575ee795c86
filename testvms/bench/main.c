/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: measures what calls cost, in instructions: those of one VM, and switches
 * to another, here; messages in messages.c. One CPU. A figure above its bar fails; the
 * lines `bench NAME INSTRUCTIONS` are what `make bench` shows. See
 * docs/performance.md.
 */
#include "hft/irq.h"
#include "measure.h"

#define PEER_INTID UINT64_C(7)
#define SGI 5

TEST(bench, null_hypercall)
{
	ASSERT_EQ(call(FFA_ID_GET, 0).x[0], FFA_SUCCESS);
	measure_call("null_hypercall", FFA_ID_GET, 0, 80);
	measure_call("interrupt_get", HF_INTERRUPT_GET, 0, NO_BAR);
}

TEST(bench, unknown_call)
{
	ASSERT_EQ(call(0x12345678, 0).x[0], SMCCC_NOT_SUPPORTED);
	measure_call("unknown_call", 0x12345678, 0, 80);
}

TEST(bench, run_yield)
{
	run_until(PEER, FFA_YIELD);
	measure_call("run_yield", FFA_RUN, PEER << 16, 600);
}

TEST(bench, inject_irq)
{
	uint64_t begin;

	run_until(PEER, FFA_YIELD);
	begin = count_instructions();
	for (unsigned int i = 0; i < ROUNDS; i++) {
		(void)hf_call(HF_INTERRUPT_INJECT, PEER, 0, PEER_INTID);
		(void)call(FFA_RUN, PEER << 16);
	}
	report_since(begin, (struct figure){"inject_irq", ROUNDS, 1500});
}

TEST(bench, preempt)
{
	uint64_t begin;

	run_until(PEER, FFA_YIELD);
	hft_irq_init();
	hft_irq_enable(SGI);
	begin = count_instructions();
	for (unsigned int i = 0; i < ROUNDS; i++) {
		hft_irq_send_sgi(0, SGI);
		(void)call(FFA_RUN, PEER << 16);
		hft_irq_unmask();
		hft_irq_mask();
	}
	report_since(begin, (struct figure){"preempt", ROUNDS, NO_BAR});
	EXPECT_EQ(hft_irq_count(SGI), ROUNDS);
}
