// SPDX-License-Identifier: Apache-2.0
/*
 * Alarms that reach a program while it computes, faults or makes system calls;
 * nothing of it gets lost.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#define RINGS 60
#define SIZE  (1 << 20)

static volatile sig_atomic_t rings;

static void ring(int signo)
{
	(void)signo;
	rings++;
}

static void set(long interval_us)
{
	const struct itimerval timer = { { 0, interval_us }, { 0, interval_us } };

	setitimer(ITIMER_REAL, &timer, NULL);
}

/* A sum that only comes out right when all registers, of the FPU too, survive. */
static int compute(void)
{
	double sum = 0;
	unsigned long x = 1;

	while (rings < RINGS)
		for (int i = 1; i <= 1000; i++) {
			sum += i;
			x = x * 6364136223846793005 + 1442695040888963407;
			sum -= i;
		}
	return sum == 0 && (x & 1) <= 1;
}

static int fault(void)
{
	int good = 1;

	while (rings < RINGS) {
		char *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		for (int at = 0; at < SIZE; at += 4096) {
			good &= memory[at] == 0;
			memory[at] = (char)(at >> 12);
		}
		for (int at = 0; at < SIZE; at += 4096)
			good &= memory[at] == (char)(at >> 12);
		munmap(memory, SIZE);
	}
	return good;
}

static int call(void)
{
	pid_t parent = getppid();
	int good = 1;

	while (rings < RINGS)
		good &= getppid() == parent;
	return good;
}

static void run(const char *name, int (*work)(void))
{
	rings = 0;
	set(2000);
	int good = work();
	set(0);
	printf("%s: %s\n", name, good ? "good" : "bad");
}

int main(void)
{
	signal(SIGALRM, ring);
	run("computing", compute);
	run("faulting", fault);
	run("calling", call);
	rings = 0;
	printf("seconds left of no alarm: %u\n", alarm(1));
	while (!rings)
		;
	printf("one alarm: %d\n", rings);
	/* Without a handler it ends the program, which does not notice. */
	signal(SIGALRM, SIG_DFL);
	fflush(stdout);
	set(1000);
	for (;;)
		;
}
