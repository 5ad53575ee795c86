/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/arch/el2/regs.c: the GIC's CPU interface for each role,
 * the virtual IRQ line, and translations that another vCPU left.
 */
#include "hf/arch/context.h"
#include "hf/arch/fake/machine.h"
#include "hf/arch/fake/mmu.h"
#include "hf/base/bits.h"
#include "hftest.h"

/* ICH_HCR_EL2: TC, TALL0, TALL1, TSEI, TDIR. */
#define ICH_TRAPS (BIT(10) | BIT(11) | BIT(12) | BIT(13) | BIT(14))
#define ICH_EN BIT(0)
#define HCR_VF BIT(6)
#define HCR_VI BIT(7)

static struct arch_regs started(enum arch_role role)
{
	const struct arch_regs_start start = {
		.role = role,
		.vttbr = UINT64_C(0x0002000040100000),
	};
	struct arch_regs regs;

	arch_regs_reset(&regs, &start);
	return regs;
}

/** The system registers of a GICv3 are there, with something in them. */
static void start_with_gicv3(void)
{
	fake_machine_reset();
	fake_mmu_reset();
	sysreg_write(id_aa64pfr0_el1, BIT(24));
	sysreg_write(ICH_HCR_EL2, UINT64_MAX);
	sysreg_write(ICC_SRE_EL2, 0);
}

TEST(arch_gic, primary_has_the_cpu_interface)
{
	struct arch_regs regs;

	start_with_gicv3();
	regs = started(ARCH_ROLE_PRIMARY);
	arch_regs_enter(&regs, NULL);

	EXPECT_EQ(sysreg_read(ICH_HCR_EL2), 0U);
	/* Enable: EL1's ICC_SRE_EL1 does not trap. */
	EXPECT_EQ(sysreg_read(ICC_SRE_EL2), 0xfU);
}

TEST(arch_gic, all_of_it_traps_for_a_secondary)
{
	struct arch_regs regs;

	start_with_gicv3();
	regs = started(ARCH_ROLE_SECONDARY);
	arch_regs_enter(&regs, NULL);

	EXPECT_EQ(sysreg_read(ICH_HCR_EL2) & ICH_TRAPS, ICH_TRAPS);
	EXPECT_EQ(sysreg_read(ICH_HCR_EL2) & ICH_EN, 0U);
	EXPECT_EQ(sysreg_read(ICC_SRE_EL2), 7U);
}

TEST(arch_gic, primary_has_it_again_after_a_secondary)
{
	struct arch_regs primary;
	struct arch_regs secondary;

	start_with_gicv3();
	primary = started(ARCH_ROLE_PRIMARY);
	secondary = started(ARCH_ROLE_SECONDARY);
	arch_regs_enter(&primary, NULL);
	arch_regs_enter(&secondary, &primary);
	arch_regs_enter(&primary, &secondary);

	EXPECT_EQ(sysreg_read(ICH_HCR_EL2), 0U);
	EXPECT_EQ(sysreg_read(ICC_SRE_EL2), 0xfU);
}

TEST(arch_gic, without_gicv3_its_registers_are_not_touched)
{
	struct arch_regs primary;
	struct arch_regs secondary;

	start_with_gicv3();
	sysreg_write(id_aa64pfr0_el1, 0);
	primary = started(ARCH_ROLE_PRIMARY);
	secondary = started(ARCH_ROLE_SECONDARY);
	arch_regs_enter(&primary, NULL);
	arch_regs_enter(&secondary, &primary);

	EXPECT_EQ(sysreg_read(ICH_HCR_EL2), UINT64_MAX);
	EXPECT_EQ(sysreg_read(ICC_SRE_EL2), 0U);
}

/** DISR_EL1 and TPIDR2_EL0 with something in them. */
static struct arch_regs started_with_leftovers(uint64_t pfr0, uint64_t pfr1)
{
	fake_machine_reset();
	fake_mmu_reset();
	sysreg_write(id_aa64pfr0_el1, pfr0);
	sysreg_write(id_aa64pfr1_el1, pfr1);
	sysreg_write(S3_0_C12_C1_1, 1);
	sysreg_write(S3_3_C13_C0_5, 1);
	return started(ARCH_ROLE_SECONDARY);
}

TEST(arch_leftovers, of_ras_and_sme_are_cleared)
{
	struct arch_regs regs = started_with_leftovers(BIT(28), BIT(24));

	arch_regs_enter(&regs, NULL);
	EXPECT_EQ(sysreg_read(S3_0_C12_C1_1), 0U);
	EXPECT_EQ(sysreg_read(S3_3_C13_C0_5), 0U);
}

