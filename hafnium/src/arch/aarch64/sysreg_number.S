/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System registers by number, for those that a guest names: two instructions a
 * register, which are jumped to. The number is in range, its caller has seen to
 * that. See docs/exceptions.md.
 */
#include "asm.h"

/** Go to number w0 of what follows, 8 bytes each; uses x2. */
.macro jump_to_number
	adr	x2, 1f
	add	x2, x2, w0, uxtw #3
	br	x2
1:
.endm

/* uint64_t sysreg_read_id(uint32_t n) */
func sysreg_read_id
	jump_to_number
	.irp	crm, 1, 2, 3, 4, 5, 6, 7
	.irp	op2, 0, 1, 2, 3, 4, 5, 6, 7
	mrs	x0, s3_0_c0_c\crm\()_\op2
	ret
	.endr
	.endr
endfunc sysreg_read_id

/* Of what can be read and what can be written, in this order. */
#define BOTH 0_c0_c2_0, 0_c0_c2_2, 0_c1_c3_4, 0_c1_c4_4, 0_c7_c8_6, 0_c7_c9_6

/* uint64_t sysreg_read_debug(uint32_t n) */
func sysreg_read_debug
	jump_to_number
	.irp	crm, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.irp	op2, 4, 5, 6, 7
	mrs	x0, s2_0_c0_c\crm\()_\op2
	ret
	.endr
	.endr
	.irp	name, BOTH, 0_c1_c0_0, 0_c1_c1_4, 0_c7_c14_6, 3_c0_c1_0
	mrs	x0, s2_\name
	ret
	.endr
endfunc sysreg_read_debug

/* void sysreg_write_debug(uint32_t n, uint64_t value) */
func sysreg_write_debug
	jump_to_number
	.irp	crm, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.irp	op2, 4, 5, 6, 7
	msr	s2_0_c0_c\crm\()_\op2, x1
	ret
	.endr
	.endr
	.irp	name, BOTH, 0_c1_c0_4
	msr	s2_\name, x1
	ret
	.endr
endfunc sysreg_write_debug
