// SPDX-License-Identifier: Apache-2.0
/*
 * I12: what a guest adds to the host's disks is counted before it is there,
 * whatever way it takes.
 */
#include "tests/not-run.h"
#include "tests/unit/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOTH  (HC_WALK_OPEN | HC_WALK_WRITE)
#define LIMIT 100000u
#define LARGE (8 << 20)

static struct vm vm;

static int setup(void **state)
{
	(void)state;
	tree_start(&vm);
	disk_init(&vm.disk, LIMIT);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_stop(&vm);
	return 0;
}

static uint64_t spent(void)
{
	return LIMIT - vm.disk.left;
}

/* Zeros from the guest's buffer. */
static int64_t write_many(uint32_t handle, uint64_t bytes, int64_t offset)
{
	struct {
		struct hc_fs_write head;
		struct hc_segment segment;
	} args = { .head = { .handle = handle, .count = 1, .offset = offset },
		   .segment = { BUFFER_GPA, bytes } };

	return guest_call(&vm, HC_FS_WRITE, &args, sizeof(args));
}

static int64_t allocate(uint32_t handle, uint32_t mode, int64_t offset, int64_t length)
{
	const struct hc_fs_allocate args = {
		.handle = handle, .mode = mode, .offset = offset, .length = length
	};

	return guest_call(&vm, HC_FS_ALLOCATE, &args, sizeof(args));
}

static int64_t set_size(uint32_t handle, int64_t size)
{
	const struct hc_fs_set_attr set = { .handle = handle, .what = HC_SET_SIZE, .size = size };

	return tree_set(&vm, &set);
}

static int64_t map_shared(uint32_t handle, uint64_t page, uint32_t pages)
{
	const struct hc_fs_map map = {
		.handle = handle, .pages = pages, .file_page = page, .flags = HC_MAP_SHARED
	};

	return guest_call(&vm, HC_FS_MAP, &map, sizeof(map));
}

/* A file of holes that was there before; the handle, or 0 where there are no holes. */
static uint32_t make_holes(void)
{
	int fd = open(tree_path("rw/dir/inner"), O_RDWR);
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, LARGE), 0);
	fstat(fd, &st);
	close(fd);
	return st.st_blocks * 512 < LARGE / 2 ? tree_walk(&vm, TREE_RW, "dir/inner", BOTH) : 0;
}

static void growth_counts_and_changes_do_not(void **state)
{
	const uint64_t size = strlen(TREE_FILE);
	uint32_t file = tree_walk(&vm, TREE_RW, "file", BOTH);

	(void)state;
	assert_int_equal(tree_write(&vm, file, "HELLO", 0), 5);
	assert_int_equal(spent(), 0);
	assert_int_equal(tree_write(&vm, file, "0123456789", (int64_t)size - 4), 10);
	assert_int_equal(spent(), 6);
	assert_int_equal(tree_write(&vm, file, "more", -1), 4);
	assert_int_equal(spent(), 10);
}

static void what_does_not_fit_is_cut_and_then_refused(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", BOTH);

	(void)state;
	assert_int_equal(write_many(file, 60000, -1), 60000);
	assert_int_equal(write_many(file, 60000, -1), 40000);
	assert_int_equal(write_many(file, 1, -1), -EDQUOT);
	assert_int_equal(write_many(file, 60000, 0), 60000);
	assert_int_equal(set_size(file, 200000), -EDQUOT);
	assert_int_equal(set_size(file, 10), 0);
	assert_int_equal(write_many(file, 1, -1), -EDQUOT); /* what was counted stays so */
}

static void what_fails_costs_nothing(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", BOTH);
	uint32_t dir = tree_walk(&vm, TREE_RW, "dir", 0);

	(void)state;
	disk_init(&vm.disk, 1ull << 40);
	assert_int_equal(write_many(file, 5, 1ll << 39), -EFBIG); /* the test's own limit */
	assert_int_equal(set_size(file, 1ll << 39), -EFBIG);
	assert_int_equal(allocate(file, 0, 1ll << 39, 100), -EFBIG);
	assert_int_equal(tree_create(&vm, dir, HC_CREATE_FILE, "inner", 0600, NULL), -EEXIST);
	assert_int_equal(tree_link(&vm, dir, "inner", file), -EEXIST);
	assert_int_equal(tree_xattr(&vm, file, "nowhere.x", "y", 0), -EOPNOTSUPP);
	assert_int_equal(vm.disk.left, 1ull << 40);
	assert_int_equal(vm.disk.holes, 0);
	assert_int_equal(vm.disk.names, 0);
}

