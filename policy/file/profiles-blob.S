/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped policies, as they are in policy/profiles/: profile_NAME and profile_NAME_end. */
	.section .rodata
#define PROFILE(id, name, file)  \
	.globl profile_##id, profile_##id##_end; \
	profile_##id: .incbin file; \
	profile_##id##_end: .byte 0;
#include "policy/file/profiles.def"

	.section .note.GNU-stack, "", @progbits
