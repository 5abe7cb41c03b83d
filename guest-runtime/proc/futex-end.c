// SPDX-License-Identifier: Apache-2.0
/* The last acts of a thread on the memory that it shares. */
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/futex.h"
#include "guest-runtime/proc/process.h"

#include <linux/futex.h>

/* Nobody is told who has the memory alone: nobody could see it. */
static void clear_tid(struct thread *thread)
{
	const struct process *process = thread->process;
	const uint32_t zero = 0;

	if (!thread->clear_child_tid || (process->thread_count == 1 && process->mm->users == 1))
		return;
	copy_to_user(thread->clear_child_tid, &zero, sizeof(zero));
	futex_wake(thread->clear_child_tid, false, 1, FUTEX_BITSET_MATCH_ANY);
}

void futex_end_thread(struct thread *thread)
{
	clear_tid(thread);
	thread->clear_child_tid = thread->robust_list = 0;
}
