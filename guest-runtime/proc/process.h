/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes and threads. A thread's kernel stack holds its struct thread at
 * the bottom, so the stack pointer finds it: FS and GS are the program's.
 */
#ifndef GUEST_PROC_PROCESS_H
#define GUEST_PROC_PROCESS_H

#include "guest-runtime/entry/frame.h"
#include "guest-runtime/proc/signal.h"

#include <stdbool.h>
#include <stdint.h>

struct mm;
struct files;	   /* descriptor table: fs/ */
struct fs_context; /* working directory, root, umask: fs/ */

#define KSTACK_SIZE 0x4000

struct rlimit_pair {
	uint64_t soft, hard;
};

#define RLIMITS 16

struct process {
	int pid, ppid, pgid, sid;
	uint32_t uid, euid, suid, gid, egid, sgid;
	uint32_t group_count;
	const uint32_t *groups;
	uint32_t *set_groups; /* owned: groups, once setgroups(2) was called */
	struct mm *mm;
	struct files *files;
	struct fs_context *fs;
	struct signal_actions actions;
	struct rlimit_pair limits[RLIMITS];
	struct signal_timer alarm; /* ITIMER_REAL */
	int nice;
	int policy;			     /* SCHED_OTHER, SCHED_BATCH or SCHED_IDLE */
	uint64_t affinity;		     /* bit i: CPU i; 0: all */
	uint64_t caps_dropped, caps_lowered; /* from what the user has: sys/credentials.h */
	int death_signal;		     /* PR_SET_PDEATHSIG */
	uint32_t persona;		     /* personality(2) */
	bool no_new_privs;		     /* PR_SET_NO_NEW_PRIVS */
	bool not_dumpable;		     /* PR_SET_DUMPABLE, 0 */
	char name[16];			     /* comm */
	char *exe;			     /* absolute path: /proc/self/exe */
	uint64_t arg_start, arg_end, env_start, env_end; /* on the program's stack */
};

struct thread {
	struct process *process;
	struct frame *frame; /* the program's registers, at the top of the kernel stack */
	int tid;
	struct signal_state signals;
	uint32_t trap_vector, trap_error; /* of the last exception of the program */
	uint64_t trap_address;		  /* CR2 of the last page fault */
	uint64_t clear_child_tid;	  /* set_tid_address */
	uint64_t robust_list;
};

/* The thread that runs on this vCPU. */
static inline struct thread *current(void)
{
	uint64_t rsp;

	__asm__("mov %%rsp, %0" : "=r"(rsp));
	return (struct thread *)(rsp & ~(uint64_t)(KSTACK_SIZE - 1));
}

struct boot_block;

/* The first process and its thread, on the stack that runs now. */
void process_create_first(const struct boot_block *boot);

/*
 * Replaces the current process's program by the file at path; the strings are
 * the runtime's. 0 with the thread's frame set to start it, or -errno.
 */
int process_exec(const char *path, uint32_t argc, const char *argv, uint32_t envc,
		 const char *envp);

/* Ends the process (and, being the first, the VM). status: 0 to 255. */
_Noreturn void process_exit(int status);
_Noreturn void process_kill(int signal);

#endif
