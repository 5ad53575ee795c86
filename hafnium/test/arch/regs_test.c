/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/arch/el2/regs.c: what EL2 is set to for each role, and
 * leaving and entering a guest. Bits are written out, not taken from there.
 */
#include "hf/arch/regs.h"

#include "hf/arch/context.h"
#include "hf/arch/fake/machine.h"
#include "hf/base/bits.h"
#include "hftest.h"

/* VM, PTW, TID3, TSC, TIDCP, TACR, TSW, RW, TLOR. */
#define HCR_BOTH                                                             \
	(BIT(0) | BIT(2) | BIT(18) | BIT(19) | BIT(20) | BIT(21) | BIT(22) | \
	 BIT(31) | BIT(35))
#define HCR_API_APK (BIT(41) | BIT(40))
/* FMO, IMO, FB, BSU = inner, TWI, TWE. */
#define HCR_OF_SECONDARY \
	(BIT(3) | BIT(4) | BIT(9) | BIT(10) | BIT(13) | BIT(14))
#define HCR_AMO BIT(5)
#define HCR_TERR BIT(36)

/* TDA, TDOSA, TDRA, TPMS, HPMD, TTRF, HCCD. */
#define MDCR_BOTH \
	(BIT(9) | BIT(10) | BIT(11) | BIT(14) | BIT(17) | BIT(19) | BIT(23))
/* TPM, TPMCR. */
#define MDCR_OF_SECONDARY (BIT(6) | BIT(5))

static struct arch_regs started(enum arch_role role)
{
	const struct arch_regs_start start = {
		.role = role,
		.vmpidr = 0x80000003,
		.vttbr = UINT64_C(0x0002000040100000),
		.entry = 0x40080000,
		.arg = 0x48000000,
	};
	struct arch_regs regs;

	arch_regs_reset(&regs, &start);
	return regs;
}

TEST(arch_regs, start_is_el1h_with_everything_masked)
{
	struct arch_regs regs = started(ARCH_ROLE_PRIMARY);

	EXPECT_EQ(regs.pstate, 0x3c5U);
	EXPECT_EQ(regs.pc, 0x40080000U);
}

TEST(arch_regs, start_passes_the_argument_and_nothing_else)
{
	struct arch_regs regs = started(ARCH_ROLE_PRIMARY);

	EXPECT_EQ(regs.x[0], 0x48000000U);
	for (unsigned int i = 1; i < 31; i++) {
		EXPECT_EQ(regs.x[i], 0U);
	}
}

TEST(arch_regs, start_has_mmu_and_caches_off)
{
	struct arch_regs regs = started(ARCH_ROLE_SECONDARY);

	/* RES1 only: M, C and I are 0, and so is EE. */
	EXPECT_EQ(regs.sysreg[SLOT_SCTLR_EL1], 0x30d00800U);
}

TEST(arch_regs, start_has_other_registers_zero)
{
	struct arch_regs regs = started(ARCH_ROLE_SECONDARY);

	for (unsigned int i = SLOT_SCTLR_EL1 + 1; i < SLOT_COUNT; i++) {
		EXPECT_EQ(regs.sysreg[i], 0U);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(regs.fp); i++) {
		EXPECT_EQ(regs.fp[i], 0U);
	}
	EXPECT_EQ(regs.fpcr, 0U);
	EXPECT_EQ(regs.fpsr, 0U);
}

TEST(arch_regs, start_shows_mpidr_and_stage_2)
{
	struct arch_regs regs = started(ARCH_ROLE_SECONDARY);

	EXPECT_EQ(regs.vmpidr_el2, 0x80000003U);
	EXPECT_EQ(regs.vttbr_el2, UINT64_C(0x0002000040100000));
}

TEST(arch_hcr, primary_takes_its_interrupts_itself)
{
	fake_machine_reset();

	EXPECT_EQ(started(ARCH_ROLE_PRIMARY).hcr_el2, HCR_BOTH | HCR_API_APK);
}

TEST(arch_hcr, secondary_without_ras_has_its_serrors_taken)
{
	fake_machine_reset();

	EXPECT_EQ(started(ARCH_ROLE_SECONDARY).hcr_el2,
		  HCR_BOTH | HCR_OF_SECONDARY | HCR_AMO);
}

TEST(arch_hcr, secondary_with_ras_traps_its_registers)
{
	fake_machine_reset();
	sysreg_write(id_aa64pfr0_el1, UINT64_C(1) << 28);

	EXPECT_EQ(started(ARCH_ROLE_SECONDARY).hcr_el2,
		  HCR_BOTH | HCR_OF_SECONDARY | HCR_TERR);
}

TEST(arch_hcr, primary_may_use_ras)
{
	fake_machine_reset();
	sysreg_write(id_aa64pfr0_el1, UINT64_C(1) << 28);

	EXPECT_EQ(started(ARCH_ROLE_PRIMARY).hcr_el2 & HCR_TERR, 0U);
}

TEST(arch_mdcr, primary_may_use_the_pmu)
{
	fake_machine_reset();

	EXPECT_EQ(started(ARCH_ROLE_PRIMARY).mdcr_el2, MDCR_BOTH);
}

