// SPDX-License-Identifier: Apache-2.0
/* Finds the program as execvp(3) would, in the sandbox's view of the files. */
#include "sandbox-cli/run/program.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/policy.h"
#include "sandbox-cli/run/executable.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define PATH_DEFAULT "/usr/local/bin:/usr/bin:/bin"
#define RULE	     "command"
#define SHOWN	     200 /* bytes of an escaped name in a message */

static const char *search_path(const struct policy *p)
{
	for (char **variable = p->env; variable && *variable; variable++) {
		if (strncmp(*variable, "PATH=", 5) == 0)
			return *variable + 5;
	}
	return PATH_DEFAULT;
}

/* directory/name as an absolute path inside; an empty directory is the working directory. */
static int candidate(char out[PATH_MAX], const struct policy *p, const char *directory,
		     size_t length, const char *name)
{
	const char *top = *directory == '/' && length ? "" : p->workdir ? p->workdir : "";
	int used = snprintf(out, PATH_MAX, "%s%s%.*s/%s", top, *top ? "/" : "", (int)length,
			    directory, name);

	return used < PATH_MAX;
}

/* A hint for a program that the caller's own shell would find. */
static void hint_elsewhere(const char *name, const char *shown, struct err *e)
{
	const char *path = getenv("PATH");
	char found[PATH_MAX], escaped[SHOWN];

	while (path && *path) {
		size_t length = strcspn(path, ":");

		if (snprintf(found, sizeof(found), "%.*s/%s", (int)length, path, name) <
			    (int)sizeof(found) &&
		    *path == '/' && access(found, X_OK) == 0) {
			err_escape(escaped, sizeof(escaped), found, strlen(found));
			err_hint(e, "run it by its path: sandbox-run %s", escaped);
			return;
		}
		path += length + (path[length] == ':');
	}
	if (access(name, F_OK) == 0)
		err_hint(e, "for the file in the current directory write ./%s", shown);
	else
		err_hint(e, "check the name, or set PATH with --env PATH=...");
}

static int search(const struct policy *p, const char *name, const char *shown, char **guest,
		  struct err *e)
{
	const char *path = search_path(p);
	char escaped[SHOWN], inside[PATH_MAX];
	struct err first = { 0 };
	int rc = 0;

	for (const char *at = path;; at++) {
		size_t length = strcspn(at, ":");
		cleanup_free char *host = NULL;

		if (candidate(inside, p, at, length, name) &&
		    (host = policy_host_path(p, inside)) != NULL) {
			rc = executable_check(p, shown, host, e);
			if (rc == 0)
				return (*guest = strdup(inside)) ? 0 : -ENOMEM;
			/* Like execvp(3): go on after a file without permission. */
			if (rc != -EACCES && rc != -EISDIR)
				return rc;
			first = *e;
		}
		at += length;
		if (!*at)
			break;
	}
	if (first.status) {
		*e = first;
		return rc;
	}
	err_escape(escaped, sizeof(escaped), path, strlen(path));
	err_set(e, ERR_NOT_FOUND, ENOENT, "%s: not found in the sandbox, searched %s", shown,
		escaped);
	hint_elsewhere(name, shown, e);
	return -ENOENT;
}

/* Grants a path of the host; *host: its canonical form, under which the task sees it, too. */
static int reveal(struct policy *p, const char *name, const char *shown, char **host, struct err *e)
{
	int rc = policy_grant_read(p, name, name, 0, RULE, e);
	cleanup_free char *seen = NULL;

	if (rc == -E2BIG || rc == -ENOMEM)
		return rc;
	*host = rc ? NULL : realpath(name, NULL);
	if (!*host) {
		int missing;

		rc = rc ? rc : -errno;
		missing = rc == -ENOENT || rc == -ENOTDIR;
		err_set(e, missing ? ERR_NOT_FOUND : ERR_NOT_EXECUTABLE, -rc, "%s: %s%s", shown,
			missing ? "" : "cannot execute: ", strerror(-rc));
		if (missing)
			err_hint(e, "check the path of the program");
		return rc;
	}
	seen = policy_host_path(p, *host);
	if (!seen || strcmp(seen, *host) != 0)
		return err_set(e, ERR_NOT_FOUND, ENOENT,
			       "%s: not found in the sandbox, which shows something else there",
			       shown);
	return 0;
}

/* True when a path holds nothing but names: it can be executed as it is written. */
static int is_plain(const char *path)
{
	size_t length = strlen(path);

	return *path == '/' && path[length - 1] != '/' && path[length - 1] != '.' &&
	       !strstr(path, "/./") && !strstr(path, "/../") && !strstr(path, "//");
}

static int take_path(struct policy *p, const char *name, const char *shown, char **guest,
		     struct err *e)
{
	cleanup_free char *host = NULL, *canonical = NULL, *seen = NULL;
	const char *inside = name;
	int rc, revealed;

	/* What --ro HOST:GUEST shows at this path comes first: it is the path inside. */
	if (*name == '/')
		policy_look(p, name, &canonical, &host);
	revealed = !host;
	if (revealed) {
		rc = reveal(p, name, shown, &host, e);
		if (rc)
			return rc;
	}
	rc = executable_check(p, shown, host, e);
	if (rc)
		return rc;
	seen = policy_host_path(
		p, name); /* not where it leads through /proc: that is another inside */
	if (!is_plain(name) || !seen)
		inside = revealed ? host : canonical;
	*guest = strdup(inside);
	return *guest ? 0 : err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
}

int program_find(struct policy *p, const char *name, char **guest, struct err *e)
{
	char shown[SHOWN];

	*guest = NULL;
	err_escape(shown, sizeof(shown), name, strlen(name));
	if (!*name)
		return err_set(e, ERR_NOT_FOUND, ENOENT, "\"\": %s", strerror(ENOENT));
	if (strchr(name, '/'))
		return take_path(p, name, shown, guest, e);
	return search(p, name, shown, guest, e);
}
