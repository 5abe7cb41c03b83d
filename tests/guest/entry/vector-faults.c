// SPDX-License-Identifier: Apache-2.0
/*
 * A page that is given, copied or read while a program computes: none of its
 * registers changes by that, whatever handles the fault.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE  4096ul
#define PAGES 64ul
#define RW    (PROT_READ | PROT_WRITE)
#define ALL   "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15"

static uint8_t in[16 * 32], out[16 * 32];

/* Loads or stores through all pages while every register holds something; on success 1. */
#define TOUCH(name, isa, move, size, register, touch) \
	__attribute__((target(isa))) static int name(char *at) \
	{ \
		unsigned long pages = PAGES; \
		long double kept = 0.125L + (uintptr_t)at % 7, got; \
\
		memset(out, 0, sizeof(out)); \
		__asm__ volatile( \
			"fldt %[kept]\n" \
			".irp n," ALL "\n" move " \\n*" size \
			"(%[in]), %%" register "\\n\n" \
					       ".endr\n" \
					       "1:\t" touch \
					       "\n\tadd $4096, %[at]\n\tdec %[pages]\n\tjnz 1b\n" \
					       ".irp n," ALL "\n" move \
					       " %%" register "\\n, \\n*" size "(%[out])\n" \
							      ".endr\n\tfstpt %[got]" \
			: [at] "+r"(at), [pages] "+r"(pages), [got] "=m"(got) \
			: [in] "r"(in), [out] "r"(out), [kept] "m"(kept) \
			: "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", \
			  "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "rax", \
			  "memory", "cc"); \
		return kept == got && !memcmp(in, out, (size)[0] == '3' ? 512 : 256); \
	}

TOUCH(sse_store, "sse2", "movups", "16", "xmm", "movups %%xmm5, 4000(%[at])")
TOUCH(sse_load, "sse2", "movups", "16", "xmm", "movb 100(%[at]), %%al")
TOUCH(avx_store, "avx", "vmovups", "32", "ymm", "vmovups %%ymm9, 8(%[at])")
TOUCH(avx_load, "avx", "vmovups", "32", "ymm", "movb 100(%[at]), %%al")
/* The last one of a page and the first of the next: two faults of one instruction. */
TOUCH(sse_across, "sse2", "movups", "16", "xmm", "movups %%xmm7, -8(%[at])")

static char *map(int flags, int fd)
{
	char *at = mmap(NULL, (PAGES + 2) * PAGE, RW, flags, fd, 0);

	if (at == MAP_FAILED)
		abort();
	return at + PAGE;
}

static void one(const char *name, int (*touch)(char *at), int fd)
{
	char *shared = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int fresh = touch(map(MAP_PRIVATE | MAP_ANONYMOUS, -1)), file = touch(map(MAP_PRIVATE, fd));
	int status, kept;
	pid_t child;

	memset(shared - PAGE, 's', (PAGES + 2) * PAGE);
	child = fork();
	if (!child)
		_exit(touch(shared));
	kept = touch(shared);
	waitpid(child, &status, 0);
	printf("%s: fresh %d, of a file %d, copied %d, by the child %d\n", name, fresh, file, kept,
	       WEXITSTATUS(status));
	fflush(stdout);
}

int main(void)
{
	int fd = open("/proc/self/exe", O_RDONLY);

	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 37 + 1);
	one("SSE, stores", sse_store, fd);
	one("SSE, loads", sse_load, fd);
	one("SSE, stores across pages", sse_across, fd);
	if (__builtin_cpu_supports("avx")) {
		one("AVX, stores", avx_store, fd);
		one("AVX, loads", avx_load, fd);
	}
	return 0;
}
