// SPDX-License-Identifier: Apache-2.0
/*
 * Locks with an owner: handed over in order, timed out, deadlocked, left by the
 * dead, requeued to.
 */
#include "futex.h"

static uint32_t lock, second, condition;
static int taken[8], takers;
static volatile int stage;

static void *taker(void *argument)
{
	long result = futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0);

	printf("taken %ld mine %d died %d\n", result, (lock & FUTEX_TID_MASK) == (uint32_t)gettid(),
	       !!(lock & FUTEX_OWNER_DIED));
	taken[takers++] = (int)(long)argument;
	if (futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0))
		printf("unlock: %s\n", strerrorname_np(errno));
	return NULL;
}

/* A thread is asleep: by its state in /proc, as nothing else tells of locks. */
static void settle(void)
{
	usleep(20000);
}

static void hand_over(void)
{
	pthread_t threads[3];

	lock = (uint32_t)gettid();
	for (long i = 0; i < 3; i++) {
		threads[i] = start(taker, (void *)i);
		settle();
	}
	printf("contended %d\n", lock == (FUTEX_WAITERS | (uint32_t)gettid()));
	TRY(futex(&lock, FUTEX_WAKE, 1, NULL, NULL, 0));
	TRY(futex(&lock, FUTEX_REQUEUE, 1, count(1), &second, 0));
	futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	printf("order %d %d %d, free %d\n", taken[0], taken[1], taken[2], !lock);
}

static void *holder(void *argument)
{
	(void)argument;
	futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
	stage = 1;
	while (stage == 1)
		usleep(1000);
	if (stage == 3)
		return NULL; /* without unlocking */
	futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
	return NULL;
}

static void timeouts(void)
{
	pthread_t thread = start(holder, NULL);
	struct timespec real, monotonic;

	while (!stage)
		usleep(1000);
	real = moment_ms(CLOCK_REALTIME, 30);
	monotonic = moment_ms(CLOCK_MONOTONIC, 30);
	TRY(futex(&lock, FUTEX_LOCK_PI, 0, &real, NULL, 0));
	TRY(futex(&lock, FUTEX_LOCK_PI2, 0, &monotonic, NULL, 0));
	real = moment_ms(CLOCK_REALTIME, 30);
	TRY(futex(&lock, FUTEX_LOCK_PI2 | FUTEX_CLOCK_REALTIME, 0, &real, NULL, 0));
	TRY(futex(&lock, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0));
	TRY(futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
	printf("marked %d\n", !!(lock & FUTEX_WAITERS));
	stage = 2;
	pthread_join(thread, NULL);
	printf("free %d\n", !lock);
	stage = 0;
}

static void *other_way(void *argument)
{
	(void)argument;
	futex(&second, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
	stage = 1;
	printf("second's owner: %ld\n", futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
	futex(&second, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
	return NULL;
}

static void deadlock(void)
{
	TRY(futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	pthread_t thread = start(other_way, NULL);

	while (!stage)
		usleep(1000);
	settle();
	TRY(futex(&second, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
	pthread_join(thread, NULL);
	printf("free %d %d\n", !lock, !second);
	stage = 0;
}

static void owner_dies(void)
{
	pthread_t thread = start(holder, NULL), waiter[2];

	while (!stage)
		usleep(1000);
	for (long i = 0; i < 2; i++) {
		waiter[i] = start(taker, (void *)i);
		settle();
	}
	stage = 3;
	pthread_join(thread, NULL);
	pthread_join(waiter[0], NULL);
	pthread_join(waiter[1], NULL);
	printf("free %x\n", lock);
	lock = 0;
	stage = 0;
}

static void *waits(void *argument)
{
	long result = futex(&condition, FUTEX_WAIT_REQUEUE_PI, 0, NULL, &lock, 0);

	printf("moved and taken %ld %d\n", result, (lock & FUTEX_TID_MASK) == (uint32_t)gettid());
	taken[takers++] = (int)(long)argument;
	futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
	return NULL;
}

static void requeue(int held)
{
	pthread_t threads[3];
	long first, rest;

	takers = 0;
	for (long i = 0; i < 3; i++) {
		threads[i] = start(waits, (void *)i);
		settle();
	}
	TRY(futex(&condition, FUTEX_WAKE, 1, NULL, NULL, 0));
	TRY(futex(&condition, FUTEX_REQUEUE, 1, count(1), &lock, 0));
	TRY(futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, count(9), &second, 0));
	if (held)
		TRY(futex(&lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	first = futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, count(0), &lock, 0);
	rest = futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, count(9), &lock, 0);
	settle();
	printf("moved %ld and %ld, got it %d\n", first, rest, takers);
	if (held)
		futex(&lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	printf("order %d %d %d, lock %x\n", taken[0], taken[1], taken[2], lock);
	lock = 0;
}

/* pthreads over them: mutexes and conditions that inherit priority. */
static pthread_mutex_t mutex;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int turn, rounds;

static void *player(void *argument)
{
	int me = (int)(long)argument;

	for (int i = 0; i < 200; i++) {
		pthread_mutex_lock(&mutex);
		while (turn != me)
			pthread_cond_wait(&cond, &mutex);
		turn = (turn + 1) % 3;
		rounds++;
		pthread_cond_broadcast(&cond);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void *dies_holding(void *argument)
{
	(void)argument;
	pthread_mutex_lock(&mutex);
	return NULL;
}

static void mutexes(void)
{
	pthread_mutexattr_t attr;
	pthread_t threads[3];
	struct timespec t;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&mutex, &attr);
	for (long i = 0; i < 3; i++)
		threads[i] = start(player, (void *)i);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	printf("rounds %d\n", rounds);
	pthread_mutex_destroy(&mutex);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&mutex, &attr);
	pthread_join(start(dies_holding, NULL), NULL);
	printf("dead %d\n", pthread_mutex_lock(&mutex) == EOWNERDEAD);
	printf("consistent %d\n", pthread_mutex_consistent(&mutex));
	printf("unlock %d\n", pthread_mutex_unlock(&mutex));
	printf("lock %d\n", pthread_mutex_lock(&mutex));
	t = moment_ms(CLOCK_REALTIME, 20);
	printf("again %s\n", strerrorname_np(pthread_mutex_timedlock(&mutex, &t)));
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	hand_over();
	timeouts();
	deadlock();
	takers = 0;
	owner_dies();
	requeue(0);
	requeue(1);
	mutexes();
	return 0;
}
