// SPDX-License-Identifier: Apache-2.0
/*
 * Each kind of policy gets the system calls that it needs and no more: how
 * many they are, and that what another kind has kills this one's monitor.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/hypercalls.h"
#include "common/syscall.h"
#include "hv/jail/host-calls.h"
#include "tests/jail/acts.h"
#include "tests/jail/scene.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NUMBERS	  600
#define KILLED	  ENDED_BY_SECCOMP
#define STREAMING (PERM_BASE | PERM_STREAMS)
#define COMPUTING (STREAMING | PERM_FILES) /* the program's file, and others to read */
#define READING	  (COMPUTING | PERM_TREES)
#define ONE_FILE  (COMPUTING | PERM_WRITE) /* a single file to write */
#define WRITING	  (READING | PERM_WRITE | PERM_NAMES)
#define WRONG	  200

#define TEXT_0	  ((long)"0")
#define TEXT_FILE ((long)"file")
#define TEXT_NEW  ((long)"new")
#define REOPEN	  (O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define WALK	  (O_PATH | O_NOFOLLOW | O_CLOEXEC)
#define CREATE	  (O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define MAP_READ  (MAP_PRIVATE | MAP_FIXED | MAP_POPULATE)

/* The kinds of policy, and the most system calls that a monitor of each has. */
static const struct {
	const char *name;
	uint32_t permissions;
	int plain, calls;
} kinds[] = {
	{ "nothing but a VM", PERM_BASE, 1, 8 },
	{ "streams", STREAMING, 1, 10 },
	{ "compute only", COMPUTING, 1, 15 },
	{ "compute only, streams of any kind", COMPUTING, 0, 15 },
	{ "directories to read", READING, 1, 19 },
	{ "directories to read, streams of any kind", READING, 0, 19 },
	{ "a file to write", ONE_FILE, 0, 26 },
	{ "directories to write", WRITING, 0, 33 },
};

static int count_calls(const struct policy *p, const struct jail_fds *fds)
{
	uint32_t bits = host_bits_of(p, fds);
	int count = 0;

	for (long number = 0; number < NUMBERS; number++)
		for (size_t i = 0; i < host_call_count; i++)
			if (host_calls[i].number == number &&
			    host_call_granted(&host_calls[i], bits, fds)) {
				count++;
				break;
			}
	return count;
}

static void counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const struct policy p = { .permissions = kinds[i].permissions };
		struct jail_fds fds = { .vm = 4, .vcpu = 5, .outcome = 6 };

		if (!kinds[i].plain)
			fds = (struct jail_fds){ 4, 5, 6, 9, 0, 10, 11, 12, 13, 7, 7 };
		if (kinds[i].permissions & PERM_OPENS)
			fds.self_fd = 8;
		printf("# %s: %d system calls\n", kinds[i].name, count_calls(&p, &fds));
		assert_int_equal(count_calls(&p, &fds), kinds[i].calls);
	}
}

