// SPDX-License-Identifier: Apache-2.0
/* Clocks run forward, agree with each other and with sleeping. */
#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static long long now(clockid_t id)
{
	struct timespec t;

	return clock_gettime(id, &t) ? -1 : t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int slept(clockid_t id, int flags, long long ns)
{
	long long start = now(id), at = flags ? start + ns : ns;
	struct timespec t = { at / 1000000000, at % 1000000000 };
	int error = clock_nanosleep(id, flags, &t, NULL);
	long long took = now(id) - start;

	return !error && took >= ns && took < ns + 500000000;
}

int main(void)
{
	const clockid_t ids[] = { 0, 1, 2, 3, 4, 5, 6, 7, 11 };
	struct timespec res, bad = { 0, 1000000000 };
	struct timeval tv;
	struct rusage usage;
	struct tms tms;
	long long last = now(CLOCK_MONOTONIC), back = 0;
	clockid_t self;

	for (unsigned int i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		printf("clock %d %d res %d\n", ids[i], now(ids[i]) >= 0,
		       clock_getres(ids[i], &res));
	for (int i = 0; i < 200000; i++) {
		long long t = now(CLOCK_MONOTONIC);

		back += t < last;
		last = t;
	}
	printf("went back %lld\n", back);
	gettimeofday(&tv, NULL);
	long long difference = now(CLOCK_REALTIME) / 1000 - (tv.tv_sec * 1000000LL + tv.tv_usec);
	printf("agree %d %d\n", difference >= 0 && difference < 500000,
	       time(NULL) - tv.tv_sec <= 1);
	printf("slept %d %d %d\n", slept(CLOCK_MONOTONIC, 0, 30000000),
	       slept(CLOCK_REALTIME, TIMER_ABSTIME, 30000000),
	       slept(CLOCK_MONOTONIC, TIMER_ABSTIME, 1200000000));
	printf("sleep bad %d %d\n", nanosleep(&bad, NULL) && errno == EINVAL,
	       clock_nanosleep(CLOCK_MONOTONIC, 0, &bad, NULL) == EINVAL);
	printf("cpu %d\n", now(CLOCK_PROCESS_CPUTIME_ID) < 1200000000);
	printf("cpu clock %d", clock_getcpuclockid(0, &self));
	printf(" %d\n", now(self) > 0);
	printf("rusage %d", getrusage(RUSAGE_SELF, &usage));
	printf(" %d\n", usage.ru_maxrss > 0);
	printf("times %d\n", times(&tms) != -1);
	printf("bad clock %d\n", now(77) == -1 && errno == EINVAL);
	return 0;
}
