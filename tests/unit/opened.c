// SPDX-License-Identifier: Apache-2.0
/*
 * I8: under a policy of single files to read, they are open before the guest
 * is, and nothing else ever.
 */
#include "tests/unit/guest.h"

#include "hv/fs.h"
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMPUTING (PERM_BASE | PERM_STREAMS | PERM_FILES)

static struct vm vm;
static char *scratch;
static struct hc_fs_walk_out out;

static int setup(void **state)
{
	char path[2][128];
	const char *grants[] = { path[0], path[1], NULL };
	struct grant kinds[] = { { .kind = GRANT_TMPFS },
				 { .kind = GRANT_READ },
				 { .kind = GRANT_READ } };
	const struct policy p = { .grants = kinds, .grant_count = 3, .permissions = COMPUTING };

	(void)state;
	scratch = scratch_make();
	scratch_write(scratch, "file", "hello");
	scratch_write(scratch, "other", "");
	snprintf(path[0], sizeof(path[0]), "%s/file", scratch);
	snprintf(path[1], sizeof(path[1]), "%s/other", scratch);
	guest_start(&vm, grants, 8);
	vm.permissions = COMPUTING;
	handles_get(&vm.handles, 1)->dev++; /* another object than the grant was */
	fs_open_grants(&vm, &p);
	handles_get(&vm.handles, 1)->dev--;
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

static int64_t read_some(uint32_t handle)
{
	struct {
		struct hc_fs_read head;
		struct hc_segment segment;
	} args = { .head = { .handle = handle, .count = 1, .offset = 1 },
		   .segment = { BUFFER_GPA, 100 } };

	return guest_call(&vm, HC_FS_READ, &args, sizeof(args));
}

static void the_open_file_is_handed_out(void **state)
{
	int root = handles_get(&vm.handles, 0)->fd;

	(void)state;
	assert_int_equal(fcntl(root, F_GETFL) & (O_PATH | O_ACCMODE), O_RDONLY);
	assert_int_equal(fcntl(root, F_GETFD), FD_CLOEXEC);
	/* The grant itself is not open for the guest. */
	struct hc_fs_seek seek = { .handle = 0, .whence = HC_SEEK_DATA };
	struct hc_fs_xattr_get list = { .handle = 0 };
	struct hc_fs_map map = { .handle = 0, .pages = 1 };

	assert_int_equal(read_some(0), -EBADF);
	assert_int_equal(guest_call(&vm, HC_FS_SEEK, &seek, sizeof(seek)), -EBADF);
	assert_int_equal(guest_call(&vm, HC_FS_XATTR_GET, &list, sizeof(list)), -EBADF);
	assert_int_equal(guest_call(&vm, HC_FS_MAP, &map, sizeof(map)), -EBADF);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(guest_walk(&vm, 0, "", HC_WALK_OPEN, &out), 0);
		assert_int_equal(out.opened, 1);
		assert_int_equal(out.error, 0);
		assert_int_equal(handles_get(&vm.handles, out.handle)->fd, root);
		assert_int_equal(read_some(out.handle), 4);
		assert_memory_equal(gm_range(&vm.gm, BUFFER_GPA, 4), "ello", 4);
	}
	assert_int_equal(guest_walk(&vm, 0, "", 0, &out), 0);
	assert_int_equal(out.opened, 0);
}

static void what_could_not_be_opened_says_so(void **state)
{
	(void)state;
	assert_int_equal(guest_walk(&vm, 1, "", HC_WALK_OPEN, &out), 0);
	assert_int_equal(out.opened, 0);
	assert_int_equal(out.error, ESTALE);
}

static void nothing_is_opened_later(void **state)
{
	(void)state;
	handles_get(&vm.handles, 0)->ready = -EPERM;
	assert_int_equal(guest_walk(&vm, 0, "", HC_WALK_OPEN, &out), 0);
	assert_int_equal(out.opened, 0);
	assert_int_equal(out.error, EPERM);
	assert_int_equal(guest_walk(&vm, 0, "", HC_WALK_WRITE, &out), 0);
	assert_int_equal(out.error, EROFS);
}

static void names_are_not_walked(void **state)
{
	(void)state;
	assert_int_equal(guest_walk(&vm, 0, "name", 0, &out), -EPERM);
	assert_int_equal(killed.end, 0);
}

static void policies_that_open_later_open_nothing_now(void **state)
{
	struct grant kinds[] = { { .kind = GRANT_READ } };
	const struct policy p = { .grants = kinds,
				  .grant_count = 1,
				  .permissions = COMPUTING | PERM_TREES };
	struct handle *root = handles_get(&vm.handles, 1);

	(void)state;
	root->ready = 0;
	fs_open_grants(&vm, &p);
	assert_int_equal(root->ready, 0);
	assert_true(fcntl(root->fd, F_GETFL) & O_PATH);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_open_file_is_handed_out),
		TEST(what_could_not_be_opened_says_so),
		TEST(nothing_is_opened_later),
		TEST(names_are_not_walked),
		TEST(policies_that_open_later_open_nothing_now),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("opened", tests, NULL, NULL) != 0;
}
