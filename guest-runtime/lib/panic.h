/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The panic for those who hold registers: an exception that the runtime itself
 * caused. lib.h has panic() and must() for everybody else.
 */
#ifndef GUEST_LIB_PANIC_H
#define GUEST_LIB_PANIC_H

#include <stdint.h>

struct frame;

/* A bug of the runtime, found by the CPU: ends the VM with 125, its name and the registers. */
_Noreturn void panic_frame(const struct frame *frame, uint64_t vector, uint64_t error,
			   uint64_t cr2);

#endif
