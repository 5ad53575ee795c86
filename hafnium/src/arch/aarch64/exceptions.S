/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From a guest to C and back. TPIDR_EL2 points at the context that runs, so
 * nothing here knows what a vCPU is. EL2 runs with interrupts masked: whatever
 * comes from EL2 itself is our fault and ends the machine. At each entry SP_EL2
 * points at what is kept per CPU: the context whose FP registers are loaded,
 * and the guest's x30. See docs/exceptions.md.
 */
#include "asm.h"

#define CPTR_TFP_BIT 10

/*
 * Slots are 0x80 bytes, most vectors a few: what else runs with them lies
 * behind them, so that the table is no hole of two kilobytes. A part that does
 * not fit in front of the next slot does not assemble.
 */
	.section .text.vectors, "ax"
	.balign	0x800
	.global	vectors
vectors:
	/* Nothing names these sections, which belong to the table. */
	.reloc	., R_AARCH64_NONE, vectors_8
	.reloc	., R_AARCH64_NONE, vectors_14
	.reloc	., R_AARCH64_NONE, vectors_15
	.cfi_startproc
	.cfi_undefined x30

/* EL2, SP_EL0: synchronous, IRQ, FIQ, SError */
	own	0, 0

/*
 * Our own fault. The stack may be what is broken: registers go to one static
 * frame, and C goes on with a stack that nobody else uses. TPIDR_EL1 serves as
 * the spare register; no guest runs any more.
 *   in	x0 = which, TPIDR_EL1 = x0 as it was
 */
