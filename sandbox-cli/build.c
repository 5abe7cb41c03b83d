// SPDX-License-Identifier: Apache-2.0
/* Turns the options into the policy in force, in the order in which each can be resolved. */
#include "sandbox-cli/build.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/file/rules.h"
#include "policy/policy.h"
#include "sandbox-cli/options.h"
#include "sandbox-cli/run/program.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* What each option about files says. */
static const struct {
	const char *option;
	enum rule_key key;
} files[] = {
	[FILE_RO] = { "--ro", RULE_READ },	  [FILE_RO_TRY] = { "--ro-try", RULE_READ_TRY },
	[FILE_RW] = { "--rw", RULE_WRITE },	  [FILE_OVERLAY] = { "--overlay", RULE_OVERLAY },
	[FILE_TMPFS] = { "--tmpfs", RULE_TMPFS }, [FILE_DENY] = { "--deny", RULE_DENY },
};

/* NAME=VALUE sets; NAME passes what is set here, and nothing when nothing is. */
static int add_variable(struct rules *r, const char *value, int verbose, struct err *e)
{
	char shown[200];

	if (strchr(value, '='))
		return rules_add_flag(r, RULE_ENV_SET, "--env", value, 0, e);
	err_escape(shown, sizeof(shown), value, strlen(value));
	if (verbose && !getenv(value))
		fprintf(stderr, "sandbox-run: --env %s: not set here, not passed\n", shown);
	return rules_add_flag(r, RULE_ENV_PASS, "--env", value, 0, e);
}

/* Rules of one value; 0: the option was not given. */
static int add_numbers(struct rules *r, const struct options *o, struct err *e)
{
	const struct {
		enum rule_key key;
		const char *option;
		uint64_t number;
	} numbers[] = {
		{ RULE_MEMORY, "--memory", o->memory },
		{ RULE_WALL_TIME, "--timeout", o->timeout_ns },
		{ RULE_PROCESSES, "--processes", o->processes },
		{ RULE_OPEN_FILES, "--open-files", o->open_files },
		{ RULE_OUTPUT, "--output", o->output },
		{ RULE_DISK, "--disk", o->disk },
		{ RULE_FILE_SIZE, "--file-size", o->file_size },
		{ RULE_CPU_TIME, "--cpu-time", o->cpu_time_ns },
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers) && rc == 0; i++) {
		if (numbers[i].number)
			rc = rules_add_flag(r, numbers[i].key, numbers[i].option, NULL,
					    numbers[i].number, e);
	}
	return rc;
}

static int add_flags(struct rules *r, const struct options *o, struct err *e)
{
	int verbose = o->verbosity == VERBOSITY_VERBOSE, rc = 0;

	for (size_t i = 0; i < o->file_count && rc == 0; i++) {
		const struct option_file *file = &o->files[i];

		rc = rules_add_flag(r, files[file->kind].key, files[file->kind].option, file->path,
				    0, e);
	}
	for (size_t i = 0; i < o->env_count && rc == 0; i++)
		rc = add_variable(r, o->env[i], verbose, e);
	if (rc == 0 && o->workdir)
		rc = rules_add_flag(r, RULE_WORKDIR, "--workdir", o->workdir, 0, e);
	if (rc == 0 && o->on_deny)
		rc = rules_add_flag(r, RULE_ON_DENY, "--on-deny", o->on_deny, 0, e);
	if (rc == 0 && o->cpus)
		rc = rules_add_flag(r, RULE_CPUS, "--cpus", o->cpus, 0, e);
	if (rc == 0 && o->connect)
		rc = rules_add_flag(r, RULE_CONNECT, "--connect", o->connect, 0, e);
	if (rc == 0 && o->listen)
		rc = rules_add_flag(r, RULE_LISTEN, "--listen", o->listen, 0, e);
	return rc ? rc : add_numbers(r, o, e);
}

/* Natively a program starts where its caller is; so it does here, when it can see the place. */
static int start_here(struct policy *p, struct err *e)
{
	cleanup_free char *here = getcwd(NULL, 0);
	cleanup_free char *inside = NULL;

	if (!here || *here != '/' || policy_look(p, here, &inside, NULL) == POLICY_NOTHING)
		return 0;
	return policy_set_workdir(p, here, "--workdir", e);
}

const char *build_name(const struct policy *p, const char *typed, const char *program)
{
	cleanup_free char *path = NULL, *there = NULL, *wanted = NULL;

	if (!strchr(typed, '/'))
		return program;
	if (asprintf(&path, "%s%s%s", *typed == '/' ? "" : p->workdir, *typed == '/' ? "" : "/",
		     typed) < 0) {
		path = NULL;
		return program;
	}
	policy_look(p, path, &there, NULL);
	policy_look(p, program, &wanted, NULL);
	return there && wanted && strcmp(there, wanted) == 0 ? typed : program;
}

int build_policy(struct policy *p, struct rules *r, const struct options *o, char **program,
		 struct err *e)
{
	return build_policy_more(p, r, o, NULL, NULL, program, e);
}

int build_policy_more(struct policy *p, struct rules *r, const struct options *o, build_more *more,
		      void *context, char **program, struct err *e)
{
	int rc = rules_load_host(r, e);

	if (rc == 0 && o->tty && getenv("TERM")) /* what its terminal understands */
		rc = rules_add_flag(r, RULE_ENV_PASS, "--tty", "TERM", 0, e);
	if (rc == 0 && o->policy)
		rc = rules_load(r, o->policy, e);
	if (rc == 0)
		rc = add_flags(r, o, e);
	if (rc == 0 && more)
		rc = more(context, r, e);
	if (rc == 0)
		rc = rules_resolve(r, p, e);
	if (rc == 0 && o->command[0])
		rc = program_find(p, o->command[0], program, e);
	if (rc == 0 && !p->workdir)
		rc = start_here(p, e);
	if (rc)
		return rc;
	rc = policy_finish(p, e);
	if (rc)
		rules_say_where(r, e);
	return rc ? rc : rules_check_files(r, p, e);
}
