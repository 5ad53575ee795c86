/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/arch/el2/sysreg_trap.c: which debug registers are passed
 * through, and under which name.
 */
#include "hf/arch/sysreg_trap.h"

#include "hf/arch/fake/machine.h"
#include "hf/arch/trap.h"
#include "hf/base/bits.h"
#include "hftest.h"

#define DEBUG(op1, crn, crm, op2) SYSREG_ID(2, op1, crn, crm, op2)

/** Six breakpoints and four watchpoints, as Cortex-A has. */
#define DFR0_6_AND_4 ((UINT64_C(5) << 12) | (UINT64_C(3) << 20))

/** Is `sysreg` read? What it reads is set to `*value`. */
static bool can_read(uint32_t sysreg)
{
	uint64_t value = 0;

	return arch_debug_register_read(sysreg, &value);
}

static bool can_write(uint32_t sysreg)
{
	return arch_debug_register_write(sysreg, 0);
}

TEST(debug_register, read_is_of_the_register_itself)
{
	uint64_t value = 0;

	fake_machine_reset();
	sysreg_write(S2_0_C0_C2_2, 0x8000);

	EXPECT_TRUE(arch_debug_register_read(DEBUG(0, 0, 2, 2), &value));
	EXPECT_EQ(value, 0x8000U);
}

TEST(debug_register, write_is_of_the_register_itself)
{
	fake_machine_reset();

	EXPECT_TRUE(arch_debug_register_write(DEBUG(0, 0, 2, 0), 0x123));
	EXPECT_EQ(sysreg_read(S2_0_C0_C2_0), 0x123U);
}

TEST(debug_register, those_of_control_are_read_and_written)
{
	fake_machine_reset();

	/* MDCCINT, MDSCR, OSDLR, DBGPRCR, DBGCLAIMSET, DBGCLAIMCLR. */
	EXPECT_TRUE(can_read(DEBUG(0, 0, 2, 0)));
	EXPECT_TRUE(can_write(DEBUG(0, 0, 2, 0)));
	EXPECT_TRUE(can_read(DEBUG(0, 0, 2, 2)));
	EXPECT_TRUE(can_write(DEBUG(0, 0, 2, 2)));
	EXPECT_TRUE(can_read(DEBUG(0, 1, 3, 4)));
	EXPECT_TRUE(can_write(DEBUG(0, 1, 3, 4)));
	EXPECT_TRUE(can_read(DEBUG(0, 1, 4, 4)));
	EXPECT_TRUE(can_write(DEBUG(0, 1, 4, 4)));
	EXPECT_TRUE(can_read(DEBUG(0, 7, 8, 6)));
	EXPECT_TRUE(can_write(DEBUG(0, 7, 8, 6)));
	EXPECT_TRUE(can_read(DEBUG(0, 7, 9, 6)));
	EXPECT_TRUE(can_write(DEBUG(0, 7, 9, 6)));
}

TEST(debug_register, read_only_ones_are_not_written)
{
	fake_machine_reset();

	/* MDRAR, OSLSR, DBGAUTHSTATUS, MDCCSR. */
	EXPECT_TRUE(can_read(DEBUG(0, 1, 0, 0)));
	EXPECT_FALSE(can_write(DEBUG(0, 1, 0, 0)));
	EXPECT_TRUE(can_read(DEBUG(0, 1, 1, 4)));
	EXPECT_FALSE(can_write(DEBUG(0, 1, 1, 4)));
	EXPECT_TRUE(can_read(DEBUG(0, 7, 14, 6)));
	EXPECT_FALSE(can_write(DEBUG(0, 7, 14, 6)));
	EXPECT_TRUE(can_read(DEBUG(3, 0, 1, 0)));
	EXPECT_FALSE(can_write(DEBUG(3, 0, 1, 0)));
}

