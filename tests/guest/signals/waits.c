// SPDX-License-Identifier: Apache-2.0
/* Handlers while a call waits: masks of the call, restarts, what is left, jumps out of handlers. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t count;
static sigset_t in_handler, empty, usr;
static sigjmp_buf back;
static volatile int jump;

static void handler(int signo)
{
	sigprocmask(SIG_BLOCK, NULL, &in_handler);
	count++;
	if (jump)
		siglongjmp(back, signo);
}

static pid_t parent;

/* Sends one signal after a while, from another process. */
static pid_t later(int signo, int ms)
{
	pid_t child = fork();

	if (child == 0) {
		usleep((useconds_t)ms * 1000);
		kill(parent, signo);
		_exit(0);
	}
	return child;
}

static void say(const char *what, long result)
{
	int error = errno;
	sigset_t now;

	sigprocmask(SIG_BLOCK, NULL, &now);
	printf("%s: %ld %s handled %d blocked inside %d after %d\n", what, result,
	       result < 0 ? strerror(error) : "", (int)count, sigismember(&in_handler, SIGUSR1),
	       sigismember(&now, SIGUSR1));
	count = 0;
	while (wait(NULL) > 0)
		;
}

static void masks(void)
{
	struct timespec second = { 2, 0 };
	struct epoll_event event;
	fd_set fds;

	sigprocmask(SIG_BLOCK, &usr, NULL);
	later(SIGUSR1, 10);
	say("sigsuspend", sigsuspend(&empty));
	later(SIGUSR1, 10);
	say("ppoll", ppoll(NULL, 0, &second, &empty));
	later(SIGUSR1, 10);
	FD_ZERO(&fds);
	say("pselect", pselect(0, &fds, NULL, NULL, &second, &empty));
	later(SIGUSR1, 10);
	int poll_fd = epoll_create1(0);
	say("epoll_pwait", epoll_pwait(poll_fd, &event, 1, 2000, &empty));
	/* Pending before: the call does not begin to wait. */
	kill(parent, SIGUSR1);
	say("sigsuspend", sigsuspend(&empty));
	kill(parent, SIGUSR1);
	say("ppoll", ppoll(NULL, 0, &second, &empty));
	/* Ready and pending: what is ready is told, the signal stays. */
	int event_fd = eventfd(1, 0);
	kill(parent, SIGUSR1);
	say("ready",
	    ppoll(&(struct pollfd){ .fd = event_fd, .events = POLLIN }, 1, &second, &empty));
	sigset_t pending;
	sigpending(&pending);
	printf("pending %d\n", sigismember(&pending, SIGUSR1));
	sigprocmask(SIG_UNBLOCK, &usr, NULL);
	say("unblocked", 0);
	close(event_fd);
	close(poll_fd);
}

static int call_read_pipe(void)
{
	int fds[2];
	char byte;

	pipe(fds);
	int result = (int)read(fds[0], &byte, 1);
	int error = errno;
	close(fds[0]);
	close(fds[1]);
	errno = error;
	return result;
}

static int call_write_pipe(void)
{
	static char bytes[200000];
	int fds[2];

	pipe(fds);
	int result = (int)write(fds[1], bytes, sizeof(bytes));
	int error = errno;
	close(fds[0]);
	close(fds[1]);
	errno = error;
	return result;
}

static int call_eventfd(void)
{
	uint64_t value;
	int fd = eventfd(0, 0), result = (int)read(fd, &value, 8), error = errno;

	close(fd);
	errno = error;
	return result;
}

static int call_timerfd(void)
{
	struct itimerspec spec = { .it_value = { 0, 100000000 } };
	uint64_t value;
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);

	timerfd_settime(fd, 0, &spec, NULL);
	int result = (int)read(fd, &value, 8), error = errno;
	close(fd);
	errno = error;
	return result;
}

static int call_signalfd(void)
{
	struct signalfd_siginfo info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	int fd = signalfd(-1, &set, 0), result = (int)read(fd, &info, sizeof(info)), error = errno;
	close(fd);
	errno = error;
	return result;
}

static int call_recv(void)
{
	int fds[2];
	char byte;

	socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
	int result = (int)recv(fds[0], &byte, 1, 0), error = errno;
	close(fds[0]);
	close(fds[1]);
	errno = error;
	return result;
}

static int call_wait(void)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		usleep(100000);
		_exit(0);
	}
	return waitpid(child, &status, 0) == child ? 1 : -1;
}

