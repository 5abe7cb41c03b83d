/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes and threads: what they are, who is whose child, and how they are
 * found. A thread's kernel stack holds its struct thread at the bottom, so the
 * stack pointer finds it: FS and GS are the program's.
 *
 * The runtime is not pre-empted: a thread keeps the CPU until it sleeps
 * (proc/wait.h), ends, or is on its way back to the program (proc/sched.h).
 * What a thread found before it slept must be looked up again, or be held by a
 * reference.
 */
#ifndef GUEST_PROC_PROCESS_H
#define GUEST_PROC_PROCESS_H

#include "abi/hypercalls.h"
#include "guest-runtime/entry/frame.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/lib/list.h"
#include "guest-runtime/proc/rseq.h"
#include "guest-runtime/proc/share.h"
#include "guest-runtime/proc/signal.h"
#include "guest-runtime/proc/wait.h"
#include "guest-runtime/sys/restart.h"

#include <stdbool.h>
#include <stdint.h>

struct mm;
struct sem_undos;
struct tty;
struct file;
struct files; /* descriptor table: fs/files.h */
struct futex_pi;
struct fs_context; /* working directory, root, umask: fs/walk.h */

#define KSTACK_SIZE  0x4000
#define KSTACK_ORDER 2 /* in pages */

#define INIT_PID  1 /* nobody's: parent of the first process and of orphans, which it reaps */
#define FIRST_PID 2 /* not 1: init's special signal rules are not for programs */
#define PID_MAX	  32768

struct rlimit_pair {
	uint64_t soft, hard;
};

#define RLIMITS 16

/* Sets of capabilities(7), bit n: capability n; the rules are sys/credentials.h's. */
struct capabilities {
	uint64_t permitted, effective, inheritable, bounding, ambient;
};

/* The system call that a thread is in, for --trace. */
struct traced_call {
	int64_t entered_ns;
	uint32_t shown;		 /* its arguments that are in a line that was begun */
	bool begun, interrupted; /* the line is begun; and was ended by another thread's */
};

/* CPU time and counts of what has ended, nanoseconds: getrusage(2). */
struct usage {
	uint64_t user_ns, system_ns;
	uint64_t minor_faults, major_faults;
	uint64_t voluntary, involuntary; /* context switches */
	uint64_t peak_rss;		 /* bytes; of several, the largest */
};

enum process_state {
	PROCESS_RUNNING,
	PROCESS_STOPPED, /* by a signal */
	PROCESS_ZOMBIE,	 /* all threads have ended: nothing left but what wait(2) tells */
};

struct process {
	uint32_t references;	/* being in process_list is one */
	struct list all;	/* of process_list, by age */
	struct process *parent; /* NULL: init */
	int parent_tid;		/* its thread whose child it is: __WNOTHREAD, PR_SET_PDEATHSIG */
	struct list children, sibling;
	struct list threads;   /* struct thread.node; the first is the leader while it lives */
	uint32_t thread_count; /* that have not ended */
	enum process_state state;
	int pid, pgid, sid;

	int exit_signal; /* to the parent at the end; 0: none */
	int wait_status; /* of a zombie, or of the end that is on its way: as wait(2) has it */
	bool ending;	 /* exit_group or a killing signal: every thread ends */
	char name[16];	 /* its leader's, once that has ended */
	bool executed;	 /* has called execve since fork: setpgid(2) of the parent is refused */
	bool subreaper;	 /* PR_SET_CHILD_SUBREAPER */
	bool reported_stop, reported_continue; /* to tell the parent: WUNTRACED, WCONTINUED */
	int stop_signal;
	uint32_t stops;	   /* how often it has stopped */
	uint32_t stopping; /* threads that are still to stop; 0: none, or the stop is complete */

	struct wait_queue child_changed; /* woken when a child ends, stops or goes on */
	struct wait_queue ended;	 /* woken when this process becomes a zombie, for pidfds */
	struct wait_queue thread_ended;
	struct wait_queue released; /* woken when vfork's child lets go of the memory */

