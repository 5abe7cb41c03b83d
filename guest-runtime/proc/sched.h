/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has the CPU: one run queue, in the order of virtual time (share.h). A
 * thread gives the CPU away when it sleeps, ends or stops, and when its turn is
 * over on its way to the program (tick.h).
 */
#ifndef GUEST_PROC_SCHED_H
#define GUEST_PROC_SCHED_H

#include <stdbool.h>
#include <stdint.h>

struct thread;

/* A thread that never ran goes to the run queue; soon: to its head. */
void thread_start(struct thread *thread, bool soon);

/* sched_yield(2): lets the next run first, if there is one. */
void sched_yield(void);
/* Current's turn is over: lets the next run, and current when it is the next again. */
void sched_give_way(void);
/* CPU time until then; UINT64_MAX: nobody waits for the CPU. */
uint64_t sched_turn_left(void);
/*
 * current is THREAD_SLEEPING, _STOPPED or _ENDED: lets others run until
 * sched_ready() and its turn.
 */
void sched_leave(void);
/* A sleeping or stopped thread goes to the run queue; any other stays as it is. */
void sched_ready(struct thread *thread);
/* Somebody waits for the CPU. */
bool sched_is_wanted(void);

/* How often the CPU went from one thread to another. */
uint64_t sched_switches(void);
/* CPU time of a thread until now. */
uint64_t thread_cpu_ns(const struct thread *thread);

#endif
