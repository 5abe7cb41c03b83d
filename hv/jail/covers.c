// SPDX-License-Identifier: Apache-2.0
/*
 * Where an object lies among the grants, as Landlock looks at it: a grant's
 * rule holds for the directory itself, under whatever name or mount it is met
 * on the way from an object to the root.
 */
#include "hv/jail/jail.h"
#include "policy/policy.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEVELS_MAX 64

static int same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static int is_grant(const struct policy *p, const struct stat *object, int writable)
{
	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *grant = &p->grants[i];
		struct stat st;

		if (!grant_is_host(grant->kind) || (writable && grant->kind != GRANT_WRITE))
			continue;
		if (fstat(grant->fd, &st) || same(&st, object))
			return 1;
	}
	return 0;
}

/* From a directory, which is closed, to the root. */
static int climb(const struct policy *p, int directory, int writable)
{
	struct stat here, above;

	if (directory < 0)
		return 1;
	for (int level = 0; level < LEVELS_MAX; level++) {
		int parent, covered = fstat(directory, &here) || is_grant(p, &here, writable);

		parent = openat(directory, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(directory);
		directory = parent;
		if (covered || parent < 0 || fstat(parent, &above)) {
			if (parent >= 0)
				close(parent);
			return 1;
		}
		if (same(&here, &above)) {
			close(parent);
			return 0;
		}
	}
	close(directory);
	return 1;
}

/* Of something that is no directory, by its name. */
static int climb_from(const struct policy *p, const char *path, int writable)
{
	const char *slash = strrchr(path, '/');
	char directory[128];

	if (!slash || slash == path || slash - path >= (long)sizeof(directory))
		return 1;
	snprintf(directory, sizeof(directory), "%.*s", (int)(slash - path), path);
	return climb(p, open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC), writable);
}

int jail_covers(const struct policy *p, const char *path, int writable)
{
	struct stat st;

	if (stat(path, &st) || is_grant(p, &st, writable))
		return 1;
	if (S_ISDIR(st.st_mode))
		return climb(p, open(path, O_PATH | O_DIRECTORY | O_CLOEXEC), writable);
	return climb_from(p, path, writable);
}

int jail_covers_at(const struct policy *p, int fd, int writable)
{
	char path[32], target[4096];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) || is_grant(p, &st, writable))
		return 1;
	if (S_ISDIR(st.st_mode))
		return climb(p, openat(fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC), writable);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return 1;
	target[n] = '\0';
	return climb_from(p, target, writable);
}
