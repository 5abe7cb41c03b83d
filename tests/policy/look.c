// SPDX-License-Identifier: Apache-2.0
/* What the task will see at a path, the builtin base, and the working directory. */
#include "tests/policy/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void expect(const struct tree *t, const char *guest, enum policy_object object,
		   const char *canonical, const char *host)
{
	char *inside, *outside;

	assert_int_equal(policy_look(&t->policy, guest, &inside, &outside), object);
	if (canonical)
		assert_string_equal(inside, canonical);
	if (host)
		assert_string_equal(outside, host);
	else
		assert_null(outside);
	free(inside);
	free(outside);
}

static void sees_through_both_kinds_of_links(void **state)
{
	struct tree *t = *state;

	tree_dir("d");
	tree_file("d/f");
	tree_link("d/up", "../l/f");
	tree_link("d/out", "/etc/shadow");
	tree_link("l", "d");
	assert_int_equal(tree_ro(t, "l"), 0);
	expect(t, tree_path(t, "l/f"), POLICY_HOST, tree_path(t, "d/f"), tree_path(t, "d/f"));
	expect(t, tree_path(t, "l/up"), POLICY_HOST, tree_path(t, "d/f"), tree_path(t, "d/f"));
	expect(t, tree_path(t, "d/out"), POLICY_NOTHING, NULL, NULL);
	expect(t, tree_path(t, "d/none"), POLICY_NOTHING, NULL, NULL);
	expect(t, t->top, POLICY_BARE, t->top, NULL);
	expect(t, "/", POLICY_BARE, "/", NULL);
}

static void sees_other_places(void **state)
{
	struct tree *t = *state;
	char *host;

	tree_dir("d");
	tree_file("d/f");
	assert_int_equal(policy_grant_read(&t->policy, "d", "/opt/d", 0, "--ro", &t->err), 0);
	expect(t, "/opt/./d/f", POLICY_HOST, "/opt/d/f", tree_path(t, "d/f"));
	expect(t, tree_path(t, "d/f"), POLICY_NOTHING, NULL, NULL);
	host = policy_host_path(&t->policy, "/opt/d/../d/f");
	assert_string_equal(host, tree_path(t, "d/f"));
	free(host);
	assert_null(policy_host_path(&t->policy, "opt/d"));
}

static void base_shows_programs_and_no_secrets(void **state)
{
	struct tree *t = *state;
	char *host;

	assert_int_equal(policy_grant_base(&t->policy, &t->err), 0);
	assert_int_equal(policy_finish(&t->policy, &t->err), 0);
	host = policy_host_path(&t->policy, "/bin/sh");
	assert_non_null(host);
	free(host);
	expect(t, "/etc/passwd", POLICY_HOST, "/etc/passwd", "/etc/passwd");
	expect(t, "/etc/shadow", POLICY_NOTHING, NULL, NULL);
	expect(t, "/etc/ssl/private", POLICY_NOTHING, NULL, NULL);
	expect(t, "/root", POLICY_NOTHING, NULL, NULL);
	expect(t, "/home", POLICY_NOTHING, NULL, NULL);
	expect(t, "/var", POLICY_NOTHING, NULL, NULL);
	expect(t, "/etc", POLICY_BARE, "/etc", NULL);
	expect(t, "/tmp", POLICY_PRIVATE, "/tmp", NULL);
	expect(t, "/dev/null", POLICY_PRIVATE, "/dev/null", NULL);
	expect(t, t->top, POLICY_NOTHING, NULL, NULL); /* the host's /tmp is not ours */
}

static void workdir_must_be_a_visible_directory(void **state)
{
	struct tree *t = *state;

	tree_dir("d");
	tree_file("d/f");
	assert_int_equal(policy_set_workdir(&t->policy, "d", "--workdir", &t->err), -ENOENT);
	assert_string_equal(t->err.what, "--workdir d: not visible in the sandbox");
	assert_string_equal(t->err.hint, "add --ro d");
	assert_int_equal(tree_ro(t, "d"), 0);
	assert_int_equal(policy_set_workdir(&t->policy, "d", "--workdir", &t->err), 0);
	assert_string_equal(t->policy.workdir, tree_path(t, "d"));
	assert_int_equal(policy_set_workdir(&t->policy, "d/f", "--workdir", &t->err), -ENOTDIR);
	assert_int_equal(policy_set_workdir(&t->policy, "/", "--workdir", &t->err), 0);
	assert_string_equal(t->policy.workdir, "/");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_make, tree_remove)
	const struct CMUnitTest tests[] = {
		TEST(sees_through_both_kinds_of_links),
		TEST(sees_other_places),
		TEST(base_shows_programs_and_no_secrets),
		TEST(workdir_must_be_a_visible_directory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
