/* SPDX-License-Identifier: Apache-2.0 */
/* The words for how a run ended, and the exit status that follows. */
#ifndef SANDBOX_CLI_REPORT_H
#define SANDBOX_CLI_REPORT_H

#include "sandbox-cli/run/launch.h"

struct err;
struct policy;
struct rules;

/*
 * The exit status of a run. name: the program as the user typed it. An error
 * to be printed is left in e, else e->what is empty. The outcome is untrusted:
 * whatever it holds, the result is a status from 0 to 255 and printable lines.
 */
int report_result(const struct launch_result *r, const char *name, const struct policy *p,
		  struct err *e);

/* Prints all that is wrong with a policy file but the last one, which is left in e. */
void report_problems(const struct rules *r, struct err *e);

/* -v: what is about to be used. */
void report_setup(const struct policy *p, const char *program);

/* -v: how the run went, with the registers after a failure. */
void report_details(const struct launch_result *r, const struct policy *p, int status);

/* Without -q: the one line about a run that we ended ourselves, if we did. */
void report_note(const struct launch_result *r, const char *name, const struct policy *p);

/* A size as an option has it, or in bytes. */
void report_size(char *out, size_t size, uint64_t bytes);

/* The line about a log that does not hold all. */
void report_lost(const char *file, int error);

/* The line about an archive of --save-changes that is not there because it is not complete. */
void report_dropped(const char *file);

#endif
