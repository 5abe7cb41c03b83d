// SPDX-License-Identifier: Apache-2.0
/*
 * What all grants mean together: the most specific path counts; at one path a
 * denial comes first, then the user's rule, then what is implied. The result
 * is sorted, holds nothing twice, and nothing that contradicts.
 */
#include "common/err.h"
#include "policy/grants/grants.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int rank(const struct grant *g)
{
	if (g->kind == GRANT_DENY)
		return 0;
	return g->implied ? 2 : 1;
}

int grants_order(const void *left, const void *right)
{
	const struct grant *a = left, *b = right;
	int order = strcmp(a->guest, b->guest);

	if (order == 0)
		order = rank(a) - rank(b);
	if (order == 0)
		order = strcmp(a->rule, b->rule);
	return order ? order : (int)a->kind - (int)b->kind;
}

int grant_yields(const struct grant *there, const struct grant *g)
{
	if (strcmp(there->guest, g->guest) == 0)
		return there->kind == GRANT_DENY || (!there->implied && g->implied);
	/* A denial below another one hides nothing more. */
	if (there->kind == GRANT_DENY)
		return g->implied || g->kind == GRANT_DENY;
	/* The user's directory is shown whole, but for the private /dev, /proc, /sys, /tmp. */
	return !there->implied && grant_is_host(there->kind) && g->implied &&
	       (grant_is_host(g->kind) || g->kind == GRANT_SYMLINK);
}

static int same_text(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

/* True when parent, a granted host directory, shows g at the same place anyway. */
static int is_shown_by(const struct grant *parent, const struct grant *g)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *rest;
	ssize_t length;

	if (!grant_is_host(parent->kind) || !path_is_below(g->guest, parent->guest, &rest) ||
	    path_join(path, parent->host, rest))
		return 0;
	if (g->kind == parent->kind)
		return strcmp(path, g->host) == 0;
	if (g->kind != GRANT_SYMLINK)
		return 0;
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return 0;
	target[length] = '\0';
	return strcmp(target, g->target) == 0;
}

/*
 * True when a host link in parent's directory lies on the way to g: the task
 * would follow the link and never come to g. A denial may be of the link.
 */
static int is_hidden_by_link(const struct grant *parent, const struct grant *g)
{
	char path[PATH_MAX], target[1];
	const char *rest;
	size_t at;

	if (!path_is_below(g->guest, parent->guest, &rest) || path_join(path, parent->host, rest))
		return 1;
	at = strlen(path) - strlen(rest);
	while (path[at]) {
		char next;

		at += strcspn(path + at, "/");
		next = path[at];
		if (!next && g->kind == GRANT_DENY)
			return 0;
		path[at] = '\0';
		if (readlink(path, target, sizeof(target)) >= 0)
			return 1;
		path[at] = next;
		at += next == '/';
	}
	return 0;
}

static const char *describe(const struct grant *g)
{
	switch (g->kind) {
	case GRANT_READ:
		return S_ISDIR(g->mode) ? "a directory of the host" : "a file of the host";
	case GRANT_WRITE:
		return S_ISDIR(g->mode) ? "a writable directory of the host"
					: "a writable file of the host";
	case GRANT_OVERLAY:
		return "an overlay";
	case GRANT_TMPFS:
		return "a private directory";
	case GRANT_SYMLINK:
		return "a symbolic link";
	case GRANT_DEV:
		return "the device files";
	case GRANT_PROC:
		return "the process files";
	case GRANT_SYS:
		return "the system files";
	case GRANT_DENY:
		return "nothing";
	}
	return "something else";
}

static int contradiction(const struct grant *there, const struct grant *g, struct err *e)
{
	char path[200], other[200];
	int rc;

	err_escape(path, sizeof(path), g->guest, strlen(g->guest));
	err_escape(other, sizeof(other), there->guest, strlen(there->guest));
	rc = err_set(e, ERR_SANDBOX, EINVAL, "%s %s: contradicts %s, which puts %s at %s", g->rule,
		     path, there->rule, describe(there), other);
	if (same_text(there->host, g->host) && there->kind != g->kind)
		err_hint(e, "give one of %s and %s", g->rule, there->rule);
	else
		err_hint(e, "show it elsewhere, e.g. --ro PATH:/mnt");
	return rc;
}

/* The nearest of the first count grants that g lies at or below. */
static struct grant *nearest(struct grant *grants, size_t count, const struct grant *g)
{
	while (count-- > 0) {
		if (strcmp(grants[count].guest, g->guest) == 0 ||
		    path_is_below(g->guest, grants[count].guest, NULL))
			return &grants[count];
	}
	return NULL;
}

/* 1: g is needed; 0: it adds nothing; -errno: it contradicts what is there. */
static int is_needed(const struct grant *there, const struct grant *g, struct err *e)
{
	if (!there)
		return 1;
	if (grant_yields(there, g))
		return 0;
	if (strcmp(there->guest, g->guest) == 0) {
		if (there->kind == g->kind && same_text(there->host, g->host) &&
		    same_text(there->target, g->target))
			return 0;
		return contradiction(there, g, e);
	}
	if (is_shown_by(there, g))
		return 0;
	if (there->kind == GRANT_SYMLINK ||
	    (grant_is_host(there->kind) && (!S_ISDIR(there->mode) || is_hidden_by_link(there, g))))
		return contradiction(there, g, e);
	return 1;
}

int grants_merge(struct policy *p, struct err *e)
{
	size_t kept = 0, i;
	int rc = 0;

	if (p->grant_count)
		qsort(p->grants, p->grant_count, sizeof(*p->grants), grants_order);
	for (i = 0; i < p->grant_count && rc >= 0; i++) {
		struct grant *g = &p->grants[i];

		rc = is_needed(nearest(p->grants, kept, g), g, e);
		if (rc > 0 && grant_is_host(g->kind) && grant_open(g, e))
			rc = -EINVAL;
		if (rc == 0)
			grants_release(g);
		else if (kept++ != i)
			p->grants[kept - 1] = *g;
	}
	/* After an error the rest moves up too, so that policy_free() finds all. */
	for (; i < p->grant_count; i++)
		p->grants[kept++] = p->grants[i];
	p->grant_count = kept;
	return rc < 0 ? rc : 0;
}
