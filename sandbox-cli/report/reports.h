/* SPDX-License-Identifier: Apache-2.0 */
/* Who reads the guest's notes in one run: the summary, the audit log, the status stream. */
#ifndef SANDBOX_CLI_REPORTS_H
#define SANDBOX_CLI_REPORTS_H

#include "sandbox-cli/options.h"
#include "sandbox-cli/report/audit.h"
#include "sandbox-cli/report/notes.h"
#include "sandbox-cli/report/status.h"

struct launch;
struct launch_result;
struct outputs;
struct policy;
struct receipt;

struct reports {
	struct notes notes;
	struct audit audit;
	struct status status;
	const struct policy *policy;
	struct receipt *receipt; /* opened or not */
};

/*
 * Fills what launch_run() has to know about notes; nothing is asked for that
 * nobody reads. Takes the descriptor of the log.
 */
void reports_start(struct reports *r, const struct options *o, struct outputs *outputs,
		   const struct policy *p, struct receipt *receipt, struct launch *what);

/* After the run: all that is left to be said. */
void reports_finish(struct reports *r, const struct options *o, const struct launch_result *result,
		    int status);

#endif
