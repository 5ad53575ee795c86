/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hafnium/src/dispatch/sysreg.c: each row, and what none covers. */
#include "hf/dispatch/sysreg.h"

#include "fixture/machine.h"
#include "hf/base/bits.h"
#include "hftest.h"

#define PC UINT64_C(0x1000)
#define ID_AA64MMFR1_EL1 SYSREG_ID(3, 0, 0, 7, 1)
#define ID_AA64DFR0_EL1 SYSREG_ID(3, 0, 0, 5, 0)
#define ID_AA64PFR0_EL1 SYSREG_ID(3, 0, 0, 4, 0)
#define MDCCINT_EL1 SYSREG_ID(2, 0, 0, 2, 0)
#define DBGVCR32_EL2 SYSREG_ID(2, 4, 0, 7, 0)
#define DC_ISW SYSREG_ID(1, 0, 7, 6, 2)
#define DC_CSW SYSREG_ID(1, 0, 7, 10, 2)
#define DC_CISW SYSREG_ID(1, 0, 7, 14, 2)

static struct vcpu *at_pc(struct vcpu *vcpu)
{
	vcpu->regs.pc = PC;
	sysreg_write(esr_el2, BIT(25));
	return vcpu;
}

static struct vcpu *primary(void)
{
	return at_pc(machine_start());
}

static struct vcpu *secondary(void)
{
	(void)machine_start();
	return at_pc(machine_add_secondary());
}

static bool reads(struct vcpu *vcpu, uint32_t sysreg, uint8_t rt)
{
	const struct trap trap = {
		.class = TRAP_SYSREG,
		.sysreg = sysreg,
		.rt = rt,
		.is_read = true,
	};

	return sysreg_emulate(vcpu, &trap);
}

static bool writes(struct vcpu *vcpu, uint32_t sysreg, uint8_t rt)
{
	const struct trap trap = {
		.class = TRAP_SYSREG,
		.sysreg = sysreg,
		.rt = rt,
	};

	return sysreg_emulate(vcpu, &trap);
}

/** Refused, and nothing at all has changed? */
static bool is_refused(struct vcpu *vcpu, uint32_t sysreg)
{
	machine_mark_registers(vcpu);
	return !reads(vcpu, sysreg, 3) && !writes(vcpu, sysreg, 3) &&
	       vcpu->regs.pc == PC && machine_first_changed(vcpu, 0) == 31;
}

TEST(sysreg_id, read_fills_rt_and_goes_on)
{
	struct vcpu *vcpu = primary();

	machine_mark_registers(vcpu);
	sysreg_write(S3_0_C0_C7_1, 0x10000021);

	EXPECT_TRUE(reads(vcpu, ID_AA64MMFR1_EL1, 5));
	EXPECT_EQ(vcpu->regs.x[5], 0x10000021U);
	EXPECT_EQ(vcpu->regs.pc, PC + 4);
	EXPECT_EQ(machine_first_changed(vcpu, 6), 31U);
}

TEST(sysreg_id, role_of_the_vm_decides)
{
	uint64_t ras = UINT64_C(1) << 28;
	struct vcpu *vcpu = primary();

	sysreg_write(S3_0_C0_C4_0, ras);
	EXPECT_TRUE(reads(vcpu, ID_AA64PFR0_EL1, 0));
	EXPECT_EQ(vcpu->regs.x[0], ras);

	vcpu = secondary();
	sysreg_write(S3_0_C0_C4_0, ras);
	EXPECT_TRUE(reads(vcpu, ID_AA64PFR0_EL1, 0));
	EXPECT_EQ(vcpu->regs.x[0], 0U);
}

TEST(sysreg_id, read_into_the_zero_register_goes_nowhere)
{
	struct vcpu *vcpu = primary();

	machine_mark_registers(vcpu);
	sysreg_write(S3_0_C0_C7_1, 0x21);

	EXPECT_TRUE(reads(vcpu, ID_AA64MMFR1_EL1, 31));
	EXPECT_EQ(machine_first_changed(vcpu, 0), 31U);
	EXPECT_EQ(vcpu->regs.pc, PC + 4);
}

TEST(sysreg_id, write_has_no_effect)
{
	struct vcpu *vcpu = primary();

	sysreg_write(S3_0_C0_C7_1, 0x21);
	vcpu->regs.x[2] = 0x99;

	EXPECT_TRUE(writes(vcpu, ID_AA64MMFR1_EL1, 2));
	EXPECT_EQ(sysreg_read(S3_0_C0_C7_1), 0x21U);
	EXPECT_EQ(vcpu->regs.x[2], 0x99U);
	EXPECT_EQ(vcpu->regs.pc, PC + 4);
}

TEST(sysreg_id, aarch32_ones_are_of_the_same_space)
{
	struct vcpu *vcpu = primary();

	/* ID_PFR0_EL1 */
	sysreg_write(S3_0_C0_C1_0, 0x131);

	EXPECT_TRUE(reads(vcpu, SYSREG_ID(3, 0, 0, 1, 0), 1));
	EXPECT_EQ(vcpu->regs.x[1], 0x131U);
}

