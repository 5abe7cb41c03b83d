// SPDX-License-Identifier: Apache-2.0
/*
 * The end of threads and processes. A thread ends on its own stack, on its way
 * to the program at the latest: what it holds in a system call is put first.
 */
#include "guest-runtime/fs/file.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/ipc/sem.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/cpu-timer.h"
#include "guest-runtime/proc/futex.h"
#include "guest-runtime/proc/group.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/sched.h"
#include "guest-runtime/proc/signal-stop.h"
#include "guest-runtime/trace/trace.h"

#include <asm/signal.h>
#include <linux/errno.h>

/* What wait(2) tells of: its low 7 bits, and then the next 8. */
static _Noreturn void end_vm(int wait_status)
{
	if (wait_status & 0x7f)
		vm_end(HC_EXIT_SIGNAL, (uint32_t)wait_status & 0x7f);
	vm_end(HC_EXIT_STATUS, (uint32_t)wait_status >> 8 & 0xff);
}

static void make_end(struct thread *thread)
{
	thread->ending = true;
	sched_ready(thread);
}

void process_kill(struct process *process, int wait_status)
{
	if (process == process_first)
		end_vm(wait_status);
	if (process->ending || process->state == PROCESS_ZOMBIE)
		return;
	process->ending = true;
	/* What was not told of it yet is no longer true. */
	process->reported_stop = process->reported_continue = false;
	process->wait_status = wait_status;
	for_each_thread(thread, process) make_end(thread);
}

_Noreturn void process_end(int wait_status)
{
	process_kill(current()->process, wait_status);
	thread_end(0);
}

void process_release_parent(struct thread *thread)
{
	struct process *parent = thread->vfork_parent;

	if (!parent)
		return;
	thread->vfork_parent = NULL;
	wait_queue_wake(&parent->released, 0);
	process_put(parent);
}

/* Who takes over the children of one that ends. */
static struct process *next_parent(const struct process *process)
{
	for (struct process *at = process->parent; at; at = at->parent)
		if (at->subreaper && !at->ending)
			return at;
	return NULL;
}

/* Who takes over the children of a thread of process that ends: another of its threads. */
static int next_thread(struct process *process)
{
	int tid = 0;

	for_each_thread(thread, process)
	{
		if (!thread->ending)
			return thread->tid;
		tid = thread->tid;
	}
	return tid;
}

static void hand_on_children(struct process *process, int tid)
{
	list_for_each (node, &process->children) {
		struct process *child = container_of(node, struct process, sibling);

		if (child->parent_tid != tid)
			continue;
		child->parent_tid = next_thread(process);
		if (child->death_signal)
			signal_send_from_self(child, child->death_signal);
	}
}

static void give_away_children(struct process *process)
{
	struct process *heir = next_parent(process);

	while (!list_empty(&process->children)) {
		struct process *child =
			container_of(process->children.next, struct process, sibling);

		list_remove(&child->sibling);
		child->parent = heir;
		child->parent_tid = heir ? next_thread(heir) : 0;
		if (heir)
			list_add_before(&heir->children, &child->sibling);
		child->exit_signal = SIGCHLD;
		group_lose_parent(child, process);
		if (child->death_signal)
			signal_send_from_self(child, child->death_signal);
		if (child->state == PROCESS_ZOMBIE)
			process_tell_parent(child, 0);
	}
}

static void end_process(struct process *process, int status)
{
	if (!process->ending)
		process->wait_status = (status & 0xff) << 8;
	if (process == process_first)
		end_vm(process->wait_status);
	process->ending = true;
	sem_undo_all(process);
	process_release(process);
	give_away_children(process);
	signal_queue_clear(&process->pending);
	signal_timers_end(process);
	process->state = PROCESS_ZOMBIE;
	process_zombies++;
	group_leave(process);
	wait_queue_wake(&process->ended, 0);
	process_tell_parent(process, 0);
}

static void add_usage(struct process *process, const struct thread *thread)
{
	process->gone.user_ns += thread_cpu_ns(thread);
	process->gone.minor_faults += thread->minor_faults;
	process->gone.voluntary += thread->voluntary;
	process->gone.involuntary += thread->involuntary;
}

static void trace(const struct process *process, int status)
{
	int killed = process->ending ? process->wait_status & 0x7f : 0;

	if (killed)
		trace_end("killed by signal", killed);
	else
		trace_end("exited with",
			  process->ending ? process->wait_status >> 8 & 0xff : status);
}

_Noreturn void thread_end(int status)
{
	struct thread *thread = current();
	struct process *process = thread->process;

	if (process == process_first && process->thread_count == 1)
		end_process(process, status);
	trace(process, status);
	futex_end_thread(thread);
	process_release_parent(thread);
	if (process->thread_count == 1)
		tty_leave(process); /* before the last close of a master can hang it up */
	files_release(thread->files);
	fs_context_release(thread->fs);
	signal_queue_clear(&thread->signals.pending);
	signal_stop_without(thread);
	cpu_timers_end(process, thread);
	signal_hand_over(thread, ~thread->signals.blocked);
	add_usage(process, thread);
	if (thread->tid == process->pid)
		memcpy(process->name, thread->name, sizeof(process->name));
	list_remove(&thread->node);
	id_clear(thread);
	if (--process->thread_count == 0)
		end_process(process, status);
	else
		wait_queue_wake(&process->thread_ended, 0);
	if (!process->ending)
		hand_on_children(process, thread->tid);
	thread->state = THREAD_ENDED;
	sched_leave();
	__builtin_unreachable();
}

int process_be_alone(void)
{
	struct thread *self = current();
	struct process *process = self->process;
	struct waiter waiter;
	int error = 0;

	for_each_thread(thread, process) if (thread != self) make_end(thread);
	waiter_add(&waiter, &process->thread_ended, 0);
	while (process->thread_count > 1 && !error)
		error = wait_sleep_killable() ? -EINTR : 0;
	waiter_remove(&waiter);
	if (!error && self->tid != process->pid) {
		list_for_each (node, &process->children)
			container_of(node, struct process, sibling)->parent_tid = process->pid;
		id_clear(self);
		id_set(self, process->pid);
	}
	return error;
}
