// SPDX-License-Identifier: Apache-2.0
/* Vector registers of threads that compute: neither other threads nor handlers change them. */
#include <immintrin.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define THREADS 6

static volatile int over, handled;
static pthread_t threads[THREADS];
static volatile int started;

__attribute__((target("avx512f,avx512bw"))) static int hold_512(uint8_t seed, unsigned long turns)
{
	uint8_t in[64], out[64];
	uint64_t mask = 0x0123456789abcdef * seed, mask_out;
	unsigned int csr = 0x1f80 | (seed & 3u) << 13, csr_out;

	memset(in, seed, sizeof(in));
	__asm__ volatile(
		"ldmxcsr %[csr]\n\tvmovdqu64 %[in], %%zmm30\n\tvmovdqu64 %[in], %%zmm3\n\t"
		"kmovq %[mask], %%k5\n"
		"1:\tdec %[turns]\n\tjnz 1b\n\t"
		"vpxorq %%zmm30, %%zmm3, %%zmm4\n\tvmovdqu64 %%zmm4, %[out]\n\t"
		"kmovq %%k5, %[mo]\n\tstmxcsr %[co]"
		: [out] "=m"(out), [mo] "=m"(mask_out), [co] "=m"(csr_out), [turns] "+r"(turns)
		: [in] "m"(in), [mask] "m"(mask), [csr] "m"(csr)
		: "memory");
	for (int i = 0; i < 64; i++)
		if (out[i])
			return 0;
	return mask == mask_out && csr == csr_out;
}

__attribute__((target("avx"))) static int hold_256(uint8_t seed, unsigned long turns)
{
	uint8_t in[32], out[32];

	memset(in, seed, sizeof(in));
	__asm__ volatile(
		"vmovups %[in], %%ymm13\n1:\tdec %[turns]\n\tjnz 1b\n\tvmovups %%ymm13, %[out]"
		: [out] "=m"(out), [turns] "+r"(turns)
		: [in] "m"(in)
		: "xmm13", "memory");
	return !memcmp(in, out, sizeof(in));
}

static int hold_x87(uint8_t seed, unsigned long turns)
{
	long double in = seed + 0.125L, out;

	__asm__ volatile("fldt %[in]\n1:\tdec %[turns]\n\tjnz 1b\n\tfstpt %[out]"
			 : [out] "=m"(out), [turns] "+r"(turns)
			 : [in] "m"(in)
			 : "memory");
	return in == out;
}

static void *compute(void *argument)
{
	uint8_t seed = (uint8_t)(uintptr_t)argument;
	long good = 1;

	__atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
	while (!over) {
		if (seed % 3 == 0 && __builtin_cpu_supports("avx512bw"))
			good &= hold_512(seed, 200000);
		else if (seed % 3 == 1 && __builtin_cpu_supports("avx"))
			good &= hold_256(seed, 200000);
		else
			good &= hold_x87(seed, 200000);
	}
	return (void *)good;
}

static void handler(int signo)
{
	uint8_t seed = (uint8_t)signo;

	if (__builtin_cpu_supports("avx512bw"))
		hold_512(seed, 10);
	else if (__builtin_cpu_supports("avx"))
		hold_256(seed, 10);
	hold_x87(seed, 10);
	handled++;
}

int main(void)
{
	void *good;

	signal(SIGUSR1, handler);
	signal(SIGUSR2, handler);
	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, compute, (void *)(i + 1));
	while (started < THREADS)
		nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	for (int i = 0; i < 60; i++) {
		int before = handled;

		pthread_kill(threads[i % THREADS], i & 1 ? SIGUSR1 : SIGUSR2);
		for (int k = 0; k < 1000 && handled == before; k++)
			nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	}
	over = 1;
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &good);
		printf("thread %d %ld\n", i, (long)good);
	}
	printf("handled %d\n", handled == 60);
	return 0;
}
