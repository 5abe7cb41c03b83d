/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What random.c's operations are made of: numbers from a seed, names of a small
 * tree, lines of what came of it.
 */
#ifndef TESTS_GUEST_FS_RANDOM_H
#define TESTS_GUEST_FS_RANDOM_H

#include "try.h"

#include <ftw.h>
#include <linux/falloc.h>
#include <stdbool.h>
#include <sys/xattr.h>

#define HELD   6
#define BUFFER 20000

static uint64_t state;
static bool plain;
static int held[HELD];
static char buffer[BUFFER];

static unsigned int pick(unsigned int n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned int)((state >> 33) % n);
}

/* One to three names of a few, so that operations meet; the way there is mostly of directories. */
static const char *path_of(unsigned int from, unsigned int to)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "f" };
	static char paths[2][64];
	static int next;
	char *path = paths[next++ % 2];
	unsigned int depth = pick(3);

	path[0] = 0;
	for (unsigned int i = 0; i < depth; i++)
		sprintf(path + strlen(path), "%s/", names[pick(pick(8) ? 2 : 4)]);
	strcat(path, names[from + pick(to - from)]);
	return path;
}

static const char *any_path(void)
{
	return path_of(0, 6);
}

static const char *file_path(void)
{
	return path_of(pick(10) ? 2 : 1, 6);
}

static void say(const char *what, const char *a, const char *b, long result)
{
	printf("%s %s%s%s: ", what, a, b ? " " : "", b ? b : "");
	if (result < 0)
		printf("%s\n", strerrorname_np(errno));
	else
		printf("%ld\n", result);
}

static uint32_t hash(const char *bytes, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint8_t)bytes[i]) * 16777619u;
	return h;
}

static uint32_t hash_fd(int fd)
{
	uint32_t h = 0;
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, buffer, BUFFER, at)) > 0) {
		h = h * 31 + hash(buffer, (size_t)n);
		at += n;
	}
	return n < 0 ? 0xbad : h;
}

/*
 * Of a directory the size and, where somebody may count them differently, the
 * blocks are left out.
 */
static void show_stat(const char *path, const struct stat *st)
{
	printf("%s: mode %o nlink %ld uid %u", path, st->st_mode, (long)st->st_nlink, st->st_uid);
	if (!S_ISDIR(st->st_mode))
		printf(" size %ld", (long)st->st_size);
	printf("\n");
}

static void fill(size_t n)
{
	for (size_t i = 0; i < n; i++)
		buffer[i] = (char)pick(256);
}

#endif
