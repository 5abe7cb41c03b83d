/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes and threads. A thread's kernel stack holds its struct thread at
 * the bottom, so the stack pointer finds it: FS and GS are the program's.
 */
#ifndef GUEST_PROC_PROCESS_H
#define GUEST_PROC_PROCESS_H

#include "abi/hypercalls.h"
#include "guest-runtime/entry/frame.h"
#include "guest-runtime/proc/signal.h"
#include "guest-runtime/proc/wait.h"

#include <stdbool.h>
#include <stdint.h>

struct mm;
struct tty;
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
	struct signal_timer alarm;   /* ITIMER_REAL */
	struct wait_queue signalled; /* woken when a signal becomes pending */
	struct tty *terminal;  /* a reference: the controlling one, if it is a pseudo terminal */
	bool callers_terminal; /* else the caller's is, if the caller has one */
	int nice;
	int policy;			     /* SCHED_OTHER, SCHED_BATCH or SCHED_IDLE */
	uint64_t affinity;		     /* bit i: CPU i; 0: all */
	uint64_t caps_dropped, caps_lowered; /* from what the user has: sys/credentials.h */
	int death_signal;		     /* PR_SET_PDEATHSIG */
	uint32_t persona;		     /* personality(2) */
	int oom_score_adj;		     /* /proc/self/oom_score_adj */
	uint32_t coredump_filter;	     /* /proc/self/coredump_filter */
	bool no_new_privs;		     /* PR_SET_NO_NEW_PRIVS */
	bool not_dumpable;		     /* PR_SET_DUMPABLE, 0 */
	char name[16];			     /* comm */
	struct file *exe_file;		     /* a reference: /proc/self/exe */
	uint64_t arg_start, arg_end, env_start, env_end; /* on the program's stack */
	uint64_t auxv_start, auxv_end;
};

struct thread {
	struct process *process;
	struct frame *frame; /* the program's registers, at the top of the kernel stack */
	int tid;
	struct signal_state signals;
	bool woken;			  /* proc/wait.h: the next sleep ends at once */
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

/* The end of the program and of the VM: everything that is still to be told to the host is told here. */
_Noreturn void process_end(enum hc_exit_kind kind, uint32_t code);
/* Ends the process (and, being the first, the VM). status: 0 to 255. */
_Noreturn void process_exit(int status);
_Noreturn void process_kill(int signal);

#endif
