/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trampolines: code of ours within reach of the program's, through which a
 * rewritten site enters the runtime. For entry/sites.c.
 */
#ifndef GUEST_ENTRY_TRAMPOLINE_H
#define GUEST_ENTRY_TRAMPOLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mm;

#define TRAMPOLINE_JMP 5 /* bytes of the JMP that a site becomes */

/*
 * Rewrites `mov $number, %eax` before the SYSCALL that ends at rip. `length` bytes are before
 * SYSCALL: the MOV, and perhaps one instruction more, which may run elsewhere but for an address
 * that LEA takes from RIP. False: nothing was done.
 */
bool trampoline_for_number(struct mm *mm, uint64_t rip, const uint8_t *before, size_t length);

/* Rewrites `mov %reg, %eax`, 2 bytes, and the SYSCALL that ends at rip, and does not come back. */
bool trampoline_for_exit(struct mm *mm, uint64_t rip, const uint8_t *mov);

/*
 * Rewrites the SYSCALL that ends at rip and the instruction `next` after it,
 * length 1 to 8. Returns the address that `next` moved to; 0: nothing was done.
 */
uint64_t trampoline_for_next(struct mm *mm, uint64_t rip, const uint8_t *next, size_t length);

/*
 * Rewrites instructions before the CPUID that ends at rip, `length` bytes, at
 * least TRAMPOLINE_JMP, which may run elsewhere. False: nothing was done.
 */
bool trampoline_for_cpuid(struct mm *mm, uint64_t rip, const uint8_t *before, size_t length);
/*
 * The same for the CPUID itself and `next` behind it, 3 to 8 bytes;
 * displacement_at: of an address in it, or 0. As trampoline_for_next().
 */
uint64_t trampoline_for_cpuid_next(struct mm *mm, uint64_t rip, const uint8_t *next, size_t length,
				   size_t displacement_at);

/*
 * Whether any jump or call of the text around it may go to address; true also
 * when that cannot be told.
 */
bool site_is_jumped_to(struct mm *mm, uint64_t address);

#endif
