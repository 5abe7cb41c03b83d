/* SPDX-License-Identifier: Apache-2.0 */
/* The hostile image inside the driver, which copies it for each run. */
	.section .rodata
	.balign 8
	.globl hostile_blob, hostile_blob_end
	.hidden hostile_blob, hostile_blob_end
hostile_blob:
	.incbin "image.bin"
hostile_blob_end:

	.section .note.GNU-stack, "", @progbits
