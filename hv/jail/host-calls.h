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

struct jail_fds;
struct policy;

/* What a condition compares with: a constant, or the number of one of our own descriptors. */
enum host_operand {
	HOST_CONST,
	HOST_FD_VM,
	HOST_FD_VCPU,
	HOST_FD_OUTCOME,
	HOST_FD_SELF,
	HOST_FD_SAVE,
	HOST_FD_TRACE,
	HOST_FD_NOTES,
};

/* The whole 64-bit argument is compared, without sign. */
enum host_compare {
	HOST_ANY, /* no condition */
	HOST_EQUAL,
	HOST_AT_MOST,
	HOST_ABOVE,	/* and below 2^32 */
	HOST_MINUS_ONE, /* value: UINT32_MAX, of which it has two */
};

struct host_condition {
	enum host_compare compare;
	unsigned int argument; /* 0 to 5 */
	enum host_operand operand;
	uint32_t value;	  /* HOST_CONST */
	const char *text; /* HOST_CONST: value, as the table has it */
};

#define HOST_CONDITIONS_MAX 3

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

/*
 * Those of one run: less what its streams, not being terminals or files, never
 * need. fds may be NULL here and below when there is no monitor yet: then all
 * that a run under the policy can have.
 */
uint32_t host_bits_of(const struct policy *p, const struct jail_fds *fds);

/* Whether a row belongs to the filter of a run with these HOST_* bits and descriptors. */
int host_call_granted(const struct host_call *call, uint32_t bits, const struct jail_fds *fds);

/* What a condition compares with in that run. */
uint32_t host_value(const struct host_condition *condition, const struct jail_fds *fds);

#endif
