// SPDX-License-Identifier: Apache-2.0
/*
 * Makes one consistent set of the grants: sorted, nothing twice, nothing
 * contradictory, each host object open. After this the policy does not change
 * any more, and hv/ makes every layer of the jail from it.
 */
#include "common/err.h"
#include "policy/grants.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_builtin(const struct grant *g)
{
	return strncmp(g->rule, "builtin:", strlen("builtin:")) == 0;
}

/*
 * A parent comes before what lies below it: its path is a prefix. At one path
 * the builtin grant comes first, so that errors blame what the user wrote.
 */
static int compare(const void *left, const void *right)
{
	const struct grant *a = left, *b = right;
	int order = strcmp(a->guest, b->guest);

	if (order == 0)
		order = is_builtin(b) - is_builtin(a);
	return order ? order : strcmp(a->rule, b->rule);
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

	if (parent->kind != GRANT_READ || !path_is_below(g->guest, parent->guest, &rest) ||
	    path_join(path, parent->host, rest))
		return 0;
	if (g->kind == GRANT_READ)
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
 * would follow the link and never come to g.
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
	case GRANT_TMPFS:
		return "a private directory";
	case GRANT_SYMLINK:
		return "a symbolic link";
	case GRANT_DEV:
		return "the device files";
	case GRANT_PROC:
		return "the process files";
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
	err_hint(e, "show it elsewhere, e.g. --ro PATH:/mnt");
	return rc;
}

/* Its files look regular, and show the host's processes, the monitor among them (I6). */
static int refuse_procfs(const struct grant *g, const char *path, struct err *e)
{
	struct statfs fs;
	int error;

	if (fstatfs(g->fd, &fs) < 0)
		return err_set(e, ERR_SANDBOX, errno, "%s %s: %s", g->rule, path, strerror(errno));
	if (fs.f_type != PROC_SUPER_MAGIC)
		return 0;
	error = err_set(e, ERR_SANDBOX, EINVAL, "%s %s: it shows the host's processes", g->rule,
			path);
	err_hint(e, "the sandbox has a /proc of its own");
	return error;
}

/*
 * Opens the host object. The path was resolved before; a link that somebody
 * puts into it now makes the open fail, and is not followed.
 */
static int open_host(struct grant *g, struct err *e)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS };
	char path[256];
	struct stat st;
	int fd;

	err_escape(path, sizeof(path), g->host, strlen(g->host));
	fd = (int)syscall(SYS_openat2, AT_FDCWD, g->host, &how, sizeof(how));
	if (fd >= 0 && fd <= STDERR_FILENO) {
		/* 0 to 2 are the task's streams, even closed ones. */
		int higher = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

		close(fd);
		fd = higher;
	}
	if (fd < 0)
		return err_set(e, ERR_SANDBOX, errno, "%s %s: %s", g->rule, path, strerror(errno));
	g->fd = fd;
	if (fstat(fd, &st) < 0)
		return err_set(e, ERR_SANDBOX, errno, "%s %s: %s", g->rule, path, strerror(errno));
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) /* I6 */
		return err_set(e, ERR_SANDBOX, EINVAL,
			       "%s %s: neither a regular file nor a directory", g->rule, path);
	g->mode = st.st_mode;
	return refuse_procfs(g, path, e);
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
	if (strcmp(there->guest, g->guest) == 0) {
		if (there->kind == g->kind && same_text(there->host, g->host) &&
		    same_text(there->target, g->target))
			return 0;
		return contradiction(there, g, e);
	}
	if (is_shown_by(there, g))
		return 0;
	if (there->kind == GRANT_SYMLINK ||
	    (there->kind == GRANT_READ && (!S_ISDIR(there->mode) || is_hidden_by_link(there, g))))
		return contradiction(there, g, e);
	return 1;
}

int policy_finish(struct policy *p, struct err *e)
{
	size_t kept = 0, i;
	int rc = 0;

	if (!p->workdir && !(p->workdir = strdup("/")))
		return err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
	if (!p->env && !(p->env = calloc(1, sizeof(*p->env))))
		return err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
	if (p->grant_count)
		qsort(p->grants, p->grant_count, sizeof(*p->grants), compare);
	for (i = 0; i < p->grant_count && rc >= 0; i++) {
		struct grant *g = &p->grants[i];

		rc = is_needed(nearest(p->grants, kept, g), g, e);
		if (rc > 0 && g->kind == GRANT_READ)
			rc = open_host(g, e) ? -EINVAL : 1;
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

int policy_set_workdir(struct policy *p, const char *dir, struct err *e)
{
	char path[PATH_MAX], name[256], *canonical = NULL, *host = NULL;
	enum policy_object object = POLICY_NOTHING;
	struct stat st;

	err_escape(name, sizeof(name), dir, strlen(dir));
	if (path_absolute(path, dir) == 0)
		object = policy_look(p, path, &canonical, &host);
	if (object == POLICY_NOTHING) {
		err_set(e, ERR_SANDBOX, ENOENT, "--workdir %s: not visible in the sandbox", name);
		err_hint(e, "add --ro %s", name);
		return -ENOENT;
	}
	if (object == POLICY_HOST && stat(host, &st) == 0 && !S_ISDIR(st.st_mode)) {
		free(host);
		free(canonical);
		return err_set(e, ERR_SANDBOX, ENOTDIR, "--workdir %s: %s", name,
			       strerror(ENOTDIR));
	}
	free(host);
	free(p->workdir);
	p->workdir = canonical;
	return 0;
}
