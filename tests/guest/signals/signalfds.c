// SPDX-License-Identifier: Apache-2.0
/* signalfd: what it tells of signals of all kinds, whose signals it reads, how waits for it end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static sigset_t set;
static int fd;

static void take(const char *what, pid_t by)
{
	struct signalfd_siginfo info;
	ssize_t n = read(fd, &info, sizeof(info));

	if (n < 0) {
		printf("%s: %s\n", what, strerror(errno));
		return;
	}
	printf("%s: %zd signal %u code %d by %d uid %d int %d ptr %llx status %d tid %u overrun %u "
	       "fd %d trap %u\n",
	       what, n, info.ssi_signo, info.ssi_code,
	       by ? info.ssi_pid == (uint32_t)by : (int)info.ssi_pid, info.ssi_uid == getuid(),
	       info.ssi_int, (unsigned long long)info.ssi_ptr, info.ssi_status, info.ssi_tid,
	       info.ssi_overrun, info.ssi_fd, info.ssi_trapno);
}

static void kinds(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = SIGUSR2,
				  .sigev_value.sival_int = 99 };
	struct itimerspec spec = { .it_value = { 0, 1000000 } };
	int id;

	kill(getpid(), SIGUSR1);
	take("kill", getpid());
	raise(SIGUSR1);
	take("tkill", getpid());
	sigqueue(getpid(), SIGUSR1, (union sigval){ .sival_int = -7 });
	take("queue", getpid());
	syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &id);
	syscall(SYS_timer_settime, id, 0, &spec, NULL);
	take("timer", 0);
	syscall(SYS_timer_delete, id);
	alarm(1);
	take("alarm", 0);
	pid_t child = fork();
	if (child == 0)
		_exit(9);
	take("child", child);
	waitpid(child, NULL, 0);
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_SIGIO };
	info.si_band = 0x12345;
	info.si_fd = 17;
	syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &info);
	take("io", 0);
}

static void *read_here(void *argument)
{
	take("in a thread", getpid());
	return argument;
}

static void readers(void)
{
	struct signalfd_siginfo infos[5];
	pthread_t thread;
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	printf("poll %d\n", poll(&poll_fd, 1, 0));
	kill(getpid(), SIGUSR1);
	sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 1 });
	sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 2 });
	printf("poll %d %d\n", poll(&poll_fd, 1, 0), poll_fd.revents);
	ssize_t n = read(fd, infos, sizeof(infos));
	printf("read %zd: %u %d %d\n", n / 128, infos[0].ssi_signo, infos[1].ssi_int,
	       infos[2].ssi_int);
	pthread_create(&thread, NULL, read_here, NULL);
	usleep(5000);
	kill(getpid(), SIGUSR1);
	pthread_join(thread, NULL);
	/* One's own are not another thread's. */
	raise(SIGUSR1);
	pthread_create(&thread, NULL, read_here, NULL);
	usleep(5000);
	kill(getpid(), SIGUSR1);
	usleep(5000);
	kill(getpid(), SIGUSR2);
	pthread_join(thread, NULL);
	take("own", getpid());
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (poll(&poll_fd, 1, 0) > 0)
		take("rest", getpid());
	take("empty", 0);
	printf("small %zd %s\n", read(fd, infos, 127), strerror(errno));
	fcntl(fd, F_SETFL, 0);
}

/* A child reads its own, whoever made the descriptor. */
static void inherited(void)
{
	int status;

	raise(SIGUSR1);
	pid_t child = fork();
	if (child == 0) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

		printf("child's %d\n", poll(&poll_fd, 1, 0));
		raise(SIGUSR2);
		take("child", getpid());
		_exit(0);
	}
	waitpid(child, &status, 0);
	take("parent", getpid());
	take("its child", child);
}

static void in_epoll(void)
{
	struct epoll_event event = { .events = EPOLLIN }, got;
	int poll_fd = epoll_create1(0), status;

	epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
	printf("epoll %d\n", epoll_wait(poll_fd, &got, 1, 0));
	pid_t self = getpid(), child = fork();
	if (child == 0) {
		usleep(10000);
		kill(self, SIGUSR1);
		_exit(0);
	}
	printf("epoll %d\n", epoll_wait(poll_fd, &got, 1, 5000));
	take("epoll", child);
	waitpid(child, &status, 0);
	take("its child", child);
	close(poll_fd);
	/* Another's epoll with a descriptor that a child put there, and the child gone. */
	poll_fd = epoll_create1(0);
	child = fork();
	if (child == 0) {
		epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
		_exit(0);
	}
	waitpid(child, &status, 0);
	take("its child", child);
	for (int i = 0; i < 50; i++) {
		if (fork() == 0)
			_exit(0);
		wait(&status);
	}
	close(poll_fd);
	take("many", 1);
}

static void changed(void)
{
	sigset_t other;
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	sigemptyset(&other);
	sigaddset(&other, SIGUSR2);
	sigaddset(&other, SIGKILL);
	raise(SIGUSR1);
	printf("same %d\n", signalfd(fd, &other, 0) == fd);
	printf("poll %d\n", poll(&poll_fd, 1, 0));
	raise(SIGUSR2);
	printf("poll %d\n", poll(&poll_fd, 1, 0));
	printf("none %d %s\n", signalfd(0, &other, 0), strerror(errno));
	printf("bad %d %s\n", signalfd(77, &other, 0), strerror(errno));
	printf("flags %d %s\n", signalfd(-1, &other, 4), strerror(errno));
	printf("size %ld %s\n", syscall(SYS_signalfd4, -1, &other, 4, 0), strerror(errno));
	printf("set %ld %s\n", syscall(SYS_signalfd4, -1, 16L, 8, 0), strerror(errno));
	printf("write %zd %s\n", write(fd, "x", 1), strerror(errno));
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGALRM);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, 0);
	kinds();
	readers();
	inherited();
	in_epoll();
	changed();
	return 0;
}
