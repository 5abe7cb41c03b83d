// SPDX-License-Identifier: Apache-2.0
/*
 * Calls that a stop and a continue interrupt: which go on as if nothing had
 * happened, and for how long.
 */
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int word;

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int call_nanosleep(void)
{
	return nanosleep(&(struct timespec){ 0, 150000000 }, NULL);
}

static int call_clock_nanosleep(void)
{
	int error = clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){ 0, 150000000 }, NULL);

	errno = error;
	return error ? -1 : 0;
}

static int call_until(void)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_nsec += 150000000;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	int error = clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &end, NULL);
	errno = error;
	return error ? -1 : 0;
}

static int call_poll(void)
{
	return poll(NULL, 0, 150);
}

static int call_ppoll(void)
{
	return ppoll(NULL, 0, &(struct timespec){ 0, 150000000 }, NULL);
}

static int call_select(void)
{
	return select(0, NULL, NULL, NULL, &(struct timeval){ 0, 150000 });
}

static int call_pselect(void)
{
	return pselect(0, NULL, NULL, NULL, &(struct timespec){ 0, 150000000 }, NULL);
}

static int call_futex(void)
{
	return (int)syscall(SYS_futex, &word, FUTEX_WAIT, 0, &(struct timespec){ 0, 150000000 },
			    NULL, 0);
}

static int call_epoll(void)
{
	return epoll_wait(epoll_create1(0), &(struct epoll_event){ 0 }, 1, 150);
}

static int call_sigtimedwait(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	return sigtimedwait(&set, NULL, &(struct timespec){ 0, 150000000 });
}

static int call_read(void)
{
	int ends[2];
	char byte;

	pipe(ends);
	if (fork() == 0) {
		nanosleep(&(struct timespec){ 0, 150000000 }, NULL);
		write(ends[1], "x", 1);
		_exit(0);
	}
	return (int)read(ends[0], &byte, 1);
}

static int call_wait(void)
{
	if (fork() == 0) {
		nanosleep(&(struct timespec){ 0, 150000000 }, NULL);
		_exit(0);
	}
	return wait(NULL) > 0;
}

static void on_continue(int signo)
{
	(void)signo;
}

static void run(const char *name, int (*call)(void), int handler)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (handler)
			sigaction(SIGCONT,
				  &(struct sigaction){ .sa_handler = on_continue,
						       .sa_flags = handler == 2 ? SA_RESTART : 0 },
				  NULL);
		long start = now_ms();
		errno = 0;
		int result = call();
		int error = errno;
		long took = now_ms() - start;

		printf("%s handler %d: %d %s%s\n", name, handler, result,
		       result < 0 ? strerror(error) : "", took < 145 ? " early" : "");
		fflush(stdout);
		_exit(0);
	}
	for (int i = 0; i < 2; i++) {
		nanosleep(&(struct timespec){ 0, 25000000 }, NULL);
		kill(child, SIGSTOP);
		waitpid(child, &status, WUNTRACED);
		nanosleep(&(struct timespec){ 0, 25000000 }, NULL);
		kill(child, SIGCONT);
	}
	waitpid(child, &status, 0);
}

int main(void)
{
	static const struct {
		const char *name;
		int (*call)(void);
	} calls[] = {
		{ "nanosleep", call_nanosleep }, { "clock_nanosleep", call_clock_nanosleep },
		{ "until", call_until },	 { "poll", call_poll },
		{ "ppoll", call_ppoll },	 { "select", call_select },
		{ "pselect", call_pselect },	 { "futex", call_futex },
		{ "epoll_wait", call_epoll },	 { "sigtimedwait", call_sigtimedwait },
		{ "read", call_read },		 { "wait", call_wait },
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		for (int handler = 0; handler < 3; handler++)
			run(calls[i].name, calls[i].call, handler);
	return 0;
}
