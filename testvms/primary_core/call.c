/* SPDX-License-Identifier: BSD-3-Clause */
/* Patterns in registers, and what became of them. */
#include "call.h"

#include "hftest.h"

uint64_t call_changes_x0_only(void (*call)(struct hft_registers *), uint64_t id,
			      uint64_t arg1)
{
	struct hft_registers before = hft_registers_pattern(id, 0);
	struct hft_registers after;

	before.x[1] = arg1;
	after = before;
	call(&after);
	EXPECT_EQ(hft_registers_first_change(&before, &after, 1, 30), 31);
	return after.x[0];
}
