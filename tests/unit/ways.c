// SPDX-License-Identifier: Apache-2.0
/*
 * I5: what is denied or read-only stays so in its place when the host puts
 * another directory in place of one on the way there: rw/dir/way/none is
 * denied, rw/dir/way/kept read-only; rw/two/way/other is denied, too.
 */
#include "tests/unit/tree.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct vm vm;
static struct hole holes[8];
static struct hc_fs_walk_out out;

static void identity(const char *path, uint64_t *dev, uint64_t *ino)
{
	struct stat st;

	assert_int_equal(lstat(tree_path(path), &st), 0);
	*dev = st.st_dev;
	*ino = st.st_ino;
}

static void place(enum hole_kind kind, const char *dir, const char *name)
{
	struct hole *hole = &holes[vm.hole_count++];

	*hole = (struct hole){ .kind = kind, .name = (char *)(uintptr_t)name };
	identity(dir, &hole->dev, &hole->ino);
}

static void way(const char *dir, const char *name, const char *to)
{
	place(HOLE_WAY, dir, name);
	identity(to, &holes[vm.hole_count - 1].to_dev, &holes[vm.hole_count - 1].to_ino);
}

/* As the host does it: what was at rw/NAME is at rw/old, and rw/NAME/way is new. */
static void replace(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "rw/%s", name);
	assert_int_equal(rename(tree_path(path), tree_path("rw/old")), 0);
	assert_int_equal(mkdir(tree_path(path), 0755), 0);
	snprintf(path, sizeof(path), "rw/%s/way", name);
	assert_int_equal(mkdir(tree_path(path), 0755), 0);
	scratch_write(tree_path(path), "none", "new");
	scratch_write(tree_path(path), "kept", "new");
	scratch_write(tree_path(path), "free", "new");
}

static int setup(void **state)
{
	(void)state;
	tree_start(&vm);
	assert_int_equal(mkdir(tree_path("rw/dir/way"), 0755), 0);
	scratch_write(tree_path("rw/dir/way"), "kept", "kept");
	assert_int_equal(mkdir(tree_path("rw/two"), 0755), 0);
	assert_int_equal(mkdir(tree_path("rw/two/way"), 0755), 0);
	vm.holes = holes;
	vm.hole_count = 0;
	place(HOLE_DENIED, "rw/dir/way", "none");
	place(HOLE_READ, "rw/dir/way", "kept");
	place(HOLE_DENIED, "rw/two/way", "other");
	way("rw", "two", "rw/two");
	way("rw/two", "way", "rw/two/way");
	way("rw", "dir", "rw/dir");
	way("rw/dir", "way", "rw/dir/way");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(killed.end, 0);
	tree_stop(&vm);
	return 0;
}

static void the_new_directory_has_the_old_places(void **state)
{
	uint32_t dir;

	(void)state;
	replace("dir");
	assert_int_equal(guest_walk(&vm, TREE_RW, "dir/way/none", HC_WALK_OPEN, &out), 0);
	assert_int_equal(out.walked, 2);
	assert_int_equal(out.error, ENOENT);
	dir = out.handle;
	assert_int_equal(guest_walk(&vm, dir, "none", HC_WALK_OPEN, &out), -ENOENT);
	assert_int_equal(tree_remove(&vm, dir, "none", 0), -ENOENT);
	assert_int_equal(tree_rename(&vm, dir, "none", TREE_RW, "got", 0), -ENOENT);
	assert_int_equal(guest_walk(&vm, dir, "kept", HC_WALK_WRITE, &out), 0);
	assert_int_equal(out.error, EROFS);
	assert_int_equal(tree_link(&vm, TREE_RW, "got", out.handle), -EROFS);
	assert_int_equal(tree_remove(&vm, dir, "kept", 0), -EBUSY);
	/* A second handle of the same is no other. */
	assert_int_equal(guest_walk(&vm, dir, "", 0, &out), 0);
	assert_int_equal(guest_walk(&vm, out.handle, "none", HC_WALK_OPEN, &out), -ENOENT);
	/* What lies beside them is the guest's. */
	tree_walk(&vm, dir, "free", HC_WALK_OPEN | HC_WALK_WRITE);
	assert_int_equal(tree_create(&vm, dir, HC_CREATE_FILE, "new", 0644, NULL), 0);
}

static void nothing_is_made_in_an_old_place(void **state)
{
	uint32_t dir, file = tree_walk(&vm, TREE_RW, "file", 0);

	(void)state;
	replace("dir");
	dir = tree_walk(&vm, TREE_RW, "dir/way", 0);
	assert_int_equal(unlink(tree_path("rw/dir/way/kept")), 0);
	assert_int_equal(tree_create(&vm, dir, HC_CREATE_FILE, "kept", 0644, NULL), -EACCES);
	assert_int_equal(tree_link(&vm, dir, "kept", file), -EACCES);
	assert_int_equal(tree_rename(&vm, TREE_RW, "file", dir, "kept", 0), -EBUSY);
	assert_int_equal(tree_rename(&vm, TREE_RW, "file", dir, "none", 0), -EACCES);
}

/* Else it would be by another name what it is not by its own. */
static void the_new_directory_is_not_moved(void **state)
{
	uint32_t dir;

	(void)state;
	replace("dir");
	dir = tree_walk(&vm, TREE_RW, "dir", 0);
	for (uint32_t flags = 0; flags < 3; flags++) {
		assert_int_equal(tree_rename(&vm, TREE_RW, "dir", TREE_RW, "x", flags), -EBUSY);
		assert_int_equal(tree_rename(&vm, dir, "way", TREE_RW, "x", flags), -EBUSY);
		assert_int_equal(tree_rename(&vm, TREE_RW, "old", TREE_RW, "dir", flags), -EBUSY);
	}
	assert_int_equal(tree_remove(&vm, dir, "way", 1), -EBUSY);
	assert_int_equal(rename(tree_path("rw/dir"), tree_path("rw/new")), 0);
	assert_int_equal(tree_create(&vm, TREE_RW, HC_CREATE_DIRECTORY, "dir", 0755, NULL),
			 -EACCES);
}

/* The one that was there keeps what is its own, and the other's places are added. */
static void a_known_one_in_anothers_place_has_both(void **state)
{
	uint32_t dir;

	(void)state;
	assert_int_equal(rename(tree_path("rw/two"), tree_path("rw/old")), 0);
	assert_int_equal(rename(tree_path("rw/dir"), tree_path("rw/two")), 0);
	scratch_write(tree_path("rw/two/way"), "none", "none");
	scratch_write(tree_path("rw/two/way"), "other", "other");
	dir = tree_walk(&vm, TREE_RW, "two/way", 0);
	assert_int_equal(guest_walk(&vm, dir, "none", HC_WALK_OPEN, &out), -ENOENT);
	assert_int_equal(guest_walk(&vm, dir, "other", HC_WALK_OPEN, &out), -ENOENT);
	assert_int_equal(guest_walk(&vm, dir, "kept", HC_WALK_WRITE, &out), 0);
	assert_int_equal(out.error, EROFS);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_new_directory_has_the_old_places),
		TEST(nothing_is_made_in_an_old_place),
		TEST(the_new_directory_is_not_moved),
		TEST(a_known_one_in_anothers_place_has_both),
	};

	return RUN(tests, "ways");
}
