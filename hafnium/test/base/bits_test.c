/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hf/base/bits.h and hf/base/addr.h. */
#include "hf/base/addr.h"
#include "hftest.h"

static struct pa_range range(uint64_t begin, uint64_t end)
{
	return (struct pa_range){pa_init(begin), pa_init(end)};
}

TEST(bits, mask_includes_both_ends)
{
	EXPECT_EQ(BITS(3, 0), 0xfU);
	EXPECT_EQ(BITS(15, 8), 0xff00U);
	EXPECT_EQ(BITS(7, 7), 0x80U);
}

TEST(bits, mask_reaches_bit_63)
{
	EXPECT_EQ(BITS(63, 0), UINT64_MAX);
	EXPECT_EQ(BITS(63, 60), UINT64_C(0xf000000000000000));
	EXPECT_EQ(BIT(63), UINT64_C(0x8000000000000000));
}

TEST(bits, get_moves_the_field_down)
{
	EXPECT_EQ(bits_get(UINT64_C(0x123456789abcdef0), 15, 8), 0xdeU);
	EXPECT_EQ(bits_get(UINT64_C(0x123456789abcdef0), 63, 60), 1U);
	EXPECT_EQ(bits_get(UINT64_MAX, 63, 0), UINT64_MAX);
}

TEST(align, down_stays_on_a_boundary)
{
	EXPECT_EQ(align_down(0x2000, PAGE_SIZE), 0x2000U);
	EXPECT_EQ(align_down(0x2fff, PAGE_SIZE), 0x2000U);
	EXPECT_EQ(align_down(0xfff, PAGE_SIZE), 0U);
}

TEST(align, up_goes_to_the_next_boundary)
{
	EXPECT_EQ(align_up(0x2000, PAGE_SIZE), 0x2000U);
	EXPECT_EQ(align_up(0x2001, PAGE_SIZE), 0x3000U);
	EXPECT_EQ(align_up(0, PAGE_SIZE), 0U);
}

TEST(align, up_wraps_in_the_last_unit)
{
	EXPECT_EQ(align_up(UINT64_MAX, PAGE_SIZE), 0U);
}

TEST(align, question_looks_at_low_bits_only)
{
	EXPECT_TRUE(is_aligned(0, PAGE_SIZE));
	EXPECT_TRUE(is_aligned(0xfff000, PAGE_SIZE));
	EXPECT_FALSE(is_aligned(0xfff800, PAGE_SIZE));
	EXPECT_TRUE(is_aligned(5, 1));
}

TEST(overflow, sum_that_fits_is_stored)
{
	uint64_t sum = 0;

	EXPECT_FALSE(add_overflows(UINT64_MAX - 5, 5, &sum));
	EXPECT_EQ(sum, UINT64_MAX);
}

TEST(overflow, sum_that_wraps_is_told)
{
	uint64_t sum = 0;

	EXPECT_TRUE(add_overflows(UINT64_MAX - 5, 6, &sum));
	EXPECT_TRUE(add_overflows(UINT64_MAX, UINT64_MAX, &sum));
}

TEST(overflow, product_that_fits_is_stored)
{
	uint64_t product = 1;

	EXPECT_FALSE(mul_overflows(UINT64_C(1) << 32, (UINT64_C(1) << 32) - 1,
				   &product));
	EXPECT_EQ(product, UINT64_C(0xffffffff00000000));
	EXPECT_FALSE(mul_overflows(0, UINT64_MAX, &product));
	EXPECT_EQ(product, 0U);
}

TEST(overflow, product_that_wraps_is_told)
{
	uint64_t product = 0;

	EXPECT_TRUE(
		mul_overflows(UINT64_C(1) << 32, UINT64_C(1) << 32, &product));
}

TEST(bits, min_and_max_are_unsigned)
{
	EXPECT_EQ(min_u64(1, UINT64_MAX), 1U);
	EXPECT_EQ(min_u64(7, 3), 3U);
	EXPECT_EQ(max_u64(1, UINT64_MAX), UINT64_MAX);
	EXPECT_EQ(max_u64(7, 3), 7U);
}

TEST(addr, pointers_survive_the_way_to_pa_and_back)
{
	int here = 0;

	EXPECT_EQ(ptr_from_pa(pa_from_ptr(&here)), &here);
	EXPECT_EQ(ptr_from_va(va_from_ptr(&here)), &here);
	EXPECT_EQ(va_from_pa(pa_from_va(va_from_ptr(&here))).va,
		  (uintptr_t)&here);
}

TEST(addr, ipa_is_pa)
{
	EXPECT_EQ(ipa_from_pa(pa_init(0x1234)).ipa, 0x1234U);
	EXPECT_EQ(pa_from_ipa(ipa_init(0x5678)).pa, 0x5678U);
}

TEST(pa_range, size_and_emptiness)
{
	EXPECT_EQ(pa_range_size(range(0x1000, 0x3000)), 0x2000U);
	EXPECT_FALSE(pa_range_is_empty(range(0x1000, 0x1001)));
	EXPECT_TRUE(pa_range_is_empty(range(0x1000, 0x1000)));
	EXPECT_TRUE(pa_range_is_empty(range(0x2000, 0x1000)));
}

TEST(pa_range, neighbours_do_not_overlap)
{
	EXPECT_FALSE(
		pa_ranges_overlap(range(0, 0x1000), range(0x1000, 0x2000)));
	EXPECT_FALSE(
		pa_ranges_overlap(range(0x1000, 0x2000), range(0, 0x1000)));
}

TEST(pa_range, a_common_byte_is_an_overlap)
{
	EXPECT_TRUE(pa_ranges_overlap(range(0, 0x1001), range(0x1000, 0x2000)));
	EXPECT_TRUE(pa_ranges_overlap(range(0, 0x9000), range(0x1000, 0x2000)));
	EXPECT_TRUE(pa_ranges_overlap(range(5, 6), range(5, 6)));
}
