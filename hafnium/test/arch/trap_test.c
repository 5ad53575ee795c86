/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hafnium/src/arch/el2/trap.c: syndromes taken apart, and injected. */
#include "hf/arch/trap.h"

#include "hf/arch/fake/machine.h"
#include "hf/base/bits.h"
#include "hftest.h"

#define ESR(ec, iss) (((uint64_t)(ec) << 26) | BIT(25) | (uint64_t)(iss))
#define EC_INSTR_LOWER 0x20
#define EC_DATA_LOWER 0x24

#define FSC_TRANSLATION_L3 0x07
#define FSC_ACCESS_FLAG_L3 0x0b
#define FSC_PERMISSION_L3 0x0f
#define FSC_EXTERNAL 0x10
#define ISS_WNR BIT(6)
#define ISS_S1PTW BIT(7)
#define ISS_CM BIT(8)

/* DAIF masked and the mode. */
#define EL0T UINT64_C(0x3c0)
#define EL1T UINT64_C(0x3c4)
#define EL1H UINT64_C(0x3c5)
#define AARCH32_USR UINT64_C(0x1d0)

static struct trap decoded(uint64_t esr)
{
	struct trap trap;

	trap_decode(&trap, esr);
	return trap;
}

/** Syndrome of an abort at va 0x87654321, whose page is at ipa 0x40012000. */
static struct trap abort_of(unsigned int ec, uint64_t iss)
{
	fake_machine_reset();
	sysreg_write(far_el2, 0x87654321);
	sysreg_write(hpfar_el2, UINT64_C(0x40012) << 4);
	return decoded(ESR(ec, iss));
}

TEST(trap_decode, classes_that_are_known)
{
	fake_machine_reset();

	EXPECT_EQ(decoded(ESR(0x01, 0)).class, TRAP_WFX);
	EXPECT_EQ(decoded(ESR(0x09, 0)).class, TRAP_PAUTH);
	EXPECT_EQ(decoded(ESR(0x18, 0)).class, TRAP_SYSREG);
	EXPECT_EQ(decoded(ESR(0x20, 0)).class, TRAP_INSTRUCTION_ABORT);
	EXPECT_EQ(decoded(ESR(0x24, 0)).class, TRAP_DATA_ABORT);
}

TEST(trap_decode, other_classes_are_unknown)
{
	fake_machine_reset();

	/* Unknown, CP15, FP, SVE, HVC and SMC, aborts of EL2 itself. */
	EXPECT_EQ(decoded(ESR(0x00, 0)).class, TRAP_UNKNOWN);
	EXPECT_EQ(decoded(ESR(0x03, 0)).class, TRAP_UNKNOWN);
	EXPECT_EQ(decoded(ESR(0x07, 0)).class, TRAP_UNKNOWN);
	EXPECT_EQ(decoded(ESR(0x19, 0)).class, TRAP_UNKNOWN);
	EXPECT_EQ(decoded(ESR(0x16, 0)).class, TRAP_UNKNOWN);
	EXPECT_EQ(decoded(ESR(0x17, 0)).class, TRAP_UNKNOWN);
	EXPECT_EQ(decoded(ESR(0x21, 0)).class, TRAP_UNKNOWN);
	EXPECT_EQ(decoded(ESR(0x25, 0)).class, TRAP_UNKNOWN);
	EXPECT_EQ(decoded(ESR(0x3f, 0)).class, TRAP_UNKNOWN);
}

TEST(trap_decode, abort_tells_where)
{
	struct trap trap = abort_of(EC_DATA_LOWER, FSC_TRANSLATION_L3);

	EXPECT_EQ(trap.va.va, 0x87654321U);
	EXPECT_EQ(trap.ipa.ipa, 0x40012321U);
}

TEST(trap_decode, permission_fault_asks_stage_1_for_the_ipa)
{
	struct trap trap;

	fake_machine_reset();
	sysreg_write(far_el2, 0x87654321);
	sysreg_write(hpfar_el2, UINT64_C(0x40012) << 4);
	fake_sysreg_set("at_s1e1r", UINT64_C(0xff00000056789b80));

	trap = decoded(ESR(EC_DATA_LOWER, FSC_PERMISSION_L3));

	EXPECT_EQ(trap.ipa.ipa, 0x56789321U);
	EXPECT_FALSE(trap.is_gone);
}

TEST(trap_decode, permission_fault_of_a_walk_has_hpfar)
{
	struct trap trap = abort_of(EC_DATA_LOWER, FSC_PERMISSION_L3 | BIT(7));

	EXPECT_EQ(trap.ipa.ipa, 0x40012000U);
	EXPECT_FALSE(trap.is_gone);
}

