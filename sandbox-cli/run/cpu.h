/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run may use of the CPU: a share over time, and a sum. The launcher
 * reads the monitor's CPU clock, which counts what the guest computes, too, and
 * stops and continues the monitor: nothing of it rests on the jailed side.
 */
#ifndef SANDBOX_CLI_CPU_H
#define SANDBOX_CLI_CPU_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct policy;

struct cpu {
	pid_t monitor;
	clockid_t clock;       /* the monitor's CPU time */
	unsigned int percent;  /* of one CPU; 100: no matter */
	uint64_t limit;	       /* ns of CPU time; 0: none, or it has been said */
	uint64_t used, looked; /* ns: CPU time when it was looked at, and when that was */
	int64_t credit;	       /* ns that it may compute at once; below 0 it has to wait */
	uint64_t next;	       /* CLOCK_MONOTONIC: when to look again; UINT64_MAX: never */
	int stopped;	       /* by us */
};

/* now: CLOCK_MONOTONIC in ns, here and below. */
void cpu_start(struct cpu *cpu, const struct policy *p, pid_t monitor, uint64_t now);

/* To be called when `next` has come. True once: when the CPU time has been used up. */
int cpu_look(struct cpu *cpu, uint64_t now);

#endif