TEST(arch_mdcr, secondary_may_not)
{
	fake_machine_reset();

	EXPECT_EQ(started(ARCH_ROLE_SECONDARY).mdcr_el2,
		  MDCR_BOTH | MDCR_OF_SECONDARY);
}

TEST(arch_mdcr, all_counters_belong_to_el1)
{
	fake_machine_reset();
	sysreg_write(id_aa64dfr0_el1, UINT64_C(1) << 8);
	/* N = 6, and bits around it. */
	sysreg_write(pmcr_el0, (6 << 11) | BIT(10) | BIT(16));

	EXPECT_EQ(started(ARCH_ROLE_PRIMARY).mdcr_el2, MDCR_BOTH | 6);
	EXPECT_EQ(started(ARCH_ROLE_SECONDARY).mdcr_el2,
		  MDCR_BOTH | MDCR_OF_SECONDARY | 6);
}

TEST(arch_mdcr, without_a_pmu_none_is_counted)
{
	fake_machine_reset();
	sysreg_write(pmcr_el0, 6 << 11);

	EXPECT_EQ(started(ARCH_ROLE_PRIMARY).mdcr_el2, MDCR_BOTH);
}

TEST(arch_cptr, fp_traps_until_it_is_loaded_and_the_rest_always)
{
	fake_machine_reset();

	/* RES1, TZ, TFP, TSM, TTA, TAM. */
	EXPECT_EQ(started(ARCH_ROLE_PRIMARY).cptr_el2,
		  UINT64_C(0x37ff) | BIT(20) | BIT(30));
	EXPECT_EQ(started(ARCH_ROLE_SECONDARY).cptr_el2,
		  UINT64_C(0x37ff) | BIT(20) | BIT(30));
}

TEST(arch_context, enter_sets_what_goes_with_the_guest)
{
	struct arch_regs regs = started(ARCH_ROLE_SECONDARY);

	fake_machine_reset();
	arch_regs_enter(&regs, NULL);

	EXPECT_EQ(sysreg_read(vmpidr_el2), regs.vmpidr_el2);
	EXPECT_EQ(sysreg_read(hcr_el2), regs.hcr_el2);
	EXPECT_EQ(sysreg_read(mdcr_el2), regs.mdcr_el2);
	EXPECT_EQ(sysreg_read(vttbr_el2), regs.vttbr_el2);
	EXPECT_EQ(sysreg_read(cptr_el2), regs.cptr_el2);
}

TEST(arch_context, leave_keeps_what_the_guest_set)
{
	struct arch_regs regs = started(ARCH_ROLE_PRIMARY);

	fake_machine_reset();
	sysreg_write(sctlr_el1, 0x1005);
	sysreg_write(vbar_el1, 0x80000);
	sysreg_write(sp_el1, 0x7000);
	sysreg_write(mdscr_el1, 3);
	arch_regs_leave(&regs);

	EXPECT_EQ(regs.sysreg[SLOT_SCTLR_EL1], 0x1005U);
	EXPECT_EQ(regs.sysreg[SLOT_VBAR_EL1], 0x80000U);
	EXPECT_EQ(regs.sysreg[SLOT_SP_EL1], 0x7000U);
	EXPECT_EQ(regs.sysreg[SLOT_MDSCR_EL1], 3U);
}

TEST(arch_context, every_slot_survives_another_guest)
{
	struct arch_regs first = started(ARCH_ROLE_PRIMARY);
	struct arch_regs second = started(ARCH_ROLE_SECONDARY);

	fake_machine_reset();
	for (unsigned int i = 0; i < SLOT_COUNT; i++) {
		first.sysreg[i] = 0x1000 + i;
		second.sysreg[i] = 0x2000 + i;
	}
	arch_regs_enter(&first, NULL);
	arch_regs_leave(&first);
	arch_regs_enter(&second, NULL);
	arch_regs_leave(&second);
	arch_regs_enter(&first, NULL);
	arch_regs_leave(&first);

	for (unsigned int i = 0; i < SLOT_COUNT; i++) {
		EXPECT_EQ(first.sysreg[i], 0x1000U + i);
		EXPECT_EQ(second.sysreg[i], 0x2000U + i);
	}
}

TEST(arch_context, no_two_slots_are_one_register)
{
	struct arch_regs regs = started(ARCH_ROLE_PRIMARY);

	fake_machine_reset();
	for (unsigned int i = 0; i < SLOT_COUNT; i++) {
		regs.sysreg[i] = i + 1;
	}
	arch_regs_enter(&regs, NULL);

	EXPECT_EQ(sysreg_read(sctlr_el1), SLOT_SCTLR_EL1 + 1);
	EXPECT_EQ(sysreg_read(tpidr_el0), SLOT_TPIDR_EL0 + 1);
	EXPECT_EQ(sysreg_read(tpidrro_el0), SLOT_TPIDRRO_EL0 + 1);
	EXPECT_EQ(sysreg_read(elr_el1), SLOT_ELR_EL1 + 1);
	EXPECT_EQ(sysreg_read(cntkctl_el1), SLOT_CNTKCTL_EL1 + 1);
	EXPECT_EQ(sysreg_read(mdscr_el1), SLOT_MDSCR_EL1 + 1);
}
