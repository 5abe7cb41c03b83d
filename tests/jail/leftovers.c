// SPDX-License-Identifier: Apache-2.0
/* Nothing of the caller stays in the monitor, nor the monitor without its launcher. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/hypercalls.h"
#include "common/err.h"
#include "tests/jail/scene.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ALL   (PERM_BASE | PERM_STREAMS | PERM_FILES | PERM_TREES)
#define WRONG 200 /* no errno: the call went through and its effect is wrong */

static int leaked(struct scene *s, const void *argument)
{
	(void)s;
	(void)argument;
	return scene_answer(fcntl(SCENE_LEAKED, F_GETFD));
}

static int count_descriptors(struct scene *s, const void *argument)
{
	int count = 0;

	(void)s;
	(void)argument;
	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void descriptors_alone(void **state)
{
	(void)state;
	assert_int_equal(scene_run(leaked, NULL, ALL, ABOVE_DESCRIPTORS, 0), EBADF);
	assert_int_equal(scene_run(leaked, NULL, ALL, ABOVE_DESCRIPTORS | LAYER_DESCRIPTORS, 0), 0);
	/* streams; vm, vcpu, outcome, signalfd, /proc/self/fd, outputs; grants */
	assert_int_equal(scene_run(count_descriptors, NULL, ALL, LAYER_SECCOMP, 0),
			 3 + 8 + GRANTED_WRITABLE);
}

static void own_descriptor_as_stream(void **state)
{
	struct grant grant = { .kind = GRANT_TMPFS, .fd = -1 };
	struct policy p = { .grants = &grant, .grant_count = 1 };
	struct jail_fds fds = { .vm = 2, .vcpu = 4, .outcome = 5, .self_fd = 6 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(jail_descriptors(&p, &fds, &e), -EBADF);
	assert_non_null(strstr(e.what, "is at 2"));
}

/* One that is free would be given to the next file that the guest walks to. */
static void no_stream_is_free(void **state)
{
	struct policy p = { .grant_count = 0 };
	struct jail_fds fds = { .vm = 4, .vcpu = 5, .outcome = 6 };
	struct err e = { 0 };
	int kept = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 100), r;

	(void)state;
	close(STDIN_FILENO);
	r = jail_descriptors(&p, &fds, &e);
	assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
	close(kept);
	assert_int_equal(r, -EBADF);
	assert_non_null(strstr(e.what, "0 is free"));
}

/* Nothing but NUL bytes where the kernel shows the environment. */
static int environment_bytes(struct scene *s, const void *argument)
{
	ssize_t n = 0;
	int fd = open("/proc/self/environ", O_RDONLY);

	(void)argument;
	if (fd < 0 || getenv("JAIL_TEST_SECRET"))
		return WRONG;
	while ((n = read(fd, s->buffer, sizeof(s->buffer))) > 0)
		for (ssize_t i = 0; i < n; i++)
			if (s->buffer[i])
				return WRONG + 1;
	return n < 0 ? errno : 0;
}

static void environment(void **state)
{
	(void)state;
	assert_non_null(getenv("PATH"));
	assert_int_equal(scene_run(environment_bytes, NULL, ALL, ABOVE_CAPABILITIES, 0), 0);
}

static int dumpable(struct scene *s, const void *argument)
{
	(void)s;
	(void)argument;
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}

static void not_dumpable(void **state)
{
	(void)state;
	assert_int_equal(scene_run(dumpable, NULL, ALL, LAYER_SECCOMP, 0), 0);
}
static int end_parent(struct scene *s, const void *argument)
{
	struct timespec forever = { .tv_sec = 20 };

	(void)argument;
	kill(s->parent, SIGKILL);
	nanosleep(&forever, NULL);
	return 0;
}

/* The launcher is killed with SIGKILL: the monitor, jailed, must be gone with it. */
static void dies_with_parent(void **state)
{
	int status, ends = 0;
	pid_t launcher;

	(void)state;
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	alarm(10);
	fflush(stdout);
	launcher = fork();
	if (launcher == 0) {
		scene_run(end_parent, NULL, ALL, ABOVE_LANDLOCK | LAYER_LANDLOCK, 0);
		_exit(0);
	}
	for (; wait(&status) > 0; ends++)
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(ends, 2);
	alarm(0);
	prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

static void parent_gone_already(void **state)
{
	struct policy p = { 0 };
	struct jail_fds fds = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(jail_close(&p, &fds, getppid() + 1, NULL, &e), -ESRCH);
	prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
}
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptors_alone),   cmocka_unit_test(own_descriptor_as_stream),
		cmocka_unit_test(no_stream_is_free),   cmocka_unit_test(environment),
		cmocka_unit_test(not_dumpable),	       cmocka_unit_test(dies_with_parent),
		cmocka_unit_test(parent_gone_already),
	};
	int failed;

	scene_create();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("leftovers", tests, NULL, NULL);
	scene_remove();
	return failed != 0;
}
