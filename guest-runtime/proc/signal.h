/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals: what a process does on each, what a thread blocks and has pending,
 * and delivery on the way back to the program.
 *
 * Limits of today: a process has one thread, so there is one pending set. Job
 * control stops are ignored: nobody in the VM could continue a stopped program.
 */
#ifndef GUEST_PROC_SIGNAL_H
#define GUEST_PROC_SIGNAL_H

#include "guest-runtime/lib/list.h"

#include <stdbool.h>
#include <stdint.h>

struct process;
struct thread;
struct frame;

#define SIGNALS 64

typedef uint64_t sigmask_t; /* bit n - 1: signal n */

#define SIGNAL_BIT(signo) ((sigmask_t)1 << ((signo)-1))

/* The kernel's struct sigaction (rt_sigaction(2)). */
struct signal_action {
	uint64_t handler, flags, restorer;
	sigmask_t mask;
};

struct signal_actions {
	struct signal_action action[SIGNALS];
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
			uint64_t address;
			uint64_t rest[2];
		} fault;
		uint8_t bytes[112];
	};
};

_Static_assert(sizeof(struct signal_info) == 128, "siginfo of the Linux ABI");

/* ITIMER_REAL; zeroed: off. */
struct signal_timer {
	int64_t deadline_ns; /* of clock_monotonic_ns(); 0: off */
	int64_t interval_ns;
};

struct signal_state {
	sigmask_t blocked, pending;
	uint64_t altstack_base, altstack_size;
	uint32_t altstack_flags; /* SS_AUTODISARM or 0 */
	bool mask_saved;	 /* blocked is a system call's own; saved is the thread's */
	sigmask_t saved;
	sigmask_t waited;  /* by sigtimedwait: ends waits though blocked */
	struct list queue; /* of what is pending, oldest first */
};

/*
 * Makes a signal pending for the thread; it is acted on at the way out. 0, or
 * -EAGAIN when a real-time signal finds the queue full.
 */
int signal_raise(struct thread *thread, const struct signal_info *info);
/* The same with SI_USER and the process's own ids: SIGPIPE and its like. */
void signal_raise_self(struct thread *thread, int signo);
/* A fault of the program itself, of which thread->trap_* tell: cannot be blocked or ignored. */
void signal_fault(struct thread *thread, int signo, int code, uint64_t address);

/*
 * On the way to the program, when frame->rax holds the system call's result:
 * acts on what is pending, restarts interrupted calls (sys/restart.h). True
 * when the frame was changed and needs a full return.
 */
bool signal_deliver(struct thread *thread);

/* An unblocked signal waits that will do something: what waits must end for. */
bool signal_pending(struct thread *thread);
/* Ignores a set, as a process does from its start when its parent did. */
void signal_ignore(struct process *process, sigmask_t set);
/* What sigtimedwait does: takes the next pending signal of the set. False when there is none. */
bool signal_take(struct thread *thread, sigmask_t set, struct signal_info *info);
/* sigaction: sets the action; one that ignores the signal also drops what is pending of it. */
void signal_set_action(struct thread *thread, int signo, const struct signal_action *action);

/* For a new program: no handlers and no stack for them; what is ignored, blocked or pending stays. */
void signal_reset(struct thread *thread);

/* The mask of ppoll, pselect, sigsuspend: blocked for this call only; delivery restores it. */
void signal_mask_begin(struct thread *thread, sigmask_t mask);
/* Of a call that was not interrupted: back to the thread's mask before signals are acted on. */
void signal_mask_end(struct thread *thread);

/* Sets the alarm, of clock_monotonic_ns(); 0: off. */
void signal_set_timer(struct thread *thread, int64_t deadline_ns, int64_t interval_ns);
/* On event 2 in the program: true when it is for the alarm, which is then looked at. */
bool signal_timer_rings(struct thread *thread);
/* Raises SIGALRM when the process's alarm is due. */
void signal_check_timer(struct thread *thread);
/* A timer is armed: a read or write that blocks in the host must wait for readiness first. */
bool signal_timer_armed(struct thread *thread);

/* Bytes of stack that a handler's frame takes: AT_MINSIGSTKSZ. */
uint64_t signal_frame_size(void);

#endif
