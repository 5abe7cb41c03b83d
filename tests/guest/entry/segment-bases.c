// SPDX-License-Identifier: Apache-2.0
/*
 * FS and GS are the program's, by instruction as by system call: whatever it
 * makes of them, system calls, faults, signals and other threads neither use
 * nor lose them.
 */
#include <asm/prctl.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096ul

static uint64_t words[8] = { 10, 11, 12, 13, 14, 15, 16, 17 };
static sigjmp_buf back;
static volatile int signo, code;
static void *volatile address;

static uint64_t get_gs(void)
{
	uint64_t base;

	__asm__ volatile("rdgsbase %0" : "=r"(base));
	return base;
}

static void set_gs(const void *base)
{
	__asm__ volatile("wrgsbase %0" : : "r"(base));
}

static uint64_t at_gs(void)
{
	uint64_t word;

	__asm__ volatile("mov %%gs:0, %0" : "=r"(word));
	return word;
}

/* Without the C library, whose errno is at FS. */
static long call(long number, long a, long b)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b)
			 : "rcx", "r11", "memory");
	return result;
}

static void fault(int number, siginfo_t *info, void *context)
{
	(void)context;
	signo = number;
	code = info->si_code;
	address = info->si_addr;
	siglongjmp(back, 1);
}

/* With FS anywhere: a system call, a page's first touch, and the base is still what it was. */
static void with_fs(const char *what, uint64_t base)
{
	uint64_t before, after;
	volatile char *page =
		mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long pid, asked = 0;

	__asm__ volatile("rdfsbase %0\n\twrfsbase %1" : "=&r"(before) : "r"(base));
	for (int i = 0; i < 10; i++)
		pid = call(SYS_getppid, 0, 0);
	page[1] = 1;
	call(SYS_sched_yield, 0, 0);
	call(SYS_arch_prctl, ARCH_GET_FS, (long)&asked);
	__asm__ volatile("rdfsbase %0\n\twrfsbase %1" : "=&r"(after) : "r"(before));
	printf("FS %s: %d %d %d\n", what, pid == getppid(), after == base, asked == (long)base);
	munmap((void *)page, PAGE);
}

static void change_gs(int number)
{
	(void)number;
	set_gs(&words[3]);
}

static void *other_thread(void *argument)
{
	long good = get_gs() == (uint64_t)&words[1]; /* inherited */

	set_gs(argument);
	for (int i = 0; i < 300; i++) {
		sched_yield();
		good &= get_gs() == (uint64_t)argument;
	}
	for (volatile int i = 0; i < 20000000; i++)
		;
	return (void *)(good & (at_gs() == *(uint64_t *)argument));
}

static void not_canonical(const char *what, uint64_t base)
{
	if (!sigsetjmp(back, 1)) {
		set_gs((void *)base);
		printf("%s: taken %d\n", what, get_gs() == base);
	} else {
		printf("%s: signal %d code %d at %p\n", what, signo, code, address);
	}
	errno = 0;
	printf("%s: arch_prctl %ld", what, syscall(SYS_arch_prctl, ARCH_SET_GS, base));
	printf(" %s\n", strerrorname_np(errno));
}

static void in_signals(void)
{
	set_gs(&words[2]);
	signal(SIGUSR1, change_gs);
	raise(SIGUSR1);
	printf("what a handler sets stays: %lu\n", at_gs());
}

static void in_threads(void)
{
	pthread_t threads[3];
	void *good;

	set_gs(&words[1]);
	for (size_t i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, other_thread, &words[4 + i]);
	for (size_t i = 0; i < 3; i++) {
		pthread_join(threads[i], &good);
		printf("thread %zu: %ld\n", i, (long)good);
	}
	printf("here: %lu\n", at_gs());
}

static void in_processes(void)
{
	int status;
	pid_t child = fork();

	if (!child) {
		int inherited = at_gs() == 11;

		set_gs(&words[7]);
		sched_yield();
		_exit(inherited && at_gs() == 17 ? 5 : 6);
	}
	waitpid(child, &status, 0);
	printf("child %d, parent %lu\n", WEXITSTATUS(status), at_gs());
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO };

	if (argc > 1) {
		printf("after execve: %lu\n", get_gs());
		return 0;
	}
	sigaction(SIGSEGV, &action, NULL);
	with_fs("0", 0);
	with_fs("in the program", (uint64_t)words);
	with_fs("1", 1);
	with_fs("where nothing is", 0x123456789000);
	with_fs("at the end", 0x7fffffffffff);
	in_signals();
	in_threads();
	in_processes();
	set_gs((void *)0x10);
	if (!sigsetjmp(back, 1))
		at_gs();
	else
		printf("load through it: signal %d code %d at %p\n", signo, code, address);
	not_canonical("a base that is not canonical", 1ull << 47);
	not_canonical("another", 1ull << 63);
	printf("GET_GS to nowhere: %ld", syscall(SYS_arch_prctl, ARCH_GET_GS, 8));
	printf(" %s\n", strerrorname_np(errno));
	set_gs(words);
	fflush(stdout);
	execl("/proc/self/exe", argv[0], "again", NULL);
	return 1;
}
