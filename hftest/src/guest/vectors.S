/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exceptions of a test image, at EL1 or EL2: all of them save everything and go
 * to hft_exception() on SP_ELx.
 */
#define FRAME_SIZE 288			/* struct hft_frame, cpu.h */

	.macro vector offset:req
	.balign	0x80
0:	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp]
	mov	x1, #\offset
	b	save_and_handle
	.if	. - 0b > 0x80
	.error	"vector slot over 0x80 bytes"
	.endif
	.endm

	.text
	.balign	0x800
	.globl	hft_vectors
hft_vectors:
	vector	0x000
	vector	0x080
	vector	0x100
	vector	0x180
	vector	0x200
	vector	0x280
	vector	0x300
	vector	0x380
	vector	0x400
	vector	0x480
	vector	0x500
	vector	0x580
	vector	0x600
	vector	0x680
	vector	0x700
	vector	0x780

/*
 *   in     x1 = offset of the vector, x0 and x1 on the stack
 *   calls  hft_exception(frame, offset), which may change the frame
 */
save_and_handle:
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	mrs	x2, CurrentEL
	cmp	x2, #(2 << 2)
	b.eq	1f
	mrs	x3, elr_el1
	mrs	x4, spsr_el1
	mrs	x5, esr_el1
	mrs	x6, far_el1
	b	2f
1:	mrs	x3, elr_el2
	mrs	x4, spsr_el2
	mrs	x5, esr_el2
	mrs	x6, far_el2
2:	stp	x30, x3, [sp, #240]
	stp	x4, x5, [sp, #256]
	str	x6, [sp, #272]
	mov	x0, sp
	bl	hft_exception
	ldp	x30, x3, [sp, #240]
	ldr	x4, [sp, #256]
	mrs	x2, CurrentEL
	cmp	x2, #(2 << 2)
	b.eq	3f
	msr	elr_el1, x3
	msr	spsr_el1, x4
	b	4f
3:	msr	elr_el2, x3
	msr	spsr_el2, x4
4:	ldp	x28, x29, [sp, #224]
	ldp	x26, x27, [sp, #208]
	ldp	x24, x25, [sp, #192]
	ldp	x22, x23, [sp, #176]
	ldp	x20, x21, [sp, #160]
	ldp	x18, x19, [sp, #144]
	ldp	x16, x17, [sp, #128]
	ldp	x14, x15, [sp, #112]
	ldp	x12, x13, [sp, #96]
	ldp	x10, x11, [sp, #80]
	ldp	x8, x9, [sp, #64]
	ldp	x6, x7, [sp, #48]
	ldp	x4, x5, [sp, #32]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp]
	add	sp, sp, #FRAME_SIZE
	eret

	.section .note.GNU-stack, "", %progbits
