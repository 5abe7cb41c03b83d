// SPDX-License-Identifier: Apache-2.0
/* FS_LOAD: many files of a directory at once; and FS_SEEK and FS_XATTR_GET. */
#include "tests/not-run.h"
#include "tests/unit/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define ENTRIES(n) ((n) * sizeof(struct hc_load_entry))
#define LARGE	   100000

static struct vm vm;
static char *scratch;
static int scratch_fd;

static int setup(void **state)
{
	const char *grants[] = { NULL, NULL };
	int fd;

	(void)state;
	grants[0] = scratch = scratch_make();
	scratch_write(scratch, "one", "first");
	scratch_write(scratch, "two", "second file");
	scratch_write(scratch, "empty", "");
	scratch_fd = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(symlinkat("one", scratch_fd, "link"), 0);
	assert_int_equal(mkfifoat(scratch_fd, "fifo", 0600), 0);
	assert_int_equal(mkdirat(scratch_fd, "dir", 0700), 0);
	fd = openat(scratch_fd, "large", O_RDWR | O_CREAT, 0600);
	assert_int_equal(ftruncate(fd, LARGE), 0);
	assert_int_equal(pwrite(fd, "data", 4, 65536), 4);
	close(fd);
	guest_start(&vm, grants, 16);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_stop(&vm);
	close(scratch_fd);
	scratch_remove(scratch);
	return 0;
}

/* names: separated by spaces. */
static int64_t load(const char *names, uint32_t bytes, uint64_t gpa, uint64_t length)
{
	uint8_t payload[HC_PAYLOAD_MAX];
	struct hc_fs_load args = { .bytes = bytes, .buffer = { gpa, length } };
	size_t used = sizeof(args);

	for (const char *name = names; *name; args.count++) {
		size_t n = strcspn(name, " ");

		payload[used++] = (uint8_t)n;
		memcpy(payload + used, name, n);
		used += n;
		name += n + (name[n] == ' ');
	}
	memcpy(payload, &args, sizeof(args));
	return guest_call(&vm, HC_FS_LOAD, payload, (uint32_t)used);
}

static const struct hc_load_entry *entry(unsigned int i)
{
	return (const struct hc_load_entry *)gm_range(&vm.gm, BUFFER_GPA, ENTRIES(8)) + i;
}

static const char *content(unsigned int i)
{
	return (const char *)gm_range(&vm.gm, BUFFER_GPA + entry(i)->start, 1);
}

static void loads_what_can_be_read(void **state)
{
	(void)state;
	memset(gm_range(&vm.gm, BUFFER_GPA, 8192), 0xa5, 8192);
	assert_int_equal(load("one missing link dir fifo empty two", 4096, BUFFER_GPA, 8192), 7);
	assert_int_equal(entry(0)->opened, 1);
	assert_int_equal(entry(0)->start % HC_LOAD_ALIGN, 0);
	assert_in_range(entry(0)->start, ENTRIES(7), ENTRIES(7) + HC_LOAD_ALIGN - 1);
	assert_int_equal(entry(0)->length, 5);
	assert_int_equal(entry(0)->attr.size, 5);
	assert_memory_equal(content(0), "first", 5);
	assert_int_equal(entry(1)->error, ENOENT);
	assert_int_equal(entry(1)->attr.mode, 0);
	for (unsigned int i = 2; i < 5; i++) {
		assert_int_equal(entry(i)->error, 0);
		assert_int_equal(entry(i)->opened, 0);
		assert_int_equal(entry(i)->length, 0);
	}
	assert_true(S_ISLNK(entry(2)->attr.mode)); /* I5 */
	assert_true(S_ISDIR(entry(3)->attr.mode));
	assert_true(S_ISFIFO(entry(4)->attr.mode)); /* I6: and nobody waits for its writer */
	assert_int_equal(entry(5)->opened, 1);
	assert_int_equal(entry(5)->length, 0);
	assert_int_equal(entry(6)->length, 11);
	assert_memory_equal(content(6), "second file", 11);
}

static void stops_where_it_is_full(void **state)
{
	uint64_t room = ENTRIES(3) + HC_LOAD_ALIGN - 1;

	(void)state;
	/* The first gives what there is room for, however little. */
	assert_int_equal(load("large one two", UINT32_MAX, BUFFER_GPA, room + 1000), 1);
	assert_in_range(entry(0)->length, 1000, 1000 + HC_LOAD_ALIGN);
	assert_int_equal(entry(0)->attr.size, LARGE);
	/* Later ones are whole or not there. */
	assert_int_equal(load("one large two", UINT32_MAX, BUFFER_GPA, room + 1000), 1);
	assert_int_equal(load("one large two", 100, BUFFER_GPA, room + 1000), 3);
	assert_int_equal(entry(1)->length, 100);
	assert_int_equal(load("one two empty", 100, BUFFER_GPA, ENTRIES(3)), 1);
	assert_int_equal(entry(0)->length, 0);
	/* Without bytes nothing is opened. */
	assert_int_equal(load("two one", 0, BUFFER_GPA, ENTRIES(2)), 2);
	assert_int_equal(entry(1)->opened, 0);
	assert_int_equal(entry(1)->error, 0);
	assert_int_equal(entry(1)->attr.size, 5);
}