static int call_flock(void)
{
	char name[] = "/tmp/lock-XXXXXX";
	int fd = mkstemp(name), other = open(name, O_RDWR);

	unlink(name);
	flock(fd, LOCK_EX);
	int result = flock(other, LOCK_EX), error = errno;
	close(fd);
	close(other);
	errno = error;
	return result;
}

static int call_fcntl_lock(void)
{
	char name[] = "/tmp/lock-XXXXXX";
	struct flock lock = { .l_type = F_WRLCK };
	int fd = mkstemp(name), ends[2], error, result;
	char byte;

	unlink(name);
	pipe(ends);
	pid_t child = fork();
	if (child == 0) {
		fcntl(fd, F_SETLK, &lock);
		write(ends[1], "x", 1);
		usleep(150000);
		_exit(0);
	}
	read(ends[0], &byte, 1);
	result = fcntl(fd, F_SETLKW, &lock);
	error = errno;
	close(fd);
	close(ends[0]);
	close(ends[1]);
	errno = error;
	return result;
}

static int call_nanosleep(void)
{
	struct timespec left = { 9, 9 }, span = { 0, 100000000 };
	int result = nanosleep(&span, &left);

	if (result < 0)
		printf("left %d ",
		       left.tv_sec == 0 && left.tv_nsec > 20000000 && left.tv_nsec < 95000000);
	return result;
}

static int call_select(void)
{
	struct timeval left = { 0, 100000 };
	int result = select(0, NULL, NULL, NULL, &left);

	if (result < 0)
		printf("left %d ",
		       left.tv_sec == 0 && left.tv_usec > 20000 && left.tv_usec < 95000);
	return result;
}

static int call_poll(void)
{
	return poll(NULL, 0, 100);
}

static int call_epoll(void)
{
	struct epoll_event event;
	int fd = epoll_create1(0), result = epoll_wait(fd, &event, 1, 100), error = errno;

	close(fd);
	errno = error;
	return result;
}

static int call_mutex(void)
{
	static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	struct timespec end;

	pthread_mutex_trylock(&mutex);
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_nsec += 100000000;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	return pthread_mutex_timedlock(&mutex, &end);
}

static int call_fifo(void)
{
	char name[] = "/tmp/fifo-XXXXXX";

	mkdtemp(name);
	char path[100];
	snprintf(path, sizeof(path), "%s/f", name);
	mkfifo(path, 0600);
	int result = open(path, O_RDONLY), error = errno;
	unlink(path);
	rmdir(name);
	errno = error;
	return result < 0 ? result : 0;
}

static const struct {
	const char *name;
	int (*call)(void);
	int forever; /* made again, it would wait for ever: only without SA_RESTART */
} calls[] = {
	{ "read pipe", call_read_pipe, 1 },
	{ "write pipe", call_write_pipe, 0 },
	{ "eventfd", call_eventfd, 1 },
	{ "timerfd", call_timerfd, 0 },
	{ "signalfd", call_signalfd, 1 },
	{ "recv", call_recv, 1 },
	{ "wait", call_wait, 0 },
	{ "flock", call_flock, 1 },
	{ "fcntl lock", call_fcntl_lock, 0 },
	{ "nanosleep", call_nanosleep, 0 },
	{ "select", call_select, 0 },
	{ "poll", call_poll, 0 },
	{ "epoll", call_epoll, 0 },
	{ "mutex", call_mutex, 0 },
	{ "fifo", call_fifo, 1 },
};

static void restarts(int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigaction(SIGUSR1, &action, NULL);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		if (calls[i].forever && (flags & SA_RESTART))
			continue;
		later(SIGUSR1, 25);
		errno = 0;
		long result = calls[i].call();
		printf("%s ", flags & SA_RESTART ? "restart" : "plain");
		say(calls[i].name, result);
	}
}

/* Out of a handler: the mask comes back, and the next signal is handled again. */
static void jumps(void)
{
	char byte;
	int fds[2];

	pipe(fds);
	jump = 1;
	for (volatile int i = 0; i < 3; i++) {
		int got = sigsetjmp(back, 1);

		if (!got) {
			later(SIGUSR1, 5);
			read(fds[0], &byte, 1);
			puts("not reached");
		}
		printf("jumped %d ", got == SIGUSR1);
		say("out", 0);
	}
	for (volatile int i = 0; i < 1000; i++) {
		if (!sigsetjmp(back, 1))
			raise(SIGUSR1);
	}
	say("thousand", 0);
	jump = 0;
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	parent = getpid();
	sigemptyset(&empty);
	sigemptyset(&usr);
	sigaddset(&usr, SIGUSR1);
	signal(SIGUSR1, handler);
	masks();
	restarts(0);
	restarts(SA_RESTART);
	jumps();
	return 0;
}
