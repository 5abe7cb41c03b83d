/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program's x87, SSE and AVX state, which the runtime never touches, to
 * and from a signal frame in program memory, in the format of the Linux ABI
 * (asm/sigcontext.h: struct _xstate).
 */
#ifndef GUEST_PROC_SIGNAL_FPU_H
#define GUEST_PROC_SIGNAL_FPU_H

#include "guest-runtime/mm/uaccess.h"

#include <stdbool.h>
#include <stdint.h>

/* Bytes in a signal frame; its address must be a multiple of 64. */
uint64_t fpu_frame_size(void);
/* The frame holds more than FXSAVE's 512 bytes: UC_FP_XSTATE. */
bool fpu_has_xstate(void);

int fpu_save(uva_t to);	     /* 0 or -EFAULT */
int fpu_restore(uva_t from); /* 0 or -EFAULT: unreadable, or no CPU would load it */
/* To and from a page of the runtime's, zeroed before the first time: at thread switches. */
void fpu_keep(void *area);
void fpu_load(const void *area);
void fpu_reset(void); /* as a program starts */

/* The si_code of a SIGFPE by exception vector 16 or 19. */
int fpu_exception_code(uint64_t vector);

#endif
