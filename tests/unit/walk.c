// SPDX-License-Identifier: Apache-2.0
/* I5, I6, I7: FS_WALK goes down by names only, never through a link, and opens files only. */
#include "tests/unit/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HANDLES 6 /* one of them the grant */

static struct vm vm;
static char *scratch;
static struct hc_fs_walk_out out;

/* scratch: dir/sub/file, file, link -> /etc, up -> .., fifo */
static int setup(void **state)
{
	const char *grants[] = { NULL, NULL };
	int root;

	(void)state;
	scratch = scratch_make();
	root = open(scratch, O_RDONLY | O_DIRECTORY);
	assert_true(root >= 0);
	assert_int_equal(mkdirat(root, "dir", 0755), 0);
	assert_int_equal(mkdirat(root, "dir/sub", 0700), 0);
	assert_int_equal(mkfifoat(root, "fifo", 0644), 0);
	assert_int_equal(symlinkat("/etc", root, "link"), 0);
	assert_int_equal(symlinkat("..", root, "up"), 0);
	close(root);
	scratch_write(scratch, "file", "hello");
	scratch_write(scratch, "dir/sub/file", "deep");
	grants[0] = scratch;
	guest_start(&vm, grants, HANDLES);
	memset(&out, 0, sizeof(out));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_stop(&vm);
	scratch_remove(scratch);
	return 0;
}

static void close_handle(uint32_t handle)
{
	struct {
		struct hc_fs_close head;
		uint32_t handle;
	} args = { .head.count = 1, .handle = handle };

	assert_int_equal(guest_call(&vm, HC_FS_CLOSE, &args, sizeof(args)), 0);
	assert_int_equal(killed.end, 0);
}

static void a_path_in_one_call(void **state)
{
	(void)state;
	assert_int_equal(guest_walk(&vm, 0, "dir/sub/file", 0, &out), 0);
	assert_int_equal(out.walked, 3);
	assert_int_equal(out.error, 0);
	assert_int_equal(out.opened, 0);
	assert_true(S_ISREG(out.attr.mode));
	assert_int_equal(out.attr.size, 4);
	assert_int_equal(out.attr.uid, getuid());
	close_handle(out.handle);
}

static void opened_on_request(void **state)
{
	(void)state;
	assert_int_equal(guest_walk(&vm, 0, "file", HC_WALK_OPEN, &out), 0);
	assert_int_equal(out.opened, 1);
	assert_int_equal(handles_get(&vm.handles, out.handle)->kind, HANDLE_OPEN);
	close_handle(out.handle);
	assert_int_equal(guest_walk(&vm, 0, "dir", HC_WALK_OPEN, &out), 0);
	assert_int_equal(out.opened, 1);
	close_handle(out.handle);
}

static void no_names_copy_the_handle(void **state)
{
	(void)state;
	assert_int_equal(guest_walk(&vm, 0, "", 0, &out), 0);
	assert_int_not_equal(out.handle, 0);
	assert_int_equal(out.walked, 0);
	assert_true(S_ISDIR(out.attr.mode));
	close_handle(out.handle);
	assert_int_equal(guest_walk(&vm, 0, "", HC_WALK_OPEN, &out), 0);
	assert_int_equal(out.opened, 1);
	close_handle(out.handle);
	assert_int_equal(guest_walk(&vm, 0, "file", 0, &out), 0); /* the grant is still good */
	close_handle(out.handle);
}

static void stops_at_links(void **state)
{
	(void)state;
	assert_int_equal(guest_walk(&vm, 0, "link", 0, &out), 0);
	assert_true(S_ISLNK(out.attr.mode));
	assert_int_equal(out.walked, 1);
	close_handle(out.handle);
	assert_int_equal(guest_walk(&vm, 0, "link/passwd", HC_WALK_OPEN, &out), 0);
	assert_int_equal(out.walked, 1);
	assert_true(S_ISLNK(out.attr.mode));
	assert_int_equal(out.opened, 0);
	/* From the link's own handle it goes nowhere either. */
	assert_int_equal(guest_walk(&vm, out.handle, "passwd", 0, &out), -ENOTDIR);
	assert_int_equal(guest_walk(&vm, 0, "up/up", 0, &out), 0);
	assert_int_equal(out.walked, 1);
	assert_int_equal(guest_walk(&vm, 0, "up", HC_WALK_OPEN, &out), 0);
	assert_int_equal(out.opened, 0);
}

static void stops_at_files(void **state)
{
	(void)state;
	assert_int_equal(guest_walk(&vm, 0, "file/x/y", HC_WALK_OPEN, &out), 0);
	assert_int_equal(out.walked, 1);
	assert_int_equal(out.opened, 0);
	assert_true(S_ISREG(out.attr.mode));
	assert_int_equal(guest_walk(&vm, out.handle, "x", 0, &out), -ENOTDIR);
}

