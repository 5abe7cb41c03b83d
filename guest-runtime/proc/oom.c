// SPDX-License-Identifier: Apache-2.0
/* Linux's choice: the largest resident set, moved by oom_score_adj, and of equals the youngest. */
#include "guest-runtime/proc/oom.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/notes/notes.h"
#include "guest-runtime/proc/process.h"

#include <asm/signal.h>
#include <linux/errno.h>

#define ADJUST_NEVER (-1000)
#define ADJUST_UNIT  1000 /* a thousandth of memory each */

static int64_t badness(const struct process *process)
{
	int64_t pages = (int64_t)process->mm->rss;

	return pages + (int64_t)page_total() / ADJUST_UNIT * process->oom_score_adj;
}

static struct process *choose(void)
{
	struct process *worst = NULL;
	int64_t most = INT64_MIN;

	for_each_process(process)
	{
		if (!process->mm || process->ending || process->oom_score_adj == ADJUST_NEVER)
			continue;
		int64_t score = badness(process);
		if (score >= most) {
			worst = process;
			most = score;
		}
	}
	return worst;
}

static void kill_sharers(const struct mm *mm)
{
	for_each_process(process) if (process->mm == mm) process_kill(process, SIGKILL);
}

bool oom_kill(void)
{
	struct process *self = current()->process;

	if (self->ending)
		return false;
	uint64_t free_before = page_free();
	note_limit("memory", -ENOMEM);
	struct process *victim = choose();
	if (!victim)
		victim = self;
	if (victim == process_first || victim->mm == process_first->mm)
		vm_end(HC_EXIT_NO_MEMORY, SIGKILL);
	kill_sharers(victim->mm);
	if (victim->mm == self->mm)
		return false;
	mm_abandon(victim->mm);
	if (page_free() > free_before)
		return true;
	/* What it has is freed when it ends, which is too late for current. */
	process_kill(self, SIGKILL);
	return false;
}
