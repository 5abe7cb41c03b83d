// SPDX-License-Identifier: Apache-2.0
/* timer_create(2) and its kin: errors, signals, overruns, what fork and execve leave of them. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000L

static volatile sig_atomic_t signals;
static siginfo_t last;
static volatile pid_t last_tid;

static void note(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	last = *info;
	last_tid = gettid();
	signals++;
}

static int make(int clock, int notify, int signo, int tid, int *id)
{
	struct sigevent event = { .sigev_notify = notify, .sigev_signo = signo };

	event.sigev_value.sival_int = 4711;
	event._sigev_un._tid = tid;
	return (int)syscall(SYS_timer_create, clock, &event, id);
}

static int set(int id, int flags, long value_ms, long interval_ms)
{
	struct itimerspec spec = { .it_value = { value_ms / 1000, value_ms % 1000 * MS },
				   .it_interval = { interval_ms / 1000, interval_ms % 1000 * MS } };

	return (int)syscall(SYS_timer_settime, id, flags, &spec, NULL);
}

static void sleep_ms(long ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * MS };

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

static void say(const char *what, long result)
{
	printf("%s: %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

static void errors(void)
{
	struct itimerspec spec = { .it_value = { 0, 1000 * MS } };
	int id = -1;

	say("clock 77", make(77, SIGEV_SIGNAL, SIGUSR1, 0, &id));
	say("coarse", make(CLOCK_REALTIME_COARSE, SIGEV_SIGNAL, SIGUSR1, 0, &id));
	say("raw", make(CLOCK_MONOTONIC_RAW, SIGEV_SIGNAL, SIGUSR1, 0, &id));
	say("notify 9", make(CLOCK_REALTIME, 9, SIGUSR1, 0, &id));
	say("signal 0", make(CLOCK_REALTIME, SIGEV_SIGNAL, 0, 0, &id));
	say("signal 65", make(CLOCK_REALTIME, SIGEV_SIGNAL, 65, 0, &id));
	say("signal 0 none", make(CLOCK_REALTIME, SIGEV_NONE, 0, 0, &id));
	say("delete", syscall(SYS_timer_delete, id));
	say("tid 1", make(CLOCK_REALTIME, SIGEV_THREAD_ID, SIGUSR1, 1, &id));
	say("event", syscall(SYS_timer_create, CLOCK_REALTIME, 16L, &id));
	say("id", syscall(SYS_timer_create, CLOCK_REALTIME, NULL, 16L));
	say("settime gone", syscall(SYS_timer_settime, 999, 0, &spec, NULL));
	say("settime null", syscall(SYS_timer_settime, 999, 0, NULL, NULL));
	say("settime value", syscall(SYS_timer_settime, 999, 0, &spec, NULL));
	say("gettime gone", syscall(SYS_timer_gettime, 999, &spec));
	say("overrun gone", syscall(SYS_timer_getoverrun, 999));
	say("delete gone", syscall(SYS_timer_delete, 999));
	make(CLOCK_REALTIME, SIGEV_SIGNAL, SIGUSR1, 0, &id);
	spec.it_value.tv_nsec = 1000 * MS;
	say("nsec", syscall(SYS_timer_settime, id, 0, &spec, NULL));
	say("gettime", syscall(SYS_timer_gettime, id, 16L));
	say("delete", syscall(SYS_timer_delete, id));
	say("again", syscall(SYS_timer_delete, id));
}

static void once(int clock, const char *name)
{
	struct itimerspec left;
	int id;

	signals = 0;
	memset(&last, 0, sizeof(last));
	say(name, make(clock, SIGEV_SIGNAL, SIGUSR1, 0, &id));
	set(id, 0, 30, 0);
	syscall(SYS_timer_gettime, id, &left);
	printf("left %d interval %ld\n",
	       left.it_value.tv_nsec > 0 && left.it_value.tv_nsec <= 30 * MS,
	       left.it_interval.tv_nsec);
	while (!signals)
		;
	printf("code %d timer %d overrun %d value %d\n", last.si_code == SI_TIMER,
	       last.si_timerid == id, last.si_overrun, last.si_value.sival_int);
	syscall(SYS_timer_gettime, id, &left);
	printf("left %ld overrun %ld\n", left.it_value.tv_nsec, syscall(SYS_timer_getoverrun, id));
	syscall(SYS_timer_delete, id);
}

static void overruns(void)
{
	sigset_t mask;
	int id;

	signals = 0;
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	make(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR1, 0, &id);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	set(id, 0, 10, 10);
	sleep_ms(205);
	printf("before %ld\n", syscall(SYS_timer_getoverrun, id));
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
	int overrun = (int)syscall(SYS_timer_getoverrun, id);
	printf("signals %d overrun %d same %d\n", (int)signals, overrun >= 17 && overrun <= 40,
	       overrun == last.si_overrun);
	/* Linux since 6.13 takes the signal back; what it tells of the timer is always the new. */
	sigprocmask(SIG_BLOCK, &mask, NULL);
	sleep_ms(30);
	set(id, 0, 0, 0);
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
	printf("set anew: overrun %ld\n", syscall(SYS_timer_getoverrun, id));
	sigprocmask(SIG_BLOCK, &mask, NULL);
	set(id, 0, 10, 10);
	sleep_ms(30);
	syscall(SYS_timer_delete, id);
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
	say("deleted", syscall(SYS_timer_getoverrun, id));
}

