/* SPDX-License-Identifier: BSD-3-Clause */
/* Instructions that a test has as numbers. */
#include "hft/code.h"

#include "hft/arch.h"
#include "hft/power.h"

/** One page per CPU. */
static uint32_t code[HFT_MAX_CPUS][HFT_PAGE_SIZE / 4]
	__attribute__((aligned(4096)));

uintptr_t hft_code_write(uint32_t word, uint32_t end)
{
	uint32_t *at = code[hft_cpu_index()];

	at[0] = word;
	at[1] = end;
	hft_cache_sync_code(at, 8);
	return (uintptr_t)at;
}

uint64_t hft_code_run(uint32_t word, uint64_t arg0, uint64_t arg1)
{
	/* Before x0 is taken: this is a call. */
	uintptr_t at = hft_code_write(word, HFT_WORD_RET);
	register uint64_t x0 __asm__("x0") = arg0;
	register uint64_t x1 __asm__("x1") = arg1;

	__asm__ volatile("blr %2"
			 : "+r"(x0), "+r"(x1)
			 : "r"(at)
			 : "memory", "cc", "x2", "x3", "x16", "x17", "x30",
			   "v0", "v1");
	return x0;
}
