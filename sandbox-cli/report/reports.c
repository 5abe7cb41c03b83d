// SPDX-License-Identifier: Apache-2.0
/* From notes to reports: which notes a run asks for, and who is told of them. */
#include "sandbox-cli/report/reports.h"
#include "common/cleanup.h"
#include "policy/policy.h"
#include "sandbox-cli/outputs.h"
#include "sandbox-cli/report/exists.h"
#include "sandbox-cli/report/receipt.h"
#include "sandbox-cli/report/report.h"
#include "sandbox-cli/report/summary.h"
#include "sandbox-cli/run/launch.h"

#include <errno.h>

static int prints_summary(const struct options *o)
{
	return o->report != REPORT_NEVER && o->verbosity != VERBOSITY_QUIET;
}

static uint32_t wanted(const struct reports *r, const struct options *o)
{
	uint32_t flags = 0;

	if (prints_summary(o) || o->verbosity == VERBOSITY_VERBOSE || r->audit.fd >= 0 ||
	    r->status.fd)
		flags |= BOOT_NOTES_DENIED;
	if (r->receipt->account)
		flags |= BOOT_NOTES_DENIED | BOOT_NOTES_ALLOWED;
	if (r->audit.fd >= 0 && r->audit.all)
		flags |= BOOT_NOTES_ALLOWED;
	if (o->learn)
		return BOOT_NOTES_DENIED | BOOT_NOTES_ALLOWED | BOOT_NOTES_LOOKUPS;
	if (o->report == REPORT_ON_FAILURE && o->verbosity != VERBOSITY_VERBOSE &&
	    r->audit.fd < 0 && !r->status.fd && !r->receipt->account)
		flags |= BOOT_NOTES_LATE;
	return flags;
}

/* I11: the act is the guest's word. */
static void take(void *context, struct act *act, enum note_op op, uint64_t n)
{
	struct reports *r = context;

	(void)op;
	(void)n;
	if (!act)
		return;
	audit_act(&r->audit, act);
	if (act->verdict == NOTE_DENIED)
		status_denied(&r->status, r->policy, act);
}

void reports_start(struct reports *r, const struct options *o, struct outputs *outputs,
		   const struct policy *p, struct receipt *receipt, struct launch *what)
{
	uint32_t flags;

	r->receipt = receipt;
	what->account = receipt->account;

	r->policy = p;
	r->notes = (struct notes){ .fd = -1, .listener = take, .context = r };
	audit_start(&r->audit, steal_fd(&outputs->audit_fd), o->audit_all || p->audit == AUDIT_ALL,
		    p);
	flags = wanted(r, o);
	if (flags & BOOT_NOTES_DENIED)
		what->notes = &r->notes;
	if (p->on_deny == ON_DENY_KILL)
		flags |= BOOT_NOTES_KILL;
	what->note_flags = flags;
	what->status = r->status.fd ? &r->status : NULL;
}

/* Limits that ended the VM before the guest could say so. */
static void add_ends(struct notes *n, const struct launch_result *result)
{
	if (result->end == LAUNCH_TIMEOUT || result->timed_out)
		notes_add(n, NOTE_LIMIT, result->cpu_limited ? "cpu-time" : "wall-time", ETIME);
	if (result->end != LAUNCH_OUTCOME)
		return;
	if (result->outcome.end == HV_END_NO_MEMORY)
		notes_add(n, NOTE_LIMIT, "memory", ENOMEM);
	if (result->outcome.end == HV_END_OUTPUT)
		notes_add(n, NOTE_LIMIT, "output", EFBIG);
}

void reports_finish(struct reports *r, const struct options *o, const struct launch_result *result,
		    int status)
{
	struct notes *n = &r->notes;

	if (r->audit.fd >= 0 || r->status.fd)
		add_ends(n, result);
	audit_finish(&r->audit, n);
	if (r->audit.error)
		report_lost(o->audit, r->audit.error);
	if (prints_summary(o) && (status || o->report == REPORT_ALWAYS))
		summary_print(n, r->policy, result, o->command[0], status);
	/* Programs try calls and do without: who succeeded need not hear of it. */
	if (o->verbosity == VERBOSITY_VERBOSE || (prints_summary(o) && status))
		summary_missing(n);
	status_exited(&r->status, result, status, r->status.fd ? summary_count(n, r->policy) : 0);
	receipt_finish(r->receipt, result, n, status, NULL);
	exists_end();
	notes_close(n);
}
