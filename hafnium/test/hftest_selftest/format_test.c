/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hftest/src/format.c. */
#include "format.h"

#include "hftest.h"

static char text[64];

__attribute__((format(printf, 2, 3))) static size_t format_into(
	size_t size, const char *format, ...)
{
	va_list args;
	size_t length;

	va_start(args, format);
	length = hft_format(text, size, format, args);
	va_end(args);
	return length;
}

#define FORMAT(...) ((void)format_into(sizeof(text), __VA_ARGS__), text)

TEST(hftest_format, numbers_in_base_ten_and_sixteen)
{
	EXPECT_STREQ(FORMAT("%d %i %u", -5, 7, 8U), "-5 7 8");
	EXPECT_STREQ(FORMAT("%x %#x %#x", 0xbeU, 0xefU, 0U), "be 0xef 0x0");
	EXPECT_STREQ(FORMAT("%d", INT32_MIN), "-2147483648");
}

TEST(hftest_format, lengths_take_the_whole_argument)
{
	EXPECT_STREQ(FORMAT("%llx", 0x123456789abcdefULL), "123456789abcdef");
	EXPECT_STREQ(FORMAT("%lx %zu", 0x123456789abcUL, (size_t)5),
		     "123456789abc 5");
	EXPECT_STREQ(FORMAT("%lld", INT64_MIN + 0LL), "-9223372036854775808");
}

TEST(hftest_format, width_and_flags)
{
	EXPECT_STREQ(FORMAT("[%5d][%-5d][%05d]", 42, 42, -42),
		     "[   42][42   ][-0042]");
	EXPECT_STREQ(FORMAT("[%#8x][%#08x]", 0xaU, 0xaU),
		     "[     0xa][0x00000a]");
	EXPECT_STREQ(FORMAT("[%4s][%-4s][%1s]", "ab", "ab", "ab"),
		     "[  ab][ab  ][ab]");
}

TEST(hftest_format, text_characters_and_pointers)
{
	EXPECT_STREQ(FORMAT("%s%c%%", "ab", 'c'), "abc%");
	EXPECT_STREQ(FORMAT("%p", (void *)0x1000), "0x1000");
}

TEST(hftest_format, no_more_than_the_buffer_holds)
{
	text[4] = 'X';

	EXPECT_EQ(format_into(4, "%s", "abcdef"), 3);
	EXPECT_STREQ(text, "abc");
	EXPECT_EQ(text[4], 'X');
	EXPECT_EQ(format_into(1, "abc"), 0);
	EXPECT_STREQ(text, "");
}

TEST(hftest_format, unknown_conversion_stays_as_it_is)
{
	const char *volatile odd = "%q %";
	const char *format = odd;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
	(void)format_into(sizeof(text), format);
#pragma GCC diagnostic pop

	EXPECT_STREQ(text, "%q %");
}
