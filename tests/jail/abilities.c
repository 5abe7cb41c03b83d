// SPDX-License-Identifier: Apache-2.0
/*
 * What is left to a stolen monitor, for SECURITY.md: tried with whatever the
 * policy grants, so that the table of the shipped profiles makes itself.
 */
#include "tests/jail/stolen.h"

#include "abi/hypercalls.h"
#include "common/syscall.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/kvm.h>
#include <poll.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REOPEN	(O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define WALK	(O_PATH | O_NOFOLLOW | O_CLOEXEC)
#define UNNAMED (O_RDWR | O_TMPFILE | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

/* The first grant of a kind; -1: there is none. */
static int granted(const struct scene *s, enum grant_kind kind)
{
	for (size_t i = 0; i < s->policy.grant_count; i++)
		if (s->policy.grants[i].kind == kind && S_ISDIR(s->policy.grants[i].mode))
			return s->policy.grants[i].fd;
	errno = ENOENT;
	return -1;
}

static int reopen(const struct scene *s, int fd, int flags)
{
	char name[16];

	if (fd < 0)
		return -1;
	snprintf(name, sizeof(name), "%d", fd);
	return host_openat(s->fds.self_fd, name, flags | REOPEN);
}

static int write_output(struct scene *s)
{
	const struct iovec nothing = { s->buffer, 0 };

	return (int)-host_writev(1, &nothing, 1, -1, 0);
}

static int read_input(struct scene *s)
{
	const struct iovec nothing = { s->buffer, 0 };

	return (int)-host_readv(0, &nothing, 1, -1, 0);
}

static int tell_the_time(struct scene *s)
{
	struct timespec now;

	(void)s;
	return scene_answer(syscall(SYS_clock_gettime, CLOCK_REALTIME, &now));
}

static int read_granted(struct scene *s)
{
	int fd = reopen(s, granted(s, GRANT_READ), O_RDONLY);

	return fd < 0 ? errno : scene_answer(syscall(SYS_getdents64, fd, s->buffer, 4096l));
}

static int look_at_any_file(struct scene *s)
{
	struct stat st;

	(void)s;
	return scene_answer(fstat(host_openat(-1, "/etc/shadow", WALK), &st));
}

static int read_any_link(struct scene *s)
{
	int proc = host_openat(-1, "/proc", WALK);

	return proc < 0 ? errno
			: scene_answer(syscall(SYS_readlinkat, proc, "self", s->buffer, 64l));
}

static int read_any_file(struct scene *s)
{
	return scene_answer(reopen(s, host_openat(-1, scene_outside, WALK), O_RDONLY));
}

static int change_granted(struct scene *s)
{
	return scene_answer(host_create(granted(s, GRANT_WRITE), ".", UNNAMED, 0600));
}

/* Attributes: of what is below a read grant, and of anything that the user owns. */
static int change_mode_below_read_grant(struct scene *s)
{
	struct stat st;
	int fd = reopen(s, granted(s, GRANT_READ), O_RDONLY);

	if (fd < 0 || fstat(fd, &st))
		return errno;
	return scene_answer(fchmod(fd, st.st_mode & 0777));
}

static int change_times_of_any_file(struct scene *s)
{
	const struct timespec leave[2] = { { 0, UTIME_OMIT }, { 0, UTIME_OMIT } };
	int fd = host_openat(-1, scene_outside, WALK);

	(void)s;
	return scene_answer(syscall(SYS_utimensat, fd, "", leave, AT_EMPTY_PATH));
}

static int write_outside(struct scene *s)
{
	return scene_answer(reopen(s, host_openat(-1, scene_outside, WALK), O_WRONLY));
}

static int start_a_process(struct scene *s)
{
	(void)s;
	return scene_answer(syscall(SYS_fork));
}

static int make_a_socket(struct scene *s)
{
	(void)s;
	return scene_answer(syscall(SYS_socket, 1, 1, 0));
}

static int signal_the_launcher(struct scene *s)
{
	return scene_answer(syscall(SYS_kill, s->parent, 0));
}

static int make_code(struct scene *s)
{
	return scene_answer((int)syscall(SYS_mprotect, s->window, 4096l, PROT_READ | PROT_EXEC));
}

/* clang-format off */
const struct step abilities[] = {
	{ "read the standard input", 0, read_input },
	{ "write to the standard output and error", 0, write_output },
	{ "tell the time", 0, tell_the_time },
	{ "read and list below the read grants", 0, read_granted },
	{ "look at the attributes of any file that the user may look at", 0, look_at_any_file },
	{ "read the target of any symbolic link", 0, read_any_link },
	{ "create, change and remove below the write grants", 0, change_granted },
	{ "change mode, group and extended attributes of the user's files below read grants", 0,
	  change_mode_below_read_grant },
	{ "change the times of any file of the user", 0, change_times_of_any_file },
	{ "read a file outside of the grants", 0, read_any_file },
	{ "write to a file outside of the write grants", 0, write_outside },
	{ "start a process", 0, start_a_process },
	{ "make a socket", 0, make_a_socket },
	{ "signal another process", 0, signal_the_launcher },
	{ "make or run new code", 0, make_code },
};
/* clang-format on */

const size_t ability_count = sizeof(abilities) / sizeof(abilities[0]);
