// SPDX-License-Identifier: Apache-2.0
/*
 * I5: what a policy takes away below a write grant stays away, by whatever
 * name and whatever is moved: rw/dir is on the way to the holes, rw/dir/secret
 * and rw/dir/none denied, rw/dir/keep read-only.
 */
#include "tests/unit/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct vm vm;
static struct hole holes[6];
static uint32_t dir;
static struct hc_fs_walk_out out;

static int setup(void **state)
{
	(void)state;
	tree_start(&vm);
	assert_int_equal(mkdir(tree_path("rw/dir/keep"), 0755), 0);
	assert_int_equal(mkdir(tree_path("rw/dir/keep/sub"), 0755), 0);
	scratch_write(tree_path("rw/dir"), "keep/sub/deep", "deep");
	scratch_write(tree_path("rw/dir"), "secret", "secret");
	scratch_write(tree_path("rw/dir"), "kept", "kept");
	holes[0] = tree_hole(HOLE_PINNED, "rw/dir", NULL);
	holes[1] = tree_hole(HOLE_DENIED, "rw/dir/secret", NULL);
	holes[2] = tree_hole(HOLE_READ, "rw/dir/keep", NULL);
	holes[3] = tree_hole(HOLE_READ, "rw/dir/kept", NULL);
	holes[4] = tree_hole(HOLE_DENIED, "rw/dir", "none");
	holes[5] = tree_hole(HOLE_READ, "rw/dir", "kept");
	vm.holes = holes;
	vm.hole_count = 6;
	dir = tree_walk(&vm, TREE_RW, "dir", 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(killed.end, 0);
	tree_expect("rw/dir/secret", "secret");
	tree_expect("rw/dir/kept", "kept");
	tree_expect("rw/dir/keep/sub/deep", "deep");
	assert_false(tree_has("rw/dir/none"));
	tree_stop(&vm);
	return 0;
}

static void denied_is_not_walked_to(void **state)
{
	(void)state;
	assert_int_equal(guest_walk(&vm, dir, "secret", HC_WALK_OPEN, &out), -ENOENT);
	assert_int_equal(guest_walk(&vm, TREE_RW, "dir/secret", 0, &out), 0);
	assert_int_equal(out.walked, 1);
	assert_int_equal(out.error, ENOENT);
	/* Nor by another name, which the host may give it. */
	assert_int_equal(link(tree_path("rw/dir/secret"), tree_path("rw/other")), 0);
	assert_int_equal(guest_walk(&vm, TREE_RW, "other", 0, &out), -ENOENT);
	/* Nor when something has come to be where there was nothing. */
	scratch_write(tree_path("rw/dir"), "none", "now");
	assert_int_equal(guest_walk(&vm, dir, "none", 0, &out), -ENOENT);
	assert_int_equal(unlink(tree_path("rw/dir/none")), 0);
	assert_int_equal(guest_walk(&vm, TREE_RW, "none", 0, &out), -ENOENT);
	/* The same name elsewhere is another one. */
	assert_int_equal(tree_create(&vm, TREE_RW, HC_CREATE_FILE, "none", 0644, NULL), 0);
	tree_walk(&vm, TREE_RW, "none", HC_WALK_OPEN);
}

static void denied_is_not_created(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", 0);

	(void)state;
	assert_int_equal(tree_create(&vm, dir, HC_CREATE_FILE, "none", 0644, NULL), -EACCES);
	assert_int_equal(tree_create(&vm, dir, HC_CREATE_DIRECTORY, "none", 0755, NULL), -EACCES);
	assert_int_equal(tree_create(&vm, dir, HC_CREATE_SYMLINK, "none", 0, "x"), -EACCES);
	assert_int_equal(tree_create(&vm, dir, HC_CREATE_FILE, "secret", 0644, NULL), -EEXIST);
	assert_int_equal(tree_link(&vm, dir, "none", file), -EACCES);
	assert_int_equal(tree_link(&vm, dir, "secret", file), -EEXIST);
}

static void denied_is_not_moved_replaced_or_removed(void **state)
{
	(void)state;
	for (uint32_t flags = 0; flags < 3; flags++) {
		assert_int_equal(tree_rename(&vm, dir, "secret", TREE_RW, "got", flags), -ENOENT);
		assert_int_equal(tree_rename(&vm, dir, "none", TREE_RW, "got", flags), -ENOENT);
		assert_int_equal(tree_rename(&vm, TREE_RW, "file", dir, "secret", flags), -EACCES);
		assert_int_equal(tree_rename(&vm, TREE_RW, "file", dir, "none", flags), -EACCES);
	}
	assert_int_equal(tree_remove(&vm, dir, "secret", 0), -ENOENT);
	assert_int_equal(tree_remove(&vm, dir, "none", 0), -ENOENT);
	assert_false(tree_has("rw/got"));
	tree_expect("rw/file", TREE_FILE);
}

/* Where it cannot be told what a name leads to, nothing is done to it. */
static void without_a_look_nothing_is_removed(void **state)
{
	struct rlimit before, none;
	int64_t removed, renamed;

	(void)state;
	assert_int_equal(link(tree_path("rw/dir/secret"), tree_path("rw/other")), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){ 3, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	removed = tree_remove(&vm, TREE_RW, "other", 0);
	renamed = tree_rename(&vm, TREE_RW, "other", TREE_RW, "got", 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(removed, -EMFILE);
	assert_int_equal(renamed, -EMFILE);
	assert_true(tree_has("rw/other"));
}

static void read_only_is_read(void **state)
{
	(void)state;
	tree_walk(&vm, dir, "kept", HC_WALK_OPEN);
	tree_walk(&vm, dir, "keep/sub/deep", HC_WALK_OPEN);
	tree_walk(&vm, dir, "keep", HC_WALK_OPEN);
}

static void read_only_is_not_changed(void **state)
{
	static const char *const paths[] = { "keep", "keep/sub", "keep/sub/deep", "kept" };
	struct hc_fs_set_attr set = { .what = HC_SET_MODE, .mode = 0777 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		uint32_t object = tree_walk(&vm, dir, paths[i], HC_WALK_OPEN);

		set.handle = object;
		assert_int_equal(tree_set(&vm, &set), -EROFS);
		assert_int_equal(tree_xattr(&vm, object, "user.a", "x", 0), -EROFS);
		assert_int_equal(tree_link(&vm, TREE_RW, "way-in", object), -EROFS);
		assert_int_equal(guest_walk(&vm, object, "", HC_WALK_WRITE, &out), 0);
		assert_int_equal(out.error, i < 2 ? EISDIR : EROFS);
		if (i >= 2)
			continue;
		assert_int_equal(tree_create(&vm, object, HC_CREATE_FILE, "x", 0644, NULL), -EROFS);
		assert_int_equal(tree_create(&vm, object, HC_CREATE_TEMPORARY, NULL, 0600, NULL),
				 -EROFS);
		assert_int_equal(tree_rename(&vm, TREE_RW, "file", object, "x", 0), -EROFS);
		assert_int_equal(tree_rename(&vm, object, i ? "deep" : "sub", TREE_RW, "x", 0),
				 -EROFS);
		assert_int_equal(tree_remove(&vm, object, i ? "deep" : "sub", !i), -EROFS);
	}
	assert_int_equal(guest_walk(&vm, TREE_RW, "dir/keep/sub/deep", HC_WALK_WRITE, &out), 0);
	assert_int_equal(out.opened, 0);
	assert_int_equal(out.error, EROFS);
	assert_int_equal(guest_walk(&vm, TREE_RW, "dir/kept", HC_WALK_OPEN | HC_WALK_WRITE, &out),
			 0);
	assert_int_equal(out.error, EROFS);
}

/* An editor of the host's writes a new file and puts it in the old one's place. */
static void a_place_is_a_hole_whatever_is_there(void **state)
{
	(void)state;
	scratch_write(tree_path("rw/dir"), "kept.new", "kept");
	assert_int_equal(rename(tree_path("rw/dir/kept.new"), tree_path("rw/dir/kept")), 0);
	assert_int_equal(guest_walk(&vm, dir, "kept", HC_WALK_WRITE, &out), 0);
	assert_int_equal(out.error, EROFS);
	assert_int_equal(tree_link(&vm, TREE_RW, "x", out.handle), -EROFS);
	assert_int_equal(tree_remove(&vm, dir, "kept", 0), -EBUSY);
	assert_int_equal(tree_rename(&vm, dir, "kept", TREE_RW, "x", 0), -EBUSY);
	assert_int_equal(unlink(tree_path("rw/dir/kept")), 0);
	assert_int_equal(tree_create(&vm, dir, HC_CREATE_FILE, "kept", 0644, NULL), -EACCES);
	assert_int_equal(tree_rename(&vm, TREE_RW, "file", dir, "kept", 0), -EBUSY);
	scratch_write(tree_path("rw/dir"), "kept", "kept");
}

/* What stays in its place: the holes themselves, and the way to them. */
static void holes_are_not_moved(void **state)
{
	static const char *const names[] = { "dir", "keep", "kept" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint32_t in = i ? dir : TREE_RW;

		for (uint32_t flags = 0; flags < 3; flags++) {
			assert_int_equal(tree_rename(&vm, in, names[i], TREE_RW, "x", flags),
					 -EBUSY);
			assert_int_equal(tree_rename(&vm, TREE_RW, "file", in, names[i], flags),
					 -EBUSY);
		}
		assert_int_equal(tree_remove(&vm, in, names[i], names[i][3] != 't'), -EBUSY);
	}
	/* What lies beside them can go. */
	assert_int_equal(tree_rename(&vm, dir, "inner", TREE_RW, "file", 2), 0);
	assert_int_equal(tree_remove(&vm, dir, "inner", 0), 0);
	assert_int_equal(tree_rename(&vm, TREE_RW, "fifo", TREE_RW, "pipe", 0), 0);
}

/* The holes of one policy are none of another's. */
static void without_holes_all_is_free(void **state)
{
	(void)state;
	vm.hole_count = 0;
	tree_walk(&vm, dir, "kept", HC_WALK_OPEN | HC_WALK_WRITE);
	assert_int_equal(tree_rename(&vm, TREE_RW, "dir", TREE_RW, "moved", 0), 0);
	assert_int_equal(tree_rename(&vm, TREE_RW, "moved", TREE_RW, "dir", 0), 0);
	tree_walk(&vm, dir, "secret", HC_WALK_OPEN);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(denied_is_not_walked_to),
		TEST(denied_is_not_created),
		TEST(denied_is_not_moved_replaced_or_removed),
		TEST(without_a_look_nothing_is_removed),
		TEST(read_only_is_read),
		TEST(read_only_is_not_changed),
		TEST(a_place_is_a_hole_whatever_is_there),
		TEST(holes_are_not_moved),
		TEST(without_holes_all_is_free),
	};

	return RUN(tests, "holes");
}
