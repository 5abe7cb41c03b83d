/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of a signal handler on the program's stack: Linux's struct rt_sigframe. */
#ifndef GUEST_PROC_SIGNAL_FRAME_H
#define GUEST_PROC_SIGNAL_FRAME_H

#include "guest-runtime/proc/signal.h"

struct thread;

/*
 * Saves the program's state, mask included, on its stack and points the frame
 * at the handler. False when the stack or the action is unusable; then nothing
 * but stack memory was changed.
 */
bool signal_frame_push(struct thread *thread, const struct signal_info *info,
		       const struct signal_action *action, sigmask_t mask);

/* rt_sigreturn: undoes it. 0, or -EFAULT for a frame that cannot be one. */
int signal_frame_pop(struct thread *thread);

/* sigaltstack(2)'s rules for the program's stack pointer; new may be NULL. */
struct signal_stack {
	uint64_t base;
	uint32_t flags, pad;
	uint64_t size;
};

void signal_stack_get(const struct thread *thread, struct signal_stack *old);
int signal_stack_set(struct thread *thread, const struct signal_stack *new);

#endif
