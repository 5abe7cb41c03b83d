// SPDX-License-Identifier: Apache-2.0
/*
 * The objects are names of the guest's choice. They are compared with the
 * policy's paths, looked for on the host without touching it, and put into a
 * flag only where a shell takes them as they are, or in single quotes (I11).
 */
#include "sandbox-cli/report/denials.h"
#include "common/quote.h"
#include "common/units.h"
#include "policy/policy.h"
#include "sandbox-cli/report/exists.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int denial_is_path(const struct act *act)
{
	return act->op <= NOTE_EXEC && act->object[0] == '/';
}

int denial_is_missing_call(const struct act *act)
{
	return act->op == NOTE_SYSCALL && act->error == ENOSYS;
}

const struct grant *denial_grant(const struct policy *p, const struct act *act)
{
	return denial_is_path(act) ? policy_covering(p, act->object) : NULL;
}

const char *denial_rule(const struct policy *p, const struct act *act)
{
	const struct grant *g = denial_grant(p, act);

	return g ? g->rule : "none";
}

/* The directory of an absolute path. */
static void parent_of(char out[PATH_MAX], const char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	while (length > 1 && path[length - 1] != '/')
		length--;
	while (length > 1 && path[length - 1] == '/')
		length--;
	snprintf(out, PATH_MAX, "%.*s", (int)length, path);
}

int denial_counts(const struct policy *p, const struct act *act)
{
	const struct grant *g;
	char parent[PATH_MAX];

	if (act->verdict != NOTE_DENIED || denial_is_missing_call(act))
		return 0;
	/* A name that is not there: is it because of the policy? */
	if (!denial_is_path(act) || act->error != ENOENT)
		return 1;
	g = denial_grant(p, act);
	if (g && g->kind != GRANT_DENY)
		return 1;
	if (act->op != NOTE_CREATE)
		return exists_ask(act->object);
	parent_of(parent, act->object);
	return exists_ask(parent);
}

/* The path as one word of a shell; 0: not in simple quotes, or an option cannot have it. */
static int quote(char *out, size_t size, const char *path)
{
	for (const char *c = path; *c; c++)
		if (*c < ' ' || *c > '~' || strchr(":'\\", *c))
			return 0;
	return quote_word(out, size, path) == 0;
}

int denial_is_wide(const char *path)
{
	static const char *const wide[] = { "/",	"/bin",	    "/boot",	  "/dev",
					    "/etc",	"/home",    "/lib",	  "/opt",
					    "/proc",	"/root",    "/run",	  "/sbin",
					    "/srv",	"/sys",	    "/tmp",	  "/usr",
					    "/usr/bin", "/usr/lib", "/usr/local", "/usr/share",
					    "/var",	"/var/tmp" };
	const char *home = getenv("HOME");

	for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++)
		if (strcmp(path, wide[i]) == 0)
			return 1;
	return home && strcmp(path, home) == 0;
}

/* The same object has that path on the host, as far as the policy shows it at all. */
static int is_same_on_host(const struct grant *g)
{
	return !g || (grant_is_host(g->kind) && strcmp(g->guest, g->host) == 0);
}

static void path_flag(char out[DENIAL_FLAG], const struct policy *p, const struct act *act)
{
	const struct grant *g = denial_grant(p, act);
	const char *flag = act->op == NOTE_READ || act->op == NOTE_EXEC ? "--ro" : "--rw";
	char path[PATH_MAX], word[DENIAL_FLAG - 8];

	if (act->cut || !is_same_on_host(g))
		return;
	snprintf(path, sizeof(path), "%s", act->object);
	/* A name comes and goes with its directory's right. */
	if (act->op == NOTE_CREATE || act->op == NOTE_DELETE) {
		parent_of(path, act->object);
		if (denial_is_wide(path))
			return;
	}
	if (exists_ask(path) && quote(word, sizeof(word), path))
		snprintf(out, DENIAL_FLAG, "%s %s", flag, word);
}

/* Twice as much. */
static void size_flag(char out[DENIAL_FLAG], const char *option, uint64_t bytes)
{
	char size[32];

	units_print_size(size, sizeof(size), bytes > UINT64_MAX / 2 ? bytes : 2 * bytes);
	snprintf(out, DENIAL_FLAG, "%s %s", option, size);
}

static void limit_flag(char out[DENIAL_FLAG], const struct policy *p, const char *key)
{
	if (strcmp(key, "processes") == 0)
		snprintf(out, DENIAL_FLAG, "--processes %llu", 2ull * p->processes);
	else if (strcmp(key, "open-files") == 0)
		snprintf(out, DENIAL_FLAG, "--open-files %llu", 2ull * p->open_files);
	else if (strcmp(key, "disk") == 0 && p->disk)
		size_flag(out, "--disk", p->disk);
	else if (strcmp(key, "file-size") == 0 && p->file_size)
		size_flag(out, "--file-size", p->file_size);
	else if (strcmp(key, "memory") == 0)
		snprintf(out, DENIAL_FLAG, "--memory %lluMiB",
			 2ull * (unsigned long long)(p->memory >> 20));
}

void denial_flag(char out[DENIAL_FLAG], const struct policy *p, const struct act *act)
{
	const struct grant *g = denial_grant(p, act);

	out[0] = '\0';
	if (g && g->kind == GRANT_DENY)
		return;
	if (act->op == NOTE_LIMIT)
		limit_flag(out, p, act->object);
	else if (denial_is_path(act))
		path_flag(out, p, act);
}
