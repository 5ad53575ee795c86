/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/arch/el2/controls.c: EL2's controls of newer features
 * are set when the CPU has them, and not touched when it has not.
 */
#include "hf/arch/fake/machine.h"
#include "hf/arch/feature.h"
#include "hf/arch/sysreg.h"
#include "hf/base/bits.h"
#include "hftest.h"

#define UNKNOWN UINT64_C(0xdeadbeefdeadbeef)

/** HFGRTR, HFGWTR, HFGITR, HDFGRTR, HDFGWTR, each UNKNOWN or 0: how many 0. */
static int fine_grained_zeros(void)
{
	return (sysreg_read(S3_4_C1_C1_4) == 0) +
	       (sysreg_read(S3_4_C1_C1_5) == 0) +
	       (sysreg_read(S3_4_C1_C1_6) == 0) +
	       (sysreg_read(S3_4_C3_C1_4) == 0) +
	       (sysreg_read(S3_4_C3_C1_5) == 0);
}

/** HDFGRTR2, HDFGWTR2, HFGRTR2, HFGWTR2, HFGITR2. */
static int second_zeros(void)
{
	return (sysreg_read(S3_4_C3_C1_0) == 0) +
	       (sysreg_read(S3_4_C3_C1_1) == 0) +
	       (sysreg_read(S3_4_C3_C1_2) == 0) +
	       (sysreg_read(S3_4_C3_C1_3) == 0) +
	       (sysreg_read(S3_4_C3_C1_7) == 0);
}

/** A CPU as reset may leave it. */
static void reset(void)
{
	fake_machine_reset();
	sysreg_write(S3_4_C1_C1_4, UNKNOWN);
	sysreg_write(S3_4_C1_C1_5, UNKNOWN);
	sysreg_write(S3_4_C1_C1_6, UNKNOWN);
	sysreg_write(S3_4_C3_C1_0, UNKNOWN);
	sysreg_write(S3_4_C3_C1_1, UNKNOWN);
	sysreg_write(S3_4_C3_C1_2, UNKNOWN);
	sysreg_write(S3_4_C3_C1_3, UNKNOWN);
	sysreg_write(S3_4_C3_C1_4, UNKNOWN);
	sysreg_write(S3_4_C3_C1_5, UNKNOWN);
	sysreg_write(S3_4_C3_C1_6, UNKNOWN);
	sysreg_write(S3_4_C3_C1_7, UNKNOWN);
	sysreg_write(S3_4_C1_C2_2, UNKNOWN);
	sysreg_write(S3_4_C10_C5_0, UNKNOWN);
	sysreg_write(S3_4_C10_C4_0, UNKNOWN);
}

TEST(controls, cpu_without_them_is_left_alone)
{
	reset();
	arch_feature_init_controls();
	EXPECT_EQ(fine_grained_zeros(), 0);
	EXPECT_EQ(second_zeros(), 0);
	EXPECT_EQ(sysreg_read(S3_4_C3_C1_6), UNKNOWN);
	EXPECT_EQ(sysreg_read(S3_4_C1_C2_2), UNKNOWN);
	EXPECT_EQ(sysreg_read(S3_4_C10_C5_0), UNKNOWN);
	EXPECT_EQ(sysreg_read(S3_4_C10_C4_0), UNKNOWN);
}

TEST(controls, fine_grained_traps)
{
	reset();
	sysreg_write(id_aa64mmfr0_el1, UINT64_C(1) << 56);
	arch_feature_init_controls();
	EXPECT_EQ(fine_grained_zeros(), 5);
	EXPECT_EQ(second_zeros(), 0);
	/* Of activity monitors, which this one has not. */
	EXPECT_EQ(sysreg_read(S3_4_C3_C1_6), UNKNOWN);
}

TEST(controls, fine_grained_traps_of_activity_monitors)
{
	reset();
	sysreg_write(id_aa64mmfr0_el1, UINT64_C(1) << 56);
	sysreg_write(id_aa64pfr0_el1, UINT64_C(1) << 44);
	arch_feature_init_controls();
	EXPECT_EQ(sysreg_read(S3_4_C3_C1_6), 0U);
}

TEST(controls, second_set_of_fine_grained_traps)
{
	reset();
	sysreg_write(id_aa64mmfr0_el1, UINT64_C(2) << 56);
	arch_feature_init_controls();
	EXPECT_EQ(fine_grained_zeros(), 5);
	EXPECT_EQ(second_zeros(), 5);
}

TEST(controls, extended_hypervisor_configuration)
{
	reset();
	sysreg_write(id_aa64mmfr1_el1, UINT64_C(1) << 40);
	arch_feature_init_controls();
	EXPECT_EQ(sysreg_read(S3_4_C1_C2_2), 0U);
	EXPECT_EQ(fine_grained_zeros(), 0);
}

TEST(controls, memory_partitioning_traps)
{
	reset();
	sysreg_write(id_aa64pfr0_el1, UINT64_C(1) << 40);
	arch_feature_init_controls();
	EXPECT_EQ(sysreg_read(S3_4_C10_C5_0), BIT(48) | BIT(49));
	/* MPAMIDR_EL1.HAS_HCR is 0. */
	EXPECT_EQ(sysreg_read(S3_4_C10_C4_0), UNKNOWN);
}

TEST(controls, memory_partitioning_of_a_minor_version_traps)
{
	reset();
	sysreg_write(id_aa64pfr1_el1, UINT64_C(1) << 16);
	sysreg_write(S3_0_C10_C4_4, BIT(17));
	arch_feature_init_controls();
	EXPECT_EQ(sysreg_read(S3_4_C10_C5_0), BIT(48) | BIT(49));
	EXPECT_EQ(sysreg_read(S3_4_C10_C4_0), 0U);
}