TEST(trap_decode, ipa_takes_all_bits_of_hpfar)
{
	fake_machine_reset();
	sysreg_write(hpfar_el2, BITS(43, 4) | BIT(63) | 0xf);

	EXPECT_EQ(decoded(ESR(EC_DATA_LOWER, 7)).ipa.ipa, BITS(51, 12));
}

TEST(trap_decode, abort_of_a_load_is_a_read)
{
	EXPECT_EQ(abort_of(EC_DATA_LOWER, FSC_TRANSLATION_L3).access,
		  TRAP_ACCESS_READ);
}

TEST(trap_decode, abort_of_a_store_is_a_write)
{
	EXPECT_EQ(abort_of(EC_DATA_LOWER, FSC_PERMISSION_L3 | ISS_WNR).access,
		  TRAP_ACCESS_WRITE);
}

TEST(trap_decode, cache_maintenance_is_a_read)
{
	uint64_t iss = FSC_TRANSLATION_L3 | ISS_WNR | ISS_CM;

	EXPECT_EQ(abort_of(EC_DATA_LOWER, iss).access, TRAP_ACCESS_READ);
}

TEST(trap_decode, instruction_abort_is_an_execute)
{
	EXPECT_EQ(abort_of(EC_INSTR_LOWER, FSC_TRANSLATION_L3).access,
		  TRAP_ACCESS_EXECUTE);
}

TEST(trap_decode, walk_of_stage_1_reads_the_table)
{
	struct trap trap =
		abort_of(EC_DATA_LOWER, FSC_TRANSLATION_L3 | ISS_S1PTW);

	EXPECT_EQ(trap.access, TRAP_ACCESS_READ);
	EXPECT_EQ(trap.va.va, 0x87654321U);
	EXPECT_EQ(trap.ipa.ipa, 0x40012000U);
}

TEST(trap_decode, walk_that_sets_a_flag_writes_the_table)
{
	uint64_t iss = FSC_PERMISSION_L3 | ISS_S1PTW | ISS_WNR;

	EXPECT_EQ(abort_of(EC_DATA_LOWER, iss).access, TRAP_ACCESS_WRITE);
}

TEST(trap_decode, walk_of_an_instruction_fetch_reads)
{
	EXPECT_EQ(
		abort_of(EC_INSTR_LOWER, FSC_TRANSLATION_L3 | ISS_S1PTW).access,
		TRAP_ACCESS_READ);
}

TEST(trap_decode, translation_flag_and_permission_are_of_stage_2)
{
	EXPECT_TRUE(abort_of(EC_DATA_LOWER, 0x04).is_stage2);
	EXPECT_TRUE(abort_of(EC_DATA_LOWER, FSC_TRANSLATION_L3).is_stage2);
	EXPECT_TRUE(abort_of(EC_DATA_LOWER, FSC_ACCESS_FLAG_L3).is_stage2);
	EXPECT_TRUE(abort_of(EC_DATA_LOWER, FSC_PERMISSION_L3).is_stage2);
}

TEST(trap_decode, other_faults_are_not_of_stage_2)
{
	/* Address size, external, external on a walk, alignment, TLB. */
	EXPECT_FALSE(abort_of(EC_DATA_LOWER, 0x00).is_stage2);
	EXPECT_FALSE(abort_of(EC_DATA_LOWER, FSC_EXTERNAL).is_stage2);
	EXPECT_FALSE(abort_of(EC_DATA_LOWER, 0x17).is_stage2);
	EXPECT_FALSE(abort_of(EC_DATA_LOWER, 0x21).is_stage2);
	EXPECT_FALSE(abort_of(EC_DATA_LOWER, 0x30).is_stage2);
}

TEST(trap_decode, sysreg_is_named_and_read_or_written)
{
	/* MRS x5, S3_3_C9_C13_0: op0 20, op2 17, op1 14, CRn 10, Rt 5. */
	uint64_t iss = (3 << 20) | (0 << 17) | (3 << 14) | (9 << 10) |
		       (5 << 5) | (13 << 1) | 1;
	struct trap trap = decoded(ESR(0x18, iss));

	EXPECT_EQ(trap.sysreg, SYSREG_ID(3, 3, 9, 13, 0));
	EXPECT_EQ(trap.rt, 5);
	EXPECT_TRUE(trap.is_read);
	EXPECT_FALSE(decoded(ESR(0x18, iss & ~UINT64_C(1))).is_read);
}