/* What a kind is refused: by seccomp, all of it. */
static const struct {
	uint32_t permissions;
	const char *name;
	long number, arguments[ACT_ARGUMENTS];
} refused[] = {
	/* clang-format off */
	{ COMPUTING, "re-open", SYS_openat, { ACT_SELF, TEXT_0, O_RDONLY | REOPEN } },
	{ COMPUTING, "walk", SYS_openat, { ACT_DIR, TEXT_FILE, WALK } },
	{ COMPUTING, "close", SYS_close, { ACT_FILE } },
	{ COMPUTING, "list", SYS_getdents64, { ACT_DIR, ACT_BUFFER, 4096 } },
	{ COMPUTING, "read a link", SYS_readlinkat, { ACT_DIR, TEXT_FILE, ACT_BUFFER, 64 } },
	{ COMPUTING, "terminal", SYS_ioctl, { 0, TCGETS, ACT_BUFFER } },
	{ COMPUTING, "window", SYS_ioctl, { 0, TIOCGWINSZ, ACT_BUFFER } },
	{ COMPUTING, "seek a stream", SYS_lseek, { 0, 0, SEEK_CUR } },
	{ COMPUTING, "write to the file", SYS_pwritev2, { ACT_FILE, ACT_IOVEC, 1, 0, 0, 0 } },
	{ COMPUTING, "an output", SYS_pwritev2, { 3, ACT_IOVEC, 1, -1, -1, 0 } },
	{ STREAMING, "read a file", SYS_preadv2, { ACT_FILE, ACT_IOVEC, 1, 0, 0, 0 } },
	{ STREAMING, "map a file", SYS_mmap, { ACT_WINDOW, 4096, PROT_READ, MAP_READ, ACT_FILE } },
	{ STREAMING, "seek a file", SYS_lseek, { ACT_FILE, 0, SEEK_DATA } },
	{ PERM_BASE, "read a stream", SYS_preadv2, { 0, ACT_IOVEC, 1, -1, -1, 0 } },
	{ PERM_BASE, "write a stream", SYS_pwritev2, { 1, ACT_IOVEC, 1, -1, -1, 0 } },
	{ PERM_BASE, "attributes of a stream", SYS_fstat, { 0, ACT_BUFFER } },
	{ READING, "terminal", SYS_ioctl, { 0, TCGETS, ACT_BUFFER } },
	{ READING, "seek a stream", SYS_lseek, { 0, 0, SEEK_CUR } },
	{ ONE_FILE, "create", SYS_openat, { ACT_DIR, TEXT_NEW, CREATE, 0600 } },
	{ ONE_FILE, "walk", SYS_openat, { ACT_DIR, TEXT_FILE, WALK } },
	{ ONE_FILE, "mkdirat", SYS_mkdirat, { ACT_DIR, TEXT_NEW, 0700 } },
	{ ONE_FILE, "symlinkat", SYS_symlinkat, { TEXT_FILE, ACT_DIR, TEXT_NEW } },
	{ ONE_FILE, "unlinkat", SYS_unlinkat, { ACT_DIR, TEXT_FILE, 0 } },
	{ ONE_FILE, "renameat2", SYS_renameat2, { ACT_DIR, TEXT_FILE, ACT_DIR, TEXT_NEW, 0 } },
	{ ONE_FILE, "linkat", SYS_linkat, { ACT_SELF, TEXT_0, ACT_DIR, TEXT_NEW, AT_SYMLINK_FOLLOW } },
	{ ONE_FILE, "list", SYS_getdents64, { ACT_DIR, ACT_BUFFER, 4096 } },
	{ ONE_FILE, "read a link", SYS_readlinkat, { ACT_DIR, TEXT_FILE, ACT_BUFFER, 64 } },
	/* clang-format on */
};

static void what_is_not_needed_kills(void **state)
{
	(void)state;
	scene_plain = 1;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct act act = { .number = refused[i].number };
		int ended;

		memcpy(act.arguments, refused[i].arguments, sizeof(act.arguments));
		ended = scene_run(act_run, &act, refused[i].permissions, LAYER_NONE, 0);

		if (ended != KILLED)
			fail_msg("%s, row %zu: %d", refused[i].name, i, ended);
		ended = scene_run(act_run, &act, refused[i].permissions, LAYER_SECCOMP, 0);
		if (ended == KILLED)
			fail_msg("%s, row %zu: killed by something else", refused[i].name, i);
	}
	scene_plain = 0;
}

/* All that a compute-only monitor does with its file, which it cannot open. */
static int use_open_file(struct scene *s, const void *argument)
{
	struct iovec part = { s->buffer, sizeof(s->buffer) };
	int fd = s->grants[GRANTED_FILE].fd;
	struct statfs fs;
	struct stat st;

	(void)argument;
	if (host_readv(fd, &part, 1, 0, 0) != (ssize_t)strlen(SCENE_CONTENT) ||
	    memcmp(s->buffer, SCENE_CONTENT, strlen(SCENE_CONTENT)) != 0)
		return WRONG;
	if (mmap(s->window, 4096, PROT_READ, MAP_READ, fd, 0) == MAP_FAILED)
		return errno;
	if (syscall(SYS_fstat, fd, &st) || fstatfs(fd, &fs) || lseek(fd, 0, SEEK_DATA) != 0)
		return errno;
	return host_writev(1, &part, 1, -1, 0) > 0 ? 0 : WRONG + 1;
}

static void the_open_file_is_used(void **state)
{
	(void)state;
	scene_plain = 1;
	assert_int_equal(scene_run(use_open_file, NULL, COMPUTING, LAYER_NONE, 0), 0);
	scene_plain = 0;
}

static int open_granted(struct scene *s, const void *argument)
{
	(void)s;
	(void)argument;
	return scene_answer(open(scene_file, O_RDONLY));
}

/* Landlock alone: the file that is open already is not granted to be opened. */
static void no_rule_for_what_is_open(void **state)
{
	(void)state;
	assert_int_equal(scene_run(open_granted, NULL, COMPUTING, LAYER_SECCOMP, 0), EACCES);
	assert_int_equal(scene_run(open_granted, NULL, READING, LAYER_SECCOMP, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(what_is_not_needed_kills),
		cmocka_unit_test(the_open_file_is_used),
		cmocka_unit_test(no_rule_for_what_is_open),
	};
	int failed;

	scene_create();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("narrow", tests, NULL, NULL);
	scene_remove();
	return failed != 0;
}
