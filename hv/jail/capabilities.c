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
#include <linux/securebits.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>

/* The user id 0 alone gives no capability, and none of these bits can be changed again. */
#define NO_ROOT (SECURE_ALL_BITS & ~issecure_mask(SECURE_KEEP_CAPS))

static int may_drop_bounding(void)
{
	cap_t now = cap_get_proc();
	cap_flag_value_t held = CAP_CLEAR;

	if (!now)
		return -errno;
	cap_get_flag(now, CAP_SETPCAP, CAP_EFFECTIVE, &held);
	cap_free(now);
	return held == CAP_SET;
}

static int drop_bounding(void)
{
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++)
		if (cap_drop_bound(cap))
			return -errno;
	if (prctl(PR_SET_SECUREBITS, NO_ROOT | SECURE_ALL_LOCKS, 0, 0, 0))
		return -errno;
	return 0;
}

/* Ambient needs no call of its own: the kernel takes from it what leaves the permitted set. */
static int drop_held(void)
{
	cap_t none = cap_init();
	int r;

	if (!none)
		return -errno;
	r = cap_set_proc(none) ? -errno : 0;
	cap_free(none);
	return r;
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
