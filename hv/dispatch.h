/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hypercall dispatch: copies a request out of guest memory once (I3), checks
 * it against its row of HYPERCALLS, calls the row's service and writes the
 * reply. A service sees only the private copy: it first checks every field,
 * then acts.
 */
#ifndef HV_DISPATCH_H
#define HV_DISPATCH_H

#include "abi/hypercalls.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct vm;

struct hc_void {
};

/* One call: decoded arguments and tail, and the reply. */
struct hc_call {
	struct vm *vm;
	uint32_t number;
	uint32_t count;	  /* items in the tail */
	uint64_t outside; /* what the guest has not taken of it: do not wait */
	union {
#define HC_ARGS(NAME, number, args, ...) struct hc_##args NAME;
		HYPERCALLS(HC_ARGS)
#undef HC_ARGS
	} args;
	struct iovec iov[HC_SEGMENTS_MAX]; /* tail SEGMENTS: checked host addresses */
	uint32_t handles[HC_CLOSE_MAX];	   /* tail HANDLES: not yet looked up */
	const uint8_t *names; /* tail NAMES: count times a length byte and a checked name */
	union {
		struct hc_attr attr;
		struct hc_clock_out clock;
		struct hc_wait_out wait;
		struct hc_fs_walk_out walk;
		struct hc_fs_statfs_out statfs;
		uint8_t tty[HC_TTY_OUT];
	} out;		 /* zeroed before the service (I13) */
	size_t out_size; /* bytes of out that the guest gets; set by the service */
};

/* One service for each row; returns the call's result: >= 0 or -errno. */
#define HC_SERVICE(NAME, ...) int64_t hc_serve_##NAME(struct hc_call *call);
HYPERCALLS(HC_SERVICE)
#undef HC_SERVICE

/* Leaves `most` bytes of the segments; returns how many were left out. */
uint64_t hc_shorten(struct hc_call *call, uint64_t most);

/* Serves the request in the vCPU's hypercall page. */
void hc_dispatch(struct vm *vm);

#endif
