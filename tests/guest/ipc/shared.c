// SPDX-License-Identifier: Apache-2.0
/*
 * What processes share by mappings and descriptors: POSIX shared memory and
 * semaphores, futexes, events.
 */
#include "../fs/try.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

static int start(void)
{
	fflush(stdout);
	return fork();
}

static void end_child(void)
{
	fflush(stdout);
	_exit(0);
}

static void posix_memory(void)
{
	char name[32];
	struct stat st;

	sprintf(name, "/try-%d", getpid());
	TRY(shm_open(name, O_RDWR, 0));
	int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	TRY(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600));
	TRY(ftruncate(fd, 10000));
	char *a = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (start() == 0) {
		int mine = shm_open(name, O_RDWR, 0);
		char *b = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_SHARED, mine, 0);

		strcpy(b + 5000, "from a child");
		printf("in the child %d\n", a != b);
		end_child();
	}
	wait(NULL);
	printf("%s\n", a + 5000);
	fstat(fd, &st);
	printf("%o %ld\n", st.st_mode, (long)st.st_size);
	TRY(shm_unlink(name));
	TRY(shm_unlink(name));
	printf("%s\n", a + 5000);
	munmap(a, 10000);
	close(fd);
}

static void posix_semaphores(void)
{
	char name[32];
	int value;

	sprintf(name, "/sem-%d", getpid());
	sem_t *s = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
	printf("made %d\n", s != SEM_FAILED);
	if (start() == 0) {
		sem_t *mine = sem_open(name, 0);

		usleep(20000);
		sem_post(mine);
		sem_post(mine);
		end_child();
	}
	TRY(sem_wait(s));
	TRY(sem_wait(s));
	wait(NULL);
	sem_getvalue(s, &value);
	printf("value %d\n", value);
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	TRY(sem_timedwait(s, &t));
	sem_close(s);
	TRY(sem_unlink(name));
	TRY(sem_open(name, 0) == SEM_FAILED ? -1 : 0);
}

struct shared {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	pthread_barrier_t barrier;
	int turn, sum;
};

/* Anonymous memory that is shared with children, and locks in it. */
static void locks_in_memory(void)
{
	struct shared *s =
		mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t m;
	pthread_condattr_t c;
	pthread_barrierattr_t b;

	pthread_mutexattr_init(&m), pthread_mutexattr_setpshared(&m, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&m, PTHREAD_MUTEX_ROBUST);
	pthread_condattr_init(&c), pthread_condattr_setpshared(&c, PTHREAD_PROCESS_SHARED);
	pthread_barrierattr_init(&b), pthread_barrierattr_setpshared(&b, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&s->mutex, &m), pthread_cond_init(&s->changed, &c);
	pthread_barrier_init(&s->barrier, &b, 3);
	for (int i = 1; i <= 2; i++) {
		if (start() == 0) {
			for (int k = 0; k < 50; k++) {
				pthread_mutex_lock(&s->mutex);
				while (s->turn != i)
					pthread_cond_wait(&s->changed, &s->mutex);
				s->sum += i;
				s->turn = 3 - i;
				pthread_cond_broadcast(&s->changed);
				pthread_mutex_unlock(&s->mutex);
			}
			pthread_barrier_wait(&s->barrier);
			_exit(0);
		}
	}
	usleep(10000);
	pthread_mutex_lock(&s->mutex);
	s->turn = 1;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->mutex);
	pthread_barrier_wait(&s->barrier);
	wait(NULL), wait(NULL);
	printf("sum %d\n", s->sum);
	if (start() == 0) {
		pthread_mutex_lock(&s->mutex);
		_exit(0); /* with the lock */
	}
	wait(NULL);
	printf("owner died %d\n", pthread_mutex_lock(&s->mutex) == EOWNERDEAD);
	pthread_mutex_consistent(&s->mutex);
	pthread_mutex_unlock(&s->mutex);
	munmap(s, sizeof(*s));
}

static void memfds(void)
{
	int fd = memfd_create("mine", MFD_ALLOW_SEALING);

	ftruncate(fd, 4096);
	int *a = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (start() == 0) {
		a[0] = 42;
		pwrite(fd, "written", 8, 100);
		ftruncate(fd, 8192);
		TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
		end_child();
	}
	wait(NULL);
	struct stat st;
	fstat(fd, &st);
	printf("%d %s %ld\n", a[0], (char *)a + 100, (long)st.st_size);
	munmap(a, 4096);
	TRY(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	if (start() == 0) {
		TRY(write(fd, "x", 1));
		TRY(fcntl(fd, F_GET_SEALS));
		end_child();
	}
	wait(NULL);
	close(fd);
	/* A file that both map, and one of them writes. */
	make_file("file", "0123456789");
	fd = open("file", O_RDWR);
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *q = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (start() == 0) {
		p[3] = 'P';
		q[4] = 'Q';
		end_child();
	}
	wait(NULL);
	printf("%.10s %.10s\n", p, q);
	show_file("file");
	munmap(p, 4096), munmap(q, 4096), close(fd), unlink("file");
}

static void events(void)
{
	int e = eventfd(0, 0), poller = epoll_create1(0);
	struct epoll_event wanted = { .events = EPOLLIN, .data.u32 = 5 }, got;
	uint64_t value;

	epoll_ctl(poller, EPOLL_CTL_ADD, e, &wanted);
	if (start() == 0) {
		usleep(20000);
		value = 3;
		write(e, &value, 8);
		end_child();
	}
	TRY(epoll_wait(poller, &got, 1, 5000));
	printf("event %u\n", got.data.u32);
	wait(NULL);
	if (start() == 0) {
		TRY(read(e, &value, 8));
		printf("%lu\n", (unsigned long)value);
		end_child();
	}
	wait(NULL);
	TRY(epoll_wait(poller, &got, 1, 0));
	/* A child waits in the parent's epoll set. */
	if (start() == 0) {
		TRY(epoll_wait(poller, &got, 1, 5000));
		end_child();
	}
	usleep(20000);
	value = 1;
	write(e, &value, 8);
	wait(NULL);
	close(e);
	int t = timerfd_create(CLOCK_MONOTONIC, 0);
	struct itimerspec when = { .it_value.tv_nsec = 20000000 };
	timerfd_settime(t, 0, &when, NULL);
	if (start() == 0) {
		TRY(read(t, &value, 8));
		end_child();
	}
	wait(NULL);
	struct pollfd p = { t, POLLIN, 0 };
	TRY(poll(&p, 1, 0));
	close(t), close(poller);
}

static void watches(void)
{
	char buffer[512];
	int i = inotify_init1(0);

	inotify_add_watch(i, ".", IN_CREATE | IN_DELETE | IN_CLOSE_WRITE | IN_MOVED_TO);
	if (start() == 0) {
		usleep(10000);
		make_file("new", "x");
		rename("new", "newer");
		unlink("newer");
		_exit(0);
	}
	wait(NULL);
	ssize_t n = read(i, buffer, sizeof(buffer));
	for (char *at = buffer; at < buffer + n;) {
		struct inotify_event *event = (struct inotify_event *)at;

		printf("%x %s\n", event->mask, event->name);
		at += sizeof(*event) + event->len;
	}
	close(i);
}

int main(void)
{
	work_enter();
	posix_memory(), posix_semaphores(), locks_in_memory(), memfds(), events(), watches();
	return 0;
}
