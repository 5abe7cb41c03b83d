// SPDX-License-Identifier: Apache-2.0
/* Timers of CPU time that are due at the end of time, or all the time: the program goes on. */
#include "../fs/try.h"

#include <signal.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>

static void burn(long ms)
{
	struct timespec now;

	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	while (now.tv_sec * 1000 + now.tv_nsec / 1000000 < ms);
}

int main(void)
{
	static const int64_t seconds[] = { INT32_MAX, 9223372036, 9223372037, INT64_MAX / 1000000,
					   INT64_MAX };
	const struct itimerval often = { { 0, 1 }, { 0, 1 } }, off = { { 0, 0 }, { 0, 0 } };

	signal(SIGPROF, SIG_IGN);
	signal(SIGVTALRM, SIG_IGN);
	for (unsigned int i = 0; i < sizeof(seconds) / sizeof(*seconds); i++) {
		const struct itimerval far = { { 0, 1 }, { seconds[i], 0 } };

		printf("%ld\n", (long)seconds[i]);
		TRY(setitimer(ITIMER_PROF, &far, NULL));
		TRY(setitimer(ITIMER_VIRTUAL, &far, NULL));
	}
	burn(20);
	TRY(setitimer(ITIMER_PROF, &often, NULL));
	TRY(setitimer(ITIMER_VIRTUAL, &often, NULL));
	burn(60);
	TRY(setitimer(ITIMER_PROF, &off, NULL));
	TRY(setitimer(ITIMER_VIRTUAL, &off, NULL));
	return 0;
}
