// SPDX-License-Identifier: Apache-2.0
/*
 * Places of host objects by the table of mounts: the same part of one file
 * system can be seen in several places.
 */
#include "policy/grants/grants.h"
#include "policy/judge/elsewhere.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MOUNTS "/proc/self/mountinfo"

struct mount {
	char *device; /* "major:minor" */
	char *root;   /* in the file system */
	char *place;
};

struct mounts {
	struct mount *list;
	size_t count;
};

int paths_add(struct paths *paths, const char *path)
{
	char **more;

	for (size_t i = 0; i < paths->count; i++)
		if (strcmp(paths->list[i], path) == 0)
			return 0;
	more = reallocarray(paths->list, paths->count + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	paths->list = more;
	more[paths->count] = strdup(path);
	if (!more[paths->count])
		return -ENOMEM;
	paths->count++;
	return 0;
}

void paths_free(struct paths *paths)
{
	while (paths->count)
		free(paths->list[--paths->count]);
	free(paths->list);
	*paths = (struct paths){ NULL, 0 };
}

static void free_mounts(struct mounts *m)
{
	while (m->count) {
		struct mount *mount = &m->list[--m->count];

		free(mount->device);
		free(mount->root);
		free(mount->place);
	}
	free(m->list);
}

/* The kernel writes space, tab, newline and backslash as \ooo. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *at = text; *at; at++) {
		if (at[0] == '\\' && at[1] && at[2] && at[3]) {
			*to++ = (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'));
			at += 3;
		} else {
			*to++ = *at;
		}
	}
	*to = '\0';
}

static int add_mount(struct mounts *m, const char *line)
{
	struct mount mount = { NULL, NULL, NULL }, *more;

	if (sscanf(line, "%*s %*s %ms %ms %ms", &mount.device, &mount.root, &mount.place) != 3) {
		free(mount.device);
		free(mount.root);
		return -EINVAL;
	}
	more = reallocarray(m->list, m->count + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	unescape(mount.root);
	unescape(mount.place);
	m->list = more;
	m->list[m->count++] = mount;
	return 0;
}

static int read_mounts(struct mounts *m)
{
	FILE *file = fopen(MOUNTS, "re");
	char *line = NULL;
	size_t size = 0;
	int rc = file ? 0 : -errno;

	while (rc == 0 && getline(&line, &size, file) >= 0)
		rc = add_mount(m, line);
	free(line);
	if (file)
		fclose(file);
	return rc;
}

static int at_or_below(const char *path, const char *top)
{
	return strcmp(path, top) == 0 || path_is_below(path, top, NULL);
}

/* The place of the part `inside`, a path below `from`, when `from` is seen at `to`. */
static int move(char out[PATH_MAX], const char *inside, const char *from, const char *to)
{
	const char *rest;

	return path_is_below(inside, from, &rest) ? path_join(out, to, rest) : path_copy(out, to);
}

/* Adds where else the part `inside` of a file system can be seen. */
static int add_places(const struct mounts *m, const char *device, const char *inside,
		      struct paths *paths)
{
	int rc = 0;

	for (size_t i = 0; i < m->count && rc == 0; i++) {
		const struct mount *mount = &m->list[i];
		char place[PATH_MAX];

		if (strcmp(mount->device, device) != 0)
			continue;
		if (at_or_below(inside, mount->root)) {
			rc = move(place, inside, mount->root, mount->place);
			rc = rc ? rc : paths_add(paths, place);
		} else if (path_is_below(mount->root, inside, NULL)) {
			rc = paths_add(paths, mount->place);
		}
	}
	return rc;
}

int elsewhere_mounts(const char *path, struct paths *paths)
{
	struct mounts m = { NULL, 0 };
	const struct mount *holds = NULL;
	char inside[PATH_MAX];
	int rc = read_mounts(&m);

	/* Of mounts at one place the last lies over the others. */
	for (size_t i = 0; i < m.count && rc == 0; i++)
		if (at_or_below(path, m.list[i].place) &&
		    (!holds || strlen(m.list[i].place) >= strlen(holds->place)))
			holds = &m.list[i];
	if (rc == 0 && holds) {
		rc = move(inside, path, holds->place, holds->root);
		rc = rc ? rc : add_places(&m, holds->device, inside, paths);
	}
	/* What is mounted below it is below it, too. */
	for (size_t i = 0; i < m.count && rc == 0; i++)
		if (path_is_below(m.list[i].place, path, NULL))
			rc = add_places(&m, m.list[i].device, m.list[i].root, paths);
	free_mounts(&m);
	return rc;
}

static int add_device(struct devices *devices, const char *path, int *hidden)
{
	struct stat st;
	uint64_t *more;

	if (stat(path, &st) < 0) {
		*hidden |= errno != ENOENT && errno != ENOTDIR;
		return errno == EACCES || errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	}
	more = reallocarray(devices->list, devices->count + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	devices->list = more;
	more[devices->count++] = st.st_dev;
	return 0;
}

int elsewhere_devices(const char *path, struct devices *devices, int *hidden)
{
	struct mounts m = { NULL, 0 };
	int rc = read_mounts(&m);

	*hidden = 0;
	rc = rc ? rc : add_device(devices, path, hidden);
	for (size_t i = 0; i < m.count && rc == 0; i++)
		if (path_is_below(m.list[i].place, path, NULL))
			rc = add_device(devices, m.list[i].place, hidden);
	free_mounts(&m);
	return rc;
}
