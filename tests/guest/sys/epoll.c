// SPDX-License-Identifier: Apache-2.0
/* epoll: what can be in a set, levels, edges, one-shots, nests. */
#include "../fs/try.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

static void show(int set, int max, int timeout)
{
	struct epoll_event events[8];
	int n = epoll_wait(set, events, max, timeout);

	printf("%d:", n);
	for (int i = 0; i < n; i++)
		printf(" %d=%x", events[i].data.fd, events[i].events);
	printf("%s\n", n < 0 ? strerrorname_np(errno) : "");
}

static int control(int set, int how, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(set, how, fd, &event);
}

static void errors(int set)
{
	int file = open("f", O_RDONLY), dir = open(".", O_RDONLY), path = open("f", O_PATH);
	int null = open("/dev/null", O_RDWR), event = eventfd(0, 0);
	struct epoll_event one;

	TRY(control(set, EPOLL_CTL_ADD, file, EPOLLIN));
	TRY(control(set, EPOLL_CTL_ADD, dir, EPOLLIN));
	TRY(control(set, EPOLL_CTL_ADD, path, EPOLLIN));
	TRY(control(set, EPOLL_CTL_ADD, null, EPOLLIN));
	TRY(control(set, EPOLL_CTL_ADD, 99, EPOLLIN));
	TRY(control(99, EPOLL_CTL_ADD, event, EPOLLIN));
	TRY(control(file, EPOLL_CTL_ADD, event, EPOLLIN));
	TRY(control(set, EPOLL_CTL_ADD, set, EPOLLIN));
	TRY(control(set, EPOLL_CTL_MOD, event, EPOLLIN));
	TRY(control(set, EPOLL_CTL_DEL, event, EPOLLIN));
	TRY(control(set, 9, event, EPOLLIN));
	TRY(control(set, EPOLL_CTL_ADD, event, EPOLLIN));
	TRY(control(set, EPOLL_CTL_ADD, event, EPOLLOUT));
	TRY(epoll_ctl(set, EPOLL_CTL_MOD, event, (void *)8));
	TRY(epoll_ctl(set, EPOLL_CTL_DEL, event, NULL));
	TRY(control(set, EPOLL_CTL_ADD, event, EPOLLIN | EPOLLEXCLUSIVE));
	TRY(control(set, EPOLL_CTL_MOD, event, EPOLLIN | EPOLLEXCLUSIVE));
	TRY(control(set, EPOLL_CTL_MOD, event, EPOLLIN));
	TRY(control(set, EPOLL_CTL_DEL, event, 0));
	TRY(control(set, EPOLL_CTL_ADD, event, EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT));
	TRY(epoll_wait(set, &one, 0, 0));
	TRY(epoll_wait(set, &one, -1, 0));
	TRY(epoll_wait(file, &one, 1, 0));
	TRY(epoll_wait(99, &one, 1, 0));
	TRY(epoll_wait(set, (void *)8, 1, 0));
	TRY(epoll_wait(set, (void *)-1, 1, 0));
	TRY(epoll_create(0));
	TRY(epoll_create1(1));
	TRY(read(set, &one, 12));
	TRY(write(set, &one, 12));
	TRY(lseek(set, 0, SEEK_SET));
	close(file), close(dir), close(path), close(null), close(event);
}

static void kinds(int set)
{
	int p[2], event = eventfd(3, EFD_NONBLOCK);
	uint64_t value;
	char text[8];

	pipe2(p, O_NONBLOCK);
	control(set, EPOLL_CTL_ADD, p[0], EPOLLIN);
	control(set, EPOLL_CTL_ADD, p[1], EPOLLOUT);
	control(set, EPOLL_CTL_ADD, event, EPOLLIN | EPOLLET);
	show(set, 8, 0), show(set, 8, 0);
	write(p[1], "abc", 3);
	show(set, 1, 0), show(set, 1, 0), show(set, 8, 0);
	write(event, &(uint64_t){ 1 }, 8);
	show(set, 8, -1);
	show(set, 8, 0);
	control(set, EPOLL_CTL_MOD, event, EPOLLIN | EPOLLET);
	show(set, 8, 0);
	control(set, EPOLL_CTL_MOD, p[1], EPOLLOUT | EPOLLONESHOT);
	show(set, 8, 0), show(set, 8, 0);
	control(set, EPOLL_CTL_MOD, p[1], EPOLLOUT | EPOLLONESHOT);
	show(set, 8, 0);
	read(p[0], text, 8), read(event, &value, 8);
	show(set, 8, 0), show(set, 8, 10);
	int copy = dup(p[0]);
	close(p[0]);
	write(p[1], "x", 1);
	show(set, 8, 0);
	TRY(control(set, EPOLL_CTL_DEL, p[0], 0));
	close(copy);
	show(set, 8, 0);
	control(set, EPOLL_CTL_MOD, p[1], 0);
	show(set, 8, 0);
	close(p[1]), close(event);
	show(set, 8, 0);
}

