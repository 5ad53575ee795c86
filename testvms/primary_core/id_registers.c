/* SPDX-License-Identifier: BSD-3-Clause */
/* ID registers: what is hidden from the primary, and what must not be. */
#include "hft/arch.h"
#include "hft/fault.h"
#include "hftest.h"

/** The 4-bit field at `shift`. */
#define FIELD(name, shift) ((hft_sysreg_read(name) >> (shift)) & 0xf)

#define LO_SHIFT 16
#define PMSVER_SHIFT 32
#define TRACEVER_SHIFT 4
#define TRACEFILT_SHIFT 40
#define DOUBLELOCK_SHIFT 36

TEST(id_registers, limited_ordering_regions_are_hidden)
{
	EXPECT_EQ(FIELD(id_aa64mmfr1_el1, LO_SHIFT), 0);
}

TEST(id_registers, profiling_and_trace_are_hidden)
{
	EXPECT_EQ(FIELD(id_aa64dfr0_el1, PMSVER_SHIFT), 0);
	EXPECT_EQ(FIELD(id_aa64dfr0_el1, TRACEVER_SHIFT), 0);
	EXPECT_EQ(FIELD(id_aa64dfr0_el1, TRACEFILT_SHIFT), 0);
}

TEST(id_registers, what_the_primary_needs_is_shown)
{
	/* EL1 in AArch64; FP and SIMD; debug architecture 8 or later. */
	EXPECT_NE(FIELD(id_aa64pfr0_el1, 4), 0);
	EXPECT_NE(FIELD(id_aa64pfr0_el1, 16), 0xf);
	EXPECT_NE(FIELD(id_aa64pfr0_el1, 20), 0xf);
	EXPECT_LE(6, FIELD(id_aa64dfr0_el1, 0));
	/* 4 KiB granule; PA range that is not nothing. */
	EXPECT_NE(FIELD(id_aa64mmfr0_el1, 28), 0xf);
	EXPECT_NE(hft_sysreg_read(midr_el1), 0);
}

TEST(id_registers, unallocated_ones_read_zero)
{
	EXPECT_EQ(hft_sysreg_read(S3_0_C0_C4_6), 0);
	EXPECT_EQ(hft_sysreg_read(S3_0_C0_C5_6), 0);
	EXPECT_EQ(hft_sysreg_read(S3_0_C0_C6_7), 0);
	EXPECT_EQ(hft_sysreg_read(S3_0_C0_C7_7), 0);
}

TEST(id_registers, aarch32_group_can_be_read)
{
	EXPECT_NO_FAULT((void)hft_sysreg_read(id_pfr0_el1));
	EXPECT_NO_FAULT((void)hft_sysreg_read(id_isar0_el1));
	EXPECT_NO_FAULT((void)hft_sysreg_read(mvfr0_el1));
}

TEST(id_registers, zero_register_as_target_is_harmless)
{
	EXPECT_NO_FAULT(__asm__ volatile("mrs xzr, id_aa64pfr0_el1"
					 :
					 :
					 : "memory"));
}

TEST(id_registers, read_changes_its_target_only)
{
	register uint64_t x9 __asm__("x9") = 9;
	register uint64_t x10 __asm__("x10") = 10;
	register uint64_t x11 __asm__("x11") = 11;

	__asm__ volatile("mrs x10, id_aa64isar0_el1"
			 : "+r"(x9), "+r"(x10), "+r"(x11));
	EXPECT_EQ(x9, 9);
	EXPECT_EQ(x11, 11);
	EXPECT_EQ(x10, hft_sysreg_read(id_aa64isar0_el1));
}
