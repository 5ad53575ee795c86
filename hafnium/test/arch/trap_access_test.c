/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of hafnium/src/arch/el2/trap.c: loads and stores of one register, as
 * the syndrome of a data abort describes them (DDI0487 D17.2.37, ISS).
 */
#include "hf/arch/fake/machine.h"
#include "hf/arch/trap.h"
#include "hf/base/bits.h"
#include "hftest.h"

#define ESR(ec, iss) (((uint64_t)(ec) << 26) | BIT(25) | (uint64_t)(iss))
#define DATA(iss) decoded(ESR(0x24, 0x07 | (uint64_t)(iss)))
#define ISV BIT(24)
#define SSE BIT(21)
#define SF BIT(15)
#define CM BIT(8)
#define S1PTW BIT(7)
#define WNR BIT(6)
#define SIZE(log2) ((uint64_t)(log2) << 22)
#define RT(n) ((uint64_t)(n) << 16)

static struct trap decoded(uint64_t esr)
{
	struct trap trap;

	trap_decode(&trap, esr);
	return trap;
}

/** What a load with that syndrome of `value` leaves in x3. */
static uint64_t loaded(uint64_t iss, uint64_t value)
{
	struct arch_regs regs = {.x = {[3] = 0x5a5a5a5a5a5a5a5a}};
	struct trap trap;

	fake_machine_reset();
	trap = DATA(ISV | RT(3) | iss);
	trap_load_finish(&regs, &trap, value);
	return regs.x[3];
}

/** What a store with that syndrome writes, of x3. */
static uint64_t stored(uint64_t iss, uint64_t x3)
{
	struct arch_regs regs = {.x = {[3] = x3}};
	struct trap trap;

	fake_machine_reset();
	trap = DATA(ISV | WNR | RT(3) | iss);
	return trap_store_value(&regs, &trap);
}

TEST(trap_access, syndrome_that_is_not_valid)
{
	fake_machine_reset();

	EXPECT_FALSE(DATA(SIZE(2) | RT(3)).has_register);
	EXPECT_TRUE(DATA(ISV).has_register);
}

TEST(trap_access, walks_and_cache_maintenance_have_no_register)
{
	fake_machine_reset();

	EXPECT_FALSE(DATA(ISV | S1PTW).has_register);
	EXPECT_FALSE(DATA(ISV | CM | WNR).has_register);
}

TEST(trap_access, instruction_abort_has_no_register)
{
	fake_machine_reset();

	EXPECT_FALSE(decoded(ESR(0x20, 0x07 | ISV)).has_register);
}

TEST(trap_access, sizes)
{
	fake_machine_reset();

	EXPECT_EQ(DATA(ISV | SIZE(0)).size_bytes, 1);
	EXPECT_EQ(DATA(ISV | SIZE(1)).size_bytes, 2);
	EXPECT_EQ(DATA(ISV | SIZE(2)).size_bytes, 4);
	EXPECT_EQ(DATA(ISV | SIZE(3)).size_bytes, 8);
}

TEST(trap_access, register_numbers)
{
	fake_machine_reset();

	for (unsigned int n = 0; n < 32; n++) {
		EXPECT_EQ(DATA(ISV | RT(n)).rt, n);
	}
}

TEST(trap_access, width_and_sign)
{
	fake_machine_reset();

	EXPECT_TRUE(DATA(ISV | SF).is_64bit);
	EXPECT_FALSE(DATA(ISV | SSE).is_64bit);
	EXPECT_TRUE(DATA(ISV | SSE).is_sign_extended);
	EXPECT_FALSE(DATA(ISV | SF).is_sign_extended);
}

TEST(trap_access, load_fills_with_zeros)
{
	EXPECT_EQ(loaded(SIZE(0), 0x1234567890abcdef), 0xefU);
	EXPECT_EQ(loaded(SIZE(1), 0x1234567890abcdef), 0xcdefU);
	EXPECT_EQ(loaded(SIZE(2), 0x1234567890abcdef), 0x90abcdefU);
	EXPECT_EQ(loaded(SIZE(3) | SF, 0x1234567890abcdef),
		  0x1234567890abcdefU);
}

TEST(trap_access, load_into_a_w_register_extends_to_32_bits)
{
	EXPECT_EQ(loaded(SIZE(0) | SSE, 0x80), 0xffffff80U);
	EXPECT_EQ(loaded(SIZE(1) | SSE, 0x8000), 0xffff8000U);
	EXPECT_EQ(loaded(SIZE(0) | SSE, 0x7f), 0x7fU);
}

TEST(trap_access, load_into_an_x_register_extends_to_64_bits)
{
	EXPECT_EQ(loaded(SIZE(0) | SSE | SF, 0x80), 0xffffffffffffff80U);
	EXPECT_EQ(loaded(SIZE(1) | SSE | SF, 0x8000), 0xffffffffffff8000U);
	EXPECT_EQ(loaded(SIZE(2) | SSE | SF, BIT(31)), 0xffffffff80000000U);
	EXPECT_EQ(loaded(SIZE(2) | SSE | SF, 0x7fffffff), 0x7fffffffU);
	EXPECT_EQ(loaded(SIZE(3) | SSE | SF, BIT(63)), BIT(63));
}

TEST(trap_access, load_into_the_zero_register_changes_nothing)
{
	struct arch_regs regs = {.x = {[30] = 1}};
	struct trap trap;

	fake_machine_reset();
	trap = DATA(ISV | SIZE(3) | SF | RT(31));
	trap_load_finish(&regs, &trap, UINT64_MAX);

	EXPECT_EQ(regs.x[30], 1U);
}

TEST(trap_access, store_is_as_wide_as_it_says)
{
	EXPECT_EQ(stored(SIZE(0), UINT64_MAX), 0xffU);
	EXPECT_EQ(stored(SIZE(1), UINT64_MAX), 0xffffU);
	EXPECT_EQ(stored(SIZE(2), UINT64_MAX), 0xffffffffU);
	EXPECT_EQ(stored(SIZE(3) | SF, UINT64_MAX), UINT64_MAX);
}
