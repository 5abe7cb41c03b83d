// SPDX-License-Identifier: Apache-2.0
/* Services that change a file's contents and attributes: what they do, and what they refuse. */
#include "tests/not-run.h"
#include "tests/unit/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define BOTH (HC_WALK_OPEN | HC_WALK_WRITE)

static struct vm vm;
static struct hc_fs_walk_out out;

static int setup(void **state)
{
	(void)state;
	tree_start(&vm);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_stop(&vm);
	return 0;
}

static int64_t walk_error(uint32_t root, const char *path, uint32_t flags)
{
	assert_int_equal(guest_walk(&vm, root, path, flags, &out), 0);
	assert_int_equal(out.opened, 0);
	return out.error;
}

static void only_write_grants_are_opened_for_writing(void **state)
{
	uint32_t ro;

	(void)state;
	assert_int_equal(walk_error(TREE_RO, "file", HC_WALK_WRITE), EROFS);
	assert_int_equal(walk_error(TREE_RO, "file", BOTH), EROFS);
	assert_int_equal(walk_error(TREE_RO, "dir", HC_WALK_WRITE), EISDIR);
	assert_int_equal(walk_error(TREE_RW, "dir", HC_WALK_WRITE), EISDIR);
	assert_int_equal(walk_error(TREE_RW, "fifo", BOTH), 0); /* I6: would block */
	assert_int_equal(walk_error(TREE_RW, "link", BOTH), 0);
	ro = tree_walk(&vm, TREE_RO, "file", HC_WALK_OPEN);
	assert_int_equal(guest_walk(&vm, ro, "", HC_WALK_WRITE, &out), 0); /* nor by a copy */
	assert_int_equal(out.error, EROFS);
	assert_false(handles_get(&vm.handles, out.handle)->changeable);
	tree_walk(&vm, TREE_RW, "file", HC_WALK_WRITE);
	tree_walk(&vm, TREE_RW, "dir/inner", BOTH);
	assert_int_equal(killed.end, 0);
}

static void writes_where_and_what_was_asked(void **state)
{
	uint32_t handle = tree_walk(&vm, TREE_RW, "file", HC_WALK_WRITE);

	(void)state;
	assert_int_equal(tree_write(&vm, handle, "HE", 0), 2);
	assert_int_equal(tree_write(&vm, handle, "XY", 4), 2);
	tree_expect("rw/file", "HEllXYworld");
	assert_int_equal(tree_write(&vm, handle, " and", -1), 4);
	assert_int_equal(tree_write(&vm, handle, " more", -1), 5);
	tree_expect("rw/file", "HEllXYworld and more");
	assert_int_equal(tree_write(&vm, handle, "XY", INT64_MAX), -EINVAL);
	assert_int_equal(killed.end, 0);
	tree_write(&vm, handle, "XY", -2);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	tree_write(&vm, 31, "XY", 0);
	assert_true(guest_violated(HV_VIOLATION_HANDLE));
}

static void writing_needs_a_handle_that_is_open_for_it(void **state)
{
	uint32_t reads = tree_walk(&vm, TREE_RW, "file", HC_WALK_OPEN);
	uint32_t path = tree_walk(&vm, TREE_RW, "file", 0);
	uint32_t ro = tree_walk(&vm, TREE_RO, "file", HC_WALK_OPEN);
	struct hc_fs_allocate allocate = { .length = 4096 };
	struct hc_fs_set_attr size = { .what = HC_SET_SIZE, .size = 1 };

	(void)state;
	assert_int_equal(tree_write(&vm, reads, "XY", 0), -EBADF);
	assert_int_equal(tree_write(&vm, path, "XY", 0), -EBADF);
	assert_int_equal(tree_write(&vm, ro, "XY", 0), -EROFS);
	size.handle = reads;
	assert_int_equal(tree_set(&vm, &size), -EINVAL); /* as ftruncate(2) */
	size.handle = path;
	assert_int_equal(tree_set(&vm, &size), -EBADF);
	size.handle = ro;
	assert_int_equal(tree_set(&vm, &size), -EROFS);
	allocate.handle = reads;
	assert_int_equal(guest_call(&vm, HC_FS_ALLOCATE, &allocate, sizeof(allocate)), -EBADF);
	allocate.handle = ro;
	assert_int_equal(guest_call(&vm, HC_FS_ALLOCATE, &allocate, sizeof(allocate)), -EROFS);
	assert_int_equal(killed.end, 0);
	tree_expect("rw/file", TREE_FILE);
}

static int64_t allocate(uint32_t handle, uint32_t mode, int64_t offset, int64_t length)
{
	struct hc_fs_allocate args = {
		.handle = handle, .mode = mode, .offset = offset, .length = length
	};

	return guest_call(&vm, HC_FS_ALLOCATE, &args, sizeof(args));
}

