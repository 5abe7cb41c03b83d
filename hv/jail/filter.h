/* SPDX-License-Identifier: Apache-2.0 */
/* The monitor's seccomp filter as a BPF program, made from the table of host-calls.h. */
#ifndef HV_JAIL_FILTER_H
#define HV_JAIL_FILTER_H

#include <linux/filter.h>
#include <stdint.h>

struct jail_fds;

#define FILTER_MAX 1024

struct filter {
	struct sock_filter code[FILTER_MAX];
	unsigned int length;
	uint32_t deny;
};

/*
 * Compiles the rows that a run with these HOST_* bits is granted; all else is
 * answered with `deny`, a SECCOMP_RET_*. Cannot fail on any policy.
 */
void filter_build(struct filter *f, uint32_t bits, const struct jail_fds *fds, uint32_t deny);

#endif
