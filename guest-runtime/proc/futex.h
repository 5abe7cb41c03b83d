/* SPDX-License-Identifier: Apache-2.0 */
/* What futexes do when a thread ends. */
#ifndef GUEST_PROC_FUTEX_H
#define GUEST_PROC_FUTEX_H

struct thread;

/* current ends, or gives up its memory by execve: robust list, clear_child_tid. */
void futex_end_thread(struct thread *thread);

#endif
