// SPDX-License-Identifier: Apache-2.0
/*
 * What pthreads make of futexes: mutexes, conditions, locks, barriers,
 * semaphores, in and across processes.
 */
#include "futex.h"

#include <semaphore.h>

static const char *name(int error)
{
	return error ? strerrorname_np(error) : "0";
}

struct all {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	pthread_rwlock_t rwlock;
	pthread_barrier_t barrier;
	sem_t sem, done;
	long counter, written, turn, serial;
};

#define ROUNDS 300

static void *work(void *argument)
{
	struct all *all = argument;

	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&all->mutex);
		all->counter++;
		if (i % 64 == 0)
			sched_yield();
		pthread_mutex_unlock(&all->mutex);
		if (i % 10 == 0 && pthread_barrier_wait(&all->barrier))
			__atomic_fetch_add(&all->serial, 1, __ATOMIC_SEQ_CST);
		if (i % 7 == 0) {
			pthread_rwlock_wrlock(&all->rwlock);
			all->written++;
			pthread_rwlock_unlock(&all->rwlock);
		} else {
			pthread_rwlock_rdlock(&all->rwlock);
			pthread_rwlock_unlock(&all->rwlock);
		}
		sem_wait(&all->sem);
		sched_yield();
		sem_post(&all->sem);
	}
	sem_post(&all->done);
	return NULL;
}

static void make(struct all *all, int shared, unsigned int parties)
{
	pthread_mutexattr_t mutex;
	pthread_condattr_t cond;
	pthread_rwlockattr_t rwlock;
	pthread_barrierattr_t barrier;

	pthread_mutexattr_init(&mutex);
	pthread_mutexattr_setpshared(&mutex, shared);
	pthread_mutex_init(&all->mutex, &mutex);
	pthread_condattr_init(&cond);
	pthread_condattr_setpshared(&cond, shared);
	pthread_condattr_setclock(&cond, CLOCK_MONOTONIC);
	pthread_cond_init(&all->cond, &cond);
	pthread_rwlockattr_init(&rwlock);
	pthread_rwlockattr_setpshared(&rwlock, shared);
	pthread_rwlock_init(&all->rwlock, &rwlock);
	pthread_barrierattr_init(&barrier);
	pthread_barrierattr_setpshared(&barrier, shared);
	pthread_barrier_init(&all->barrier, &barrier, parties);
	sem_init(&all->sem, shared, 2);
	sem_init(&all->done, shared, 0);
}

static void threads(void)
{
	static struct all all;
	pthread_t threads[4];

	make(&all, PTHREAD_PROCESS_PRIVATE, 4);
	for (int i = 0; i < 4; i++)
		threads[i] = start(work, &all);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("threads: %ld %ld serial %ld\n", all.counter, all.written, all.serial);
}

static void processes(void)
{
	struct all *all = shared_page();

	make(all, PTHREAD_PROCESS_SHARED, 4);
	fflush(stdout);
	for (int i = 0; i < 4; i++)
		if (!fork()) {
			work(all);
			_exit(0);
		}
	for (int i = 0; i < 4; i++)
		sem_wait(&all->done);
	while (wait(NULL) > 0)
		;
	printf("processes: %ld %ld serial %ld\n", all->counter, all->written, all->serial);
}

static void ping_pong(struct all *all, long me, int rounds)
{
	pthread_mutex_lock(&all->mutex);
	for (int i = 0; i < rounds; i++) {
		while (all->turn != me)
			pthread_cond_wait(&all->cond, &all->mutex);
		all->turn = !me;
		pthread_cond_signal(&all->cond);
	}
	pthread_mutex_unlock(&all->mutex);
}

static void conditions(void)
{
	struct all *all = shared_page();

	make(all, PTHREAD_PROCESS_SHARED, 2);
	fflush(stdout);
	if (!fork()) {
		ping_pong(all, 1, 200);
		_exit(0);
	}
	ping_pong(all, 0, 200);
	wait(NULL);
	printf("turn %ld\n", all->turn);
}

