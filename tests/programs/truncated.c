// SPDX-License-Identifier: Apache-2.0
/*
 * Maps a file, waits while somebody makes it shorter, and touches what was
 * there, by itself and through system calls; with "write" it also stores into
 * the file, with "private" no mapping is shared.
 * usage: truncated FILE PAGES [write | private]
 * prints "ready", waits for a line, tells what each touch gave.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096L

static sigjmp_buf back;
static siginfo_t info;

static void caught(int signal, siginfo_t *i, void *context)
{
	(void)signal;
	(void)context;
	info = *i;
	siglongjmp(back, 1);
}

static void touch(const char *name, volatile char *map, long page, int store)
{
	volatile char *at = map + page * PAGE + 7;

	if (sigsetjmp(back, 1) == 0) {
		if (store)
			*at = 1;
		printf("%s page %ld: %d\n", name, page, *at);
	} else {
		printf("%s page %ld: signal %d code %d at +%ld\n", name, page, info.si_signo,
		       info.si_code, (long)((char *)info.si_addr - map));
	}
	fflush(stdout);
}

static void through_calls(char *map, long page)
{
	char buffer[PAGE];
	int fd, sink = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	struct iovec vector[2] = { { buffer, 10 }, { map + page * PAGE, 100 } };

	if (sink < 0)
		return;
	errno = 0;
	printf("write %zd %s\n", write(sink, map + page * PAGE, 100), strerror(errno));
	errno = 0;
	printf("writev %zd %s\n", writev(sink, vector, 2), strerror(errno));
	fd = open(map + page * PAGE, O_RDONLY);
	printf("open %d %s\n", fd, strerror(errno));
	fflush(stdout);
	errno = 0;
	printf("stdout %zd %s\n", write(1, map + page * PAGE, 100), strerror(errno));
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_sigaction = caught, .sa_flags = SA_SIGINFO };
	long pages = argc >= 3 ? atol(argv[2]) : 0;
	int private = argc == 4 && argv[3][0] == 'p', writes = argc == 4 && !private;
	int flags = private ? MAP_PRIVATE : MAP_SHARED;
	int fd = pages ? open(argv[1], writes ? O_RDWR : O_RDONLY) : -1;
	int prot = writes ? PROT_READ | PROT_WRITE : PROT_READ;
	char line[8];

	if (fd < 0)
		return 2;
	char *shared = mmap(NULL, (size_t)(pages * PAGE), prot, flags, fd, 0);
	char *large =
		mmap(NULL, (size_t)(pages * PAGE), PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (shared == MAP_FAILED || large == MAP_FAILED)
		return 2;
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	for (long page = 0; page < pages; page += pages / 8)
		touch("before", shared, page, writes);
	puts("ready");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return 2;
	for (long page = 0; page < pages; page += pages / 8)
		touch("shared", shared, page, writes);
	for (long page = 1; page < pages; page += pages / 8)
		touch("private", large, page, 1);
	touch("last", shared, pages - 1, 0);
	through_calls(shared, pages - 2);
	return 0;
}
