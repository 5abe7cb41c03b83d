// SPDX-License-Identifier: Apache-2.0
/* All grants together: order, what is dropped, what contradicts, what the limits are. */
#include "abi/hypercalls.h"
#include "tests/policy/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int put(struct tree *t, const char *host, const char *guest)
{
	return policy_grant_read(&t->policy, host, guest, 0, "--ro", &t->err);
}

static int finish(struct tree *t)
{
	return policy_finish(&t->policy, &t->err);
}

static void parents_come_first(void **state)
{
	struct tree *t = *state;

	tree_dir("d");
	tree_file("f");
	assert_int_equal(put(t, "f", "/m/b/c"), 0);
	assert_int_equal(put(t, "f", "/m/b-x"), 0);
	assert_int_equal(put(t, "d", "/m/b"), 0);
	assert_int_equal(put(t, "f", "/a"), 0);
	assert_int_equal(finish(t), 0);
	assert_int_equal(t->policy.grant_count, 4);
	for (size_t i = 1; i < t->policy.grant_count; i++)
		assert_true(strcmp(t->policy.grants[i - 1].guest, t->policy.grants[i].guest) < 0);
}

static void what_is_shown_anyway_is_dropped(void **state)
{
	struct tree *t = *state;

	tree_dir("d");
	tree_dir("d/e");
	tree_file("d/e/f");
	tree_link("d/l", "e/f");
	assert_int_equal(tree_ro(t, "d/e/f"), 0);
	assert_int_equal(tree_ro(t, "d/l"), 0);
	assert_int_equal(tree_ro(t, "d"), 0);
	assert_int_equal(tree_ro(t, "d"), 0);
	assert_int_equal(finish(t), 0);
	assert_int_equal(t->policy.grant_count, 1);
	assert_non_null(tree_grant(t, tree_path(t, "d")));
}

static void a_different_object_below_stays(void **state)
{
	struct tree *t = *state;

	tree_dir("d");
	tree_dir("d/e");
	tree_dir("other");
	tree_dir("other/e");
	assert_int_equal(put(t, "d", "/m"), 0);
	assert_int_equal(put(t, "other", "/m/e"), 0);
	/* /m shows this one at the same place, but /m/e hides it. */
	tree_dir("d/e/x");
	assert_int_equal(put(t, "d/e/x", "/m/e/x"), 0);
	assert_int_equal(finish(t), 0);
	assert_int_equal(t->policy.grant_count, 3);
	assert_string_equal(tree_grant(t, "/m/e")->host, tree_path(t, "other"));
}

static void two_objects_at_one_place_contradict(void **state)
{
	struct tree *t = *state;

	tree_dir("a");
	tree_dir("b");
	assert_int_equal(put(t, "a", "/m"), 0);
	assert_int_equal(put(t, "b", "/m"), 0);
	assert_int_equal(finish(t), -EINVAL);
	assert_int_equal(t->err.status, ERR_SANDBOX);
	assert_string_equal(t->err.what,
			    "--ro /m: contradicts --ro, which puts a directory of the host at /m");
	assert_true(t->err.hint[0]);
}

static void the_users_rule_replaces_the_base(void **state)
{
	struct tree *t = *state;

	assert_int_equal(
		policy_grant_private(&t->policy, GRANT_TMPFS, "/tmp", "builtin:base", &t->err), 0);
	assert_int_equal(put(t, ".", "/tmp"), 0);
	assert_int_equal(finish(t), 0);
	assert_int_equal(t->policy.grant_count, 1);
	assert_int_equal(t->policy.grants[0].kind, GRANT_READ);
}

static void nothing_lies_below_a_file_or_link(void **state)
{
	struct tree *t = *state;

	tree_file("f");
	assert_int_equal(put(t, "f", "/m"), 0);
	assert_int_equal(put(t, "f", "/m/x"), 0);
	assert_int_equal(finish(t), -EINVAL);
	policy_free(&t->policy);
	policy_init(&t->policy);
	tree_link("l", ".");
	assert_int_equal(tree_ro(t, "l"), 0);
	assert_int_equal(put(t, "f", tree_path(t, "l/x")), 0);
	assert_int_equal(finish(t), -EINVAL);
}

static void private_takes_grants_below_it(void **state)
{
	struct tree *t = *state;

	tree_file("f");
	assert_int_equal(
		policy_grant_private(&t->policy, GRANT_TMPFS, "/tmp", "builtin:base", &t->err), 0);
	assert_int_equal(tree_ro(t, "f"), 0);
	assert_int_equal(finish(t), 0);
	assert_int_equal(t->policy.grant_count, 2);
}

