// SPDX-License-Identifier: Apache-2.0
/* Services that make, move and take names: what they do, and what they refuse. */
#include "tests/not-run.h"
#include "tests/unit/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct vm vm;

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

static void creates_files(void **state)
{
	const struct hc_fs_walk_out *out = tree_reply(&vm);

	(void)state;
	assert_int_equal(tree_create(&vm, TREE_RW, HC_CREATE_FILE, "new", 0, NULL), 0);
	assert_int_equal(out->walked, 1);
	assert_int_equal(out->opened, 1);
	assert_int_equal(out->attr.mode, S_IFREG);
	assert_int_equal(tree_write(&vm, out->handle, "text", 0), 4); /* whatever its mode */
	tree_expect("rw/new", "text");
	assert_int_equal(tree_create(&vm, TREE_RW, HC_CREATE_FILE, "sticky", 01777, NULL), 0);
	assert_int_equal(tree_mode("rw/sticky"), 01777);
	assert_int_equal(tree_create(&vm, TREE_RW, HC_CREATE_FILE, "file", 0644, NULL), -EEXIST);
	assert_int_equal(tree_create(&vm, TREE_RW, HC_CREATE_FILE, "link", 0644, NULL), -EEXIST);
	assert_int_equal(tree_create(&vm, TREE_RW, HC_CREATE_FILE, "fifo", 0644, NULL), -EEXIST);
	tree_expect("rw/file", TREE_FILE);
}

static void creates_directories_and_links(void **state)
{
	const struct hc_fs_walk_out *out = tree_reply(&vm);
	char longest[4096], target[4096];
	uint32_t dir;

	(void)state;
	assert_int_equal(tree_create(&vm, TREE_RW, HC_CREATE_DIRECTORY, "new", 0700, NULL), 0);
	assert_int_equal(out->opened, 0);
	assert_true(S_ISDIR(out->attr.mode));
	assert_int_equal(tree_mode("rw/new"), 0700);
	dir = out->handle;
	assert_int_equal(tree_create(&vm, dir, HC_CREATE_SYMLINK, "up", 0, "../../outside"), 0);
	assert_true(S_ISLNK(out->attr.mode));
	assert_int_equal(out->attr.size, 13);
	assert_int_equal(readlink(tree_path("rw/new/up"), target, sizeof(target)), 13);
	assert_memory_equal(target, "../../outside", 13);
	/* A link that leads nowhere is not made by going there. */
	assert_int_equal(tree_create(&vm, dir, HC_CREATE_FILE, "up", 0644, NULL), -EEXIST);
	assert_int_equal(tree_create(&vm, dir, HC_CREATE_DIRECTORY, "up", 0755, NULL), -EEXIST);
	memset(longest, 'x', sizeof(longest));
	longest[4095] = '\0';
	assert_int_equal(tree_create(&vm, dir, HC_CREATE_SYMLINK, "long", 0, longest), 0);
	assert_int_equal(readlink(tree_path("rw/new/long"), target, sizeof(target)), 4095);
}

static void a_file_without_a_name_gets_one(void **state)
{
	const struct hc_fs_walk_out *out = tree_reply(&vm);
	uint32_t file;

	(void)state;
	if (tree_create(&vm, TREE_RW, HC_CREATE_TEMPORARY, NULL, 0600, NULL) == -EOPNOTSUPP)
		NOT_RUN("this file system has no files without a name");
	file = out->handle;
	assert_int_equal(out->attr.nlink, 0);
	assert_int_equal(tree_write(&vm, file, "text", 0), 4);
	assert_int_equal(tree_link(&vm, TREE_RW, "named", file), 0);
	tree_expect("rw/named", "text");
	assert_int_equal(tree_mode("rw/named"), 0600);
}

static void creations_that_are_refused(void **state)
{
	static const uint32_t modes[] = { 02755, 04755, 07777, S_IFCHR | 0666, S_IFIFO | 0666 };
	struct hc_fs_create bare = { .handle = TREE_RW, .kind = HC_CREATE_FILE };

	(void)state;
	for (unsigned int kind = HC_CREATE_FILE; kind <= HC_CREATE_TEMPORARY; kind++) {
		const char *name = kind == HC_CREATE_TEMPORARY ? NULL : "new";

		assert_int_equal(tree_create(&vm, TREE_RO, kind, name, 0644, "x"), -EROFS);
		for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
			tree_create(&vm, TREE_RW, kind, name, modes[i], "x");
			assert_true(guest_violated(HV_VIOLATION_FIELD));
		}
		tree_create(&vm, TREE_RW, kind, name ? NULL : "new", 0644, "x");
		assert_true(guest_violated(HV_VIOLATION_FIELD));
		assert_int_equal(
			tree_create(&vm, tree_walk(&vm, TREE_RW, "file", 0), kind, name, 0644, "x"),
			-ENOTDIR);
	}
	tree_create(&vm, TREE_RW, HC_CREATE_TEMPORARY + 1, "new", 0644, NULL);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	guest_call(&vm, HC_FS_CREATE, &bare, sizeof(bare));
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	assert_false(tree_has("rw/new"));
}

