/* SPDX-License-Identifier: Apache-2.0 */
/* The monitor's resource limits as a list: jail_limits() sets them, --print-policy shows them. */
#ifndef HV_JAIL_LIMITS_H
#define HV_JAIL_LIMITS_H

#include <stddef.h>
#include <stdint.h>

struct policy;
struct jail_fds;

struct jail_limit {
	int resource;	  /* RLIMIT_* */
	const char *name; /* in words */
	uint64_t value;	  /* soft and hard; the caller's hard limit counts where it is lower */
};

#define JAIL_LIMITS_MAX 16

/*
 * The limits of a run's monitor; returns how many. fds: NULL when there is no
 * monitor yet. Two values can then be higher in the run itself: open files, when the
 * caller leaves so many descriptors open that the monitor's have high
 * numbers, and stack, by the arguments.
 */
size_t limits_list(const struct policy *p, const struct jail_fds *fds,
		   struct jail_limit out[JAIL_LIMITS_MAX]);

#endif
