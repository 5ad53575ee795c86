/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/arch/el2/feature.c and timer.c: what the CPU says, and
 * what a VM is shown of it.
 */
#include "hf/arch/feature.h"

#include "hf/arch/cpu.h"
#include "hf/arch/fake/machine.h"
#include "hf/arch/timer.h"
#include "hf/arch/trap.h"
#include "hf/base/bits.h"
#include "hf/base/log.h"
#include "hftest.h"

#define ID(crm, op2) SYSREG_ID(3, 0, 0, crm, op2)

/** The bits that `role` does not see of a register of all ones. */
#define HIDDEN(role, name, sysreg)                             \
	(fake_machine_reset(), sysreg_write(name, UINT64_MAX), \
	 ~arch_feature_id_register(role, sysreg))

static unsigned int pa_bits_for(uint64_t pa_range)
{
	fake_machine_reset();
	/* The fields beside it are set, too. */
	sysreg_write(id_aa64mmfr0_el1, ~UINT64_C(0xf) | pa_range);
	return arch_feature_pa_bits();
}

TEST(feature_pa, every_range_has_its_width)
{
	EXPECT_EQ(pa_bits_for(0), 32U);
	EXPECT_EQ(pa_bits_for(1), 36U);
	EXPECT_EQ(pa_bits_for(2), 40U);
	EXPECT_EQ(pa_bits_for(3), 42U);
	EXPECT_EQ(pa_bits_for(4), 44U);
	EXPECT_EQ(pa_bits_for(5), 48U);
}

TEST(feature_pa, wider_ones_are_used_as_48)
{
	EXPECT_EQ(pa_bits_for(6), 48U);
	EXPECT_EQ(pa_bits_for(7), 48U);
	EXPECT_EQ(pa_bits_for(15), 48U);
}

TEST(feature_ras, is_there_when_the_field_is_not_zero)
{
	fake_machine_reset();
	EXPECT_FALSE(arch_feature_has_ras());

	sysreg_write(id_aa64pfr0_el1, ~BITS(31, 28));
	EXPECT_FALSE(arch_feature_has_ras());

	sysreg_write(id_aa64pfr0_el1, UINT64_C(2) << 28);
	EXPECT_TRUE(arch_feature_has_ras());
}

TEST(feature_pmu, is_there_when_it_is_architected)
{
	fake_machine_reset();
	EXPECT_FALSE(arch_feature_has_pmu());

	sysreg_write(id_aa64dfr0_el1, UINT64_C(0xf00));
	EXPECT_FALSE(arch_feature_has_pmu());

	sysreg_write(id_aa64dfr0_el1, UINT64_C(0x400));
	EXPECT_TRUE(arch_feature_has_pmu());
}

TEST(id_register, field_without_mask_is_shown)
{
	fake_machine_reset();
	sysreg_write(S3_0_C0_C7_0, UINT64_C(0x123456789abcdef0));

	EXPECT_EQ(arch_feature_id_register(ARCH_ROLE_SECONDARY, ID(7, 0)),
		  UINT64_C(0x123456789abcdef0));
}

TEST(id_register, each_encoding_is_its_own_register)
{
	fake_machine_reset();
	sysreg_write(S3_0_C0_C1_0, 1);
	sysreg_write(S3_0_C0_C1_7, 2);
	sysreg_write(S3_0_C0_C6_0, 3);
	sysreg_write(S3_0_C0_C7_7, 4);

	EXPECT_EQ(arch_feature_id_register(ARCH_ROLE_PRIMARY, ID(1, 0)), 1U);
	EXPECT_EQ(arch_feature_id_register(ARCH_ROLE_PRIMARY, ID(1, 7)), 2U);
	EXPECT_EQ(arch_feature_id_register(ARCH_ROLE_PRIMARY, ID(6, 0)), 3U);
	EXPECT_EQ(arch_feature_id_register(ARCH_ROLE_PRIMARY, ID(7, 7)), 4U);
}

