/* SPDX-License-Identifier: BSD-3-Clause */
/* Patterns in registers, and what became of them. */
#include "call.h"

#include "hftest.h"

struct registers registers_pattern(uint64_t id)
{
	struct registers registers = {.x = {id}};

	for (uint64_t i = 1; i < 31; i++) {
		registers.x[i] = UINT64_C(0x1111000022220000) * i + i;
	}
	for (uint64_t i = 0; i < 64; i++) {
		registers.q[i] = UINT64_C(0x0123456789abcdef) ^ (i << 56) ^ i;
	}
	registers.fpcr = UINT64_C(0x03c00000); /* RZ, FZ, DN: not the default */
	registers.fpsr = UINT64_C(0x08000011); /* QC, DZC, IOC */
	return registers;
}

unsigned int registers_first_change(const struct registers *before,
				    const struct registers *after,
				    unsigned int first, unsigned int last)
{
	for (unsigned int i = first; i <= last; i++) {
		if (before->x[i] != after->x[i]) {
			return i;
		}
	}
	return 31;
}

uint64_t call_changes_x0_only(void (*call)(struct registers *), uint64_t id,
			      uint64_t arg1)
{
	struct registers before = registers_pattern(id);
	struct registers after;

	before.x[1] = arg1;
	after = before;
	call(&after);
	EXPECT_EQ(registers_first_change(&before, &after, 1, 30), 31);
	return after.x[0];
}
