// SPDX-License-Identifier: Apache-2.0
/*
 * Takes every capability from the monitor and the means to get one back (I9).
 *
 * The bounding set can be emptied only by who holds CAP_SETPCAP: root. An
 * ordinary user's stays as it is, which gives nothing: with no_new_privs no
 * execve can add a capability, and the filter has no execve.
 */
#include "common/err.h"
#include "hv/jail/jail.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The user id 0 alone gives no capability, and none of these bits can be changed again. */
#define NO_ROOT (SECURE_ALL_BITS & ~issecure_mask(SECURE_KEEP_CAPS))

typedef struct __user_cap_data_struct cap_sets[_LINUX_CAPABILITY_U32S_3];

static int may_drop_bounding(void)
{
	struct __user_cap_header_struct self = { .version = _LINUX_CAPABILITY_VERSION_3 };
	cap_sets now;

	if (syscall(SYS_capget, &self, now))
		return -errno;
	return !!(now[CAP_TO_INDEX(CAP_SETPCAP)].effective & CAP_TO_MASK(CAP_SETPCAP));
}

static int drop_bounding(void)
{
	unsigned long cap = 0;

	/* The kernel says where its list ends: with EINVAL. */
	while (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
		cap++;
	if (errno != EINVAL || cap == 0)
		return -errno;
	if (prctl(PR_SET_SECUREBITS, NO_ROOT | SECURE_ALL_LOCKS, 0, 0, 0))
		return -errno;
	return 0;
}

/* Ambient needs no call of its own: the kernel takes from it what leaves the permitted set. */
static int drop_held(void)
{
	struct __user_cap_header_struct self = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const cap_sets none = { { 0 } };

	return syscall(SYS_capset, &self, none) ? -errno : 0;
}

int jail_capabilities(struct err *e)
{
	int r = may_drop_bounding();

	if (r > 0)
		r = drop_bounding();
	if (r == 0)
		r = drop_held();
	if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		r = -errno;
	if (r < 0)
		return err_set(e, ERR_SANDBOX, -r, "cannot drop the monitor's capabilities: %s",
			       strerror(-r));
	return 0;
}
