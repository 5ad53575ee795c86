/* SPDX-License-Identifier: BSD-3-Clause */
/* Code for EL0: one access or call, then SVC. */

	.macro func name:req
	.globl	\name
	.type	\name, %function
	.balign	4
\name:
	.endm

	.text
	/* Each fits one page: the block does not cross 256 bytes. */
	.balign	256
func el0_read
	ldr	x0, [x1]
	svc	#0
func el0_write
	str	xzr, [x1]
	svc	#0
func el0_execute
	blr	x1
	svc	#0
func el0_hvc
	hvc	#0
	svc	#0
func el0_smc
	smc	#0
	svc	#0
func el0_read_a32
	.word	0xe5910000		/* ldr r0, [r1] */
	.word	0xef000000		/* svc 0 */

	.section .note.GNU-stack, "", %progbits
