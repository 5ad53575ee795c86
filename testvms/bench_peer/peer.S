/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The least that a guest can do. Only x0-x7 hold anything between two calls.
 */
	.text
	.balign	0x800
	.globl	peer_vectors
peer_vectors:
	.org	peer_vectors + 0x280	/* IRQ, EL1h */
	movz	x0, #0xff04		/* HF_INTERRUPT_GET */
	hvc	#0
	eret
	.org	peer_vectors + 0x800

	.globl	peer_loop
	.type	peer_loop, %function
peer_loop:
	movz	x0, #0x6c		/* FFA_YIELD */
	movk	x0, #0x8400, lsl #16
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	hvc	#0
	b	peer_loop
