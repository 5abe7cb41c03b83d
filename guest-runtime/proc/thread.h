/* SPDX-License-Identifier: Apache-2.0 */
/* A thread's kernel stack and registers: for the files of proc/ alone. */
#ifndef GUEST_PROC_THREAD_H
#define GUEST_PROC_THREAD_H

#include <stdint.h>

struct thread;

/*
 * A thread that belongs to no process yet, with a copy of current's registers.
 * NULL: out of memory.
 */
struct thread *thread_create(void);
/* Not the one that runs. */
void thread_free(struct thread *thread);

/* switch.S */
void thread_switch(uint64_t *keep_rsp, uint64_t next_rsp);
/* Hidden: its address is wanted, not an entry of a global offset table. */
__attribute__((visibility("hidden"))) void thread_entry(void);
/* Called by it on the new thread's stack. */
_Noreturn void thread_begin(void);

/* To the program, with all registers of the frame, after what is due on the way. */
_Noreturn void thread_enter_program(void);

#endif
