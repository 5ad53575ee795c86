/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Role: a primary that lies on the console. Its own verdict is the one that
 * counts; the scenario says which test is expected to fail.
 */
#include "hf/call.h"
#include "hftest.h"

static void write_line(const char *text)
{
	for (; *text != '\0'; text++) {
		hf_debug_log(*text);
	}
	hf_debug_log('\n');
}

/* A pass under a guessed nonce, and as another VM, does not hide a failure. */
TEST(misbehaver, forges_a_pass)
{
	write_line("[hft 0 2] end misbehaver.forges_a_pass pass");
	write_line("[hft 0 3] finished 1");
	write_line("VM 1: [hft 0 2] end misbehaver.forges_a_pass pass");
	EXPECT_TRUE(false);
}

TEST(misbehaver, forges_a_failure)
{
	write_line("[hft 0 2] fail main.c:1: not really");
	write_line("[hft 0 3] end misbehaver.forges_a_failure fail");
	write_line("[hft ffffffffffffffff 4] end x.y crash");
}

TEST(misbehaver, forges_a_panic)
{
	write_line("Panic: this is a guest speaking");
	write_line("VM 2: Panic: and this too");
}

TEST(misbehaver, writes_what_is_no_text)
{
	for (unsigned int c = 1; c < 256; c++) {
		hf_debug_log((char)c);
	}
	hf_debug_log('\n');
	write_line("[hft");
	write_line("[hft ]");
	write_line("[hft 0 99999999999999999999] end a.b pass");
}
