/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_CONSOLE_LOG. hafnium/src/ffa/console.c */
#include <string.h>

#include "fixture/answers.h"
#include "fixture/guest.h"
#include "hf/arch/entry.h"
#include "hf/ffa.h"
#include "hf/hvc.h"
#include "hftest.h"

#define LOG_32 FFA_CONSOLE_LOG
#define LOG_64 FFA_64(FFA_CONSOLE_LOG)

static struct vcpu *start(void)
{
	struct vcpu *vcpu = machine_start();

	(void)machine_hvc(vcpu, CALL(FFA_VERSION, FFA_VERSION_1_2));
	return vcpu;
}

/** `count` characters of `text`, as many in each register as the form has. */
static int32_t say(struct vcpu *vcpu, uint64_t id, const char *text,
		   uint32_t count)
{
	uint32_t width = id == LOG_64 ? 8 : 4;
	uint64_t *x = vcpu->regs.x;

	memset(x, 0, 18 * sizeof(*x));
	for (uint32_t i = 0; i < count && i < 16 * width; i++) {
		x[2 + i / width] |= (uint64_t)(uint8_t)text[i]
				    << (8 * (i % width));
	}
	x[0] = id;
	x[1] = count;
	(void)dispatch_hvc(&vcpu->regs);
	answers_note_call(vcpu, id, vcpu);
	return x[0] == FFA_SUCCESS ? 0 : (int32_t)x[2];
}

static bool console_is(const char *text)
{
	return strcmp(fake_console_text(), text) == 0;
}

TEST(ffa_console, line_by_32_bits)
{
	EXPECT_EQ(say(start(), LOG_32, "hello, world\n", 13), 0);

	EXPECT_TRUE(console_is("VM 1: hello, world\n"));
}

TEST(ffa_console, line_by_64_bits)
{
	EXPECT_EQ(say(start(), LOG_64, "hello, world\n", 13), 0);

	EXPECT_TRUE(console_is("VM 1: hello, world\n"));
}

TEST(ffa_console, answer_is_nothing_but_success)
{
	struct vcpu *vcpu = start();

	EXPECT_EQ(say(vcpu, LOG_64, "abc", 3), 0);

	EXPECT_FRAME(vcpu, FFA_SUCCESS, 0U, 0U);
}

TEST(ffa_console, all_24_characters_of_32_bits)
{
	EXPECT_EQ(say(start(), LOG_32, "abcdefghijklmnopqrstuvw\n", 24), 0);

	EXPECT_TRUE(console_is("VM 1: abcdefghijklmnopqrstuvw\n"));
}

TEST(ffa_console, all_128_characters_of_64_bits)
{
	char text[128];
	char expected[6 + 128 + 1] = "VM 1: ";

	for (size_t i = 0; i < 127; i++) {
		text[i] = (char)('!' + i % 90);
	}
	text[127] = '\n';
	memcpy(expected + 6, text, 128);

	EXPECT_EQ(say(start(), LOG_64, text, 128), 0);
	EXPECT_TRUE(console_is(expected));
}

TEST(ffa_console, upper_halves_are_no_characters_of_32_bits)
{
	struct vcpu *vcpu = start();

	(void)machine_hvc(vcpu, CALL(LOG_32, UINT64_C(0x100000005),
				     UINT64_C(0x5858585864636261),
				     UINT64_C(0x585858585858580a)));

	EXPECT_TRUE(console_is("VM 1: abcd\n"));
}

TEST(ffa_console, text_waits_for_its_newline)
{
	struct vcpu *vcpu = start();

	(void)say(vcpu, LOG_32, "one, ", 5);
	EXPECT_TRUE(console_is(""));
	(void)say(vcpu, LOG_64, "two\nthree", 9);
	EXPECT_TRUE(console_is("VM 1: one, two\n"));
	(void)say(vcpu, LOG_64, "\n", 1);
	EXPECT_TRUE(console_is("VM 1: one, two\nVM 1: three\n"));
}

TEST(ffa_console, nul_ends_a_line)
{
	(void)say(start(), LOG_64, "one\0two\0", 8);

	EXPECT_TRUE(console_is("VM 1: one\nVM 1: two\n"));
}

TEST(ffa_console, shares_the_line_of_debug_log)
{
	struct vcpu *vcpu = start();

	(void)say(vcpu, LOG_32, "ab", 2);
	(void)machine_hvc(vcpu, CALL(HF_DEBUG_LOG, 'c'));
	(void)machine_hvc(vcpu, CALL(HF_DEBUG_LOG, '\n'));

	EXPECT_TRUE(console_is("VM 1: abc\n"));
}

TEST(ffa_console, vms_have_lines_of_their_own)
{
	struct vcpu *primary = start();
	struct vcpu *secondary = machine_add_secondary();

	(void)machine_hvc(secondary, CALL(FFA_VERSION, FFA_VERSION_1_2));
	fake_console_clear();
	(void)say(primary, LOG_32, "one", 3);
	(void)say(secondary, LOG_32, "two\n", 4);
	(void)say(primary, LOG_32, "\n", 1);

	EXPECT_TRUE(console_is("VM 2: two\nVM 1: one\n"));
}

TEST(ffa_console, no_character_is_invalid)
{
	EXPECT_EQ(say(start(), LOG_32, "", 0), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(say(start(), LOG_64, "", 0), FFA_INVALID_PARAMETERS);
}

TEST(ffa_console, too_many_are_invalid_and_none_is_taken)
{
	struct vcpu *vcpu = start();
	char lines[16 * 8];

	memset(lines, '\n', sizeof(lines));
	EXPECT_EQ(say(vcpu, LOG_32, lines, 25), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(say(vcpu, LOG_64, lines, 129), FFA_INVALID_PARAMETERS);
	EXPECT_EQ(say(vcpu, LOG_64, lines, 0xffffffff), FFA_INVALID_PARAMETERS);
	EXPECT_TRUE(console_is(""));
}

TEST(ffa_console, is_not_there_before_1_2)
{
	struct vcpu *vcpu = machine_start();

	EXPECT_EQ(say(vcpu, LOG_32, "\n", 1), FFA_NOT_SUPPORTED);
	vcpu = machine_start();
	(void)machine_hvc(vcpu, CALL(FFA_VERSION, FFA_VERSION_1_1));
	EXPECT_EQ(say(vcpu, LOG_64, "\n", 1), FFA_NOT_SUPPORTED);
}
