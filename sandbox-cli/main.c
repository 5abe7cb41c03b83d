// SPDX-License-Identifier: Apache-2.0
/*
 * sandbox-run: options -> policy -> launch -> report. The only place that
 * prints an error and exits.
 */
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/file/rules.h"
#include "policy/policy.h"
#include "sandbox-cli/build.h"
#include "sandbox-cli/doctor/doctor.h"
#include "sandbox-cli/explain/explain.h"
#include "sandbox-cli/explain/subcommand.h"
#include "sandbox-cli/options.h"
#include "sandbox-cli/outputs.h"
#include "sandbox-cli/report/learn.h"
#include "sandbox-cli/report/receipt.h"
#include "sandbox-cli/report/report.h"
#include "sandbox-cli/report/reports.h"
#include "sandbox-cli/run/launch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define VERSION "0.1.0"

/* The lines and the exit status of a run that took place. */
static int report(const struct options *o, const struct launch_result *result,
		  struct outputs *outputs, struct reports *reports, const struct policy *given,
		  const struct learn *learn, struct err *e)
{
	const struct policy *p = reports->policy;
	int status = report_result(result, o->command[0], p, e), dropped = 0;
	struct err close_error = { 0 };

	if ((learn && learn_finish(learn, o, given, &reports->notes, outputs->learn, status,
				   &close_error)) ||
	    outputs_close(outputs, result, &dropped, &close_error)) {
		*e = close_error;
		status = e->status;
	}
	if (dropped)
		report_dropped(o->save);
	if (o->verbosity != VERBOSITY_QUIET)
		report_note(result, o->command[0], p);
	reports_finish(reports, o, result, status);
	if (reports->receipt->error->what[0] && !e->what[0]) {
		*e = *reports->receipt->error;
		status = e->status;
	}
	if (o->verbosity == VERBOSITY_VERBOSE)
		report_details(result, p, status);
	return status;
}

/* Returns the exit status; e->what is empty when there is no error to print. */
static int run(const struct options *o, struct err *e)
{
	static struct launch_result result;
	cleanup_free char *program = NULL;
	static struct launch_kvm kvm; /* its thread may outlive this call */
	struct outputs outputs = { .save = { .fd = -1 }, .trace_fd = -1, .audit_fd = -1 };
	static struct reports reports;
	struct err receipt_error = { 0 };
	struct receipt receipt = { .file = { .fd = -1 } };
	static struct rules rules; /* its strings are the policy's, too */
	static struct learn learn;
	static struct policy policy;
	struct policy *p = o->learn ? &learn.policy : &policy;
	int status, dropped, error = -EINVAL;

	if (status_open(&reports.status, o->status_fd, e))
		return e->status;
	launch_kvm_start(&kvm);
	rules_init(&rules);
	policy_init(&policy);
	if (build_policy(&policy, &rules, o, &program, e) == 0 &&
	    (!o->learn || learn_start(&learn, o, &policy, &program, e) == 0) &&
	    launch_kvm_check(&kvm, e) == 0 && outputs_open(&outputs, o, p, e) == 0 &&
	    receipt_open(&receipt, o, p, program, kvm.fd, &receipt_error, e) == 0) {
		struct launch what = {
			.policy = p,
			.program = program,
			.name = build_name(p, o->command[0], program),
			.argv = o->command,
			.kvm = &kvm,
			.save_fd = outputs.save.fd,
			.trace_fd = outputs.trace_fd,
			.tty = o->tty,
		};

		if (o->verbosity == VERBOSITY_VERBOSE)
			report_setup(p, program);
		reports_start(&reports, o, &outputs, p, &receipt, &what);
		error = launch_run(&what, &result, e);
	}
	if (error) {
		outputs_close(&outputs, NULL, &dropped, e);
		status_exited(&reports.status, NULL, e->status, 0);
		receipt_finish(&receipt, NULL, NULL, e->status, e->what);
		report_problems(&rules, e);
		status = e->status;
	} else {
		status = report(o, &result, &outputs, &reports, &policy, o->learn ? &learn : NULL,
				e);
	}
	if (o->learn)
		learn_free(&learn);
	policy_free(&policy);
	rules_free(&rules);
	return status;
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	struct options o = { 0 };
	int status = ERR_SANDBOX;

	if (launch_streams(&e) == 0 && options_parse(&o, argc, argv, &e) == 0) {
		switch (o.mode) {
		case MODE_RUN:
			status = run(&o, &e);
			break;
		case MODE_CHECK:
		case MODE_PRINT_POLICY:
		case MODE_WHY:
		case MODE_NEVER:
			status = explain_run(&o, &e);
			break;
		case MODE_DIFF:
			status = subcommand_diff(&o, &e);
			break;
		case MODE_DOCTOR:
			status = doctor_run();
			break;
		case MODE_HELP:
			options_help();
			status = 0;
			break;
		case MODE_VERSION:
			puts("sandbox-run " VERSION);
			status = 0;
			break;
		}
	}
	if (o.mode != MODE_RUN && (fflush(stdout) || ferror(stdout)) && !e.what[0]) {
		err_set(&e, ERR_SANDBOX, errno, "cannot write: %s", strerror(errno));
		status = e.status;
	}
	options_free(&o);
	if (e.what[0])
		err_print(&e);
	return status;
}
