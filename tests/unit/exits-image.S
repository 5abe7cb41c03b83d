/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A runtime image of tiny hostile guests for exits.c, which chooses one by
 * the header's entry_rip and its ring by the selectors. Page tables map the
 * image, RAM and the doorbell as the real runtime's do. No IDT: any exception
 * is a triple fault.
 */
#include "abi/layout.h"

#define HYPERCALL 0x6000
#define STACK	  0x8000
#define TSS	  0x8000
#define EXIT_LENGTH 8 /* struct hc_exit */

	.data
	.balign 4096
	.globl exits_image, exits_image_end
exits_image:
	.quad 0x31454d4954525053		/* IMAGE_MAGIC */
	.quad GUEST_DIRECT_BASE			/* entry_rip: exits.c adds the guest's offset */
	.quad GUEST_DIRECT_BASE + STACK
	.quad GUEST_DIRECT_BASE			/* lstar */
	.quad 0x1000				/* cr3 */
	.quad GUEST_DIRECT_BASE, 0, GUEST_DIRECT_BASE + TSS /* gdt, idt, tss */
	.quad HYPERCALL
	.short 0x7f, 0, GUEST_CS_USER, GUEST_DS_USER
	.quad 0					/* zeroes */

.macro guest name
	.globl guest_\name
guest_\name:
	movabs $GUEST_DOORBELL_GVA, %r15
	movabs $(GUEST_DIRECT_BASE + HYPERCALL), %r14
.endm

guest status				/* exits with 42, by the rules */
	movl $0, (%r14)
	movl $EXIT_LENGTH, 4(%r14)
	movl $0, 24(%r14)
	movl $42, 28(%r14)
	mov %rax, (%r15)
	ud2
guest rounds				/* many hypercalls, then exits with their count */
	mov $100, %ebx
1:	movl $3, (%r14)
	movl $0, 4(%r14)
	mov %eax, (%r15)
	cmpl $0, 8(%r14)
	jne 2f
	dec %ebx
	jnz 1b
	movl $0, (%r14)
	movl $EXIT_LENGTH, 4(%r14)
	movl $0, 24(%r14)
	movl $100, 28(%r14)
	movb %al, (%r15)
2:	ud2
guest boot				/* exits with the first byte of the boot block, at RDI */
	movzbl (%rdi), %eax
	movl $0, (%r14)
	movl $EXIT_LENGTH, 4(%r14)
	movl $0, 24(%r14)
	movl %eax, 28(%r14)
	mov %rax, (%r15)
	ud2
guest number				/* no such hypercall */
	movl $39, (%r14)
	movl $0, 4(%r14)
	mov %rax, (%r15)
	jmp guest_status
guest beside				/* a store beside the doorbell */
	mov %rax, 8(%r15)
	jmp guest_status
guest load				/* a load from the doorbell */
	mov (%r15), %rax
	jmp guest_status
guest unbacked				/* a store to RAM that was never asked for */
	movabs $(GUEST_DIRECT_BASE + GUEST_RAM_GPA + GUEST_RAM_INITIAL), %rdx
	mov %rax, (%rdx)
	jmp guest_status
guest fault				/* an exception that nobody handles */
	ud2
	jmp guest_status
guest halt				/* ring 0 from here on */
	hlt
	jmp guest_status
guest port
	mov $0x60, %al
	out %al, $0x80
	jmp guest_status
guest msr_read				/* refused (I10): an exception, so a triple fault */
	mov $0x10, %ecx
	rdmsr
	jmp guest_status
guest msr_write
	mov $0xc0000082, %ecx
	xor %eax, %eax
	xor %edx, %edx
	wrmsr
	jmp guest_status

	.org exits_image + 0x1000		/* PML4 */
	.fill 255, 8, 0
	.quad 0x2007
	.org exits_image + 0x2000		/* PDPT */
	.quad 0x3007
	.org exits_image + 0x3000		/* page directory: 64 MiB */
	.quad 0x4007
	.set i, 1
	.rept 31
	.quad i * GUEST_HUGE_SIZE + 0x87
	.set i, i + 1
	.endr
	.org exits_image + 0x4000		/* the image and, last, the doorbell */
	.set i, 0
	.rept 511
	.quad i * GUEST_PAGE_SIZE + 7
	.set i, i + 1
	.endr
	.quad GUEST_DOORBELL_GPA + 7
	.org exits_image + TSS + 0x66
	.short 0xffff				/* no I/O bitmap: ports are closed to ring 3 */
	.org exits_image + 0x9000
exits_image_end:

	.section .note.GNU-stack, "", @progbits
