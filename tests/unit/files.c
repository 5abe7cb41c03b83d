// SPDX-License-Identifier: Apache-2.0
/* File services on a handle, and the window: what they give, and what they refuse. */
#include "tests/unit/guest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define CHUNK_PAGES (GUEST_WINDOW_CHUNK / GUEST_PAGE_SIZE)

static struct vm vm;
static char *scratch;
static uint32_t file, directory, link_handle, closed_file;

static uint32_t walk_to(const char *name, uint32_t flags)
{
	struct hc_fs_walk_out out;

	assert_int_equal(guest_walk(&vm, 0, name, flags, &out), 0);
	assert_int_equal(out.error, 0);
	return out.handle;
}

static int setup(void **state)
{
	const char *grants[] = { NULL, NULL };
	char path[512];

	(void)state;
	scratch = scratch_make();
	scratch_write(scratch, "file", "hello world");
	snprintf(path, sizeof(path), "%s/link", scratch);
	assert_int_equal(symlink("else/where", path), 0);
	grants[0] = scratch;
	guest_start(&vm, grants, 16);
	file = walk_to("file", HC_WALK_OPEN);
	closed_file = walk_to("file", 0);
	link_handle = walk_to("link", 0);
	directory = walk_to("", HC_WALK_OPEN);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_stop(&vm);
	scratch_remove(scratch);
	return 0;
}

static char *buffer(void)
{
	return gm_range(&vm.gm, BUFFER_GPA, 4096);
}

static int64_t read_file(uint32_t handle, int64_t offset)
{
	struct {
		struct hc_fs_read head;
		struct hc_segment segments[2];
	} args = { .head = { .handle = handle, .count = 2, .offset = offset },
		   .segments = { { BUFFER_GPA, 4 }, { BUFFER_GPA + 100, 100 } } };

	return guest_call(&vm, HC_FS_READ, &args, sizeof(args));
}

static void reads_into_segments(void **state)
{
	(void)state;
	assert_int_equal(read_file(file, 0), 11);
	assert_memory_equal(buffer(), "hell", 5); /* and the zero after it */
	assert_memory_equal(buffer() + 100, "o world", 8);
	assert_int_equal(read_file(file, 6), 5);
	assert_memory_equal(buffer(), "worl", 4);
	assert_int_equal(read_file(file, 11), 0);
	assert_int_equal(read_file(file, INT64_MAX), -EINVAL);
	assert_int_equal(read_file(closed_file, 0), -EBADF);
	assert_int_equal(read_file(directory, 0), -EISDIR);
	assert_int_equal(killed.end, 0);
	read_file(file, -1);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	read_file(99, 0);
	assert_true(guest_violated(HV_VIOLATION_HANDLE));
}

static int64_t read_directory(uint32_t handle, uint64_t cookie, uint64_t gpa, uint64_t length)
{
	struct hc_fs_readdir args = { .handle = handle,
				      .cookie = cookie,
				      .buffer = { gpa, length } };

	return guest_call(&vm, HC_FS_READDIR, &args, sizeof(args));
}

static void lists_directories(void **state)
{
	int64_t n = read_directory(directory, 0, BUFFER_GPA, 4096);
	int found = 0;
	uint64_t last = 0;

	(void)state;
	assert_true(n > 0);
	for (int64_t at = 0; at < n;) {
		struct dirent64 *entry = (struct dirent64 *)(void *)(buffer() + at);

		found += !strcmp(entry->d_name, "file") || !strcmp(entry->d_name, "link");
		at += entry->d_reclen;
		last = (uint64_t)entry->d_off;
	}
	assert_int_equal(found, 2);
	assert_int_equal(read_directory(directory, last, BUFFER_GPA, 4096), 0);
	assert_int_equal(read_directory(directory, 0, BUFFER_GPA, 4096),
			 n); /* from the start again */
	assert_int_equal(read_directory(directory, 0, BUFFER_GPA, 1), -EINVAL);
	assert_int_equal(read_directory(file, 0, BUFFER_GPA, 4096), -ENOTDIR);
	assert_int_equal(read_directory(0, 0, BUFFER_GPA, 4096), -EBADF); /* O_PATH */
	assert_int_equal(killed.end, 0);
	read_directory(directory, 0, GUEST_DOORBELL_GPA, 4096);
	assert_true(guest_violated(HV_VIOLATION_SEGMENT));
	read_directory(directory, 0, BUFFER_GPA, 0);
	assert_true(guest_violated(HV_VIOLATION_SEGMENT));
}

static int64_t read_link(uint32_t handle, uint64_t gpa, uint64_t length)
{
	struct hc_fs_readlink args = { .handle = handle, .buffer = { gpa, length } };

	return guest_call(&vm, HC_FS_READLINK, &args, sizeof(args));
}

static void reads_links(void **state)
{
	(void)state;
	assert_int_equal(read_link(link_handle, BUFFER_GPA, 4096), 10);
	assert_memory_equal(buffer(), "else/where", 10);
	assert_int_equal(read_link(link_handle, BUFFER_GPA, 3), 3);
	assert_int_equal(read_link(file, BUFFER_GPA, 4096), -EINVAL);
	assert_int_equal(killed.end, 0);
	read_link(link_handle, BUFFER_GPA - 1, 4096);
	assert_true(guest_violated(HV_VIOLATION_SEGMENT));
}