/* A signal that is ignored for a while. */
static void ignored(void)
{
	struct sigaction action = { .sa_sigaction = note, .sa_flags = SA_SIGINFO };
	int id;

	make(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGUSR2, 0, &id);
	signal(SIGUSR2, SIG_IGN);
	signals = 0;
	set(id, 0, 10, 10);
	sleep_ms(60);
	sigaction(SIGUSR2, &action, NULL);
	sleep_ms(25);
	printf("ignored, then %d\n", signals >= 2);
	syscall(SYS_timer_delete, id);
}

static void none(void)
{
	struct itimerspec left;
	struct timespec now;
	int id;

	make(CLOCK_MONOTONIC, SIGEV_NONE, 0, 0, &id);
	set(id, 0, 40, 0);
	syscall(SYS_timer_gettime, id, &left);
	printf("none %d", left.it_value.tv_nsec > 0);
	sleep_ms(50);
	syscall(SYS_timer_gettime, id, &left);
	printf(" then %ld\n", left.it_value.tv_nsec);
	set(id, 0, 10, 20);
	sleep_ms(50);
	syscall(SYS_timer_gettime, id, &left);
	printf("interval %d %ld\n", left.it_value.tv_nsec > 0 && left.it_value.tv_nsec <= 20 * MS,
	       left.it_interval.tv_nsec);
	clock_gettime(CLOCK_MONOTONIC, &now);
	left = (struct itimerspec){ .it_value = { now.tv_sec + 100, 0 } };
	syscall(SYS_timer_settime, id, TIMER_ABSTIME, &left, NULL);
	syscall(SYS_timer_gettime, id, &left);
	printf("absolute %d\n", left.it_value.tv_sec == 99 || left.it_value.tv_sec == 100);
	left = (struct itimerspec){ .it_value = { 1, 0 } };
	syscall(SYS_timer_delete, id);
	make(CLOCK_REALTIME, SIGEV_SIGNAL, SIGUSR1, 0, &id);
	signals = 0;
	syscall(SYS_timer_settime, id, TIMER_ABSTIME, &left, NULL);
	sleep_ms(10);
	printf("long ago %d\n", (int)signals);
	syscall(SYS_timer_delete, id);
}

static volatile pid_t thread_tid;

static void *thread_run(void *argument)
{
	int id;

	(void)argument;
	thread_tid = gettid();
	make(CLOCK_REALTIME, SIGEV_THREAD_ID, SIGRTMIN + 1, gettid(), &id);
	set(id, 0, 10, 0);
	sleep_ms(40);
	syscall(SYS_timer_delete, id);
	return NULL;
}

static void threads(void)
{
	pthread_t thread;

	signals = 0;
	pthread_create(&thread, NULL, thread_run, NULL);
	sleep_ms(20);
	pthread_join(thread, NULL);
	printf("thread %d by it %d\n", (int)signals, last_tid == thread_tid);
}

static void children(char **argv)
{
	char text[20];
	int id, status;

	make(CLOCK_REALTIME, SIGEV_SIGNAL, SIGUSR1, 0, &id);
	set(id, 0, 20, 20);
	fflush(stdout);
	if (fork() == 0) {
		signals = 0;
		sleep_ms(50);
		printf("child %d", (int)signals);
		say(" its timer", syscall(SYS_timer_getoverrun, id));
		fflush(stdout);
		_exit(0);
	}
	while (waitpid(-1, &status, 0) < 0)
		;
	printf("status %d\n", status);
	fflush(stdout);
	set(id, 0, 1000, 0);
	snprintf(text, sizeof(text), "%d", id);
	execl("/proc/self/exe", argv[0], text, NULL);
	perror("execl");
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_sigaction = note, .sa_flags = SA_SIGINFO | SA_RESTART };

	if (argc > 1) {
		say("after execve", syscall(SYS_timer_getoverrun, atoi(argv[1])));
		return 0;
	}
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGRTMIN + 1, &action, NULL);
	errors();
	once(CLOCK_REALTIME, "real");
	once(CLOCK_MONOTONIC, "monotonic");
	once(CLOCK_BOOTTIME, "boot");
	once(CLOCK_TAI, "tai");
	once(CLOCK_PROCESS_CPUTIME_ID, "process");
	once(CLOCK_THREAD_CPUTIME_ID, "thread");
	overruns();
	ignored();
	none();
	threads();
	children(argv);
	return 0;
}
