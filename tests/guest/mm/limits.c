// SPDX-License-Identifier: Apache-2.0
/* RLIMIT_AS, RLIMIT_DATA and RLIMIT_STACK; sbrk(2). */
#include "probe.h"

#define MIB (1ul << 20)

static void set(int resource, uint64_t bytes)
{
	struct rlimit limit;

	getrlimit(resource, &limit);
	limit.rlim_cur = bytes;
	if (setrlimit(resource, &limit))
		perror("setrlimit");
}

static uint64_t raw_brk(uint64_t address)
{
	return (uint64_t)syscall(SYS_brk, address);
}

static void heap(void)
{
	uint64_t start = raw_brk(0);
	char *at = (char *)start;

	printf("brk: %d ", raw_brk(start + 10 * PAGE + 5) == start + 10 * PAGE + 5);
	printf("%d ", raw_brk(0) == start + 10 * PAGE + 5);
	memset(at, 'h', 10 * PAGE);
	printf("%d ", raw_brk(start + 2 * PAGE) == start + 2 * PAGE);
	printf("%s ", touch_read(at + 3 * PAGE));
	printf("%d ", raw_brk(start + 10 * PAGE) == start + 10 * PAGE);
	printf("%d %c\n", at[5 * PAGE], at[PAGE]);
	printf("too low: %d, ", raw_brk(1) == start + 10 * PAGE);
	printf("too high: %d\n", raw_brk(1ul << 47) == start + 10 * PAGE);
	uint64_t end = (start + 10 * PAGE + PAGE - 1) / PAGE * PAGE;
	mmap((void *)(end + 4 * PAGE), PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0);
	printf("up to another: %d ", raw_brk(end + 4 * PAGE) == end + 4 * PAGE);
	printf("%d ", raw_brk(end + 3 * PAGE) == end + 3 * PAGE);
	printf("over it: %d\n", raw_brk(end + 8 * PAGE) == end + 8 * PAGE);
	raw_brk(start);
	munmap((void *)(end + 4 * PAGE), PAGE);
}

static void data(void)
{
	uint64_t start = raw_brk(0);

	set(RLIMIT_DATA, 32 * MIB);
	printf("data: %d ", mmap(NULL, 64 * MIB, RW, ANON, -1, 0) == MAP_FAILED && errno == ENOMEM);
	char *none = mmap(NULL, 64 * MIB, PROT_NONE, ANON, -1, 0);
	printf("%d ", none != MAP_FAILED);
	TRY(mprotect(none, 64 * MIB, RW));
	TRY(mprotect(none, 64 * MIB, PROT_READ));
	TRY(mprotect(none, MIB, RW));
	char *shared = mmap(NULL, 64 * MIB, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	printf("shared %d, ", shared != MAP_FAILED);
	printf("brk %d\n", raw_brk(start + 64 * MIB) == start);
	munmap(shared, 64 * MIB);
	munmap(none, 64 * MIB);
	set(RLIMIT_DATA, RLIM_INFINITY);
}

static void address_space(void)
{
	set(RLIMIT_AS, 128 * MIB);
	printf("as: %d ",
	       mmap(NULL, 256 * MIB, PROT_NONE, ANON | MAP_NORESERVE, -1, 0) == MAP_FAILED &&
		       errno == ENOMEM);
	char *at = mmap(NULL, 64 * MIB, PROT_READ, ANON, -1, 0);
	printf("%d ", at != MAP_FAILED);
	printf("over itself %d ", mmap(at, 64 * MIB, RW, ANON | MAP_FIXED, -1, 0) == at);
	printf("again %d ", mmap(NULL, 64 * MIB, RW, ANON, -1, 0) == MAP_FAILED);
	printf("remap %d %s\n",
	       mremap(at, 64 * MIB, 512 * MIB, MREMAP_MAYMOVE) == MAP_FAILED && errno == ENOMEM,
	       touch_write(at));
	munmap(at, 64 * MIB);
	set(RLIMIT_AS, RLIM_INFINITY);
}

static __attribute__((noinline)) int deep(int depth)
{
	volatile char room[65536];

	room[0] = (char)depth;
	return depth <= 0 ? 0 : deep(depth - 1) + 1 + (room[0] != (char)depth);
}

static void stack(void)
{
	static char other[65536];
	stack_t alternative = { .ss_sp = other, .ss_size = sizeof(other) };
	struct sigaction action = { .sa_sigaction = probe_caught,
				    .sa_flags = SA_SIGINFO | SA_ONSTACK };

	sigaltstack(&alternative, NULL);
	sigaction(SIGSEGV, &action, NULL);
	printf("stack: %d\n", deep(100));
	set(RLIMIT_STACK, 4 * MIB);
	if (sigsetjmp(probe_back, 1) == 0)
		printf("too deep: %d\n", deep(200));
	else
		printf("too deep: code %d\n", probe_code);
}

int main(void)
{
	probe_start();
	heap();
	data();
	address_space();
	stack();
	return 0;
}
