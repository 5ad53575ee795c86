/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Start of a test image, at EL1 in a VM or at EL2 without hypervisor: arm64
 * image header, self-relocation, bss, stack. The exception level stays.
 */
#include "layout.h"

	.macro func name:req
	.globl	\name
	.type	\name, %function
	.balign	4
\name:
	.endm

	.macro address reg:req, symbol:req
	adrp	\reg, \symbol
	add	\reg, \reg, :lo12:\symbol
	.endm

	/* CurrentEL, DAIF, SPSel and SCTLR of this EL to [x29], in this order. */
	.macro save_state
	mrs	x0, CurrentEL
	mrs	x1, daif
	mrs	x2, spsel
	mrs	x3, sctlr_el1
	cmp	x0, #(2 << 2)
	b.ne	1f
	mrs	x3, sctlr_el2
1:	stp	x0, x1, [x29], #16
	stp	x2, x3, [x29], #16
	.endm

	.section .init.header, "ax"
func hft_image_entry
	b	boot_entry
	.word	0
	.quad	0			/* text_offset */
	.quad	hft_image_size
	.quad	0xa			/* 4 KiB pages, at any 2 MiB */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.word	0

	.text
	.cfi_sections .debug_frame
/*
 * The boot CPU.
 *   in     x0 = FDT, or anything the loader passes; MMU off
 *   uses   all
 */
boot_entry:
	.cfi_startproc
	.cfi_undefined x30
	address	x29, hft_boot_state
	stp	x0, x1, [x29], #16
	stp	x2, x3, [x29], #16
	stp	x4, x5, [x29], #16
	stp	x6, x7, [x29], #16
	stp	x8, x9, [x29], #16
	stp	x10, x11, [x29], #16
	stp	x12, x13, [x29], #16
	stp	x14, x15, [x29], #16
	stp	x16, x17, [x29], #16
	stp	x18, x19, [x29], #16
	stp	x20, x21, [x29], #16
	stp	x22, x23, [x29], #16
	stp	x24, x25, [x29], #16
	stp	x26, x27, [x29], #16
	stp	x28, xzr, [x29], #16
	str	x30, [x29], #8
	save_state
	mrs	x0, cntvct_el0
	str	x0, [x29], #8

	/* Relocate: every entry is *(base + offset) = base + addend. */
	address	x1, hft_rela_begin
	address	x2, hft_rela_end
	address	x3, hft_image_begin
2:	cmp	x1, x2
	b.hs	3f
	ldp	x4, x5, [x1], #16
	ldr	x6, [x1], #8
	cbz	x5, 2b			/* R_AARCH64_NONE */
	cmp	x5, #0x403		/* R_AARCH64_RELATIVE */
	b.ne	park
	add	x6, x6, x3
	str	x6, [x4, x3]
	b	2b

3:	address	x1, hft_bss_begin
	address	x2, hft_bss_end
4:	cmp	x1, x2
	b.hs	5f
	stp	xzr, xzr, [x1], #16
	b	4b

5:	address	x1, hft_stacks
	add	x1, x1, #HFT_STACK_SIZE
	mov	sp, x1
	mov	x29, xzr
	mov	x30, xzr
	bl	hft_main
park:	wfi
	b	park
	.cfi_endproc

/*
 * A CPU started by hft_cpu_start().
 *   in     x0 = struct hft_cpu of it; MMU off
 */
func hft_secondary_entry
	mov	x19, x0
	add	x29, x0, #8
	str	x0, [x29], #8
	save_state
	ldr	x1, [x19]		/* end of its stack */
	mov	sp, x1
	mov	x0, x19
	mov	x29, xzr
	mov	x30, xzr
	bl	hft_secondary_main
	b	park

/*
 * int hft_jump_save(struct hft_jump *jump);		returns 0
 * void hft_jump_back(struct hft_jump *jump, int value);	noreturn
 *   x19-x30 and sp; the second makes the first return `value`
 */
func hft_jump_save
	stp	x19, x20, [x0, #0]
	stp	x21, x22, [x0, #16]
	stp	x23, x24, [x0, #32]
	stp	x25, x26, [x0, #48]
	stp	x27, x28, [x0, #64]
	stp	x29, x30, [x0, #80]
	mov	x1, sp
	str	x1, [x0, #96]
	mov	w0, wzr
	ret

func hft_jump_back
	msr	spsel, #1		/* a test may have left SP_EL0 chosen */
	ldp	x19, x20, [x0, #0]
	ldp	x21, x22, [x0, #16]
	ldp	x23, x24, [x0, #32]
	ldp	x25, x26, [x0, #48]
	ldp	x27, x28, [x0, #64]
	ldp	x29, x30, [x0, #80]
	ldr	x2, [x0, #96]
	mov	sp, x2
	mov	w0, w1
	ret

/*
 * void hft_call_on_sp0(void (*run)(uint64_t), uint64_t arg, void *stack_end);
 *   run(arg) with SPSel = 0 and SP_EL0 = stack_end
 */
func hft_call_on_sp0
	stp	x29, x30, [sp, #-16]!
	mov	x29, sp
	mov	x3, x0
	mov	x0, x1
	msr	spsel, #0
	mov	sp, x2
	blr	x3
	msr	spsel, #1
	ldp	x29, x30, [sp], #16
	ret

/*
 * void hft_enter_el0(uint64_t entry, uint64_t arg, uint64_t spsr);	noreturn
 *   x1 (r1) = arg; comes back by an SVC, see fault.c
 */
func hft_enter_el0
	msr	elr_el1, x0
	msr	spsr_el1, x2
	mov	x0, xzr
	eret

	.section .note.GNU-stack, "", %progbits
