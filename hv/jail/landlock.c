// SPDX-License-Identifier: Apache-2.0
/*
 * The Landlock domain: of all files, the monitor can read those below the
 * policy's grants and change those below its write grants, and nothing else;
 * it can reach no port, and signal or connect to nobody outside. Raw system
 * calls: the C library has none. A monitor whose files are all open by now
 * can read none.
 *
 * What an older kernel's Landlock cannot express (landlock-rights.c), seccomp covers alone:
 *   ABI 1  no REFER       always denied by the kernel: a rename or link to another directory is
 *                         EXDEV, also with a write grant
 *   ABI 2  no TRUNCATE    no truncate in the filter, openat never with O_TRUNC; ftruncate only with
 *                         a write grant, on what Landlock lets be opened for writing
 *   ABI 3  no TCP         no socket, bind or connect in the filter
 *   ABI 4  no IOCTL_DEV   ioctl only by request number and on our own descriptors
 *   ABI 5  no scopes      no kill family, no socket in the filter
 */
#include "hv/jail/landlock.h"
#include "common/err.h"
#include "hv/jail/jail.h"
#include "policy/policy.h"

#include <errno.h>
#include <linux/landlock.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int jail_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? -errno : (int)abi;
}

static int create_ruleset(const struct landlock_rights *handled)
{
	long fd = syscall(SYS_landlock_create_ruleset, handled, sizeof(*handled), 0);

	return fd < 0 ? -errno : (int)fd;
}

static int allow(int ruleset, const struct landlock_rights *handled, const struct policy *p,
		 const struct grant *grant)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = landlock_allowed(p, grant, handled),
		.parent_fd = grant->fd,
	};

	if (!rule.allowed_access)
		return 0;
	return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0)
		       ? -errno
		       : 0;
}

static void refused(const struct grant *grant, int error, struct err *e)
{
	char name[256];

	err_escape(name, sizeof(name), grant->host, strlen(grant->host));
	err_set(e, ERR_SANDBOX, error, "cannot allow %s in Landlock: %s", name, strerror(error));
}

static int missing(int error, struct err *e)
{
	err_set(e, ERR_SANDBOX, error,
		"Landlock is not enabled on this kernel; refusing to run without the second layer");
	if (error == ENOSYS)
		err_hint(e, "it needs Linux 5.13 or later, built with CONFIG_SECURITY_LANDLOCK; "
			    "there is no option to run without it");
	else
		err_hint(e, "boot with lsm=landlock,…; there is no option to run without it");
	return -error;
}

int jail_landlock(const struct policy *p, struct err *e)
{
	int abi = jail_landlock_abi();
	struct landlock_rights handled = landlock_handled(abi);
	int ruleset;
	int r = 0;

	if (abi < 1)
		return missing(abi < 0 ? -abi : EOPNOTSUPP, e);
	ruleset = create_ruleset(&handled);
	if (ruleset < 0)
		return err_set(e, ERR_SANDBOX, -ruleset, "cannot create a Landlock ruleset: %s",
			       strerror(-ruleset));

	for (size_t i = 0; i < p->grant_count && r == 0; i++) {
		r = allow(ruleset, &handled, p, &p->grants[i]);
		if (r < 0)
			refused(&p->grants[i], -r, e);
	}
	if (r == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0)) {
		r = err_set(e, ERR_SANDBOX, errno, "cannot enter the Landlock domain: %s",
			    strerror(errno));
		if (r == -E2BIG)
			err_hint(e, "sandbox-run runs inside too many nested Landlock sandboxes");
	}
	close(ruleset);
	return r;
}
