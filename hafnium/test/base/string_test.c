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

TEST(strnlen, stops_at_the_limit)
{
	static const char no_end[4] = {'a', 'b', 'c', 'd'};

	EXPECT_EQ(hf_strnlen(no_end, sizeof(no_end)), 4U);
	EXPECT_EQ(hf_strnlen("ab", 10), 2U);
	EXPECT_EQ(hf_strnlen("ab", 0), 0U);
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

TEST(strchr, first_match_or_null)
{
	static const char text[] = "a/b/c";

	EXPECT_EQ(hf_strchr(text, '/'), &text[1]);
	EXPECT_EQ(hf_strchr(text, 'x'), NULL);
}

TEST(strchr, nul_is_found_at_the_end)
{
	static const char text[] = "abc";

	EXPECT_EQ(hf_strchr(text, '\0'), &text[3]);
	EXPECT_EQ(hf_strrchr(text, '\0'), &text[3]);
}

TEST(strrchr, last_match_or_null)
{
	static const char text[] = "a/b/c";

	EXPECT_EQ(hf_strrchr(text, '/'), &text[3]);
	EXPECT_EQ(hf_strrchr(text, 'x'), NULL);
}

TEST(strtoul, base_is_what_is_asked_for)
{
	EXPECT_EQ(hf_strtoul("755", NULL, 8), 0755U);
	EXPECT_EQ(hf_strtoul("1234", NULL, 10), 1234U);
	EXPECT_EQ(hf_strtoul("beEF", NULL, 16), 0xbeefU);
	EXPECT_EQ(hf_strtoul("0xbeef", NULL, 16), 0xbeefU);
}

TEST(strtoul, base_zero_reads_the_prefix)
{
	EXPECT_EQ(hf_strtoul("0X1f", NULL, 0), 0x1fU);
	EXPECT_EQ(hf_strtoul("017", NULL, 0), 017U);
	EXPECT_EQ(hf_strtoul("17", NULL, 0), 17U);
}

TEST(strtoul, end_is_behind_the_last_digit)
{
	static const char text[] = "12@34";
	char *end = NULL;

	EXPECT_EQ(hf_strtoul(text, &end, 10), 12U);
	EXPECT_EQ(end, &text[2]);
}

TEST(strtoul, without_digits_is_zero_at_the_start)
{
	static const char text[] = "xyz";
	char *end = NULL;

	EXPECT_EQ(hf_strtoul(text, &end, 10), 0U);
	EXPECT_EQ(end, &text[0]);
}

TEST(strtoul, prefix_without_digits_is_a_zero)
{
	static const char text[] = "0xg";
	char *end = NULL;

	EXPECT_EQ(hf_strtoul(text, &end, 16), 0U);
	EXPECT_EQ(end, &text[1]);
}

TEST(strtoul, largest_value_fits)
{
	EXPECT_EQ(hf_strtoul("0xffffffffffffffff", NULL, 0), UINT64_MAX);
	EXPECT_EQ(hf_strtoul("18446744073709551615", NULL, 10), UINT64_MAX);
}

TEST(strtoul, what_does_not_fit_is_the_largest)
{
	static const char text[] = "18446744073709551616000 ";
	char *end = NULL;

	EXPECT_EQ(hf_strtoul(text, &end, 10), UINT64_MAX);
	EXPECT_EQ(end, &text[23]);
	EXPECT_EQ(hf_strtoul("0x10000000000000000", NULL, 0), UINT64_MAX);
}
