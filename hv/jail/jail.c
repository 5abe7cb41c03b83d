// SPDX-License-Identifier: Apache-2.0
/*
 * Closes the jail. The order is the point of this file:
 *
 *   1. parent-death signal   the monitor cannot outlive the launcher from here on; needs prctl
 *   2. not dumpable          no core file, no ptrace, no /proc/PID/mem for the caller's processes
 *   3. descriptors           needs the list of grants; before Landlock, which opens one of its own
 *   4. environment           after the policy has copied what the task gets
 *   5. capabilities, no_new_privs   Landlock and seccomp demand no_new_privs
 *   6. limits                after all memory is reserved, and after KVM's worker thread, which
 *                            they would forbid, has started, without a capability
 *   7. Landlock              needs its own three system calls, which seccomp forbids
 *   8. verification          what is in force is read back; the launcher's proof is waited for
 *   9. seccomp               last: it forbids everything above
 */
#include "hv/jail/jail.h"

#include "common/err.h"
#include "policy/policy.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int die_with_parent(int parent, struct err *e)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
		return err_set(e, ERR_SANDBOX, errno, "cannot tie the monitor to its launcher: %s",
			       strerror(errno));

	/* A parent that died before the prctl sends no signal; we are another's child now. */
	if (getppid() != parent)
		return err_set(e, ERR_SANDBOX, ESRCH,
			       "cannot tie the monitor to its launcher: it has ended");
	return 0;
}

static int refuse_dumps(struct err *e)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return err_set(e, ERR_SANDBOX, errno, "cannot forbid core dumps: %s",
			       strerror(errno));
	return 0;
}

int jail_restrict(struct jail_inmate *inmate, struct err *e)
{
	const struct policy *p = inmate->policy;
	int r;

	if ((r = jail_capabilities(e)) < 0)
		return r;
	if (inmate->enters && (r = jail_start_worker(inmate->fds, e)) < 0)
		return r;
	if ((r = jail_limits(p, inmate->fds, e)) < 0)
		return r;
	if ((r = jail_landlock(p, e)) < 0)
		return r;
	if ((r = inmate->look(inmate, e)) < 0)
		return r;
	return jail_seccomp(p, inmate->fds, inmate->deny, e); /* I1, I9 */
}

static int look(struct jail_inmate *inmate, struct err *e)
{
	int r = jail_verify_state(inmate, e); /* I1 */

	if (r == 0)
		jail_await_proof(inmate->proof); /* I1 */
	return r;
}

int jail_close(const struct policy *p, const struct jail_fds *fds, int parent,
	       struct hv_proof *proof, struct err *e)
{
	struct jail_inmate monitor = { .policy = p,
				       .fds = fds,
				       .deny = SECCOMP_RET_KILL_PROCESS,
				       .enters = 1,
				       .look = look,
				       .parent = parent,
				       .proof = proof };
	int r;

	if ((r = die_with_parent(parent, e)) < 0)
		return r;
	if ((r = refuse_dumps(e)) < 0)
		return r;
	if ((r = jail_descriptors(p, fds, e)) < 0)
		return r;
	jail_scrub_environment();
	return jail_restrict(&monitor, e);
}
