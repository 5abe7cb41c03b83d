// SPDX-License-Identifier: Apache-2.0
/* Job control: stops that are pending, in progress and complete, and their end. */
#include "guest-runtime/proc/signal-stop.h"

#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/sched.h"

#include <asm/siginfo.h>
#include <asm/signal.h>

static void forget_pending(struct process *process, sigmask_t set)
{
	signal_queue_drop(&process->pending, set);
	for_each_thread(thread, process) signal_queue_drop(&thread->signals.pending, set);
}

static void go_on(struct process *process)
{
	bool stopped = process->state == PROCESS_STOPPED, stopping = process->stopping > 0;

	for_each_thread(thread, process)
	{
		thread->signals.stopping = false;
		if (thread->state == THREAD_STOPPED)
			sched_ready(thread);
	}
	process->stopping = 0;
	process->state = PROCESS_RUNNING;
	process->reported_stop = false;
	if (!stopped && !stopping)
		return;
	process->reported_continue = true;
	/* A stop that was not complete is told as if it had been. */
	process_tell_parent(process, stopped ? CLD_CONTINUED : CLD_STOPPED);
}

void signal_stop_or_continue(struct process *process, int signo)
{
	if (SIGNALS_STOP & SIGNAL_BIT(signo)) {
		forget_pending(process, SIGNAL_BIT(SIGCONT));
	} else if (signo == SIGCONT) {
		forget_pending(process, SIGNALS_STOP);
		go_on(process);
	}
}

void signal_stop_begin(struct process *process, int signo)
{
	process->stop_signal = signo;
	process->stopping = 0;
	for_each_thread(thread, process)
	{
		if (thread->state == THREAD_STOPPED)
			continue;
		thread->signals.stopping = true;
		process->stopping++;
		if (thread->state == THREAD_SLEEPING)
			sched_ready(thread);
	}
}

/* One thread fewer that is still to stop. */
static void take_part(struct thread *thread)
{
	struct process *process = thread->process;

	thread->signals.stopping = false;
	if (--process->stopping > 0 || process->ending)
		return;
	process->state = PROCESS_STOPPED;
	process->stops++;
	process->reported_stop = true;
	process->reported_continue = false;
	process_tell_parent(process, CLD_STOPPED);
}

void signal_stop_here(struct thread *thread)
{
	take_part(thread);
	thread->state = THREAD_STOPPED;
	sched_leave();
}

void signal_stop_without(struct thread *thread)
{
	if (thread->signals.stopping)
		take_part(thread);
}
