// SPDX-License-Identifier: Apache-2.0
/* Turns the options into the policy in force, in the order in which each can be resolved. */
#include "sandbox-cli/build.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/policy.h"
#include "sandbox-cli/options.h"
#include "sandbox-cli/program.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* What each option about files grants. */
static const struct {
	const char *rule;
	enum grant_kind kind;
	int optional;
} files[] = {
	[FILE_RO] = { "--ro", GRANT_READ, 0 },
	[FILE_RO_TRY] = { "--ro-try", GRANT_READ, 1 },
	[FILE_RW] = { "--rw", GRANT_WRITE, 0 },
	[FILE_OVERLAY] = { "--overlay", GRANT_OVERLAY, 0 },
	[FILE_TMPFS] = { "--tmpfs", GRANT_TMPFS, 0 },
	[FILE_DENY] = { "--deny", GRANT_DENY, 0 },
};

/* PATH, or HOST:GUEST at the first colon. */
static int grant_host(struct policy *p, const struct option_file *file, struct err *e)
{
	const char *rule = files[file->kind].rule, *colon = strchr(file->path, ':');
	enum grant_kind kind = files[file->kind].kind;
	int optional = files[file->kind].optional;
	char host[PATH_MAX];

	if (!colon)
		return policy_grant_host(p, kind, file->path, file->path, optional, rule, e);
	if (colon == file->path || !colon[1]) {
		char shown[200];

		err_escape(shown, sizeof(shown), file->path, strlen(file->path));
		err_set(e, ERR_SANDBOX, EINVAL, "%s %s: a side of the colon is empty", rule, shown);
		err_hint(e, "write %s HOST:GUEST", rule);
		return -EINVAL;
	}
	if (snprintf(host, sizeof(host), "%.*s", (int)(colon - file->path), file->path) >= PATH_MAX)
		return err_set(e, ERR_SANDBOX, ENAMETOOLONG, "%s: %s", rule,
			       strerror(ENAMETOOLONG));
	return policy_grant_host(p, kind, host, colon + 1, optional, rule, e);
}

static int grant_file(struct policy *p, const struct option_file *file, struct err *e)
{
	const char *rule = files[file->kind].rule;

	switch (files[file->kind].kind) {
	case GRANT_TMPFS:
		return policy_grant_private(p, GRANT_TMPFS, file->path, rule, e);
	case GRANT_DENY:
		return policy_deny(p, file->path, rule, e);
	default:
		return grant_host(p, file, e);
	}
}

/* A guest path leads through what the host grants show, and denials are about all others. */
static int grant_files(struct policy *p, const struct options *o, struct err *e)
{
	static const enum option_file_kind last[] = { FILE_TMPFS, FILE_DENY };
	int rc = 0;

	for (size_t i = 0; i < o->file_count && rc == 0; i++) {
		if (grant_is_host(files[o->files[i].kind].kind))
			rc = grant_file(p, &o->files[i], e);
	}
	for (size_t turn = 0; turn < sizeof(last) / sizeof(*last); turn++) {
		for (size_t i = 0; i < o->file_count && rc == 0; i++) {
			if (o->files[i].kind == last[turn])
				rc = grant_file(p, &o->files[i], e);
		}
	}
	return rc;
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

/* Natively a program starts where its caller is; so it does here, when it can see the place. */
static int start_here(struct policy *p, struct err *e)
{
	cleanup_free char *here = getcwd(NULL, 0);
	cleanup_free char *inside = NULL;

	if (!here || *here != '/' || policy_look(p, here, &inside, NULL) == POLICY_NOTHING)
		return 0;
	return policy_set_workdir(p, here, e);
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

int build_policy(struct policy *p, const struct options *o, char **program, struct err *e)
{
	int verbose = o->verbosity == VERBOSITY_VERBOSE;
	int rc = policy_grant_base(p, e);

	if (rc == 0)
		rc = grant_files(p, o, e);
	if (rc == 0 && o->tty && getenv("TERM")) /* what its terminal understands */
		rc = pass_env(p, "TERM", verbose, e);
	for (size_t i = 0; i < o->env_count && rc == 0; i++)
		rc = pass_env(p, o->env[i], verbose, e);
	if (rc == 0 && o->workdir)
		rc = policy_set_workdir(p, o->workdir, e);
	if (rc == 0)
		rc = set_memory(p, o->memory, e);
	p->timeout_ns = o->timeout_ns;
	p->output = o->output;
	if (o->processes)
		p->processes = (unsigned int)o->processes;
	if (o->open_files)
		p->open_files = (unsigned int)o->open_files;
	if (rc == 0)
		rc = program_find(p, o->command[0], program, e);
	if (rc == 0 && !o->workdir)
		rc = start_here(p, e);
	return rc ? rc : policy_finish(p, e);
}