TEST(trap_decode, sysreg_fields_of_all_ones_stay_apart)
{
	struct trap trap = decoded(ESR(0x18, BITS(21, 0)));

	EXPECT_EQ(trap.sysreg, SYSREG_ID(3, 7, 15, 15, 7));
	EXPECT_EQ(trap.sysreg, 0xffffU);
	EXPECT_EQ(trap.rt, 31);
}

TEST(trap_rt, register_31_is_zero)
{
	struct arch_regs regs = {.x = {[30] = 7}};

	trap_rt_write(&regs, 31, 5);

	EXPECT_EQ(trap_rt_read(&regs, 31), 0U);
	EXPECT_EQ(trap_rt_read(&regs, 30), 7U);
}

TEST(trap_rt, register_30_is_written)
{
	struct arch_regs regs = {0};

	trap_rt_write(&regs, 30, UINT64_MAX);

	EXPECT_EQ(regs.x[30], UINT64_MAX);
}

TEST(trap_skip, instruction_of_32_bits)
{
	struct arch_regs regs = {.pc = 0x1000};

	fake_machine_reset();
	sysreg_write(esr_el2, BIT(25));
	trap_skip_instruction(&regs);

	EXPECT_EQ(regs.pc, 0x1004U);
}

TEST(trap_skip, instruction_of_16_bits)
{
	struct arch_regs regs = {.pc = 0x1000};

	fake_machine_reset();
	sysreg_write(esr_el2, 0);
	trap_skip_instruction(&regs);

	EXPECT_EQ(regs.pc, 0x1002U);
}

/* A debugger in the guest that steps over it stops behind it. */
TEST(trap_skip, single_step_is_over)
{
	uint64_t kept = UINT64_C(0xf0400005);
	struct arch_regs regs = {
		.pstate = kept | BIT(21) | BIT(11) | BIT(10),
	};

	fake_machine_reset();
	trap_skip_instruction(&regs);

	EXPECT_EQ(regs.pstate, kept);
}

/* There, bits 11:10 say which instructions are conditional. */
TEST(trap_skip, single_step_of_aarch32_is_over)
{
	uint64_t kept = UINT64_C(0x80000c30);
	struct arch_regs regs = {.pstate = kept | BIT(21)};

	fake_machine_reset();
	trap_skip_instruction(&regs);

	EXPECT_EQ(regs.pstate, kept);
}

/** After an injected unknown exception from `pstate`, at pc 0x1000. */
static struct arch_regs unknown_from(uint64_t pstate)
{
	struct arch_regs regs = {.pc = 0x1000, .pstate = pstate};

	fake_machine_reset();
	sysreg_write(vbar_el1, 0x80000);
	trap_inject_unknown(&regs, ESR(0x18, 0x12345));
	return regs;
}

/** After an injected abort of class `ec` with `iss` from `pstate`. */
static struct arch_regs abort_from(uint64_t pstate, unsigned int ec,
				   uint64_t iss)
{
	struct arch_regs regs = {.pc = 0x1000, .pstate = pstate};
	struct trap trap = abort_of(ec, iss);

	sysreg_write(vbar_el1, 0x80000);
	trap_inject_abort(&regs, &trap);
	return regs;
}

TEST(trap_inject, vector_depends_on_the_mode)
{
	EXPECT_EQ(unknown_from(EL1H).pc, 0x80200U);
	EXPECT_EQ(unknown_from(EL1T).pc, 0x80000U);
	EXPECT_EQ(unknown_from(EL0T).pc, 0x80400U);
	EXPECT_EQ(unknown_from(AARCH32_USR).pc, 0x80600U);
}

TEST(trap_inject, handler_runs_at_el1h_masked)
{
	EXPECT_EQ(unknown_from(EL1H).pstate, EL1H);
	EXPECT_EQ(unknown_from(UINT64_C(0x60000000)).pstate, EL1H);
	EXPECT_EQ(unknown_from(AARCH32_USR).pstate, EL1H);
}

/** PSTATE of the handler on a CPU with FEAT_PAN, and SCTLR_EL1.SPAN. */
static uint64_t pstate_with_pan(uint64_t pstate, uint64_t sctlr_el1)
{
	struct arch_regs regs = {.pstate = pstate};

	fake_machine_reset();
	sysreg_write(id_aa64mmfr1_el1, UINT64_C(1) << 20);
	sysreg_write(sctlr_el1, sctlr_el1);
	trap_inject_unknown(&regs, BIT(25));
	return regs.pstate;
}

