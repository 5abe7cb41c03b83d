// SPDX-License-Identifier: Apache-2.0
/* System calls about the system and the program as a whole. */
#include "guest-runtime/fs/proc.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/notes/notes.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"
#include "guest-runtime/sys/system.h"

#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/personality.h>
#include <linux/sysinfo.h>
#include <linux/utsname.h>

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
	return note_syscall(__NR_sethostname, -EPERM);
}

long sys_setdomainname(const uint64_t *a)
{
	(void)a;
	return note_syscall(__NR_setdomainname, -EPERM);
}

long sys_sysinfo(const uint64_t *a)
{
	const uint64_t scale = (1 << SI_LOAD_SHIFT) / PROC_LOAD_ONE, *load = proc_load();
	const struct sysinfo info = {
		.uptime = clock_monotonic_ns() / NS_PER_S,
		.loads = { load[0] * scale, load[1] * scale, load[2] * scale },
		.totalram = page_total(),
		.freeram = page_free(),
		.procs = (uint16_t)MIN(thread_total(), 0xffffu),
		.mem_unit = (uint32_t)PAGE_SIZE,
	};

	return copy_to_user(a[0], &info, sizeof(info));
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
