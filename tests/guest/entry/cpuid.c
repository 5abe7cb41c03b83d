// SPDX-License-Identifier: Apache-2.0
/*
 * CPUID from code of many shapes says the same each time, and changes nothing
 * but its four registers.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct answer {
	uint32_t a, b, c, d;
};

#define ASK(name, text) \
	__attribute__((noinline)) static struct answer name(uint32_t leaf, uint32_t subleaf) \
	{ \
		struct answer out; \
		(void)leaf; \
		(void)subleaf; \
		__asm__ volatile(text \
				 : "=a"(out.a), "=b"(out.b), "=c"(out.c), "=d"(out.d) \
				 : "r"(leaf), "r"(subleaf) \
				 : "rsi", "rdi", "r8", "r10", "r14", "cc"); \
		return out; \
	}

#define SET "mov %4, %%esi\n\tmov %5, %%edi\n\tmov %%esi, %%eax\n\tmov %%edi, %%ecx\n\t"

/* Shapes that are rewritten, and that are not. */
ASK(plain, SET "cpuid\n\tnop")
ASK(prefixed, SET ".byte 0x66, 0x0f, 0xa2")
ASK(rex, SET ".byte 0x48, 0x0f, 0xa2")
ASK(before_cmp, SET "cpuid\n\tcmp $7, %%r10d")
ASK(before_mov, SET "cpuid\n\tmov %%edx, %%r14d\n\tmov %%eax, %%r8d")
ASK(before_short, SET "cpuid\n\tmov %%eax, %%edi\n\tmov %%ebx, %%esi")
ASK(leaf_1, "mov $1, %%eax\n\tcpuid")
ASK(leaf_7, "mov $7, %%eax\n\txor %%ecx, %%ecx\n\tcpuid")
ASK(leaf_0, "xor %%eax, %%eax\n\tcpuid")
ASK(highest, "mov $0x80000000, %%eax\n\tcpuid")

/* A jump back to behind CPUID: that place must stay. */
__attribute__((noinline)) static struct answer jumped_to(uint32_t leaf, uint32_t subleaf)
{
	struct answer out;

	__asm__ volatile("mov $3, %%r8d\n\t"
			 "cpuid\n\t"
			 "1: mov %%edx, %%r14d\n\t"
			 "dec %%r8d\n\t"
			 "jnz 1b"
			 : "=a"(out.a), "=b"(out.b), "=c"(out.c), "=d"(out.d)
			 : "a"(leaf), "c"(subleaf)
			 : "r8", "r14", "cc");
	return out;
}

static int same(struct answer x, struct answer y)
{
	/* The number of the processor, where the program was moved to another. */
	return x.a == y.a && ((x.b ^ y.b) & 0x00ffffff) == 0 && x.c == y.c && x.d == y.d;
}

static void shapes(const char *when)
{
	static struct answer (*const functions[])(uint32_t, uint32_t) = {
		prefixed, rex, before_cmp, before_mov, before_short, jumped_to,
	};
	int wrong = 0;

	for (int round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
			for (uint32_t leaf = 0; leaf < 8; leaf++)
				wrong += leaf != 4 && leaf != 6 &&
					 !same(functions[i](leaf, 0), plain(leaf, 0));
		wrong += !same(leaf_0(0, 0), plain(0, 0)) + !same(leaf_1(0, 0), plain(1, 0)) +
			 !same(leaf_7(0, 0), plain(7, 0)) +
			 !same(highest(0, 0), plain(1u << 31, 0));
	}
	printf("%s: %d wrong\n", when, wrong);
}

/* Everything but RAX to RDX, and the flags. */
static void registers(void)
{
	uint64_t flags[2];
	int wrong = 0;

	for (int i = 0; i < 10; i++) {
		uint64_t kept = 0x123456789abcdef0ull + (uint64_t)i, sum;

		__asm__ volatile(
			"mov %3, %%r8\n\tmov %3, %%r9\n\tmov %3, %%r10\n\tmov %3, %%r11\n\t"
			"mov %3, %%r12\n\tmov %3, %%r13\n\tmov %3, %%r15\n\tmov %3, %%rsi\n\t"
			"xor %%eax, %%eax\n\tstc\n\tpushfq\n\tpop %0\n\tmov $1, %%eax\n\t"
			"cpuid\n\tmov %%edx, %%r14d\n\tpushfq\n\tpop %1\n\t"
			"mov %%r8, %2\n\txor %%r9, %2\n\txor %%r10, %2\n\txor %%r11, %2\n\t"
			"xor %%r12, %2\n\txor %%r13, %2\n\txor %%r15, %2\n\txor %%rsi, %2"
			: "=&D"(flags[0]), "=m"(flags[1]), "=&a"(sum)
			: "m"(kept)
			: "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
			  "r15", "cc", "memory");
		wrong += sum != 0 || flags[0] != flags[1];
	}
	printf("registers and flags: %d wrong\n", wrong);
}

static void *thread(void *unused)
{
	int *wrong = unused;

	for (int i = 0; i < 20000; i++)
		*wrong += !same(before_mov(1, 0), leaf_1(0, 0));
	return NULL;
}

int main(void)
{
	struct answer zero = plain(0, 0);
	pthread_t threads[3];
	int wrong[3] = { 0 }, status;

	shapes("first");
	registers();
	if (fork() == 0) {
		shapes("in a child");
		fflush(stdout);
		_exit(0);
	}
	wait(&status);
	for (int i = 0; i < 3; i++)
		if (pthread_create(&threads[i], NULL, thread, &wrong[i]))
			abort();
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	printf("threads: %d wrong\n", wrong[0] + wrong[1] + wrong[2]);
	printf("a leaf 1, a leaf 7: %d\n", zero.a >= 7);
	printf("no leaf: %d\n", same(plain(0x8fffffff, 0), plain(zero.a, 0)) ||
					!memcmp(&(struct answer){ 0 },
						&(struct answer){ plain(0x8fffffff, 0).a, 0, 0, 0 },
						sizeof(struct answer)));
	return 0;
}
