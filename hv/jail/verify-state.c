// SPDX-License-Identifier: Apache-2.0
/*
 * What is in force, read back or tried by the monitor itself (I1, I9): whatever
 * put a layer up, this asks the kernel.
 */
#include "common/err.h"
#include "hv/jail/jail.h"
#include "hv/jail/limits.h"
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DESCRIPTORS_TRIED 1024

int jail_fails(struct err *e, const char *layer, const char *format, ...)
{
	char why[256];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	err_set(e, ERR_SANDBOX, EPERM, "the jail does not hold: %s: %s; refusing to run", layer,
		why);
	err_hint(e, "sandbox-run --doctor shows what this host has; please report it");
	return -EPERM;
}

static int verify_process(int parent, struct err *e)
{
	int end = 0;

	if (prctl(PR_GET_PDEATHSIG, &end, 0, 0, 0) || end != SIGKILL || getppid() != parent)
		return jail_fails(e, "the tie to the launcher",
				  "the monitor would outlive the launcher");
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0))
		return jail_fails(e, "dumps", "the monitor can be dumped and traced");
	return 0;
}

static int verify_capabilities(struct err *e)
{
	struct __user_cap_header_struct self = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct now[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &self, now))
		return jail_fails(e, "capabilities", "%s", strerror(errno));
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		if (now[i].effective | now[i].permitted | now[i].inheritable)
			return jail_fails(e, "capabilities", "the monitor still has some");
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return jail_fails(e, "no_new_privs", "it is not set");
	return 0;
}

static int verify_limits(const struct policy *p, const struct jail_fds *fds, struct err *e)
{
	struct jail_limit limits[JAIL_LIMITS_MAX];

	for (size_t i = 0, count = limits_list(p, fds, limits); i < count; i++) {
		struct rlimit now;

		/* The soft limit is never above the hard one. */
		if (getrlimit(limits[i].resource, &now) || now.rlim_max > limits[i].value)
			return jail_fails(e, "limits", "%s: not in force", limits[i].name);
	}
	return 0;
}

/* Linux since 6.2 tells by the directory's size how many are open. */
static size_t count_descriptors(void)
{
	struct stat st;
	size_t count = 0;

	if (stat("/proc/self/fd", &st) == 0 && st.st_size > 0)
		return (size_t)st.st_size;
	for (int fd = 0; fd < DESCRIPTORS_TRIED; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static int verify_descriptors(const struct policy *p, const struct jail_fds *fds, struct err *e)
{
	size_t open = count_descriptors(), kept = jail_descriptors_kept(p, fds);

	if (open > kept)
		return jail_fails(e, "descriptors", "%zu are open, not %zu", open, kept);
	return 0;
}

/* Of Landlock only what it refuses can be seen: what everybody may do, and this process not. */
static int verify_landlock(const struct policy *p, struct err *e)
{
	int fd = -1;

	if (!jail_covers(p, "/", 0))
		fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		close(fd);
		return jail_fails(e, "Landlock", "the monitor could list /");
	}
	return 0;
}

int jail_verify_state(struct jail_inmate *inmate, struct err *e)
{
	int r;

	if ((r = verify_process(inmate->parent, e)) < 0)
		return r;
	if ((r = verify_capabilities(e)) < 0)
		return r;
	if ((r = verify_limits(inmate->policy, inmate->fds, e)) < 0)
		return r;
	if ((r = verify_descriptors(inmate->policy, inmate->fds, e)) < 0)
		return r;
	return verify_landlock(inmate->policy, e);
}
