/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --status-fd FD: who spoke, for programs that start sandbox-run
 * (sandbox-run(1), STATUS STREAM).
 */
#ifndef SANDBOX_CLI_STATUS_H
#define SANDBOX_CLI_STATUS_H

#include "sandbox-cli/report/notes.h"
#include "sandbox-cli/run/launch.h"

#include <sys/types.h>

struct err;
struct policy;

struct status {
	int fd;	       /* 0: there is none */
	uint32_t told; /* bit op: a denied act of it was told */
};

/* An error when fd cannot be written to. Called before anything else is opened. */
int status_open(struct status *s, int fd, struct err *e);

void status_started(const struct status *s, pid_t monitor);
/* The first of each op that counts. */
void status_denied(struct status *s, const struct policy *p, const struct act *act);
/* What made the run end: "command", "signal", "timeout", "policy" or "sandbox". */
const char *status_ended_by(const struct launch_result *r, int status);
/* denied: distinct acts. r NULL: COMMAND was not started. */
void status_exited(const struct status *s, const struct launch_result *r, int status,
		   uint64_t denied);

#endif
