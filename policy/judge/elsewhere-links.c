// SPDX-License-Identifier: Apache-2.0
/*
 * Hard links: looks at all files below a path, and counts the names found of
 * each that has several. When all of them were found, none is elsewhere.
 */
#include "policy/grants/grants.h"
#include "policy/judge/elsewhere.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRIES_MAX 2000000 /* looked at; a minute or so */

struct linked {
	uint64_t device, inode, names, found;
	char *path; /* owned: one of its names */
};

struct search {
	struct linked *list;
	size_t count;
	struct paths todo; /* directories: a stack, not recursion */
	size_t looked_at;
	const struct devices *devices;
};

static int add_name(struct search *s, const char *path, const struct stat *st)
{
	struct linked *more;

	for (size_t i = 0; i < s->count; i++) {
		if (s->list[i].device == st->st_dev && s->list[i].inode == st->st_ino) {
			s->list[i].found++;
			return 0;
		}
	}
	more = reallocarray(s->list, s->count + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	s->list = more;
	more[s->count] = (struct linked){ .device = st->st_dev,
					  .inode = st->st_ino,
					  .names = st->st_nlink,
					  .found = 1,
					  .path = strdup(path) };
	return more[s->count++].path ? 0 : -ENOMEM;
}

/* Without the look for doubles: no directory comes twice. */
static int push(struct paths *todo, const char *path)
{
	char **more = reallocarray(todo->list, todo->count + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	todo->list = more;
	more[todo->count] = strdup(path);
	if (!more[todo->count])
		return -ENOMEM;
	todo->count++;
	return 0;
}

static int matters(const struct devices *devices, uint64_t device)
{
	for (size_t i = 0; i < devices->count; i++)
		if (devices->list[i] == device)
			return 1;
	return 0;
}

static int look_at(struct search *s, const char *path)
{
	struct stat st;

	if (++s->looked_at > ENTRIES_MAX)
		return -E2BIG;
	if (lstat(path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	if (S_ISDIR(st.st_mode))
		return push(&s->todo, path);
	if (S_ISREG(st.st_mode) && st.st_nlink > 1 && matters(s->devices, st.st_dev))
		return add_name(s, path, &st);
	return 0;
}

static int look_into(struct search *s, const char *directory)
{
	DIR *dir = opendir(directory);
	const struct dirent *entry;
	char path[PATH_MAX];
	int rc = 0;

	if (!dir)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	while (rc == 0 && (errno = 0, entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		rc = path_join(path, directory, entry->d_name);
		rc = rc ? rc : look_at(s, path);
	}
	if (rc == 0 && errno)
		rc = -errno;
	closedir(dir);
	return rc;
}

int elsewhere_links(const char *path, const struct devices *devices, char where[PATH_MAX])
{
	struct search s = { .devices = devices };
	int rc;

	path_copy(where, path);
	rc = look_at(&s, path);
	while (rc == 0 && s.todo.count) {
		char *directory = s.todo.list[--s.todo.count];

		rc = look_into(&s, directory);
		if (rc)
			path_copy(where, directory);
		free(directory);
	}
	for (size_t i = 0; i < s.count; i++) {
		if (rc == 0 && s.list[i].found < s.list[i].names) {
			path_copy(where, s.list[i].path);
			rc = 1;
		}
		free(s.list[i].path);
	}
	free(s.list);
	paths_free(&s.todo);
	return rc;
}
