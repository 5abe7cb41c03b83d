// SPDX-License-Identifier: Apache-2.0
/* Process groups: who is in one, and what happens to those that are left alone. */
#include "guest-runtime/proc/group.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/proc/process.h"

#include <asm/siginfo.h>
#include <asm/signal.h>

struct process *group_find(int pgid)
{
	for_each_process(process) if (process->pgid == pgid) return process;
	return NULL;
}

/*
 * A parent that could make the child's group go on. Init, which is nobody,
 * cannot; the first process's is outside of the VM, and stops with it.
 */
static bool cares(const struct process *parent, const struct process *child)
{
	if (child == process_first)
		return true;
	return parent && parent->pgid != child->pgid && parent->sid == child->sid;
}

bool group_is_orphaned(int pgid)
{
	for_each_process(process)
	{
		if (process->pgid == pgid && process->state != PROCESS_ZOMBIE &&
		    cares(process->parent, process))
			return false;
	}
	return true;
}

static bool has_stopped(int pgid)
{
	for_each_process(process) if (process->pgid == pgid &&
				      process->state == PROCESS_STOPPED) return true;
	return false;
}

static void go_on(int pgid)
{
	const struct signal_info hang_up = { .signo = SIGHUP, .code = SI_KERNEL };
	const struct signal_info go_on = { .signo = SIGCONT, .code = SI_KERNEL };

	signal_send_group(pgid, &hang_up);
	signal_send_group(pgid, &go_on);
}

void group_leave(const struct process *process)
{
	if (cares(process->parent, process) && group_is_orphaned(process->pgid) &&
	    has_stopped(process->pgid))
		go_on(process->pgid);
}

void group_lose_parent(const struct process *child, const struct process *old_parent)
{
	if (cares(old_parent, child) && group_is_orphaned(child->pgid) && has_stopped(child->pgid))
		go_on(child->pgid);
}
