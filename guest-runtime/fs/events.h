/* SPDX-License-Identifier: Apache-2.0 */
/* Files that stand for something that happens. NULL from a create function: no memory. */
#ifndef GUEST_FS_EVENTS_H
#define GUEST_FS_EVENTS_H

#include "guest-runtime/fs/vfs.h"

/* Of eventfd2(2), as the program passes it. */
#define EVENTFD_SEMAPHORE 1

/* eventfd.c; flags: EVENTFD_SEMAPHORE, O_NONBLOCK. */
struct file *eventfd_create(uint32_t count, uint32_t flags);

/* timerfd.c; clock: one that can be waited for; flags: O_NONBLOCK. */
struct file *timerfd_create(int clock, uint32_t flags);
struct timerfd *timerfd_of(struct file *file); /* NULL: it is none */
/* value: a span, or `absolute` a moment of its clock; 0: off. ns. */
void timerfd_set(struct timerfd *timer, int64_t value, int64_t interval, bool absolute);
/* What is left (0: off) and the interval, in ns. */
void timerfd_get(struct timerfd *timer, int64_t *left, int64_t *interval);

/* signalfd.c; mask: signals that reading takes. */
struct file *signalfd_create(uint64_t mask, uint32_t flags);
/* -EINVAL: it is none. */
int signalfd_set(struct file *file, uint64_t mask);

#endif
