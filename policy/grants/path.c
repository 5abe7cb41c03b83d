// SPDX-License-Identifier: Apache-2.0
/*
 * Paths as text, and the one walk that resolves symbolic links. The walk
 * knows no file system: reveal.c gives it the host, look.c the task's view.
 */
#include "policy/grants/grants.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int path_is_below(const char *path, const char *top, const char **rest)
{
	size_t length = strlen(top);

	if (strcmp(top, "/") == 0)
		length = 0;
	if (strncmp(path, top, length) != 0 || path[length] != '/' || !path[length + 1])
		return 0;
	if (rest)
		*rest = path + length + 1;
	return 1;
}

int path_copy(char out[PATH_MAX], const char *path)
{
	size_t size = strlen(path) + 1;

	if (size > PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(out, path, size);
	return 0;
}

int path_join(char out[PATH_MAX], const char *directory, const char *rest)
{
	const char *top = strcmp(directory, "/") == 0 ? "" : directory;

	return snprintf(out, PATH_MAX, "%s/%s", top, rest) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int path_absolute(char out[PATH_MAX], const char *path)
{
	char cwd[PATH_MAX];

	if (!*path)
		return -ENOENT;
	if (*path == '/')
		return path_copy(out, path);
	if (!getcwd(cwd, sizeof(cwd)))
		return -errno;
	if (*cwd != '/') /* the kernel's "(unreachable)" */
		return -ENOENT;
	return path_join(out, cwd, path);
}

/* Length of the component at *at, which is moved past the slashes before it. */
static size_t component(const char **at)
{
	while (**at == '/')
		(*at)++;
	return strcspn(*at, "/");
}

static int is_dot(const char *name, size_t length)
{
	return length == 1 && name[0] == '.';
}

static int is_dot_dot(const char *name, size_t length)
{
	return length == 2 && name[0] == '.' && name[1] == '.';
}

/* Appends /name to path, whose length is *used. */
static int append(char path[PATH_MAX], size_t *used, const char *name, size_t length)
{
	char *end;

	if (length > NAME_MAX || *used + 1 + length >= PATH_MAX)
		return -ENAMETOOLONG;
	path[*used] = '/';
	end = mempcpy(path + *used + 1, name, length);
	*end = '\0';
	*used += 1 + length;
	return 0;
}

int path_tidy(char out[PATH_MAX], const char *path)
{
	size_t length, used = 0;

	for (; (length = component(&path)) > 0; path += length) {
		int rc;

		if (is_dot_dot(path, length))
			return -EINVAL;
		if (is_dot(path, length))
			continue;
		rc = append(out, &used, path, length);
		if (rc)
			return rc;
	}
	return used ? 0 : path_copy(out, "/");
}

/* Puts a link's target before what is left to walk. */
static int splice(char rest[PATH_MAX], size_t from, const char *target)
{
	size_t head = strlen(target), tail = strlen(rest + from);

	if (head + tail >= PATH_MAX)
		return -ENAMETOOLONG;
	memmove(rest + head, rest + from, tail + 1);
	mempcpy(rest, target, head); /* the tail follows: no NUL */
	return 0;
}

static void pop(char out[PATH_MAX], size_t *used)
{
	while (*used > 0 && out[--*used] != '/')
		;
	out[*used] = '\0';
}

/* Walks one component; *at: place in rest. */
static int walk_one(char out[PATH_MAX], size_t *used, char rest[PATH_MAX], size_t *at,
		    size_t length, path_step *step, void *context)
{
	char target[PATH_MAX];
	size_t parent = *used;
	int rc = append(out, used, rest + *at, length);

	if (rc)
		return rc;
	rc = step(context, out, target);
	*at += length;
	if (rc <= 0)
		return rc;
	rc = splice(rest, *at, target);
	if (rc)
		return rc;
	*at = 0;
	*used = *target == '/' ? 0 : parent;
	out[*used] = '\0';
	return 1;
}

int path_walk(char out[PATH_MAX], const char *path, path_step *step, void *context)
{
	char rest[PATH_MAX];
	size_t at = 0, used = 0;
	int links = 0;

	if (*path != '/')
		return -EINVAL;
	if (path_copy(rest, path))
		return -ENAMETOOLONG;
	out[0] = '\0';
	for (;;) {
		const char *name = rest + at;
		size_t length = component(&name);
		int rc = 0;

		at = (size_t)(name - rest);
		if (length == 0)
			break;
		if (is_dot(name, length)) {
			at += length;
		} else if (is_dot_dot(name, length)) {
			at += length;
			pop(out, &used);
		} else {
			rc = walk_one(out, &used, rest, &at, length, step, context);
		}
		if (rc < 0)
			return rc;
		links += rc;
		if (links > PATH_LINKS_MAX)
			return -ELOOP;
	}
	return used ? 0 : path_copy(out, "/");
}
