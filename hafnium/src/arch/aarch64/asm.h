/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The macros of our assembly; there are no others. Only vectors branch, and no
 * macro hides a clobber. See docs/exceptions.md.
 */
#pragma once

#include "offsets.h"

/** Above the stack of each CPU: where SP_EL2 points while a guest runs. */
#define CPU_FP_OWNER 0	/* the context whose FP registers are loaded, or 0 */
#define CPU_X30 8	/* the guest's x30, from an entry to the exit */

	/* For the debugger only: nothing of it is loaded. */
	.cfi_sections .debug_frame

/** The address of what LIMITS may move far away. */
.macro far_address reg:req, symbol:req
	adrp	\reg, \symbol
	add	\reg, \reg, :lo12:\symbol
.endm

/**
 * A function of its own section, so that what is unused is left out. Nobody
 * called it: a backtrace ends here, not in what the guest had in x30.
 */
.macro func name:req
	.section .text.asm.\name, "ax"
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
 * What our C may clobber, at an entry from a guest: x0-x17 go to its context,
 * x30 to the CPU's slot. x18 is nobody's (-ffixed-x18); C keeps x19-x29.
 *   out    x30 = the context (TPIDR_EL2); x0-x17 may be used
 */
.macro save_volatile
	str	x30, [sp, #CPU_X30]
	mrs	x30, tpidr_el2
	stp	x0, x1, [x30, #REGS_X + 8 * 0]
	stp	x2, x3, [x30, #REGS_X + 8 * 2]
	stp	x4, x5, [x30, #REGS_X + 8 * 4]
	stp	x6, x7, [x30, #REGS_X + 8 * 6]
	stp	x8, x9, [x30, #REGS_X + 8 * 8]
	stp	x10, x11, [x30, #REGS_X + 8 * 10]
	stp	x12, x13, [x30, #REGS_X + 8 * 12]
	stp	x14, x15, [x30, #REGS_X + 8 * 14]
	stp	x16, x17, [x30, #REGS_X + 8 * 16]
.endm

/** x0-x17; in x0 = the context; x30 and eret are the caller's. */
.macro load_volatile
	ldp	x2, x3, [x0, #REGS_X + 8 * 2]
	ldp	x4, x5, [x0, #REGS_X + 8 * 4]
	ldp	x6, x7, [x0, #REGS_X + 8 * 6]
	ldp	x8, x9, [x0, #REGS_X + 8 * 8]
	ldp	x10, x11, [x0, #REGS_X + 8 * 10]
	ldp	x12, x13, [x0, #REGS_X + 8 * 12]
	ldp	x14, x15, [x0, #REGS_X + 8 * 14]
	ldp	x16, x17, [x0, #REGS_X + 8 * 16]
	ldp	x0, x1, [x0, #REGS_X + 8 * 0]
.endm

/** x18-x29, of the guest while it is not left; `base` = its context. */
.macro save_preserved base:req
	stp	x18, x19, [\base, #REGS_X + 8 * 18]
	stp	x20, x21, [\base, #REGS_X + 8 * 20]
	stp	x22, x23, [\base, #REGS_X + 8 * 22]
	stp	x24, x25, [\base, #REGS_X + 8 * 24]
	stp	x26, x27, [\base, #REGS_X + 8 * 26]
	stp	x28, x29, [\base, #REGS_X + 8 * 28]
.endm

.macro load_preserved base:req
	ldp	x18, x19, [\base, #REGS_X + 8 * 18]
	ldp	x20, x21, [\base, #REGS_X + 8 * 20]
	ldp	x22, x23, [\base, #REGS_X + 8 * 22]
	ldp	x24, x25, [\base, #REGS_X + 8 * 24]
	ldp	x26, x27, [\base, #REGS_X + 8 * 26]
	ldp	x28, x29, [\base, #REGS_X + 8 * 28]
.endm

/** Slot `number` of the vector table begins here; `first` is its section's. */
.macro slot number:req, first=0
	.if	\first
	.org	vectors_\first + 0x80 * (\number - \first)
	.else
	.org	vectors + 0x80 * \number
	.endif
.endm

/** The slots from `number` on are in a section of their own. */
.macro vectors_from number:req
	.cfi_endproc
	.section .text.vectors.\number, "ax"
	.balign	0x80
	.global	vectors_\number
vectors_\number:
	.cfi_startproc
	.cfi_undefined x30
.endm

/** A slot for EL2's own exceptions: x0 to a spare register, `which` to x0. */
.macro own number:req, which:req
	slot	\number
	msr	tpidr_el1, x0
	mov	x0, #\which
	b	own_fault
.endm

/** A function that lies between two slots. */
.macro part name:req
	.global	\name
	.type	\name, %function
\name:
.endm

.macro endpart name:req
	.size	\name, . - \name
.endm
