/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ring-3 ways into and out of the runtime that every vCPU shares: the rest of
 * struct frame is pushed here, C is called, and the program goes on.
 */
#include "abi/layout.h"

	.text
	.globl	syscall_trapped, syscall_called, cpuid_called, event_common
	.globl	frame_return_full, runtime_start

runtime_start:
	xor	%ebp, %ebp
	call	runtime_main
	ud2

/* The lower part of struct frame, and its address for C. */
	.macro	push_from_r8
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, %rdi
	.endm

/* The nucleus page pushed SS to RIP and left RCX and R11 as SYSCALL sets them. */
	.macro	push_frame
	cld
	push	%rax			/* orig_rax */
	push	%rdi
	push	%rsi
	push	%rdx
	push	%rcx
	push	%rax
	push_from_r8
	.endm

	.balign	16
syscall_trapped:
	push_frame
	call	syscall_dispatch_trapped
	jmp	syscall_return

	.balign	16
syscall_called:
	push_frame
	call	syscall_dispatch
syscall_return:
	test	%eax, %eax
	jnz	1f
	/* The callee-saved registers are as the program left them. */
	add	$48, %rsp
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rax
	add	$8, %rsp
	pop	%rdx
	pop	%rsi
	pop	%rdi
	add	$8, %rsp
	pop	%rcx			/* RIP */
	add	$8, %rsp
	popfq
	pop	%rsp
	jmp	*%rcx
1:	mov	%rsp, %rdi
	jmp	frame_return_full

	.balign	16
cpuid_called:
	push_frame
	call	cpuid_dispatch
	mov	%rsp, %rdi

frame_return_full:
	mov	%rdi, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rax
	pop	%rcx
	pop	%rdx
	pop	%rsi
	pop	%rdi
	add	$8, %rsp
	iretq

/* Frame pushed down to RAX; RSI vector, RDX error, RCX CR2. */
	.balign	16
event_common:
	cld
	push_from_r8
	mov	%rsp, %rbx
	and	$-16, %rsp
	call	event_dispatch
	mov	%rbx, %rdi
	jmp	frame_return_full

/*
 * The first thread's kernel stack, aligned as current() wants. The runtime
 * starts on it, below the place of the first struct frame.
 */
	.bss
	.balign	0x4000
	.skip	0x4000 - 256
	.globl	runtime_boot_stack
runtime_boot_stack:
	.skip	256

	.section .note.GNU-stack, "", @progbits
