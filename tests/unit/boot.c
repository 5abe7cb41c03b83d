// SPDX-License-Identifier: Apache-2.0
/* The boot block says what the policy says, inside its bounds. */
#include "tests/unit/guest.h"

#include "abi/boot.h"
#include "common/err.h"
#include "hv/boot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct vm vm;
static const char *base;
static const struct boot_block *block;
static struct err error;

static char *const argv[] = { "prog", "", "two words", NULL };
static char *env[] = { "A=b", "EMPTY=", NULL };
static struct grant grants[] = {
	{ .kind = GRANT_SYMLINK, .guest = "/bin", .target = "usr/bin", .fd = -1 },
	{ .kind = GRANT_DEV, .guest = "/dev", .fd = -1 },
	{ .kind = GRANT_READ,
	  .guest = "/etc/passwd",
	  .host = "/etc/passwd",
	  .mode = S_IFREG | 0644 },
	{ .kind = GRANT_PROC, .guest = "/proc", .fd = -1 },
	{ .kind = GRANT_TMPFS, .guest = "/tmp", .fd = -1 },
	{ .kind = GRANT_READ, .guest = "/usr", .host = "/usr", .mode = S_IFDIR | 0755 },
	{ .kind = GRANT_OVERLAY, .guest = "/v", .host = "/v", .mode = S_IFDIR | 0700 },
	{ .kind = GRANT_WRITE, .guest = "/w", .host = "/w", .mode = S_IFDIR | 0755 },
	{ .kind = GRANT_DENY, .guest = "/w/none", .fd = -1 },
	{ .kind = GRANT_SYS, .guest = "/x", .fd = -1 },
};
#define GRANTS (sizeof(grants) / sizeof(*grants))

static struct policy policy = { .grants = grants,
				.grant_count = GRANTS,
				.env = env,
				.workdir = "/tmp",
				.handles_max = 8,
				.open_files = 99 };
static struct hv_config config = { .policy = &policy, .argv = argv, .program = "/usr/bin/prog" };

static int setup(void **state)
{
	(void)state;
	guest_start(&vm, NULL, 16);
	vm.streams = 5;
	base = gm_range(&vm.gm, GUEST_RAM_GPA, 1);
	block = (const void *)base;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_stop(&vm);
	return 0;
}

static void strings_follow_each_other(void **state)
{
	(void)state;
	assert_int_equal(boot_write(&vm, &config, &error), 0);
	assert_int_equal(block->magic, BOOT_MAGIC);
	assert_int_equal(block->argc, 3);
	assert_memory_equal(base + block->argv, "prog\0\0two words\0", 16);
	assert_int_equal(block->envc, 2);
	assert_memory_equal(base + block->envp, "A=b\0EMPTY=\0", 11);
	assert_string_equal(base + block->program, "/usr/bin/prog");
	assert_string_equal(base + block->workdir, "/tmp");
	assert_true(block->size > block->workdir);
}

static void facts_of_the_run(void **state)
{
	uint8_t nothing[BOOT_SEED] = { 0 };

	(void)state;
	assert_int_equal(boot_write(&vm, &config, &error), 0);
	assert_int_equal(block->ram_bytes, GUEST_RAM_INITIAL);
	assert_int_equal(block->ram_limit, GUEST_MEMORY - GUEST_RAM_GPA);
	assert_int_equal(block->uid, getuid());
	assert_int_equal(block->gid, getgid());
	assert_int_equal(block->group_count, getgroups(0, NULL));
	assert_int_equal(block->groups % 4, 0);
	assert_int_equal(block->streams, 5);
	assert_int_equal(block->open_files, 99);
	assert_int_equal(block->cpus, 1);
	assert_memory_not_equal(block->seed, nothing, BOOT_SEED);
}

static void mounts_are_the_grants(void **state)
{
	const struct boot_mount *mount;

	(void)state;
	assert_int_equal(boot_write(&vm, &config, &error), 0);
	assert_int_equal(block->mount_count, GRANTS);
	assert_int_equal(block->mounts % 8, 0);
	mount = (const void *)(base + block->mounts);
	assert_int_equal(mount[0].kind, BOOT_MOUNT_SYMLINK);
	assert_string_equal(base + mount[0].target, "usr/bin");
	assert_int_equal(mount[1].kind, BOOT_MOUNT_DEV);
	assert_int_equal(mount[2].kind, BOOT_MOUNT_HOST);
	assert_int_equal(mount[2].handle, 0);
	assert_int_equal(mount[2].mode, S_IFREG | 0644);
	assert_int_equal(mount[3].kind, BOOT_MOUNT_PROC);
	assert_int_equal(mount[4].kind, BOOT_MOUNT_TMPFS);
	assert_int_equal(mount[5].handle, 1);
	assert_int_equal(mount[5].flags, 0);
	assert_int_equal(mount[6].kind, BOOT_MOUNT_OVERLAY); /* host objects are counted as one */
	assert_int_equal(mount[6].handle, 2);
	assert_int_equal(mount[6].mode, S_IFDIR | 0700);
	assert_int_equal(mount[6].flags, 0);
	assert_int_equal(mount[7].kind, BOOT_MOUNT_HOST);
	assert_int_equal(mount[7].handle, 3);
	assert_int_equal(mount[7].flags, BOOT_MOUNT_WRITABLE);
	assert_int_equal(mount[8].kind, BOOT_MOUNT_NOTHING);
	assert_int_equal(mount[9].kind, BOOT_MOUNT_SYS);
	for (size_t i = 0; i < GRANTS; i++)
		assert_string_equal(base + mount[i].path, grants[i].guest);
}

static void empty_policy(void **state)
{
	struct policy nothing = { .handles_max = 8 };
	struct hv_config bare = { .policy = &nothing, .argv = argv, .program = "/x" };

	(void)state;
	assert_int_equal(boot_write(&vm, &bare, &error), 0);
	assert_int_equal(block->mount_count, 0);
	assert_int_equal(block->envc, 0);
	assert_string_equal(base + block->workdir, "/");
}

static void too_much_is_an_error(void **state)
{
	char *huge = malloc(5 << 20);
	char *const arguments[] = { "prog", huge, "more", NULL };
	struct hv_config big = config;

	(void)state;
	memset(huge, 'x', 5 << 20);
	huge[(5 << 20) - 1] = '\0';
	big.argv = arguments;
	assert_int_equal(boot_write(&vm, &big, &error), -E2BIG);
	assert_true(error.what[0] && error.hint[0]);
	assert_int_equal(block->magic, 0); /* nothing to start from */
	free(huge);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(strings_follow_each_other), TEST(facts_of_the_run),
		TEST(mounts_are_the_grants),	 TEST(empty_policy),
		TEST(too_much_is_an_error),
	};

	return RUN(tests, "boot");
}
