// SPDX-License-Identifier: Apache-2.0
/* The first process: made from the boot block, ended with the VM; and what all have in common. */
#include "guest-runtime/proc/process.h"
#include "guest-runtime/notes/notes.h"

#include "abi/boot.h"
#include "guest-runtime/entry/vcpu.h"
#include "guest-runtime/fs/file.h"
#include "guest-runtime/fs/overlay.h"
#include "guest-runtime/fs/tty-outside.h"
#include "guest-runtime/fs/vfs.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/trace/trace.h"

#include <asm/signal.h>
#include <linux/resource.h>

#define COREDUMP_FILTER 0x33 /* Linux's default, core(5) */
#define INFINITE	(~0ull)

/* What a login shell on Debian gives; bytes, files, seconds as setrlimit(2) has them. */
static const struct rlimit_pair default_limits[RLIMITS] = {
	[RLIMIT_CPU] = { INFINITE, INFINITE },
	[RLIMIT_FSIZE] = { INFINITE, INFINITE },
	[RLIMIT_DATA] = { INFINITE, INFINITE },
	[RLIMIT_STACK] = { 8 << 20, INFINITE },
	[RLIMIT_CORE] = { 0, INFINITE },
	[RLIMIT_RSS] = { INFINITE, INFINITE },
	[RLIMIT_NPROC] = { 1, 1 },
	[RLIMIT_NOFILE] = { 1024, 1024 },
	[RLIMIT_MEMLOCK] = { 8 << 20, 8 << 20 },
	[RLIMIT_AS] = { INFINITE, INFINITE },
	[RLIMIT_LOCKS] = { INFINITE, INFINITE },
	[RLIMIT_SIGPENDING] = { 1024, 1024 },
	[RLIMIT_MSGQUEUE] = { 819200, 819200 },
	[RLIMIT_NICE] = { 0, 0 },
	[RLIMIT_RTPRIO] = { 0, 0 },
	[RLIMIT_RTTIME] = { INFINITE, INFINITE },
};

static uint32_t thread_limit;

uint32_t process_thread_limit(void)
{
	return thread_limit;
}

struct process *process_get(struct process *process)
{
	process->references++;
	return process;
}

void process_release(struct process *process)
{
	struct usage usage;

	if (process->mm) {
		struct mm *mm = process->mm;

		process_usage(process, &usage);
		process->gone.peak_rss = usage.peak_rss;
		process->mm = NULL;
		mm_put(mm);
	}
	if (process->actions)
		signal_actions_put(process->actions);
	process->actions = NULL;
	if (process->exe_file) {
		process->exe_file->inode->runners--;
		file_put(process->exe_file);
	}
	process->exe_file = NULL;
}

void process_put(struct process *process)
{
	if (--process->references > 0)
		return;
	/* A signalfd in an epoll that others have, too. */
	wait_queue_leave(&process->signalled);
	cpu_timers_end(process, NULL); /* those that others made when it was a zombie */
	kfree(process->set_groups);
	kfree(process);
}

static void fill_first(struct process *process, const struct boot_block *boot)
{
	process->references = 1;
	process->pid = process->pgid = process->sid = FIRST_PID;
	process->callers_terminal = true;
	process->coredump_filter = COREDUMP_FILTER;
	process->uid = process->euid = process->suid = boot->uid;
	process->gid = process->egid = process->sgid = boot->gid;
	process->group_count = boot->group_count;
	process->groups = (const uint32_t *)((const char *)boot + boot->groups);
	credentials_start(process);
	memcpy(process->limits, default_limits, sizeof(default_limits));
	process->limits[RLIMIT_NOFILE] = (struct rlimit_pair){ boot->open_files, boot->open_files };
	process->limits[RLIMIT_FSIZE] =
		(struct rlimit_pair){ boot->file_size[0], boot->file_size[1] };
	process->limits[RLIMIT_NPROC] = (struct rlimit_pair){ thread_limit, thread_limit };
	process->start_ns = clock_coarse_ns();
	process->actions = signal_actions_create(NULL, false);
	must(process->actions);
	signal_queue_init(&process->pending);
	signal_ignore(process, boot->ignored_signals);
	list_init(&process->children);
	list_init(&process->sibling);
	list_init(&process->threads);
	list_add_before(&process_list, &process->all);
	process_first = process;
}

void process_create_first(const struct boot_block *boot)
{
	struct thread *thread = current();
	struct process *process = kmalloc(sizeof(*process));
	gpa_t fpu = page_alloc();

	must(process && fpu);
	thread_limit = boot->processes;
	fill_first(process, boot);
	memset(thread, 0, sizeof(*thread));
	thread->process = process;
	thread->guard = THREAD_GUARD;
	thread->fpu = gpa_to_pointer(fpu);
	signal_queue_init(&thread->signals.pending);
	list_add_before(&process->threads, &thread->node);
	process->thread_count = 1;
	id_set(thread, FIRST_PID);
	thread->fs = fs_context_create(boot);
	thread->files = files_create(boot);
	must(thread->fs && thread->files);
	/* Aligned so that C is entered with the stack the psABI wants. */
	vcpu0->kstack_top = (uint64_t)thread + KSTACK_SIZE - 8;
}

_Noreturn void vm_end(enum hc_exit_kind kind, uint32_t code)
{
	tty_outside_end();
	overlay_save();
	if (kind == HC_EXIT_STATUS)
		trace_end("exited with", (int)code);
	else
		trace_end("killed by signal", kind == HC_EXIT_DENIED ? SIGSYS : (int)code);
	trace_flush();
	notes_end(kind == HC_EXIT_STATUS && code == 0);
	host_exit(kind, code);
}
