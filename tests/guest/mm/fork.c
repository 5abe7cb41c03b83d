// SPDX-License-Identifier: Apache-2.0
/*
 * What fork(2) and vfork(2) make of each kind of memory: who sees whose stores,
 * in either order; what a child does not get; and that a large process is not
 * copied: there is no room for that.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096ul
#define RW   (PROT_READ | PROT_WRITE)

static int data = 1, bss;
static int to_child[2], to_parent[2];

static void tell(const int *fds)
{
	if (write(fds[1], "x", 1) != 1)
		abort();
}

static void hear(const int *fds)
{
	char byte;

	if (read(fds[0], &byte, 1) != 1)
		abort();
}

static int end_of(pid_t child)
{
	int status = -1;

	waitpid(child, &status, 0);
	return status;
}

static char *map(size_t length, int flags, int fd)
{
	char *at = mmap(NULL, length, RW, flags, fd, 0);

	if (at == MAP_FAILED)
		abort();
	return at;
}

/* Both write, the parent first or the child first, and then look. */
static void both(const char *name, int *word, int child_first)
{
	int before = *word, seen;
	pid_t child = fork();

	if (child == 0) {
		if (!child_first)
			hear(to_child);
		seen = *word == before;
		*word = before + 10;
		tell(to_parent);
		hear(to_child);
		_exit(2 * seen + (*word == before + 10));
	}
	if (child_first)
		hear(to_parent);
	seen = *word == before;
	*word = before + 20;
	if (!child_first) {
		tell(to_child);
		hear(to_parent);
	}
	tell(to_child);
	int status = end_of(child);
	printf("%s, %s first: parent saw its own %d, has its own %d; child %x\n", name,
	       child_first ? "child" : "parent", seen, *word == before + 20, status);
	*word = before;
}

static void kinds(void)
{
	int stack = 5, *heap = malloc(sizeof(*heap));
	int fd = open("/proc/self/exe", O_RDONLY), memory = memfd_create("fork", 0);
	int *file = (int *)map(PAGE, MAP_PRIVATE, fd);
	int *large = (int *)(map(0x800000, MAP_PRIVATE | MAP_ANONYMOUS, -1) + 0x300000);
	int *shared = (int *)map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);

	if (ftruncate(memory, PAGE))
		abort();
	int *shared_file = (int *)map(PAGE, MAP_SHARED, memory);
	int *private_file = (int *)map(PAGE, MAP_PRIVATE, memory);
	*heap = 7;
	for (int child_first = 0; child_first < 2; child_first++) {
		both("data", &data, child_first);
		both("bss", &bss, child_first);
		both("stack", &stack, child_first);
		both("heap", heap, child_first);
		both("private file", file, child_first);
		both("large", large, child_first);
		both("shared", shared, child_first);
		both("shared file", shared_file, child_first);
		both("private memfd", private_file, child_first);
	}
	free(heap);
}

/* -1: not mapped for the system call that looks. */
static int peek(const char *at)
{
	char byte;
	int fds[2];

	if (pipe(fds))
		abort();
	int got = write(fds[1], at, 1) == 1 && read(fds[0], &byte, 1) == 1 ? byte : -1;
	close(fds[0]);
	close(fds[1]);
	return got;
}