static void descriptors_only_name_what_was_resolved(void **state)
{
	struct tree *t = *state;

	tree_dir("d");
	tree_file("d/f");
	assert_int_equal(tree_ro(t, "d/f"), 0);
	/* Somebody swaps a directory of the path for a link before it is opened. */
	assert_return_code(rename("d", "e"), 0);
	tree_link("d", "e");
	assert_true(finish(t) < 0);
	assert_non_null(strstr(t->err.what, "Too many levels of symbolic links"));
}

static void descriptors_stay_off_the_streams(void **state)
{
	struct tree *t = *state;
	int saved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
	const struct grant *g;
	struct stat held, file;

	tree_file("f");
	assert_int_equal(tree_ro(t, "f"), 0);
	close(STDIN_FILENO);
	assert_int_equal(finish(t), 0);
	if (saved >= 0)
		dup2(saved, STDIN_FILENO);
	close(saved);
	g = tree_grant(t, tree_path(t, "f"));
	assert_true(g->fd > STDERR_FILENO);
	assert_return_code(fstat(g->fd, &held), 0);
	assert_return_code(stat("f", &file), 0);
	assert_int_equal(held.st_ino, file.st_ino);
	assert_int_equal(fcntl(g->fd, F_GETFL) & O_PATH, O_PATH);
	assert_int_equal(fcntl(g->fd, F_GETFD), FD_CLOEXEC);
}

static void grants_are_bounded(void **state)
{
	struct tree *t = *state;
	char guest[32];

	for (int i = 0; i < POLICY_GRANTS_MAX; i++) {
		snprintf(guest, sizeof(guest), "/m/%d", i);
		assert_int_equal(put(t, ".", guest), 0);
	}
	assert_int_equal(put(t, ".", "/more"), -E2BIG);
	assert_string_equal(t->err.what, "--ro: more than 1024 grants");
}

/* Only what is granted for writing gives the right to write, only a directory that to walk. */
static void grants_give_their_permissions(void **state)
{
	static const struct {
		enum grant_kind kind;
		const char *host;
		uint32_t gives;
	} cases[] = {
		{ GRANT_READ, "f", PERM_FILES },
		{ GRANT_READ, "d", PERM_FILES | PERM_TREES },
		{ GRANT_OVERLAY, "d", PERM_FILES | PERM_TREES },
		{ GRANT_WRITE, "f", PERM_FILES | PERM_WRITE },
		{ GRANT_WRITE, "d", PERM_FILES | PERM_WRITE | PERM_TREES | PERM_NAMES },
		{ GRANT_PROC, NULL, 0 },
		{ GRANT_TMPFS, NULL, 0 },
	};
	struct tree *t = *state;
	uint32_t before = t->policy.permissions;

	tree_dir("d");
	tree_file("f");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *host = cases[i].host;
		int rc = host ? policy_grant_host(&t->policy, cases[i].kind, host, "/m", 0, "--x",
						  &t->err)
			      : policy_grant_private(&t->policy, cases[i].kind, "/m", "--x",
						     &t->err);

		assert_int_equal(rc, 0);
		assert_int_equal(finish(t), 0);
		assert_int_equal(t->policy.permissions, before | cases[i].gives);
		policy_free(&t->policy);
		policy_init(&t->policy);
	}
}

static void no_procfs_is_granted(void **state)
{
	struct tree *t = *state;

	assert_int_equal(put(t, "/proc/self", "/m"), 0);
	assert_true(finish(t) < 0);
	assert_non_null(strstr(t->err.what, "it shows the host's processes"));
}

static void defaults_are_the_documented_ones(void **state)
{
	struct tree *t = *state;

	assert_int_equal(finish(t), 0);
	assert_string_equal(t->policy.workdir, "/");
	assert_non_null(t->policy.env);
	assert_null(t->policy.env[0]);
	assert_int_equal(t->policy.memory, 512u << 20);
	assert_int_equal(t->policy.timeout_ns, 0);
	assert_int_equal(t->policy.cpus, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_make, tree_remove)
	const struct CMUnitTest tests[] = {
		TEST(parents_come_first),
		TEST(what_is_shown_anyway_is_dropped),
		TEST(a_different_object_below_stays),
		TEST(two_objects_at_one_place_contradict),
		TEST(the_users_rule_replaces_the_base),
		TEST(nothing_lies_below_a_file_or_link),
		TEST(private_takes_grants_below_it),
		TEST(descriptors_only_name_what_was_resolved),
		TEST(descriptors_stay_off_the_streams),
		TEST(grants_are_bounded),
		TEST(grants_give_their_permissions),
		TEST(no_procfs_is_granted),
		TEST(defaults_are_the_documented_ones),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
