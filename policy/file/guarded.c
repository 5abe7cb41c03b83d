// SPDX-License-Identifier: Apache-2.0
/*
 * A policy that the task could change decides nothing the next time: its file,
 * and each symbolic link on the way to it, must not lie where the task may
 * write.
 */
#include "policy/file/load.h"
#include "policy/grants/grants.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct way {
	const struct policy *policy;
	int all;		   /* directories, too: the path leads through one and back */
	const struct grant *found; /* a grant that lets the task change the way */
};

/* The write grant through which the task can change what is at path, or NULL. */
static const struct grant *writable_by(const struct policy *p, const char *path)
{
	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *w = &p->grants[i], *there;
		char inside[PATH_MAX];
		const char *rest;

		if (w->kind != GRANT_WRITE)
			continue;
		if (strcmp(path, w->host) == 0) {
			if (!S_ISDIR(w->mode)) /* a directory's own name is not below it */
				return w;
			continue;
		}
		if (!path_is_below(path, w->host, &rest) || path_join(inside, w->guest, rest))
			continue;
		there = look_covering(p, inside);
		if (there && there->kind == GRANT_WRITE)
			return there;
	}
	return NULL;
}

static int look(void *context, const char *prefix, char target[PATH_MAX])
{
	struct way *way = context;
	ssize_t length = readlink(prefix, target, PATH_MAX - 1);

	if (length < 0 && errno != EINVAL)
		return -errno;
	if ((length >= 0 || way->all) && !way->found)
		way->found = writable_by(way->policy, prefix);
	if (length < 0)
		return 0;
	target[length] = '\0';
	return 1;
}

/* The flag or rule as it was written: "--rw .", "ci.yaml:9 ${CWD}". */
static void describe(char *out, size_t size, const struct rules *r, const struct grant *g)
{
	char path[200];
	const char *written = g->host;

	for (size_t i = 0; i < r->count; i++) {
		const struct rule *rule = &r->list[i];
		char absolute[PATH_MAX], real[PATH_MAX];

		if (rule->name == g->rule && path_absolute(absolute, rule->value) == 0 &&
		    realpath(absolute, real) && strcmp(real, g->host) == 0)
			written = rule->written;
	}
	err_escape(path, sizeof(path), written, strlen(written));
	snprintf(out, size, "%s %s", g->rule, path);
}

static int refuse(const struct rules *r, const struct rules_file *file, const struct grant *g,
		  int by_link, struct err *e)
{
	char rule[300], path[300];
	int rc;

	describe(rule, sizeof(rule), r, g);
	err_escape(path, sizeof(path), file->canonical, strlen(file->canonical));
	rc = err_set(e, ERR_SANDBOX, EPERM,
		     "policy %s %s under %s and the sandboxed command could change it", file->shown,
		     by_link ? "is reached through what lies" : "lies", rule);
	if (by_link)
		err_hint(e, "name the file itself: %s", path);
	else
		err_hint(e, "keep policies outside writable paths, or add deny: [\"%s\"]", path);
	return rc;
}

static int check_file(const struct rules *r, const struct policy *p, const struct rules_file *file,
		      struct err *e)
{
	char path[PATH_MAX], out[PATH_MAX];
	struct way way = { .policy = p, .all = strstr(file->path, "/..") != NULL };

	way.found = writable_by(p, file->canonical);
	if (way.found)
		return refuse(r, file, way.found, 0, e);
	if (path_absolute(path, file->path) == 0)
		path_walk(out, path, look, &way);
	return way.found ? refuse(r, file, way.found, 1, e) : 0;
}

int rules_check_files(const struct rules *r, const struct policy *p, struct err *e)
{
	int rc = r->host.file.path ? check_file(r, p, &r->host.file, e) : 0;

	for (size_t i = 0; i < r->file_count && rc == 0; i++)
		rc = check_file(r, p, &r->files[i], e);
	return rc;
}
