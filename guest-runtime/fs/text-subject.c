// SPDX-License-Identifier: Apache-2.0
/* Processes and threads behind the numbers of /proc: which there are, whose files they are. */
#include "guest-runtime/fs/text.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"

#include <linux/capability.h>

static struct thread *thread_of(const struct text_whose *whose)
{
	struct thread *thread = thread_find(whose->id);

	return thread && thread->process == whose->process ? thread : NULL;
}

bool subject_find(const struct text_whose *whose, struct subject *out)
{
	struct thread *self = current();

	if (!whose->process) {
		*out = (struct subject){ .process = self->process,
					 .thread = self,
					 .id = self->tid };
		return true;
	}
	*out = (struct subject){ .process = whose->process,
				 .thread = thread_of(whose),
				 .id = whose->id,
				 .alone = whose->alone };
	/* The leader's number is its process's, which is there until it was waited for. */
	return out->thread ||
	       (whose->id == whose->process->pid && process_find(whose->id) == whose->process);
}

bool subject_exists(const struct text_whose *whose)
{
	struct subject subject;

	return subject_find(whose, &subject);
}

bool subject_named(int number, struct process *of, struct text_whose *out)
{
	const struct thread *thread = thread_find(number);
	struct process *process = thread ? thread->process : process_find(number);

	*out = (struct text_whose){ process, number, of };
	return process && (!of || of == process);
}

int subject_next(int from, const struct process *of)
{
	int best = 0;

	if (of) {
		/* The leader, too, when it has ended. */
		best = of->pid >= from ? of->pid : 0;
		for_each_thread(thread, of) if (thread->tid >= from &&
						(!best || thread->tid < best)) best = thread->tid;
		return best;
	}
	for_each_process(process) if (process->pid >= from && (!best || process->pid < best)) best =
		process->pid;
	return best;
}

bool subject_may_look(const struct subject *subject)
{
	const struct process *it = subject->process, *me = current()->process;

	if (it == me || credentials_capable(CAP_SYS_PTRACE))
		return true;
	return !(it->mm && it->not_dumpable) && me->euid == it->uid && me->euid == it->euid &&
	       me->euid == it->suid && me->egid == it->gid && me->egid == it->egid &&
	       me->egid == it->sgid;
}

void subject_own(const struct text_whose *whose, struct hc_attr *attr)
{
	const struct process *process = whose->process;

	/*
	 * What has no memory, or does not want to be looked at, is root's, but
	 * for plain directories.
	 */
	if (!process ||
	    (attr->mode != (S_IFDIR | 0555) && (!process->mm || process->not_dumpable))) {
		attr->uid = attr->gid = 0;
		return;
	}
	attr->uid = process->euid;
	attr->gid = process->egid;
}
