// SPDX-License-Identifier: Apache-2.0
/* Landlock holds without seccomp, and seccomp without Landlock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/hypercalls.h"
#include "common/err.h"
#include "common/syscall.h"
#include "hv/jail/landlock.h"
#include "tests/jail/scene.h"
#include "tests/not-run.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALL   (PERM_BASE | PERM_STREAMS | PERM_FILES | PERM_TREES)
#define WRONG 200 /* no errno: the call went through and its effect is wrong */

static int read_outside(struct scene *s, const void *path)
{
	(void)s;
	return scene_answer(open(path, O_RDONLY));
}

/*
 * What the layers together cannot refuse: a handle of any file, because
 * seccomp does not see names and Landlock does not rule O_PATH. It shows
 * attributes; contents and listings stay closed.
 */
static int handle_outside(struct scene *s, const void *path)
{
	int fd = openat(s->fds.self_fd, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct iovec part = { s->buffer, sizeof(s->buffer) };
	char name[16];

	if (fd < 0 || host_readv(fd, &part, 1, 0, 0) != -EBADF)
		return WRONG;
	if (syscall(SYS_getdents64, fd, s->buffer, sizeof(s->buffer)) >= 0 || errno != EBADF)
		return WRONG + 1;
	snprintf(name, sizeof(name), "%d", fd);
	return scene_answer(
		openat(s->fds.self_fd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

static void handles_outside_show_attributes_only(void **state)
{
	(void)state;
	assert_int_equal(scene_run(handle_outside, scene_outside, ALL, LAYER_NONE, 0), EACCES);
	assert_int_equal(scene_run(handle_outside, "/etc/shadow", ALL, LAYER_NONE, 0), EACCES);
	assert_int_equal(scene_run(handle_outside, "/root", ALL, LAYER_NONE, 0), EACCES);
}

/* A kernel without Landlock, or with Landlock not enabled: the run is refused in these words. */
static int refused_without_landlock(int error, const char *hint)
{
	scmp_filter_ctx kernel = seccomp_init(SCMP_ACT_ALLOW);
	struct policy p = { .grants = NULL };
	struct err e = { .status = 0 };

	seccomp_rule_add(kernel, SCMP_ACT_ERRNO((uint32_t)error), SYS_landlock_create_ruleset, 0);
	if (seccomp_load(kernel) || jail_landlock(&p, &e) != -error)
		return WRONG;
	return strcmp(e.what, "Landlock is not enabled on this kernel; refusing to run without "
			      "the second layer") ||
	       !strstr(e.hint, hint) || e.status != ERR_SANDBOX;
}

static void landlock_missing(void **state)
{
	static const struct {
		int error;
		const char *hint;
	} cases[] = { { EOPNOTSUPP, "lsm=landlock" }, { ENOSYS, "Linux 5.13" } };
	int status;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (fork() == 0)
			_exit(refused_without_landlock(cases[i].error, cases[i].hint));
		assert_int_not_equal(wait(&status), -1);
		assert_int_equal(status, 0);
	}
}

static int connect_tcp(struct scene *s, const void *argument)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)s;
	(void)argument;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return fd < 0 ? errno : scene_answer(connect(fd, (void *)&to, sizeof(to)));
}

static int connect_abstract(struct scene *s, const void *argument)
{
	const struct sockaddr_un *to = argument;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)s;
	return fd < 0 ? errno : scene_answer(connect(fd, (const void *)to, sizeof(*to)));
}

static void landlock_alone(void **state)
{
	(void)state;
	assert_int_equal(scene_run(read_outside, "/etc/passwd", ALL, ABOVE_LANDLOCK, 0), EACCES);
	assert_int_equal(scene_run(read_outside, scene_outside, ALL, ABOVE_LANDLOCK, 0), EACCES);
	assert_int_equal(scene_run(read_outside, scene_file, ALL, ABOVE_LANDLOCK, 0), 0);
	/* and it is Landlock that did it */
	assert_int_equal(scene_run(read_outside, "/etc/passwd", ALL, ABOVE_LIMITS, 0), 0);
}

static void landlock_network(void **state)
{
	(void)state;
	if (jail_landlock_abi() < 4) {
		NOT_RUN("this kernel's Landlock has no network rights");
	}
	assert_int_equal(scene_run(connect_tcp, NULL, ALL, ABOVE_LANDLOCK, 0), EACCES);
	assert_int_not_equal(scene_run(connect_tcp, NULL, ALL, ABOVE_LIMITS, 0), EACCES);
}

static void landlock_scopes(void **state)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	if (jail_landlock_abi() < 6) {
		NOT_RUN("this kernel's Landlock has no scopes");
	}
	snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, "jail-test-%d", getpid());
	assert_int_equal(bind(listener, (void *)&name, sizeof(name)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(scene_run(connect_abstract, &name, ALL, ABOVE_LANDLOCK, 0), EPERM);
	assert_int_equal(scene_run(connect_abstract, &name, ALL, ABOVE_LIMITS, 0), 0);
	close(listener);
}
static void seccomp_alone(void **state)
{
	(void)state;
	assert_int_equal(scene_run(read_outside, "/etc/passwd", ALL, LAYER_LANDLOCK, 0),
			 ENDED_BY_SECCOMP);
	assert_int_equal(scene_run(connect_tcp, NULL, ALL, LAYER_LANDLOCK, 0), ENDED_BY_SECCOMP);
}
/* Nobody executes, makes what is no file, directory or link (I6), or asks a device. */
#define NEVER \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | \
	 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
	 LANDLOCK_ACCESS_FS_MAKE_FIFO | 1ull << 15)
#define READS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define OF_FILES \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | 1ull << 14) /* truncate */

static void each_grant_gives_its_own(void **state)
{
	static const enum grant_kind kinds[] = { GRANT_READ,  GRANT_OVERLAY, GRANT_WRITE,
						 GRANT_TMPFS, GRANT_SYMLINK, GRANT_DENY };
	const struct landlock_rights all = landlock_handled(LANDLOCK_ABI_NEWEST);
	const struct policy p = { .permissions = ALL | PERM_WRITE | PERM_NAMES };
	const struct policy closed = { .permissions = PERM_BASE | PERM_FILES };

	(void)state;
	assert_int_equal(all.fs, (1ull << 16) - 1);
	for (size_t i = 0; i < 2 * sizeof(kinds) / sizeof(*kinds); i++) {
		const struct grant grant = { .kind = kinds[i / 2],
					     .mode = i % 2 ? S_IFDIR : S_IFREG };
		uint64_t rights = landlock_allowed(&p, &grant, &all);

		assert_int_equal(rights & NEVER, 0);
		assert_int_equal(rights != 0, grant_is_host(grant.kind));
		if (grant.kind != GRANT_WRITE)
			assert_int_equal(rights & ~READS, 0);
		if (!(i % 2))
			assert_int_equal(rights & ~OF_FILES, 0);
		assert_int_equal(landlock_allowed(&closed, &grant, &all), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_grant_gives_its_own),
		cmocka_unit_test(seccomp_alone),
		cmocka_unit_test(landlock_alone),
		cmocka_unit_test(handles_outside_show_attributes_only),
		cmocka_unit_test(landlock_missing),
		cmocka_unit_test(landlock_network),
		cmocka_unit_test(landlock_scopes),
	};
	int failed;

	scene_create();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("landlock", tests, NULL, NULL);
	scene_remove();
	return failed != 0;
}
