/* SPDX-License-Identifier: Apache-2.0 */
/* Who may change whose priority: without CAP_SYS_NICE, which nobody has. */
#ifndef GUEST_SYS_PRIORITY_H
#define GUEST_SYS_PRIORITY_H

#include <stdbool.h>

struct thread;

/* current and the thread are of one user. */
bool priority_may_set(const struct thread *thread);
/* RLIMIT_NICE lets the thread have so low a nice value. */
bool priority_may_be(const struct thread *thread, int nice);

#endif
