// SPDX-License-Identifier: Apache-2.0
/*
 * Signals of all kinds at random to processes with threads that do all kinds of
 * things: nobody gets lost.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES 6
#define THREADS	  4
#define ROUNDS	  600

static unsigned int seed = 4711;
static int pipes[2], started[2];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static unsigned int any(unsigned int *state, unsigned int limit)
{
	*state = *state * 1103515245 + 12345;
	return (*state >> 16) % limit;
}

static void handler(int signo, siginfo_t *info, void *context)
{
	int error = errno;

	(void)info;
	(void)context;
	if (signo == SIGUSR2)
		sched_yield();
	errno = error;
}

static void fork_and_wait(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
}

static void set_timer(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1 };
	struct itimerspec spec = { { 0, 1000000 }, { 0, 1000000 } };
	int id;

	if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &id))
		return;
	syscall(SYS_timer_settime, id, 0, &spec, NULL);
	nanosleep(&(struct timespec){ 0, 3000000 }, NULL);
	syscall(SYS_timer_delete, id);
}

static void block_for_a_while(void)
{
	sigset_t all, old;
	siginfo_t info;

	sigfillset(&all);
	sigdelset(&all, SIGTERM);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	sigtimedwait(&all, &info, &(struct timespec){ 0, 1000000 });
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void *work(void *argument)
{
	unsigned int state = (unsigned int)(size_t)argument;
	char byte = 'x';

	for (;;) {
		switch (any(&state, 9)) {
		case 0:
			nanosleep(&(struct timespec){ 0, 200000 }, NULL);
			break;
		case 1:
			write(pipes[1], &byte, 1);
			break;
		case 2:
			read(pipes[0], &byte, 1);
			break;
		case 3:
			for (volatile int i = 0; i < 100000; i++)
				;
			break;
		case 4:
			pthread_mutex_lock(&mutex);
			sched_yield();
			pthread_mutex_unlock(&mutex);
			break;
		case 5:
			block_for_a_while();
			break;
		case 6:
			set_timer();
			break;
		case 7:
			fork_and_wait();
			break;
		default:
			raise(SIGUSR1);
		}
	}
	return NULL;
}

static void be_a_child(unsigned int number)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART };
	pthread_t thread;

	setpgid(0, 0);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGRTMIN, &action, NULL);
	sigaction(SIGRTMIN + 1, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	action.sa_flags = SA_SIGINFO | SA_NODEFER;
	sigaction(SIGUSR2, &action, NULL);
	for (unsigned int i = 0; i < THREADS; i++)
		pthread_create(&thread, NULL, work, (void *)(size_t)(number * 100 + i));
	write(started[1], "s", 1);
	work((void *)(size_t)(number * 100 + 99));
}

int main(void)
{
	const int signals[] = { SIGUSR1, SIGUSR2, SIGSTOP,  SIGCONT, SIGTSTP,
				SIGALRM, SIGCONT, SIGRTMIN, SIGTTIN };
	pid_t child[PROCESSES];
	int good = 0;

	char byte;

	pipe2(pipes, 04000);
	pipe(started);
	for (unsigned int i = 0; i < PROCESSES; i++) {
		child[i] = fork();
		if (child[i] == 0)
			be_a_child(i + 1);
		setpgid(child[i], child[i]);
	}
	for (int i = 0; i < PROCESSES; i++)
		read(started[0], &byte, 1);
	for (int i = 0; i < ROUNDS; i++) {
		pid_t to = child[any(&seed, PROCESSES)];
		int signo = signals[any(&seed, sizeof(signals) / sizeof(*signals))];

		if (any(&seed, 3))
			kill(to, signo);
		else if (signo == SIGRTMIN || signo == SIGUSR1 || signo == SIGCONT)
			sigqueue(to, signo, (union sigval){ .sival_int = i });
		else
			kill(-to, signo);
		if (any(&seed, 4) == 0)
			nanosleep(&(struct timespec){ 0, 500000 }, NULL);
		if (any(&seed, 8) == 0)
			waitpid(-1, NULL, WNOHANG | WUNTRACED | WCONTINUED);
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status, signo = i & 1 ? SIGKILL : SIGTERM;

		kill(child[i], signo);
		kill(-child[i], SIGCONT);
		while (waitpid(child[i], &status, 0) != child[i])
			;
		good += WIFSIGNALED(status) && WTERMSIG(status) == signo;
		/* Its own children, if it had some at that moment. */
		kill(-child[i], SIGKILL);
	}
	printf("ended as told %d\n", good);
	return 0;
}
