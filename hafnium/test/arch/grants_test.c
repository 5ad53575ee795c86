/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/arch/el2/grants.c: performance monitors and debug
 * registers of a debug build are each guest's own, and of hafnium/src/arch/el2/
 * regs.c: counters do not count what another guest does.
 */
#include "hf/arch/build.h"
#include "hf/arch/context.h"
#include "hf/arch/fake/machine.h"
#include "hf/arch/fake/mmu.h"
#include "hf/base/bits.h"
#include "hftest.h"

#define PMCR_E BIT(0)
#define PMCR_LC BIT(6)
#define SIX_COUNTERS (UINT64_C(6) << 11)
#define ALL_COUNTERS UINT64_C(0xffffffff)
#define MDCR_TPMCR BIT(5)
#define MDCR_TPM BIT(6)
#define MDCR_HPMN BITS(4, 0)
#define BOTH (ARCH_GRANT_PMU | ARCH_GRANT_DEBUG)

/** A CPU with a PMU of six counters, four breakpoints, two watchpoints. */
static void begin(bool is_debug)
{
	fake_machine_reset();
	fake_mmu_reset();
	fake_set_debug_build(is_debug);
	sysreg_write(id_aa64dfr0_el1, (UINT64_C(1) << 20) |
					      (UINT64_C(3) << 12) |
					      (UINT64_C(1) << 8));
	sysreg_write(pmcr_el0, SIX_COUNTERS);
}

static struct arch_regs started(enum arch_role role, uint32_t grants)
{
	const struct arch_regs_start start = {.role = role, .grants = grants};
	struct arch_regs regs;

	arch_regs_reset(&regs, &start);
	return regs;
}

static struct arch_regs guest(uint32_t grants)
{
	return started(ARCH_ROLE_SECONDARY, grants);
}

TEST(grants_mdcr, granted_secondary_gets_at_the_pmu)
{
	begin(true);
	EXPECT_EQ(guest(ARCH_GRANT_PMU).mdcr_el2 & (MDCR_TPM | MDCR_TPMCR), 0U);
	EXPECT_EQ(guest(ARCH_GRANT_PMU).mdcr_el2 & MDCR_HPMN, 6U);
	EXPECT_EQ(guest(ARCH_GRANT_DEBUG).mdcr_el2 & (MDCR_TPM | MDCR_TPMCR),
		  MDCR_TPM | MDCR_TPMCR);
}

TEST(grants_mdcr, it_has_six_counters_at_most)
{
	begin(true);
	sysreg_write(pmcr_el0, UINT64_C(31) << 11);
	EXPECT_EQ(guest(ARCH_GRANT_PMU).mdcr_el2 & MDCR_HPMN, 6U);
	EXPECT_EQ(started(ARCH_ROLE_PRIMARY, BOTH).mdcr_el2 & MDCR_HPMN, 31U);
	sysreg_write(pmcr_el0, UINT64_C(4) << 11);
	EXPECT_EQ(guest(ARCH_GRANT_PMU).mdcr_el2 & MDCR_HPMN, 4U);
}

TEST(counters, of_the_primary_stop_when_it_is_left)
{
	struct arch_regs primary;
	struct arch_regs secondary;

	begin(false);
	primary = started(ARCH_ROLE_PRIMARY, 0);
	secondary = guest(0);
	sysreg_write(pmcr_el0, SIX_COUNTERS | PMCR_LC | PMCR_E);

	arch_regs_leave(&primary);
	EXPECT_EQ(sysreg_read(pmcr_el0), SIX_COUNTERS | PMCR_LC);
	arch_regs_enter(&secondary, &primary);
	arch_regs_leave(&secondary);
	EXPECT_EQ(sysreg_read(pmcr_el0), SIX_COUNTERS | PMCR_LC);
	arch_regs_enter(&primary, &secondary);
	EXPECT_EQ(sysreg_read(pmcr_el0), SIX_COUNTERS | PMCR_LC | PMCR_E);
}

TEST(counters, that_stood_still_are_left_alone)
{
	struct arch_regs primary;

	begin(false);
	primary = started(ARCH_ROLE_PRIMARY, 0);
	arch_regs_leave(&primary);
	EXPECT_EQ(primary.pmcr_el0, 0U);
	sysreg_write(pmcr_el0, 0x1234);
	arch_regs_enter(&primary, NULL);
	EXPECT_EQ(sysreg_read(pmcr_el0), 0x1234U);
}

