/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals: what a process does on each, what a thread blocks and has pending,
 * and delivery on the way back to the program.
 *
 * A signal is pending for one thread or for a process, that is for the first of
 * its threads that does not block it.
 */
#ifndef GUEST_PROC_SIGNAL_H
#define GUEST_PROC_SIGNAL_H

#include "guest-runtime/lib/list.h"
#include "guest-runtime/proc/cpu-timer.h"
#include "guest-runtime/proc/wait.h"

#include <stdbool.h>
#include <stdint.h>

struct process;
struct thread;
struct frame;

#define SIGNALS 64

typedef uint64_t sigmask_t; /* bit n - 1: signal n */

#define SIGNAL_BIT(signo) ((sigmask_t)1 << ((signo)-1))

#define SIGNAL_DEFAULT 0 /* SIG_DFL and SIG_IGN as numbers */
#define SIGNAL_IGNORE  1

/* SIG_DFL stops the process: SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU. */
#define SIGNALS_STOP (SIGNAL_BIT(19) | SIGNAL_BIT(20) | SIGNAL_BIT(21) | SIGNAL_BIT(22))

/* The kernel's struct sigaction (rt_sigaction(2)). */
struct signal_action {
	uint64_t handler, flags, restorer;
	sigmask_t mask;
};

struct signal_actions {
	uint32_t references; /* of processes: CLONE_SIGHAND */
	struct signal_action action[SIGNALS];
};

/* What is pending, oldest first. */
struct signal_queue {
	sigmask_t set;
	struct list entries;
};

/* The kernel's siginfo, 128 bytes; filled by those who raise. */
struct signal_info {
	int32_t signo, error, code, pad;
	union {
		struct {
			int32_t pid;
			uint32_t uid;
			uint64_t value;
		} kill;
		struct {
			int32_t pid;
			uint32_t uid;
			int32_t status, pad;
			int64_t user_ticks, system_ticks;
		} child;
		struct {
			int32_t id, overrun;
			uint64_t value;
		} timer;
		struct {
			uint64_t address;
			uint64_t rest[2];
		} fault;
		struct {
			int64_t band;
			int32_t fd;
		} poll;
		struct {
			uint64_t address;
			int32_t number;
			uint32_t arch;
		} call;
		uint8_t bytes[112];
	};
};

_Static_assert(sizeof(struct signal_info) == 128, "siginfo of the Linux ABI");

/* Which member of the union counts. */
enum signal_layout {
	SIGNAL_LAYOUT_KILL,  /* pid and uid */
	SIGNAL_LAYOUT_QUEUE, /* with a value */
	SIGNAL_LAYOUT_TIMER,
	SIGNAL_LAYOUT_CHILD,
	SIGNAL_LAYOUT_FAULT,
	SIGNAL_LAYOUT_POLL,
	SIGNAL_LAYOUT_CALL, /* SIGSYS */
};

/* signal-info.c */
enum signal_layout signal_info_layout(const struct signal_info *info);
/* Linux gives the code a meaning. */
bool signal_info_is_known(const struct signal_info *info);

/* One pending signal. */
struct signal_entry {
	struct list node;
	struct signal_info info;
	struct signal_queue *queue; /* that it is in */
	struct signal_user *user;   /* who is charged for it */
	/* Whose it is: taken or dropped, it stays there. NULL: of none. */
	struct posix_timer *timer;
};

/* setitimer(2)'s timers; zeroed: off. */
struct signal_interval {
	struct wait_timer real;
	struct cpu_timer cpu; /* of ITIMER_VIRTUAL and ITIMER_PROF */
	bool ready;	      /* cpu is initialized */
	int64_t due_ns;	      /* of clock_monotonic_ns() or the CPU clock; 0: off */
	int64_t interval_ns;
};

#define SIGNAL_INTERVALS 3 /* ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF */

/* Of a process. */
struct signal_timers {
	struct signal_interval interval[SIGNAL_INTERVALS];
	struct list created; /* timer_create(2)'s: proc/posix-timer.c */
	int next_id;
};

struct signal_state {
	sigmask_t blocked;
	struct signal_queue pending; /* for this thread alone */
	uint64_t altstack_base, altstack_size;
	uint32_t altstack_flags; /* SS_* as they were given; none at first */
	bool mask_saved;	 /* blocked is a system call's own; saved is the thread's */
	sigmask_t saved;
	sigmask_t waited; /* by sigtimedwait: ends waits though blocked */
	bool stopping;	  /* on its way to the program it stops, with its process */
};

/*
 * Makes a signal pending for the thread, or for the process, and wakes who is
 * to act on it. 0, or -EAGAIN when a real-time signal finds the queue full.
 * Who may send is the callers' to check (sys/signal.c).
 */
