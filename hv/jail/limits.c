// SPDX-License-Identifier: Apache-2.0
/*
 * Resource limits of the monitor, soft and hard (I9, I12).
 *
 * Left as the caller set them: FSIZE, because the task's stdout may be a file
 * and natively the caller's own limit rules there; CPU, for the same reason;
 * RSS, which Linux does not enforce.
 */
#include "abi/layout.h"
#include "common/err.h"
#include "common/syscall.h"
#include "hv/jail/jail.h"
#include "policy/policy.h"

#include <errno.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* Our own code, data, stack and heap, KVM's shared page, the C library's mappings. */
#define OWN_MEMORY (64ull << 20)

/* What the monitor's deepest call needs, with plenty to spare. */
#define OWN_STACK (256ull << 10)

/* Landlock's ruleset, and /proc/self/fd/N while it replaces handle N. */
#define OWN_DESCRIPTORS 4

static int highest_descriptor(const struct policy *p, const struct jail_fds *fds)
{
	const int own[] = { fds->vm,	  fds->vcpu,	fds->outcome, fds->self_fd,
			    fds->outside, fds->program, fds->save,    fds->trace };
	int highest = 2;

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (own[i] > highest)
			highest = own[i];
	for (size_t i = 0; i < p->grant_count; i++)
		if (p->grants[i].fd > highest)
			highest = p->grants[i].fd;
	return highest;
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

	return (top > here ? top - here : 0) + OWN_STACK;
}

/* Sets soft and hard limit to value, or to the caller's hard limit where that is lower. */
static int lower(int resource, uint64_t value)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit))
		return -errno;
	if (limit.rlim_max > value)
		limit.rlim_max = value;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(resource, &limit) ? -errno : 0;
}

/*
 * KVMs since Linux 6.13 start a kernel thread in this process at the first
 * KVM_RUN, and an ordinary user whose limit is 0 processes would get EAGAIN
 * from each: so the first one is here. With immediate_exit it returns before
 * any guest instruction (I1), with EINTR when all is well.
 */
static int start_kvm_worker(const struct jail_fds *fds)
{
	struct kvm_run *run;
	int r;

	if (host_ioctl(fds->vm, KVM_CHECK_EXTENSION, (void *)(uintptr_t)KVM_CAP_IMMEDIATE_EXIT) <=
	    0)
		return -ENOTSUP;
	run = mmap(NULL, sizeof(*run), PROT_READ | PROT_WRITE, MAP_SHARED, fds->vcpu, 0);
	if (run == MAP_FAILED)
		return -errno;
	run->immediate_exit = 1;
	r = host_ioctl(fds->vcpu, KVM_RUN, NULL) ? -errno : -EPROTO;
	run->immediate_exit = 0;
	munmap(run, sizeof(*run));
	return r == -EINTR ? 0 : r;
}

int jail_limits(const struct policy *p, const struct jail_fds *fds, struct err *e)
{
	/* Guest memory and windows are reserved by now; replacing pages in them stays possible. */
	uint64_t memory =
		p->memory + GUEST_IMAGE_MAX + GUEST_WINDOW_MAX + GUEST_SHARED_MAX + OWN_MEMORY;
	uint64_t files =
		(uint64_t)highest_descriptor(p, fds) + 1 + p->handles_max + OWN_DESCRIPTORS;
	const struct {
		int resource;
		const char *name;
		uint64_t value;
	} limits[] = {
		{ RLIMIT_CORE, "core", 0 },
		{ RLIMIT_NPROC, "processes", 0 },
		{ RLIMIT_MEMLOCK, "locked memory", 0 },
		{ RLIMIT_MSGQUEUE, "message queues", 0 },
		{ RLIMIT_SIGPENDING, "pending signals", 0 },
		{ RLIMIT_LOCKS, "file locks", 0 },
		{ RLIMIT_NICE, "priority", 0 },
		{ RLIMIT_RTPRIO, "real-time priority", 0 },
		{ RLIMIT_NOFILE, "open files", files },
		{ RLIMIT_STACK, "stack", stack_limit() },
		{ RLIMIT_DATA, "data", memory },
		{ RLIMIT_AS, "address space", memory },
	};
	int r = start_kvm_worker(fds);

	if (r < 0) {
		err_set(e, ERR_SANDBOX, -r, "cannot enter the vCPU: %s", strerror(-r));
		if (r == -EAGAIN)
			err_hint(e, "KVM needs one more thread than ulimit -u allows");
		return r;
	}
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		r = lower(limits[i].resource, limits[i].value);
		if (r < 0)
			return err_set(e, ERR_SANDBOX, -r, "cannot limit %s of the monitor: %s",
				       limits[i].name, strerror(-r));
	}
	return 0;
}
