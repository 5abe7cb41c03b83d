// SPDX-License-Identifier: Apache-2.0
/*
 * The launcher against monitors that do everything wrong: they die, report
 * half an outcome, close the pipe and stay, or never end. tests/cli/fake-hv.c
 * takes the place of hv/.
 */
#include "sandbox-cli/run/launch.h"
#include "common/err.h"
#include "policy/policy.h"
#include "tests/cli/fake-hv.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static void report_status(int outcome)
{
	struct hv_outcome o = { .end = HV_END_STATUS, .code = 42 };

	if (outcome >= 0 && write(outcome, &o, sizeof(o)) != sizeof(o))
		_exit(98);
}

static void report_and_stay(int outcome)
{
	report_status(outcome);
	pause();
}

static void report_in_pieces(int outcome)
{
	struct hv_outcome o = { .end = HV_END_STATUS, .code = 43 };
	const char *bytes = (const char *)&o;

	for (size_t done = 0; done < sizeof(o); done += 8) {
		if (write(outcome, bytes + done, 8) != 8)
			_exit(98);
	}
}

static void report_half(int outcome)
{
	if (write(outcome, "half", 4) != 4)
		_exit(98);
}

static void die_of_sigsys(int outcome)
{
	(void)outcome;
	signal(SIGSYS, SIG_DFL); /* cmocka takes it */
	raise(SIGSYS);
}

static void close_and_stay(int outcome)
{
	close(outcome);
	for (;;)
		pause();
}

static void never_end(int outcome)
{
	(void)outcome;
	for (;;)
		pause();
}

static void pause_ms(long ms)
{
	const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

/* Until the launcher has told all of these. */
static void hear(uint64_t bits)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, HV_OUTSIDE_SIGNAL);
	while ((atomic_load(&fake_news->bits) & bits) != bits) {
		const struct timespec patience = { 5, 0 };

		/* EINTR: it was stopped meanwhile. */
		if (sigtimedwait(&set, NULL, &patience) < 0 && errno != EINTR)
			_exit(97);
	}
	if (atomic_load(&fake_news->bits) != bits)
		_exit(96);
}

static void hear_a_signal(int outcome)
{
	kill(getppid(), SIGTERM);
	hear(HC_OUTSIDE_SIGNAL(SIGTERM));
	report_status(outcome);
}

/* One act of somebody, such as of timeout(1). */
static void hear_signals_at_once(int outcome)
{
	kill(getppid(), SIGTERM);
	hear(HC_OUTSIDE_SIGNAL(SIGTERM));
	kill(getppid(), SIGINT);
	hear(HC_OUTSIDE_SIGNAL(SIGTERM) | HC_OUTSIDE_SIGNAL(SIGINT));
	report_status(outcome);
}

static void hear_signals_far_apart(int outcome)
{
	hear_signals_at_once(-1);
	pause_ms(2200);
	kill(getppid(), SIGHUP);
	hear(HC_OUTSIDE_SIGNAL(SIGTERM) | HC_OUTSIDE_SIGNAL(SIGINT) | HC_OUTSIDE_SIGNAL(SIGHUP));
	report_status(outcome);
}

/* Any number of those that do not ask for the end. */
static void hear_other_signals(int outcome)
{
	static const int others[] = { SIGUSR1, SIGUSR2, SIGWINCH, SIGALRM, SIGUSR1, SIGTSTP };
	uint64_t bits = 0;

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		kill(getppid(), others[i]);
		bits |= HC_OUTSIDE_SIGNAL(others[i]);
		hear(bits);
		pause_ms(120);
	}
	report_status(outcome);
}

static void end_the_launcher(int outcome)
{
	(void)outcome;
	kill(getppid(), SIGTERM);
	pause_ms(300);
	kill(getppid(), SIGINT);
	for (;;)
		pause();
}

static void obey_the_time(int outcome)
{
	hear(HC_OUTSIDE_SIGNAL(SIGTERM) | HC_OUTSIDE_GROUP(SIGCONT));
	report_status(outcome);
}

/* Only a continued one goes on. */
static void say_stopped(int outcome)
{
	struct hv_outcome o = { .end = HV_STOPPED };

	if (write(outcome, &o, sizeof(o)) != sizeof(o))
		_exit(98);
	hear(HC_OUTSIDE_GROUP(SIGCONT));
	report_status(outcome);
}

/* The signals of a terminal reach the monitor too; they are the launcher's affair. */
static void interrupt_oneself(int outcome)
{
	raise(SIGINT);
	report_status(outcome);
}