TEST(counters, without_a_pmu_nothing_is_read)
{
	struct arch_regs primary;

	begin(false);
	sysreg_write(id_aa64dfr0_el1, 0);
	primary = started(ARCH_ROLE_PRIMARY, 0);
	sysreg_write(pmcr_el0, PMCR_E);
	arch_regs_leave(&primary);
	EXPECT_EQ(sysreg_read(pmcr_el0), PMCR_E);
}

TEST(counters, production_build_saves_none)
{
	struct arch_regs primary;

	begin(false);
	primary = started(ARCH_ROLE_PRIMARY, BOTH);
	sysreg_write(pmccntr_el0, 77);
	sysreg_write(pmcntenclr_el0, 0);
	arch_regs_leave(&primary);
	EXPECT_EQ(sysreg_read(pmcntenclr_el0), 0U);
	sysreg_write(pmccntr_el0, 78);
	arch_regs_enter(&primary, NULL);
	EXPECT_EQ(sysreg_read(pmccntr_el0), 78U);
}

/** Write `seed` and numbers behind it to what a guest has of the PMU. */
static void set_counters(uint64_t seed)
{
	sysreg_write(pmcr_el0, SIX_COUNTERS | PMCR_LC);
	sysreg_write(pmcntenset_el0, seed);
	sysreg_write(pmintenset_el1, seed + 1);
	sysreg_write(pmovsset_el0, seed + 2);
	sysreg_write(pmselr_el0, seed + 3);
	sysreg_write(pmuserenr_el0, seed + 4);
	sysreg_write(pmccfiltr_el0, seed + 5);
	sysreg_write(pmccntr_el0, seed + 6);
	sysreg_write(S3_3_C14_C12_0, seed + 7);
	sysreg_write(S3_3_C14_C8_0, seed + 8);
	sysreg_write(S3_3_C14_C12_5, seed + 9);
	sysreg_write(S3_3_C14_C8_5, seed + 10);
}

/** How many of them are as set_counters() set them. */
static int counters_as_set(uint64_t seed)
{
	return (sysreg_read(pmcntenset_el0) == seed) +
	       (sysreg_read(pmintenset_el1) == seed + 1) +
	       (sysreg_read(pmovsset_el0) == seed + 2) +
	       (sysreg_read(pmselr_el0) == seed + 3) +
	       (sysreg_read(pmuserenr_el0) == seed + 4) +
	       (sysreg_read(pmccfiltr_el0) == seed + 5) +
	       (sysreg_read(pmccntr_el0) == seed + 6) +
	       (sysreg_read(S3_3_C14_C12_0) == seed + 7) +
	       (sysreg_read(S3_3_C14_C8_0) == seed + 8) +
	       (sysreg_read(S3_3_C14_C12_5) == seed + 9) +
	       (sysreg_read(S3_3_C14_C8_5) == seed + 10);
}

TEST(grants, counters_are_each_guests_own)
{
	struct arch_regs primary;
	struct arch_regs secondary;

	begin(true);
	primary = started(ARCH_ROLE_PRIMARY, BOTH);
	secondary = guest(ARCH_GRANT_PMU);
	set_counters(100);
	arch_regs_leave(&primary);
	arch_regs_enter(&secondary, &primary);
	/* All zero, as it was reset. */
	EXPECT_EQ(sysreg_read(pmccntr_el0), 0U);
	EXPECT_EQ(sysreg_read(S3_3_C14_C8_5), 0U);
	EXPECT_EQ(sysreg_read(pmuserenr_el0), 0U);

	set_counters(500);
	arch_regs_leave(&secondary);
	arch_regs_enter(&primary, &secondary);
	EXPECT_EQ(counters_as_set(100), 11);

	arch_regs_leave(&primary);
	arch_regs_enter(&secondary, &primary);
	EXPECT_EQ(counters_as_set(500), 11);
}

