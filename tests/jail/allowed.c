// SPDX-License-Identifier: Apache-2.0
/* What the monitor does for a living still works in the whole jail, for root and for a user. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/hypercalls.h"
#include "common/syscall.h"
#include "tests/jail/scene.h"
#include "tests/not-run.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/kvm.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define ALL	  (PERM_BASE | PERM_STREAMS | PERM_FILES | PERM_TREES)
#define REOPEN	  (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define WALK	  (O_PATH | O_NOFOLLOW | O_CLOEXEC)
#define CREATE	  (O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define TEMPORARY (O_RDWR | O_TMPFILE | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define WRITING	  (ALL | PERM_WRITE | PERM_NAMES)
#define NOBODY	  65534

static int landlock_abi; /* to be asked outside of the jail */

/* Statuses that no errno has: the call went through and its effect is wrong. */
#define WRONG(n) (200 + (n))

static int walk(const struct scene *s, const char *name)
{
	return openat(s->grants[GRANTED_DIR].fd, name, WALK);
}

static int reopen(const struct scene *s, int fd)
{
	char name[16];

	snprintf(name, sizeof(name), "%d", fd);
	return openat(s->fds.self_fd, name, REOPEN);
}

static int read_file(struct scene *s, const void *argument)
{
	struct iovec part = { s->buffer, sizeof(s->buffer) };
	int fd = reopen(s, walk(s, "file"));

	(void)argument;
	if (fd < 0)
		return errno;
	if (host_readv(fd, &part, 1, 0, 0) != (ssize_t)strlen(SCENE_CONTENT))
		return WRONG(0);
	if (memcmp(s->buffer, SCENE_CONTENT, strlen(SCENE_CONTENT)) != 0)
		return WRONG(1);
	return close(fd) ? errno : 0;
}

static int read_granted_file(struct scene *s, const void *argument)
{
	int fd = reopen(s, s->grants[GRANTED_FILE].fd);

	(void)argument;
	return fd < 0 ? errno : 0;
}

