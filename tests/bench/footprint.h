/* SPDX-License-Identifier: Apache-2.0 */
/* What of a monitor's private memory is the guest's, and what its own. */
#ifndef BENCH_FOOTPRINT_H
#define BENCH_FOOTPRINT_H

#include <stdint.h>
#include <sys/types.h>

/* Bytes that no other process shares. */
struct footprint {
	uint64_t own; /* code, data, heap, stacks, the vCPU's pages */
	uint64_t ram; /* guest RAM and the runtime in it: mappings with advice about huge pages */
	uint64_t window; /* files mapped into the guest: all files but the executable */
};

/* All of a process as its own: the launcher. 0, or -1 and why. */
int footprint_all(pid_t pid, struct footprint *f, char why[200]);

/* Of a monitor. Fails when a kind of guest memory that must be there is not found. */
int footprint_monitor(pid_t pid, struct footprint *f, char why[200]);

#endif
