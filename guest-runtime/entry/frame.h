/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program's registers while the runtime works for it: at the top of the
 * thread's kernel stack, in the order of Linux's struct pt_regs. Pushed and
 * popped by entry/entry.S, which knows the offsets.
 */
#ifndef GUEST_ENTRY_FRAME_H
#define GUEST_ENTRY_FRAME_H

#include <stddef.h>
#include <stdint.h>

struct frame {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
	uint64_t rax, rcx, rdx, rsi, rdi;
	uint64_t orig_rax; /* system call number; -1: entered by an event */
	uint64_t rip, cs, rflags, rsp, ss;
};

_Static_assert(offsetof(struct frame, orig_rax) == 120, "entry.S");
_Static_assert(offsetof(struct frame, ss) == 160, "entry.S");

enum { RFLAGS_TF = 1 << 8, RFLAGS_AC = 1 << 18 };

/* What a system call's return path must restore. */
enum frame_return {
	FRAME_RETURN_FAST, /* RCX and R11 are the ABI's to lose: a jump */
	FRAME_RETURN_FULL, /* every register as the frame has it: IRETQ */
};

/* Leaves the runtime through the current thread's frame; does not come back. */
_Noreturn void frame_return_full(struct frame *frame);

/* Called by entry.S on the thread's kernel stack. */
enum frame_return syscall_dispatch(struct frame *frame);
enum frame_return
syscall_dispatch_trapped(struct frame *frame); /* by SYSCALL, not by a rewritten site */
void event_dispatch(struct frame *frame, uint64_t vector, uint64_t error, uint64_t cr2);

#endif
