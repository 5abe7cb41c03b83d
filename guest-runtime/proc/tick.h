/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The passing of time: turns, timers that are due while a program
 * computes, and the caller's streams, of which only the host knows. The host is
 * asked to interrupt a program only when somebody else has something to do.
 */
#ifndef GUEST_PROC_TICK_H
#define GUEST_PROC_TICK_H

#include <stdbool.h>

/* On the way to the program: acts on what is due, and gives the CPU away when its turn is over. */
void tick_return(void);
/* Event 2 interrupted the program: true when it is for the time that is up. */
bool tick_event(void);

/* Nobody is ready: sleeps in the host until something may have changed. */
void tick_idle(void);

/* The run queue or the first timer is not what it was. */
void tick_changed(void);

/* There is nothing but current: a system call may block in the host. */
bool tick_alone(void);

#endif