static void targets_that_are_refused(void **state)
{
	static const struct {
		struct hc_segment target;
		enum hv_violation violation;
	} bad[] = { { { BUFFER_GPA, 0 }, HV_VIOLATION_SEGMENT },
		    { { BUFFER_GPA, 4096 }, HV_VIOLATION_FIELD },
		    { { BUFFER_GPA, 4 }, HV_VIOLATION_FIELD }, /* a NUL */
		    { { BUFFER_GPA + 3, 1 }, HV_VIOLATION_FIELD },
		    { { GUEST_DOORBELL_GPA, 3 }, HV_VIOLATION_SEGMENT },
		    { { GUEST_WINDOW_GPA, 3 }, HV_VIOLATION_SEGMENT }, /* would fault */
		    { { BUFFER_GPA, UINT64_MAX }, HV_VIOLATION_SEGMENT } };
	uint8_t payload[64];

	(void)state;
	memcpy(gm_range(&vm.gm, BUFFER_GPA, 8192), "abc\0def", 8);
	assert_int_equal(gm_window_back(&vm.gm, GM_WINDOW_READ, 0), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct hc_fs_create args = { .handle = TREE_RW,
					     .kind = HC_CREATE_SYMLINK,
					     .count = 1,
					     .target = bad[i].target };

		memcpy(payload, &args, sizeof(args));
		guest_call(&vm, HC_FS_CREATE, payload, tree_add_name(payload, sizeof(args), "new"));
		assert_true(guest_violated(bad[i].violation));
	}
	assert_false(tree_has("rw/new"));
}

static void a_full_table_creates_nothing(void **state)
{
	(void)state;
	while (!handles_full(&vm.handles))
		tree_walk(&vm, TREE_RW, "file", 0);
	assert_int_equal(tree_create(&vm, TREE_RW, HC_CREATE_FILE, "new", 0644, NULL), -EMFILE);
	assert_int_equal(tree_create(&vm, TREE_RW, HC_CREATE_DIRECTORY, "new", 0755, NULL),
			 -EMFILE);
	assert_false(tree_has("rw/new"));
}

static void removes(void **state)
{
	uint32_t dir = tree_walk(&vm, TREE_RW, "dir", 0);

	(void)state;
	assert_int_equal(tree_remove(&vm, TREE_RW, "link", 0), 0);
	tree_expect("rw/file", TREE_FILE); /* not what it led to */
	assert_int_equal(tree_remove(&vm, TREE_RW, "file", 1), -ENOTDIR);
	assert_int_equal(tree_remove(&vm, TREE_RW, "dir", 0), -EISDIR);
	assert_int_equal(tree_remove(&vm, TREE_RW, "dir", 1), -ENOTEMPTY);
	assert_int_equal(tree_remove(&vm, dir, "inner", 0), 0);
	assert_int_equal(tree_remove(&vm, TREE_RW, "dir", 1), 0);
	assert_int_equal(tree_remove(&vm, TREE_RW, "dir", 1), -ENOENT);
	assert_int_equal(tree_remove(&vm, TREE_RO, "file", 0), -EROFS);
	assert_int_equal(tree_remove(&vm, TREE_RO, "dir", 1), -EROFS);
	assert_int_equal(killed.end, 0);
	tree_remove(&vm, TREE_RW, "file", 2);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	tree_remove(&vm, TREE_RW, NULL, 0);
	assert_true(guest_violated(HV_VIOLATION_LENGTH));
	assert_true(tree_has("rw/file"));
}

