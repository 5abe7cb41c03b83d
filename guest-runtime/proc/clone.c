// SPDX-License-Identifier: Apache-2.0
/*
 * fork, vfork, clone: a thread of the same process, or a process with a copy of
 * what it does not share. Namespaces are not there to be made.
 */
#include "guest-runtime/fs/file.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/pidfd.h"
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/fs/vfs.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/ipc/sem.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/notes/notes.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/sched.h"
#include "guest-runtime/proc/thread.h"

#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/resource.h>
#include <linux/sched.h>

#define NAMESPACES \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)

/* Combinations that mean nothing, as kernel/fork.c has them. */
static int check_flags(uint64_t flags)
{
	if ((flags & CLONE_THREAD) && !(flags & CLONE_SIGHAND))
		return -EINVAL;
	if ((flags & CLONE_SIGHAND) && !(flags & CLONE_VM))
		return -EINVAL;
	if ((flags & CLONE_SIGHAND) && (flags & CLONE_CLEAR_SIGHAND))
		return -EINVAL;
	if ((flags & CLONE_FS) && (flags & (CLONE_NEWNS | CLONE_NEWUSER)))
		return -EINVAL;
	if ((flags & CLONE_PIDFD) && (flags & (CLONE_THREAD | CLONE_DETACHED)))
		return -EINVAL;
	return flags & NAMESPACES ? note_syscall(__NR_clone, -EPERM) : 0;
}

/*
 * RLIMIT_NPROC counts the user's threads, and who was not waited for; root's
 * are bounded by the policy alone.
 */
static bool too_many(const struct process *process)
{
	uint32_t total = thread_total() + process_zombies;

	if (total >= process_thread_limit()) {
		note_limit("processes", -EAGAIN);
		return true;
	}
	return process->uid != 0 && total >= process->limits[RLIMIT_NPROC].soft;
}

/* What a child has of its own that is no copy. */
static void reset(struct process *child)
{
	list_init(&child->children);
	list_init(&child->threads);
	signal_queue_init(&child->pending);
	child->references = 1;
	child->thread_count = 0;
	child->ending = child->executed = child->subreaper = false;
	child->reported_stop = child->reported_continue = false;
	child->wait_status = child->stop_signal = child->death_signal = 0;
	child->state = PROCESS_RUNNING;
	child->stopping = 0;
	child->child_changed = child->ended = (struct wait_queue){ 0 };
	child->thread_ended = child->released = child->signalled = (struct wait_queue){ 0 };
	child->timers = (struct signal_timers){ 0 };
	child->cpu_timers = (struct list){ 0 };
	child->gone = child->children_usage = (struct usage){ 0 };
	child->start_ns = clock_monotonic_ns();
	child->mm = NULL;
	child->actions = NULL;
	child->exe_file = NULL;
	child->groups = child->set_groups = NULL;
	child->sem_undos = NULL;
}

static int copy_groups(struct process *child, const struct process *parent)
{
	size_t bytes = parent->group_count * sizeof(*parent->groups);

	child->set_groups = kmalloc(bytes + 1);
	if (!child->set_groups)
		return -ENOMEM;
	memcpy(child->set_groups, parent->groups, bytes);
	child->groups = child->set_groups;
	return 0;
}

static int share_or_copy(struct process *child, const struct process *parent, uint64_t flags)
{
	if (flags & CLONE_VM) {
		child->mm = parent->mm;
		mm_get(child->mm);
	} else {
		child->mm = mm_fork(parent->mm);
	}
	if (flags & CLONE_SIGHAND) {
		child->actions = parent->actions;
		child->actions->references++;
	} else {
		bool clear = flags & CLONE_CLEAR_SIGHAND;

		child->actions = signal_actions_create(parent->actions, clear);
	}
	if (!child->mm || !child->actions || copy_groups(child, parent))
		return -ENOMEM;
	/* Last: process_release() does not end its use. */
	return !(flags & CLONE_SYSVSEM) || sem_undo_share(child, current()->process) ? 0 : -ENOMEM;
}

static struct process *copy_process(const struct clone_request *request)
{
	struct process *parent = current()->process;
	struct process *child = kmalloc(sizeof(*child));

	if (!child)
		return NULL;
	*child = *parent;
	reset(child);
	if (share_or_copy(child, parent, request->flags)) {
		process_release(child);
		process_put(child);
		return NULL;
	}
	/* A sister ends as who made her would. */
	child->exit_signal = request->flags & CLONE_PARENT ? current()->process->exit_signal
							   : request->exit_signal;
	child->exe_file = file_get(parent->exe_file);
	child->exe_file->inode->runners++;
	tty_inherit(child);
	return child;
}