TEST(sysreg_set_way, each_operation_cleans)
{
	struct vcpu *vcpu = primary();

	EXPECT_TRUE(writes(vcpu, DC_ISW, 0));
	EXPECT_EQ(fake_cache_set_way_count(), 1U);
	EXPECT_TRUE(writes(vcpu, DC_CSW, 0));
	EXPECT_EQ(fake_cache_set_way_count(), 2U);
	EXPECT_TRUE(writes(vcpu, DC_CISW, 31));
	EXPECT_EQ(fake_cache_set_way_count(), 3U);
	EXPECT_EQ(vcpu->regs.pc, PC + 12);
}

TEST(sysreg_set_way, secondaries_may_too)
{
	EXPECT_TRUE(writes(secondary(), DC_CISW, 1));
	EXPECT_EQ(fake_cache_set_way_count(), 1U);
}

TEST(sysreg_set_way, other_cache_instructions_are_refused)
{
	/* DC IVAC, DC CIGSW of MTE. */
	EXPECT_TRUE(is_refused(primary(), SYSREG_ID(1, 0, 7, 6, 1)));
	EXPECT_TRUE(is_refused(primary(), SYSREG_ID(1, 0, 7, 14, 4)));
}

TEST(sysreg_debug, read_of_the_primary_passes)
{
	struct vcpu *vcpu = primary();

	sysreg_write(S2_0_C0_C2_0, 0x40000000);

	EXPECT_TRUE(reads(vcpu, MDCCINT_EL1, 8));
	EXPECT_EQ(vcpu->regs.x[8], 0x40000000U);
	EXPECT_EQ(vcpu->regs.pc, PC + 4);
	EXPECT_STREQ(fake_console_text(), "");
}

TEST(sysreg_debug, write_of_the_primary_passes)
{
	struct vcpu *vcpu = primary();

	vcpu->regs.x[8] = 0x20000000;

	EXPECT_TRUE(writes(vcpu, MDCCINT_EL1, 8));
	EXPECT_EQ(sysreg_read(S2_0_C0_C2_0), 0x20000000U);
	EXPECT_EQ(vcpu->regs.x[8], 0x20000000U);
	EXPECT_EQ(vcpu->regs.pc, PC + 4);
}

TEST(sysreg_debug, write_of_the_zero_register_writes_zero)
{
	struct vcpu *vcpu = primary();

	sysreg_write(S2_0_C0_C2_0, 7);

	EXPECT_TRUE(writes(vcpu, MDCCINT_EL1, 31));
	EXPECT_EQ(sysreg_read(S2_0_C0_C2_0), 0U);
}

TEST(sysreg_debug, unknown_read_leaves_rt_and_is_told)
{
	struct vcpu *vcpu = primary();

	machine_mark_registers(vcpu);

	EXPECT_TRUE(reads(vcpu, DBGVCR32_EL2, 4));
	EXPECT_EQ(machine_first_changed(vcpu, 0), 31U);
	EXPECT_EQ(vcpu->regs.pc, PC + 4);
	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: Unhandled debug register read: 0xa038\n");
}

TEST(sysreg_debug, unknown_write_is_told_and_skipped)
{
	struct vcpu *vcpu = primary();

	EXPECT_TRUE(writes(vcpu, DBGVCR32_EL2, 4));
	EXPECT_EQ(vcpu->regs.pc, PC + 4);
	EXPECT_STREQ(fake_console_text(),
		     "NOTICE: Unhandled debug register write: 0xa038\n");
}

TEST(sysreg_debug, el0_registers_of_the_primary_pass)
{
	struct vcpu *vcpu = primary();

	/* MDCCSR_EL0 */
	sysreg_write(S2_3_C0_C1_0, 0x40);

	EXPECT_TRUE(reads(vcpu, SYSREG_ID(2, 3, 0, 1, 0), 9));
	EXPECT_EQ(vcpu->regs.x[9], 0x40U);
}

TEST(sysreg_debug, inert_ones_of_a_secondary)
{
	struct vcpu *vcpu = secondary();

	vcpu->vm->has_inert_debug = true;
	sysreg_write(S2_0_C0_C2_0, 0x1234);
	machine_mark_registers(vcpu);

	EXPECT_TRUE(reads(vcpu, MDCCINT_EL1, 5));
	EXPECT_EQ(vcpu->regs.x[5], 0U);
	EXPECT_EQ(vcpu->regs.pc, PC + 4);
	EXPECT_EQ(machine_first_changed(vcpu, 6), 31U);
	EXPECT_TRUE(writes(vcpu, MDCCINT_EL1, 6));
	EXPECT_TRUE(writes(vcpu, DBGVCR32_EL2, 6));
	EXPECT_EQ(sysreg_read(S2_0_C0_C2_0), 0x1234U);
	EXPECT_EQ(vcpu->regs.pc, PC + 12);
}

TEST(sysreg_debug, secondaries_are_refused)
{
	EXPECT_TRUE(is_refused(secondary(), MDCCINT_EL1));
	EXPECT_TRUE(is_refused(secondary(), DBGVCR32_EL2));
	EXPECT_TRUE(is_refused(secondary(), SYSREG_ID(2, 3, 0, 1, 0)));
}

