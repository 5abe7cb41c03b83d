/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the programs in this folder: a private directory to work in, and TRY(),
 * which prints an expression with what came of it.
 */
#ifndef TESTS_GUEST_FS_TRY_H
#define TESTS_GUEST_FS_TRY_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What is tried is often wrong on purpose; that preparations worked is seen by what follows. */
#pragma GCC diagnostic ignored "-Wunused-result"
#pragma GCC diagnostic ignored "-Wnonnull"
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#pragma GCC diagnostic ignored "-Wstringop-overread"

static inline long report(const char *what, long result)
{
	if (result < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, result);
	return result;
}

#define TRY(expression)	   (errno = 0, report(#expression, (long)(expression)))
/* The same where the value differs from run to run. */
#define TRY_OK(expression) (errno = 0, report(#expression, (expression) < 0 ? -1 : 0))

static char work_dir[64];

static inline void work_leave(void)
{
	if (chdir("/tmp") == 0)
		rmdir(work_dir);
}

/* Tests clean up what they make, so that the directory can go at the end. */
static inline void work_enter(void)
{
	strcpy(work_dir, "/tmp/try-XXXXXX");
	if (!mkdtemp(work_dir) || chdir(work_dir) < 0) {
		perror("work_enter");
		exit(99);
	}
	umask(022);
	setvbuf(stdout, NULL, _IOFBF, 65536);
	atexit(work_leave);
}

static inline void make_file(const char *name, const char *text)
{
	int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		printf("make_file %s: %s\n", name, strerrorname_np(errno));
	close(fd);
}

static inline void show_file(const char *name)
{
	char text[256];
	int fd = open(name, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));

	if (n < 0)
		printf("%s: %s\n", name, strerrorname_np(errno));
	else
		printf("%s: [%.*s]\n", name, (int)n, text);
	close(fd);
}

static inline int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a directory, sorted. */
static inline void show_dir(const char *name)
{
	char *names[512];
	size_t count = 0;
	DIR *dir = opendir(name);
	struct dirent *d;

	if (!dir) {
		printf("%s: %s\n", name, strerrorname_np(errno));
		return;
	}
	while ((d = readdir(dir)) && count < 512)
		names[count++] = strdup(d->d_name);
	closedir(dir);
	qsort(names, count, sizeof(*names), by_name);
	printf("%s:", name);
	for (size_t i = 0; i < count; i++) {
		printf(" %s", names[i]);
		free(names[i]);
	}
	printf("\n");
}

#endif