TEST(grants, counters_that_are_left_are_stopped_and_quiet)
{
	struct arch_regs secondary;

	begin(true);
	secondary = guest(ARCH_GRANT_PMU);
	set_counters(500);
	arch_regs_leave(&secondary);
	EXPECT_EQ(sysreg_read(pmcntenclr_el0), ALL_COUNTERS);
	EXPECT_EQ(sysreg_read(pmintenclr_el1), ALL_COUNTERS);
	EXPECT_EQ(sysreg_read(pmovsclr_el0), ALL_COUNTERS);
	EXPECT_EQ(sysreg_read(pmuserenr_el0), 0U);
}

TEST(grants, counters_beyond_those_that_are_there_are_not_touched)
{
	struct arch_regs secondary;

	begin(true);
	sysreg_write(pmcr_el0, UINT64_C(2) << 11);
	secondary = guest(ARCH_GRANT_PMU);
	sysreg_write(S3_3_C14_C8_2, 0x77);
	arch_regs_leave(&secondary);
	sysreg_write(S3_3_C14_C8_2, 0x78);
	arch_regs_enter(&secondary, NULL);
	EXPECT_EQ(sysreg_read(S3_3_C14_C8_2), 0x78U);
}

TEST(grants, without_a_pmu_none_is_touched)
{
	struct arch_regs secondary;

	begin(true);
	sysreg_write(id_aa64dfr0_el1, 0);
	secondary = guest(ARCH_GRANT_PMU);
	sysreg_write(pmccntr_el0, 0x77);
	arch_regs_leave(&secondary);
	EXPECT_EQ(sysreg_read(pmovsclr_el0), 0U);
	arch_regs_enter(&secondary, NULL);
	EXPECT_EQ(sysreg_read(pmccntr_el0), 0x77U);
}

/* DBGBVR3_EL1 and DBGBCR0_EL1, DBGWVR1_EL1, MDCCINT_EL1. */
static void set_debug(uint64_t seed)
{
	sysreg_write(S2_0_C0_C3_4, seed);
	sysreg_write(S2_0_C0_C0_5, seed + 1);
	sysreg_write(S2_0_C0_C1_6, seed + 2);
	sysreg_write(S2_0_C0_C2_0, seed + 4);
}

static int debug_as_set(uint64_t seed)
{
	return (sysreg_read(S2_0_C0_C3_4) == seed) +
	       (sysreg_read(S2_0_C0_C0_5) == seed + 1) +
	       (sysreg_read(S2_0_C0_C1_6) == seed + 2) +
	       (sysreg_read(S2_0_C0_C2_0) == seed + 4);
}

TEST(grants, breakpoints_are_each_guests_own)
{
	struct arch_regs primary;
	struct arch_regs secondary;

	begin(true);
	primary = started(ARCH_ROLE_PRIMARY, BOTH);
	secondary = guest(ARCH_GRANT_DEBUG);
	set_debug(0x10);
	arch_regs_leave(&primary);
	arch_regs_enter(&secondary, &primary);
	EXPECT_EQ(sysreg_read(S2_0_C0_C3_4), 0U);
	EXPECT_EQ(sysreg_read(S2_0_C0_C1_6), 0U);

	set_debug(0x50);
	arch_regs_leave(&secondary);
	arch_regs_enter(&primary, &secondary);
	EXPECT_EQ(debug_as_set(0x10), 4);
}

TEST(grants, os_lock_is_each_guests_own)
{
	struct arch_regs secondary;

	begin(true);
	secondary = guest(ARCH_GRANT_DEBUG);
	/* OSLSR_EL1.OSLK */
	sysreg_write(S2_0_C1_C1_4, BIT(1) | BIT(3));
	arch_regs_leave(&secondary);
	arch_regs_enter(&secondary, NULL);
	EXPECT_EQ(sysreg_read(S2_0_C1_C0_4), 1U);
	sysreg_write(S2_0_C1_C1_4, BIT(3));
	arch_regs_leave(&secondary);
	arch_regs_enter(&secondary, NULL);
	EXPECT_EQ(sysreg_read(S2_0_C1_C0_4), 0U);
}

TEST(grants, guest_without_any_changes_nothing)
{
	struct arch_regs secondary;

	begin(true);
	secondary = guest(0);
	set_debug(0x10);
	set_counters(100);
	arch_regs_leave(&secondary);
	arch_regs_enter(&secondary, NULL);
	EXPECT_EQ(counters_as_set(100), 11);
	EXPECT_EQ(sysreg_read(S2_0_C0_C3_4), 0x10U);
}
