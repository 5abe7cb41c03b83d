/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --audit FILE: one JSON object a line for each act, repeats counted
 * (sandbox-run(1), AUDIT LOG).
 */
#ifndef SANDBOX_CLI_AUDIT_H
#define SANDBOX_CLI_AUDIT_H

#include "sandbox-cli/report/notes.h"

struct policy;

#define AUDIT_BYTES_MAX (16u << 20) /* that one run adds to the file */

struct audit {
	int fd;	 /* owned; -1: there is no log */
	int all; /* allowed acts, too */
	const struct policy *policy;
	char run[9];	  /* names the run in its lines */
	uint64_t bytes;	  /* written so far */
	uint64_t dropped; /* acts for which there was no room, or no disk */
	int error;	  /* why a line could not be written, the last; 0: all could */
};

void audit_start(struct audit *a, int fd, int all, const struct policy *p);

/* An act was counted: written at once when it is the first of its kind, or a second has passed. */
void audit_act(struct audit *a, struct act *act);

/* "ENOENT"; "" for 0, "unknown". */
const char *audit_error_name(unsigned int error);

/* At the end: what was not written yet, and how much could not be. Closes the log. */
void audit_finish(struct audit *a, struct notes *n);

#endif
