/* SPDX-License-Identifier: Apache-2.0 */
/* The lines about what was denied, after COMMAND's own output. */
#ifndef SANDBOX_CLI_SUMMARY_H
#define SANDBOX_CLI_SUMMARY_H

#include "sandbox-cli/run/launch.h"

struct notes;
struct policy;

/* Prints what was denied, if anything was. name: of the program, as the user typed it. */
void summary_print(const struct notes *n, const struct policy *p, const struct launch_result *r,
		   const char *name, int status);

/* The line that names the system calls that were asked for and are not there, if any. */
void summary_missing(const struct notes *n);

/* How many distinct acts were denied. */
uint64_t summary_count(const struct notes *n, const struct policy *p);

#endif
