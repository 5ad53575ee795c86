/* SPDX-License-Identifier: BSD-3-Clause */
/* Who lies where. See docs/boot.md. */
#include "hf/boot/claims.h"

#include <string.h>

#include "hf/arch/fake/machine.h"
#include "hftest.h"

static struct claims claims;

static struct pa_range range(uint64_t begin, uint64_t end)
{
	return (struct pa_range){pa_init(begin), pa_init(end)};
}

TEST(claims, neighbours_do_not_overlap)
{
	EXPECT_TRUE(claims_add(&claims, range(0x1000, 0x2000), "a"));
	EXPECT_TRUE(claims_add(&claims, range(0x2000, 0x3000), "b"));
	EXPECT_TRUE(claims_add(&claims, range(0x0, 0x1000), "c"));
	EXPECT_EQ(claims.count, 3U);
}

TEST(claims, overlap_is_refused_and_both_are_named)
{
	ASSERT_TRUE(claims_add(&claims, range(0x1000, 0x2000), "the FDT"));

	EXPECT_FALSE(claims_add(&claims, range(0x1fff, 0x3000), "a kernel"));
	EXPECT_STREQ(fake_console_text(),
		     "ERROR: a kernel (0x1fff - 0x2fff) overlaps the FDT "
		     "(0x1000 - 0x1fff).\n");
	EXPECT_EQ(claims.count, 1U);
}

TEST(claims, one_inside_of_another_is_refused)
{
	ASSERT_TRUE(claims_add(&claims, range(0x1000, 0x9000), "a"));
	EXPECT_FALSE(claims_add(&claims, range(0x2000, 0x3000), "b"));
	EXPECT_FALSE(claims_add(&claims, range(0x0, 0x10000), "c"));
}

TEST(claims, empty_ranges_meet_nobody)
{
	ASSERT_TRUE(claims_add(&claims, range(0x1000, 0x9000), "a"));

	EXPECT_TRUE(claims_add(&claims, range(0x2000, 0x2000), "b"));
	EXPECT_EQ(claims.count, 1U);
}

TEST(claims, found_by_range)
{
	ASSERT_TRUE(claims_add(&claims, range(0x1000, 0x2000), "a"));

	ASSERT_NE(claims_find(&claims, range(0x1800, 0x1801)), NULL);
	EXPECT_STREQ(claims_find(&claims, range(0x1800, 0x1801))->name, "a");
	EXPECT_EQ(claims_find(&claims, range(0x2000, 0x2001)), NULL);
}
