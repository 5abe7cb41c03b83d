// SPDX-License-Identifier: Apache-2.0
/* mremap(2): every flag, within and beyond what is mapped, and that contents follow. */
#include "probe.h"

static void *remap(void *old, uint64_t old_length, uint64_t new_length, uint64_t flags,
		   void *target)
{
	return (void *)syscall(SYS_mremap, old, old_length, new_length, flags, target);
}

static char *numbered(size_t pages)
{
	char *at = must_map(pages * PAGE, RW, ANON);

	for (size_t i = 0; i < pages; i++)
		at[i * PAGE] = (char)(i + 1);
	return at;
}

static size_t wrong(const char *at, size_t pages)
{
	size_t bad = 0;

	for (size_t i = 0; i < pages; i++)
		bad += at[i * PAGE] != (char)(i + 1);
	return bad;
}

static void errors(void)
{
	char *at = numbered(8);

	MAP(remap(at + 1, PAGE, 2 * PAGE, MREMAP_MAYMOVE, NULL));
	MAP(remap(at, PAGE, 0, MREMAP_MAYMOVE, NULL));
	MAP(remap(at, 0, PAGE, MREMAP_MAYMOVE, NULL));
	MAP(remap(at, PAGE, PAGE, 8, NULL));
	MAP(remap(at, PAGE, PAGE, MREMAP_FIXED, at + 4 * PAGE));
	MAP(remap(at, PAGE, PAGE, MREMAP_FIXED | MREMAP_MAYMOVE, at + 4 * PAGE + 1));
	MAP(remap(at, PAGE, PAGE, MREMAP_FIXED | MREMAP_MAYMOVE, at));
	MAP(remap(at, 4 * PAGE, 2 * PAGE, MREMAP_FIXED | MREMAP_MAYMOVE, at + 3 * PAGE));
	MAP(remap(at, PAGE, PAGE, MREMAP_FIXED | MREMAP_MAYMOVE, (void *)(1ul << 47)));
	MAP(remap(at, PAGE, PAGE, 4, NULL));
	MAP(remap(at, PAGE, 2 * PAGE, 4 | MREMAP_MAYMOVE, NULL));
	MAP(remap(at, 9 * PAGE, 10 * PAGE, MREMAP_MAYMOVE, NULL));
	MAP(remap((void *)PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE, NULL));
	MAP(remap(at, PAGE, 2 * PAGE, 0, NULL));
	munmap(at + 8 * PAGE, PAGE);
	MAP(remap(at, 8 * PAGE, 8 * PAGE, 0, NULL));
	printf("unchanged: %zu wrong\n", wrong(at, 8));
	munmap(at, 8 * PAGE);
}

static void sizes(void)
{
	char *at = numbered(64);

	printf("shrunk in place: %d, ", remap(at, 64 * PAGE, 32 * PAGE, 0, NULL) == at);
	printf("%s, %zu wrong\n", touch_read(at + 32 * PAGE), wrong(at, 32));
	printf("grown in place: %d, ", remap(at, 32 * PAGE, 64 * PAGE, 0, NULL) == at);
	printf("%d, %zu wrong\n", at[40 * PAGE], wrong(at, 32));
	/* Something above it: it must move. */
	char *block = mmap(at + 64 * PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0);
	char *moved = remap(at, 64 * PAGE, 128 * PAGE, MREMAP_MAYMOVE, NULL);
	printf("moved: %d, %zu wrong, new zero %d, old %s\n", moved != at, wrong(moved, 32),
	       moved[127 * PAGE], touch_read(at));
	char *target = must_map(256 * PAGE, RW, ANON);
	memset(target, 9, 256 * PAGE);
	printf("fixed: %d, ",
	       remap(moved, 32 * PAGE, 48 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target) == target);
	printf("%zu wrong, %d %d\n", wrong(target, 32), target[40 * PAGE], target[48 * PAGE]);
	printf("fixed and shorter: %d, ",
	       remap(target, 32 * PAGE, 8 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		     target + 100 * PAGE) == target + 100 * PAGE);
	printf("%zu wrong, %s, ", wrong(target + 100 * PAGE, 8), touch_read(target + 20 * PAGE));
	printf("%d\n", target[108 * PAGE]);
	munmap(block, PAGE);
}

static void across(void)
{
	char *at = must_map(8 * PAGE, RW, ANON);

	mprotect(at + 4 * PAGE, 4 * PAGE, PROT_READ);
	MAP(remap(at, 8 * PAGE, 16 * PAGE, MREMAP_MAYMOVE, NULL));
	MAP(remap(at, 8 * PAGE, 2 * PAGE, 0, NULL));
	printf("shrunk across: %s, ", touch_read(at + PAGE));
	printf("%s\n", touch_read(at + 6 * PAGE));
	at = must_map(16 * PAGE, RW, ANON);
	at[5 * PAGE] = 5;
	char *moved = remap(at + 4 * PAGE, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE, NULL);
	printf("the middle: %d %s, ", moved[PAGE], touch_read(at + 4 * PAGE));
	printf("%s\n", touch_read(at + 8 * PAGE));
}

static void kept(void)
{
	char *at = numbered(4);
	char *moved = remap(at, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);

	printf("dontunmap: %zu wrong, old %d %s\n", wrong(moved, 4), at[0], touch_write(at));
	char *shared = must_map(4 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS);
	shared[0] = 's';
	char *twin = remap(shared, 0, 4 * PAGE, MREMAP_MAYMOVE, NULL);
	twin[PAGE] = 't';
	printf("twin: %c %c\n", twin[0], shared[PAGE]);
	char *longer = remap(shared, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE, NULL);
	printf("longer than the object: %c %s\n", longer[PAGE], touch_read(longer + 5 * PAGE));
}

static void big(void)
{
	size_t pages = 2048;
	char *at = numbered(pages);
	char *moved = at;

	for (size_t size = pages; size < 8 * pages; size *= 2)
		moved = remap(moved, size * PAGE, 2 * size * PAGE, MREMAP_MAYMOVE, NULL);
	printf("grown three times: %zu wrong, %d\n", wrong(moved, pages),
	       moved[8 * pages * PAGE - 1]);
	char *place = must_map(16 * pages * PAGE, PROT_NONE, ANON);
	moved = remap(moved, 8 * pages * PAGE, 8 * pages * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		      place + 3 * PAGE);
	printf("to an odd place: %zu wrong\n", wrong(moved, pages));
	moved = remap(moved + 5 * PAGE, 1000 * PAGE, 1000 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		      place + 12 * pages * PAGE);
	printf("a part of it: %d\n", moved[0]);
}

int main(void)
{
	probe_start();
	errors();
	sizes();
	across();
	kept();
	big();
	return 0;
}