static void allocates(void **state)
{
	uint32_t handle = tree_walk(&vm, TREE_RW, "file", BOTH);
	struct stat st;

	(void)state;
	assert_int_equal(allocate(handle, 0, 0, 8192), 0);
	assert_int_equal(stat(tree_path("rw/file"), &st), 0);
	assert_int_equal(st.st_size, 8192);
	assert_int_equal(allocate(handle, FALLOC_FL_KEEP_SIZE, 0, 65536), 0);
	assert_int_equal(allocate(handle, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4), 0);
	tree_expect("rw/file", "");
	assert_int_equal(allocate(handle, 1u << 20, 0, 1), -EOPNOTSUPP);
	assert_int_equal(allocate(handle, 1u << 31, 0, 1), -EOPNOTSUPP);
	assert_int_equal(allocate(handle, 0, INT64_MAX, INT64_MAX), -EFBIG);
	assert_int_equal(killed.end, 0);
	allocate(handle, 0, -1, 1);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	allocate(handle, 0, 0, 0);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	allocate(handle, 0, 0, -1);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
}

static int64_t synchronize(uint32_t handle, uint32_t data)
{
	struct hc_fs_sync args = { .handle = handle, .data = data };

	return guest_call(&vm, HC_FS_SYNC, &args, sizeof(args));
}

static void synchronizes(void **state)
{
	(void)state;
	assert_int_equal(synchronize(tree_walk(&vm, TREE_RW, "file", HC_WALK_WRITE), 0), 0);
	assert_int_equal(synchronize(tree_walk(&vm, TREE_RW, "file", HC_WALK_OPEN), 1), 0);
	assert_int_equal(synchronize(tree_walk(&vm, TREE_RW, "dir", HC_WALK_OPEN), 0), 0);
	assert_int_equal(synchronize(TREE_RW, 0), -EBADF);
	assert_int_equal(synchronize(TREE_RO, 0), -EROFS);
	assert_int_equal(killed.end, 0);
	synchronize(TREE_RW, 2);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
}

static void sets_mode_and_owner_and_size(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", HC_WALK_WRITE);
	struct hc_fs_set_attr set = { .handle = file,
				      .what = HC_SET_MODE | HC_SET_OWNER | HC_SET_SIZE,
				      .mode = 0600,
				      .uid = ~0u,
				      .gid = ~0u,
				      .size = 4 };

	(void)state;
	assert_int_equal(tree_set(&vm, &set), 0);
	assert_int_equal(tree_mode("rw/file"), 0600);
	tree_expect("rw/file", "hell");
	set = (struct hc_fs_set_attr){ .handle = file, .what = HC_SET_OWNER, .uid = getuid() };
	set.gid = getgid();
	assert_int_equal(tree_set(&vm, &set), 0);
	set = (struct hc_fs_set_attr){ .what = HC_SET_MODE, .mode = 01777 };
	set.handle = tree_walk(&vm, TREE_RW, "dir", HC_WALK_OPEN);
	assert_int_equal(tree_set(&vm, &set), 0);
	assert_int_equal(tree_mode("rw/dir"), 01777);
	set.handle = tree_walk(&vm, TREE_RW, "setuid", HC_WALK_OPEN);
	set.mode = 0755; /* the bits can be taken away */
	assert_int_equal(tree_set(&vm, &set), 0);
	assert_int_equal(tree_mode("rw/setuid"), 0755);
}

static void attributes_that_are_refused(void **state)
{
	struct hc_fs_set_attr set = { .what = HC_SET_MODE, .mode = 0644 };
	uint32_t file = tree_walk(&vm, TREE_RW, "file", HC_WALK_WRITE);
	static const uint32_t modes[] = { 02644, 04644, 06777, S_IFREG | 0644, S_IFCHR, ~0u };

	(void)state;
	set.handle = tree_walk(&vm, TREE_RO, "file", HC_WALK_OPEN);
	assert_int_equal(tree_set(&vm, &set), -EROFS);
	set.handle = TREE_RO;
	set.what = HC_SET_ATIME;
	assert_int_equal(tree_set(&vm, &set), -EROFS);
	set.handle = tree_walk(&vm, TREE_RW, "fifo", 0);
	set.what = HC_SET_MODE;
	assert_int_equal(tree_set(&vm, &set), -EBADF);
	set.what = HC_SET_OWNER;
	assert_int_equal(tree_set(&vm, &set), -EBADF);
	assert_int_equal(killed.end, 0);
	set.handle = file;
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		set.what = HC_SET_MODE;
		set.mode = modes[i];
		tree_set(&vm, &set);
		assert_true(guest_violated(HV_VIOLATION_FIELD));
		assert_int_equal(tree_mode("rw/file"), 0666);
	}
	set.mode = 0644;
	set.what = 0;
	tree_set(&vm, &set);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	set.what = 32;
	tree_set(&vm, &set);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	set.what = HC_SET_SIZE;
	set.size = -1;
	tree_set(&vm, &set);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	tree_expect("rw/file", TREE_FILE);
}

