// SPDX-License-Identifier: Apache-2.0
/*
 * Uses memory as its argument says, for tests/programs/memory.sh:
 *   give     touches 200 MiB, waits for a line of input, frees them, waits again
 *   sparse   touches 64 MiB of pages spread over 4 GiB
 *   refused  asks for more than there can be, in each way
 *   hog      takes all there is
 *   splits   makes 60000 mappings and takes them away
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB  (1ul << 20)
#define PAGE 4096ul

static char *map(size_t length, int prot, int flags)
{
	char *at = mmap(NULL, length, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	if (at == MAP_FAILED) {
		perror("mmap");
		exit(99);
	}
	return at;
}

static void say(const char *text)
{
	puts(text);
	fflush(stdout);
	getchar();
}

static int give(void)
{
	char *at = map(200 * MIB, PROT_READ | PROT_WRITE, 0);

	memset(at, 1, 200 * MIB);
	say("full");
	munmap(at, 200 * MIB);
	say("free");
	at = map(200 * MIB, PROT_READ | PROT_WRITE, 0);
	size_t bad = 0;
	for (size_t i = 0; i < 200 * MIB; i += 64)
		bad += at[i] != 0;
	memset(at, 1, 200 * MIB);
	printf("%zu not zero\n", bad);
	return bad != 0;
}

static int sparse(void)
{
	const size_t size = 4096 * MIB, step = MIB / 4;
	char *at = map(size, PROT_READ | PROT_WRITE, MAP_NORESERVE);
	size_t bad = 0;

	for (size_t i = 0; i < size; i += step)
		at[i] = (char)(i / step % 100 + 1);
	for (size_t i = 0; i < size; i += step)
		bad += at[i] != (char)(i / step % 100 + 1) || at[i + PAGE] != 0;
	printf("%zu wrong\n", bad);
	return bad != 0;
}

static int refused(void)
{
	const size_t size = 4096 * MIB;
	char *none = map(size, PROT_NONE, 0);
	char *small = map(PAGE, PROT_READ | PROT_WRITE, 0);

	printf("mmap %d\n",
	       mmap(NULL, size, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
		       errno == ENOMEM);
	printf("shared %d\n",
	       mmap(NULL, size, PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
		       errno == ENOMEM);
	printf("mprotect %d\n", mprotect(none, size, PROT_WRITE) < 0 && errno == ENOMEM);
	printf("mremap %d\n",
	       mremap(small, PAGE, size, MREMAP_MAYMOVE) == MAP_FAILED && errno == ENOMEM);
	printf("sbrk %d\n", sbrk((intptr_t)size) == (void *)-1 && errno == ENOMEM);
	void *volatile block = malloc(size);
	printf("malloc %d\n", !block);
	free(block);
	return 0;
}

static int hog(void)
{
	for (int i = 0; i < 100000; i++)
		memset(map(MIB, PROT_READ | PROT_WRITE, 0), 1, MIB);
	return 99;
}

static int splits(void)
{
	const size_t count = 60000;
	char *at = map(count * PAGE, PROT_READ, MAP_NORESERVE);
	size_t made = 0;

	for (size_t i = 0; i < count; i += 2)
		made += mprotect(at + i * PAGE, PAGE, PROT_NONE) == 0;
	for (size_t i = 1; i < count; i += 2)
		made += mmap(at + i * PAGE, PAGE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
			     0) == at + i * PAGE;
	for (size_t i = 0; i < count; i += 3)
		made += munmap(at + i * PAGE, PAGE) == 0;
	printf("%zu\n", made);
	return munmap(at, count * PAGE) != 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} ways[] = { { "give", give },
		     { "sparse", sparse },
		     { "refused", refused },
		     { "hog", hog },
		     { "splits", splits } };

	for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(argv[1], ways[i].name) == 0)
			return ways[i].run();
	return 99;
}