part own_fault
	msr	tpidrro_el0, x1
	far_address x1, fault_frame
	stp	x2, x3, [x1, #8 * 2]
	stp	x4, x5, [x1, #8 * 4]
	stp	x6, x7, [x1, #8 * 6]
	stp	x8, x9, [x1, #8 * 8]
	stp	x10, x11, [x1, #8 * 10]
	stp	x12, x13, [x1, #8 * 12]
	stp	x14, x15, [x1, #8 * 14]
	stp	x16, x17, [x1, #8 * 16]
	stp	x18, x19, [x1, #8 * 18]
	stp	x20, x21, [x1, #8 * 20]
	stp	x22, x23, [x1, #8 * 22]
	stp	x24, x25, [x1, #8 * 24]
	stp	x26, x27, [x1, #8 * 26]
	stp	x28, x29, [x1, #8 * 28]
	mov	x2, sp
	stp	x30, x2, [x1, #8 * 30]
	mrs	x2, tpidr_el1
	mrs	x3, tpidrro_el0
	stp	x2, x3, [x1]
	msr	spsel, #1
	far_address x2, fault_stack_end
	mov	sp, x2
	bl	arch_fault
endpart own_fault

	own	1, 1

	.arch_extension fp
	.arch_extension simd

/* x0 = where q0-q31, FPSR and FPCR lie; uses x0-x2 */
part fp_save
	stp	q0, q1, [x0, #32 * 0]
	stp	q2, q3, [x0, #32 * 1]
	stp	q4, q5, [x0, #32 * 2]
	stp	q6, q7, [x0, #32 * 3]
	stp	q8, q9, [x0, #32 * 4]
	stp	q10, q11, [x0, #32 * 5]
	stp	q12, q13, [x0, #32 * 6]
	stp	q14, q15, [x0, #32 * 7]
	stp	q16, q17, [x0, #32 * 8]
	stp	q18, q19, [x0, #32 * 9]
	stp	q20, q21, [x0, #32 * 10]
	stp	q22, q23, [x0, #32 * 11]
	stp	q24, q25, [x0, #32 * 12]
	stp	q26, q27, [x0, #32 * 13]
	stp	q28, q29, [x0, #32 * 14]
	stp	q30, q31, [x0, #32 * 15]
	mrs	x1, fpsr
	mrs	x2, fpcr
	add	x0, x0, #32 * 16
	stp	x1, x2, [x0]
	ret
endpart fp_save

	own	2, 2

part fp_load
	ldp	q0, q1, [x0, #32 * 0]
	ldp	q2, q3, [x0, #32 * 1]
	ldp	q4, q5, [x0, #32 * 2]
	ldp	q6, q7, [x0, #32 * 3]
	ldp	q8, q9, [x0, #32 * 4]
	ldp	q10, q11, [x0, #32 * 5]
	ldp	q12, q13, [x0, #32 * 6]
	ldp	q14, q15, [x0, #32 * 7]
	ldp	q16, q17, [x0, #32 * 8]
	ldp	q18, q19, [x0, #32 * 9]
	ldp	q20, q21, [x0, #32 * 10]
	ldp	q22, q23, [x0, #32 * 11]
	ldp	q24, q25, [x0, #32 * 12]
	ldp	q26, q27, [x0, #32 * 13]
	ldp	q28, q29, [x0, #32 * 14]
	ldp	q30, q31, [x0, #32 * 15]
	add	x0, x0, #32 * 16
	ldp	x1, x2, [x0]
	msr	fpsr, x1
	msr	fpcr, x2
	ret
endpart fp_load

	own	3, 3

/*
 * First use of FP since the context was entered: what is in the registers goes
 * to whose it is. The instruction is made again.
 *   in	x0 = the context
 */
part fp_switch
	mov	x4, x0
	ldr	x5, [sp, #CPU_FP_OWNER]
	str	x4, [sp, #CPU_FP_OWNER]
	ldr	x3, [x4, #REGS_CPTR]
	and	x3, x3, #~(1 << CPTR_TFP_BIT)
	str	x3, [x4, #REGS_CPTR]
	msr	cptr_el2, x3
	isb
	cbz	x5, 1f
	ldr	x3, [x5, #REGS_CPTR]
	orr	x3, x3, #(1 << CPTR_TFP_BIT)
	str	x3, [x5, #REGS_CPTR]
	add	x0, x5, #REGS_FP
	bl	fp_save
1:	add	x0, x4, #REGS_FP
	bl	fp_load
	mov	x0, x4
	b	guest_resume
endpart fp_switch

/* EL2, SP_EL2 */
	own	4, 0

/*
 * The handler had PC and PSTATE in the context and may have changed them.
 *   in	x0 = context to go on with
 */
part handler_done
	mrs	x1, tpidr_el2
	ldp	x2, x3, [x1, #REGS_PC]
	msr	elr_el2, x2
	msr	spsr_el2, x3
	/* on to guest_resume, which is next */
endpart handler_done

/*
 * Back to the guest that was left, or on to another.
 *   in	x0 = context to go on with; PC and PSTATE of the one that was
 *	     left are in ELR_EL2 and SPSR_EL2, its x18-x29 in place
 */
part guest_resume
	mrs	x30, tpidr_el2
	cmp	x0, x30
	b.ne	guest_switch
	ldr	x30, [sp, #CPU_X30]
	load_volatile
	eret
	/* nothing is executed behind eret, not even speculatively */
	dsb	nsh
	isb
endpart guest_resume

	own	5, 1

/*
 * Enter a context with nothing of it in the registers.
 *   in	x0 = the context
 */
part guest_enter
	mov	x19, x0
	mov	x1, xzr
	/* on to guest_load, which is next */
endpart guest_enter

/* in x19 = the context, x1 = the one that was left, or 0 */
part guest_load
	msr	tpidr_el2, x19
	mov	x0, x19
	bl	arch_regs_enter
	mov	x0, x19
	ldp	x2, x3, [x0, #REGS_PC]
	msr	elr_el2, x2
	msr	spsr_el2, x3
	load_preserved x0
	ldr	x30, [x0, #REGS_X + 8 * 30]
	load_volatile
	eret
	dsb	nsh
	isb
endpart guest_load

	own	6, 2

/*
 * FP registers that a secondary has used go with it, for it may go on on another
 * CPU; the primary's stay until somebody else wants them. CPTR_EL2 of a context
 * traps FP unless what is in the registers is its own.
 *   in	x20 = the context that is left, x3 = its CPTR_EL2
 */
part fp_leave
	ldr	w1, [x20, #REGS_ROLE]
	cbz	w1, fp_left		/* ARCH_ROLE_PRIMARY */
	orr	x3, x3, #(1 << CPTR_TFP_BIT)
	str	x3, [x20, #REGS_CPTR]
	str	xzr, [sp, #CPU_FP_OWNER]
	add	x0, x20, #REGS_FP
	bl	fp_save
	b	fp_left
endpart fp_leave

/*
 * Leave one context for another.
 *   in	x0 = the next, x30 = the one that was left
 */
part guest_switch
	save_preserved x30
	ldr	x1, [sp, #CPU_X30]
	mrs	x2, elr_el2
	mrs	x3, spsr_el2
	str	x1, [x30, #REGS_X + 8 * 30]
	stp	x2, x3, [x30, #REGS_PC]
	mov	x19, x0
	mov	x20, x30
	mov	x0, x30
	bl	arch_regs_leave
	ldr	x3, [x20, #REGS_CPTR]
	tbz	x3, #CPTR_TFP_BIT, fp_leave
fp_left:
	/* From here on another CPU may enter it. */
	stlr	xzr, [x20]		/* is_live, the first field */
	mov	x1, x20
	b	guest_load
endpart guest_switch

	own	7, 3
/* .text.slot.7 lies here: hafnium.ld */

/* a lower EL in AArch64 */
	vectors_from 8
/*
 * Synchronous exceptions, with the path of an HVC in place: it saves what the C
 * ABI may clobber, and leaves PC and PSTATE where they are, in ELR_EL2 and
 * SPSR_EL2.
 */
part lower_hvc
	save_volatile
	mrs	x1, esr_el2
	mov	x0, x30
	lsr	x2, x1, #26
	cmp	x2, #0x16		/* HVC from AArch64 */
	b.ne	lower_sync
	bl	dispatch_hvc
	b	guest_resume
endpart lower_hvc

	slot	9, 8
part lower_irq
	save_volatile
	mrs	x2, elr_el2
	mrs	x3, spsr_el2
	stp	x2, x3, [x30, #REGS_PC]
	mov	x0, x30
	bl	dispatch_irq
	b	handler_done
endpart lower_irq

	slot	10, 8
	b	lower_irq

/*
 * A synchronous exception of a guest that is no HVC.
 *   in	x0 = x30 = the context, x1 = ESR_EL2, x2 = exception class
 */
part lower_sync
	cmp	x2, #0x17		/* SMC: ELR_EL2 is the SMC itself */
	b.ne	2f
	mrs	x2, elr_el2
	add	x2, x2, #4
	msr	elr_el2, x2
	bl	dispatch_smc
	b	guest_resume

2:	cmp	x2, #0x07		/* FP or SIMD, not of this context */
	b.eq	fp_switch

	/* The handler may read and write any register of the guest. */
	mrs	x2, elr_el2
	mrs	x3, spsr_el2
	stp	x2, x3, [x0, #REGS_PC]
	save_preserved x0
	ldr	x2, [sp, #CPU_X30]
	str	x2, [x0, #REGS_X + 8 * 30]
	bl	dispatch_lower_sync
	mrs	x1, tpidr_el2
	load_preserved x1
	ldr	x2, [x1, #REGS_X + 8 * 30]
	str	x2, [sp, #CPU_X30]
	b	handler_done
endpart lower_sync

	slot	11, 8
part lower_serror
	save_volatile
	mrs	x1, esr_el2
	mrs	x2, elr_el2
	mrs	x3, spsr_el2
	stp	x2, x3, [x30, #REGS_PC]
	mov	x0, x30
	bl	dispatch_lower_serror
	b	handler_done
endpart lower_serror

/* a lower EL in AArch32 */
	slot	12, 8
/* From EL0: there is no HVC from there. */
part lower_sync_a32
	save_volatile
	mrs	x1, esr_el2
	mov	x0, x30
	lsr	x2, x1, #26
	b	lower_sync
endpart lower_sync_a32

	slot	13, 8
	b	lower_irq
/* .text.slot.13 */
	vectors_from 14
	b	lower_irq
/* .text.slot.14 */
	vectors_from 15
	b	lower_serror
	.cfi_endproc

	.section .bss.fault, "aw", %nobits
	.balign	16
	.global	fault_frame
fault_frame:
	.skip	8 * 32
	.balign	16
	.skip	0x1000
fault_stack_end:
