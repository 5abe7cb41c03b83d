// SPDX-License-Identifier: Apache-2.0
/*
 * Faults of all kinds: what siginfo and the frame tell of them, in the process,
 * a thread and vfork's child.
 * usage: faults [no-far]; no-far: without a far return, for which some emulators panic a kernel.
 */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static __thread sigjmp_buf back;
static char *page, *file_page;
static pid_t thread_tid;
static int far_returns = 1;

static void handler(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	greg_t *r = uc->uc_mcontext.gregs;
	char *address = info->si_addr;
	const char *where = !address				       ? "none"
			    : address == (char *)r[REG_RIP]	       ? "rip"
			    : (size_t)(address - page) < 4096	       ? "page"
			    : (size_t)(address - file_page) < 3 * 4096 ? "file"
								       : "other";

	printf("signal %d code %d address %s+%ld", signo, info->si_code, where,
	       *where == 'p'   ? (long)(address - page)
	       : *where == 'f' ? (long)(address - file_page)
			       : 0L);
	printf(" trap %lld error %lld cr2 %d", (long long)r[REG_TRAPNO], (long long)r[REG_ERR],
	       r[REG_CR2] == (greg_t)address);
	printf(" flags %llx errno %d here %d\n", (long long)r[REG_EFL] & 0x40500, info->si_errno,
	       thread_tid == gettid());
	siglongjmp(back, 1);
}

