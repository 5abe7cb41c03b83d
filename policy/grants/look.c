// SPDX-License-Identifier: Apache-2.0
/*
 * Looks at a path with the task's eyes, before the task exists: what the
 * launcher needs to find the program and to check the working directory. It
 * guards nothing; what the task can reach is decided by the grants alone.
 */
#include "common/err.h"
#include "policy/grants/grants.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The next grant after last, in grants_order(), at or above path; links only at path itself. */
static const struct grant *next_above(const struct policy *p, const char *path,
				      const struct grant *last)
{
	const struct grant *found = NULL;

	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *g = &p->grants[i];

		if (strcmp(g->guest, path) != 0 &&
		    (g->kind == GRANT_SYMLINK || !path_is_below(path, g->guest, NULL)))
			continue;
		if ((!last || grants_order(last, g) < 0) && (!found || grants_order(g, found) < 0))
			found = g;
	}
	return found;
}

const struct grant *look_covering(const struct policy *p, const char *path)
{
	const struct grant *found = NULL, *next = NULL;

	while ((next = next_above(p, path, next)) != NULL) {
		if (!found || !grant_yields(found, next))
			found = next;
	}
	return found;
}

static int has_grants_below(const struct policy *p, const char *path)
{
	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *g = &p->grants[i];

		if (g->kind != GRANT_DENY && path_is_below(g->guest, path, NULL) &&
		    look_covering(p, g->guest) == g)
			return 1;
	}
	return 0;
}

int look_host(char out[PATH_MAX], const struct grant *g, const char *path)
{
	const char *rest;

	if (path_is_below(path, g->guest, &rest))
		return path_join(out, g->host, rest);
	return path_copy(out, g->host);
}

static enum policy_object classify(const struct policy *p, const char *path, char host[PATH_MAX])
{
	const struct grant *g = look_covering(p, path);

	if (g && grant_is_host(g->kind) && look_host(host, g, path) == 0 && access(host, F_OK) == 0)
		return POLICY_HOST;
	/* Private /tmp starts empty, so only its top is there. */
	if (g && ((g->kind == GRANT_TMPFS && strcmp(g->guest, path) == 0) || g->kind == GRANT_DEV ||
		  g->kind == GRANT_PROC || g->kind == GRANT_SYS))
		return POLICY_PRIVATE;
	if (strcmp(path, "/") == 0 || has_grants_below(p, path))
		return POLICY_BARE;
	return POLICY_NOTHING;
}

static int guest_step(void *context, const char *prefix, char target[PATH_MAX])
{
	const struct policy *p = context;
	const struct grant *g = look_covering(p, prefix);
	char host[PATH_MAX];

	if (g && g->kind == GRANT_SYMLINK)
		return path_copy(target, g->target) ? -ENAMETOOLONG : 1;
	if (g && grant_is_host(g->kind) && look_host(host, g, prefix) == 0) {
		ssize_t length = readlink(host, target, PATH_MAX - 1);
		if (length > 0) {
			target[length] = '\0';
			return 1;
		}
	}
	return classify(p, prefix, host) == POLICY_NOTHING ? -ENOENT : 0;
}

static int place_step(void *context, const char *prefix, char target[PATH_MAX])
{
	int rc = guest_step(context, prefix, target);

	return rc == -ENOENT ? 0 : rc;
}

int look_place(char out[PATH_MAX], const struct policy *p, const char *guest)
{
	return path_walk(out, guest, place_step, (void *)(uintptr_t)p);
}

int look_name(char out[PATH_MAX], const struct policy *p, const char *path)
{
	char parent[PATH_MAX], name[PATH_MAX], *slash;
	int rc = path_copy(parent, path);

	if (rc)
		return rc;
	while ((slash = strrchr(parent, '/')) != NULL && !slash[1] && slash != parent)
		*slash = '\0';
	if (!slash || !slash[1] || strcmp(slash, "/.") == 0 || strcmp(slash, "/..") == 0)
		return -EINVAL;
	rc = path_copy(name, slash + 1);
	slash[slash == parent] = '\0';
	if (rc == 0)
		rc = look_place(parent, p, parent);
	return rc ? rc : path_join(out, parent, name);
}

enum policy_object policy_look(const struct policy *p, const char *guest, char **canonical,
			       char **host)
{
	char path[PATH_MAX], behind[PATH_MAX];
	enum policy_object object;

	if (canonical)
		*canonical = NULL;
	if (host)
		*host = NULL;
	if (path_walk(path, guest, guest_step, (void *)(uintptr_t)p))
		return POLICY_NOTHING;
	object = classify(p, path, behind);
	if (canonical)
		*canonical = strdup(path);
	if (host && object == POLICY_HOST)
		*host = strdup(behind);
	if ((!canonical || *canonical) && (!host || object != POLICY_HOST || *host))
		return object;
	if (canonical) {
		free(*canonical);
		*canonical = NULL;
	}
	if (host) {
		free(*host);
		*host = NULL;
	}
	return POLICY_NOTHING;
}

const struct grant *policy_covering(const struct policy *p, const char *guest)
{
	for (size_t i = p->grant_count; i-- > 0;) {
		const struct grant *g = &p->grants[i];

		if (strcmp(g->guest, guest) == 0 ||
		    (g->kind != GRANT_SYMLINK && path_is_below(guest, g->guest, NULL)))
			return g;
	}
	return NULL;
}

char *policy_host_path(const struct policy *p, const char *guest)
{
	char *host;

	policy_look(p, guest, NULL, &host);
	return host;
}
