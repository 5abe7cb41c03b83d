/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A control group for the monitor of a run whose share of the CPU is limited,
 * where this user may make one: below version 2's parent of our own group when
 * it has been delegated, or in version 1's hierarchies. Elsewhere cpu.c keeps
 * the share alone.
 */
#ifndef SANDBOX_CLI_CGROUP_H
#define SANDBOX_CLI_CGROUP_H

#include <limits.h>
#include <sys/types.h>

struct policy;

enum cgroup_controller { CGROUP_CPU, CGROUP_MEMORY, CGROUP_PIDS, CGROUP_CONTROLLERS };

struct cgroup {
	int version;				  /* 0: there is none */
	unsigned int limited;			  /* bit n: controller n is in force */
	char paths[CGROUP_CONTROLLERS][PATH_MAX]; /* version 2: the first; "": none */
};

/* Makes one and moves the monitor there; without success nothing is left of it. */
void cgroup_enter(struct cgroup *group, const struct policy *p, pid_t monitor);

/* Removes it, when the monitor is gone. */
void cgroup_leave(struct cgroup *group);

#endif
