/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks of the host in nanoseconds. */
#ifndef HV_CLOCK_H
#define HV_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_SECOND 1000000000ll

/* The clock's time now. */
int64_t clock_now(clockid_t id);

struct vm;

/* CLOCK_REALTIME as the guest has it: the host's, or one that a policy has set. */
int64_t clock_realtime(const struct vm *vm);

/* Seconds and nanoseconds as ns, at the type's end where they do not fit. */
int64_t clock_ns(const struct timespec *t);

#endif
