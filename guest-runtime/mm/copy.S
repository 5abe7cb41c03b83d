/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instructions that touch program memory. Each is in the fault table: a
 * fault there that cannot be filled goes on at the fixup with RCX = bytes left.
 */
	.macro	guarded at, fixup
	.pushsection .fault_table, "a"
	.quad	\at, \fixup
	.popsection
	.endm

	.text
	.globl	user_copy, user_clear, user_copy_string, user_touch

/* size_t user_copy(void *to, const void *from, size_t n): bytes not copied */
user_copy:
	mov	%rdx, %rcx
1:	rep movsb
2:	mov	%rcx, %rax
	ret
	guarded	1b, 2b

/* size_t user_clear(void *to, size_t n): bytes not cleared */
user_clear:
	mov	%rsi, %rcx
	xor	%eax, %eax
1:	rep stosb
2:	mov	%rcx, %rax
	ret
	guarded	1b, 2b

/* void user_touch(void *at): writes what is there */
user_touch:
1:	lock orb $0, (%rdi)
2:	ret
	guarded	1b, 2b

/*
 * long user_copy_string(char *to, const char *from, size_t size): length without
 * NUL, size if there is none, -1 on a fault
 */
user_copy_string:
	xor	%eax, %eax
1:	cmp	%rdx, %rax
	je	3f
2:	movb	(%rsi,%rax), %cl
	movb	%cl, (%rdi,%rax)
	test	%cl, %cl
	jz	3f
	inc	%rax
	jmp	1b
3:	ret
4:	mov	$-1, %rax
	ret
	guarded	2b, 4b

	.section .note.GNU-stack, "", @progbits
