// SPDX-License-Identifier: Apache-2.0
/*
 * Which limits the monitor gets, and how high: from the policy and what the
 * monitor itself needs.
 */
#include "hv/jail/limits.h"

#include "abi/layout.h"
#include "hv/jail/jail.h"
#include "policy/policy.h"

#include <sys/auxv.h>
#include <sys/resource.h>

/*
 * Our own code, data, stack and heap, KVM's shared page, the C library's
 * mappings; more with sanitizers.
 */
#ifndef OWN_MEMORY
#define OWN_MEMORY (64ull << 20)
#endif

/* What the monitor's deepest call needs, with plenty to spare. */
#ifndef OWN_STACK
#define OWN_STACK (256ull << 10)
#endif
#define STACK_UNIT (64ull << 10) /* so that the limit does not hang on how deep this call is */

#define SECOND	  1000000000ull
#define CPU_GRACE 2 /* seconds */

/* Landlock's ruleset, and /proc/self/fd/N while it replaces handle N. */
#define OWN_DESCRIPTORS 4

/* Room for the numbers of all that is open in launcher and monitor besides grants and handles. */
#define OWN_NUMBERS 48

static int highest_descriptor(const struct policy *p, const struct jail_fds *fds)
{
	const int own[] = { fds->vm,	  fds->vcpu, fds->outcome, fds->self_fd, fds->outside,
			    fds->program, fds->save, fds->trace,   fds->notes };
	int highest = 2;

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (own[i] > highest)
			highest = own[i];
	for (size_t i = 0; i < p->grant_count; i++)
		if (p->grants[i].fd > highest)
			highest = p->grants[i].fd;
	return highest;
}

static uint64_t files_limit(const struct policy *p, const struct jail_fds *fds)
{
	uint64_t usual = (uint64_t)p->grant_count + p->handles_max + OWN_NUMBERS;
	uint64_t needed = 0;

	if (fds)
		needed =
			(uint64_t)highest_descriptor(p, fds) + 1 + p->handles_max + OWN_DESCRIPTORS;
	return needed > usual ? needed : usual;
}

/*
 * Stack in use now, with the arguments and environment on top of it, plus our
 * own need: a limit below what is used already would end the monitor at its
 * next deeper call, and a caller may pass megabytes of arguments.
 */
static uint64_t stack_limit(void)
{
	uintptr_t top = getauxval(AT_EXECFN);
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	uint64_t used = top > here ? top - here : 0;

	return (used + STACK_UNIT - 1) / STACK_UNIT * STACK_UNIT + OWN_STACK;
}

size_t limits_list(const struct policy *p, const struct jail_fds *fds,
		   struct jail_limit out[JAIL_LIMITS_MAX])
{
	size_t count = 0;
	/* Guest memory and windows are reserved by now; replacing pages in them stays possible. */
	uint64_t memory =
		p->memory + GUEST_IMAGE_MAX + GUEST_WINDOW_MAX + GUEST_SHARED_MAX + OWN_MEMORY;
	/* A launcher that does not end it in time leaves that to the kernel. */
	uint64_t cpu = p->cpu_time_ns ? (p->cpu_time_ns + p->kill_after_ns) / SECOND + CPU_GRACE
				      : RLIM_INFINITY;
	const struct jail_limit limits[] = {
		{ RLIMIT_CORE, "core", 0 },
		{ RLIMIT_NPROC, "processes", 0 },
		{ RLIMIT_MEMLOCK, "locked memory", 0 },
		{ RLIMIT_MSGQUEUE, "message queues", 0 },
		{ RLIMIT_SIGPENDING, "pending signals", 0 },
		{ RLIMIT_LOCKS, "file locks", 0 },
		{ RLIMIT_NICE, "priority", 0 },
		{ RLIMIT_RTPRIO, "real-time priority", 0 },
		{ RLIMIT_NOFILE, "open files", files_limit(p, fds) },
		{ RLIMIT_STACK, "stack", stack_limit() },
		{ RLIMIT_DATA, "data", memory },
		{ RLIMIT_AS, "address space", memory },
		{ RLIMIT_CPU, "CPU time", cpu },
		{ RLIMIT_FSIZE, "file size", p->file_size ? p->file_size : RLIM_INFINITY },
	};

	_Static_assert(sizeof(limits) <= JAIL_LIMITS_MAX * sizeof(limits[0]), "room for all");
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (limits[i].value != RLIM_INFINITY) /* else it stays the caller's */
			out[count++] = limits[i];
	return count;
}
