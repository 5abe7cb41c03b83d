// SPDX-License-Identifier: Apache-2.0
/*
 * The files: at each path where a rule of either policy starts, what each of
 * the two shows there and below.
 */
#include "common/err.h"
#include "policy/grants/grants.h"
#include "policy/judge/compare.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN 1024 /* bytes of an escaped path */

/* What a policy shows at a path: a right on the host, and the object. */
struct view {
	const struct grant *grant; /* NULL: nothing */
	const char *denied;	   /* by which rule, then */
	char host[PATH_MAX];	   /* "" without one */
};

/* Rights on what the host has. */
enum { RIGHT_READ = 1, RIGHT_WRITE = 2 };

static unsigned int rights(const struct view *view)
{
	switch (view->grant ? (int)view->grant->kind : -1) {
	case GRANT_READ:
	case GRANT_OVERLAY:
		return RIGHT_READ;
	case GRANT_WRITE:
		return RIGHT_READ | RIGHT_WRITE;
	default:
		return 0;
	}
}

static void look(const struct policy *p, const char *path, struct view *view)
{
	view->grant = look_covering(p, path);
	view->host[0] = '\0';
	view->denied = NULL;
	if (view->grant && view->grant->kind == GRANT_DENY) {
		view->denied = view->grant->rule;
		view->grant = NULL;
	}
	if (view->grant && grant_is_host(view->grant->kind) &&
	    look_host(view->host, view->grant, path))
		view->host[0] = '\0';
}

static int same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static int same_view(const struct view *a, const struct view *b)
{
	if (!a->grant || !b->grant)
		return a->grant == b->grant;
	return a->grant->kind == b->grant->kind && strcmp(a->host, b->host) == 0 &&
	       same_text(a->grant->target, b->grant->target);
}

/* "read (ci.yaml:4)", with the object where it is another one than the path says. */
static void describe(char *out, size_t size, const struct view *view, const char *path)
{
	static const char *const words[] = {
		[GRANT_READ] = "read",	 [GRANT_WRITE] = "write",  [GRANT_OVERLAY] = "overlay",
		[GRANT_TMPFS] = "tmpfs", [GRANT_SYMLINK] = "link", [GRANT_DEV] = "devices",
		[GRANT_PROC] = "proc",	 [GRANT_SYS] = "sys",
	};
	const char *other = view->host;
	char shown[SHOWN];

	if (!view->grant) {
		snprintf(out, size, "nothing%s%s%s", view->denied ? " (" : "",
			 view->denied ? view->denied : "", view->denied ? ")" : "");
		return;
	}
	if (view->grant->kind == GRANT_SYMLINK)
		other = view->grant->target;
	err_escape(shown, sizeof(shown), other, strlen(other));
	if (*other && strcmp(other, path) != 0)
		snprintf(out, size, "%s of %s (%s)", words[view->grant->kind], shown,
			 view->grant->rule);
	else
		snprintf(out, size, "%s (%s)", words[view->grant->kind], view->grant->rule);
}

static void say(struct compare *c, const char *path, const struct view *old, const struct view *new)
{
	unsigned int before = rights(old), after = rights(new);
	/* Another object: the rights on the one are gone, those on the other new. */
	int other = *old->host && *new->host &&strcmp(old->host, new->host) != 0;
	char from[2 * SHOWN], to[2 * SHOWN], shown[SHOWN];
	enum compare_way way = COMPARE_CHANGED;

	describe(from, sizeof(from), old, path);
	describe(to, sizeof(to), new, path);
	err_escape(shown, sizeof(shown), path, strlen(path));
	if (before & ~after)
		way = COMPARE_NARROWED;
	if ((after & ~before) || (other && after))
		way = COMPARE_WIDENED;
	compare_say(c, way, shown, from, to);
}

/* The same, moved down from a path to one below it: what the rule there shows here. */
static int continues(const struct view *above, const char *top, const struct view *here,
		     const char *path)
{
	char host[PATH_MAX];
	const char *rest;

	if (!above->grant || !here->grant)
		return above->grant == here->grant;
	if (above->grant->kind != here->grant->kind || above->grant->kind == GRANT_SYMLINK)
		return 0;
	if (!*above->host)
		return !*here->host;
	return path_is_below(path, top, &rest) && path_join(host, above->host, rest) == 0 &&
	       strcmp(host, here->host) == 0;
}

static int order(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The nearest path before the n-th that it lies below, or NULL. */
static const char *parent(const char *const *paths, size_t n)
{
	for (size_t i = n; i-- > 0;)
		if (path_is_below(paths[n], paths[i], NULL))
			return paths[i];
	return NULL;
}

static void compare_at(struct compare *c, const char *path, const char *top)
{
	static struct view old, new, old_top, new_top;

	look(c->old.policy, path, &old);
	look(c->new.policy, path, &new);
	if (same_view(&old, &new))
		return;
	if (top) {
		look(c->old.policy, top, &old_top);
		look(c->new.policy, top, &new_top);
		if (continues(&old_top, top, &old, path) && continues(&new_top, top, &new, path))
			return; /* said at the path above */
	}
	say(c, path, &old, &new);
}

void compare_files(struct compare *c)
{
	const struct policy *sides[] = { c->old.policy, c->new.policy };
	const char **paths = calloc(2 * POLICY_GRANTS_MAX, sizeof(*paths));
	size_t count = 0, kept = 0;

	must(paths);
	for (size_t side = 0; side < 2; side++)
		for (size_t i = 0; i < sides[side]->grant_count; i++)
			paths[count++] = sides[side]->grants[i].guest;
	qsort(paths, count, sizeof(*paths), order);
	for (size_t i = 0; i < count; i++)
		if (!kept || strcmp(paths[kept - 1], paths[i]) != 0)
			paths[kept++] = paths[i];
	for (size_t i = 0; i < kept; i++)
		compare_at(c, paths[i], parent(paths, i));
	free(paths);
}
