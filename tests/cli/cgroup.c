// SPDX-License-Identifier: Apache-2.0
/* A control group for a child that computes, where this host lets us make one. */
#include "sandbox-cli/run/cgroup.h"
#include "policy/policy.h"
#include "tests/not-run.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static pid_t start(void)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (volatile int i = 0;; i++)
		;
}

static void end(pid_t child)
{
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static long clock_ms(clockid_t clock)
{
	struct timespec time;

	assert_int_equal(clock_gettime(clock, &time), 0);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void the_share_is_kept_and_nothing_is_left(void **state)
{
	const struct policy p = { .cpu_percent = 20, .memory = 64ull << 20 };
	const struct timespec second = { .tv_sec = 1 };
	static struct cgroup group;
	char path[PATH_MAX];
	pid_t child = start();
	long used, passed;
	clockid_t clock;

	(void)state;
	cgroup_enter(&group, &p, child);
	if (!group.version) {
		end(child);
		NOT_RUN("no control group can be made here");
	}
	assert_true(group.limited & 1u << CGROUP_CPU);
	strcpy(path, group.paths[CGROUP_CPU]);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(clock_getcpuclockid(child, &clock), 0);
	passed = clock_ms(CLOCK_MONOTONIC);
	used = clock_ms(clock);
	nanosleep(&second, NULL);
	used = clock_ms(clock) - used;
	passed = clock_ms(CLOCK_MONOTONIC) - passed;
	end(child);
	print_message("# version %d, 20 percent: %ld ms of %ld\n", group.version, used, passed);
	/* Others may take of it, and a period's share may be used at its end and at its start. */
	assert_in_range(used, 10, passed * 2 / 5);
	cgroup_leave(&group);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(group.version, 0);
}

/* Who may make none gets none, and no rest of one. */
static void an_ordinary_user_has_none_or_all(void **state)
{
	const struct policy p = { .cpu_percent = 20, .memory = 64ull << 20 };
	static struct cgroup group;
	pid_t other = start(), child;
	int status;

	(void)state;
	if (getuid() != 0) {
		end(other);
		NOT_RUN("an ordinary user runs the tests");
	}
	child = fork();
	if (child == 0) {
		if (setgid(65534) || setuid(65534))
			_exit(2);
		cgroup_enter(&group, &p, other);
		_exit(group.version != 0 || group.limited != 0 || *group.paths[CGROUP_CPU]);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	end(other);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_share_is_kept_and_nothing_is_left),
		cmocka_unit_test(an_ordinary_user_has_none_or_all),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("cgroup", tests, NULL, NULL) != 0;
}
