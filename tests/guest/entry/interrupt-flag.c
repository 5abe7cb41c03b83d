// SPDX-License-Identifier: Apache-2.0
/*
 * A program runs with interrupts on, and sees that: after system calls, page
 * faults, signals, an alarm.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t rung;

static void show(const char *when)
{
	unsigned long flags;

	__asm__ volatile("pushfq; pop %0" : "=r"(flags));
	printf("%s: %lx\n", when, flags & 0x200);
}

static void ring(int signo)
{
	rung = signo;
	show("in a handler");
}

int main(void)
{
	const struct itimerval soon = { { 0, 0 }, { 0, 2000 } };
	char *page;

	show("at the start");
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	show("after a system call");
	*page = 1;
	show("after a page fault");
	signal(SIGALRM, ring);
	raise(SIGALRM);
	show("after a signal");
	rung = 0;
	*page = 2;
	setitimer(ITIMER_REAL, &soon, NULL);
	while (!rung)
		;
	show("after an alarm");
	return 0;
}