static void timeouts(void)
{
	static struct all all;
	struct timespec t, from;

	make(&all, PTHREAD_PROCESS_PRIVATE, 2);
	clock_gettime(CLOCK_MONOTONIC, &from);
	pthread_mutex_lock(&all.mutex);
	t = moment_ms(CLOCK_MONOTONIC, 20);
	printf("cond %s\n", name(pthread_cond_timedwait(&all.cond, &all.mutex, &t)));
	t = moment_ms(CLOCK_REALTIME, 20);
	printf("cond realtime %s\n",
	       name(pthread_cond_clockwait(&all.cond, &all.mutex, CLOCK_REALTIME, &t)));
	t = moment_ms(CLOCK_REALTIME, 20);
	printf("mutex %s\n", name(pthread_mutex_timedlock(&all.mutex, &t)));
	t = moment_ms(CLOCK_MONOTONIC, 20);
	printf("mutex %s\n", name(pthread_mutex_clocklock(&all.mutex, CLOCK_MONOTONIC, &t)));
	pthread_mutex_unlock(&all.mutex);
	pthread_rwlock_rdlock(&all.rwlock);
	t = moment_ms(CLOCK_REALTIME, 20);
	printf("rwlock %s\n", name(pthread_rwlock_timedwrlock(&all.rwlock, &t)));
	sem_wait(&all.sem);
	sem_wait(&all.sem);
	t = moment_ms(CLOCK_REALTIME, 20);
	printf("sem %s\n", sem_timedwait(&all.sem, &t) ? name(errno) : "0");
	printf("in time %d\n", since_ms(&from) >= 118 && since_ms(&from) < 2000);
	t = moment_ms(CLOCK_REALTIME, 20);
	pthread_t sleeper = start((void *(*)(void *))(void *)pause, NULL);
	printf("join %s\n", name(pthread_timedjoin_np(sleeper, NULL, &t)));
	pthread_cancel(sleeper);
	pthread_join(sleeper, NULL);
}

static int cleaned;

static void clean(void *argument)
{
	cleaned += (int)(long)argument;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int pipe_ends[2];

static void *cancelled(void *argument)
{
	char c;

	pthread_cleanup_push(clean, (void *)1);
	switch ((long)argument) {
	case 0:
		pthread_mutex_lock(&mutex);
		pthread_cleanup_push((void (*)(void *))(void *)pthread_mutex_unlock, &mutex);
		for (;;)
			pthread_cond_wait(&cond, &mutex);
		pthread_cleanup_pop(1);
		break;
	case 1:
		for (;;)
			if (read(pipe_ends[0], &c, 1) < 0)
				break;
		break;
	case 2:
		for (;;)
			sleep(100);
	case 3:
		pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
		for (volatile long n = 0;; n++)
			;
	case 4: {
		static sem_t sem;

		sem_init(&sem, 0, 0);
		for (;;)
			sem_wait(&sem);
	}
	}
	pthread_cleanup_pop(1);
	return NULL;
}

static void cancel(void)
{
	if (pipe(pipe_ends))
		return;
	for (long i = 0; i < 5; i++) {
		pthread_t thread = start(cancelled, (void *)i);
		void *result;

		usleep(20000);
		pthread_cancel(thread);
		pthread_join(thread, &result);
		printf("cancelled %d\n", result == PTHREAD_CANCELED);
	}
	printf("cleaned %d, free %s\n", cleaned, name(pthread_mutex_trylock(&mutex)));
}

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int onces, destroyed;
static __thread int own = 5;

static void destroy(void *value)
{
	(void)value;
	__atomic_fetch_add(&destroyed, 1, __ATOMIC_SEQ_CST);
}

static void only_once(void)
{
	sched_yield();
	onces++;
}

static void *specific(void *argument)
{
	pthread_once(&once, only_once);
	pthread_setspecific(key, argument);
	for (int i = 0; i < 100; i++) {
		own++;
		sched_yield();
	}
	return (void *)(long)(own == 105 && pthread_getspecific(key) == argument);
}

static void locals(void)
{
	pthread_t threads[8];
	long good = 0;

	pthread_key_create(&key, destroy);
	for (long i = 0; i < 8; i++)
		threads[i] = start(specific, (void *)(i + 1));
	for (int i = 0; i < 8; i++) {
		void *result;

		pthread_join(threads[i], &result);
		good += (long)result;
	}
	printf("locals %ld once %d destroyed %d\n", good, onces, destroyed);
}

int main(void)
{
	threads();
	processes();
	conditions();
	timeouts();
	cancel();
	locals();
	return 0;
}