TEST(sysreg_refused, trace_registers)
{
	EXPECT_TRUE(is_refused(primary(), SYSREG_ID(2, 1, 0, 1, 0)));
	EXPECT_TRUE(is_refused(secondary(), SYSREG_ID(2, 1, 0, 1, 0)));
	EXPECT_TRUE(is_refused(primary(), SYSREG_ID(2, 1, 7, 15, 6)));
}

TEST(sysreg_refused, limited_ordering_regions)
{
	EXPECT_TRUE(is_refused(primary(), SYSREG_ID(3, 0, 10, 4, 3)));
	EXPECT_TRUE(is_refused(secondary(), SYSREG_ID(3, 0, 10, 4, 3)));
}

TEST(sysreg_refused, statistical_profiling)
{
	EXPECT_TRUE(is_refused(primary(), SYSREG_ID(3, 0, 9, 9, 0)));
}

TEST(sysreg_refused, auxiliary_control)
{
	EXPECT_TRUE(is_refused(primary(), SYSREG_ID(3, 0, 1, 0, 1)));
	EXPECT_TRUE(is_refused(secondary(), SYSREG_ID(3, 0, 1, 0, 1)));
}

TEST(sysreg_refused, what_the_maker_of_the_cpu_added)
{
	/* S3_1_C15_C2_1 (CPUECTLR_EL1 of Cortex-A). */
	EXPECT_TRUE(is_refused(primary(), SYSREG_ID(3, 1, 15, 2, 1)));
}

TEST(sysreg_refused, pmu_ras_and_gic_of_secondaries)
{
	/* PMCR_EL0, PMCCNTR_EL0, ERRIDR_EL1, ICC_CTLR_EL1. */
	EXPECT_TRUE(is_refused(secondary(), SYSREG_ID(3, 3, 9, 12, 0)));
	EXPECT_TRUE(is_refused(secondary(), SYSREG_ID(3, 3, 9, 13, 0)));
	EXPECT_TRUE(is_refused(secondary(), SYSREG_ID(3, 0, 5, 3, 0)));
	EXPECT_TRUE(is_refused(secondary(), SYSREG_ID(3, 0, 12, 12, 4)));
}

TEST(sysreg_refused, nothing_is_told_and_nothing_written)
{
	struct vcpu *vcpu = primary();

	EXPECT_FALSE(writes(vcpu, SYSREG_ID(3, 0, 1, 0, 1), 0));
	EXPECT_STREQ(fake_console_text(), "");
}

/** A secondary of a debug build with these grants. */
static struct vcpu *granted(uint32_t grants)
{
	struct vcpu *vcpu = secondary();

	fake_set_debug_build(true);
	vcpu->regs.grants = grants;
	return vcpu;
}

TEST(sysreg_granted, debug_registers_are_carried_out)
{
	struct vcpu *vcpu = granted(ARCH_GRANT_DEBUG);

	vcpu->regs.x[3] = 0x1234;
	EXPECT_TRUE(writes(vcpu, MDCCINT_EL1, 3));
	EXPECT_EQ(sysreg_read(S2_0_C0_C2_0), 0x1234U);
	EXPECT_TRUE(reads(vcpu, MDCCINT_EL1, 4));
	EXPECT_EQ(vcpu->regs.x[4], 0x1234U);
}

TEST(sysreg_granted, claim_tags_are_not)
{
	EXPECT_TRUE(is_refused(granted(ARCH_GRANT_DEBUG),
			       SYSREG_ID(2, 0, 7, 8, 6)));
	EXPECT_TRUE(is_refused(granted(ARCH_GRANT_DEBUG),
			       SYSREG_ID(2, 0, 7, 9, 6)));
}

TEST(sysreg_granted, pmu_opens_no_debug_register)
{
	EXPECT_TRUE(is_refused(granted(ARCH_GRANT_PMU), MDCCINT_EL1));
}

TEST(sysreg_granted, pmu_is_shown_to_whom_it_is_granted)
{
	struct vcpu *vcpu = granted(ARCH_GRANT_PMU);

	sysreg_write(S3_0_C0_C5_0, UINT64_C(0x600));
	EXPECT_TRUE(reads(vcpu, ID_AA64DFR0_EL1, 4));
	EXPECT_EQ(bits_get(vcpu->regs.x[4], 11, 8), 6U);
	vcpu->regs.grants = ARCH_GRANT_DEBUG;
	EXPECT_TRUE(reads(vcpu, ID_AA64DFR0_EL1, 4));
	EXPECT_EQ(bits_get(vcpu->regs.x[4], 11, 8), 0U);
}

TEST(sysreg_granted, production_build_shows_it_to_nobody)
{
	struct vcpu *vcpu = granted(ARCH_GRANT_PMU);

	fake_set_debug_build(false);
	sysreg_write(S3_0_C0_C5_0, UINT64_C(0x600));
	EXPECT_TRUE(reads(vcpu, ID_AA64DFR0_EL1, 4));
	EXPECT_EQ(bits_get(vcpu->regs.x[4], 11, 8), 0U);
}
