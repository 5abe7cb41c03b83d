// SPDX-License-Identifier: Apache-2.0
/* POSIX threads as portable programs use them: built with glibc and with musl. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define THREADS 6
#define ROUNDS	200

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_key_t key;
static sem_t sem;
static long turn, counted, written, destroyed;
static _Thread_local long own;

static void destroy(void *value)
{
	__atomic_fetch_add(&destroyed, (long)value, __ATOMIC_SEQ_CST);
}

static void *work(void *argument)
{
	long me = (long)argument;

	pthread_setspecific(key, (void *)(me + 1));
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		while (turn != me)
			pthread_cond_wait(&cond, &mutex);
		turn = (turn + 1) % THREADS;
		counted++;
		pthread_cond_broadcast(&cond);
		pthread_mutex_unlock(&mutex);
		pthread_rwlock_wrlock(&rwlock);
		written++;
		pthread_rwlock_unlock(&rwlock);
		sem_wait(&sem);
		own++;
		sem_post(&sem);
		if (i % 20 == 0)
			pthread_barrier_wait(&barrier);
	}
	return (void *)own;
}

static void *sleeps(void *argument)
{
	(void)argument;
	for (;;)
		sleep(100);
	return NULL;
}

static void times_out(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec = t.tv_nsec < 900000000 ? t.tv_nsec + 50000000 : t.tv_nsec;
	pthread_mutex_lock(&mutex);
	printf("wait %d", pthread_cond_timedwait(&cond, &mutex, &t) == ETIMEDOUT);
	printf(" lock %d\n", pthread_mutex_timedlock(&mutex, &t) == ETIMEDOUT);
	pthread_mutex_unlock(&mutex);
}

/* A lock in memory that two processes share; its owner dies. */
static void owner_dies(void)
{
	pthread_mutex_t *shared =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(shared, &attr);
	fflush(stdout);
	if (!fork()) {
		pthread_mutex_lock(shared);
		_exit(0);
	}
	wait(NULL);
	printf("owner died %d", pthread_mutex_lock(shared) == EOWNERDEAD);
	printf(" consistent %d", pthread_mutex_consistent(shared));
	printf(" unlock %d\n", pthread_mutex_unlock(shared));
}

int main(void)
{
	pthread_t threads[THREADS], sleeper;
	long sum = 0;
	void *result;

	pthread_barrier_init(&barrier, NULL, THREADS);
	pthread_key_create(&key, destroy);
	sem_init(&sem, 0, 2);
	for (long i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, work, (void *)i))
			return 1;
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &result);
		sum += (long)result;
	}
	printf("%ld %ld %ld, destroyed %ld\n", counted, written, sum, destroyed);
	times_out();
	pthread_create(&sleeper, NULL, sleeps, NULL);
	pthread_cancel(sleeper);
	pthread_join(sleeper, &result);
	printf("cancelled %d\n", result == PTHREAD_CANCELED);
	owner_dies();
	return 0;
}