static void advice(void)
{
	char *at = map(8 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	memset(at, 3, 8 * PAGE);
	madvise(at + PAGE, PAGE, MADV_DONTFORK);
	madvise(at + 3 * PAGE, PAGE, MADV_WIPEONFORK);
	madvise(at + 5 * PAGE, PAGE, MADV_DONTFORK);
	madvise(at + 5 * PAGE, PAGE, MADV_DOFORK);
	mlock(at + 6 * PAGE, PAGE);
	for (int depth = 0; depth < 2; depth++) {
		fflush(stdout);
		pid_t child = fork();
		if (child > 0) {
			printf("advice: %x\n", end_of(child));
			break;
		}
		for (int i = 0; i < 8; i++)
			printf(" %d", peek(at + i * (long)PAGE));
		printf("\n");
		if (at[3 * PAGE] == 0)
			at[3 * PAGE] = 4;
	}
	fflush(stdout);
	if (peek(at + PAGE) < 0)
		_exit(0);
	munmap(at, 8 * PAGE);
}

/* What the child does to its mappings is its own. */
static void mappings(void)
{
	char *at = map(16 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1), *end = sbrk(0);

	memset(at, 6, 16 * PAGE);
	pid_t child = fork();
	if (child == 0) {
		munmap(at, PAGE);
		mprotect(at + PAGE, PAGE, PROT_READ);
		madvise(at + 2 * PAGE, PAGE, MADV_DONTNEED);
		mremap(at + 3 * PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + 4 * PAGE);
		sbrk(5 * (long)PAGE);
		at[5 * PAGE] = 7;
		_exit(peek(at) == -1 && at[PAGE] == 6 && at[2 * PAGE] == 0 && at[4 * PAGE] == 6 &&
		      peek(at + 3 * PAGE) == -1);
	}
	int status = end_of(child), same = 0;
	for (int i = 0; i < 16; i++)
		same += at[i * (long)PAGE] == 6;
	at[PAGE] = 1;
	printf("mappings: child %x, parent has %d, heap %d\n", status, same, sbrk(0) == end);
}

/* A file that ends earlier does so for both, private copies and all. */
static void truncation(void)
{
	int memory = memfd_create("fork", 0);

	if (ftruncate(memory, 2 * PAGE))
		abort();
	char *at = map(2 * PAGE, MAP_PRIVATE, memory);
	at[PAGE] = 5;
	pid_t child = fork();
	if (child == 0) {
		at[PAGE] = 6;
		if (ftruncate(memory, PAGE))
			abort();
		int gone = peek(at + PAGE);
		tell(to_parent);
		hear(to_child);
		_exit(gone == -1 && peek(at + PAGE) == 0);
	}
	hear(to_parent);
	int gone = peek(at + PAGE);
	if (ftruncate(memory, 2 * PAGE))
		abort();
	tell(to_child);
	printf("truncation: gone %d, then %d, child %x\n", gone, peek(at + PAGE), end_of(child));
}

/* Kernel's stores into the parent are not the child's. */
static void numbers(void)
{
	static int parent_tid, child_tid;
	const long flags = 0x00100000 | 0x01000000 | 17; /* PARENT_SETTID, CHILD_SETTID, SIGCHLD */
	long child = syscall(SYS_clone, flags, 0, &parent_tid, &child_tid, 0);

	if (child == 0)
		_exit(2 * (parent_tid == 0) + (child_tid == getpid()));
	int status = end_of((pid_t)child);
	printf("numbers: child %x, parent %d %d\n", status, parent_tid == child, child_tid == 0);
}

static void large(void)
{
	const size_t length = 300ul << 20;
	char *at = map(length, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	for (size_t i = 0; i < length; i += PAGE)
		at[i] = 9;
	for (int round = 0; round < 3; round++) {
		pid_t child = fork();

		if (child == 0) {
			for (size_t i = 0; i < length; i += length / 7)
				at[i] = 8;
			if (round == 1)
				sbrk((long)PAGE);
			_exit(at[length - PAGE] == 9 && at[length / 7 * 3] == 8);
		}
		int status = end_of(child), wrong = 0;
		for (size_t i = 0; i < length; i += PAGE)
			wrong += at[i] != 9;
		at[PAGE * (size_t)round] = 9;
		printf("large: child %x, wrong %d\n", status, wrong);
	}
	munmap(at, length);
}

static void shares_all(void)
{
	static volatile int word;

	pid_t child = vfork();
	if (child == 0) {
		word = 3; /* NOLINT(clang-analyzer-unix.Vfork): that is the test */
		_exit(0);
	}
	int status = end_of(child);
	printf("vfork: %x %d\n", status, word);
}

int main(void)
{
	if (pipe(to_child) || pipe(to_parent))
		return 1;
	kinds();
	advice();
	mappings();
	truncation();
	numbers();
	large();
	shares_all();
	return 0;
}
