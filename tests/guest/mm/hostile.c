// SPDX-License-Identifier: Apache-2.0
/*
 * Memory system calls with arguments that are wrong in many ways at once: each
 * answer must be Linux's. Prints a checksum of them, or with an argument every
 * call. Fixed seeds; nothing reaches beyond an area of its own.
 */
#include "probe.h"

#include <stdbool.h>

#define AREA  0x200000000ul
#define PAGES 64
#define STEPS 20000

static uint64_t state;
static bool loud;

static uint64_t draw(uint64_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 33) % below;
}

static uint64_t any_address(void)
{
	static const uint64_t odd[] = {
		0x8000000000000000, 0xfffffffffffff000, 1ul << 62,
		1ul << 50,	    1ul << 47,		(1ul << 48) - 4096
	};

	if (draw(6) == 0)
		return odd[draw(6)];
	return AREA + draw(PAGES) * PAGE + (draw(8) ? 0 : draw(PAGE));
}

/* Either so long that it is refused, or so short that it stays near. */
static uint64_t any_length(void)
{
	static const uint64_t odd[] = { 0,	  1ul << 48, ~0ul, ~0ul - PAGE + 1, ~0ul - 2 * PAGE,
					1ul << 63 };

	if (draw(6) == 0)
		return odd[draw(6)];
	return draw(12) * PAGE + (draw(8) ? 0 : draw(PAGE));
}

/* Machines differ in whether memory that can be executed but not read can be locked. */
static uint64_t any_prot(void)
{
	uint64_t prot = draw(10) ? draw(8) : draw(2) ? 1ul << draw(32) : ~0ul;

	return prot & (PROT_WRITE | PROT_EXEC) ? prot | PROT_READ : prot;
}

static uint64_t any_flags(void)
{
	static const uint64_t types[] = {
		MAP_PRIVATE, MAP_PRIVATE, MAP_SHARED, MAP_SHARED, 3, 0, 5
	};
	static const uint64_t extra[] = { 0,	      MAP_NORESERVE,	  MAP_STACK, MAP_POPULATE,
					  MAP_LOCKED, MAP_FIXED_NOREPLACE };

	return types[draw(7)] | MAP_ANONYMOUS | (draw(4) ? MAP_FIXED : 0) | extra[draw(6)];
}

static int any_advice(void)
{
	static const int advices[] = { MADV_NORMAL,
				       MADV_RANDOM,
				       MADV_SEQUENTIAL,
				       MADV_WILLNEED,
				       MADV_DONTNEED,
				       MADV_FREE,
				       MADV_REMOVE,
				       MADV_DONTFORK,
				       MADV_DOFORK,
				       MADV_DONTDUMP,
				       MADV_DODUMP,
				       5,
				       999,
				       -1 };

	return advices[draw(14)];
}

static struct call {
	long number;
	uint64_t a[5];
} call;

static void choose(void)
{
	uint64_t a = any_address(), l = any_length();

	switch (draw(9)) {
	case 0:
	case 1:
		call = (struct call){ SYS_mmap, { a, l, any_prot(), any_flags(), ~0ul } };
		break;
	case 2:
		call = (struct call){ SYS_munmap, { a, l } };
		break;
	case 3:
		call = (struct call){ SYS_mprotect, { a, l, any_prot() } };
		break;
	case 4:
		/* One that is not refused would go through all that the program has. */
		l = l > PAGES * PAGE ? ~0ul : l;
		call = (struct call){ SYS_madvise, { a, l, (uint64_t)any_advice() } };
		break;
	case 5:
		call = (struct call){ SYS_msync, { a, l, draw(10) ? draw(8) : 1ul << draw(64) } };
		break;
	case 6:
		call = (struct call){ draw(2) ? SYS_mlock : SYS_munlock, { a, l } };
		break;
	case 7:
		call = (struct call){ SYS_mlock2, { a, l, draw(3) } };
		break;
	default:
		/* The new length is the old one or shorter: so it stays where it is. */
		l = l > PAGES * PAGE ? 0 : l;
		call = (struct call){ SYS_mremap, { a, l, draw(2) ? l : l / 2, 0, 0 } };
	}
}

/* Where the kernel chooses, the place is not ours to know, and it goes at once. */
static long perform(void)
{
	long result =
		syscall(call.number, call.a[0], call.a[1], call.a[2], call.a[3], call.a[4], 0);

	if (result == -1)
		return -errno;
	bool chosen = call.number == SYS_mmap &&
		      (result < (long)AREA || result >= (long)(AREA + (PAGES + 16) * PAGE));
	if (chosen)
		munmap((void *)result, call.a[1]);
	return chosen ? 1 : result;
}

static uint64_t play(uint64_t seed)
{
	uint64_t sum = 0;

	state = seed;
	for (int step = 0; step < STEPS; step++) {
		choose();
		/* A hint is as good as MAP_FIXED only where it lies free. */
		if (call.number == SYS_mmap && !(call.a[3] & (MAP_FIXED | MAP_FIXED_NOREPLACE)))
			call.a[0] = 0;
		long result = perform();
		sum = sum * 31 + (uint64_t)result;
		if (loud)
			printf("%d: %ld(%lx, %lx, %lx, %lx) = %ld\n", step, call.number, call.a[0],
			       call.a[1], call.a[2], call.a[3], result);
	}
	munmap((void *)AREA, (PAGES + 16) * PAGE);
	return sum;
}

int main(int argc, char **argv)
{
	(void)argv;
	loud = argc > 1;
	probe_start();
	if (loud)
		setvbuf(stdout, NULL, _IOLBF, 0);
	for (uint64_t seed = 1; seed <= 4; seed++)
		printf("seed %lu: %016lx\n", seed, play(seed));
	return 0;
}
