// SPDX-License-Identifier: Apache-2.0
/*
 * on-deny: kill: what the policy forbids ends the VM, whichever check it is
 * that finds it; a miss does not.
 */
#include "tests/unit/rows.h"
#include "tests/unit/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOTH (HC_WALK_OPEN | HC_WALK_WRITE)

static struct vm vm;
static struct hole holes[3];
static struct hc_fs_walk_out out;
static uint32_t dir;

static int setup(void **state)
{
	(void)state;
	tree_start(&vm);
	holes[0] = tree_hole(HOLE_DENIED, "rw/dir/inner", NULL);
	holes[1] = tree_hole(HOLE_PINNED, "rw/dir", NULL);
	holes[2] = tree_hole(HOLE_DENIED, "rw", "none");
	vm.holes = holes;
	vm.hole_count = 3;
	vm.kills = 1;
	dir = tree_walk(&vm, TREE_RW, "dir", 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tree_stop(&vm);
	return 0;
}

/* The last call ended the VM for that errno; without the option it only fails. */
static void ended(uint32_t error)
{
	assert_int_equal(killed.end, HV_END_DENIED);
	assert_int_equal(killed.code, error);
	killed.end = 0;
}

static void without_a_permission(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		vm.permissions = ~rows[i].permission;
		guest_call(&vm, rows[i].number, NULL, 0);
		ended(EPERM);
	}
	vm.permissions = PERM_BASE | PERM_STREAMS | PERM_FILES;
	guest_walk(&vm, TREE_RW, "file", 0, &out);
	ended(EPERM);
}

static void below_a_read_grant(void **state)
{
	uint32_t file = tree_walk(&vm, TREE_RO, "file", HC_WALK_OPEN);
	struct hc_fs_set_attr set = { .handle = file, .what = HC_SET_MODE };
	struct hc_fs_allocate allocate = { .handle = file, .length = 1 };
	struct hc_fs_sync sync = { .handle = file };

	(void)state;
	guest_walk(&vm, file, "", BOTH, &out);
	ended(EROFS);
	tree_create(&vm, TREE_RO, HC_CREATE_FILE, "new", 0600, NULL);
	ended(EROFS);
	tree_remove(&vm, TREE_RO, "file", 0);
	ended(EROFS);
	tree_rename(&vm, TREE_RO, "file", TREE_RW, "new", 0);
	ended(EROFS);
	tree_link(&vm, TREE_RW, "new", file);
	ended(EROFS);
	tree_write(&vm, file, "xy", 0);
	ended(EROFS);
	tree_set(&vm, &set);
	ended(EROFS);
	tree_xattr(&vm, file, "user.x", "y", 0);
	ended(EROFS);
	guest_call(&vm, HC_FS_ALLOCATE, &allocate, sizeof(allocate));
	ended(EROFS);
	guest_call(&vm, HC_FS_SYNC, &sync, sizeof(sync));
	ended(EROFS);
}

static void at_a_hole(void **state)
{
	(void)state;
	guest_walk(&vm, dir, "inner", 0, &out);
	ended(ENOENT);
	tree_create(&vm, TREE_RW, HC_CREATE_FILE, "none", 0600, NULL);
	ended(EACCES);
	tree_rename(&vm, TREE_RW, "file", TREE_RW, "none", 0);
	ended(EACCES);
	tree_link(&vm, TREE_RW, "none", tree_walk(&vm, TREE_RW, "file", 0));
	ended(EACCES);
	tree_remove(&vm, TREE_RW, "none", 0);
	ended(ENOENT);
	tree_remove(&vm, TREE_RW, "dir", 1);
	ended(EBUSY);
}

/* A name that is not there, an error of the host's, and a load, which no program has asked for. */
static void other_failures_do_not(void **state)
{
	struct {
		struct hc_fs_load head;
		uint8_t names[6];
	} load = { .head = { .handle = tree_walk(&vm, TREE_RW, "dir", 0),
			     .count = 1,
			     .buffer = { BUFFER_GPA, 4096 } },
		   .names = "\5inner" };
	uint32_t inner = (uint32_t)offsetof(struct hc_load_entry, error);
	int32_t *error = (int32_t *)((char *)gm_range(&vm.gm, BUFFER_GPA, 4096) + inner);

	(void)state;
	assert_int_equal(guest_walk(&vm, TREE_RW, "missing", 0, &out), -ENOENT);
	assert_int_equal(tree_create(&vm, TREE_RW, HC_CREATE_FILE, "file", 0600, NULL), -EEXIST);
	assert_int_equal(tree_remove(&vm, TREE_RW, "file", 1), -ENOTDIR);
	assert_int_equal(guest_call(&vm, HC_FS_LOAD, &load, sizeof(load.head) + 6), 1);
	assert_int_equal(*error, ENOENT);
	assert_int_equal(killed.end, 0);
}

/* The runtime's own word for it counts when the policy says kill. */
static void the_runtime_ends_it(void **state)
{
	struct hc_exit end = { .kind = HC_EXIT_DENIED };

	(void)state;
	guest_call(&vm, HC_EXIT, &end, sizeof(end));
	ended(0);
	end.code = EACCES;
	guest_call(&vm, HC_EXIT, &end, sizeof(end));
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	end.code = 0;
	vm.kills = 0;
	guest_call(&vm, HC_EXIT, &end, sizeof(end));
	assert_true(guest_violated(HV_VIOLATION_FIELD));
	guest_walk(&vm, dir, "inner", 0, &out);
	assert_int_equal(killed.end, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_permission),  TEST(below_a_read_grant),	TEST(at_a_hole),
		TEST(other_failures_do_not), TEST(the_runtime_ends_it),
	};

	return RUN(tests, "kills");
}
