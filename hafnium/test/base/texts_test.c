/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lists of texts: found by number, the empty ones too. See docs/style.md.
 */
#include "hf/base/texts.h"
#include "hftest.h"

static const char texts[] = "one\0\0three\0";

TEST(texts, first_is_at_the_beginning)
{
	EXPECT_STREQ(texts_nth(texts, 0), "one");
}

TEST(texts, an_empty_one_counts)
{
	EXPECT_STREQ(texts_nth(texts, 1), "");
	EXPECT_STREQ(texts_nth(texts, 2), "three");
}

TEST(texts, behind_the_last_comes_the_empty_one)
{
	EXPECT_STREQ(texts_next(texts_nth(texts, 2)), "");
	EXPECT_EQ(texts_next(texts_nth(texts, 2)), texts + sizeof(texts) - 1);
}