static void holes_that_were_there_count_when_they_are_filled(void **state)
{
	uint32_t file = make_holes();

	(void)state;
	if (!file)
		NOT_RUN("this file system has no holes");
	assert_int_equal(write_many(file, 40960, 4096 * 100), 40960);
	assert_in_range(spent(), 40960, 49152);
	assert_int_equal(write_many(file, 40960, 4096 * 100), 40960); /* now there is data */
	assert_in_range(spent(), 40960, 49152);
	assert_in_range(write_many(file, 90000, 4096 * 1000), 45000, 60000);
	assert_int_equal(write_many(file, 4096, 4096 * 500), -EDQUOT);
}

static void many_small_holes_are_all_counted(void **state)
{
	uint32_t file = make_holes();

	(void)state;
	if (!file)
		NOT_RUN("this file system has no holes");
	disk_init(&vm.disk, LARGE);
	for (int64_t i = 0; i < 100; i++)
		assert_int_equal(write_many(file, 1, i * 65536), 1);
	disk_init(&vm.disk, 60 * 65536);
	assert_int_equal(write_many(file, 100 * 65536, 0), 60 * 65536);
	assert_in_range(60 * 65536 - vm.disk.left, 60 * 61440, 60 * 65536);
}

static void holes_of_ones_own_are_paid_for_once(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", BOTH);

	(void)state;
	assert_int_equal(set_size(file, 90000), 0);
	assert_int_equal(spent(), 90000 - strlen(TREE_FILE));
	assert_int_equal(write_many(file, 80000, 8192), 80000);
	assert_in_range(spent(), 90000 - strlen(TREE_FILE), 90000);
	assert_int_equal(map_shared(file, 0, 20), 0);
	assert_in_range(spent(), 90000 - strlen(TREE_FILE), 90000);
	assert_int_equal(write_many(file, 100, 1 << 20),
			 -EDQUOT); /* a hole before it counts, too */
}

/*
 * A write that ends in the middle, at memory that is none, gives back what it
 * counted and no more.
 */
static void a_short_write_earns_nothing(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", BOTH);
	const struct hc_fs_map lost = { .handle = file, .pages = 1, .file_page = 100 };
	struct {
		struct hc_fs_write head;
		struct hc_segment segments[2];
	} args = { .head = { .handle = file, .count = 2 },
		   .segments = { { BUFFER_GPA, 4096 }, { GUEST_WINDOW_GPA, 4096 } } };

	(void)state;
	assert_int_equal(write_many(file, 20000, 0), 20000);
	assert_int_equal(spent(), 20000 - strlen(TREE_FILE));
	assert_int_equal(guest_call(&vm, HC_FS_MAP, &lost, sizeof(lost)), 0);
	assert_int_equal(guest_call(&vm, HC_FS_WRITE, &args, sizeof(args)), 4096);
	assert_int_equal(spent(), 20000 - strlen(TREE_FILE));
	args.head.offset = 20000 - 2048;
	assert_int_equal(guest_call(&vm, HC_FS_WRITE, &args, sizeof(args)), 4096);
	assert_int_equal(spent(), 20000 - strlen(TREE_FILE) + 2048);
}

/* What a write leaves out before it is a hole that was paid for, and no larger. */
static void a_hole_before_a_write_is_as_long_as_it_is(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", BOTH);

	(void)state;
	assert_int_equal(write_many(file, 4096, 16384), 4096);
	assert_int_equal(vm.disk.holes, 16384 - strlen(TREE_FILE));
}

/* Blocks behind a file's end are no reason to take its holes for data. */
static void room_behind_the_end_hides_no_hole(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", BOTH), other = make_holes();

	(void)state;
	if (!other)
		NOT_RUN("this file system has no holes");
	assert_int_equal(set_size(file, 40000), 0); /* paid for, and spent elsewhere: */
	assert_int_equal(write_many(other, 39000, 0), 39000);
	assert_int_equal(allocate(file, FALLOC_FL_KEEP_SIZE, 40960, 49152), 0);
	assert_in_range(write_many(file, 30000, 8192), 0, LIMIT - 40000 - 49152 + 4096);
}

