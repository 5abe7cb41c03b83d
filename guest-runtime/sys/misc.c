// SPDX-License-Identifier: Apache-2.0
/* System calls about the system and the program as a whole. */
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/system.h"

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/membarrier.h>
#include <linux/personality.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <linux/sysinfo.h>
#include <linux/utsname.h>

#define NAME_SIZE 16 /* of a task, with its NUL */

long sys_uname(const uint64_t *a)
{
	static const struct new_utsname name = {
		.sysname = "Linux",
		.nodename = SYSTEM_NODE,
		.release = SYSTEM_RELEASE,
		.version = SYSTEM_VERSION,
		.machine = "x86_64",
		.domainname = "(none)",
	};

	return copy_to_user(a[0], &name, sizeof(name));
}

/* The names are those of every sandbox. */
long sys_sethostname(const uint64_t *a)
{
	(void)a;
	return -EPERM;
}

long sys_setdomainname(const uint64_t *a)
{
	(void)a;
	return -EPERM;
}

long sys_sysinfo(const uint64_t *a)
{
	const struct sysinfo info = {
		.uptime = clock_monotonic_ns() / NS_PER_S,
		.totalram = page_total(),
		.freeram = page_free(),
		.procs = 1,
		.mem_unit = (uint32_t)PAGE_SIZE,
	};

	return copy_to_user(a[0], &info, sizeof(info));
}

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
	/* The parent is outside; when it ends, the whole VM does. */
	current()->process->death_signal = (int)signo;
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
		return credentials_bounding() >> a[1] & 1;
	case PR_GET_SECCOMP:
		return SECCOMP_MODE_DISABLED;
	default:
		return -EINVAL;
	}
}

long sys_personality(const uint64_t *a)
{
	struct process *process = current()->process;
	uint32_t old = process->persona, new = (uint32_t)a[0];

	if (new == UINT32_MAX)
		return old;
	/* Only Linux itself; the flags matter to exec. */
	if (new &PER_MASK)
		return -EINVAL;
	process->persona = new;
	return old;
}

/* With one thread every barrier is the program's own order. */
long sys_membarrier(const uint64_t *a)
{
	if (a[1])
		return -EINVAL;
	switch ((int)a[0]) {
	case MEMBARRIER_CMD_QUERY:
		return MEMBARRIER_CMD_GLOBAL;
	case MEMBARRIER_CMD_GLOBAL:
		return 0;
	default:
		return -EINVAL;
	}
}
