/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * HF_DEBUG_LOG. What comes out on the console is the harness's to check; each
 * test ends the line that it begins.
 */
#include "call.h"
#include "hf/call.h"
#include "hftest.h"

static void write_text(const char *text)
{
	for (; *text != '\0'; text++) {
		hf_debug_log(*text);
	}
}

TEST(debug_log, by_hvc_changes_x0_only)
{
	EXPECT_EQ(call_changes_x0_only(call_hvc, HF_DEBUG_LOG, '\n'), 0);
}

TEST(debug_log, by_smc_changes_x0_only)
{
	EXPECT_EQ(call_changes_x0_only(call_smc, HF_DEBUG_LOG, '\n'), 0);
	EXPECT_EQ(call_changes_x0_only(call_smc, HF_DEBUG_LOG | SMCCC_64_BIT,
				       '\n'),
		  0);
}

TEST(debug_log, line_is_written_at_newline)
{
	write_text("debug_log: a whole line\n");
}

TEST(debug_log, line_is_written_at_nul)
{
	write_text("debug_log: ended by NUL");
	hf_debug_log('\0');
}

TEST(debug_log, character_is_eight_bits)
{
	write_text("debug_log: eight ");
	EXPECT_EQ(
		hf_call(HF_DEBUG_LOG, UINT64_C(0xffffffffffffff00) | 'b', 0, 0),
		0);
	write_text("its\n");
}

TEST(debug_log, long_line_is_split)
{
	for (unsigned int i = 0; i < 300; i++) {
		hf_debug_log((char)('0' + i % 10));
	}
	hf_debug_log('\n');
}

/* A verdict that is not ours: another nonce, then the hypervisor's voice. */
TEST(debug_log, look_alike_records_change_nothing)
{
	write_text(
		"[hft 0 1] end debug_log.look_alike_records_change_nothing "
		"fail\n");
	write_text("[hft ffffffffffffffff 2] finished 1\n");
	write_text("VM 1: [hft 0 3] end debug_log.look_alike fail\n");
}