/* As often as it can: that is nobody's wish but its own. */
static void stop_the_clock(int outcome)
{
	struct hv_outcome o = { .end = HV_STOPPED };

	for (int i = 0; i < 100; i++)
		if (write(outcome, &o, sizeof(o)) != sizeof(o))
			_exit(98);
	hear(HC_OUTSIDE_SIGNAL(SIGTERM) | HC_OUTSIDE_GROUP(SIGCONT));
	report_status(outcome);
}

static void stop_when_asked(int outcome)
{
	kill(getppid(), SIGTSTP);
	hear(HC_OUTSIDE_SIGNAL(SIGTSTP));
	atomic_store(&fake_news->bits, 0);
	say_stopped(outcome);
}

static struct launch_result result;

static void launch(void (*monitor)(int), uint64_t timeout_ns)
{
	struct policy p = { .timeout_ns = timeout_ns, .kill_after_ns = 100000000 };
	char *argv[] = { NULL };
	struct err e = { 0 };
	struct launch_kvm kvm;
	const struct launch what = { &p, "/x", "x", argv, &kvm, -1, -1, 0, NULL, NULL, NULL, 0 };

	fake_monitor = monitor;
	kvm.fd = fake_kvm = open("/dev/null", O_RDWR | O_CLOEXEC);
	kvm.error = 0;
	kvm.cpuid = NULL;
	assert_int_equal(launch_run(&what, &result, &e), 0);
	assert_true(result.end_ns >= result.start_ns);
	close(fake_kvm);
	/* The launcher keeps nothing of the run. */
	for (int fd = 3; fd < 16; fd++)
		assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void reap(void)
{
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void an_outcome_is_taken(void **state)
{
	(void)state;
	launch(report_status, 0);
	assert_int_equal(result.end, LAUNCH_OUTCOME);
	assert_int_equal(result.outcome.code, 42);
	launch(report_in_pieces, 0);
	assert_int_equal(result.end, LAUNCH_OUTCOME);
	assert_int_equal(result.outcome.code, 43);
	reap();
}

static void the_monitors_end_is_not_waited_for(void **state)
{
	(void)state;
	reap();
	launch(report_and_stay, 0);
	assert_int_equal(result.end, LAUNCH_OUTCOME);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), 0); /* alive; it dies with this process */
}

static void a_death_is_told(void **state)
{
	(void)state;
	launch(die_of_sigsys, 0);
	assert_int_equal(result.end, LAUNCH_DIED);
	assert_true(WIFSIGNALED(result.number));
	assert_int_equal(WTERMSIG(result.number), SIGSYS);
	launch(report_half, 0);
	assert_int_equal(result.end, LAUNCH_DIED);
	launch(close_and_stay, 0);
	assert_int_equal(result.end, LAUNCH_DIED);
	assert_int_equal(WTERMSIG(result.number), SIGKILL);
}