int signal_send_thread(struct thread *thread, const struct signal_info *info);
int signal_send_process(struct process *process, const struct signal_info *info);
/* An entry of a timer that is in no queue. True: the signal is ignored, and nothing was done. */
bool signal_send_thread_entry(struct thread *thread, struct signal_entry *entry);
bool signal_send_process_entry(struct process *process, struct signal_entry *entry);
/* To every process of the group. Returns how many. */
int signal_send_group(int pgid, const struct signal_info *info);
/* From the kernel (SI_KERNEL), as of terminals. */
void signal_send_kernel(struct process *process, int signo);
/* The same from current's process (SI_USER). */
void signal_send_from_self(struct process *process, int signo);
/* For current, with SI_USER and its own ids: SIGPIPE and its like. */
void signal_raise_self(int signo);
/* A fault of the program itself, of which thread->trap_* tell: cannot be blocked or ignored. */
void signal_fault(struct thread *thread, int signo, int code, uint64_t address);

/*
 * On the way to the program, when frame->rax holds the system call's result:
 * acts on what is pending, restarts interrupted calls (sys/restart.h). True
 * when the frame was changed and needs a full return.
 */
bool signal_deliver(struct thread *thread);

/* An unblocked signal waits that will do something, or the thread ends: what waits must end for. */
bool signal_pending(const struct thread *thread);
/* thread does not act on the set any more: wakes others for what is pending for the process. */
void signal_hand_over(struct thread *thread, sigmask_t set);
/* The set that is pending for the thread or its process. */
sigmask_t signal_set_pending(const struct thread *thread);
/* Ignores a set, as a process does from its start when its parent did. */
void signal_ignore(struct process *process, sigmask_t set);
/* What sigtimedwait does: takes the next pending signal of the set. False when there is none. */
bool signal_take(struct thread *thread, sigmask_t set, struct signal_info *info);
/* sigaction: sets the action; one that ignores the signal also drops what is pending of it. */
void signal_set_action(struct thread *thread, int signo, const struct signal_action *action);

/*
 * For a new program: no handlers, no stack for them, no timers; what is
 * ignored, blocked or pending stays.
 */
void signal_reset(struct thread *thread);

/* The mask of ppoll, pselect, sigsuspend: blocked for this call only; delivery restores it. */
void signal_mask_begin(struct thread *thread, sigmask_t mask);
/* Of a call that was not interrupted: back to the thread's mask before signals are acted on. */
void signal_mask_end(struct thread *thread);

/* signal-timer.c: ITIMER_* of current's process. ns, 0: off. */
void signal_timer_set(int which, int64_t value_ns, int64_t interval_ns);
void signal_timer_get(int which, int64_t *left_ns, int64_t *interval_ns);
/* The process has ended: no timer of its or of its clocks goes off any more. */
void signal_timers_end(struct process *process);

/* signal-queue.c */
void signal_queue_init(struct signal_queue *queue);
/*
 * A signal for the process or a thread of it. 0, or -EAGAIN: one that carries a
 * value finds RLIMIT_SIGPENDING of its user used up, or no memory.
 */
int signal_queue_add(struct signal_queue *queue, const struct signal_info *info,
		     const struct process *process);
/* Takes the next of the set, those of the program's own instructions first. */
bool signal_queue_take(struct signal_queue *queue, sigmask_t set, struct signal_info *info);
/* Forgets what is pending of the set. */
void signal_queue_drop(struct signal_queue *queue, sigmask_t set);
void signal_queue_clear(struct signal_queue *queue);
/* An entry that belongs to the caller, is charged to the process's user and in no queue. */
bool signal_entry_count(struct signal_entry *entry, const struct process *process, bool always);
void signal_entry_discount(struct signal_entry *entry);
void signal_queue_add_entry(struct signal_queue *queue, struct signal_entry *entry);
/* Takes it out of its queue, if it is in one. */
void signal_entry_withdraw(struct signal_entry *entry);
/* How many a user has. */
uint32_t signal_queue_count(uint32_t uid);

/* like NULL: defaults; clear: without its handlers, but with what it ignores. NULL: no memory. */
struct signal_actions *signal_actions_create(const struct signal_actions *like, bool clear);
void signal_actions_put(struct signal_actions *actions);
/*
 * For a new thread of any process: the mask, and of vfork's and fork's child
 * the stack for handlers.
 */
void signal_inherit(struct thread *thread, const struct thread *parent, uint64_t clone_flags);
/* By its action: it would do nothing. */
bool signal_is_ignored(const struct process *process, int signo);

/* Bytes of stack that a handler's frame takes: AT_MINSIGSTKSZ. */
uint64_t signal_frame_size(void);

#endif
