/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the jailed monitor may ask of the host kernel: one row per system call
 * and purpose, tied to the HOST_* bits of the hypercalls that need it. The
 * seccomp filter of a run is made from the rows whose bits the policy grants.
 */
#ifndef HV_JAIL_HOST_CALLS_H
#define HV_JAIL_HOST_CALLS_H

#include <stddef.h>
#include <stdint.h>

/* What a condition compares with: a constant, or the number of one of our own descriptors. */
enum host_operand {
	HOST_CONST,
	HOST_FD_VM,
	HOST_FD_VCPU,
	HOST_FD_OUTCOME,
	HOST_FD_SELF,
	HOST_FD_SAVE, /* 0, and so a stream, when there is none */
	HOST_FD_TRACE,
};

/* The whole 64-bit argument is compared, without sign. */
enum host_compare {
	HOST_ANY, /* no condition */
	HOST_EQUAL,
	HOST_AT_MOST,
	HOST_ABOVE, /* and below 2^32 */
};

struct host_condition {
	enum host_compare compare;
	unsigned int argument; /* 0 to 5 */
	enum host_operand operand;
	uint32_t value;	  /* HOST_CONST */
	const char *text; /* HOST_CONST: value, as the table has it */
};

#define HOST_CONDITIONS_MAX 2

struct host_call {
	uint32_t host; /* one bit of enum hc_host; HOST_NONE: every monitor */
	int number;    /* SYS_* */
	const char *reason;
	struct host_condition conditions[HOST_CONDITIONS_MAX];
};

extern const struct host_call host_calls[];
extern const size_t host_call_count;

/* HOST_* bits of all hypercalls that a policy with these PERM_* bits can make. */
uint32_t host_bits(uint32_t permissions);

/* Whether a row belongs to the filter of a run with these HOST_* bits. */
static inline int host_call_granted(const struct host_call *call, uint32_t bits)
{
	return call->host == 0 || (call->host & bits) != 0;
}

#endif
