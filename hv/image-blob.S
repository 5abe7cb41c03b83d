/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime image inside this executable, whole pages of it. It is copied
 * into guest memory.
 */
	.section .runtime_image, "a", @progbits
	.balign 4096
	.globl image_blob
	.hidden image_blob
image_blob:
	.incbin "runtime.bin"
	.balign 4096
image_blob_end:

	.section .rodata
	.balign 8
	.globl image_blob_size
	.hidden image_blob_size
image_blob_size:
	.quad image_blob_end - image_blob

	.section .note.GNU-stack, "", @progbits
