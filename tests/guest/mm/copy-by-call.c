// SPDX-License-Identifier: Apache-2.0
/*
 * System calls that store into memory which is shared until it is written to:
 * the page of another process after fork(2), of a file that is mapped privately,
 * of zeros that are everybody's. Only the caller sees what they store.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE  4096ul
#define BYTES (64 * PAGE)
#define RW    (PROT_READ | PROT_WRITE)

static int file; /* a host's file: what is read from it may go straight to the frames */
static int ends[2], pair[2];

static long by_read(char *at)
{
	return pread(file, at, BYTES, PAGE);
}

static long by_read_odd(char *at)
{
	return pread(file, at + 100, BYTES - PAGE, 50);
}

static long by_readv(char *at)
{
	struct iovec parts[] = { { at, PAGE + 1 },
				 { at + 3 * PAGE, 5 * PAGE },
				 { at + 9 * PAGE, 7 } };

	return preadv(file, parts, 3, 0);
}

static long by_pipe(char *at)
{
	static char text[PAGE];

	memset(text, 'p', sizeof(text));
	return write(ends[1], text, sizeof(text)) < 0 ? -1 : read(ends[0], at + 2000, sizeof(text));
}

static long by_socket(char *at)
{
	struct iovec part = { at + 4090, 100 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	static const char text[100] = "socket";

	return send(pair[1], text, sizeof(text), 0) < 0 ? -1 : recvmsg(pair[0], &message, 0);
}

static long by_directory(char *at)
{
	int fd = open("/usr", O_RDONLY | O_DIRECTORY);
	long n = syscall(SYS_getdents64, fd, at, BYTES);

	close(fd);
	return n > 0;
}

static long by_names(char *at)
{
	return uname((struct utsname *)(at + 3900)) | !getcwd(at + 2 * PAGE - 3, PAGE) |
	       (readlink("/proc/self/exe", at + 5 * PAGE - 2, PAGE) <= 0);
}

static long by_attributes(char *at)
{
	return fstat(file, (struct stat *)(at + 4080)) |
	       (getrandom(at + 3 * PAGE - 9, 20, 0) != 20);
}

static long by_wait(char *at)
{
	pid_t child = fork();

	if (!child)
		_exit(7);
	return waitpid(child, (int *)at, 0) != child;
}

static long by_time(char *at)
{
	return clock_gettime(CLOCK_BOOTTIME, (struct timespec *)at) |
	       syscall(SYS_clock_gettime, CLOCK_REALTIME, at + PAGE - 8);
}

static const struct {
	const char *name;
	long (*store)(char *at);
} calls[] = {
	{ "pread", by_read },
	{ "pread in between", by_read_odd },
	{ "preadv", by_readv },
	{ "read of a pipe", by_pipe },
	{ "recvmsg", by_socket },
	{ "getdents64", by_directory },
	{ "uname, getcwd, readlink", by_names },
	{ "fstat, getrandom", by_attributes },
	{ "waitpid", by_wait },
	{ "clock_gettime", by_time },
};

static uint64_t sum(const char *at)
{
	uint64_t hash = 1469598103934665603u;

	for (size_t i = 0; i < BYTES; i++)
		hash = (hash ^ (uint8_t)at[i]) * 1099511628211u;
	return hash;
}

static char *map(int flags, int fd)
{
	char *at = mmap(NULL, BYTES, RW, flags, fd, 0);

	if (at == MAP_FAILED)
		abort();
	return at;
}

/* In the child or in the parent; who does not call looks afterwards. */
static void after_fork(size_t i, char *at, int in_child)
{
	uint64_t before = sum(at), now;
	int go[2], status, right = 1;
	char byte = 'g';
	pid_t child;

	if (pipe(go))
		abort();
	child = fork();
	if (!child) {
		if (in_child) {
			int bad = calls[i].store(at) < 0;

			_exit(bad || sum(at) == before);
		}
		_exit(read(go[0], &byte, 1) != 1 || sum(at) != before);
	}
	if (!in_child) {
		right = calls[i].store(at) >= 0 && sum(at) != before;
		if (write(go[1], &byte, 1) != 1)
			abort();
	}
	waitpid(child, &status, 0);
	now = sum(at);
	printf("%s, the %s calls: %d %d %d\n", calls[i].name, in_child ? "child" : "parent", right,
	       status, in_child ? now == before : now != before);
	close(go[0]);
	close(go[1]);
}

/* `other` is the same memory, mapped once more. */
static void into(const char *what, size_t i, char *at, const char *other, uint64_t before)
{
	int same = sum(at) == before; /* and its pages are there, to be read */
	int stored = calls[i].store(at) >= 0;
	int seen = sum(at) != before, kept = sum(other) == before;

	printf("%s, into %s: %d %d %d %d\n", calls[i].name, what, same, stored, seen, kept);
}

int main(void)
{
	file = open("/proc/self/exe", O_RDONLY);
	if (file < 0 || pipe(ends) || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return 1;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		char *anonymous = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
		char *other = map(MAP_PRIVATE, file), *mapped = map(MAP_PRIVATE, file);
		char *zeros = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
		char *untouched = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
		uint64_t contents = sum(other), nothing = sum(zeros);

		memset(anonymous, 'a', BYTES);
		after_fork(i, anonymous, 1);
		after_fork(i, anonymous, 0);
		into("a private mapping", i, mapped, other, contents);
		into("zeros", i, zeros, untouched, nothing);
		munmap(anonymous, BYTES);
		munmap(other, BYTES);
		munmap(mapped, BYTES);
		munmap(zeros, BYTES);
		munmap(untouched, BYTES);
	}
	return 0;
}