TEST(arch_leftovers, are_not_touched_where_they_are_not)
{
	struct arch_regs regs = started_with_leftovers(0, 0);

	arch_regs_enter(&regs, NULL);
	EXPECT_EQ(sysreg_read(S3_0_C12_C1_1), 1U);
	EXPECT_EQ(sysreg_read(S3_3_C13_C0_5), 1U);
	regs = started_with_leftovers(BIT(28), 0);
	arch_regs_enter(&regs, NULL);
	EXPECT_EQ(sysreg_read(S3_0_C12_C1_1), 0U);
	EXPECT_EQ(sysreg_read(S3_3_C13_C0_5), 1U);
}

TEST(arch_virq, line_goes_up_and_down_in_the_context)
{
	struct arch_regs regs = started(ARCH_ROLE_SECONDARY);
	uint64_t before = regs.hcr_el2;

	fake_machine_reset();
	arch_regs_set_virq(&regs, true, false);
	EXPECT_EQ(regs.hcr_el2, before | HCR_VI);
	arch_regs_set_virq(&regs, true, false);
	EXPECT_EQ(regs.hcr_el2, before | HCR_VI);
	arch_regs_set_virq(&regs, false, false);
	EXPECT_EQ(regs.hcr_el2, before);
	EXPECT_EQ(sysreg_read(hcr_el2), 0U);
}

TEST(arch_virq, fiq_has_a_line_of_its_own)
{
	struct arch_regs regs = started(ARCH_ROLE_SECONDARY);
	uint64_t before = regs.hcr_el2;

	fake_machine_reset();
	arch_regs_set_virq(&regs, false, true);
	EXPECT_EQ(regs.hcr_el2, before | HCR_VF);
	arch_regs_set_virq(&regs, true, true);
	EXPECT_EQ(regs.hcr_el2, before | HCR_VF | HCR_VI);
	arch_regs_set_virq(&regs, true, false);
	EXPECT_EQ(regs.hcr_el2, before | HCR_VI);
	arch_regs_set_virq(&regs, false, false);
	EXPECT_EQ(regs.hcr_el2, before);
}

TEST(arch_virq, update_makes_it_so_in_hardware)
{
	struct arch_regs regs = started(ARCH_ROLE_SECONDARY);

	fake_machine_reset();
	arch_regs_set_virq(&regs, true, false);
	arch_regs_update_virq(&regs);

	EXPECT_EQ(sysreg_read(hcr_el2), regs.hcr_el2);
}

TEST(arch_virq, enter_raises_it)
{
	struct arch_regs regs = started(ARCH_ROLE_SECONDARY);

	fake_machine_reset();
	arch_regs_set_virq(&regs, true, false);
	arch_regs_enter(&regs, NULL);

	EXPECT_EQ(sysreg_read(hcr_el2) & HCR_VI, HCR_VI);
}

TEST(arch_virq, reset_lowers_it)
{
	struct arch_regs regs = started(ARCH_ROLE_SECONDARY);

	arch_regs_set_virq(&regs, true, false);
	regs = started(ARCH_ROLE_SECONDARY);

	EXPECT_EQ(regs.hcr_el2 & HCR_VI, 0U);
}

TEST(arch_tlb, stale_one_is_dropped_once)
{
	struct arch_regs regs = started(ARCH_ROLE_SECONDARY);

	fake_machine_reset();
	fake_mmu_reset();
	regs.has_stale_tlb = true;
	arch_regs_enter(&regs, NULL);
	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_LOCAL), 1U);
	EXPECT_FALSE(regs.has_stale_tlb);

	arch_regs_enter(&regs, NULL);
	EXPECT_EQ(fake_mmu_count(FAKE_MMU_TLBI_LOCAL), 1U);
}

TEST(arch_tlb, fresh_one_is_kept)
{
	struct arch_regs regs = started(ARCH_ROLE_SECONDARY);

	fake_machine_reset();
	fake_mmu_reset();
	arch_regs_enter(&regs, NULL);

	EXPECT_EQ(fake_mmu_event_count(), 0U);
}

TEST(arch_regs, start_is_not_live_and_not_stale)
{
	struct arch_regs regs = started(ARCH_ROLE_SECONDARY);

	EXPECT_EQ(regs.is_live, 0U);
	EXPECT_FALSE(regs.has_stale_tlb);
	EXPECT_EQ(regs.role, ARCH_ROLE_SECONDARY);
}
