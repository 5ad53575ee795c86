/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of the str* functions of hafnium/src/base/string.c. */
#include "hf/base/compiler.h"
#include "hf_string.h"
#include "hftest.h"

TEST(strlen, counts_up_to_the_nul)
{
	EXPECT_EQ(hf_strlen(""), 0U);
	EXPECT_EQ(hf_strlen("hafnium"), 7U);
	EXPECT_EQ(hf_strlen("haf\0nium"), 3U);
}

TEST(strcmp, equal_texts_are_zero)
{
	EXPECT_EQ(hf_strcmp("", ""), 0);
	EXPECT_EQ(hf_strcmp("vm1", "vm1"), 0);
}

TEST(strcmp, prefix_is_less)
{
	EXPECT_LT(hf_strcmp("vm", "vm1"), 0);
	EXPECT_GT(hf_strcmp("vm1", "vm"), 0);
}

TEST(strcmp, characters_compare_as_unsigned)
{
	EXPECT_LT(hf_strcmp("a\x7f", "a\x80"), 0);
	EXPECT_GT(hf_strcmp("\xff", "a"), 0);
}

TEST(strncmp, limit_ends_the_comparison)
{
	EXPECT_EQ(hf_strncmp("abcX", "abcY", 3), 0);
	EXPECT_LT(hf_strncmp("abcX", "abcY", 4), 0);
	EXPECT_EQ(hf_strncmp("a", "b", 0), 0);
}

TEST(strncmp, nul_ends_the_comparison)
{
	EXPECT_EQ(hf_strncmp("ab\0x", "ab\0y", 4), 0);
}