static void sets_times(void **state)
{
	static const char *const names[] = { "file", "dir", "link", "fifo" };
	struct timespec now;
	struct stat st;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct hc_fs_set_attr set = { .what = HC_SET_ATIME | HC_SET_MTIME };
		char path[16] = "rw/";

		strcat(path, names[i]);
		set.handle = tree_walk(&vm, TREE_RW, names[i], i < 2 ? HC_WALK_OPEN : 0);
		set.atime_ns = 1000000001;
		set.mtime_ns = -1; /* before 1970 */
		assert_int_equal(tree_set(&vm, &set), 0);
		assert_int_equal(lstat(tree_path(path), &st), 0);
		assert_int_equal(st.st_atim.tv_sec, 1);
		assert_int_equal(st.st_atim.tv_nsec, 1);
		assert_int_equal(st.st_mtim.tv_sec, -1);
		assert_int_equal(st.st_mtim.tv_nsec, 999999999);
		set.what = HC_SET_MTIME;      /* the other stays */
		set.mtime_ns = INT64_MIN + 1; /* the file system may have a nearer one */
		assert_int_equal(tree_set(&vm, &set), 0);
		set.mtime_ns = HC_TIME_NOW;
		assert_int_equal(tree_set(&vm, &set), 0);
		assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
		assert_int_equal(lstat(tree_path(path), &st), 0);
		assert_int_equal(st.st_atim.tv_sec, 1);
		assert_in_range(now.tv_sec - st.st_mtim.tv_sec, 0, 60);
	}
}

static void sets_extended_attributes(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", HC_WALK_OPEN);
	char value[16];
	const char *path;

	(void)state;
	if (tree_xattr(&vm, file, "user.a", "one", 0) == -EOPNOTSUPP)
		NOT_RUN("this file system has no extended attributes");
	path = tree_path("rw/file");
	assert_int_equal(getxattr(path, "user.a", value, sizeof(value)), 3);
	assert_memory_equal(value, "one", 3);
	assert_int_equal(tree_xattr(&vm, file, "user.a", "two", HC_XATTR_CREATE), -EEXIST);
	assert_int_equal(tree_xattr(&vm, file, "user.b", "two", HC_XATTR_REPLACE), -ENODATA);
	assert_int_equal(tree_xattr(&vm, file, "user.a", "", HC_XATTR_REPLACE), 0);
	assert_int_equal(getxattr(path, "user.a", value, sizeof(value)), 0);
	assert_int_equal(tree_xattr(&vm, file, "user.a", "", HC_XATTR_REMOVE), 0);
	assert_int_equal(tree_xattr(&vm, file, "user.a", "", HC_XATTR_REMOVE), -ENODATA);
	assert_int_equal(killed.end, 0);
}

static void extended_attributes_that_are_refused(void **state)
{
	static const char *const reserved[] = { "security.capability", "security.selinux",
						"trusted.overlay.opaque" };
	uint32_t file = tree_walk(&vm, TREE_RW, "file", HC_WALK_OPEN);
	uint32_t ro = tree_walk(&vm, TREE_RO, "file", HC_WALK_OPEN);
	uint32_t path = tree_walk(&vm, TREE_RW, "file", 0);
	struct hc_fs_xattr_set args = { .handle = file, .value = { BUFFER_GPA, 1 } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(tree_xattr(&vm, file, reserved[i], "x", 0), -EPERM);
		assert_int_equal(tree_xattr(&vm, file, reserved[i], "", HC_XATTR_REMOVE), -EPERM);
	}
	assert_int_equal(tree_xattr(&vm, ro, "user.a", "x", 0), -EROFS);
	assert_int_equal(tree_xattr(&vm, path, "user.a", "x", 0), -EBADF);
	assert_int_equal(killed.end, 0);
	for (uint32_t flags = 3; flags < 10; flags += flags == 3 ? 2 : 1) {
		tree_xattr(&vm, file, "user.a", "x", flags);
		assert_true(guest_violated(HV_VIOLATION_FIELD));
	}
	guest_call(&vm, HC_FS_XATTR_SET, &args, sizeof(args)); /* no name */
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	assert_int_equal(listxattr(tree_path("rw/file"), NULL, 0), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_write_grants_are_opened_for_writing),
		TEST(writes_where_and_what_was_asked),
		TEST(writing_needs_a_handle_that_is_open_for_it),
		TEST(allocates),
		TEST(synchronizes),
		TEST(sets_mode_and_owner_and_size),
		TEST(attributes_that_are_refused),
		TEST(sets_times),
		TEST(sets_extended_attributes),
		TEST(extended_attributes_that_are_refused),
	};

	return RUN(tests, "changes");
}