/** The first encoding that does not read the register of its name, or 0. */
static uint32_t first_wrong_id(void)
{
	static char names[7 * 8][sizeof("S3_0_C0_C0_0")];

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		/* CRm 1 to 7, op2 0 to 7; a field that nothing hides. */
		uint32_t sysreg = ID(1 + i / 8, i % 8);
		uint64_t value = UINT64_C(1) << 20;

		(void)log_format(names[i], sizeof(names[i]), "S3_0_C0_C%u_%u",
				 1 + i / 8, i % 8);
		if (sysreg == ID(4, 4) || sysreg == ID(4, 5) ||
		    sysreg == ID(7, 3)) {
			value = 0;
		}
		fake_sysreg_set(names[i], UINT64_C(1) << 20);
		if ((arch_feature_id_register(ARCH_ROLE_PRIMARY, sysreg) &
		     BIT(20)) != value) {
			return sysreg;
		}
		fake_sysreg_set(names[i], 0);
	}
	return 0;
}

TEST(id_register, all_encodings_of_the_space_are_read)
{
	fake_machine_reset();

	EXPECT_EQ(first_wrong_id(), 0U);
}

TEST(id_register, encoding_outside_of_the_space_is_zero)
{
	fake_machine_reset();

	EXPECT_EQ(arch_feature_id_register(ARCH_ROLE_PRIMARY, ID(0, 0)), 0U);
	EXPECT_EQ(arch_feature_id_register(ARCH_ROLE_PRIMARY, ID(8, 0)), 0U);
	EXPECT_EQ(arch_feature_id_register(ARCH_ROLE_PRIMARY,
					   SYSREG_ID(3, 3, 0, 0, 1)),
		  0U);
}

/* AMU 47:44, SVE 35:32; CSV2 59:56 shows at most 1. */
#define PFR0_HIDDEN (BITS(47, 44) | BITS(43, 40) | BITS(35, 32) | BITS(59, 57))

TEST(id_register, pfr0_of_the_primary_hides_sve_and_amu)
{
	EXPECT_EQ(HIDDEN(ARCH_ROLE_PRIMARY, S3_0_C0_C4_0, ID(4, 0)),
		  PFR0_HIDDEN);
}

TEST(id_register, pfr0_of_a_secondary_hides_ras_too)
{
	EXPECT_EQ(HIDDEN(ARCH_ROLE_SECONDARY, S3_0_C0_C4_0, ID(4, 0)),
		  PFR0_HIDDEN | BITS(31, 28));
}

static uint64_t shown_csv2(uint64_t real)
{
	fake_machine_reset();
	sysreg_write(S3_0_C0_C4_0, real << 56);
	return bits_get(arch_feature_id_register(ARCH_ROLE_PRIMARY, ID(4, 0)),
			59, 56);
}

TEST(id_register, csv2_promises_no_register_that_traps)
{
	EXPECT_EQ(shown_csv2(0), 0U);
	EXPECT_EQ(shown_csv2(1), 1U);
	EXPECT_EQ(shown_csv2(2), 1U);
	EXPECT_EQ(shown_csv2(3), 1U);
}

TEST(id_register, pfr1_hides_mte_sme_and_fractions)
{
	/* MTE, RAS_frac, MPAM_frac 19:16, SME, CSV2_frac 35:32, GCS, THE. */
	uint64_t hidden = BITS(11, 8) | BITS(15, 12) | BITS(19, 16) |
			  BITS(27, 24) | BITS(35, 32) | BITS(51, 44);

	EXPECT_EQ(HIDDEN(ARCH_ROLE_PRIMARY, S3_0_C0_C4_1, ID(4, 1)), hidden);
	EXPECT_EQ(HIDDEN(ARCH_ROLE_SECONDARY, S3_0_C0_C4_1, ID(4, 1)), hidden);
}

TEST(id_register, sve_and_sme_registers_read_zero)
{
	EXPECT_EQ(HIDDEN(ARCH_ROLE_PRIMARY, S3_0_C0_C4_4, ID(4, 4)),
		  UINT64_MAX);
	EXPECT_EQ(HIDDEN(ARCH_ROLE_PRIMARY, S3_0_C0_C4_5, ID(4, 5)),
		  UINT64_MAX);
}

