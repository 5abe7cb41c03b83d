// SPDX-License-Identifier: Apache-2.0
/*
 * Proves the jail before there is a guest (I1): a child, confined by the same
 * code under the same policy as the monitor, tries what is forbidden.
 *
 * It shares the launcher's memory and stops the calling thread while it lives:
 * that costs a tenth of a fork. Its filter answers with an error where the
 * monitor's kills: so one child can try everything, and a run leaves no record
 * of a killed process in the host's audit log. Nothing else differs, and the
 * monitor's own is checked in every other respect before it is loaded.
 */
#include "hv/jail/prove.h"

#include "abi/hypercalls.h"
#include "common/err.h"
#include "hv/hv.h"
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_BYTES (64ul << 10)

/* Where the filter's "kill" is "deny" here, it must be known to the kernel there. */
static int kill_is_known(struct err *e)
{
	const uint32_t action = SECCOMP_RET_KILL_PROCESS;

	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action))
		return jail_fails(e, "the seccomp filter", "this kernel cannot kill by one: %s",
				  strerror(errno));
	return 0;
}

static int look(struct jail_inmate *inmate, struct err *e)
{
	return prove_acts((struct trial *)inmate, e); /* its first member */
}

/* The child. The C library's state is the launcher's thread's, which waits. */
static int try_all(void *argument)
{
	struct trial *trial = argument;
	struct jail_fds fds = *trial->inmate.fds;

	if (trial->inmate.policy->permissions & PERM_OPENS)
		fds.self_fd = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	trial->inmate.fds = &fds;
	trial->result = jail_restrict(&trial->inmate, trial->e);
	if (trial->result == 0)
		trial->result = prove_calls(trial, trial->e);
	trial->done = 1;
	syscall(SYS_exit_group, 0); /* the filter has this one; it is not returned from */
	return 0;
}

static int run_child(struct trial *trial, int *status)
{
	static char stack[STACK_BYTES] __attribute__((aligned(16)));
	pid_t child;

	trial->now = 0;
	trial->done = 0;
	child = clone(try_all, stack + sizeof(stack), CLONE_VM | CLONE_VFORK, trial);
	if (child < 0)
		return -errno;
	while (waitpid(child, status, __WALL) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int hv_prove_jail(const struct policy *policy, int kvm_fd, struct err *e)
{
	/* Streams of every kind: their filter allows the most. */
	const struct jail_fds fds = {
		.vm = kvm_fd, .vcpu = kvm_fd, .outcome = kvm_fd, .terminals = 7, .seekable = 7
	};
	struct trial trial = { .launcher = getpid(), .abi = jail_landlock_abi(), .e = e };
	int status = 0, r = kill_is_known(e);

	while (r == 0) {
		trial.inmate = (struct jail_inmate){ .policy = policy,
						     .fds = &fds,
						     .deny = SECCOMP_RET_ERRNO | PROVE_DENIED,
						     .look = look };
		r = run_child(&trial, &status);
		if (r < 0)
			return err_set(e, ERR_SANDBOX, -r,
				       "cannot start the process that tries the jail: %s",
				       strerror(-r));
		if (trial.done)
			return trial.result;
		/*
		 * A filter around sandbox-run may kill for an act: then that
		 * one is stopped, too.
		 */
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS || trial.now <= trial.first)
			return err_set(e, ERR_SANDBOX, ECHILD,
				       "the process that tries the jail ended with status %#x",
				       (unsigned int)status);
		trial.first = trial.now;
	}
	return r;
}
