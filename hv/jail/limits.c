// SPDX-License-Identifier: Apache-2.0
/*
 * Sets the resource limits of the monitor, soft and hard (I9, I12): limits-list.c has them.
 *
 * Left as the caller set them: FSIZE and CPU when the policy does not say
 * more, as the task's stdout may be a file and natively the caller's own limit
 * rules there; RSS, which Linux does not enforce.
 */
#include "hv/jail/limits.h"
#include "common/err.h"
#include "common/syscall.h"
#include "hv/jail/jail.h"

#include <errno.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

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

int jail_start_worker(const struct jail_fds *fds, struct err *e)
{
	int r = start_kvm_worker(fds);

	if (r < 0) {
		err_set(e, ERR_SANDBOX, -r, "cannot enter the vCPU: %s", strerror(-r));
		if (r == -EAGAIN)
			err_hint(e, "KVM needs one more thread than ulimit -u allows");
	}
	return r;
}

int jail_limits(const struct policy *p, const struct jail_fds *fds, struct err *e)
{
	struct jail_limit limits[JAIL_LIMITS_MAX];

	for (size_t i = 0, count = limits_list(p, fds, limits); i < count; i++) {
		int r = lower(limits[i].resource, limits[i].value);

		if (r < 0)
			return err_set(e, ERR_SANDBOX, -r, "cannot limit %s of the monitor: %s",
				       limits[i].name, strerror(-r));
	}
	return 0;
}
