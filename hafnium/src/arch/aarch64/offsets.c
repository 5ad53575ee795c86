/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers that assembly needs, from the compiler: each becomes a #define in
 * offsets.h (a rule of the Makefile). Not part of the image.
 */
#include "hf/arch/regs.h"
#include "hf/plat/image_layout.h"

#define DEFINE(name, value) \
	__asm__ volatile("\n.ascii \"->" #name " %0\"" : : "i"(value))

void offsets(void);
void offsets(void)
{
	static_assert(offsetof(struct arch_regs, is_live) == 0,
		      "stored with release: no offset");
	static_assert(offsetof(struct arch_regs, pstate) ==
			      offsetof(struct arch_regs, pc) + 8,
		      "saved as a pair");
	static_assert(ARCH_ROLE_PRIMARY == 0, "compared with zero");
	static_assert(sizeof(enum arch_role) == 4, "loaded as a word");
	static_assert(offsetof(struct arch_regs, fpsr) ==
			      offsetof(struct arch_regs, fp) + 512,
		      "saved behind q31");

	DEFINE(REGS_X, offsetof(struct arch_regs, x));
	DEFINE(REGS_PC, offsetof(struct arch_regs, pc));
	DEFINE(REGS_CPTR, offsetof(struct arch_regs, cptr_el2));
	DEFINE(REGS_ROLE, offsetof(struct arch_regs, role));
	DEFINE(REGS_FP, offsetof(struct arch_regs, fp));
	DEFINE(STACK_SLOT_BYTES, STACK_SLOT_SIZE);
	DEFINE(IMAGE_TEXT_OFFSET, TEXT_OFFSET);
}
