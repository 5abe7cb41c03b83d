/* SPDX-License-Identifier: Apache-2.0 */
/* The vDSO as it is linked, in whole pages of the runtime's image: programs map them. */
	.section .vdso, "a", @progbits
	.balign	4096
	.globl	vdso_image, vdso_image_end
vdso_image:
	.incbin "vdso.so"
	.balign	4096
vdso_image_end:

	.section .note.GNU-stack, "", @progbits
