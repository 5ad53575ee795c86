/* SPDX-License-Identifier: BSD-3-Clause */
/* See sweep.h. Code is made in pages of 512 accesses. */
#include "sweep.h"

#include "hft/arch.h"
#include "hft/fault.h"
#include "hft/mm.h"

#define WORD_MRS_X0 UINT32_C(0xd5300000)
#define WORD_MSR_X0 UINT32_C(0xd5100000)
#define WORD_RET UINT32_C(0xd65f03c0)
#define WORD_SVC UINT32_C(0xd4000001)
#define PAGE_ACCESSES 512

/** Two words for each access. */
static uint32_t code[2 * PAGE_ACCESSES] __attribute__((aligned(4096)));

/** op1, CRn, CRm, op2 as in an instruction, from bit 5 on. */
#define ENCODING(op0, op1, crn, crm, op2)                                    \
	(((uint32_t)(op0)-2) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | \
	 (op2))

/* Written to, these take away what the code runs on. */
static const uint32_t vital[] = {
	ENCODING(3, 0, 1, 0, 0),  /* SCTLR_EL1 */
	ENCODING(3, 0, 1, 0, 3),  /* SCTLR2_EL1 */
	ENCODING(3, 0, 2, 0, 0),  /* TTBR0_EL1 */
	ENCODING(3, 0, 2, 0, 2),  /* TCR_EL1 */
	ENCODING(3, 0, 2, 0, 3),  /* TCR2_EL1 */
	ENCODING(3, 0, 4, 2, 0),  /* SPSel */
	ENCODING(3, 3, 4, 2, 1),  /* DAIF */
	ENCODING(3, 0, 10, 2, 0), /* MAIR_EL1 */
	ENCODING(3, 0, 12, 0, 0), /* VBAR_EL1 */
	ENCODING(3, 0, 13, 0, 4), /* TPIDR_EL1 */
};

static bool is_vital(uint32_t encoding)
{
	for (unsigned int i = 0; i < sizeof(vital) / sizeof(vital[0]); i++) {
		if (vital[i] == encoding) {
			return true;
		}
	}
	return false;
}

static void write_page(const struct sweep *sweep, uint32_t first)
{
	uint32_t access = sweep->is_write ? WORD_MSR_X0 : WORD_MRS_X0;

	for (uint32_t i = 0; i < PAGE_ACCESSES; i++) {
		code[2 * i] = access | ((first + i) << 5);
		code[2 * i + 1] = sweep->is_at_el0 ? WORD_SVC : WORD_RET;
	}
	hft_cache_sync_code(code, sizeof(code));
}

/** x0 in and out. Watching begins before x0 is taken: that is a call. */
__attribute__((noinline)) static uint64_t run_at_el1(const uint32_t *at,
						     uint64_t value)
{
	register uint64_t x0 __asm__("x0") = value;

	__asm__ volatile("blr %1" : "+r"(x0) : "r"(at) : "memory", "cc", "x30");
	return x0;
}

static struct hft_fault fault_at_el1(const uint32_t *at, uint64_t value)
{
	return HFT_FAULT_OF((void)run_at_el1(at, value));
}

/** What is read; 0 when it can not be. */
static uint64_t read_at_el1(const uint32_t *at)
{
	uint64_t value;

	hft_fault_watch();
	value = run_at_el1(at, 0);
	return hft_fault_end().count == 0 ? value : 0;
}

static struct hft_fault run_at_el0(uint64_t view, uint64_t value)
{
	return HFT_FAULT_OF((void)hft_run_at_el0(view, value, false));
}

static void note(struct sweep_result *result, struct hft_fault fault,
		 uint32_t encoding)
{
	if (fault.count == 0) {
		if (result->done++ == 0) {
			result->first_done = encoding;
		}
		result->last_done = encoding;
	} else if (hft_esr_class(fault.esr) == HFT_EC_UNKNOWN) {
		result->undefined++;
	} else {
		result->excepted++;
	}
}

static void run_page(const struct sweep *sweep, uint32_t first,
		     struct sweep_result *result)
{
	uint64_t view = sweep->is_at_el0
				? hft_mm_view((uintptr_t)code,
					      HFT_VIEW_EXECUTE | HFT_VIEW_EL0)
				: 0;

	write_page(sweep, first);
	for (uint32_t i = 0; i < PAGE_ACCESSES; i++) {
		if (sweep->is_write && !sweep->is_at_el0 &&
		    is_vital(first + i)) {
			result->spared++;
			continue;
		}
		note(result,
		     sweep->is_at_el0
			     ? run_at_el0(view + 8 * i, sweep->value)
			     : fault_at_el1(&code[2 * i], sweep->value),
		     first + i);
	}
}

struct sweep_result sweep_run(const struct sweep *sweep)
{
	struct sweep_result result = {0};
	/* Bit 19 of an instruction says op0 = 3: encoding bit 14. */
	uint32_t first = ENCODING(sweep->op0, sweep->op1, 0, 0, 0);

	for (uint32_t i = 0; i < SWEEP_SIZE; i += PAGE_ACCESSES) {
		run_page(sweep, first + i, &result);
	}
	hft_mm_reset_views();
	return result;
}

void sweep_read_all(uint64_t *values)
{
	const struct sweep sweep = {.op0 = 3};
	uint32_t first = ENCODING(3, 0, 0, 0, 0);

	for (uint32_t i = 0; i < OP1_COUNT * SWEEP_SIZE; i++) {
		if (i % PAGE_ACCESSES == 0) {
			write_page(&sweep, first + i);
		}
		values[i] = read_at_el1(&code[2 * (i % PAGE_ACCESSES)]);
	}
}
