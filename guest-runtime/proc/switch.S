/* SPDX-License-Identifier: Apache-2.0 */
/* From one thread's kernel stack to another's: what C expects to survive a call. */
	.text
	.globl	thread_switch, thread_entry

/* thread_switch(RDI: where to keep the stack pointer, RSI: the stack pointer of the next). */
	.balign	16
thread_switch:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, (%rdi)
	mov	%rsi, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

/* Where a new thread begins: thread_switch "returned" here. */
thread_entry:
	xor	%ebp, %ebp
	call	thread_begin
	ud2

	.section .note.GNU-stack, "", @progbits