TEST(trap_inject, handler_has_pan_unless_span_keeps_it)
{
	uint64_t pan = BIT(22);
	uint64_t span = BIT(23);

	EXPECT_EQ(pstate_with_pan(EL1H, 0), EL1H | pan);
	EXPECT_EQ(pstate_with_pan(EL1H | pan, 0), EL1H | pan);
	EXPECT_EQ(pstate_with_pan(EL1H, span), EL1H);
	EXPECT_EQ(pstate_with_pan(EL1H | pan, span), EL1H | pan);
}

TEST(trap_inject, return_state_is_kept)
{
	(void)unknown_from(UINT64_C(0x60000000));

	EXPECT_EQ(sysreg_read(elr_el1), 0x1000U);
	EXPECT_EQ(sysreg_read(spsr_el1), 0x60000000U);
}

TEST(trap_inject, unknown_has_class_zero_and_il)
{
	(void)unknown_from(EL1H);

	EXPECT_EQ(sysreg_read(esr_el1), BIT(25));
}

TEST(trap_inject, unknown_of_16_bits_has_no_il)
{
	struct arch_regs regs = {.pstate = AARCH32_USR};

	fake_machine_reset();
	trap_inject_unknown(&regs, UINT64_C(3) << 26);

	EXPECT_EQ(sysreg_read(esr_el1), 0U);
}

TEST(trap_inject, unknown_leaves_far)
{
	struct arch_regs regs = {.pstate = EL1H};

	fake_machine_reset();
	sysreg_write(far_el1, 0x55);
	trap_inject_unknown(&regs, ESR(0, 0));

	EXPECT_EQ(sysreg_read(far_el1), 0x55U);
}

TEST(trap_inject, data_abort_from_el1_is_of_the_same_level)
{
	(void)abort_from(EL1H, EC_DATA_LOWER, FSC_TRANSLATION_L3);
	EXPECT_EQ(sysreg_read(esr_el1), ESR(0x25, FSC_TRANSLATION_L3));

	(void)abort_from(EL1T, EC_DATA_LOWER, FSC_TRANSLATION_L3);
	EXPECT_EQ(sysreg_read(esr_el1), ESR(0x25, FSC_TRANSLATION_L3));
}

TEST(trap_inject, data_abort_from_el0_is_of_a_lower_level)
{
	(void)abort_from(EL0T, EC_DATA_LOWER, FSC_TRANSLATION_L3);
	EXPECT_EQ(sysreg_read(esr_el1), ESR(0x24, FSC_TRANSLATION_L3));

	(void)abort_from(AARCH32_USR, EC_DATA_LOWER, FSC_TRANSLATION_L3);
	EXPECT_EQ(sysreg_read(esr_el1), ESR(0x24, FSC_TRANSLATION_L3));
}

TEST(trap_inject, instruction_abort_from_el1_is_of_the_same_level)
{
	(void)abort_from(EL1H, EC_INSTR_LOWER, FSC_PERMISSION_L3);

	EXPECT_EQ(sysreg_read(esr_el1), ESR(0x21, FSC_PERMISSION_L3));
}

TEST(trap_inject, instruction_abort_from_el0_is_of_a_lower_level)
{
	(void)abort_from(EL0T, EC_INSTR_LOWER, FSC_PERMISSION_L3);

	EXPECT_EQ(sysreg_read(esr_el1), ESR(0x20, FSC_PERMISSION_L3));
}

TEST(trap_inject, abort_keeps_the_whole_iss)
{
	(void)abort_from(EL1H, EC_DATA_LOWER, BITS(24, 0));

	EXPECT_EQ(sysreg_read(esr_el1), ESR(0x25, BITS(24, 0)));
}

TEST(trap_inject, abort_tells_the_virtual_address)
{
	struct arch_regs regs =
		abort_from(EL1H, EC_DATA_LOWER, FSC_TRANSLATION_L3);

	EXPECT_EQ(sysreg_read(far_el1), 0x87654321U);
	EXPECT_EQ(sysreg_read(elr_el1), 0x1000U);
	EXPECT_EQ(regs.pc, 0x80200U);
}

TEST(trap_inject, abort_from_aarch32_goes_to_its_vector)
{
	EXPECT_EQ(abort_from(AARCH32_USR, EC_DATA_LOWER, 7).pc, 0x80600U);
	EXPECT_EQ(abort_from(EL0T, EC_DATA_LOWER, 7).pc, 0x80400U);
}
