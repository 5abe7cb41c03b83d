/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hostile image's header, descriptor tables, exception stubs, and the call
 * of a trial: an exception during one comes back here as its result, in the
 * ring that it came from. Plain instructions only: a KVM without hardware
 * virtualization interprets ring 0.
 */
#include "tests/adversarial/image.h"

#define VECTORS 32
#define STUB	16
#define DATA	head + IMAGE_DATA
#define TSS	0x80
#define IDT	0x200

	.section .head, "awx", @progbits
	.code64
head:
/* ---- struct image_header; the driver rewrites the selectors ---- */
	.quad	0x31454d4954525053
	.quad	image_start
	.quad	IMAGE_GVA(IMAGE_STACK)
	.quad	IMAGE_GVA(0x80)		/* LSTAR */
	.quad	IMAGE_PML4
	.quad	IMAGE_GVA(IMAGE_DATA)
	.quad	IMAGE_GVA(IMAGE_DATA + IDT)
	.quad	IMAGE_GVA(IMAGE_DATA + TSS)
	.quad	IMAGE_HYPERCALL
	.word	10 * 8 - 1
	.word	VECTORS * 16 - 1
	.word	GUEST_CS_KERNEL
	.word	GUEST_DS_KERNEL
	.quad	0			/* zeroes */

/* SYSCALL comes here, in ring 0 or 3, and goes on where an exception would. */
	.org	head + 0x80
give_up:
	mov	recovery_rsp(%rip), %rsp
	jmp	*recovery(%rip)

	.globl	image_start
image_start:
	call	image_main
	hlt

/* ---- one stub a vector: then the stack holds vector, error code, frame ---- */
	.set	vector, 0
	.rept	VECTORS
	.org	head + 0x100 + vector * STUB
	.if	vector != 8 && (vector < 10 || vector > 14) && vector != 17 && vector != 21
	push	$0
	.endif
	push	$vector
	jmp	exception
	.set	vector, vector + 1
	.endr

	.org	head + 0x100 + VECTORS * STUB
exception:
	pop	fault_vector(%rip)
	pop	fault_error(%rip)
	mov	%cr2, %rax
	mov	%rax, fault_cr2(%rip)
	cmpq	$0, recovery(%rip)
	je	1f			/* nobody expects one */
	testb	$3, 8(%rsp)
	jz	give_up
	mov	recovery(%rip), %rax
	mov	%rax, (%rsp)
	movq	$2, 16(%rsp)
	mov	recovery_rsp(%rip), %rax
	mov	%rax, 24(%rsp)
	iretq
1:	hlt

/* ---- void trial_call(struct trial *) ---- */
	.globl	trial_call
trial_call:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rdi, current(%rip)
	mov	%rsp, recovery_rsp(%rip)
	lea	recovered(%rip), %rax
	mov	%rax, recovery(%rip)
	lea	TRIAL_CODE(%rdi), %rax
	mov	%rax, target(%rip)
	mov	TRIAL_IN(%rdi), %rax
	mov	TRIAL_IN + 8(%rdi), %rbx
	mov	TRIAL_IN + 16(%rdi), %rcx
	mov	TRIAL_IN + 24(%rdi), %rdx
	mov	TRIAL_IN + 32(%rdi), %rsi
	mov	TRIAL_IN + 40(%rdi), %rdi
	call	*target(%rip)
	mov	current(%rip), %rdi
	mov	%rax, TRIAL_OUT(%rdi)
	mov	%rbx, TRIAL_OUT + 8(%rdi)
	mov	%rcx, TRIAL_OUT + 16(%rdi)
	mov	%rdx, TRIAL_OUT + 24(%rdi)
	movl	$TRIAL_RETURNED, TRIAL_STATE(%rdi)
	jmp	1f
recovered:
	mov	current(%rip), %rdi
	mov	fault_vector(%rip), %rax
	mov	%eax, TRIAL_VECTOR(%rdi)
	mov	fault_error(%rip), %rax
	mov	%rax, TRIAL_ERROR(%rdi)
	mov	fault_cr2(%rip), %rax
	mov	%rax, TRIAL_CR2(%rdi)
	movl	$TRIAL_FAULTED, TRIAL_STATE(%rdi)
1:	movq	$0, recovery(%rip)
	cld
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

	.balign	8
current:	.quad	0
target:		.quad	0
recovery:	.quad	0		/* where an exception goes on; 0: nowhere */
recovery_rsp:	.quad	0
fault_vector:	.quad	0
fault_error:	.quad	0
fault_cr2:	.quad	0

/* ---- the data page ---- */
	.org	DATA
	.quad	0
	.quad	0
	.quad	0x00af9b000000ffff	/* 10 ring-0 code */
	.quad	0x00cf93000000ffff	/* 18 ring-0 data */
	.quad	0x00cffb000000ffff	/* 23 ring-3 code, 32 bit */
	.quad	0x00cff3000000ffff	/* 2b ring-3 data */
	.quad	0x00affb000000ffff	/* 33 ring-3 code */
	.quad	0
	.quad	0x0000890010800067	/* 40 TSS, base IMAGE_GVA(IMAGE_DATA + TSS) */
	.quad	0x0000000000007f80

	.org	DATA + TSS
	.long	0
	.quad	IMAGE_GVA(IMAGE_RSP0)
	.org	DATA + TSS + 102
	.word	104			/* no I/O bitmap */

	.org	DATA + IDT
	.set	vector, 0
	.rept	VECTORS
	.word	0x100 + vector * STUB
	.word	GUEST_CS_KERNEL
	.if	vector == 3 || vector == 4
	.word	0xee00
	.else
	.word	0x8e00
	.endif
	.word	0
	.long	GUEST_DIRECT_BASE >> 32
	.long	0
	.set	vector, vector + 1
	.endr

	.org	head + IMAGE_HYPERCALL

	.section .note.GNU-stack, "", @progbits
