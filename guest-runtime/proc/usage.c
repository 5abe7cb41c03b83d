// SPDX-License-Identifier: Apache-2.0
/* CPU time and counts of a process: getrusage(2), times(2), /proc. */
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/sched.h"

void process_usage(const struct process *process, struct usage *out)
{
	*out = process->gone;
	for_each_thread(thread, process)
	{
		out->user_ns += thread_cpu_ns(thread);
		out->minor_faults += thread->minor_faults;
		out->voluntary += thread->voluntary;
		out->involuntary += thread->involuntary;
	}
	if (process->mm)
		out->peak_rss = MAX(out->peak_rss, process->mm->peak_rss * PAGE_SIZE);
}