static void an_unproved_jail_ends_it(void **state)
{
	struct policy p = { .timeout_ns = 1000000000, .kill_after_ns = 100000000 };
	char *argv[] = { NULL };
	struct err e = { 0 };
	struct launch_kvm kvm = { 0 };
	const struct launch what = { &p, "/x", "x", argv, &kvm, -1, -1, 0, NULL, NULL, NULL, 0 };

	(void)state;
	reap();
	fake_monitor = never_end;
	kvm.fd = fake_kvm = open("/dev/null", O_RDWR | O_CLOEXEC);
	fake_unproved = 1;
	assert_int_equal(launch_run(&what, &result, &e), -EPERM);
	fake_unproved = 0;
	assert_string_equal(e.what, "not proved");
	assert_int_equal(fake_proof_given, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no monitor is left */
	close(fake_kvm);
}

static void time_ends_it(void **state)
{
	uint64_t ms;

	(void)state;
	launch(never_end, 100000000ull);
	assert_int_equal(result.end, LAUNCH_TIMEOUT);
	ms = (result.end_ns - result.start_ns) / 1000000;
	assert_in_range(ms, 200, 5000);
	launch(obey_the_time, 100000000ull);
	assert_int_equal(result.end, LAUNCH_OUTCOME);
	assert_int_equal(result.timed_out, 1);
	launch(report_status, UINT64_MAX); /* a deadline past the end of time */
	assert_int_equal(result.end, LAUNCH_OUTCOME);
}

static void a_signal_is_handed_on(void **state)
{
	(void)state;
	launch(hear_a_signal, 0);
	assert_int_equal(result.end, LAUNCH_OUTCOME);
	launch(hear_signals_at_once, 0);
	assert_int_equal(result.end, LAUNCH_OUTCOME);
	launch(hear_signals_far_apart, 0);
	assert_int_equal(result.end, LAUNCH_OUTCOME);
	launch(hear_other_signals, 0);
	assert_int_equal(result.end, LAUNCH_OUTCOME);
}

static void a_second_signal_ends_it(void **state)
{
	(void)state;
	launch(end_the_launcher, 0);
	assert_int_equal(result.end, LAUNCH_SIGNAL);
	assert_int_equal(result.number, SIGINT);
}

/* As a shell sees it: the job stops, and goes on when it is continued. */
static void a_stopped_program_stops_the_launcher(void **state)
{
	pid_t job = fork();
	int status;

	(void)state;
	assert_true(job >= 0);
	if (job == 0) {
		setpgid(0, 0);
		launch(say_stopped, 0);
		_exit(result.end == LAUNCH_OUTCOME ? 7 : 8);
	}
	assert_int_equal(waitpid(job, &status, WUNTRACED), job);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(WSTOPSIG(status), SIGTSTP);
	kill(job, SIGCONT);
	assert_int_equal(waitpid(job, &status, WUNTRACED), job);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void a_program_cannot_stop_the_clock(void **state)
{
	pid_t job = fork();
	int status;

	(void)state;
	assert_true(job >= 0);
	if (job == 0) {
		setpgid(0, 0);
		launch(stop_the_clock, 100000000ull);
		_exit(result.end == LAUNCH_OUTCOME && result.timed_out ? 7 : 8);
	}
	assert_int_equal(waitpid(job, &status, WUNTRACED), job);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

/* The user can. */
static void a_user_can(void **state)
{
	pid_t job = fork();
	int status;

	(void)state;
	assert_true(job >= 0);
	if (job == 0) {
		setpgid(0, 0);
		launch(stop_when_asked, 3600000000000ull);
		_exit(result.end == LAUNCH_OUTCOME && !result.timed_out ? 7 : 8);
	}
	assert_int_equal(waitpid(job, &status, WUNTRACED), job);
	assert_true(WIFSTOPPED(status));
	kill(job, SIGCONT);
	assert_int_equal(waitpid(job, &status, WUNTRACED), job);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void a_signal_to_the_monitor_does_not(void **state)
{
	(void)state;
	launch(interrupt_oneself, 0);
	assert_int_equal(result.end, LAUNCH_OUTCOME);
}

static void an_ignored_signal_stays_ignored(void **state)
{
	(void)state;
	signal(SIGTERM, SIG_IGN);
	launch(end_the_launcher, 100000000ull);
	assert_int_equal(result.end, LAUNCH_TIMEOUT);
	signal(SIGTERM, SIG_DFL);
}

static void an_ignored_child_is_still_seen(void **state)
{
	(void)state;
	signal(SIGCHLD, SIG_IGN);
	launch(die_of_sigsys, 0);
	assert_int_equal(result.end, LAUNCH_DIED);
	assert_int_equal(WTERMSIG(result.number), SIGSYS);
}

static void closed_streams_are_held(void **state)
{
	int saved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 20), flags;
	struct err e = { 0 };

	(void)state;
	close(STDIN_FILENO);
	assert_int_equal(launch_streams(&e), 0);
	flags = fcntl(STDIN_FILENO, F_GETFL);
	assert_int_equal(flags & O_PATH, O_PATH);
	assert_int_equal(read(STDIN_FILENO, &flags, 1), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(fcntl(STDOUT_FILENO, F_GETFL) & O_PATH, 0);
	close(STDIN_FILENO);
	if (saved >= 0)
		dup2(saved, STDIN_FILENO);
	close(saved);
}

/* Each test in the state that a shell would give: signals unblocked. */
static int unblock(void **state)
{
	sigset_t none;

	(void)state;
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, unblock)
	const struct CMUnitTest tests[] = {
		TEST(an_outcome_is_taken),
		TEST(a_death_is_told),
		TEST(an_unproved_jail_ends_it),
		TEST(time_ends_it),
		TEST(a_signal_is_handed_on),
		TEST(a_second_signal_ends_it),
		TEST(a_stopped_program_stops_the_launcher),
		TEST(a_program_cannot_stop_the_clock),
		TEST(a_user_can),
		TEST(a_signal_to_the_monitor_does_not),
		TEST(an_ignored_signal_stays_ignored),
		TEST(an_ignored_child_is_still_seen),
		TEST(closed_streams_are_held),
		TEST(the_monitors_end_is_not_waited_for),
	};

	/* The streams are ours; whatever else the caller left open is not looked at. */
	close_range(3, ~0u, 0);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
