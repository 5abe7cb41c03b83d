// SPDX-License-Identifier: Apache-2.0
/*
 * The walk to the program that is answered before the start: as the service
 * would, or not at all.
 */
#include "tests/unit/guest.h"

#include "abi/boot.h"
#include "hv/boot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *scratch;
static struct vm vm;
static struct boot_walk answer;
static struct grant grants[] = {
	{ .kind = GRANT_SYMLINK, .guest = "/bin", .target = "g/bin", .fd = -1 },
	{ .kind = GRANT_READ, .guest = "/g", .mode = S_IFDIR | 0755 },
	{ .kind = GRANT_TMPFS, .guest = "/g/tmp", .fd = -1 },
};
static const struct policy policy = { .grants = grants, .grant_count = 3 };

static int setup(void **state)
{
	const char *paths[] = { NULL, NULL };
	char link[512];

	(void)state;
	scratch = scratch_make();
	scratch_write(scratch, "prog", "text");
	snprintf(link, sizeof(link), "%s/link", scratch);
	assert_int_equal(symlink("prog", link), 0);
	paths[0] = scratch;
	guest_start(&vm, paths, 16);
	memset(&answer, 0, sizeof(answer));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_stop(&vm);
	scratch_remove(scratch);
	return 0;
}

static const char *walk(const char *program)
{
	return boot_answer_walk(&vm, &policy, program, &answer);
}

static void a_program_below_a_grant(void **state)
{
	struct hc_fs_walk_out asked;

	(void)state;
	assert_string_equal(walk("/g/prog"), "prog");
	assert_int_equal(answer.answered, 1);
	assert_int_equal(answer.handle, 0);
	assert_int_equal(guest_walk(&vm, 0, "prog", HC_WALK_OPEN, &asked), 0);
	asked.handle = answer.reply.handle; /* all the rest is the same */
	assert_memory_equal(&answer.reply, &asked, sizeof(asked));
	assert_int_equal(handles_get(&vm.handles, answer.reply.handle)->kind, HANDLE_OPEN);
	assert_int_equal(vm.program_fd, handles_get(&vm.handles, answer.reply.handle)->fd);
}

static void the_grant_itself(void **state)
{
	(void)state;
	assert_string_equal(walk("/g"), "");
	assert_int_equal(answer.reply.walked, 0);
	assert_int_equal(answer.reply.opened, 1);
}

static void links_are_not_followed(void **state)
{
	(void)state;
	assert_string_equal(walk("/g/link"), "link");
	assert_true(S_ISLNK(answer.reply.attr.mode));
	assert_int_equal(answer.reply.opened, 0);
}

static void no_answer(void **state)
{
	char longer[HC_NAME_MAX + 8] = "/g/";

	(void)state;
	memset(longer + 3, 'x', HC_NAME_MAX + 1);
	assert_null(walk(longer));
	assert_null(walk("/g/missing"));
	assert_null(walk("/g/../prog"));
	assert_null(walk("/g//prog"));
	assert_null(walk("/g/tmp/prog")); /* another grant's */
	assert_null(walk("/bin/prog"));
	assert_null(walk("/gprog"));
	vm.permissions &= ~(uint32_t)PERM_FILES;
	assert_null(walk("/g/prog")); /* I8 */
	assert_int_equal(answer.answered, 0);
	assert_int_equal(vm.program_fd, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_program_below_a_grant),
		TEST(the_grant_itself),
		TEST(links_are_not_followed),
		TEST(no_answer),
	};

	return RUN(tests, "boot-walk");
}
