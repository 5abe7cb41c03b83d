// SPDX-License-Identifier: Apache-2.0
/* A guest program to be looked at: says that it runs, then computes and sleeps by turns. */
#include <time.h>
#include <unistd.h>

int main(void)
{
	const struct timespec moment = { .tv_nsec = 20 * 1000 * 1000 };

	if (write(STDOUT_FILENO, "running\n", 8) != 8)
		return 1;
	for (;;) {
		for (volatile int i = 0; i < 1000000; i++)
			;
		nanosleep(&moment, NULL);
	}
}