TEST(debug_register, os_lock_access_is_write_only)
{
	fake_machine_reset();

	EXPECT_FALSE(can_read(DEBUG(0, 1, 0, 4)));
	EXPECT_TRUE(can_write(DEBUG(0, 1, 0, 4)));
}

TEST(debug_register, channel_to_a_debugger_is_left_out)
{
	fake_machine_reset();

	/* DBGDTR_EL0, DBGDTRRX_EL0, OSDTRRX_EL1. */
	EXPECT_FALSE(can_read(DEBUG(3, 0, 4, 0)));
	EXPECT_FALSE(can_write(DEBUG(3, 0, 5, 0)));
	EXPECT_FALSE(can_read(DEBUG(0, 0, 0, 2)));
}

TEST(debug_register, breakpoints_are_as_many_as_the_cpu_has)
{
	fake_machine_reset();
	sysreg_write(id_aa64dfr0_el1, DFR0_6_AND_4);

	EXPECT_TRUE(can_read(DEBUG(0, 0, 0, 4)));
	EXPECT_TRUE(can_write(DEBUG(0, 0, 0, 5)));
	EXPECT_TRUE(can_read(DEBUG(0, 0, 5, 4)));
	EXPECT_TRUE(can_write(DEBUG(0, 0, 5, 5)));
	EXPECT_FALSE(can_read(DEBUG(0, 0, 6, 4)));
	EXPECT_FALSE(can_write(DEBUG(0, 0, 6, 5)));
}

TEST(debug_register, watchpoints_are_as_many_as_the_cpu_has)
{
	fake_machine_reset();
	sysreg_write(id_aa64dfr0_el1, DFR0_6_AND_4);

	EXPECT_TRUE(can_read(DEBUG(0, 0, 3, 6)));
	EXPECT_TRUE(can_write(DEBUG(0, 0, 3, 7)));
	EXPECT_FALSE(can_read(DEBUG(0, 0, 4, 6)));
	EXPECT_FALSE(can_write(DEBUG(0, 0, 4, 7)));
}

TEST(debug_register, sixteen_of_each_are_reached)
{
	fake_machine_reset();
	sysreg_write(id_aa64dfr0_el1, BITS(15, 12) | BITS(23, 20));

	EXPECT_TRUE(arch_debug_register_write(DEBUG(0, 0, 15, 4), 1));
	EXPECT_TRUE(arch_debug_register_write(DEBUG(0, 0, 15, 7), 2));
	EXPECT_EQ(sysreg_read(S2_0_C0_C15_4), 1U);
	EXPECT_EQ(sysreg_read(S2_0_C0_C15_7), 2U);
}

TEST(debug_register, unknown_one_changes_nothing)
{
	uint64_t value = 77;

	fake_machine_reset();

	EXPECT_FALSE(arch_debug_register_read(DEBUG(4, 0, 7, 0), &value));
	EXPECT_EQ(value, 77U);
	EXPECT_FALSE(can_write(DEBUG(4, 0, 7, 0)));
	EXPECT_FALSE(can_read(SYSREG_ID(3, 0, 0, 2, 2)));
}

/** The first of all encodings of op0 = 2 that is not as `sysreg` says. */
static uint32_t first_lost_write(void)
{
	for (uint32_t low = 0; low < SYSREG_ID(1, 0, 0, 0, 0); low++) {
		uint32_t sysreg = SYSREG_ID(2, 0, 0, 0, 0) | low;
		uint64_t value = 0;

		if (arch_debug_register_read(sysreg, &value) &&
		    arch_debug_register_write(sysreg, sysreg) &&
		    (!arch_debug_register_read(sysreg, &value) ||
		     value != sysreg)) {
			return sysreg;
		}
	}
	return 0;
}

TEST(debug_register, what_is_written_is_what_is_read)
{
	fake_machine_reset();
	sysreg_write(id_aa64dfr0_el1, BITS(15, 12) | BITS(23, 20));

	EXPECT_EQ(first_lost_write(), 0U);
}
