// SPDX-License-Identifier: Apache-2.0
/* Stop signals and SIGCONT: what the parent is told, what pending ones take back, who goes on. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int sink[2];
static volatile sig_atomic_t continued;

static void note_continue(int signo)
{
	(void)signo;
	continued++;
	write(sink[1], "c", 1);
}

static void say(const char *text, pid_t child, pid_t got, int status)
{
	printf("%s: %s", text, got == child ? "child" : got == 0 ? "none" : "error");
	if (got == child && WIFSTOPPED(status))
		printf(" stopped %d", WSTOPSIG(status));
	if (got == child && WIFCONTINUED(status))
		printf(" continued");
	if (got == child && WIFSIGNALED(status))
		printf(" killed %d core %d", WTERMSIG(status), !!WCOREDUMP(status));
	if (got == child && WIFEXITED(status))
		printf(" exited %d", WEXITSTATUS(status));
	printf("\n");
}

static void wait_and_say(const char *text, pid_t child, int options)
{
	int status = 0;
	pid_t got = waitpid(child, &status, options);

	say(text, child, got, status);
}

/* A child in a group of its own: not an orphan, so that stop signals of terminals work, too. */
static pid_t start(void (*run)(void))
{
	fflush(stdout);
	pid_t child = fork();

	if (child == 0) {
		setpgid(0, 0);
		run();
		fflush(stdout);
		_exit(7);
	}
	setpgid(child, child);
	return child;
}

static void pauses(void)
{
	for (;;)
		pause();
}

/* One after the other: a stop takes back that the process has gone on. */
static int turn[2];

static void stops_itself(void)
{
	static const int stops[] = { SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU };
	char byte;

	for (int i = 0; i < 4; i++) {
		raise(stops[i]);
		read(turn[0], &byte, 1);
	}
}

static void itself(void)
{
	pid_t child = start(stops_itself);

	for (int i = 0; i < 4; i++) {
		wait_and_say("itself", child, WUNTRACED);
		wait_and_say("told once", child, WUNTRACED | WNOHANG);
		kill(child, SIGCONT);
		wait_and_say("continued", child, WCONTINUED);
		write(turn[1], "x", 1);
	}
	wait_and_say("end", child, 0);
}

static void told(void)
{
	siginfo_t info;
	sigset_t set;
	const struct timespec second = { 5, 0 };
	pid_t child;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	child = start(pauses);
	for (int i = 0; i < 2; i++) {
		kill(child, i ? SIGCONT : SIGSTOP);
		int got = sigtimedwait(&set, &info, &second);
		printf("SIGCHLD %d code %d child %d status %d\n", got == SIGCHLD, info.si_code,
		       info.si_pid == child, info.si_status);
		memset(&info, 0, sizeof(info));
		waitid(P_PID, (id_t)child, &info, WSTOPPED | WCONTINUED | WNOWAIT);
		printf("waitid code %d status %d", info.si_code, info.si_status);
		memset(&info, 0, sizeof(info));
		waitid(P_PID, (id_t)child, &info, WSTOPPED | WCONTINUED);
		printf(" again code %d status %d\n", info.si_code, info.si_status);
	}
	kill(child, SIGSTOP);
	wait_and_say("stopped", child, WUNTRACED);
	kill(child, SIGTERM);
	wait_and_say("SIGTERM waits", child, WNOHANG);
	kill(child, SIGKILL);
	wait_and_say("SIGKILL", child, 0);
	struct sigaction quiet = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP };
	sigaction(SIGCHLD, &quiet, NULL);
	while (sigtimedwait(&set, NULL, &(struct timespec){ 0, 0 }) > 0)
		;
	child = start(pauses);
	kill(child, SIGSTOP);
	wait_and_say("SA_NOCLDSTOP", child, WUNTRACED);
	int got = sigtimedwait(&set, NULL, &(struct timespec){ 0, 20000000 });
	printf("SIGCHLD %s\n", got < 0 && errno == EAGAIN ? "none" : "some");
	kill(child, SIGTERM);
	kill(child, SIGCONT);
	wait_and_say("SIGTERM after", child, 0);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* A stop and SIGCONT take each other back, also blocked ones. */
static void blocked(void)
{
	sigset_t set, pending;

	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	const int order[] = { SIGTSTP, SIGTTIN, SIGCONT, SIGTTOU, SIGCONT, SIGTSTP };
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		kill(getpid(), order[i]);
		sigpending(&pending);
		printf("pending TSTP %d TTIN %d TTOU %d CONT %d\n", sigismember(&pending, SIGTSTP),
		       sigismember(&pending, SIGTTIN), sigismember(&pending, SIGTTOU),
		       sigismember(&pending, SIGCONT));
	}
	fflush(stdout);
	write(sink[1], "r", 1);
	/* SIGSTOP cannot be blocked, and SIGCONT works though it is. */
	kill(getpid(), SIGSTOP);
	sigpending(&pending);
	printf("after SIGSTOP: CONT %d TSTP %d\n", sigismember(&pending, SIGCONT),
	       sigismember(&pending, SIGTSTP));
}

static void ignored(void)
{
	signal(SIGCONT, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	raise(SIGTSTP);
	raise(SIGSTOP);
	signal(SIGCONT, note_continue);
	raise(SIGSTOP);
	printf("handler ran %d\n", (int)continued);
}

static void run_stopping(const char *name, void (*run)(void), int stops)
{
	pid_t child = start(run);

	for (int i = 0; i < stops; i++) {
		wait_and_say(name, child, WUNTRACED);
		kill(child, SIGCONT);
	}
	wait_and_say(name, child, 0);
}

static void *spin_or_sleep(void *argument)
{
	static volatile unsigned long turns;

	write(sink[1], "t", 1);
	while (!argument)
		turns++;
	for (;;)
		nanosleep(&(struct timespec){ 1000, 0 }, NULL);
	return NULL;
}

static void many_threads(void)
{
	pthread_t thread;

	for (long i = 0; i < 4; i++)
		pthread_create(&thread, NULL, spin_or_sleep, (void *)(i & 1));
	pauses();
}

static void threads(void)
{
	char byte;
	pid_t child = start(many_threads);

	for (int i = 0; i < 4; i++)
		read(sink[0], &byte, 1);
	for (int i = 0; i < 3; i++) {
		kill(child, SIGSTOP);
		wait_and_say("threads", child, WUNTRACED);
		kill(child, SIGCONT);
		wait_and_say("threads", child, WCONTINUED);
	}
	kill(child, SIGSTOP);
	wait_and_say("threads", child, WUNTRACED);
	kill(child, SIGKILL);
	wait_and_say("threads", child, WUNTRACED);
}

/* The whole group stops and goes on by one kill each. */
static void group(void)
{
	pid_t first = start(pauses), second = fork();

	if (second == 0) {
		setpgid(0, first);
		pauses();
	}
	setpgid(second, first);
	printf("kill %d\n", kill(-first, SIGSTOP));
	wait_and_say("first", first, WUNTRACED);
	wait_and_say("second", second, WUNTRACED);
	kill(-first, SIGCONT);
	wait_and_say("first", first, WCONTINUED);
	wait_and_say("second", second, WCONTINUED);
	kill(-first, SIGQUIT);
	wait_and_say("first", first, 0);
	wait_and_say("second", second, 0);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	pipe(sink);
	pipe(turn);
	itself();
	told();
	run_stopping("blocked", blocked, 1);
	run_stopping("ignored", ignored, 2);
	threads();
	group();
	return 0;
}
