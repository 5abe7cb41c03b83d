// SPDX-License-Identifier: Apache-2.0
/*
 * Turns a host path, as a user wrote it, into grants: each symbolic link met
 * on the way appears to the task at its place, and the object at the end at
 * its canonical path. So the task finds it under the same names as the host,
 * and the resolution happens once, before the task exists.
 */
#include "common/err.h"
#include "policy/grants/grants.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct reveal {
	struct policy *policy;
	enum grant_kind kind;
	const char *rule;
	int links; /* whether the links on the way are granted too */
	struct err *e;
};

static int host_step(void *context, const char *prefix, char target[PATH_MAX])
{
	struct reveal *r = context;
	ssize_t length = readlink(prefix, target, PATH_MAX - 1);
	int rc;

	if (length < 0)
		return errno == EINVAL ? 0 : -errno;
	target[length] = '\0';
	if (!*target)
		return -ENOENT;
	/* The links of /proc tell of the host's processes, and the task has a /proc of its own. */
	if (!r->links || path_is_below(prefix, "/proc", NULL))
		return 1;
	rc = grants_add(r->policy, GRANT_SYMLINK, prefix, NULL, target, r->rule, r->e);
	return rc ? rc : 1;
}

/* err_set() with the path escaped; it may hold anything. */
static int refuse(const struct reveal *r, int rc, const char *path)
{
	char name[256], cwd[PATH_MAX];

	if (r->e->what[0]) /* grants_add() said more */
		return rc;
	err_escape(name, sizeof(name), path, strlen(path));
	err_set(r->e, ERR_SANDBOX, -rc, "%s %s: %s", r->rule, name, strerror(-rc));
	if (rc == -ENOENT && r->kind == GRANT_WRITE) {
		err_hint(r->e, "create it before: mkdir -p %s", name);
	} else if (rc == -ENOENT && *path != '/' && getcwd(cwd, sizeof(cwd))) {
		err_escape(name, sizeof(name), cwd, strlen(cwd));
		err_hint(r->e, "relative paths start at the current directory, %s", name);
	}
	return rc;
}

static int grant_revealed(struct reveal *r, const char *host, const char *guest)
{
	char path[PATH_MAX], canonical[PATH_MAX], place[PATH_MAX];
	int rc = path_absolute(path, host);

	if (rc == 0)
		rc = path_walk(canonical, path, host_step, r);
	if (rc)
		return rc;
	if (r->links)
		return grants_add(r->policy, r->kind, canonical, canonical, NULL, r->rule, r->e);
	rc = path_absolute(path, guest);
	if (rc == 0)
		rc = path_tidy(place, path);
	if (rc)
		return rc == -EINVAL
			       ? err_set(r->e, ERR_SANDBOX, EINVAL,
					 "%s: the path inside must not contain \"..\"", r->rule)
			       : rc;
	return grants_add(r->policy, r->kind, place, canonical, NULL, r->rule, r->e);
}

int policy_grant_host(struct policy *p, enum grant_kind kind, const char *host, const char *guest,
		      int optional, const char *rule, struct err *e)
{
	struct reveal r = { p, kind, rule, strcmp(host, guest) == 0, e };
	size_t before = p->grant_count;
	int rc;

	must(grant_is_host(kind));
	e->what[0] = '\0';
	e->hint[0] = '\0';
	rc = grant_revealed(&r, host, guest);
	if (rc == 0)
		return 0;
	grants_truncate(p, before);
	if (optional && (rc == -ENOENT || rc == -ENOTDIR))
		return 0;
	return refuse(&r, rc, host);
}

int policy_grant_read(struct policy *p, const char *host, const char *guest, int optional,
		      const char *rule, struct err *e)
{
	return policy_grant_host(p, GRANT_READ, host, guest, optional, rule, e);
}
