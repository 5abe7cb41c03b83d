/* SPDX-License-Identifier: Apache-2.0 */
/* The modes that look at the policy in force instead of running something under it. */
#ifndef SANDBOX_CLI_EXPLAIN_H
#define SANDBOX_CLI_EXPLAIN_H

struct err;
struct options;

/*
 * --check-policy, --print-policy, --why and policy check: builds the policy and prints.
 * Returns the exit status; e->what is empty when there is no error to print.
 */
int explain_run(const struct options *o, struct err *e);

#endif