static void nests(void)
{
	int sets[8], event = eventfd(0, EFD_NONBLOCK);

	for (int i = 0; i < 8; i++)
		sets[i] = epoll_create1(0);
	for (int i = 0; i < 7; i++)
		TRY(control(sets[i], EPOLL_CTL_ADD, sets[i + 1], EPOLLIN));
	TRY(control(sets[4], EPOLL_CTL_ADD, sets[0], EPOLLIN));
	TRY(control(sets[1], EPOLL_CTL_ADD, sets[0], EPOLLIN));
	TRY(control(sets[3], EPOLL_CTL_ADD, event, EPOLLIN));
	show(sets[0], 8, 0);
	write(event, &(uint64_t){ 1 }, 8);
	show(sets[0], 8, 0), show(sets[0], 8, -1), show(sets[3], 8, 0);
	read(event, &(uint64_t){ 0 }, 8);
	show(sets[0], 8, 0);
	TRY(control(sets[0], EPOLL_CTL_MOD, sets[1], EPOLLIN | EPOLLET));
	for (int i = 0; i < 2; i++) {
		write(event, &(uint64_t){ 1 }, 8);
		show(sets[0], 8, 0), show(sets[0], 8, 0);
	}
	for (int i = 0; i < 8; i++)
		close(sets[i]);
	close(event);
}

static void tick(int signo)
{
	(void)signo;
}

static void interrupted(int set)
{
	struct sigaction action = { .sa_handler = tick, .sa_flags = SA_RESTART };
	struct epoll_event one;
	sigset_t all, none, now;

	sigaction(SIGALRM, &action, NULL);
	ualarm(20000, 0);
	TRY(epoll_wait(set, &one, 1, -1));
	sigfillset(&all), sigemptyset(&none);
	sigprocmask(SIG_BLOCK, &all, NULL);
	ualarm(20000, 0);
	TRY(epoll_wait(set, &one, 1, 50));
	TRY(epoll_pwait(set, &one, 1, -1, &none));
	sigprocmask(SIG_SETMASK, NULL, &now);
	printf("blocked again %d\n", sigismember(&now, SIGALRM));
	TRY(epoll_pwait2(set, &one, 1, &(struct timespec){ 0, 1000 }, NULL));
	TRY(epoll_pwait2(set, &one, 1, &(struct timespec){ 0, -1 }, NULL));
	sigprocmask(SIG_UNBLOCK, &all, NULL);
}

/* A timer that goes on is no new edge until it is read. */
static void timers(int set)
{
	struct itimerspec often = { { 0, 5000000 }, { 0, 5000000 } };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	struct epoll_event event = { .events = EPOLLIN | EPOLLET }, got;
	uint64_t expiries = 0;

	epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
	timerfd_settime(fd, 0, &often, NULL);
	for (int i = 0; i < 2; i++) {
		TRY(epoll_wait(set, &got, 1, 1000));
		TRY(epoll_wait(set, &got, 1, 30));
		TRY(read(fd, &expiries, sizeof(expiries)));
		printf("several %d\n", expiries > 2);
	}
	close(fd);
}

int main(void)
{
	work_enter();
	make_file("f", "x");
	int set = epoll_create1(EPOLL_CLOEXEC);
	char name[64], target[64] = "";
	snprintf(name, sizeof(name), "/proc/self/fd/%d", set);
	readlink(name, target, sizeof(target) - 1);
	struct stat st;
	fstat(set, &st);
	printf("%d %x %s %o\n", fcntl(set, F_GETFD), fcntl(set, F_GETFL), target, st.st_mode);
	errors(set);
	close(set);
	set = epoll_create(1);
	kinds(set), nests(), interrupted(set), timers(set);
	unlink("f");
	return 0;
}
