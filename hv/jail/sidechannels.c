// SPDX-License-Identifier: Apache-2.0
/*
 * Core scheduling and the speculation controls of prctl(2). KVM gives the guest
 * the CPU's own controls back while it runs, so what is set here is for the
 * monitor and for what the host kernel does for it; core scheduling and the
 * flush of L1D are for the guest, too.
 */
#include "hv/jail/sidechannels.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Debian 12's headers have them, older ones do not. */
#ifndef PR_SCHED_CORE
#define PR_SCHED_CORE	     62
#define PR_SCHED_CORE_CREATE 1
#endif
#ifndef PR_SPEC_L1D_FLUSH
#define PR_SPEC_L1D_FLUSH 2
#endif
#define THREAD_GROUP 1 /* PR_SCHED_CORE_SCOPE_THREAD_GROUP */

const char *const sidechannel_names[SIDECHANNELS] = {
	[SIDECHANNEL_CORE] = "core scheduling",
	[SIDECHANNEL_BRANCH] = "indirect branches",
	[SIDECHANNEL_STORE] = "speculative store bypass",
	[SIDECHANNEL_L1D] = "L1D flush",
};

static enum sidechannel_state schedule_core(void)
{
	if (prctl(PR_SCHED_CORE, PR_SCHED_CORE_CREATE, 0, THREAD_GROUP, 0) == 0)
		return SIDECHANNEL_APPLIED;
	return errno == ENODEV ? SIDECHANNEL_NOT_NEEDED : SIDECHANNEL_NOT_OFFERED; /* no SMT */
}

static enum sidechannel_state control(unsigned long which, unsigned long how)
{
	int now;

	if (prctl(PR_SET_SPECULATION_CTRL, which, how, 0, 0) == 0)
		return SIDECHANNEL_APPLIED;
	now = prctl(PR_GET_SPECULATION_CTRL, which, 0, 0, 0);
	if (now == PR_SPEC_NOT_AFFECTED)
		return SIDECHANNEL_NOT_NEEDED;
	/* Where it is off for all of the host, it cannot be set either. */
	if (now > 0 && which != PR_SPEC_L1D_FLUSH &&
	    now & (int)(PR_SPEC_DISABLE | PR_SPEC_FORCE_DISABLE))
		return SIDECHANNEL_APPLIED;
	return SIDECHANNEL_NOT_OFFERED;
}

/* Linux ends a task that wants the flush and runs on a core with an active sibling. */
static int siblings_are_active(void)
{
	int fd = open("/sys/devices/system/cpu/smt/active", O_RDONLY | O_CLOEXEC);
	char active = '1';

	if (fd < 0)
		return 1;
	if (read(fd, &active, 1) != 1)
		active = '1';
	close(fd);
	return active != '0';
}

/* Asked first: the file is read only where the flush can be had, which few hosts are booted for. */
static enum sidechannel_state flush_l1d(void)
{
	int now = prctl(PR_GET_SPECULATION_CTRL, PR_SPEC_L1D_FLUSH, 0, 0, 0);

	if (now < 0 || !(now & (int)PR_SPEC_PRCTL))
		return SIDECHANNEL_NOT_OFFERED;
	if (siblings_are_active())
		return SIDECHANNEL_NOT_OFFERED;
	return control(PR_SPEC_L1D_FLUSH, PR_SPEC_ENABLE);
}

uint32_t jail_sidechannels(void)
{
	return (uint32_t)schedule_core() << (2 * SIDECHANNEL_CORE) |
	       (uint32_t)control(PR_SPEC_INDIRECT_BRANCH, PR_SPEC_FORCE_DISABLE)
		       << (2 * SIDECHANNEL_BRANCH) |
	       (uint32_t)control(PR_SPEC_STORE_BYPASS, PR_SPEC_FORCE_DISABLE)
		       << (2 * SIDECHANNEL_STORE) |
	       (uint32_t)flush_l1d() << (2 * SIDECHANNEL_L1D);
}

void sidechannels_describe(char *out, size_t size, uint32_t states)
{
	static const char *const words[] = { [SIDECHANNEL_NOT_OFFERED] = "not offered",
					     [SIDECHANNEL_APPLIED] = "applied",
					     [SIDECHANNEL_NOT_NEEDED] = "not needed" };
	static const enum sidechannel_state order[] = { SIDECHANNEL_APPLIED, SIDECHANNEL_NOT_NEEDED,
							SIDECHANNEL_NOT_OFFERED };
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		int first = 1;

		for (int which = 0; which < SIDECHANNELS && used < size; which++) {
			int n;

			if (sidechannel_state(states, (enum sidechannel)which) != order[i])
				continue;
			n = first ? snprintf(out + used, size - used, "%s%s: %s", used ? "; " : "",
					     words[order[i]], sidechannel_names[which])
				  : snprintf(out + used, size - used, ", %s",
					     sidechannel_names[which]);
			used += n > 0 ? (size_t)n : 0;
			first = 0;
		}
	}
}