	uint32_t uid, euid, suid, gid, egid, sgid;
	uint32_t group_count;
	const uint32_t *groups;
	uint32_t *set_groups;		/* owned: groups, once setgroups(2) was called */
	struct mm *mm;			/* a reference; NULL: a zombie */
	struct signal_actions *actions; /* a reference */
	struct signal_queue pending;	/* for any of its threads */
	/* Woken when a signal becomes pending for it or a thread of it. */
	struct wait_queue signalled;
	struct rlimit_pair limits[RLIMITS];
	struct signal_timers timers; /* all off when zeroed, as in a new process */
	struct list cpu_timers;	     /* proc/cpu-timer.c: of its clocks; zeroed: none */
	struct sem_undos *sem_undos; /* ipc/sem.h: a reference, or NULL */
	struct tty *terminal;  /* a reference: the controlling one, if it is a pseudo terminal */
	bool callers_terminal; /* else the caller's is, if the caller has one */
	int left_group; /* of a session leader: the foreground of the terminal that hung up */
	struct capabilities caps;
	int death_signal;				 /* PR_SET_PDEATHSIG */
	uint32_t persona;				 /* personality(2) */
	int oom_score_adj;				 /* /proc/self/oom_score_adj */
	uint32_t coredump_filter;			 /* /proc/self/coredump_filter */
	bool no_new_privs;				 /* PR_SET_NO_NEW_PRIVS */
	bool not_dumpable;				 /* PR_SET_DUMPABLE, 0 */
	bool no_huge_pages;				 /* PR_SET_THP_DISABLE */
	uint32_t securebits;				 /* PR_SET_SECUREBITS */
	struct file *exe_file;				 /* a reference: /proc/self/exe */
	uint64_t arg_start, arg_end, env_start, env_end; /* on the program's stack */
	uint64_t auxv_start, auxv_end, stack_start;	 /* the last: RSP at the start */

	int64_t start_ns;  /* of clock_monotonic_ns(); the first's: of clock_coarse_ns() */
	struct usage gone; /* of its threads that have ended */
	struct usage children_usage; /* of children that were waited for, with theirs */
};

enum thread_state {
	THREAD_READY,	 /* runs, or waits for the CPU in the run queue */
	THREAD_SLEEPING, /* in wait_sleep() */
	THREAD_STOPPED,	 /* with its process, by a signal */
	THREAD_ENDED,	 /* never runs again; its stack is about to be freed */
};

#define THREAD_GUARD 0x6b63617473646e65ull

struct thread {
	struct process *process;
	struct frame *frame; /* the program's registers, at the top of the kernel stack */
	struct list node;    /* of process->threads */
	struct list ids;     /* proc/ids.c */
	struct list run;     /* proc/sched.c */
	int tid;
	enum thread_state state;
	struct files *files; /* references */
	struct fs_context *fs;
	struct signal_state signals;
	struct restart_block restart;
	bool woken;  /* proc/wait.h: the next sleep ends at once */
	bool ending; /* ends on its way to the program: a dying process, or execve */
	uint32_t trap_vector, trap_error;	 /* of the last exception of the program */
	uint64_t trap_address;			 /* CR2 of the last page fault */
	uint64_t set_child_tid, clear_child_tid; /* CLONE_CHILD_SETTID, set_tid_address */
	struct rseq_state rseq;
	uint64_t robust_list; /* proc/futex-end.c */
	struct list locks;    /* proc/futex-pi.c: that it owns and others wait for; or zeroed */
	struct futex_pi *waits_for;   /* a lock, or NULL */
	struct process *vfork_parent; /* sleeps until this thread executes a program or ends */
	char name[16];		      /* comm */
	uint16_t memory_policy;	      /* MPOL_* with flags */

	uint64_t kernel_rsp; /* while another runs */
	uint64_t fs_base, gs_base;
	void *fpu; /* owned: fpu_keep()'s area */
	struct share share;
	uint64_t cpu_ns;       /* used until it was last charged, */
	uint64_t on_cpu_since; /* and clock_cpu_ns() then */
	uint64_t minor_faults, voluntary, involuntary;
	uint64_t timer_slack_ns; /* PR_SET_TIMERSLACK; 0: the default */
	struct traced_call traced;
	uint64_t guard; /* the last: THREAD_GUARD, unless the stack grew into this */
};

