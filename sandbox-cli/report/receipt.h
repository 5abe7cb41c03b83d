/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --receipt FILE: one JSON document about a run, for who has to show later
 * what was run under what, and what came of it (sandbox-run(1), RECEIPT). It is
 * opened before the run and appears whole at its end, however that came.
 */
#ifndef SANDBOX_CLI_RECEIPT_H
#define SANDBOX_CLI_RECEIPT_H

#include "sandbox-cli/explain/whole.h"
#include "sandbox-cli/report/sha256.h"

#include <stdint.h>

struct err;
struct hv_account;
struct json;
struct launch_result;
struct notes;
struct options;
struct policy;

struct receipt {
	struct whole file;	    /* fd -1: there is none */
	struct hv_account *account; /* for launch_run(); its numbers are the monitor's word */
	const struct options *options;
	const struct policy *policy;
	const char *program;		  /* as the task sees it */
	int kvm_fd;			  /* stays the caller's */
	char program_sha256[SHA256_TEXT]; /* before the run; "": it could not be read */
	int64_t started_ns;		  /* CLOCK_REALTIME */
	struct err *error;		  /* of the write; the caller's */
};

/*
 * Opens the receipt that the options ask for, if they do, and hashes the
 * program. The policy is finished. error: takes what goes wrong at the end.
 */
int receipt_open(struct receipt *r, const struct options *o, const struct policy *p,
		 const char *program, int kvm_fd, struct err *error, struct err *e);

/*
 * Writes it and puts it in place; releases r. result and notes: NULL when
 * there was no run, which `why` (or NULL) then says.
 */
void receipt_finish(struct receipt *r, const struct launch_result *result,
		    const struct notes *notes, int status, const char *why);

/* The parts, each one member of the document. */
void receipt_granted(struct json *j, const char *key, const struct policy *p);
void receipt_used(struct json *j, const struct receipt *r);
void receipt_denied(struct json *j, const struct policy *p, const struct notes *n);
void receipt_written(struct json *j, const struct notes *n);
void receipt_limits(struct json *j, const struct receipt *r, const struct launch_result *result);
void receipt_host(struct json *j, const struct receipt *r);

/* A time of CLOCK_REALTIME, as "2026-11-22T10:00:01.123Z"; of before year 10000. */
void receipt_time(struct json *j, const char *key, int64_t ns);

#endif