static void attributes_are_the_hosts(void **state)
{
	const struct hc_attr *attr = guest_reply(&vm);
	const struct hc_fs_statfs_out *statfs_out = guest_reply(&vm);
	struct hc_fs_handle args = { .handle = closed_file };
	struct stat st;
	struct statfs fs;
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s/file", scratch);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(statfs(path, &fs), 0);
	assert_int_equal(guest_call(&vm, HC_FS_ATTR, &args, sizeof(args)), 0);
	assert_int_equal(attr->ino, st.st_ino);
	assert_int_equal(attr->dev, st.st_dev);
	assert_int_equal(attr->mode, st.st_mode);
	assert_int_equal(attr->size, 11);
	assert_int_equal(attr->mtime_ns, st.st_mtim.tv_sec * 1000000000ll + st.st_mtim.tv_nsec);
	assert_int_equal(guest_call(&vm, HC_FS_STATFS, &args, sizeof(args)), 0);
	assert_int_equal(statfs_out->type, fs.f_type);
	assert_int_equal(statfs_out->bsize, fs.f_bsize);
	args.handle = 77;
	guest_call(&vm, HC_FS_ATTR, &args, sizeof(args));
	assert_true(guest_violated(HV_VIOLATION_HANDLE));
	guest_call(&vm, HC_FS_STATFS, &args, sizeof(args));
	assert_true(guest_violated(HV_VIOLATION_HANDLE));
}

static int64_t close_two(uint32_t first, uint32_t second)
{
	struct {
		struct hc_fs_close head;
		uint32_t handles[2];
	} args = { .head.count = 2, .handles = { first, second } };

	return guest_call(&vm, HC_FS_CLOSE, &args, sizeof(args));
}

static void close_takes_all_or_none(void **state)
{
	(void)state;
	close_two(file, 0); /* a root */
	assert_true(guest_violated(HV_VIOLATION_HANDLE));
	close_two(file, file);
	assert_true(guest_violated(HV_VIOLATION_HANDLE));
	close_two(file, 15);
	assert_true(guest_violated(HV_VIOLATION_HANDLE));
	assert_non_null(handles_get(&vm.handles, file)); /* nothing was closed */
	assert_int_equal(close_two(file, directory), 0);
	assert_null(handles_get(&vm.handles, file));
	close_two(file, link_handle);
	assert_true(guest_violated(HV_VIOLATION_HANDLE));
}

static int64_t map(uint32_t handle, uint64_t file_page, uint64_t window_page, uint32_t pages)
{
	struct hc_fs_map args = {
		.handle = handle, .pages = pages, .file_page = file_page, .window_page = window_page
	};

	return guest_call(&vm, HC_FS_MAP, &args, sizeof(args));
}

static int64_t unmap(uint64_t window_page, uint64_t pages)
{
	struct hc_fs_unmap args = { .window_page = window_page, .pages = pages };

	return guest_call(&vm, HC_FS_UNMAP, &args, sizeof(args));
}

static void window_shows_files_read_only(void **state)
{
	struct {
		struct hc_fs_read head;
		struct hc_segment segment;
	} into_window = { .head = { .handle = file, .count = 1 },
			  .segment = { GUEST_WINDOW_GPA + 5 * GUEST_PAGE_SIZE, 5 } };
	char *host;

	(void)state;
	assert_int_equal(map(file, 0, 5, 1), 0);
	host = gm_range(&vm.gm, GUEST_WINDOW_GPA + 5 * GUEST_PAGE_SIZE, GUEST_PAGE_SIZE);
	assert_non_null(host);
	assert_memory_equal(host, "hello world\0", 12);
	/* The host kernel does not write there for the guest either. */
	assert_int_equal(guest_call(&vm, HC_FS_READ, &into_window, sizeof(into_window)), -EFAULT);
	assert_int_equal(unmap(5, 1), 0);
	assert_int_equal(host[0], 0); /* gone */
}

static void window_refuses(void **state)
{
	(void)state;
	assert_int_equal(map(closed_file, 0, 0, 1), -EBADF);
	assert_int_equal(map(directory, 0, 0, 1), -ENODEV);
	assert_int_equal(killed.end, 0);
	map(file, 0, 0, 0);
	assert_true(guest_violated(HV_VIOLATION_SEGMENT));
	map(file, 0, CHUNK_PAGES - 1, 2);
	assert_true(guest_violated(HV_VIOLATION_SEGMENT));
	map(file, 0, UINT64_MAX, 1);
	assert_true(guest_violated(HV_VIOLATION_SEGMENT));
	map(file, 1ull << 52, 0, 1);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	map(file, (1ull << 51) - 1, 0, 1);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	map(99, 0, 0, 1);
	assert_true(guest_violated(HV_VIOLATION_HANDLE));
	unmap(0, 0);
	assert_true(guest_violated(HV_VIOLATION_SEGMENT));
	unmap(1, CHUNK_PAGES);
	assert_true(guest_violated(HV_VIOLATION_SEGMENT));
	unmap(UINT64_MAX, UINT64_MAX);
	assert_true(guest_violated(HV_VIOLATION_SEGMENT));
}

static void a_failed_map_leaves_no_hole(void **state)
{
	unsigned char resident;
	void *host = gm_window_pages(&vm.gm, GM_WINDOW_READ, 0, 1);

	(void)state;
	slots.error = ENOMEM;
	assert_int_equal(map(file, 0, 0, 1), -ENOMEM);
	slots.error = 0;
	handles_get(&vm.handles, directory)->mode = S_IFREG; /* a file that cannot be mapped */
	assert_int_equal(map(directory, 0, 0, 1), -ENODEV);
	assert_int_equal(mincore(host, GUEST_PAGE_SIZE, &resident), 0); /* ENOMEM on a hole */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_into_segments),
		TEST(lists_directories),
		TEST(reads_links),
		TEST(attributes_are_the_hosts),
		TEST(close_takes_all_or_none),
		TEST(window_shows_files_read_only),
		TEST(window_refuses),
		TEST(a_failed_map_leaves_no_hole),
	};

	return RUN(tests, "files");
}