/* The thread that runs on this vCPU. */
static inline struct thread *current(void)
{
	uint64_t rsp;

	__asm__("mov %%rsp, %0" : "=r"(rsp));
	return (struct thread *)(rsp & ~(uint64_t)(KSTACK_SIZE - 1));
}

extern struct list process_list;      /* struct process.all: zombies, too */
extern struct process *process_first; /* whose end is the VM's */

/*
 * proc/ids.c: by number, or NULL. A process is found until it was reaped, a
 * thread until it ended.
 */
struct process *process_find(int pid);
struct thread *thread_find(int tid);
uint32_t thread_total(void);
extern uint32_t process_zombies; /* that nobody has waited for */
/* The number that was taken last, and how many were, ever. */
int id_last(void);
uint64_t id_count(void);
/* A number that no thread, process, group or session has; 0: none is left. */
int id_take(void);
void id_set(struct thread *thread, int id); /* makes it findable */
void id_clear(struct thread *thread);

static inline struct thread *process_leader(const struct process *process)
{
	return process->thread_count ? container_of(process->threads.next, struct thread, node)
				     : NULL;
}

/* Nobody finds it any more, but who has a reference. */
static inline bool process_is_reaped(const struct process *process)
{
	return list_empty(&process->all);
}

static inline int process_ppid(const struct process *process)
{
	return process->parent ? process->parent->pid : INIT_PID;
}

#define for_each_process(at) \
	for (struct process *at = container_of(process_list.next, struct process, all); \
	     &at->all != &process_list; at = container_of(at->all.next, struct process, all))

#define for_each_thread(at, of) \
	for (struct thread *at = container_of((of)->threads.next, struct thread, node); \
	     &at->node != &(of)->threads; at = container_of(at->node.next, struct thread, node))

struct boot_block;

/* The first process and its thread, on the stack that runs now. */
void process_create_first(const struct boot_block *boot);

/* clone.c: a new thread or process as flags (CLONE_*) say. */
struct clone_request {
	uint64_t flags;
	int exit_signal;
	uint64_t stack;			       /* RSP; 0: the parent's */
	uint64_t tls;			       /* CLONE_SETTLS */
	uint64_t parent_tid, child_tid, pidfd; /* program addresses */
};
/*
 * Its tid, or -EAGAIN, -ENOMEM, -EINVAL, -EPERM. vfork's returns when the child
 * let go of the memory.
 */
long process_clone(const struct clone_request *request);

/* end.c. Ends all threads of current's process, this one now. status: as wait(2) has it. */
_Noreturn void process_end(int wait_status);
/* Makes the process end: its threads do on their way to the program. */
void process_kill(struct process *process, int wait_status);
/*
 * Ends current; of the last thread, the process, with `status` (0 to 255) if
 * nothing else ends it.
 */
_Noreturn void thread_end(int status);
/*
 * execve's: ends the other threads of current's process; current becomes its
 * leader. -EINTR: current is ending.
 */
int process_be_alone(void);
/* execve's and the end's: vfork's parent goes on. */
void process_release_parent(struct thread *thread);
/* The end of the VM, now: everything that is still to be told to the host is told here. */
_Noreturn void vm_end(enum hc_exit_kind kind, uint32_t code);

/* process.c: how many threads the policy lets the VM have. */
uint32_t process_thread_limit(void);
struct process *process_get(struct process *process);
void process_put(struct process *process);
/* The rest of a process that has no threads: its memory, actions, program. */
void process_release(struct process *process);

/* reap.c: a zombie is waited for: forgets it. */
void process_reap(struct process *process);
/* A child ended (code 0), stopped or went on (CLD_*): SIGCHLD and wake-ups for its parent. */
void process_tell_parent(struct process *process, int code);

/* usage.c: of a process, with its living threads; nanoseconds. */
void process_usage(const struct process *process, struct usage *out);

#endif
