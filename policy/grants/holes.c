// SPDX-License-Identifier: Apache-2.0
/*
 * Holes: what lies in the host tree of a grant and is not given with it.
 * Three things make one: a denial; a grant below a write grant that shows the
 * same object without the right to change it; and any other object put over
 * one of the host's, which hides that. Landlock cannot take away what it gave
 * at a directory above, so the monitor keeps them, by identity and by place.
 */
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/grants/grants.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Identity of what a host path without links names, a link at its end included. */
static int identify(const char *path, struct stat *st)
{
	struct open_how how = { .flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
				.resolve = RESOLVE_NO_SYMLINKS };
	cleanup_close int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	memset(st, 0, sizeof(*st));
	return fd < 0 || fstat(fd, st) < 0 ? -errno : 0;
}

static int same_name(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* A copy of it, with a name of its own. */
static int append(struct policy *p, struct hole hole, const struct grant *g, struct err *e)
{
	struct hole *more;

	for (size_t i = 0; i < p->hole_count; i++) {
		const struct hole *there = &p->holes[i];

		if (there->kind == hole.kind && there->dev == hole.dev && there->ino == hole.ino &&
		    same_name(there->name, hole.name))
			return 0;
	}
	if (p->hole_count == POLICY_HOLES_MAX)
		return err_set(e, ERR_SANDBOX, E2BIG,
			       "%s: more than %d places to keep the task from", g->rule,
			       POLICY_HOLES_MAX);
	if ((p->hole_count & (p->hole_count - 1)) == 0) { /* full, as in grants_add() */
		size_t capacity = p->hole_count ? p->hole_count * 2 : 1;

		more = reallocarray(p->holes, capacity, sizeof(*more));
		if (!more)
			return err_set(e, ERR_SANDBOX, ENOMEM, "%s: out of memory", g->rule);
		p->holes = more;
	}
	if (hole.name && !(hole.name = strdup(hole.name)))
		return err_set(e, ERR_SANDBOX, ENOMEM, "%s: out of memory", g->rule);
	hole.rule = g->rule;
	p->holes[p->hole_count++] = hole;
	return 0;
}

static int add(struct policy *p, enum hole_kind kind, const struct stat *st, char *name,
	       const struct grant *g, struct err *e)
{
	return append(
		p,
		(struct hole){ .kind = kind, .dev = st->st_dev, .ino = st->st_ino, .name = name },
		g, e);
}

static int refuse(const struct grant *g, int rc, struct err *e)
{
	char path[256];

	err_escape(path, sizeof(path), g->guest, strlen(g->guest));
	return err_set(e, ERR_SANDBOX, -rc, "%s %s: %s", g->rule, path, strerror(-rc));
}

/* The directory at `way`, whose last slash is `slash`, on the way from w to a hole. */
static int keep_step(struct policy *p, const struct grant *w, char *way, char *slash,
		     const struct grant *g, struct err *e)
{
	struct stat st, parent;
	int rc = identify(way, &st);

	if (rc == -ENOENT || rc == -ENOTDIR) /* nothing can be on a way that is not */
		return 0;
	if (rc == 0 && w->kind == GRANT_WRITE && (rc = add(p, HOLE_PINNED, &st, NULL, g, e)))
		return rc;
	*slash = '\0';
	if (rc == 0)
		rc = identify(slash == way ? "/" : way, &parent);
	if (rc)
		return refuse(g, rc, e);
	return append(p,
		      (struct hole){ .kind = HOLE_WAY,
				     .dev = parent.st_dev,
				     .ino = parent.st_ino,
				     .name = slash + 1,
				     .to_dev = st.st_dev,
				     .to_ino = st.st_ino },
		      g, e);
}

/* The directories between the grant w and path, a host path below it, and their places. */
static int keep_way(struct policy *p, const struct grant *w, const char *path,
		    const struct grant *g, struct err *e)
{
	char way[PATH_MAX];
	size_t top = strcmp(w->host, "/") == 0 ? 0 : strlen(w->host);
	char *slash;
	int rc = 0;

	if (path_copy(way, path))
		return refuse(g, -ENAMETOOLONG, e);
	*strrchr(way, '/') = '\0';
	while (rc == 0 && (slash = strrchr(way, '/')) != NULL && slash >= way + top) {
		rc = keep_step(p, w, way, slash, g, e);
		*slash = '\0';
	}
	return rc;
}

/* In each grant whose tree holds it, whatever the place inside. */
static int keep_ways(struct policy *p, const char *path, const struct grant *g, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < p->grant_count && rc == 0; i++) {
		const struct grant *w = &p->grants[i];

		if (grant_is_host(w->kind) && path_is_below(path, w->host, NULL))
			rc = keep_way(p, w, path, g, e);
	}
	return rc;
}

