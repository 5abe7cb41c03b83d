// SPDX-License-Identifier: Apache-2.0
/*
 * Flags and addresses that only odd programs use, around system calls: single
 * stepping, alignment checks, the direction flag, and jumps to where no
 * program is. With an argument no single steps, which the emulator of the VT-x
 * rig (Bochs) gets wrong in VMs.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TF 0x100
#define AC 0x40000

static sigjmp_buf again;
static volatile sig_atomic_t steps;

static void on_step(int signal)
{
	(void)signal;
	steps++;
}

static void on_fault(int signal)
{
	siglongjmp(again, signal);
}

static long getppid_with(uint64_t flags)
{
	long result;

	__asm__ volatile("sub $128,%%rsp\n pushfq\n orq %[flags],(%%rsp)\n popfq\n"
			 "mov $110,%%eax\n syscall\n"
			 "pushfq\n andq %[clear],(%%rsp)\n popfq\n add $128,%%rsp"
			 : "=&a"(result)
			 : [flags] "r"(flags), [clear] "r"(~flags)
			 : "rcx", "r11", "memory", "cc");
	return result;
}

static int survives(uint64_t flags)
{
	long parent = getppid_with(0);

	for (int i = 0; i < 200; i++)
		if (getppid_with(flags) != parent)
			return 0;
	return 1;
}

static int jump_to(uint64_t address)
{
	int signal = sigsetjmp(again, 1);

	if (!signal)
		((void (*)(void))address)();
	return signal;
}

int main(int argc, char **argv)
{
	(void)argv;
	signal(SIGTRAP, on_step);
	if (argc == 1) {
		printf("single steps %d", survives(TF));
		printf(" %d\n", steps > 0);
	}
	printf("alignment checks %d\n", survives(AC));
	printf("direction %d\n", survives(0x400));
	signal(SIGSEGV, on_fault);
	printf("jump to 16: %d\n", jump_to(16));
	printf("jump to the kernel: %d\n", jump_to(0xffffffff81000000));
	printf("jump to no canonical address: %d\n", jump_to(0x8000000000000000));
	return 0;
}
