/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary on a debug build, whose VM 3 may use performance monitors and
 * debug registers, while VM 2 may not (harness/scenarios/granted.toml): each has
 * its own, and nobody another's. See docs/exceptions.md.
 */
#include "hft/arch.h"
#include "hft/irq.h"
#include "hft/mm.h"
#include "hftest.h"
#include "monitor.h"

#define VM_GRANTED VM_PLAIN
#define VM_REFUSED VM_FDT
#define SOON_TICKS 62500 /* a millisecond */
/** Cycles that are one: a tenth of that millisecond. */
#define FEW 100000

static void read_is(uint64_t word, uint64_t value)
{
	EXPECT_EQ(puppet_mrs(VM_GRANTED, word), value);
}

/** The cycle counter of the granted VM runs. */
static void start_cycles(void)
{
	puppet_start(VM_GRANTED);
	puppet_msr(VM_GRANTED, MSR(PMCCFILTR), 0);
	puppet_msr(VM_GRANTED, MSR(PMCNTENSET), CYCLES);
	puppet_msr(VM_GRANTED, MSR(PMCR), PMCR_E | PMCR_LC);
}

static void wait_for_ticks(uint64_t ticks)
{
	uint64_t end = hft_sysreg_read(cntvct_el0) + ticks;

	while (hft_sysreg_read(cntvct_el0) < end) {
		hft_isb();
	}
}

TEST(pmu, is_shown_to_whom_it_is_granted)
{
	puppet_start(VM_GRANTED);
	puppet_start(VM_REFUSED);
	EXPECT_EQ(pmu_version(puppet_mrs(VM_GRANTED, MRS(ID_DFR0))),
		  pmu_version(hft_sysreg_read(id_aa64dfr0_el1)));
	EXPECT_EQ(pmu_version(puppet_mrs(VM_REFUSED, MRS(ID_DFR0))), 0);
}

TEST(pmu, is_refused_to_another_vm)
{
	puppet_start(VM_REFUSED);
	EXPECT_EQ(puppet_fault(VM_REFUSED, MRS(PMCR), 0).esr, HFT_ESR_IL);
	EXPECT_EQ(puppet_fault(VM_REFUSED, MSR(PMCNTENSET), 0).esr, HFT_ESR_IL);
	EXPECT_EQ(puppet_fault(VM_REFUSED, MRS(PMCCNTR), 0).esr, HFT_ESR_IL);
	EXPECT_EQ(puppet_fault(VM_REFUSED, MRS(PMEVCNTR0), 0).esr, HFT_ESR_IL);
}

TEST(pmu, counts_cycles)
{
	uint64_t before;

	start_cycles();
	before = puppet_mrs(VM_GRANTED, MRS(PMCCNTR));
	EXPECT_LT(before, puppet_mrs(VM_GRANTED, MRS(PMCCNTR)));
}

TEST(pmu, counts_nothing_while_the_primary_runs)
{
	uint64_t before;

	start_cycles();
	before = puppet_mrs(VM_GRANTED, MRS(PMCCNTR));
	wait_for_ticks(SOON_TICKS);
	EXPECT_LT(puppet_mrs(VM_GRANTED, MRS(PMCCNTR)) - before, FEW);
}

TEST(pmu, of_a_fresh_vm_is_zero)
{
	hft_sysreg_write(pmccntr_el0, 0x123456789);
	hft_sysreg_write(pmevcntr0_el0, 0x1234);
	hft_sysreg_write(pmevtyper0_el0, 0x11);
	hft_sysreg_write(pmselr_el0, 3);
	hft_sysreg_write(pmuserenr_el0, 1);
	puppet_start(VM_GRANTED);
	read_is(MRS(PMCCNTR), 0);
	read_is(MRS(PMEVCNTR0), 0);
	read_is(MRS(PMEVTYPER0), 0);
	read_is(MRS(PMSELR), 0);
	read_is(MRS(PMUSERENR), 0);
}

TEST(pmu, of_the_primary_is_left_alone)
{
	hft_sysreg_write(pmcr_el0, PMCR_LC);
	hft_sysreg_write(pmccntr_el0, 0x123456789);
	hft_sysreg_write(pmevcntr0_el0, 0x1234);
	hft_sysreg_write(pmselr_el0, 3);
	hft_sysreg_write(pmcntenset_el0, 5);
	puppet_start(VM_GRANTED);
	puppet_msr(VM_GRANTED, MSR(PMCCNTR), 7);
	puppet_msr(VM_GRANTED, MSR(PMEVCNTR0), 8);
	puppet_msr(VM_GRANTED, MSR(PMSELR), 2);
	puppet_msr(VM_GRANTED, MSR(PMCNTENSET), 2);
	EXPECT_EQ(hft_sysreg_read(pmccntr_el0), 0x123456789);
	EXPECT_EQ(hft_sysreg_read(pmevcntr0_el0), 0x1234);
	EXPECT_EQ(hft_sysreg_read(pmselr_el0), 3);
	EXPECT_EQ(hft_sysreg_read(pmcntenset_el0), 5);
	read_is(MRS(PMCCNTR), 7);
	read_is(MRS(PMEVCNTR0), 8);
	read_is(MRS(PMSELR), 2);
	read_is(MRS(PMCNTENSET), 2);
}

