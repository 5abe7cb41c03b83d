// SPDX-License-Identifier: Apache-2.0
/*
 * Trees of processes that write to all kinds of private memory, map, protect
 * and drop it, in turns with each other: each process must find in each page
 * what it itself, or its parent before the fork, has put there.
 * usage: fork-random [SEEDS]
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE   4096
#define PLACES 1200
#define DEPTH  4

static char data[24 * PAGE] = { 1 }, bss[80 * PAGE];
static char *place[PLACES]; /* one word somewhere in a page */
static uint64_t expected[PLACES];
static int count, failures;
static uint64_t state;
static uint64_t *shared; /* forks, by all */

static uint32_t dice(uint32_t sides)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % sides;
}

static void add(char *at, int pages)
{
	for (int i = 0; i < pages && count < PLACES; i++)
		place[count++] = at + i * PAGE + 8 * (i % 500);
}

static uint64_t get(int i)
{
	uint64_t word;

	memcpy(&word, place[i], sizeof(word));
	return word;
}

static void set(int i, uint64_t word)
{
	memcpy(place[i], &word, sizeof(word));
	expected[i] = word;
}

static void check(int i)
{
	if (get(i) != expected[i])
		failures++;
}

static void check_all(void)
{
	for (int i = 0; i < count; i++)
		check(i);
}

static void write_some(int most)
{
	for (uint32_t n = dice((uint32_t)most); n > 0; n--) {
		int i = (int)dice((uint32_t)count);

		check(i);
		set(i, state);
	}
	/* Page after page, which may be filled several at once. */
	if (dice(3) == 0) {
		int from = (int)dice((uint32_t)count), to = from + most * 4;

		for (int i = from; i < to && i < count; i++) {
			set(i, state + (uint64_t)i);
			if (i + 3 < count)
				check(i + 3);
		}
	}
}

static int anonymous(int i)
{
	return i >= 104 && i < 900; /* see main */
}

/* What changes mappings. */
static void act_on_map(void)
{
	int i = (int)dice((uint32_t)count);
	char *page = (char *)((uintptr_t)place[i] & ~(uintptr_t)(PAGE - 1));

	switch (dice(5)) {
	case 0:
		if (anonymous(i) && madvise(page, PAGE, MADV_DONTNEED) == 0)
			expected[i] = 0;
		break;
	case 1:
		if (mprotect(page, PAGE, PROT_READ) == 0)
			check(i);
		mprotect(page, PAGE, PROT_READ | PROT_WRITE);
		break;
	case 2:
		if (anonymous(i) && mmap(page, PAGE, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page)
			expected[i] = 0;
		break;
	case 3: {
		char *more = sbrk(PAGE);

		memset(more, 7, PAGE);
		break;
	}
	default: {
		char *more = mmap(NULL, 20 * PAGE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		memset(more + PAGE, 7, PAGE);
		munmap(more, 20 * PAGE);
	}
	}
}

static void live(int depth, int turns);

static void child(int depth, int in, int out)
{
	char byte;

	failures = 0;
	state = state * 7919 + (uint64_t)depth + 1;
	write_some(40);
	/* Before it sleeps, or not at all. */
	while (out >= 0 && dice(3)) {
		check_all();
		if (write(out, "x", 1) != 1 || read(in, &byte, 1) != 1)
			break;
		write_some(30);
	}
	live(depth + 1, (int)dice(5));
	check_all();
	_exit(failures > 100 ? 100 : failures);
}

static void begin(int depth)
{
	int to[2] = { -1, -1 }, from[2] = { -1, -1 }, status;
	int talks = dice(2) && !pipe(to) && !pipe(from);
	char byte;

	__atomic_add_fetch(shared, 1, __ATOMIC_RELAXED);
	pid_t pid = fork();
	if (pid == 0) {
		if (talks) {
			close(to[1]);
			close(from[0]);
		}
		child(depth, to[0], from[1]);
	}
	if (dice(2))
		write_some(50);
	if (talks) {
		close(to[0]);
		close(from[1]);
		while (read(from[0], &byte, 1) == 1) {
			write_some(30);
			if (dice(4) == 0)
				act_on_map();
			if (write(to[1], "y", 1) != 1)
				break;
		}
		close(to[1]);
		close(from[0]);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		failures++;
	else
		failures += WEXITSTATUS(status);
	check_all();
}

static void live(int depth, int turns)
{
	char stack[10 * PAGE];
	int mine = count;

	/* Of this frame, until it is left. */
	memset(stack, depth, sizeof(stack));
	add(stack, 9);
	for (int i = mine; i < count; i++)
		set(i, state + (uint64_t)i);
	for (int n = 0; n < turns; n++) {
		write_some(60);
		if (dice(5) == 0)
			act_on_map();
		if (depth < DEPTH && dice(3))
			begin(depth);
	}
	check_all();
	count = mine;
}

static char *map(int pages, int flags, int fd)
{
	return mmap(NULL, (size_t)pages * PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);
}

int main(int argc, char **argv)
{
	const uint64_t seeds = argc > 1 ? strtoul(argv[1], NULL, 10) : 4;
	int fd = open("/proc/self/exe", O_RDONLY);

	signal(SIGPIPE, SIG_IGN);
	shared = (uint64_t *)map(1, MAP_SHARED | MAP_ANONYMOUS, -1);
	add(data, 24);
	add(bss, 80);
	add(map(130, MAP_PRIVATE | MAP_ANONYMOUS, -1), 130);
	add(map(1536, MAP_PRIVATE | MAP_ANONYMOUS, -1), 600); /* with 2 MiB leaves */
	add(map(66, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1), 66);
	add(map(16, MAP_PRIVATE, fd), 16);
	add(map(40, MAP_PRIVATE, fd), 40);
	for (int i = 0; i < count; i++)
		expected[i] = get(i);
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		state = seed * 0x9e3779b97f4a7c15;
		live(0, 20);
		printf("seed %d: %d failures\n", (int)seed, failures);
	}
	printf("enough forks: %d\n", *shared > 100);
	return 0;
}
