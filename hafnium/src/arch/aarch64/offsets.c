/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers that assembly needs, from the compiler: each becomes a #define in
 * offsets.h (a rule of the Makefile). Not part of the image.
 */
#include "hf/arch/regs.h"
#include "hf/plat/image_layout.h"

#define DEFINE(name, value) \
	__asm__ volatile("\n->" #name " %0" : : "i"(value))

void offsets(void);
void offsets(void)
{
	DEFINE(REGS_X, offsetof(struct arch_regs, x));
	DEFINE(REGS_PC, offsetof(struct arch_regs, pc));
	DEFINE(REGS_FP, offsetof(struct arch_regs, fp));
	DEFINE(REGS_FPSR, offsetof(struct arch_regs, fpsr));
	DEFINE(STACK_SLOT_BYTES, STACK_SLOT_SIZE);
	DEFINE(IMAGE_TEXT_OFFSET, TEXT_OFFSET);
	DEFINE(MPIDR_AFFINITY, UINT64_C(0xff00ffffff));
}
