// SPDX-License-Identifier: Apache-2.0
/* FS_MAP with HC_MAP_SHARED: who may write a file in place, and that it reaches the file. */
#include "tests/unit/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOTH (HC_WALK_OPEN | HC_WALK_WRITE)

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

static int64_t map(uint32_t handle, uint64_t window_page, uint32_t flags)
{
	struct hc_fs_map args = {
		.handle = handle, .pages = 1, .window_page = window_page, .flags = flags
	};

	return guest_call(&vm, HC_FS_MAP, &args, sizeof(args));
}

static int64_t unmap(uint64_t window_page, uint32_t flags)
{
	struct hc_fs_unmap args = { .window_page = window_page, .pages = 1, .flags = flags };

	return guest_call(&vm, HC_FS_UNMAP, &args, sizeof(args));
}

static char *page_at(uint64_t gpa)
{
	return gm_range(&vm.gm, gpa, GUEST_PAGE_SIZE);
}

static void stores_reach_the_file(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", BOTH);
	char *page;

	(void)state;
	assert_int_equal(map(file, 3, HC_MAP_SHARED), 0);
	page = page_at(GUEST_SHARED_GPA + 3 * GUEST_PAGE_SIZE);
	assert_non_null(page);
	assert_null(page_at(GUEST_WINDOW_GPA + 3 * GUEST_PAGE_SIZE)); /* the other has no slot */
	assert_memory_equal(page, TREE_FILE, strlen(TREE_FILE));
	page[0] = 'J';
	tree_expect("rw/file", "Jello world");
	assert_int_equal(unmap(3, HC_MAP_SHARED), 0);
	assert_int_equal(page[0], 0);
	/* What is not mapped takes no stores, which would be memory beyond the limit (I12). */
	struct {
		struct hc_fs_read head;
		struct hc_segment segment;
	} into = { { .handle = file, .count = 1 }, { GUEST_SHARED_GPA + 3 * GUEST_PAGE_SIZE, 5 } };
	assert_int_equal(guest_call(&vm, HC_FS_READ, &into, sizeof(into)), -EFAULT);
	tree_expect("rw/file", "Jello world");
}

static void only_what_can_be_written_is_shared(void **state)
{
	(void)state;
	assert_int_equal(map(tree_walk(&vm, TREE_RW, "file", HC_WALK_OPEN), 0, HC_MAP_SHARED),
			 -EACCES);
	assert_int_equal(map(tree_walk(&vm, TREE_RW, "file", HC_WALK_WRITE), 0, HC_MAP_SHARED),
			 -EACCES);
	assert_int_equal(map(tree_walk(&vm, TREE_RO, "file", HC_WALK_OPEN), 0, HC_MAP_SHARED),
			 -EACCES);
	assert_int_equal(map(tree_walk(&vm, TREE_RW, "file", 0), 0, HC_MAP_SHARED), -EBADF);
	assert_int_equal(map(tree_walk(&vm, TREE_RW, "dir", HC_WALK_OPEN), 0, HC_MAP_SHARED),
			 -EACCES);
	assert_int_equal(map(tree_walk(&vm, TREE_RW, "dir", HC_WALK_OPEN), 0, 0), -ENODEV);
	/* A store there would keep the bits, and whoever starts it then runs the guest's code. */
	assert_int_equal(map(tree_walk(&vm, TREE_RW, "setuid", BOTH), 0, HC_MAP_SHARED), -EPERM);
	assert_int_equal(map(tree_walk(&vm, TREE_RW, "setuid", BOTH), 0, 0), 0); /* I6 */
	vm.permissions &= ~(uint32_t)PERM_WRITE;
	assert_int_equal(map(tree_walk(&vm, TREE_RW, "file", HC_WALK_OPEN), 0, HC_MAP_SHARED),
			 -EPERM); /* I8 */
	assert_int_equal(killed.end, 0);
}

static void the_windows_do_not_mix(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", BOTH);

	(void)state;
	assert_int_equal(map(file, 0, 0), 0);
	assert_int_equal(map(file, 0, HC_MAP_SHARED), 0);
	assert_int_equal(unmap(0, 0), 0);
	assert_int_equal(*page_at(GUEST_WINDOW_GPA), 0);
	assert_int_equal(*page_at(GUEST_SHARED_GPA), *TREE_FILE);
	map(file, 0, 2);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	unmap(0, 2);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	map(file, GUEST_SHARED_MAX / GUEST_PAGE_SIZE, HC_MAP_SHARED);
	assert_true(guest_violated(HV_VIOLATION_SEGMENT));
}

/* A sparse file gets no blocks by being mapped and read. */
static void reading_fills_no_holes(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RW, "file", BOTH);
	struct stat before, after;

	(void)state;
	assert_int_equal(truncate(tree_path("rw/file"), 1 << 20), 0);
	assert_int_equal(stat(tree_path("rw/file"), &before), 0);
	struct hc_fs_map args = { .handle = file, .pages = 256, .flags = HC_MAP_SHARED };

	assert_int_equal(guest_call(&vm, HC_FS_MAP, &args, sizeof(args)), 0);
	assert_int_equal(stat(tree_path("rw/file"), &after), 0);
	assert_int_equal(after.st_blocks, before.st_blocks);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stores_reach_the_file),
		TEST(only_what_can_be_written_is_shared),
		TEST(the_windows_do_not_mix),
		TEST(reading_fills_no_holes),
	};

	/* Where mapping could fill holes: a file system in memory. */
	if (!access("/dev/shm", W_OK))
		setenv("TMPDIR", "/dev/shm", 1);
	return RUN(tests, "shared");
}