static void renames(void **state)
{
	uint32_t dir = tree_walk(&vm, TREE_RW, "dir", 0);

	(void)state;
	assert_int_equal(tree_rename(&vm, TREE_RW, "file", dir, "moved", 0), 0);
	tree_expect("rw/dir/moved", TREE_FILE);
	assert_false(tree_has("rw/file"));
	assert_int_equal(tree_rename(&vm, dir, "moved", dir, "inner", 1), -EEXIST);
	assert_int_equal(tree_rename(&vm, dir, "moved", dir, "inner", 2), 0); /* exchange */
	tree_expect("rw/dir/moved", "inner");
	assert_int_equal(tree_rename(&vm, dir, "moved", dir, "inner", 0), 0); /* replace */
	tree_expect("rw/dir/inner", "inner");
	assert_int_equal(tree_rename(&vm, TREE_RW, "dir", dir, "self", 0), -EINVAL);
	assert_int_equal(tree_rename(&vm, dir, "none", TREE_RW, "x", 0), -ENOENT);
	assert_int_equal(tree_rename(&vm, TREE_RW, "dir", TREE_RO, "dir2", 0), -EROFS);
	assert_int_equal(tree_rename(&vm, TREE_RO, "file", TREE_RW, "taken", 0), -EROFS);
	assert_int_equal(tree_rename(&vm, TREE_RO, "file", TREE_RW, "link", 2), -EROFS);
	assert_int_equal(killed.end, 0);
	tree_rename(&vm, dir, "inner", TREE_RW, "x", 3);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	tree_rename(&vm, dir, "inner", TREE_RW, "x", 4); /* RENAME_WHITEOUT makes a device */
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	tree_rename(&vm, dir, "inner", 31, "x", 0);
	assert_true(guest_violated(HV_VIOLATION_HANDLE));
	tree_rename(&vm, dir, "inner", TREE_RW, NULL, 0);
	assert_true(guest_violated(HV_VIOLATION_LENGTH));
	tree_expect("rw/dir/inner", "inner");
}

static void links(void **state)
{
	uint32_t dir = tree_walk(&vm, TREE_RW, "dir", 0);
	char target[8];

	(void)state;
	assert_int_equal(tree_link(&vm, dir, "second", tree_walk(&vm, TREE_RW, "file", 0)), 0);
	tree_expect("rw/dir/second", TREE_FILE);
	assert_int_equal(tree_link(&vm, dir, "inner", tree_walk(&vm, TREE_RW, "file", 0)), -EEXIST);
	/* A symbolic link itself, not what it leads to. */
	assert_int_equal(tree_link(&vm, dir, "link", tree_walk(&vm, TREE_RW, "link", 0)), 0);
	assert_int_equal(readlink(tree_path("rw/dir/link"), target, sizeof(target)), 4);
	/* An open file, and one that has lost its name. */
	assert_int_equal(
		tree_link(&vm, dir, "third", tree_walk(&vm, TREE_RW, "file", HC_WALK_OPEN)), 0);
}

static void links_that_are_refused(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", 0);
	uint32_t foreign = tree_walk(&vm, TREE_RO, "file", 0);

	(void)state;
	assert_int_equal(tree_link(&vm, TREE_RW, "x", foreign), -EROFS); /* it could be written */
	assert_int_equal(tree_link(&vm, TREE_RO, "x", file), -EROFS);
	assert_int_equal(tree_link(&vm, TREE_RW, "x", tree_walk(&vm, TREE_RW, "dir", 0)), -EPERM);
	assert_int_equal(tree_link(&vm, TREE_RW, "x", tree_walk(&vm, TREE_RW, "fifo", 0)), -EPERM);
	assert_int_equal(tree_link(&vm, TREE_RW, "x", tree_walk(&vm, TREE_RW, "setuid", 0)),
			 -EPERM);
	assert_int_equal(killed.end, 0);
	tree_link(&vm, TREE_RW, "x", 31);
	assert_true(guest_violated(HV_VIOLATION_HANDLE));
	tree_link(&vm, TREE_RW, NULL, file);
	assert_true(guest_violated(HV_VIOLATION_LENGTH));
	assert_false(tree_has("rw/x"));
}

/* One name too few or too many, by the count that says so. */
static void counts_of_names(void **state)
{
	static const uint32_t calls[] = { HC_FS_REMOVE, HC_FS_RENAME, HC_FS_LINK, HC_FS_XATTR_SET };
	static const uint32_t sizes[] = { sizeof(struct hc_fs_remove), sizeof(struct hc_fs_rename),
					  sizeof(struct hc_fs_link),
					  sizeof(struct hc_fs_xattr_set) };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		for (uint32_t count = 0; count < 4; count++) {
			struct hc_fs_remove args = { .handle = TREE_RW, .count = count };
			uint8_t payload[128] = { 0 };
			uint32_t length = sizes[i];

			if (count == (calls[i] == HC_FS_RENAME ? 2 : 1))
				continue;
			memcpy(payload, &args, sizeof(args));
			for (uint32_t n = 0; n < count; n++)
				length = tree_add_name(payload, length, n ? "new" : "file");
			guest_call(&vm, calls[i], payload, length);
			assert_true(guest_violated(HV_VIOLATION_FIELD));
		}
	}
	tree_expect("rw/file", TREE_FILE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(creates_files),
		TEST(creates_directories_and_links),
		TEST(a_file_without_a_name_gets_one),
		TEST(creations_that_are_refused),
		TEST(targets_that_are_refused),
		TEST(a_full_table_creates_nothing),
		TEST(removes),
		TEST(renames),
		TEST(links),
		TEST(links_that_are_refused),
		TEST(counts_of_names),
	};

	return RUN(tests, "names");
}
