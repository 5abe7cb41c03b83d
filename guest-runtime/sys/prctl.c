// SPDX-License-Identifier: Apache-2.0
/* prctl(2): what processes and threads say of themselves. */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/sys.h"

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>

#define NAME_SIZE   16	  /* of a task, with its NUL */
#define TIMER_SLACK 50000 /* nanoseconds, of a thread that said nothing */

static long set_name(uva_t from)
{
	char name[NAME_SIZE];
	long length = string_from_user(name, from, sizeof(name));

	if (length == -EFAULT)
		return -EFAULT;
	/* A longer name is cut. */
	if (length < 0 && copy_from_user(name, from, sizeof(name)))
		return -EFAULT;
	name[length < 0 ? NAME_SIZE - 1 : length] = '\0';
	memset(current()->name, 0, sizeof(current()->name));
	memcpy(current()->name, name, strlen(name));
	return 0;
}

static long put_int(uva_t to, int value)
{
	return copy_to_user(to, &value, sizeof(value));
}

static long set_death_signal(uint64_t signo)
{
	if (signo > SIGNALS)
		return -EINVAL;
	/* The first process's parent is outside; when that ends, the whole VM does. */
	current()->process->death_signal = (int)signo;
	return 0;
}

/*
 * Bits of capabilities(7) that may be set, with their locks; what they change
 * holds anyway or is told to exec.
 */
static long set_securebits(uint64_t bits)
{
	struct process *process = current()->process;
	uint32_t locked = process->securebits & SECURE_ALL_LOCKS;

	if (bits & ~(uint64_t)(SECURE_ALL_BITS | SECURE_ALL_LOCKS))
		return -EPERM;
	if ((locked >> 1) & (process->securebits ^ (uint32_t)bits) || (locked & ~(uint32_t)bits) ||
	    !credentials_capable(CAP_SETPCAP))
		return -EPERM;
	process->securebits = (uint32_t)bits;
	return 0;
}

static long keep_capabilities(uint64_t value)
{
	struct process *process = current()->process;

	if (value > 1)
		return -EINVAL;
	if (process->securebits & SECBIT_KEEP_CAPS_LOCKED)
		return -EPERM;
	process->securebits &= ~(uint32_t)SECBIT_KEEP_CAPS;
	process->securebits |= value ? SECBIT_KEEP_CAPS : 0;
	return 0;
}

static long drop_bounding(uint64_t capability)
{
	if (!credentials_capable(CAP_SETPCAP))
		return -EPERM;
	if (capability > CAP_LAST_CAP)
		return -EINVAL;
	current()->process->caps.bounding &= ~((uint64_t)1 << capability);
	return 0;
}

static long change_ambient(const uint64_t *a)
{
	struct process *process = current()->process;
	struct capabilities *caps = &process->caps;
	uint64_t bit = a[2] <= CAP_LAST_CAP ? (uint64_t)1 << a[2] : 0;

	if (a[1] == PR_CAP_AMBIENT_CLEAR_ALL) {
		if (a[2] || a[3] || a[4])
			return -EINVAL;
		caps->ambient = 0;
		return 0;
	}
	if (!bit || a[3] || a[4])
		return -EINVAL;
	switch (a[1]) {
	case PR_CAP_AMBIENT_IS_SET:
		return !!(caps->ambient & bit);
	case PR_CAP_AMBIENT_RAISE:
		if (!(caps->permitted & caps->inheritable & bit) ||
		    (process->securebits & SECBIT_NO_CAP_AMBIENT_RAISE))
			return -EPERM;
		caps->ambient |= bit;
		return 0;
	case PR_CAP_AMBIENT_LOWER:
		caps->ambient &= ~bit;
		return 0;
	default:
		return -EINVAL;
	}
}

static long set_timer_slack(uint64_t ns)
{
	/* Sleeps here end as soon as they can: the value is kept for who asks. */
	current()->timer_slack_ns = ns ? ns : TIMER_SLACK;
	return 0;
}

static long set_no_new_privileges(const uint64_t *a)
{
	if (a[1] != 1 || a[2] || a[3] || a[4])
		return -EINVAL;
	current()->process->no_new_privs = true;
	return 0;
}

static long set_dumpable(uint64_t value)
{
	if (value > 1)
		return -EINVAL;
	current()->process->not_dumpable = !value;
	return 0;
}

long sys_prctl(const uint64_t *a)
{
	struct process *process = current()->process;

	switch ((int)a[0]) {
	case PR_SET_NAME:
		return set_name(a[1]);
	case PR_GET_NAME:
		return copy_to_user(a[1], current()->name, NAME_SIZE);
	case PR_SET_DUMPABLE:
		return set_dumpable(a[1]);
	case PR_GET_DUMPABLE:
		return !process->not_dumpable;
	case PR_SET_PDEATHSIG:
		return set_death_signal(a[1]);
	case PR_GET_PDEATHSIG:
		return put_int(a[1], process->death_signal);
	case PR_SET_NO_NEW_PRIVS:
		return set_no_new_privileges(a);
	case PR_GET_NO_NEW_PRIVS:
		return a[1] || a[2] || a[3] || a[4] ? -EINVAL : process->no_new_privs;
	case PR_CAPBSET_READ:
		if (a[1] > CAP_LAST_CAP)
			return -EINVAL;
		return process->caps.bounding >> a[1] & 1;
	case PR_CAPBSET_DROP:
		return drop_bounding(a[1]);
	case PR_CAP_AMBIENT:
		return change_ambient(a);
	case PR_GET_SECCOMP:
		return SECCOMP_MODE_DISABLED;
	case PR_SET_CHILD_SUBREAPER:
		process->subreaper = a[1] != 0;
		return 0;
	case PR_GET_CHILD_SUBREAPER:
		return put_int(a[1], process->subreaper);
	case PR_SET_KEEPCAPS:
		return keep_capabilities(a[1]);
	case PR_GET_KEEPCAPS:
		return !!(process->securebits & SECBIT_KEEP_CAPS);
	case PR_SET_SECUREBITS:
		return set_securebits(a[1]);
	case PR_GET_SECUREBITS:
		return process->securebits;
	case PR_SET_TIMERSLACK:
		return set_timer_slack(a[1]);
	case PR_GET_TIMERSLACK:
		return (long)(current()->timer_slack_ns ? current()->timer_slack_ns : TIMER_SLACK);
	case PR_SET_THP_DISABLE:
		if (a[2] || a[3] || a[4])
			return -EINVAL;
		process->no_huge_pages = a[1] != 0;
		return 0;
	case PR_GET_THP_DISABLE:
		return a[1] || a[2] || a[3] || a[4] ? -EINVAL : process->no_huge_pages;
	case PR_GET_TIMING:
		return PR_TIMING_STATISTICAL;
	case PR_SET_TIMING:
		return a[1] == PR_TIMING_STATISTICAL ? 0 : -EINVAL;
	case PR_GET_TSC:
		return put_int(a[1], PR_TSC_ENABLE);
	default:
		return -EINVAL;
	}
}