static void adopt(struct process *child, struct process *parent, int parent_tid)
{
	child->parent = parent;
	child->parent_tid = parent_tid;
	if (parent)
		list_add_before(&parent->children, &child->sibling);
	else
		list_init(&child->sibling);
	list_add_before(&process_list, &child->all);
}

static int share_tables(struct thread *thread, const struct thread *parent, uint64_t flags)
{
	thread->files =
		flags & CLONE_FILES ? files_share(parent->files) : files_copy(parent->files);
	thread->fs = flags & CLONE_FS ? fs_context_share(parent->fs) : fs_context_copy(parent->fs);
	return thread->files && thread->fs ? 0 : -ENOMEM;
}

static void fill_thread(struct thread *thread, const struct clone_request *request)
{
	const struct thread *parent = current();

	thread->frame->rax = 0;
	if (request->stack)
		thread->frame->rsp = request->stack;
	__asm__ volatile("rdfsbase %0\n\trdgsbase %1"
			 : "=r"(thread->fs_base), "=r"(thread->gs_base));
	if (request->flags & CLONE_SETTLS)
		thread->fs_base = request->tls;
	if (request->flags & CLONE_CHILD_SETTID)
		thread->set_child_tid = request->child_tid;
	if (request->flags & CLONE_CHILD_CLEARTID)
		thread->clear_child_tid = request->child_tid;
	/* It tells of an address that both would have. */
	if (!(request->flags & CLONE_VM))
		thread->rseq = parent->rseq;
	signal_inherit(thread, parent, request->flags);
}

/*
 * vfork's caller goes on when the child has its own memory, or none, or when it
 * is killed itself.
 */
static void wait_for_release(struct process *process, int tid)
{
	struct waiter waiter;
	const struct thread *child;

	waiter_add(&waiter, &process->released, 0);
	while ((child = thread_find(tid)) && child->vfork_parent == process)
		if (wait_sleep_killable())
			break;
	waiter_remove(&waiter);
}

static void discard_thread(struct thread *thread)
{
	if (thread->files)
		files_release(thread->files);
	if (thread->fs)
		fs_context_release(thread->fs);
	thread_free(thread);
}

/* Everything that can fail. The child has its numbers, but nobody can find it yet. */
static int make(const struct clone_request *request, struct thread *thread, int *pidfd)
{
	struct process *process = current()->process;
	int error = share_tables(thread, current(), request->flags);

	if (error)
		return error;
	if (!(request->flags & CLONE_THREAD)) {
		process = copy_process(request);
		if (!process)
			return -ENOMEM;
		process->pid = thread->tid;
	}
	thread->process = process;
	/* As ARCH_SET_FS: the register takes none but canonical addresses. */
	if (request->flags & CLONE_SETTLS && request->tls >= GUEST_USER_END)
		return -EPERM;
	if (!(request->flags & CLONE_PIDFD))
		return 0;
	*pidfd = pidfd_create(process, 0);
	if (*pidfd < 0)
		return *pidfd;
	return copy_to_user(request->pidfd, pidfd, sizeof(*pidfd));
}

static void undo(struct thread *thread, int pidfd)
{
	struct process *process = thread->process;

	if (pidfd >= 0)
		files_close(pidfd);
	if (process && process != current()->process) {
		process_release(process);
		process_put(process);
	}
	discard_thread(thread);
}

long process_clone(const struct clone_request *request)
{
	struct process *self = current()->process;
	bool is_thread = request->flags & CLONE_THREAD;
	int error = check_flags(request->flags), pidfd = -1;

	if (error)
		return error;
	int tid = too_many(self) ? 0 : id_take();
	if (!tid)
		return -EAGAIN;
	struct thread *thread = thread_create();
	if (!thread)
		return -ENOMEM;
	thread->tid = tid;
	error = make(request, thread, &pidfd);
	if (error) {
		undo(thread, pidfd);
		return error;
	}
	fill_thread(thread, request);
	if (!is_thread && (request->flags & CLONE_PARENT))
		adopt(thread->process, self->parent, self->parent_tid);
	else if (!is_thread)
		adopt(thread->process, self, current()->tid);
	id_set(thread, tid);
	list_add_before(&thread->process->threads, &thread->node);
	thread->process->thread_count++;
	if (request->flags & CLONE_PARENT_SETTID)
		copy_to_user(request->parent_tid, &tid, sizeof(tid));
	if (request->flags & CLONE_VFORK)
		thread->vfork_parent = process_get(self);
	thread_start(thread, !is_thread);
	/* A child goes first: it often ends, or calls execve, before its parent goes on. */
	if (request->flags & CLONE_VFORK)
		wait_for_release(self, tid);
	else if (!is_thread)
		sched_give_way();
	return tid;
}
