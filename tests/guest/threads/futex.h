/* SPDX-License-Identifier: Apache-2.0 */
/* For the programs in this folder: futex(2) by number, threads that wait on words, and TRY(). */
#ifndef TESTS_GUEST_THREADS_FUTEX_H
#define TESTS_GUEST_THREADS_FUTEX_H

#include "../fs/try.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#ifndef FUTEX_LOCK_PI2
#define FUTEX_LOCK_PI2 13
#endif

static inline long futex(void *word, int operation, uint32_t value, void *time_or_count,
			 void *other, uint32_t value3)
{
	return syscall(SYS_futex, word, operation, value, time_or_count, other, value3);
}

static inline void *count(long n)
{
	return (void *)n;
}

/* Who waits on a word: all are requeued to where they are. */
static inline long waiting(uint32_t *word, int private)
{
	return futex(word, FUTEX_REQUEUE | private, 0, count(1000), word, 0);
}

static inline void until_waiting(uint32_t *word, int private, long n)
{
	while (waiting(word, private) != n)
		usleep(1000);
}

static inline struct timespec span_ms(long ms)
{
	return (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
}

static inline struct timespec moment_ms(clockid_t clock, long ms)
{
	struct timespec now;

	clock_gettime(clock, &now);
	now.tv_nsec += ms * 1000000;
	now.tv_sec += now.tv_nsec / 1000000000;
	now.tv_nsec %= 1000000000;
	return now;
}

static inline long since_ms(const struct timespec *from)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - from->tv_sec) * 1000 + (now.tv_nsec - from->tv_nsec) / 1000000;
}

static inline void *shared_page(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static inline pthread_t start(void *(*function)(void *), void *argument)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, function, argument))
		abort();
	return thread;
}

#endif
