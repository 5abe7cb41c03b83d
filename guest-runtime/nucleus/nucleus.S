/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nucleus: all of the guest's ring 0, and vCPU 0's block around it
 * (abi/layout.h). Each vCPU maps this page in front of its own data pages, so
 * RIP-relative addresses find its own data without GS, which is the program's.
 *
 * A KVM without hardware virtualization interprets ring 0 at 0.5 us an
 * instruction and knows only plain ones: every instruction here is counted.
 * The page is code for ring 0 and ring 3 alike, so SMEP must stay off.
 */
#include "abi/layout.h"
#include "guest-runtime/entry/vcpu.h"

#define DATA block + VCPU_DATA

	.section .nucleus, "awx", @progbits
	.code64
block:
/* ---- struct image_header ---- */
	.quad	0x31454d4954525053
	.quad	runtime_start
	.quad	runtime_boot_stack
	.quad	lstar
	.quad	boot_pml4 - GUEST_DIRECT_BASE
	.quad	GUEST_DIRECT_BASE + VCPU_DATA + VCPU_GDT
	.quad	GUEST_DIRECT_BASE + VCPU_DATA + VCPU_IDT
	.quad	GUEST_DIRECT_BASE + VCPU_DATA + VCPU_TSS
	.quad	VCPU_HYPERCALL
	.word	16 * 8 - 1
	.word	VCPU_VECTORS * 16 - 1
	.word	GUEST_CS_USER
	.word	GUEST_DS_USER
	.quad	image_zeroes

/*
 * SYSCALL arrives here: in ring 0 on hardware, still in ring 3 on a KVM that
 * runs ring 3 natively. Both go on at syscall_entry in ring 3.
 */
	.org	block + 0x80
	.globl	lstar
lstar:
	mov	%rcx, DATA + VCPU_SAVED_RIP(%rip)
	mov	%r11, DATA + VCPU_SAVED_RFLAGS(%rip)
	mov	%cs, %ecx
	test	$3, %cl
	jnz	syscall_entry
	lea	syscall_entry(%rip), %rcx
	mov	$0x202, %r11d
	sysretq

/*
 * Load CR3 from RDI: the one request. It is a #BP that returns to request_site,
 * since ring 3 may make that, and a KVM without hardware virtualization decodes
 * no instruction for it: a #UD takes it a third longer.
 */
	.globl	nucleus_load_cr3
nucleus_load_cr3:
	int3
request_site:
	ret
request:
	mov	%rdi, %cr3
	iretq

/* Exception stubs. The CPU has stored its frame in the event page; a ready one leads to ring 3. */
	.macro	stub vector
	.org	block + VCPU_STUBS + \vector * VCPU_STUB
	.if	\vector == 14
	mov	%rax, DATA + VCPU_EVENT_RAX(%rip)
	mov	%cr2, %rax
	mov	%rax, DATA + VCPU_EVENT_CR2(%rip)
	.endif
	.if	\vector == 3
	mov	%rax, DATA + VCPU_EVENT_RAX(%rip)
	lea	request_site(%rip), %rax
	cmp	%rax, (%rsp)
	je	request
	.endif
	lea	DATA + VCPU_IRET_FRAMES + \vector * 40(%rip), %rsp
	iretq
	.endm

	.altmacro
	.set	vector, 0
	.rept	VCPU_VECTORS
	stub	%vector
	.set	vector, vector + 1
	.endr

/* ---- ring 3 from here: entries that must find their own vCPU's data ---- */
	.org	block + VCPU_STUBS + VCPU_VECTORS * VCPU_STUB

/* SS to RIP of a struct frame, on the thread's kernel stack, for who came by a jump. */
	.macro	push_program from
	mov	%rsp, DATA + VCPU_SAVED_RSP(%rip)
	mov	DATA + VCPU_KSTACK_TOP(%rip), %rsp
	push	$GUEST_DS_USER
	push	DATA + VCPU_SAVED_RSP(%rip)
	pushfq
	push	$GUEST_CS_USER
	push	%\from
	.endm

syscall_entry:
	mov	%rsp, DATA + VCPU_SAVED_RSP(%rip)
	mov	DATA + VCPU_KSTACK_TOP(%rip), %rsp
	push	$GUEST_DS_USER
	push	DATA + VCPU_SAVED_RSP(%rip)
	push	DATA + VCPU_SAVED_RFLAGS(%rip)
	push	$GUEST_CS_USER
	push	DATA + VCPU_SAVED_RIP(%rip)
	mov	DATA + VCPU_SAVED_RIP(%rip), %rcx
	mov	DATA + VCPU_SAVED_RFLAGS(%rip), %r11
	jmp	syscall_trapped

