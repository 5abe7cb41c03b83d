// SPDX-License-Identifier: Apache-2.0
/*
 * sandbox-run: options -> policy -> launch -> report. The only place that
 * prints an error and exits.
 */
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/policy.h"
#include "sandbox-cli/doctor.h"
#include "sandbox-cli/launch.h"
#include "sandbox-cli/options.h"
#include "sandbox-cli/program.h"
#include "sandbox-cli/report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define VERSION "0.1.0"

/* PATH, or HOST:GUEST at the first colon. */
static int grant_ro(struct policy *p, const char *value, struct err *e)
{
	const char *colon = strchr(value, ':');
	char host[PATH_MAX];

	if (!colon)
		return policy_grant_read(p, value, value, 0, "--ro", e);
	if (colon == value || !colon[1]) {
		char shown[200];

		err_escape(shown, sizeof(shown), value, strlen(value));
		err_set(e, ERR_SANDBOX, EINVAL, "--ro %s: a side of the colon is empty", shown);
		err_hint(e, "write --ro HOST:GUEST");
		return -EINVAL;
	}
	if (snprintf(host, sizeof(host), "%.*s", (int)(colon - value), value) >= PATH_MAX)
		return err_set(e, ERR_SANDBOX, ENAMETOOLONG, "--ro: %s", strerror(ENAMETOOLONG));
	return policy_grant_read(p, host, colon + 1, 0, "--ro", e);
}

/* NAME=VALUE sets; NAME passes what is set here, and nothing when nothing is. */
static int pass_env(struct policy *p, const char *value, int verbose, struct err *e)
{
	const char *here;
	cleanup_free char *assignment = NULL;

	if (strchr(value, '='))
		return policy_set_env(p, value, e);
	here = getenv(value);
	if (!here) {
		char shown[200];

		err_escape(shown, sizeof(shown), value, strlen(value));
		if (verbose)
			fprintf(stderr, "sandbox-run: --env %s: not set here, not passed\n", shown);
		return 0;
	}
	if (asprintf(&assignment, "%s=%s", value, here) < 0) {
		assignment = NULL;
		return err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
	}
	return policy_set_env(p, assignment, e);
}

static int set_memory(struct policy *p, uint64_t bytes, struct err *e)
{
	if (bytes == 0)
		return 0;
	if (bytes < POLICY_MEMORY_MIN || bytes > POLICY_MEMORY_MAX) {
		err_set(e, ERR_SANDBOX, EINVAL, "--memory: %s than a VM can have",
			bytes < POLICY_MEMORY_MIN ? "less" : "more");
		err_hint(e, "write a size from %lluMiB to %lluGiB", POLICY_MEMORY_MIN >> 20,
			 POLICY_MEMORY_MAX >> 30);
		return -EINVAL;
	}
	p->memory = (bytes + POLICY_MEMORY_UNIT - 1) / POLICY_MEMORY_UNIT * POLICY_MEMORY_UNIT;
	return 0;
}

/* Everything that the task may touch, from the options. */
static int build_policy(struct policy *p, const struct options *o, char **program, struct err *e)
{
	int verbose = o->verbosity == VERBOSITY_VERBOSE;
	int rc = policy_grant_base(p, e);

	for (size_t i = 0; i < o->ro_count && rc == 0; i++)
		rc = grant_ro(p, o->ro[i], e);
	for (size_t i = 0; i < o->env_count && rc == 0; i++)
		rc = pass_env(p, o->env[i], verbose, e);
	if (rc == 0 && o->workdir)
		rc = policy_set_workdir(p, o->workdir, e);
	if (rc == 0)
		rc = set_memory(p, o->memory, e);
	p->timeout_ns = o->timeout_ns;
	if (rc == 0)
		rc = program_find(p, o->command[0], program, e);
	return rc ? rc : policy_finish(p, e);
}

/* Returns the exit status; e->what is empty when there is no error to print. */
static int run(const struct options *o, struct err *e)
{
	static struct launch_result result;
	cleanup_free char *program = NULL;
	static struct launch_kvm kvm; /* its thread may outlive this call */
	struct policy policy;
	int status;

	launch_kvm_start(&kvm);
	policy_init(&policy);
	if (build_policy(&policy, o, &program, e) == 0 && launch_kvm_check(&kvm, e) == 0) {
		if (o->verbosity == VERBOSITY_VERBOSE)
			report_setup(&policy, program);
		if (launch_run(&policy, program, o->command, &kvm, &result, e) == 0) {
			status = report_result(&result, o->command[0], &policy, e);
			if (o->verbosity != VERBOSITY_QUIET)
				report_note(&result, o->command[0], &policy);
			if (o->verbosity == VERBOSITY_VERBOSE)
				report_details(&result, status);
			policy_free(&policy);
			return status;
		}
	}
	policy_free(&policy);
	return e->status;
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