static void refuses_other_memory(void **state)
{
	(void)state;
	load("one", 10, BUFFER_GPA, ENTRIES(1) - 1);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	load("", 10, BUFFER_GPA, 4096);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	load("one", 10, BUFFER_GPA, GUEST_RAM_INITIAL + 1);
	assert_true(guest_violated(HV_VIOLATION_SEGMENT));
	load("one", 10, BUFFER_GPA, 0);
	assert_true(guest_violated(HV_VIOLATION_SEGMENT));
	/* The monitor stores the entries itself: a window's page may not be there for it. */
	assert_int_equal(gm_window_back(&vm.gm, GM_WINDOW_READ, 0), 0);
	load("one", 10, GUEST_WINDOW_GPA, 4096);
	assert_true(guest_violated(HV_VIOLATION_SEGMENT));
	load("..", 10, BUFFER_GPA, 4096);
	assert_true(guest_violated(HV_VIOLATION_NAME));
}

static uint32_t walk_to(const char *name, uint32_t flags)
{
	struct hc_fs_walk_out out;

	assert_int_equal(guest_walk(&vm, 0, name, flags, &out), 0);
	return out.handle;
}

static void only_directories_have_names(void **state)
{
	uint8_t payload[sizeof(struct hc_fs_load) + 4];
	struct hc_fs_load args = { .handle = walk_to("one", HC_WALK_OPEN),
				   .count = 1,
				   .buffer = { BUFFER_GPA, 4096 } };

	(void)state;
	memcpy(payload, &args, sizeof(args));
	memcpy(payload + sizeof(args), (uint8_t[]){ 3, 't', 'w', 'o' }, 4);
	assert_int_equal(guest_call(&vm, HC_FS_LOAD, payload, sizeof(payload)), -ENOTDIR);
}

static int64_t seek(uint32_t handle, uint32_t whence, int64_t offset)
{
	struct hc_fs_seek args = { .handle = handle, .whence = whence, .offset = offset };

	return guest_call(&vm, HC_FS_SEEK, &args, sizeof(args));
}

static void finds_data_and_holes(void **state)
{
	uint32_t large = walk_to("large", HC_WALK_OPEN);
	int fd = openat(scratch_fd, "large", O_RDONLY);

	(void)state;
	assert_int_equal(seek(large, HC_SEEK_DATA, 0), lseek(fd, 0, SEEK_DATA));
	assert_int_equal(seek(large, HC_SEEK_HOLE, 65536), lseek(fd, 65536, SEEK_HOLE));
	assert_int_equal(seek(large, HC_SEEK_DATA, LARGE), -ENXIO);
	assert_int_equal(seek(walk_to("large", 0), HC_SEEK_DATA, 0), -EBADF);
	assert_int_equal(seek(walk_to("dir", HC_WALK_OPEN), HC_SEEK_DATA, 0), -EINVAL);
	close(fd);
	seek(large, SEEK_CUR, 0);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	seek(large, HC_SEEK_DATA, -1);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
}

static int64_t xattr(uint32_t handle, const char *name, uint64_t length)
{
	uint8_t payload[512];
	struct hc_fs_xattr_get args = { .handle = handle,
					.count = *name != 0,
					.buffer = { BUFFER_GPA, length } };
	size_t n = strlen(name);

	memcpy(payload, &args, sizeof(args));
	payload[sizeof(args)] = (uint8_t)n;
	for (size_t i = 0; i < n; i++)
		payload[sizeof(args) + 1 + i] = (uint8_t)name[i];
	return guest_call(&vm, HC_FS_XATTR_GET, payload,
			  (uint32_t)(sizeof(args) + (n ? n + 1 : 0)));
}

static void reads_attributes(void **state)
{
	uint32_t one = walk_to("one", HC_WALK_OPEN);
	int fd = openat(scratch_fd, "one", O_RDONLY);
	char names[256];
	ssize_t length;

	(void)state;
	if (fsetxattr(fd, "user.color", "blue", 4, 0) && errno == ENOTSUP) {
		close(fd);
		NOT_RUN("this file system has no extended attributes");
	}
	length = flistxattr(fd, names, sizeof(names));
	close(fd);
	assert_int_equal(xattr(one, "user.color", 100), 4);
	assert_memory_equal(gm_range(&vm.gm, BUFFER_GPA, 4), "blue", 4);
	assert_int_equal(xattr(one, "user.color", 0), 4);
	assert_int_equal(xattr(one, "user.color", 3), -ERANGE);
	assert_int_equal(xattr(one, "user.none", 100), -ENODATA);
	assert_int_equal(xattr(one, "", 200), length);
	assert_memory_equal(gm_range(&vm.gm, BUFFER_GPA, 256), names, (size_t)length);
}

static void refuses_other_questions(void **state)
{
	uint32_t one = walk_to("one", HC_WALK_OPEN);
	struct {
		struct hc_fs_xattr_get head;
		char names[4];
	} two = { { .handle = one, .count = 2, .buffer = { BUFFER_GPA, 10 } }, "\1a\1b" };

	(void)state;
	guest_call(&vm, HC_FS_XATTR_GET, &two.head, sizeof(two.head) + 4);
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	xattr(one, "user.color", 1ull << 40);
	assert_true(guest_violated(HV_VIOLATION_SEGMENT));
	assert_int_equal(xattr(walk_to("one", 0), "user.color", 100), -EBADF);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(loads_what_can_be_read),  TEST(stops_where_it_is_full),
		TEST(refuses_other_memory),    TEST(only_directories_have_names),
		TEST(finds_data_and_holes),    TEST(reads_attributes),
		TEST(refuses_other_questions),
	};

	return RUN(tests, "load");
}
