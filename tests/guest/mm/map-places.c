// SPDX-License-Identifier: Apache-2.0
/*
 * Where mappings go: hints, fixed places, low memory, huge reservations; and
 * that new memory is zero.
 */
#include "probe.h"

#define GIB (1ul << 30)

static void hints(void)
{
	char *area = must_map(16 * PAGE, RW, ANON);

	munmap(area + 4 * PAGE, 4 * PAGE);
	printf("free hint taken: %d\n",
	       mmap(area + 4 * PAGE, 2 * PAGE, RW, ANON, -1, 0) == area + 4 * PAGE);
	printf("hint rounded down: %d\n",
	       mmap(area + 6 * PAGE + 100, PAGE, RW, ANON, -1, 0) == area + 6 * PAGE);
	printf("hint over a mapping moved: %d\n", mmap(area, PAGE, RW, ANON, -1, 0) != area);
	printf("hint too long for the hole moved: %d\n",
	       mmap(area + 7 * PAGE, 2 * PAGE, RW, ANON, -1, 0) != area + 7 * PAGE);
	strcpy(area, "old");
	printf("fixed over old: %d\n",
	       mmap(area, 4 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == area && !*area);
	area[8 * PAGE] = 'x';
	printf("fixed across borders: %d\n",
	       mmap(area + 3 * PAGE, 6 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == area + 3 * PAGE &&
		       !area[8 * PAGE]);
	munmap(area + 8 * PAGE, PAGE);
	printf("noreplace in a hole: %d\n",
	       mmap(area + 8 * PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) ==
		       area + 8 * PAGE);
}

static void low(void)
{
	char *at = mmap(NULL, 3 * PAGE, RW, ANON | MAP_32BIT, -1, 0);

	printf("MAP_32BIT: %d %s\n", at != MAP_FAILED && (uintptr_t)at + 3 * PAGE <= 2 * GIB,
	       touch_write(at));
	at = mmap(at - 64 * PAGE, PAGE, RW, ANON | MAP_32BIT, -1, 0);
	printf("MAP_32BIT with a hint: %d\n", (uintptr_t)at < 2 * GIB);
	printf("MAP_32BIT too long: %d\n",
	       mmap(NULL, 3 * GIB, PROT_NONE, ANON | MAP_NORESERVE | MAP_32BIT, -1, 0) ==
			       MAP_FAILED &&
		       errno == ENOMEM);
}

static void reservations(void)
{
	char *ten = must_map(10 * GIB, PROT_NONE, ANON | MAP_NORESERVE);
	char *more = must_map(100 * GIB, PROT_NONE, ANON);

	printf("10 GiB: %s\n", touch_read(ten + 5 * GIB));
	TRY(mprotect(ten + 5 * GIB, 4 * PAGE, RW));
	printf("opened: %s, below %s, ", touch_write(ten + 5 * GIB), touch_read(ten + 5 * GIB - 1));
	printf("above %s\n", touch_read(ten + 5 * GIB + 4 * PAGE));
	printf("fixed in it: %d\n",
	       mmap(more + GIB, 2 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == more + GIB);
	printf("%s %s\n", touch_write(more + GIB), touch_read(more + GIB + 2 * PAGE));
	TRY(munmap(ten, 10 * GIB));
	TRY(munmap(more, 100 * GIB));
	for (int i = 0; i < 1000; i++)
		munmap(must_map(64 * GIB, PROT_NONE, ANON | MAP_NORESERVE), 64 * GIB);
	/* Written here and there, only what is touched costs memory. */
	char *sparse = must_map(8 * GIB, RW, ANON | MAP_NORESERVE);
	for (uint64_t at = 0; at < 8 * GIB; at += GIB)
		sparse[at] = 1;
	printf("sparse: %d\n", sparse[7 * GIB] + sparse[7 * GIB + PAGE]);
	munmap(sparse, 8 * GIB);
}

static void zeros(void)
{
	int bad = 0;

	for (int round = 0; round < 20; round++) {
		size_t length = (size_t)(round * 37 % 700 + 1) * PAGE;
		char *at = must_map(length, RW, ANON | (round % 3 ? 0 : MAP_POPULATE));

		for (size_t i = 0; i < length; i += 512)
			bad += at[i] != 0;
		memset(at, 0xa5, length);
		munmap(at, length);
	}
	printf("not zero: %d\n", bad);
}

static void growing(void)
{
	char *top = must_map(1024 * PAGE, PROT_NONE, ANON);
	char *area;

	munmap(top, 1024 * PAGE);
	area = mmap(top + 1000 * PAGE, 8 * PAGE, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
	printf("grows: %s ", touch_write(area - PAGE));
	printf("%s ", touch_write(area - 100 * PAGE));
	printf("%s\n", touch_read(area - 50 * PAGE));
	mmap(top + 600 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0);
	printf("near another: %s, ", touch_write(top + 700 * PAGE));
	printf("not so near: %s\n", touch_write(top + 880 * PAGE));
	TRY(mprotect(area, PAGE, PROT_READ | PROT_GROWSDOWN));
	printf("down to its start: %s\n", touch_write(top + 880 * PAGE));
	TRY(mprotect(must_map(PAGE, RW, ANON), PAGE, PROT_READ | PROT_GROWSDOWN));
	TRY(mprotect(area, PAGE, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP));
	TRY(mprotect(area, PAGE, PROT_READ | PROT_GROWSUP));
}

int main(void)
{
	probe_start();
	hints();
	low();
	reservations();
	zeros();
	growing();
	MAP(mmap(NULL, 2 * PAGE, RW, ANON | MAP_STACK | MAP_NORESERVE | MAP_LOCKED, -1, 0));
	MAP(mmap(NULL, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 12345 * PAGE));
	return 0;
}
