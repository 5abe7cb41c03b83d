// SPDX-License-Identifier: Apache-2.0
/*
 * Restartable sequences: registration, aborts by signals and other threads, bad
 * descriptions; barriers.
 */
#include "futex.h"

#include <linux/rseq.h>
#include <sys/rseq.h>
#include <sys/time.h>

#define SIGNATURE 0x53053053

/* Counts for ever, until it is aborted. */
long section(void *rseq, void *cs);
extern char section_start[], section_end[], section_abort[];
__asm__(".text\n"
	"section: mov %rsi, 8(%rdi)\n"
	"section_start: incq section_count(%rip)\n"
	"	jmp section_start\n"
	"section_end: ud2\n"
	"	.long 0x53053053\n"
	"section_abort: mov $7, %eax\n"
	"	ret\n");
unsigned long section_count;

static struct rseq_cs cs;
static volatile sig_atomic_t handled;
static volatile int stop;

static void *own_rseq(void)
{
	return (char *)__builtin_thread_pointer() + __rseq_offset;
}

static long reg(void *address, uint32_t size, int flags, uint32_t signature)
{
	return syscall(SYS_rseq, address, size, flags, signature);
}

static void registration(void)
{
	static char area[128] __attribute__((aligned(32)));
	uint32_t *words = (uint32_t *)area;
	void *mine = own_rseq();

	TRY(reg(mine, 32, 0, SIGNATURE));
	TRY(reg(mine, 32, 0, SIGNATURE + 1));
	TRY(reg(mine, 64, 0, SIGNATURE));
	TRY(reg(area, 32, 0, SIGNATURE));
	TRY(reg(area, 32, 4, SIGNATURE));
	TRY(reg(area, 32, RSEQ_FLAG_UNREGISTER, SIGNATURE));
	TRY(reg(mine, 32, RSEQ_FLAG_UNREGISTER, SIGNATURE + 1));
	TRY(reg(mine, 31, RSEQ_FLAG_UNREGISTER, SIGNATURE));
	TRY(reg(mine, 32, RSEQ_FLAG_UNREGISTER | 2, SIGNATURE));
	TRY(reg(mine, 32, RSEQ_FLAG_UNREGISTER, SIGNATURE));
	printf("cpu %d\n", ((int *)mine)[1]);
	TRY(reg(mine, 32, RSEQ_FLAG_UNREGISTER, SIGNATURE));
	TRY(reg(area + 8, 32, 0, SIGNATURE));
	TRY(reg(area, 31, 0, SIGNATURE));
	TRY(reg((void *)0xffff800000000000ul, 32, 0, SIGNATURE));
	words[1] = 99;
	TRY(reg(area, 32, 0, SIGNATURE));
	printf("filled %d\n", words[1] < 99 && words[0] == words[1]);
	TRY(reg(area, 32, RSEQ_FLAG_UNREGISTER, SIGNATURE));
	TRY(reg(mine, 32, 0, SIGNATURE));
}

static void handler(int signo)
{
	(void)signo;
	handled++;
}

static void describe(void)
{
	cs = (struct rseq_cs){ .start_ip = (uintptr_t)section_start,
			       .post_commit_offset = (uintptr_t)(section_end - section_start),
			       .abort_ip = (uintptr_t)section_abort };
}

static uint64_t pending(void)
{
	return ((uint64_t *)own_rseq())[1];
}

static void by_signal(void)
{
	struct itimerval timer = { .it_value = { .tv_usec = 20000 } };

	describe();
	signal(SIGALRM, handler);
	setitimer(ITIMER_REAL, &timer, NULL);
	printf("aborted %ld", section(own_rseq(), &cs));
	printf(" pending %d counted %d\n", !!pending(), section_count > 0);
	while (!handled)
		;
	/* Not in the section: only forgotten. */
	handled = 0;
	((uint64_t *)own_rseq())[1] = (uintptr_t)&cs;
	setitimer(ITIMER_REAL, &timer, NULL);
	while (!handled)
		;
	printf("forgotten %d\n", !pending());
}

static void *spin(void *argument)
{
	(void)argument;
	while (!stop)
		;
	return NULL;
}

/* On one CPU, another thread gets its turn. */
static void by_thread(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
	pthread_t thread = start(spin, NULL);
	printf("aborted %ld\n", section(own_rseq(), &cs));
	stop = 1;
	pthread_join(thread, NULL);
}

static void broken(const char *what)
{
	int status;

	fflush(stdout);
	pid_t child = fork();
	if (!child) {
		struct itimerval timer = { .it_value = { .tv_usec = 20000 } };

		setitimer(ITIMER_REAL, &timer, NULL);
		_exit((int)section(own_rseq(), &cs));
	}
	waitpid(child, &status, 0);
	printf("%s: %x\n", what, status);
	describe();
}

static void *registered(void *argument)
{
	(void)argument;
	return (void *)(reg(own_rseq(), 32, 0, SIGNATURE) < 0 ? (long)errno : 0);
}

static void inherited(void)
{
	void *error;
	int status;

	pthread_join(start(registered, NULL), &error);
	printf("thread: %s\n", strerrorname_np((int)(long)error));
	fflush(stdout);
	if (!fork())
		_exit((int)(long)registered(NULL));
	wait(&status);
	printf("child: %s\n", strerrorname_np(WEXITSTATUS(status)));
}

static long barrier(int command, unsigned int flags)
{
	return syscall(SYS_membarrier, command, flags, 0);
}

static void barriers(void)
{
	printf("%lx\n", barrier(0, 0) & 511);
	TRY(barrier(0, 1));
	TRY(barrier(1, 0));
	TRY(barrier(1, 1));
	TRY(barrier(2, 0));
	TRY(barrier(3, 0));
	for (int command = 8; command <= 128; command *= 4) {
		TRY(barrier(command, 0));
		TRY(barrier(command << 1, 0));
		TRY(barrier(command, 0));
		TRY(barrier(command, 1));
		TRY(barrier(command << 1, 1));
	}
	fflush(stdout);
	if (!fork())
		_exit(barrier(8, 0) == 0);
	int status;
	wait(&status);
	printf("child %d\n", WEXITSTATUS(status));
	TRY(barrier(4, 0));
	TRY(barrier(1024, 0));
	TRY(barrier(-1, 0));
}

int main(void)
{
	registration();
	by_signal();
	by_thread();
	broken("sound");
	cs.version = 1;
	broken("version");
	cs.abort_ip++;
	broken("signature");
	cs.flags = 1;
	broken("flags");
	cs.abort_ip = cs.start_ip;
	broken("abort inside");
	cs.start_ip = 0xffff800000000000ul;
	broken("high");
	inherited();
	barriers();
	return 0;
}
