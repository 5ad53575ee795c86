/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_CONSOLE_LOG, of 1.2. What comes out is checked by the scenario: see
 * harness/scenarios/ffa_discovery.toml.
 */
#include <string.h>

#include "hft/actor.h"

/** `text` packed from x2 on, `per_register` characters each. */
static struct ffa_frame log(uint16_t vm, const char *text,
			    unsigned int per_register)
{
	uint64_t length = strlen(text);
	struct ffa_frame args = FFA(per_register == 4 ? FFA_CONSOLE_LOG
						      : FFA_64(FFA_CONSOLE_LOG),
				    length);

	for (uint64_t i = 0; i < length; i++) {
		args.x[2 + i / per_register] |= (uint64_t)(uint8_t)text[i]
						<< (8 * (i % per_register));
	}
	return vm_call(vm, args);
}

TEST(ffa_console, line_of_32_bit_registers)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	EXPECT_FFA_DONE(log(PRIMARY, "twenty-four characters:\n", 4));
	EXPECT_FFA_DONE(log(PRIMARY, "a\n", 4));
}

TEST(ffa_console, line_of_64_bit_registers)
{
	static const char text[] =
		"one hundred and twenty-eight characters are what the "
		"registers x2 to x17 hold, which is more than an older version "
		"takes.\n";

	vm_start(PRIMARY, FFA_VERSION_1_2);
	EXPECT_GT(strlen(text), 100);
	EXPECT_FFA_DONE(log(PRIMARY, text, 8));
}

TEST(ffa_console, line_in_pieces)
{
	/* Of an actor: records of the test are lines of the primary. */
	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_start(ACTOR_A, FFA_VERSION_1_2);
	EXPECT_FFA_DONE(log(ACTOR_A, "first, ", 4));
	EXPECT_FFA_DONE(log(ACTOR_A, "second, ", 8));
	EXPECT_FFA_DONE(log(ACTOR_A, "third\n", 4));
}

TEST(ffa_console, lines_of_two_vms_do_not_mix)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_start(ACTOR_A, FFA_VERSION_1_2);
	vm_start(ACTOR_B, FFA_VERSION_1_2);
	EXPECT_FFA_DONE(log(ACTOR_A, "abc", 4));
	EXPECT_FFA_DONE(log(ACTOR_B, "ABC", 8));
	EXPECT_FFA_DONE(log(ACTOR_A, "def\n", 8));
	EXPECT_FFA_DONE(log(ACTOR_B, "DEF\n", 4));
}

TEST(ffa_console, count_is_checked)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_CONSOLE_LOG, 0)),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_64(FFA_CONSOLE_LOG), 0)),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_CONSOLE_LOG, 25)),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_64(FFA_CONSOLE_LOG), 129)),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_CONSOLE_LOG, UINT32_MAX)),
			 FFA_INVALID_PARAMETERS);
	EXPECT_FFA_ERROR(hft_ffa_call(FFA(FFA_64(FFA_CONSOLE_LOG), UINT64_MAX)),
			 FFA_INVALID_PARAMETERS);
}

/* Records of this run need its nonce and VM 1: nobody forges a verdict. */
TEST(ffa_console, another_vm_can_not_be_spoken_for)
{
	vm_start(PRIMARY, FFA_VERSION_1_2);
	vm_start(ACTOR_A, FFA_VERSION_1_2);
	EXPECT_FFA_DONE(log(ACTOR_A, "VM 1: hello\n", 8));
	EXPECT_FFA_DONE(log(ACTOR_A, "Panic: no\n", 8));
}
