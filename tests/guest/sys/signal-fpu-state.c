// SPDX-License-Identifier: Apache-2.0
/* A handler that ruins every vector register, and what the interrupted code still finds in them. */
#include <cpuid.h>
#include <immintrin.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

static volatile int calls;

__attribute__((target("avx"))) static void ruin_avx(void)
{
	__asm__ volatile(
		"vpcmpeqd %%xmm0, %%xmm0, %%xmm0\n\tvinsertf128 $1, %%xmm0, %%ymm0, %%ymm0\n\t"
		"vmovaps %%ymm0, %%ymm7\n\tvmovaps %%ymm0, %%ymm15"
		:
		:
		: "xmm0", "xmm7", "xmm15");
}

static void handler(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	unsigned int mxcsr = 0x1f80 | 0x6000;
	long double ruin = 1.0L;

	(void)info;
	__asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
	__asm__ volatile("fldt %0; fldt %0; fldt %0; fninit" : : "m"(ruin));
	__asm__ volatile("pcmpeqd %%xmm1, %%xmm1; movaps %%xmm1, %%xmm9" : : : "xmm1", "xmm9");
	if (__builtin_cpu_supports("avx"))
		ruin_avx();
	calls += signo == SIGUSR1 && uc->uc_mcontext.fpregs->mxcsr == (0x1f80 | 0x2000);
}

__attribute__((target("avx"))) static int avx(void)
{
	uint8_t in[32], out[32];

	for (int i = 0; i < 32; i++)
		in[i] = (uint8_t)(i * 7 + 3);
	__asm__ volatile("vmovups %[in], %%ymm15\n\tmov %[pid], %%rdi\n\tmov $10, %%esi\n\t"
			 "mov $62, %%eax\n\tsyscall\n\tvmovups %%ymm15, %[out]"
			 : [out] "=m"(out)
			 : [in] "m"(in), [pid] "r"((long)getpid())
			 : "rax", "rcx", "r11", "rdi", "rsi", "xmm15", "memory");
	return !memcmp(in, out, sizeof(in));
}

__attribute__((target("avx512f"))) static int avx512(void)
{
	uint8_t in[64], out[64];
	uint16_t mask = 0xa55a, mask_out;

	for (int i = 0; i < 64; i++)
		in[i] = (uint8_t)(i * 5 + 1);
	__asm__ volatile("vmovdqu64 %[in], %%zmm31\n\tkmovw %[m], %%k3\n\tmov %[pid], %%rdi\n\t"
			 "mov $10, %%esi\n\tmov $62, %%eax\n\tsyscall\n\t"
			 "vmovdqu64 %%zmm31, %[out]\n\tkmovw %%k3, %[mo]"
			 : [out] "=m"(out), [mo] "=m"(mask_out)
			 : [in] "m"(in), [pid] "r"((long)getpid()), [m] "m"(mask)
			 : "rax", "rcx", "r11", "rdi", "rsi", "memory");
	return !memcmp(in, out, sizeof(in)) && mask == mask_out;
}

static int sse(void)
{
	unsigned int set = 0x1f80 | 0x2000, got;
	uint64_t in[2] = { 0x1122334455667788, 0x99aabbccddeeff00 }, out[2];
	long double x87 = 3.25L, x87_out;

	__asm__ volatile(
		"ldmxcsr %[set]\n\tfldt %[x]\n\tmovups %[in], %%xmm9\n\tmov %[pid], %%rdi\n\t"
		"mov $10, %%esi\n\tmov $62, %%eax\n\tsyscall\n\t"
		"movups %%xmm9, %[out]\n\tfstpt %[xo]\n\tstmxcsr %[got]"
		: [out] "=m"(out), [xo] "=m"(x87_out), [got] "=m"(got)
		: [in] "m"(in), [pid] "r"((long)getpid()), [set] "m"(set), [x] "m"(x87)
		: "rax", "rcx", "r11", "rdi", "rsi", "xmm9", "memory");
	return !memcmp(in, out, sizeof(in)) && x87 == x87_out && got == set;
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };

	sigaction(SIGUSR1, &action, NULL);
	printf("sse %d\n", sse());
	printf("avx %d\n", !__builtin_cpu_supports("avx") || avx());
	printf("avx512 %d\n", !__builtin_cpu_supports("avx512f") || avx512());
	printf("handled %d\n", calls > 0);
	return 0;
}
