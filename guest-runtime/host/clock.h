/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's clocks, computed from RDTSC; the host is asked once a second of
 * use at the most, so that the two do not drift apart.
 */
#ifndef GUEST_HOST_CLOCK_H
#define GUEST_HOST_CLOCK_H

#include "abi/hypercalls.h"

#include <stdint.h>

#define NS_PER_S INT64_C(1000000000)

/* The page with struct clock_page (host/clock-page.h) that programs map, read-only. */
const void *clock_shared_page(void);

/* Remembers when the program began; CPU clocks count from here. No exit. */
void clock_start(void);

int64_t clock_monotonic_ns(void); /* never goes back */
int64_t clock_realtime_ns(void);
/* Realtime for what nobody compares with a clock, as the times of files: behind by the
 * start of the VM until somebody asks for the exact time. No exit before that. */
int64_t clock_coarse_ns(void);

/*
 * CPU time of the program: time since clock_start() less what clock_wait()
 * waited. Time in other hypercalls counts as the program's.
 */
int64_t clock_cpu_ns(void);

/* host_wait() whose time is not the program's CPU time. */
int64_t clock_wait(int64_t timeout_ns, uint32_t flags, const uint16_t events[HC_STREAMS],
		   uint16_t revents[HC_STREAMS]);

#endif