static void stops_at_what_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(guest_walk(&vm, 0, "none", 0, &out), -ENOENT);
	assert_int_equal(guest_walk(&vm, 0, "dir/none/file", 0, &out), 0);
	assert_int_equal(out.walked, 1);
	assert_int_equal(out.error, ENOENT);
	assert_true(S_ISDIR(out.attr.mode));
	close_handle(out.handle);
}

static void special_files_are_seen_not_opened(void **state)
{
	(void)state;
	/* Would block here, were it opened. */
	assert_int_equal(guest_walk(&vm, 0, "fifo", HC_WALK_OPEN, &out), 0);
	assert_true(S_ISFIFO(out.attr.mode));
	assert_int_equal(out.opened, 0);
	assert_int_equal(handles_get(&vm.handles, out.handle)->kind, HANDLE_PATH);
	assert_int_equal(guest_walk(&vm, out.handle, "", HC_WALK_OPEN, &out), 0);
	assert_int_equal(out.opened, 0);
}

static void what_may_not_be_opened_may_be_looked_at(void **state)
{
	(void)state;
	close(vm.self_fd); /* stands for a host that refuses */
	vm.self_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(guest_walk(&vm, 0, "file", HC_WALK_OPEN, &out), 0);
	assert_int_equal(out.walked, 1);
	assert_int_equal(out.opened, 0);
	assert_int_equal(out.error, ENOENT);
	assert_int_equal(out.attr.size, 5);
}

static void another_object_is_not_taken(void **state)
{
	char name[16];
	int64_t result;

	(void)state;
	/* A /proc/self/fd in which the number leads elsewhere. */
	close(vm.self_fd);
	vm.self_fd = open(scratch, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (int fd = 3; fd < 64; fd++) {
		snprintf(name, sizeof(name), "%d", fd);
		scratch_write(scratch, name, "other");
	}
	result = guest_walk(&vm, 0, "dir/sub/file", HC_WALK_OPEN, &out);
	assert_int_equal(result, 0);
	assert_int_equal(out.opened, 0);
	assert_int_equal(out.error, ESTALE);
}

/* Below a grant of "/": any procfs, not only that of this process. */
static void procfs_is_not_entered(void **state)
{
	static const char *const names[] = { "proc/self", "proc/1/environ", "proc/sys" };
	const char *grants[] = { "/", NULL };

	(void)state;
	guest_stop(&vm);
	guest_start(&vm, grants, HANDLES);
	assert_int_equal(guest_walk(&vm, 0, "proc", HC_WALK_OPEN, &out), 0);
	assert_int_equal(out.walked, 1);
	assert_int_equal(out.opened, 0);
	assert_int_equal(out.error, EACCES);
	assert_int_equal(guest_walk(&vm, out.handle, "self", 0, &out), -EACCES);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_equal(guest_walk(&vm, 0, names[i], HC_WALK_OPEN, &out), 0);
		assert_int_equal(out.walked, 1);
		assert_int_equal(out.opened, 0);
		assert_int_equal(out.error, EACCES);
		close_handle(out.handle);
	}
}

static void the_table_fills_up(void **state)
{
	(void)state;
	for (int i = 1; i < HANDLES; i++)
		assert_int_equal(guest_walk(&vm, 0, "dir/sub/file", HC_WALK_OPEN, &out), 0);
	assert_int_equal(guest_walk(&vm, 0, "dir", 0, &out), -EMFILE);
	assert_int_equal(guest_walk(&vm, 0, "", 0, &out), -EMFILE);
	close_handle(3);
	assert_int_equal(guest_walk(&vm, 0, "dir", 0, &out), 0);
	assert_int_equal(out.handle, 3);
}

static void handles_that_are_not_open(void **state)
{
	(void)state;
	guest_walk(&vm, 1, "file", 0, &out);
	assert_true(guest_violated(HV_VIOLATION_HANDLE));
	guest_walk(&vm, UINT32_MAX, "file", 0, &out);
	assert_true(guest_violated(HV_VIOLATION_HANDLE));
	guest_walk(&vm, 0, "file", 4, &out); /* no such flag */
	assert_true(guest_violated(HV_VIOLATION_FIELD));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_path_in_one_call),
		TEST(opened_on_request),
		TEST(no_names_copy_the_handle),
		TEST(stops_at_links),
		TEST(stops_at_files),
		TEST(stops_at_what_is_not_there),
		TEST(special_files_are_seen_not_opened),
		TEST(what_may_not_be_opened_may_be_looked_at),
		TEST(another_object_is_not_taken),
		TEST(procfs_is_not_entered),
		TEST(the_table_fills_up),
		TEST(handles_that_are_not_open),
	};

	return RUN(tests, "walk");
}
