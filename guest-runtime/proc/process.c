// SPDX-License-Identifier: Apache-2.0
/* The first process: made from the boot block, ended with the VM. */
#include "guest-runtime/proc/process.h"

#include "abi/boot.h"
#include "guest-runtime/entry/vcpu.h"
#include "guest-runtime/fs/file.h"
#include "guest-runtime/fs/overlay.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/trace/trace.h"

#include <linux/resource.h>

#define FIRST_PID	2    /* not 1: init's special signal rules are not for programs */
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

void process_create_first(const struct boot_block *boot)
{
	struct thread *thread = current();
	struct process *process = kmalloc(sizeof(*process));

	must(process);
	memset(thread, 0, sizeof(*thread));
	thread->process = process;
	thread->tid = FIRST_PID;
	list_init(&thread->signals.queue);
	process->pid = process->pgid = process->sid = FIRST_PID;
	process->ppid = 1;
	process->callers_terminal = true;
	process->coredump_filter = COREDUMP_FILTER;
	process->uid = process->euid = process->suid = boot->uid;
	process->gid = process->egid = process->sgid = boot->gid;
	process->group_count = boot->group_count;
	process->groups = (const uint32_t *)((const char *)boot + boot->groups);
	memcpy(process->limits, default_limits, sizeof(default_limits));
	process->limits[RLIMIT_NOFILE] = (struct rlimit_pair){ boot->open_files, boot->open_files };
	signal_ignore(process, boot->ignored_signals);
	process->fs = fs_context_create(boot);
	process->files = files_create(boot);
	must(process->fs && process->files);
	/* Aligned so that C is entered with the stack the psABI wants. */
	vcpu0->kstack_top = (uint64_t)thread + KSTACK_SIZE - 8;
}

_Noreturn void process_end(enum hc_exit_kind kind, uint32_t code)
{
	overlay_save();
	trace_end(kind == HC_EXIT_STATUS ? "exited with" : "killed by signal", (int)code);
	host_exit(kind, code);
}

_Noreturn void process_exit(int status)
{
	process_end(HC_EXIT_STATUS, (uint32_t)status & 0xff);
}

_Noreturn void process_kill(int signal)
{
	process_end(HC_EXIT_SIGNAL, (uint32_t)signal);
}