TEST(pmu, has_six_counters)
{
	puppet_start(VM_GRANTED);
	puppet_msr(VM_GRANTED, MSR(PMEVCNTR5), 0x77);
	read_is(MRS(PMEVCNTR5), 0x77);
	EXPECT_EQ((puppet_mrs(VM_GRANTED, MRS(PMCR)) >> 11) & 0x1f, 6);
}

TEST(debug, is_refused_to_another_vm)
{
	puppet_start(VM_REFUSED);
	EXPECT_EQ(puppet_fault(VM_REFUSED, MRS(MDSCR), 0).esr, HFT_ESR_IL);
	EXPECT_EQ(puppet_fault(VM_REFUSED, MRS(DBGBVR0), 0).esr, HFT_ESR_IL);
	EXPECT_EQ(puppet_fault(VM_REFUSED, MSR(OSLAR), 0).esr, HFT_ESR_IL);
}

/* They are not switched: no VM but the primary has them. */
TEST(debug, claim_tags_are_granted_to_nobody)
{
	puppet_start(VM_GRANTED);
	EXPECT_EQ(puppet_fault(VM_GRANTED, MRS(DBGCLAIMCLR), 0).esr,
		  HFT_ESR_IL);
	EXPECT_EQ(puppet_fault(VM_GRANTED, MSR(DBGCLAIMSET), 0).esr,
		  HFT_ESR_IL);
}

TEST(debug, registers_are_each_vms_own)
{
	hft_sysreg_write(dbgbvr0_el1, 0x1000);
	hft_sysreg_write(dbgwvr0_el1, 0x2000);
	puppet_start(VM_GRANTED);
	read_is(MRS(DBGBVR0), 0);
	read_is(MRS(DBGWVR0), 0);
	puppet_msr(VM_GRANTED, MSR(DBGBVR0), 0x3000);
	puppet_msr(VM_GRANTED, MSR(DBGWVR0), 0x4000);
	EXPECT_EQ(hft_sysreg_read(dbgbvr0_el1), 0x1000);
	EXPECT_EQ(hft_sysreg_read(dbgwvr0_el1), 0x2000);
	read_is(MRS(DBGBVR0), 0x3000);
	read_is(MRS(DBGWVR0), 0x4000);
}

/** MDSCR_EL1.MDE */
#define MDE (UINT64_C(1) << 15)
/** DBGWCR0_EL1: all bytes, loads, EL0, enabled. */
#define WATCH_LOADS_AT_EL0 UINT64_C(0x1fed)
#define EC_WATCHPOINT_LOWER 0x34

/** A page of the puppet's that EL0 may read. */
static uint64_t view_for_el0(uint16_t vm)
{
	return puppet_do(vm, order(ORDER_VIEW,
				   puppet_memory(vm).end - HFT_PAGE_SIZE,
				   HFT_VIEW_EL0, 0))
		.value[0];
}

static struct hft_fault load_at_el0(uint16_t vm, uint64_t address)
{
	return puppet_do(vm, order(ORDER_INSTRUCTION_EL0, WORD_LDR, 0, address))
		.fault;
}

TEST(debug, watchpoint_is_hit_by_its_own_vm_alone)
{
	uint64_t view;
	uint64_t other;
	struct hft_fault fault;

	puppet_start(VM_GRANTED);
	puppet_start(VM_REFUSED);
	view = view_for_el0(VM_GRANTED);
	other = view_for_el0(VM_REFUSED);
	/* The same address: it is the first of each. */
	ASSERT_EQ(view, other);
	puppet_msr(VM_GRANTED, MSR(OSLAR), 0);
	puppet_msr(VM_GRANTED, MSR(MDSCR), MDE);
	puppet_msr(VM_GRANTED, MSR(DBGWVR0), view);
	puppet_msr(VM_GRANTED, MSR(DBGWCR0), WATCH_LOADS_AT_EL0);

	fault = load_at_el0(VM_GRANTED, view);
	EXPECT_EQ(fault.count, 1);
	EXPECT_EQ(hft_esr_class(fault.esr), EC_WATCHPOINT_LOWER);
	EXPECT_EQ(fault.far, view);
	EXPECT_EQ(load_at_el0(VM_REFUSED, other).count, 0);
}
