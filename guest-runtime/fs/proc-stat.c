// SPDX-License-Identifier: Apache-2.0
/* /proc/PID/stat: a process or thread in one line of 52 fields. */
#include "guest-runtime/fs/proc.h"

#include "guest-runtime/fs/stream.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/vma-tree.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/sched.h"

#include <asm/mman.h>
#include <linux/resource.h>

#define NS_PER_TICK    10000000
#define PTS_MAJOR      136u
#define FLAG_EXITING   0x4u	 /* PF_* */
#define FLAG_NO_EXEC   0x40u	 /* forked, but not executed */
#define FLAG_RANDOMIZE 0x400000u /* addresses */

char proc_state(const struct subject *subject)
{
	const struct thread *thread = subject->thread;

	if (!thread)
		return 'Z';
	if (thread->state == THREAD_STOPPED || subject->process->state == PROCESS_STOPPED)
		return 'T';
	return thread->state == THREAD_READY ? 'R' : 'S';
}

void proc_usage(const struct subject *subject, struct usage *out)
{
	const struct thread *thread = subject->thread;

	if (!subject->alone || !thread) {
		process_usage(subject->process, out);
		return;
	}
	*out = (struct usage){ .user_ns = thread_cpu_ns(thread),
			       .minor_faults = thread->minor_faults,
			       .voluntary = thread->voluntary,
			       .involuntary = thread->involuntary };
}

void proc_actions(const struct process *process, sigmask_t *ignored, sigmask_t *caught)
{
	*ignored = *caught = 0;
	for (int i = 0; process->actions && i < SIGNALS; i++) {
		uint64_t handler = process->actions->action[i].handler;

		if (handler == 1)
			*ignored |= SIGNAL_BIT(i + 1);
		else if (handler > 1)
			*caught |= SIGNAL_BIT(i + 1);
	}
}

/* As dev_t of the old kind: 0 is none. */
static uint32_t terminal_of(const struct process *process, int *group)
{
	int64_t number = -1;

	*group = -1;
	if (process->state == PROCESS_ZOMBIE)
		return 0;
	if (process->terminal) {
		number = process->terminal->number;
		*group = process->terminal->group;
	} else if (process->callers_terminal) {
		for (uint32_t i = 0; i < HC_STREAMS && number < 0; i++)
			number = stream_terminal(i);
		if (number >= 0)
			*group = tty_callers_group();
	}
	if (number < 0)
		return 0;
	return (uint32_t)(number & 0xff) | PTS_MAJOR << 8 | (uint32_t)(number & ~0xffl) << 12;
}

/* Where the program's code lies: what of its file may be executed. */
static void find_code(const struct process *process, uint64_t *start, uint64_t *end)
{
	struct mm *mm = mm_shown(process->mm);

	*start = *end = 0;
	for (struct vma *vma = vma_first_ending_above(mm, 0); vma; vma = vma_next(mm, vma)) {
		if (!process->exe_file || !vma->file || !(vma->prot & PROT_EXEC) ||
		    vma->file->inode != process->exe_file->inode)
			continue;
		*start = *start ? *start : vma->start;
		*end = vma->end;
	}
}

/* Fields 4 to 8. */
static void put_places(struct text *out, const struct process *process)
{
	int group;
	uint32_t terminal = terminal_of(process, &group);

	text_print(out, " %d %d %d %u %d", process_ppid(process), process->pgid, process->sid,
		   terminal, group);
}

/* The first process's start is of the other clock, as reading this one costs an exit. */
static int64_t started(const struct process *process)
{
	static int64_t first;

	if (process != process_first)
		return process->start_ns;
	if (!first)
		first = clock_monotonic_ns() - (clock_coarse_ns() - process->start_ns);
	return first;
}

/* Fields 9 to 22. */
static void put_times(struct text *out, const struct subject *subject)
{
	const struct process *process = subject->process;
	struct usage own, children = process->children_usage;
	int nice = subject->thread ? subject->thread->share.nice : 0;
	uint32_t flags = FLAG_RANDOMIZE;

	flags |= process->executed ? 0 : FLAG_NO_EXEC;
	flags |= subject->thread ? 0 : FLAG_EXITING;
	proc_usage(subject, &own);
	text_print(out, " %u %lu %lu %lu %lu", flags, own.minor_faults, children.minor_faults,
		   own.major_faults, children.major_faults);
	text_print(out, " %lu %lu %lu %lu %d %d %u 0 %ld", own.user_ns / NS_PER_TICK,
		   own.system_ns / NS_PER_TICK, children.user_ns / NS_PER_TICK,
		   children.system_ns / NS_PER_TICK, 20 + nice, nice,
		   MAX(process->thread_count, 1u), (long)(started(process) / NS_PER_TICK));
}

/* Fields 23 to 28. */
static void put_memory(struct text *out, const struct subject *subject)
{
	const struct process *process = subject->process;
	uint64_t start, end;

	if (!subject->thread) {
		text_print(out, " 0 0 %lu 0 0 0", process->limits[RLIMIT_RSS].soft);
		return;
	}
	find_code(process, &start, &end);
	text_print(out, " %lu %lu %lu", mm_shown(process->mm)->total, mm_shown(process->mm)->rss,
		   process->limits[RLIMIT_RSS].soft);
	if (subject_may_look(subject))
		text_print(out, " %lu %lu %lu", start, end, process->stack_start);
	else
		text_print(out, " 1 1 0");
}

/* Fields 29 to 44. */
static void put_signals(struct text *out, const struct subject *subject)
{
	const struct process *process = subject->process;
	const struct thread *thread = subject->thread;
	/* Signals above 31 have no place here. */
	const sigmask_t low = 0x7fffffff;
	sigmask_t ignored, caught;

	proc_actions(process, &ignored, &caught);
	text_print(out, " 0 0 %lu %lu %lu %lu", thread ? thread->signals.pending.set & low : 0,
		   thread ? thread->signals.blocked & low : 0, ignored & low, caught & low);
	text_print(out, " 0 0 0 %d 0 0 %d 0 0 0", process->exit_signal,
		   thread ? thread->share.policy : 0);
}

/* Fields 45 to 52. */
static void put_rest(struct text *out, const struct subject *subject)
{
	const struct process *process = subject->process;

	if (!subject->thread || !subject_may_look(subject)) {
		text_print(out, " 0 0 0 0 0 0 0 %d\n",
			   subject_may_look(subject) ? process->wait_status : 0);
		return;
	}
	text_print(out, " 0 0 %lu %lu %lu %lu %lu %d\n", mm_shown(process->mm)->brk_start,
		   process->arg_start, process->arg_end, process->env_start, process->env_end,
		   process->wait_status);
}

void proc_stat(struct text *out, const struct subject *subject)
{
	text_print(out, "%d (%s) %c", subject->id, proc_name(subject), proc_state(subject));
	put_places(out, subject->process);
	put_times(out, subject);
	put_memory(out, subject);
	put_signals(out, subject);
	put_rest(out, subject);
}
