/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reset: from the loader or the firmware to C. The image runs where it was
 * put. See docs/boot.md.
 */
#include "asm.h"

	.section .init, "ax"

/* arm64 image header: Linux' Documentation/arm64/booting.rst. */
	.global	image_header
image_header:
	b	boot_entry
	.word	0
	.quad	IMAGE_TEXT_OFFSET
	.quad	heap_end - image_header	/* bss, stacks and heap included */
	.quad	0xa			/* little endian, 4 KiB, anywhere */
	.quad	0
	.quad	0
	.quad	0
	.ascii	"ARM\x64"
	.word	0

/*
 * What follows lies in free places of the vector table (hafnium.ld).
 *
 * The boot CPU. in: x0 = physical address of the FDT; MMU off, interrupts
 * masked. Ends in boot_main() and then in the first guest.
 */
	.section .text.slot.13, "ax"
	.type	boot_entry, %function
boot_entry:
	.cfi_startproc
	.cfi_undefined x30
	mov	x19, x0
	msr	daifset, #0xf

	/* bss is zero. */
	far_address x21, bss_begin
	far_address x22, bss_end
1:	stp	xzr, xzr, [x21]
	stp	xzr, xzr, [x21, #16]
	stp	xzr, xzr, [x21, #32]
	stp	xzr, xzr, [x21, #48]
	add	x21, x21, #64
	cmp	x21, x22
	b.lo	1b

	/*
	 * The canary of our stack frames: RNDR where the CPU has it, the
	 * counter, and a byte of 0 that strings stop at.
	 */
	mrs	x21, cntpct_el0
	ldr	x22, =0x9e3779b97f4a7c15	/* spreads the counter's bits */
	mul	x21, x21, x22
	mrs	x22, id_aa64isar0_el1
	ubfx	x22, x22, #60, #4
	cbz	x22, 2f
	mrs	x22, s3_3_c2_c4_0		/* RNDR */
	eor	x21, x21, x22
2:	bic	x21, x21, #0xff
	far_address x22, __stack_chk_guard
	str	x21, [x22]
	b	boot_stack
	.ltorg
	.cfi_endproc

	.section .text.slot.14, "ax"
	.type	boot_stack, %function
boot_stack:
	.cfi_startproc
	.cfi_undefined x30
	far_address x1, stacks_begin
	mov	x2, #STACK_SLOT_BYTES
	add	x1, x1, x2

	mrs	x0, CurrentEL
	cmp	x0, #(2 << 2)
	b.ne	wrong_level
	msr	spsel, #1
	mov	sp, x1
	stp	xzr, xzr, [sp, #-16]!	/* CPU_FP_OWNER: nobody */
	adr	x0, vectors
	msr	vbar_el2, x0
	isb
	mov	x0, x19
	bl	boot_main
	b	guest_enter

wrong_level:
	mov	sp, x1
	lsr	x0, x0, #2
	bl	arch_refuse_level
	.cfi_endproc

/*
 * Another CPU, or one that comes back from a power-down. in: x0 = what we
 * passed to the firmware: the index of the CPU.
 */
	.section .text.slot.7, "ax"
	.global	secondary_entry
	.type	secondary_entry, %function
secondary_entry:
	.cfi_startproc
	.cfi_undefined x30
	msr	daifset, #0xf
	msr	spsel, #1
	far_address x1, stacks_begin
	mov	x2, #STACK_SLOT_BYTES
	madd	x1, x0, x2, x1
	add	sp, x1, x2
	stp	xzr, xzr, [sp, #-16]!	/* CPU_FP_OWNER: nobody */
	adr	x1, vectors
	msr	vbar_el2, x1
	isb
	bl	boot_secondary_cpu
	b	guest_enter
	.cfi_endproc