/* From a rewritten site (entry/sites.c): RCX holds the address to go back to, as after SYSCALL. */
	.globl	syscall_called_entry
syscall_called_entry:
	push_program rcx
	mov	16(%rsp), %r11
	jmp	syscall_called

/* From a rewritten CPUID: RBX, which CPUID sets, holds the address to go back to. */
	.globl	cpuid_called_entry
cpuid_called_entry:
	push_program rbx
	jmp	cpuid_called

/* RAX: vector; the program's RAX is in the event page. On the event scratch stack. */
event_entry:
	push	%rcx
	push	%rdx
	mov	DATA + VCPU_EVENT_RSP(%rip), %rdx
	mov	DATA + VCPU_EVENT_RIP(%rip), %rcx
	shr	$21, %rcx
	cmp	$(GUEST_DIRECT_BASE >> 21), %rcx /* from the runtime: go on below its stack */
	je	1f
	mov	DATA + VCPU_KSTACK_TOP(%rip), %rdx
1:	and	$-16, %rdx
	mov	%rsp, %rcx
	mov	%rdx, %rsp
	push	DATA + VCPU_EVENT_SS(%rip)
	push	DATA + VCPU_EVENT_RSP(%rip)
	push	DATA + VCPU_EVENT_RFLAGS(%rip)
	push	DATA + VCPU_EVENT_CS(%rip)
	push	DATA + VCPU_EVENT_RIP(%rip)
	push	$-1
	push	%rdi
	push	%rsi
	push	(%rcx)			/* RDX */
	push	8(%rcx)			/* RCX */
	push	DATA + VCPU_EVENT_RAX(%rip)
	mov	%rax, %rsi
	mov	DATA + VCPU_EVENT_ERROR(%rip), %rdx
	mov	DATA + VCPU_EVENT_CR2(%rip), %rcx
	jmp	event_common

	.macro	event vector
event_\vector:
	.if	\vector != 14 && \vector != 3
	mov	%rax, DATA + VCPU_EVENT_RAX(%rip)
	.endif
	mov	$\vector, %eax
	jmp	event_entry
	.endm

	.set	vector, 0
	.rept	VCPU_VECTORS
	event	%vector
	.set	vector, vector + 1
	.endr

/* ---- the data page ---- */
	.org	block + VCPU_DATA + VCPU_GDT
	.quad	0
	.quad	0
	.quad	0x00af9b000000ffff	/* 10 ring-0 code */
	.quad	0x00cf93000000ffff	/* 18 ring-0 data */
	.quad	0x00cffb000000ffff	/* 23 ring-3 code, 32 bit: what STAR needs below */
	.quad	0x00cff3000000ffff	/* 2b ring-3 data */
	.quad	0x00affb000000ffff	/* 33 ring-3 code */
	.quad	0
	.quad	0x0000890000000067	/* 40 TSS; its base is in the vCPU's hidden part */
	.quad	0

	.org	block + VCPU_DATA + VCPU_TSS
	.long	0
	.quad	GUEST_DIRECT_BASE + VCPU_DATA + VCPU_EVENT_END /* RSP0 */
	.org	block + VCPU_DATA + VCPU_TSS + 102
	.word	104			/* no I/O bitmap */

/*
 * Interrupt gates at fixed addresses, so that the assembler can split them.
 * Programs may INT3 and INTO.
 */
	.macro	gate vector
	.word	VCPU_STUBS + \vector * VCPU_STUB
	.word	GUEST_CS_KERNEL
	.if	\vector == 3 || \vector == 4
	.word	0xee00
	.else
	.word	0x8e00
	.endif
	.word	0
	.long	GUEST_DIRECT_BASE >> 32
	.long	0
	.endm

	.org	block + VCPU_DATA + VCPU_IDT
	.set	vector, 0
	.rept	VCPU_VECTORS
	gate	%vector
	.set	vector, vector + 1
	.endr

	.macro	iret_frame vector
	.quad	event_\vector
	.quad	GUEST_CS_USER
	.quad	0x202			/* IF, which ring 3 cannot set: it keeps what it is given */
	.quad	GUEST_DIRECT_BASE + VCPU_EVENT_TOP
	.quad	GUEST_DS_USER
	.endm

	.org	block + VCPU_DATA + VCPU_IRET_FRAMES
	.set	vector, 0
	.rept	VCPU_VECTORS
	iret_frame %vector
	.set	vector, vector + 1
	.endr

	.org	block + VCPU_BLOCK_SIZE

	.section .note.GNU-stack, "", @progbits
