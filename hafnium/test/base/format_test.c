/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of hafnium/src/base/format.c through log_format(). */
#include "hf/base/log.h"
#include "hftest.h"

static char text[96];

/** What `...` becomes, in a buffer that is large enough. */
#define FORMAT(...) ((void)log_format(text, sizeof(text), __VA_ARGS__), text)

/* What a compiler would warn about, and nobody here writes. */
#define ODD_FORMAT(odd)                                                       \
	_Pragma("GCC diagnostic push") _Pragma(                               \
		"GCC diagnostic ignored \"-Wformat-nonliteral\"")             \
		_Pragma("GCC diagnostic ignored \"-Wformat-security\"")(void) \
			log_format(text, sizeof(text), odd);                  \
	_Pragma("GCC diagnostic pop")

TEST(format, text_without_conversion_is_copied)
{
	EXPECT_STREQ(FORMAT("plain text\n"), "plain text\n");
}

TEST(format, empty_format_writes_only_the_nul)
{
	const char *volatile empty = "";

	text[0] = 'X';

	ODD_FORMAT(empty);

	EXPECT_STREQ(text, "");
}

TEST(format, d_and_i_are_signed_decimal)
{
	EXPECT_STREQ(FORMAT("%d %i %d", 0, -7, 1234), "0 -7 1234");
}

TEST(format, d_reaches_both_ends_of_int)
{
	EXPECT_STREQ(FORMAT("%d", INT32_MIN), "-2147483648");
	EXPECT_STREQ(FORMAT("%d", INT32_MAX), "2147483647");
}

TEST(format, ld_reaches_both_ends_of_int64)
{
	EXPECT_STREQ(FORMAT("%ld", INT64_MIN), "-9223372036854775808");
	EXPECT_STREQ(FORMAT("%ld", INT64_MAX), "9223372036854775807");
}

TEST(format, u_is_unsigned_decimal)
{
	EXPECT_STREQ(FORMAT("%u %u", 0U, UINT32_MAX), "0 4294967295");
}

TEST(format, x_is_lower_and_capital_x_upper_case)
{
	EXPECT_STREQ(FORMAT("%x %X", 0xdeadbeefU, 0xdeadbeefU),
		     "deadbeef DEADBEEF");
}

TEST(format, o_is_octal)
{
	EXPECT_STREQ(FORMAT("%o %#o", 8U, 8U), "10 010");
}

TEST(format, b_is_binary)
{
	const char *volatile binary = "%b %#b";
	const char *format = binary;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)log_format(text, sizeof(text), format, 5U, 2U);
#pragma GCC diagnostic pop

	EXPECT_STREQ(text, "101 0b10");
}

TEST(format, lb_writes_all_64_bits)
{
	const char *volatile binary = "%lb";
	const char *format = binary;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)log_format(text, sizeof(text), format, UINT64_MAX);
#pragma GCC diagnostic pop

	EXPECT_STREQ(text,
		     "1111111111111111111111111111111111111111111111111"
		     "111111111111111");
}

TEST(format, alternate_form_has_the_prefix_of_its_base)
{
	EXPECT_STREQ(FORMAT("%#x %#X %#x", 0xabU, 0xabU, 0U), "0xab 0XAB 0x0");
}

TEST(format, lengths_l_ll_and_z_take_64_bits)
{
	EXPECT_STREQ(FORMAT("%lx", UINT64_C(0x123456789abcdef0)),
		     "123456789abcdef0");
	EXPECT_STREQ(FORMAT("%llu", 0xffffffffffffffffULL),
		     "18446744073709551615");
	EXPECT_STREQ(FORMAT("%zu", (size_t)1 << 40), "1099511627776");
}

TEST(format, c_is_one_character)
{
	EXPECT_STREQ(FORMAT("%c%c", 'o', 'k'), "ok");
}

TEST(format, s_is_text)
{
	EXPECT_STREQ(FORMAT("<%s><%s>", "text", ""), "<text><>");
}

TEST(format, null_text_says_so)
{
	const char *volatile nothing = NULL;

	EXPECT_STREQ(FORMAT("%s|%8s", nothing, nothing), "(null)|  (null)");
}

TEST(format, p_is_hexadecimal_with_prefix)
{
	EXPECT_STREQ(FORMAT("%p %p", (void *)0xabc, (void *)0), "0xabc 0x0");
}

TEST(format, percent_sign_is_written_once)
{
	EXPECT_STREQ(FORMAT("100%%"), "100%");
}

TEST(format, width_fills_with_spaces_on_the_left)
{
	EXPECT_STREQ(FORMAT("[%5d][%5d]", 42, -42), "[   42][  -42]");
	EXPECT_STREQ(FORMAT("[%6s][%3c]", "abc", 'x'), "[   abc][  x]");
}

TEST(format, minus_fills_on_the_right)
{
	EXPECT_STREQ(FORMAT("[%-5d][%-6s][%-3c]", 42, "abc", 'x'),
		     "[42   ][abc   ][x  ]");
}

TEST(format, zero_fills_between_prefix_and_digits)
{
	EXPECT_STREQ(FORMAT("[%05d][%#010x]", -42, 0xbeefU),
		     "[-0042][0x0000beef]");
}

TEST(format, minus_wins_over_zero)
{
	const char *volatile both = "[%-05d]";
	const char *format = both;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)log_format(text, sizeof(text), format, 42);
#pragma GCC diagnostic pop

	EXPECT_STREQ(text, "[42   ]");
}

TEST(format, zero_flag_is_ignored_for_text)
{
	const char *volatile zero = "[%05s]";
	const char *format = zero;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)log_format(text, sizeof(text), format, "ab");
#pragma GCC diagnostic pop

	EXPECT_STREQ(text, "[   ab]");
}

TEST(format, width_below_the_length_cuts_nothing)
{
	EXPECT_STREQ(FORMAT("[%2d][%1s]", 12345, "abc"), "[12345][abc]");
}

TEST(format, unknown_conversion_stays_as_it_is)
{
	const char *volatile odd = "%q %5h %#08";

	ODD_FORMAT(odd);

	EXPECT_STREQ(text, "%q %5h %#08");
}

TEST(format, lone_percent_at_the_end_stays)
{
	const char *volatile odd = "50 %";

	ODD_FORMAT(odd);

	EXPECT_STREQ(text, "50 %");
}

TEST(format, absurd_width_stops_at_the_buffer)
{
	size_t length;

	length = log_format(text, sizeof(text), "%4000d", 1);

	EXPECT_EQ(length, sizeof(text) - 1);
	EXPECT_EQ(text[sizeof(text) - 1], '\0');
	EXPECT_EQ(text[0], ' ');
}

/** The first buffer size for which the text is not cut right, or `count`. */
static size_t first_wrong_size(size_t count)
{
	static const char whole[] = "n=-00042 s=abc p=0x10";

	for (size_t size = 1; size < count; size++) {
		size_t kept = size - 1 < sizeof(whole) - 1 ? size - 1
							   : sizeof(whole) - 1;
		size_t length;

		text[size] = 'X';
		length = log_format(text, size, "n=%06d s=%s p=%#x", -42, "abc",
				    0x10U);
		if (length != kept || text[kept] != '\0' || text[size] != 'X') {
			return size;
		}
		for (size_t i = 0; i < kept; i++) {
			if (text[i] != whole[i]) {
				return size;
			}
		}
	}
	return count;
}

TEST(format, text_is_cut_at_every_size_of_the_buffer)
{
	EXPECT_EQ(first_wrong_size(40), 40U);
}