static void a_shared_mapping_of_holes_counts(void **state)
{
	uint32_t file = make_holes();

	(void)state;
	if (!file)
		NOT_RUN("this file system has no holes");
	assert_int_equal(map_shared(file, 64, 16), 0);
	assert_int_equal(spent(), 65536);
	assert_int_equal(map_shared(file, 128, 16), -EDQUOT);
	assert_int_equal(spent(), 65536);
}

static void allocation_counts(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", BOTH);
	int64_t result;

	(void)state;
	vm.disk.left = 4;
	assert_int_equal(allocate(file, FALLOC_FL_INSERT_RANGE, 0, 8), -EDQUOT);
	vm.disk.left = LIMIT;
	result = allocate(file, FALLOC_FL_KEEP_SIZE, 0, 40000);
	if (result == -EOPNOTSUPP)
		NOT_RUN("this file system keeps no blocks behind an end");
	assert_int_equal(result, 0);
	assert_in_range(spent(), 39000, 40000);
	assert_int_equal(allocate(file, 0, 0, 50000), 0);
	assert_in_range(spent(), 80000, 90000);
	assert_int_equal(allocate(file, FALLOC_FL_KEEP_SIZE, 50000, 50000), -EDQUOT);
	assert_int_equal(allocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 50000), 0);
	assert_in_range(spent(), 80000, 90000);
}

static void names_count_until_they_are_gone(void **state)
{
	char name[16];
	int64_t error = 0;
	int made = 0;

	(void)state;
	for (; !error && made < 100; made++) {
		snprintf(name, sizeof(name), "n%d", made);
		error = tree_create(&vm, TREE_RW,
				    made % 2 ? HC_CREATE_SYMLINK : HC_CREATE_DIRECTORY, name, 0700,
				    "to");
	}
	assert_int_equal(error, -EDQUOT);
	assert_int_equal(made - 1, LIMIT / DISK_NAME);
	assert_int_equal(tree_create(&vm, TREE_RW, HC_CREATE_TEMPORARY, NULL, 0600, NULL), -EDQUOT);
	assert_int_equal(tree_link(&vm, TREE_RW, "new", tree_walk(&vm, TREE_RW, "file", 0)),
			 -EDQUOT);
	assert_int_equal(tree_remove(&vm, TREE_RW, "n0", 1), 0);
	assert_int_equal(tree_create(&vm, TREE_RW, HC_CREATE_FILE, "new", 0600, NULL), 0);
	disk_init(&vm.disk, LIMIT);
	assert_int_equal(tree_remove(&vm, TREE_RW, "n1", 0), 0); /* it was not counted */
	assert_int_equal(spent(), 0);
}

static void extended_attributes_count(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", BOTH);

	(void)state;
	if (tree_xattr(&vm, file, "user.x", "y", 0) == -EOPNOTSUPP)
		NOT_RUN("this file system has no extended attributes");
	assert_int_equal(spent(), 1 + HC_NAME_MAX);
	vm.disk.left = HC_NAME_MAX;
	assert_int_equal(tree_xattr(&vm, file, "user.z", "y", 0), -EDQUOT);
	assert_int_equal(tree_xattr(&vm, file, "user.x", "", HC_XATTR_REMOVE), 0);
}

static void without_a_limit_nothing_is_counted(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", BOTH);

	(void)state;
	disk_init(&vm.disk, 0);
	assert_int_equal(write_many(file, 60000, -1), 60000);
	assert_int_equal(set_size(file, 100), 0);
	assert_int_equal(tree_create(&vm, TREE_RW, HC_CREATE_FILE, "new", 0600, NULL), 0);
	assert_int_equal(tree_remove(&vm, TREE_RW, "new", 0), 0);
	assert_int_equal(vm.disk.left, UINT64_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(growth_counts_and_changes_do_not),
		TEST(what_does_not_fit_is_cut_and_then_refused),
		TEST(what_fails_costs_nothing),
		TEST(holes_that_were_there_count_when_they_are_filled),
		TEST(many_small_holes_are_all_counted),
		TEST(holes_of_ones_own_are_paid_for_once),
		TEST(a_short_write_earns_nothing),
		TEST(a_hole_before_a_write_is_as_long_as_it_is),
		TEST(room_behind_the_end_hides_no_hole),
		TEST(a_shared_mapping_of_holes_counts),
		TEST(allocation_counts),
		TEST(names_count_until_they_are_gone),
		TEST(extended_attributes_count),
		TEST(without_a_limit_nothing_is_counted),
	};

	return RUN(tests, "disk");
}