static int list_directory(struct scene *s, const void *argument)
{
	int fd = reopen(s, s->grants[GRANTED_DIR].fd);

	(void)argument;
	if (fd < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return errno;
	return syscall(SYS_getdents64, fd, s->buffer, sizeof(s->buffer)) > 0 ? 0 : errno;
}

static int read_link(struct scene *s, const void *argument)
{
	int fd = walk(s, "link");

	(void)argument;
	if (fd < 0)
		return errno;
	if (readlinkat(fd, "", s->buffer, sizeof(s->buffer)) != 4)
		return WRONG(0);
	return memcmp(s->buffer, "file", 4) ? WRONG(1) : 0;
}

static int attributes(struct scene *s, const void *argument)
{
	struct statfs fs;
	struct stat st;
	int fd = walk(s, "file");

	(void)argument;
	if (fd < 0 || syscall(SYS_fstat, fd, &st) || fstatfs(fd, &fs))
		return errno;
	return st.st_size == (off_t)strlen(SCENE_CONTENT) ? 0 : WRONG(0);
}

static int map_file(struct scene *s, const void *argument)
{
	int fd = reopen(s, walk(s, "file"));
	const char *map;

	(void)argument;
	map = mmap(s->window, 4096, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_POPULATE, fd, 0);
	if (map == MAP_FAILED)
		return errno;
	if (memcmp(map, SCENE_CONTENT, strlen(SCENE_CONTENT)) != 0)
		return WRONG(0);
	map = mmap(s->window, 4096, PROT_READ,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
	return map == MAP_FAILED ? errno : 0;
}

static int give_memory(struct scene *s, const void *argument)
{
	(void)argument;
	return madvise(s->window, 4096, MADV_DONTNEED) ? errno : 0;
}

/* In the forms of hv/: the raw calls, since a library may make others of them. */
static int change_file(struct scene *s, const void *argument)
{
	const struct timespec times[2] = { { 1, 0 }, { .tv_nsec = UTIME_NOW } };
	int dir = s->grants[GRANTED_WRITABLE].fd;
	int fd = (int)syscall(SYS_openat, dir, "new", CREATE, 0640);
	struct stat st;

	(void)argument;
	s->iovec.iov_len = 4;
	if (fd < 0 || syscall(SYS_pwritev2, fd, &s->iovec, 1, 0, 0, 0) != 4 ||
	    syscall(SYS_pwritev2, fd, &s->iovec, 1, 0, 0, RWF_APPEND) != 4)
		return errno;
	if (ftruncate(fd, 6) || syscall(SYS_fallocate, fd, 1l, 0l, 4096l) || fsync(fd) ||
	    fdatasync(fd))
		return errno;
	if (syscall(SYS_fchmod, fd, 0600) || syscall(SYS_fchown, fd, -1, -1) ||
	    syscall(SYS_utimensat, fd, NULL, times, 0))
		return errno;
	if ((syscall(SYS_fsetxattr, fd, "user.x", "y", 1l, 0l) ||
	     syscall(SYS_fremovexattr, fd, "user.x")) &&
	    errno != EOPNOTSUPP)
		return errno;
	if (syscall(SYS_fstat, fd, &st) || st.st_size != 6 || st.st_mode != (S_IFREG | 0600) ||
	    st.st_atime != 1)
		return WRONG(0);
	return 0;
}

static int reopen_to_write(struct scene *s, const void *argument)
{
	static const int access[] = { O_WRONLY, O_RDWR };
	char name[16];

	(void)argument;
	for (int i = 0; i < 2; i++) {
		int fd = openat(s->grants[GRANTED_WRITABLE].fd, "sub", WALK);
		int new = (int)syscall(SYS_openat, fd, "new", CREATE, 0600);

		snprintf(name, sizeof(name), "%d", new);
		if (new < 0 ||
		    openat(s->fds.self_fd, name, access[i] | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) < 0)
			return errno;
		if (unlinkat(fd, "new", 0))
			return errno;
	}
	return 0;
}

static int change_names(struct scene *s, const void *argument)
{
	const struct timespec times[2] = { { 1, 0 }, { 2, 0 } };
	int dir = s->grants[GRANTED_WRITABLE].fd;
	int sub = openat(dir, "sub", WALK), fd = (int)syscall(SYS_openat, dir, "new", CREATE, 0600);
	char name[16];

	(void)argument;
	snprintf(name, sizeof(name), "%d", fd);
	if (fd < 0 || linkat(s->fds.self_fd, name, dir, "two", AT_SYMLINK_FOLLOW) ||
	    syscall(SYS_renameat2, dir, "two", dir, "new", 2))
		return errno;
	if (landlock_abi >= 2 &&
	    (syscall(SYS_renameat2, dir, "two", sub, "moved", 1) || unlinkat(sub, "moved", 0)))
		return errno;
	if (mkdirat(sub, "dir", 0700) || symlinkat("to", sub, "link"))
		return errno;
	fd = openat(sub, "link", WALK);
	if (syscall(SYS_utimensat, fd, "", times, AT_EMPTY_PATH))
		return errno;
	if (unlinkat(sub, "link", 0) || unlinkat(sub, "dir", AT_REMOVEDIR) ||
	    unlinkat(dir, "new", 0))
		return errno;
	return landlock_abi < 2 && unlinkat(dir, "two", 0) ? errno : 0;
}

static int name_a_temporary_file(struct scene *s, const void *argument)
{
	int dir = s->grants[GRANTED_WRITABLE].fd;
	int fd = (int)syscall(SYS_openat, dir, ".", TEMPORARY, 0600);
	char name[16];

	(void)argument;
	if (fd < 0)
		return errno == EOPNOTSUPP ? 0 : errno;
	snprintf(name, sizeof(name), "%d", fd);
	return linkat(s->fds.self_fd, name, dir, "new", AT_SYMLINK_FOLLOW) ? errno : 0;
}

static int fill_handles(struct scene *s, const void *argument)
{
	(void)argument;
	for (unsigned int i = SCENE_GRANTS; i < s->policy.handles_max; i++)
		if (walk(s, "file") < 0)
			return errno;
	return reopen(s, walk(s, "file")) < 0 ? errno : 0;
}

static int streams(struct scene *s, const void *argument)
{
	struct pollfd fds[4] = {
		{ 0, POLLIN, 0 }, { 1, POLLOUT, 0 }, { -1, 0, 0 }, { s->fds.outside, POLLIN, 0 }
	};
	struct timespec left = { 0 };
	struct iovec in = { s->buffer, sizeof(s->buffer) };
	struct iovec out = { s->buffer, 0 };
	struct stat st;
	ssize_t n;

	(void)argument;
	if (syscall(SYS_ppoll, fds, 4, &left, NULL, 0) != 2)
		return WRONG(0);
	n = host_readv(0, &in, 1, -1, 0);
	if (n < 0)
		return (int)-n;
	out.iov_len = (size_t)n;
	if (host_writev(1, &out, 1, -1, 0) != n)
		return WRONG(1);
	/* Kernels before Linux 6.4 cannot say it of a pipe. */
	if (syscall(SYS_preadv2, 0L, &in, 1L, -1L, -1L, (long)RWF_NOWAIT) > 0 ||
	    (errno != EAGAIN && errno != EOPNOTSUPP && errno != 0))
		return WRONG(6);
	out.iov_len = 0;
	if (syscall(SYS_pwritev2, 1L, &out, 1L, -1L, -1L, (long)RWF_NOWAIT) != 0)
		return WRONG(7);
	if (lseek(0, 0, SEEK_CUR) >= 0 || errno != ESPIPE)
		return WRONG(2);
	if (syscall(SYS_fstat, 0, &st) || !S_ISFIFO(st.st_mode))
		return WRONG(3);
	if (ioctl(0, TCGETS, s->buffer) == 0 || errno != ENOTTY)
		return WRONG(4);
	return ioctl(1, TIOCGWINSZ, s->buffer) && errno == ENOTTY ? 0 : WRONG(5);
}

static int outputs(struct scene *s, const void *argument)
{
	struct iovec out = { (char *)"ab", 2 };

	(void)argument;
	if (host_writev(s->fds.save, &out, 1, -1, 0) != 2 ||
	    host_writev(s->fds.trace, &out, 1, -1, 0) != 2 ||
	    host_writev(s->fds.notes, &out, 1, -1, 0) != 2)
		return errno;
	return 0;
}

static int time_of_day(struct scene *s, const void *argument)
{
	(void)argument;
	if (syscall(SYS_clock_gettime, CLOCK_REALTIME, s->buffer))
		return errno;
	return syscall(SYS_clock_gettime, CLOCK_MONOTONIC, s->buffer) ? errno : 0;
}

static int timer(struct scene *s, const void *argument)
{
	const struct itimerval soon = { .it_value.tv_usec = 20000 };
	const struct timespec second = { .tv_sec = 1 };
	sigset_t alarm;

	(void)argument;
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	if (syscall(SYS_setitimer, ITIMER_REAL, &soon, NULL))
		return errno;
	if (syscall(SYS_rt_sigtimedwait, &alarm, NULL, &second, 8L) != SIGALRM)
		return errno;
	return ioctl(s->fds.vcpu, KVM_GET_VCPU_EVENTS, s->buffer) ? errno : 0;
}

/* The vCPU has no memory, so entering fails in KVM's own way; it must not be the filter's. */
static int kvm(struct scene *s, const void *argument)
{
	struct kvm_userspace_memory_region region = {
		.memory_size = SCENE_WINDOW,
		.userspace_addr = (uint64_t)(uintptr_t)s->window,
	};
	union {
		struct kvm_regs regs;
		struct kvm_sregs sregs;
	} state;

	(void)argument;
	if (ioctl(s->fds.vm, KVM_SET_USER_MEMORY_REGION, &region))
		return errno;
	if (ioctl(s->fds.vcpu, KVM_RUN, 0) && errno == EAGAIN)
		return EAGAIN; /* KVM could not start its worker thread: see limits.c */
	if (ioctl(s->fds.vcpu, KVM_GET_REGS, &state))
		return errno;
	return ioctl(s->fds.vcpu, KVM_GET_SREGS, &state) ? errno : 0;
}

static int outcome(struct scene *s, const void *argument)
{
	const struct iovec done = { (char *)"done", 4 };

	(void)argument;
	return host_writev(s->fds.outcome, &done, 1, -1, 0) == 4 ? 0 : errno;
}

static const struct work {
	const char *name;
	scene_act *act;
	uint32_t permissions;
	const char *output;
} works[] = {
	{ "walk to a file, re-open and read it", read_file, ALL, "" },
	{ "re-open a file that is itself a grant", read_granted_file, ALL, "" },
	{ "list a directory", list_directory, ALL, "" },
	{ "read a symbolic link", read_link, ALL, "" },
	{ "attributes of a file and its file system", attributes, ALL, "" },
	{ "map a file, and take it back", map_file, ALL, "" },
	{ "give memory back", give_memory, PERM_BASE, "" },
	{ "create, write and change a file", change_file, WRITING, "" },
	{ "make a handle writable", reopen_to_write, WRITING, "" },
	{ "link, rename, exchange and remove", change_names, WRITING, "" },
	{ "a file without a name, and its name", name_a_temporary_file, WRITING, "" },
	{ "as many handles as the policy says", fill_handles, ALL, "" },
	{ "poll, read and write streams", streams, PERM_BASE | PERM_STREAMS, SCENE_INPUT },
	{ "write the outputs", outputs, PERM_BASE | PERM_STREAMS, "ababab" },
	{ "time", time_of_day, PERM_BASE, "" },
	{ "an alarm, and the signal that it raises", timer, PERM_BASE, "" },
	{ "memory slots, the vCPU and its registers", kvm, PERM_BASE, "" },
	{ "the outcome", outcome, PERM_BASE, "done" },
};

#define WORKS (sizeof(works) / sizeof(works[0]))

static void as_root(void **state)
{
	const struct work *work = *state;

	assert_int_equal(scene_run(work->act, NULL, work->permissions, LAYER_NONE, 0), 0);
	assert_string_equal(scene_output, work->output);
}

static void as_ordinary_user(void **state)
{
	const struct work *work = *state;

	if (getuid() != 0)
		NOT_RUN("an ordinary user runs the tests");
	assert_int_equal(scene_run(work->act, NULL, work->permissions, LAYER_NONE, NOBODY), 0);
	assert_string_equal(scene_output, work->output);
}

int main(void)
{
	static struct CMUnitTest tests[2 * WORKS];
	static char names[2 * WORKS][128];
	size_t count = 0;
	int failed;

	for (size_t i = 0; i < WORKS; i++) {
		snprintf(names[count], sizeof(names[count]), "%s", works[i].name);
		tests[count] =
			(struct CMUnitTest){ names[count], as_root, NULL, NULL, (void *)&works[i] };
		count++;
		snprintf(names[count], sizeof(names[count]), "as user nobody: %s", works[i].name);
		tests[count] = (struct CMUnitTest){ names[count], as_ordinary_user, NULL, NULL,
						    (void *)&works[i] };
		count++;
	}
	landlock_abi = jail_landlock_abi();
	scene_create();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = _cmocka_run_group_tests("allowed", tests, count, NULL, NULL);
	scene_remove();
	return failed != 0;
}
