/* SPDX-License-Identifier: Apache-2.0 */
/* Times of the program to and from nanoseconds: struct timespec and struct timeval. */
#ifndef GUEST_SYS_TIMESPEC_H
#define GUEST_SYS_TIMESPEC_H

#include "guest-runtime/mm/uaccess.h"

#include <stdbool.h>
#include <stdint.h>

/* A span or a moment >= 0; 0, -EFAULT or -EINVAL. Too large is INT64_MAX. */
int timespec_get(uva_t from, int64_t *ns);
int timespec_put(uva_t to, int64_t ns);
int timeval_get(uva_t from, int64_t *ns);
int timeval_put(uva_t to, int64_t ns);

/* A span from now on as a deadline of clock_monotonic_ns(); INT64_MAX: never. */
int64_t deadline_after(int64_t ns);
/* The same, read from the program. */
int timespec_deadline(uva_t from, int64_t *deadline);
/* A moment of CLOCK_REALTIME or CLOCK_MONOTONIC, read from the program, as a deadline. */
int timespec_moment(uva_t from, bool realtime, int64_t *deadline);

#endif