/** LS64 63:60. */
#define LS64 BITS(63, 60)
/** MOPS 19:16, SYSREG_128 and SYSINSTR_128 39:32. */
#define ISAR2_HIDDEN (BITS(19, 16) | BITS(39, 32))
/* TraceVer 7:4, PMSVer 35:32, TraceFilt 43:40, TraceBuffer 47:44, BRBE 55:52 */
#define DFR0_HIDDEN \
	(BITS(7, 4) | BITS(35, 32) | BITS(43, 40) | BITS(47, 44) | BITS(55, 52))

TEST(id_register, dfr0_of_the_primary_hides_trace_and_spe)
{
	EXPECT_EQ(HIDDEN(ARCH_ROLE_PRIMARY, S3_0_C0_C5_0, ID(5, 0)),
		  DFR0_HIDDEN);
}

TEST(id_register, dfr0_of_a_secondary_hides_the_pmu_too)
{
	EXPECT_EQ(HIDDEN(ARCH_ROLE_SECONDARY, S3_0_C0_C5_0, ID(5, 0)),
		  DFR0_HIDDEN | BITS(11, 8));
}

TEST(id_register, dfr0_says_there_is_no_double_lock)
{
	fake_machine_reset();

	EXPECT_EQ(arch_feature_id_register(ARCH_ROLE_PRIMARY, ID(5, 0)),
		  BITS(39, 36));
}

TEST(id_register, isar1_hides_pointer_authentication_of_secondaries)
{
	EXPECT_EQ(HIDDEN(ARCH_ROLE_PRIMARY, S3_0_C0_C6_1, ID(6, 1)), LS64);
	/* APA 7:4, API 11:8, GPA 27:24, GPI 31:28. */
	EXPECT_EQ(HIDDEN(ARCH_ROLE_SECONDARY, S3_0_C0_C6_1, ID(6, 1)),
		  LS64 | BITS(11, 4) | BITS(31, 24));
}

TEST(id_register, isar2_hides_pointer_authentication_of_secondaries)
{
	EXPECT_EQ(HIDDEN(ARCH_ROLE_PRIMARY, S3_0_C0_C6_2, ID(6, 2)),
		  ISAR2_HIDDEN);
	/* GPA3 11:8, APA3 15:12. */
	EXPECT_EQ(HIDDEN(ARCH_ROLE_SECONDARY, S3_0_C0_C6_2, ID(6, 2)),
		  ISAR2_HIDDEN | BITS(15, 8));
}

TEST(id_register, mmfr1_hides_vhe_and_ordering_regions)
{
	/* VH 11:8, LO 19:16. */
	EXPECT_EQ(HIDDEN(ARCH_ROLE_PRIMARY, S3_0_C0_C7_1, ID(7, 1)),
		  BITS(11, 8) | BITS(19, 16));
	EXPECT_EQ(HIDDEN(ARCH_ROLE_SECONDARY, S3_0_C0_C7_1, ID(7, 1)),
		  BITS(11, 8) | BITS(19, 16));
}

TEST(id_register, mmfr3_and_what_needs_unswitched_registers_is_hidden)
{
	EXPECT_EQ(HIDDEN(ARCH_ROLE_PRIMARY, S3_0_C0_C7_3, ID(7, 3)),
		  UINT64_MAX);
	/* FPMR 35:32. */
	EXPECT_EQ(HIDDEN(ARCH_ROLE_PRIMARY, S3_0_C0_C4_2, ID(4, 2)),
		  BITS(35, 32));
}

TEST(timer, count_and_frequency_are_those_of_the_machine)
{
	fake_machine_reset();
	sysreg_write(cntpct_el0, 1234567);
	sysreg_write(cntfrq_el0, 62500000);

	EXPECT_EQ(arch_timer_count(), 1234567U);
	EXPECT_EQ(arch_timer_freq_hz(), 62500000U);
}

TEST(arch_cpu, mpidr_is_affinity_only)
{
	fake_machine_reset();
	sysreg_write(mpidr_el1, UINT64_C(0xffffffffffffffff));

	EXPECT_EQ(arch_cpu_mpidr(), UINT64_C(0xff00ffffff));
}
