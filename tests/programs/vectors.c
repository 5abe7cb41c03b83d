// SPDX-License-Identifier: Apache-2.0
/* Computes with the widest vectors that the CPU has, and prints the same with any. */
#include <stdint.h>
#include <stdio.h>

#define COUNT 4096

static uint32_t a[COUNT], b[COUNT], out[COUNT];

#define KERNEL(name, isa) \
	__attribute__((target(isa), optimize("O3"), noinline)) static void name(void) \
	{ \
		for (int round = 0; round < 50; round++) \
			for (int i = 0; i < COUNT; i++) \
				out[i] = out[i] * 3 + (a[i] ^ b[i]) + (uint32_t)round; \
	}

KERNEL(plain, "sse2")
KERNEL(avx2, "avx2")
KERNEL(avx512, "avx512f,avx512bw,avx512vl")

static void run(const char *name, void (*kernel)(void))
{
	uint32_t sum = 0;

	for (int i = 0; i < COUNT; i++) {
		a[i] = (uint32_t)i * 2654435761u;
		b[i] = ~a[i] >> 3;
		out[i] = 0;
	}
	kernel();
	for (int i = 0; i < COUNT; i++)
		sum = sum * 31 + out[i];
	printf("%s %08x\n", name, sum);
}

int main(void)
{
	run("sse2", plain);
	if (__builtin_cpu_supports("avx2"))
		run("avx2", avx2);
	if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
		run("avx512", avx512);
	return 0;
}
