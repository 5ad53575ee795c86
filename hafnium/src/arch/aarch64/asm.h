/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The macros of our assembly; there are no others. Only vectors branch, and no
 * macro hides a clobber. See docs/exceptions.md.
 */
#pragma once

#include "offsets.h"

	/* For the debugger only: nothing of it is loaded. */
	.cfi_sections .debug_frame

/**
 * A function of its own section, so that what is unused is left out. Nobody
 * called it: a backtrace ends here, not in what the guest had in x30.
 */
.macro func name:req
	.section .text.\name, "ax"
	.global	\name
	.type	\name, %function
	.balign	16
\name:
	.cfi_startproc
	.cfi_undefined x30
.endm

.macro endfunc name:req
	.cfi_endproc
	.size	\name, . - \name
.endm

/**
 * x0-x18, x29 and x30 of the guest go to its context.
 *   out    x18 = the context (TPIDR_EL2); x0-x17, x29, x30 may be used
 *   stack  16 bytes for as long as the macro runs
 */
.macro save_volatile
	str	x18, [sp, #-16]!
	mrs	x18, tpidr_el2
	stp	x0, x1, [x18, #REGS_X + 8 * 0]
	stp	x2, x3, [x18, #REGS_X + 8 * 2]
	ldr	x0, [sp], #16
	stp	x4, x5, [x18, #REGS_X + 8 * 4]
	stp	x6, x7, [x18, #REGS_X + 8 * 6]
	stp	x8, x9, [x18, #REGS_X + 8 * 8]
	stp	x10, x11, [x18, #REGS_X + 8 * 10]
	stp	x12, x13, [x18, #REGS_X + 8 * 12]
	stp	x14, x15, [x18, #REGS_X + 8 * 14]
	stp	x16, x17, [x18, #REGS_X + 8 * 16]
	str	x0, [x18, #REGS_X + 8 * 18]
	stp	x29, x30, [x18, #REGS_X + 8 * 29]
.endm

/** The other way round; in x0 = the context; eret is the caller's. */
.macro load_volatile
	ldp	x2, x3, [x0, #REGS_X + 8 * 2]
	ldp	x4, x5, [x0, #REGS_X + 8 * 4]
	ldp	x6, x7, [x0, #REGS_X + 8 * 6]
	ldp	x8, x9, [x0, #REGS_X + 8 * 8]
	ldp	x10, x11, [x0, #REGS_X + 8 * 10]
	ldp	x12, x13, [x0, #REGS_X + 8 * 12]
	ldp	x14, x15, [x0, #REGS_X + 8 * 14]
	ldp	x16, x17, [x0, #REGS_X + 8 * 16]
	ldr	x18, [x0, #REGS_X + 8 * 18]
	ldp	x29, x30, [x0, #REGS_X + 8 * 29]
	ldp	x0, x1, [x0, #REGS_X + 8 * 0]
.endm

/** One of the sixteen slots of the vector table. */
.macro vector label:req
	.balign	0x80
0:	b	\label
	.if	. - 0b > 0x80
	.error	"vector slot over 0x80 bytes"
	.endif
.endm

/**
 * The slot for synchronous exceptions of a guest, with the path of an HVC in
 * place: it saves what the C ABI may clobber, and leaves PC and PSTATE where
 * they are, in ELR_EL2 and SPSR_EL2.
 *   out    x0 = x18 = the context, x1 = ESR_EL2, x2 = exception class
 */
.macro vector_hvc
	.balign	0x80
0:	save_volatile
	mrs	x1, esr_el2
	mov	x0, x18
	lsr	x2, x1, #26
	cmp	x2, #0x16		/* HVC from AArch64 */
	b.ne	lower_sync
	bl	dispatch_hvc
	b	guest_resume
	.if	. - 0b > 0x80
	.error	"vector slot over 0x80 bytes"
	.endif
.endm
