/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hftest/src/host and hftest/src/report.c: every way a test can end. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "hf/base/check.h"
#include "hftest.h"
#include "inner_run.h"
#include "report.h"

#define ENDED(survived, failed, skipped) \
	"survived=" survived " failed=" failed " skipped=" skipped "\n"

static void pass(void)
{
}

TEST(hftest_verdict, test_that_returns_has_passed)
{
	EXPECT_STREQ(inner_run(pass), ENDED("1", "0", "0"));
}

static void fail_twice_by_expect(void)
{
	EXPECT_EQ(1, 2);
	EXPECT_TRUE(1 > 2);
}

TEST(hftest_verdict, expect_goes_on)
{
	const char *text = inner_run(fail_twice_by_expect);

	EXPECT_EQ(count_of(text, "fail hafnium/test/hftest_selftest/"), 2);
	EXPECT_EQ(count_of(text, "expected 1 == 2: 0x1, 0x2"), 1);
	EXPECT_EQ(count_of(text, "expected 1 > 2\n"), 1);
	EXPECT_EQ(count_of(text, ENDED("1", "1", "0")), 1);
}

static void fail_by_assert(void)
{
	ASSERT_STREQ("a", "b");
	EXPECT_EQ(1, 2);
}

TEST(hftest_verdict, assert_ends_the_test)
{
	const char *text = inner_run(fail_by_assert);

	EXPECT_EQ(count_of(text, "fail "), 1);
	EXPECT_EQ(count_of(text, "expected \"a\" == \"b\": \"a\", \"b\""), 1);
	EXPECT_EQ(count_of(text, ENDED("1", "1", "0")), 1);
}

static void skip(void)
{
	SKIP("needs %d moons", 2);
}

TEST(hftest_verdict, skip_ends_the_test_with_a_reason)
{
	const char *text = inner_run(skip);

	EXPECT_EQ(count_of(text, "skip needs 2 moons\n"), 1);
	EXPECT_EQ(count_of(text, ENDED("1", "0", "1")), 1);
}

static void die(void)
{
	(void)raise(SIGKILL);
}

TEST(hftest_verdict, signal_is_a_crash)
{
	const char *text = inner_run(die);

	EXPECT_EQ(count_of(text, "fail inner.c:1: killed by signal 9"), 1);
	EXPECT_EQ(count_of(text, ENDED("0", "1", "0")), 1);
}

static void run_out_of_time(void)
{
	(void)raise(SIGXCPU);
}

TEST(hftest_verdict, used_up_processor_time_is_a_hang)
{
	const char *text = inner_run(run_out_of_time);

	EXPECT_EQ(count_of(text, "fail inner.c:1: hangs: "), 1);
	EXPECT_EQ(count_of(text, ENDED("0", "1", "0")), 1);
}

static void leave(void)
{
	exit(0);
}

TEST(hftest_verdict, exit_in_a_test_is_a_crash)
{
	const char *text = inner_run(leave);

	EXPECT_EQ(count_of(text, "ended the process, exit status 0"), 1);
	EXPECT_EQ(count_of(text, ENDED("0", "1", "0")), 1);
}

static void panic_without_being_asked(void)
{
	panic("nobody expects this");
}

TEST(hftest_verdict, panic_in_a_test_is_a_crash)
{
	const char *text = inner_run(panic_without_being_asked);

	EXPECT_EQ(count_of(text, ENDED("0", "1", "0")), 1);
}

static void do_not_panic(void)
{
	EXPECT_PANIC("text", pass());
	EXPECT_EQ(1, 2);
}

TEST(hftest_verdict, missing_panic_fails_the_test)
{
	const char *text = inner_run(do_not_panic);

	EXPECT_EQ(count_of(text, "expected panic \"text\", got none"), 1);
	EXPECT_EQ(count_of(text, "fail "), 1);
	EXPECT_EQ(count_of(text, ENDED("1", "1", "0")), 1);
}

static void panic_otherwise(void)
{
	EXPECT_PANIC("text", panic("something else"));
}

TEST(hftest_verdict, other_panic_fails_the_test)
{
	const char *text = inner_run(panic_otherwise);

	EXPECT_EQ(count_of(text, "expected panic \"text\", console ends: "), 1);
	EXPECT_EQ(count_of(text, ENDED("1", "1", "0")), 1);
}

static void die_in_place_of_a_panic(void)
{
	EXPECT_PANIC("text", die());
}

TEST(hftest_verdict, signal_is_not_a_panic)
{
	const char *text = inner_run(die_in_place_of_a_panic);

	EXPECT_EQ(count_of(text, "expected panic \"text\", killed by signal 9"),
		  1);
	EXPECT_EQ(count_of(text, ENDED("1", "1", "0")), 1);
}

static void log_control_characters(void)
{
	HFTEST_LOG("a\nb\x1b[31mc\rd");
}

TEST(hftest_report, record_has_no_control_characters)
{
	const char *text = inner_run(log_control_characters);

	EXPECT_EQ(count_of(text, "log a b [31mc d\n"), 1);
}

static void log_too_much(void)
{
	char text[600];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	HFTEST_LOG("%s", text);
}

TEST(hftest_report, record_fits_a_line_of_the_hypervisor)
{
	const char *text = inner_run(log_too_much);

	ASSERT_TRUE(strchr(text, '\n') != NULL);
	EXPECT_LT(strchr(text, '\n') - text, 256);
	EXPECT_EQ(count_of(text, "\n"), 2);
}

static void number_records(void)
{
	ASSERT_TRUE(hft_report_set_nonce("0123456789abcdef"));
	HFTEST_LOG("first");
	HFTEST_LOG("second");
}

TEST(hftest_report, records_have_nonce_and_number)
{
	EXPECT_STREQ(
		inner_run(number_records),
		"[hft 0123456789abcdef 0] log first\n"
		"[hft 0123456789abcdef 1] log second\n" ENDED("1", "0", "0"));
}

static void set_bad_nonces(void)
{
	EXPECT_FALSE(hft_report_set_nonce(""));
	EXPECT_FALSE(hft_report_set_nonce("12G4"));
	EXPECT_FALSE(hft_report_set_nonce("ABC"));
	EXPECT_FALSE(hft_report_set_nonce("0123456789abcdef0123456789abcdef0"));
	EXPECT_TRUE(hft_report_set_nonce("0123456789abcdef0123456789abcdef"));
}

TEST(hftest_report, nonce_is_up_to_32_hexadecimal_digits)
{
	EXPECT_STREQ(inner_run(set_bad_nonces), ENDED("1", "0", "0"));
}
