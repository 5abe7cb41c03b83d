/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stopping and going on. A process stops thread by thread, each on its way to
 * the program; when the last of them has, its parent is told.
 */
#ifndef GUEST_PROC_SIGNAL_STOP_H
#define GUEST_PROC_SIGNAL_STOP_H

#include <stdbool.h>

struct process;
struct thread;

/*
 * What sending does at once, whether the signal is blocked, ignored or neither:
 * SIGCONT makes the process go on and takes back stops that are pending; those
 * take back SIGCONT.
 */
void signal_stop_or_continue(struct process *process, int signo);

/* A stop signal's default action: all threads of the process are to stop. */
void signal_stop_begin(struct process *process, int signo);
/* current, which is to stop, does so until its process goes on or ends. */
void signal_stop_here(struct thread *thread);
/* A thread that was to stop ends instead. */
void signal_stop_without(struct thread *thread);

#endif
