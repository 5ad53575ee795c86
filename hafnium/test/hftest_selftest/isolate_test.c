/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hftest/src/host: what one test does stays with it. */
#include "hf/base/check.h"
#include "hftest.h"

static int counter;

TEST(hftest_isolate, first_change_of_a_global)
{
	EXPECT_EQ(++counter, 1);
}

TEST(hftest_isolate, second_change_starts_again)
{
	EXPECT_EQ(++counter, 1);
}

static void check_fails(void)
{
	CHECK(counter == 1234);
}

TEST(hftest_panic, text_is_found)
{
	EXPECT_PANIC("gave up on 7", panic("it gave up on %d", 7));
}

TEST(hftest_panic, failed_check_is_one)
{
	EXPECT_PANIC("assertion failed (counter == 1234)", check_fails());
}

TEST(hftest_panic, test_goes_on_behind_it)
{
	EXPECT_PANIC("first", panic("first"));
	EXPECT_PANIC("second", panic("second"));
	EXPECT_EQ(counter, 0);
}
