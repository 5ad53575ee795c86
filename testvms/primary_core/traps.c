/* SPDX-License-Identifier: BSD-3-Clause */
/* Registers that trap: refused, emulated, or passed through. */
#include "hft/arch.h"
#include "hft/fault.h"
#include "hftest.h"

#define READ(name) ((void)hft_sysreg_read(name))

/* Names that not every assembler knows. */
#define LORC_EL1 S3_0_C10_C4_3
#define LORID_EL1 S3_0_C10_C4_7
#define PMSCR_EL1 S3_0_C9_C9_0
#define PMBPTR_EL1 S3_0_C9_C10_1
#define TRFCR_EL1 S3_0_C1_C2_1
#define TRCPRGCTLR S2_1_C0_C1_0
#define IMPDEF_C15 S3_0_C15_C1_7
#define IMPDEF_C11 S3_1_C11_C7_3
/* PMCCNTR_EL0 by its number. */
#define PMCCNTR_GENERIC S3_3_C9_C13_0

#define READ_AS(name) READ_EXPANDED(name)
#define READ_EXPANDED(name) ((void)hft_sysreg_read(name))

TEST(traps, limited_ordering_regions_are_undefined)
{
	EXPECT_UNDEFINED(READ_AS(LORC_EL1));
	EXPECT_UNDEFINED(READ_AS(LORID_EL1));
}

TEST(traps, statistical_profiling_is_undefined)
{
	EXPECT_UNDEFINED(READ_AS(PMSCR_EL1));
	EXPECT_UNDEFINED(READ_AS(PMBPTR_EL1));
}

TEST(traps, trace_is_undefined)
{
	EXPECT_UNDEFINED(READ_AS(TRFCR_EL1));
	EXPECT_UNDEFINED(READ_AS(TRCPRGCTLR));
}

TEST(traps, auxiliary_control_is_undefined)
{
	EXPECT_UNDEFINED(READ(actlr_el1));
	EXPECT_UNDEFINED(hft_sysreg_write(actlr_el1, 0));
}

TEST(traps, implementation_defined_is_undefined)
{
	EXPECT_UNDEFINED(READ_AS(IMPDEF_C15));
	EXPECT_UNDEFINED(READ_AS(IMPDEF_C11));
}

TEST(traps, el2_registers_are_undefined)
{
	EXPECT_UNDEFINED(READ(hcr_el2));
	EXPECT_UNDEFINED(READ(vttbr_el2));
}

TEST(traps, undefined_leaves_far_and_comes_in_at_0x200)
{
	struct hft_fault fault = HFT_FAULT_OF(READ(actlr_el1));

	EXPECT_EQ(fault.vector, HFT_VECTOR_SPX);
	EXPECT_EQ(fault.spsr & 0x1f, 5);
}

/* Set 0, way 0, level 1: harmless wherever it is allowed. */
TEST(traps, cache_maintenance_by_set_and_way_goes_through)
{
	static volatile uint64_t word = 0x5a5a;

	EXPECT_NO_FAULT(__asm__ volatile("dc isw, xzr" : : : "memory"));
	EXPECT_NO_FAULT(__asm__ volatile("dc csw, xzr" : : : "memory"));
	EXPECT_NO_FAULT(__asm__ volatile("dc cisw, xzr" : : : "memory"));
	EXPECT_EQ(word, 0x5a5a);
}

TEST(debug, breakpoint_registers_are_passed_through)
{
	EXPECT_NO_FAULT(hft_sysreg_write(dbgbvr0_el1, 0x40201234));
	EXPECT_EQ(hft_sysreg_read(dbgbvr0_el1), 0x40201234);
	hft_sysreg_write(dbgbvr0_el1, 0);
	EXPECT_EQ(hft_sysreg_read(dbgbvr0_el1), 0);
}

TEST(debug, watchpoint_registers_are_passed_through)
{
	EXPECT_NO_FAULT(hft_sysreg_write(dbgwvr0_el1, 0x40205678));
	EXPECT_EQ(hft_sysreg_read(dbgwvr0_el1), 0x40205678);
	hft_sysreg_write(dbgwvr0_el1, 0);
}

TEST(debug, control_registers_are_passed_through)
{
	uint64_t mdscr = hft_sysreg_read(mdscr_el1);

	EXPECT_NO_FAULT(hft_sysreg_write(mdscr_el1, mdscr | (1U << 12)));
	EXPECT_EQ(hft_sysreg_read(mdscr_el1), mdscr | (1U << 12));
	hft_sysreg_write(mdscr_el1, mdscr);
	EXPECT_NO_FAULT(READ(mdccint_el1));
	EXPECT_NO_FAULT(READ(mdccsr_el0));
	EXPECT_NO_FAULT(hft_sysreg_write(oslar_el1, 0));
	EXPECT_EQ(hft_sysreg_read(oslsr_el1) & 2, 0);
}

TEST(pmu, cycle_counter_is_the_same_by_both_names)
{
	if (((hft_sysreg_read(id_aa64dfr0_el1) >> 8) & 0xf) == 0) {
		SKIP("this CPU has no PMU");
	}

	/* Counting is off: what is written stays. */
	hft_sysreg_write(pmcr_el0, 0);
	hft_sysreg_write(pmcntenclr_el0, 0xffffffff);
	EXPECT_NO_FAULT(hft_sysreg_write(pmccntr_el0, 0xa));
	EXPECT_EQ(hft_sysreg_read(pmccntr_el0), 0xa);
	EXPECT_EQ(hft_sysreg_read(S3_3_C9_C13_0), 0xa);
	EXPECT_NO_FAULT(hft_sysreg_write(S3_3_C9_C13_0, 0xb));
	EXPECT_EQ(hft_sysreg_read(pmccntr_el0), 0xb);
}

TEST(pmu, all_counters_are_there)
{
	if (((hft_sysreg_read(id_aa64dfr0_el1) >> 8) & 0xf) == 0) {
		SKIP("this CPU has no PMU");
	}

	EXPECT_NO_FAULT(READ(pmcntenset_el0));
	EXPECT_NO_FAULT(READ(pmovsclr_el0));
	EXPECT_NO_FAULT(hft_sysreg_write(pmselr_el0, 0));
	EXPECT_NO_FAULT(READ(pmxevtyper_el0));
	EXPECT_NO_FAULT(READ(pmintenset_el1));
}
