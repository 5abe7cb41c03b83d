// SPDX-License-Identifier: Apache-2.0
/*
 * A measured program: what one system call costs in here. Prints nanoseconds
 * per call, the median of batches first, then the tenth and ninetieth
 * percentile. "getppid plain" uses the C library's syscall(), one site for
 * all calls, whose number comes in a register.
 */
#include "tests/bench/samples.h"

#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BATCHES	  25
#define BATCH_NS  1000000.0 /* reading the clock, even by a system call, is small beside it */
#define CALLS_MAX 1000000

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double named_calls(unsigned calls)
{
	double start = now_ns();

	for (unsigned i = 0; i < calls; i++)
		getppid();
	return now_ns() - start;
}

static double plain_calls(unsigned calls)
{
	double start = now_ns();

	for (unsigned i = 0; i < calls; i++)
		syscall(SYS_getppid);
	return now_ns() - start;
}

/* How many calls fill a batch; on the way everything is warmed up. */
static unsigned calibrate(double (*run)(unsigned))
{
	unsigned calls = 16;

	while (calls < CALLS_MAX && run(calls) < BATCH_NS)
		calls *= 2;
	return calls;
}

int main(int argc, char **argv)
{
	double (*run)(unsigned) = argc > 1 && !strcmp(argv[1], "plain") ? plain_calls : named_calls;
	static struct samples s;
	unsigned calls = calibrate(run);

	for (int i = 0; i < BATCHES; i++)
		samples_add(&s, run(calls) / calls);
	qsort(s.values, s.count, sizeof(*s.values), samples_compare);
	printf("%.1f %.1f %.1f\n", samples_at(&s, 50), samples_at(&s, 10), samples_at(&s, 90));
	return 0;
}
