// SPDX-License-Identifier: Apache-2.0
/* System calls about the system and the program as a whole. */
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/system.h"

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/membarrier.h>
#include <linux/mman.h>
#include <linux/personality.h>
#include <linux/prctl.h>
#include <linux/resource.h>
#include <linux/seccomp.h>
#include <linux/sysinfo.h>
#include <linux/utsname.h>

#include <asm/mman.h>

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
	struct process *process = current()->process;
	char name[NAME_SIZE];
	long length = string_from_user(name, from, sizeof(name));

	if (length == -EFAULT)
		return -EFAULT;
	/* A longer name is cut. */
	if (length < 0 && copy_from_user(name, from, sizeof(name)))
		return -EFAULT;
	name[length < 0 ? NAME_SIZE - 1 : length] = '\0';
	memset(process->name, 0, sizeof(process->name));
	memcpy(process->name, name, strlen(name));
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
		return copy_to_user(a[1], process->name, NAME_SIZE);
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

/* The whole pages around a range; false when they do not exist. */
static bool whole_pages(uint64_t address, uint64_t length, uint64_t *start, uint64_t *size)
{
	*start = ALIGN_DOWN(address, PAGE_SIZE);
	*size = ALIGN_UP(length + (address - *start), PAGE_SIZE);
	return *size >= length && *start + *size >= *start;
}

static long check_mapped(uint64_t start, uint64_t size)
{
	for (uint64_t at = start; at < start + size;) {
		const struct vma *vma = mm_find(current()->process->mm, at);

		if (!vma)
			return -ENOMEM;
		at = vma->end;
	}
	return 0;
}

/* Memory of a VM without swap is always locked; what is left is to say who may ask for it. */
static long lock(uint64_t address, uint64_t length)
{
	uint64_t most = current()->process->limits[RLIMIT_MEMLOCK].soft, start, size;

	if (!whole_pages(address, length, &start, &size))
		return -EINVAL;
	if (!credentials_capable(CAP_IPC_LOCK) && size > most)
		return most ? -ENOMEM : -EPERM;
	return check_mapped(start, size);
}

long sys_mlock(const uint64_t *a)
{
	return lock(a[0], a[1]);
}

long sys_mlock2(const uint64_t *a)
{
	return a[2] & ~(uint64_t)MLOCK_ONFAULT ? -EINVAL : lock(a[0], a[1]);
}

long sys_munlock(const uint64_t *a)
{
	uint64_t start, size;

	return whole_pages(a[0], a[1], &start, &size) ? check_mapped(start, size) : -EINVAL;
}

static uint64_t mapped_bytes(const struct mm *mm)
{
	uint64_t bytes = 0;

	list_for_each (node, &mm->vmas) {
		const struct vma *vma = container_of(node, struct vma, node);

		bytes += vma->end - vma->start;
	}
	return bytes;
}

long sys_mlockall(const uint64_t *a)
{
	const struct process *process = current()->process;
	const uint64_t known = MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT;

	if (!a[0] || (a[0] & ~known) || a[0] == MCL_ONFAULT)
		return -EINVAL;
	if (credentials_capable(CAP_IPC_LOCK))
		return 0;
	uint64_t most = process->limits[RLIMIT_MEMLOCK].soft;
	if (!most)
		return -EPERM;
	return (a[0] & MCL_CURRENT) && mapped_bytes(process->mm) > most ? -ENOMEM : 0;
}

long sys_munlockall(const uint64_t *a)
{
	(void)a;
	return 0;
}