/* The place of path, so that what comes to be there later is kept too. */
static int add_place(struct policy *p, enum hole_kind kind, const char *path, const struct grant *g,
		     struct err *e)
{
	char parent[PATH_MAX], *slash;
	struct stat st;
	int rc = path_copy(parent, path);

	if (rc)
		return refuse(g, rc, e);
	slash = strrchr(parent, '/');
	*slash = '\0';
	rc = identify(slash == parent ? "/" : parent, &st);
	return rc ? refuse(g, rc, e) : add(p, kind, &st, slash + 1, g, e);
}

/* Object and place at a host path. */
static int deny(struct policy *p, const char *path, const struct grant *g, struct err *e)
{
	struct stat st;
	int rc = identify(path, &st);

	if (rc == 0)
		rc = add(p, HOLE_DENIED, &st, NULL, g, e);
	else if ((rc == -ENOENT || rc == -ENOTDIR) && g->kind == GRANT_DENY)
		rc = 0;
	else if (rc == -ENOENT || rc == -ENOTDIR)
		return 0; /* a private object over nothing hides nothing */
	else
		rc = refuse(g, rc, e);
	if (rc == 0)
		rc = add_place(p, HOLE_DENIED, path, g, e);
	return rc ? rc : keep_ways(p, path, g, e);
}

static int protect(struct policy *p, const struct grant *g, struct err *e)
{
	struct stat st;
	int rc = fstat(g->fd, &st) < 0 ? refuse(g, -errno, e) : add(p, HOLE_READ, &st, NULL, g, e);

	if (rc == 0)
		rc = add_place(p, HOLE_READ, g->host, g, e);
	return rc ? rc : keep_ways(p, g->host, g, e);
}

/* The grant that shows the place of the n-th one, if that were not there. */
static const struct grant *below_which(const struct policy *p, size_t n)
{
	for (size_t i = n; i-- > 0;) {
		if (path_is_below(p->grants[n].guest, p->grants[i].guest, NULL))
			return &p->grants[i];
	}
	return NULL;
}

int holes_find(struct policy *p, struct err *e)
{
	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *g = &p->grants[i], *above = below_which(p, i);
		char path[PATH_MAX];
		const char *rest;
		int rc = 0;

		if (!above || !grant_is_host(above->kind))
			continue;
		path_is_below(g->guest, above->guest, &rest);
		if (path_join(path, above->host, rest))
			return refuse(g, -ENAMETOOLONG, e);
		if (!g->host || strcmp(g->host, path) != 0)
			rc = deny(p, path, g, e);
		else if (above->kind == GRANT_WRITE && g->kind != GRANT_WRITE)
			rc = protect(p, g, e);
		if (rc)
			return rc;
	}
	return 0;
}

const struct hole *hole_of(const struct policy *p, const char *host, enum hole_kind most)
{
	char parent[PATH_MAX], *slash;
	struct stat object, place;
	int there = identify(host, &object) == 0, known;

	if (path_copy(parent, host) || !(slash = strrchr(parent, '/')))
		return NULL;
	*slash = '\0';
	known = identify(slash == parent ? "/" : parent, &place) == 0;
	for (unsigned int kind = 0; kind <= most; kind++) {
		for (size_t i = 0; i < p->hole_count; i++) {
			const struct hole *hole = &p->holes[i];
			const struct stat *st = hole->name ? &place : &object;

			if (hole->kind == kind && (hole->name ? known : there) &&
			    hole->dev == st->st_dev && hole->ino == st->st_ino &&
			    (!hole->name || strcmp(hole->name, slash + 1) == 0))
				return hole;
		}
	}
	return NULL;
}
