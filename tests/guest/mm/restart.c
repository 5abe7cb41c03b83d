// SPDX-License-Identifier: Apache-2.0
/*
 * A program started again and again must find nothing of what it did before:
 * it checks all its memory, and then leaves it in disorder, each time another.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE   4096ul
#define STARTS 48
#define MODES  12

static volatile uint64_t data[2000] = { 1, 2, 3, [1999] = 4 };
static volatile uint64_t bss[9000];
static const volatile uint64_t constant[1500] = { 5, [1499] = 6 };
static void *volatile relocated = (void *)data;

__attribute__((noinline, noclone, aligned(64))) static int text(void)
{
	__asm__ volatile("");
	return 42;
}

/* The compiler does not know where it leads. */
static uintptr_t hidden(const volatile void *at)
{
	uintptr_t address = (uintptr_t)at;

	__asm__ volatile("" : "+r"(address));
	return address;
}

static int wrong(void)
{
	int failures = 0;
	volatile uint64_t stack[4000];
	uint64_t *heap = sbrk(0);

	failures += data[0] != 1 || data[1] != 2 || data[2] != 3 || data[1999] != 4;
	for (int i = 3; i < 1999; i++)
		failures += data[i] != 0;
	for (int i = 0; i < 9000; i++)
		failures += bss[i] != 0;
	failures += constant[0] != 5 || constant[1499] != 6 || relocated != (void *)data;
	failures += ((int (*)(void))hidden((void *)(uintptr_t)text))() != 42;
	/* Below what was used since the start there are zeros. */
	for (int i = 0; i < 1000; i++)
		failures += stack[i] != 0;
	if (sbrk(8 * PAGE) != heap)
		return failures + 1;
	heap = (uint64_t *)(((uintptr_t)heap + 7) & ~7ul);
	for (size_t i = 0; i < 8 * PAGE / 8 - 1; i++)
		failures += heap[i] != 0;
	memset(heap, 0x55, 8 * PAGE - 8);
	return failures;
}

static uintptr_t page_of(const volatile void *at)
{
	return hidden(at) & ~(PAGE - 1);
}

static void deep(int depth)
{
	volatile char room[PAGE];

	memset((char *)room, 0x77, sizeof(room));
	if (depth > 0)
		deep(depth - 1);
	room[0]++;
}

static void disorder(int mode)
{
	const int rw = PROT_READ | PROT_WRITE;
	int status;

	memset((void *)(uintptr_t)data, 0x11, sizeof(data));
	memset((void *)(uintptr_t)bss, 0x22, sizeof(bss));
	relocated = NULL;
	deep(mode % 2 ? 200 : 20);
	switch (mode) {
	case 1: /* constants and text written */
		mprotect((void *)page_of(constant), 4 * PAGE, rw);
		memset((void *)hidden(constant), 0x33, sizeof(constant));
		break;
	case 2:
		mprotect((void *)page_of((void *)(uintptr_t)text), PAGE, rw | PROT_EXEC);
		memcpy((void *)hidden((void *)(uintptr_t)text), "\xb8\x07\0\0\0\xc3", 6);
		break;
	case 3: /* pieces gone */
		munmap((void *)page_of(&bss[4000]), 4 * PAGE);
		break;
	case 4:
		mmap((void *)page_of(&data[700]), PAGE, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		     -1, 0);
		data[720] = 9;
		break;
	case 5:
		madvise((void *)page_of(&bss[4000]), 4 * PAGE, MADV_DONTNEED);
		madvise((void *)page_of(&data[700]), PAGE, MADV_DONTNEED);
		break;
	case 6: /* a child that lives on with all that */
		if (fork() == 0) {
			usleep(20000);
			_exit(data[700] != 0x1111111111111111 || bss[8999] != 0x2222222222222222);
		}
		break;
	case 7:
		if (fork() == 0) {
			memset((void *)(uintptr_t)bss, 0x44, sizeof(bss));
			_exit(0);
		}
		wait(&status);
		break;
	case 8:
		mprotect((void *)page_of(data), 4 * PAGE, PROT_READ);
		mmap(NULL, 0x800000, rw, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		break;
	case 9:
		mlockall(MCL_CURRENT | MCL_FUTURE);
		brk((void *)((uintptr_t)sbrk(0) + 0x500000));
		break;
	case 10:
		mremap((void *)page_of(&bss[4000]), PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		       (void *)(page_of(&bss[0]) + 0x40000000));
		break;
	case 11:
		execl("/proc/self/exe", "restart", "11", (char *)NULL);
		break;
	default:
		break;
	}
}

static int started(int mode, int argc)
{
	int failures = wrong();

	/* 11 comes twice, the second time without its descriptor. */
	if (argc == 3 &&
	    write(atoi(getenv("FD") ? getenv("FD") : "-1"), (void *)getauxval(AT_RANDOM), 16) != 16)
		failures++;
	if (argc == 3 || mode != 11)
		disorder(mode);
	return failures > 99 ? 99 : failures;
}

static pid_t start(int mode, int fd)
{
	char number[12], environment[20];
	char *const argv[] = { "restart", number, "x", NULL }, *const envp[] = { environment,
										 NULL };

	snprintf(number, sizeof(number), "%d", mode);
	snprintf(environment, sizeof(environment), "FD=%d", fd);
	/* NOLINTNEXTLINE(clang-analyzer-unix.Vfork) */
	pid_t pid = mode % 3 ? vfork() : fork();
	if (pid == 0) {
		execve("/proc/self/exe", argv, envp);
		_exit(111);
	}
	return pid;
}

static int status_of(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid ? status : -1;
}

int main(int argc, char **argv)
{
	static char seen[3 * STARTS][16];
	int fds[2], count = 0, same = 0;

	if (argc > 1)
		return started(atoi(argv[1]), argc);
	if (pipe(fds))
		return 1;
	for (int i = 0; i < STARTS; i++) {
		int mode = i * 5 % MODES;
		pid_t one = start(mode, fds[1]), two = i % 4 ? -1 : start(i % MODES, fds[1]);

		printf("start %d: %x\n", mode, status_of(one));
		if (two > 0)
			printf("  beside it: %x\n", status_of(two));
		for (int n = 0; n < (two > 0 ? 2 : 1); n++)
			same += read(fds[0], seen[count++], 16) != 16;
	}
	for (int i = 0; i < count; i++)
		for (int j = 0; j < i; j++)
			same += !memcmp(seen[i], seen[j], 16);
	printf("random bytes seen twice: %d\n", same);
	return 0;
}
