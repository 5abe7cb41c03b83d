// SPDX-License-Identifier: Apache-2.0
/* A measured program: touches every page of 256 MiB of fresh memory. Prints nanoseconds. */
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>

#define SIZE (256ul << 20)
#define PAGE 4096

static long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000 + now.tv_nsec;
}

int main(void)
{
	long start = now_ns();
	volatile char *memory =
		mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return 1;
	for (unsigned long at = 0; at < SIZE; at += PAGE)
		memory[at] = 1;
	printf("%ld\n", now_ns() - start);
	return 0;
}
