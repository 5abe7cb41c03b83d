/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals to sandbox-run: they go to the program, as if it had been started
 * directly; a second one that asks for the end within two seconds ends the run.
 */
#ifndef SANDBOX_CLI_FORWARD_H
#define SANDBOX_CLI_FORWARD_H

#include "hv/hv.h"

#include <stdint.h>

struct err;

struct forward {
	int fd; /* signalfd of all that is forwarded */
	int monitor;
	struct hv_outside *outside;
	int stop_asked;	   /* SIGTSTP went on, and nothing has stopped since */
	uint64_t asked_ns; /* CLOCK_MONOTONIC of the signal that asked for the end last; 0: none */
};

/* Blocks what will be forwarded; one that the caller ignores (nohup) stays ignored. */
int forward_init(struct forward *f, struct err *e);

/* Lets go of the descriptor and of the memory that a monitor may still use. */
void forward_free(struct forward *f);

struct signalfd_siginfo;

/* Takes a signal from fd; false: there is none. */
int forward_read(struct forward *f, struct signalfd_siginfo *info);
/* Hands it on. True when it is the second one, and ends the run. */
int forward_signal(struct forward *f, const struct signalfd_siginfo *info, uint64_t now_ns);

/* As if somebody had sent it to sandbox-run alone. */
void forward_send(struct forward *f, int number);

/* The program has stopped: the monitor stops and so do we, until somebody continues us. */
void forward_stop(struct forward *f);
/* The monitor and the program go on. */
void forward_continue(struct forward *f);

#endif