#define TRY(what) \
	do { \
		if (!sigsetjmp(back, 1)) { \
			what; \
			puts(#what ": no signal"); \
		} \
	} while (0)

static void trap_flag(void)
{
	__asm__ volatile("pushfq; orl $0x100, (%rsp); popfq; nop; nop");
}

static void memory(void)
{
	volatile char *volatile p = page;

	TRY((void)*(p + 5));
	TRY(*(p + 5) = 1);
	mprotect(page, 4096, PROT_READ);
	TRY((void)*(p + 6));
	TRY(*(p + 6) = 1);
	TRY(((void (*)(void))page)());
	munmap(page, 4096);
	TRY((void)*(p + 7));
	TRY(((void (*)(void))page)());
	p = file_page;
	TRY((void)*(p + 4095));
	TRY((void)*(p + 4096));
	TRY(*(p + 8191) = 1);
	mprotect(file_page, 12288, PROT_READ);
	TRY(*(p + 4096) = 1);
	p = (char *)0x8000000000000000;
	TRY((void)*p);
	p = (char *)0xffffffff80000000;
	TRY((void)*p);
	p = (char *)0x7ffffffff000;
	TRY((void)*p);
}

static void instructions(void)
{
	TRY(__asm__ volatile("ud2"));
	TRY(__asm__ volatile("int3"));
	TRY(__asm__ volatile(".byte 0xcd, 0x03"));
	TRY(__asm__ volatile("hlt"));
	TRY(__asm__ volatile("cli"));
	TRY(__asm__ volatile(".byte 0xf1")); /* int1 */
	if (far_returns)
		TRY(__asm__ volatile("push $0; push $0; lretq"));
	TRY(__asm__ volatile("mov %0, %%rsp; push %%rax" : : "r"(0x4000000000000000) : "memory"));
	TRY(__asm__ volatile("movaps 1(%%rsp), %%xmm0" : : : "xmm0"));
	TRY(trap_flag());
	TRY(__asm__ volatile(".byte 0xf0, 0x90")); /* lock nop */
	TRY(__asm__ volatile("mov %0, %%rax; jmp *%%rax" : : "r"(0x8000000000000000) : "rax"));
}

static void numbers(void)
{
	const int zero = 0, least = INT32_MIN;

	const unsigned int mxcsr = 0x1f80;

	TRY(__asm__ volatile("xor %%edx, %%edx; idivl %0" : : "m"(zero), "a"(1) : "edx"));
	TRY(__asm__ volatile("cltd; idivl %0" : : "r"(-1), "a"(least) : "edx"));
	static const struct {
		double a, b;
		unsigned int unmasked;
		char operation;
	} tries[] = { { 0, 0, 0x80, '/' },	    { 5, 0, 0x200, '/' },
		      { 1e300, 1e300, 0x400, '*' }, { 1e-300, 1e-300, 0x800, '*' },
		      { 1, 3, 0x1000, '/' },	    { 1e-310, 1, 0x100, '+' },
		      { 5, 0, 0x1f80, '/' },	    { 1e-300, 1e-300, 0x1800, '*' } };
	for (volatile size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		double x = tries[i].a;
		unsigned int open = mxcsr & ~tries[i].unmasked;

		if (!sigsetjmp(back, 1)) {
			__asm__ volatile("ldmxcsr %0" : : "m"(open));
			if (tries[i].operation == '/')
				__asm__ volatile("divsd %1, %0" : "+x"(x) : "x"(tries[i].b));
			else if (tries[i].operation == '*')
				__asm__ volatile("mulsd %1, %0" : "+x"(x) : "x"(tries[i].b));
			else
				__asm__ volatile("addsd %1, %0" : "+x"(x) : "x"(tries[i].b));
			puts("no signal");
		}
		__asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
		if (!sigsetjmp(back, 1)) {
			unsigned short control =
				(unsigned short)(0x37f & ~(tries[i].unmasked >> 7));

			__asm__ volatile("fninit; fldcw %0; fldl %1; fldl %2"
					 :
					 : "m"(control), "m"(tries[i].a), "m"(tries[i].b));
			if (tries[i].operation == '/')
				__asm__ volatile("fdivrp; fwait");
			else if (tries[i].operation == '*')
				__asm__ volatile("fmulp; fwait");
			else
				__asm__ volatile("faddp; fwait");
			puts("no signal");
		}
		__asm__ volatile("fninit");
	}
}

static void *run(void *argument)
{
	(void)argument;
	thread_tid = gettid();
	TRY(__asm__ volatile("ud2"));
	TRY((void)*(volatile char *)16);
	return NULL;
}

/* The child shares all memory, and only the child is hit. */
static void in_vfork(void)
{
	int status;
	pid_t child = vfork();

	if (child == 0) {
		signal(SIGSEGV, SIG_DFL); /* NOLINT(clang-analyzer-unix.Vfork) */
		*(volatile char *)16 = 1;
		_exit(1);
	}
	waitpid(child, &status, 0);
	printf("vfork's child %d core %d\n", WTERMSIG(status), WCOREDUMP(status));
	TRY((void)*(volatile char *)16);
}

/* What cannot be handled ends the process, though it is blocked or ignored. */
static void ends(int signo, void (*handle)(int), int block)
{
	sigset_t set;
	int status;

	fflush(stdout);
	if (fork() == 0) {
		sigemptyset(&set);
		sigaddset(&set, signo);
		signal(signo, handle);
		if (block)
			sigprocmask(SIG_BLOCK, &set, NULL);
		if (signo == SIGSEGV)
			*(volatile char *)16 = 1;
		else if (signo == SIGBUS)
			__asm__ volatile("pushfq; orl $0x40000, (%rsp); popfq; mov 1(%rsp), %rax");
		else
			__asm__ volatile("ud2");
		_exit(1);
	}
	wait(&status);
	printf("ends by %d\n", WTERMSIG(status));
}

static void never(int signo)
{
	printf("handler of %d\n", signo);
	_exit(2);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	static char stack[65536];
	const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
	pthread_t thread;

	far_returns = argc < 2 || strcmp(argv[1], "no-far") != 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	thread_tid = gettid();
	action.sa_flags |= SA_ONSTACK;
	sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof(stack) }, NULL);
	for (unsigned int i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &action, NULL);
	page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	ftruncate(fd, 100);
	file_page = mmap(NULL, 12288, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	memory();
	instructions();
	numbers();
	pthread_create(&thread, NULL, run, NULL);
	pthread_join(thread, NULL);
	thread_tid = gettid();
	in_vfork();
	ends(SIGSEGV, SIG_IGN, 0);
	ends(SIGSEGV, never, 1);
	ends(SIGILL, SIG_IGN, 1);
	ends(SIGILL, SIG_DFL, 1);
	ends(SIGBUS, SIG_DFL, 0);
	return 0;
}
