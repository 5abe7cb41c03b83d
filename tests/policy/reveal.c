// SPDX-License-Identifier: Apache-2.0
/* What a path on the command line makes visible: links at their places, the object at its own. */
#include "tests/policy/tree.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void relative_path_is_its_canonical_self(void **state)
{
	struct tree *t = *state;
	const struct grant *g;

	tree_dir("a");
	tree_file("a/f");
	assert_int_equal(tree_ro(t, "./a/../a//f"), 0);
	assert_int_equal(policy_finish(&t->policy, &t->err), 0);
	assert_int_equal(t->policy.grant_count, 1);
	g = tree_grant(t, tree_path(t, "a/f"));
	assert_non_null(g);
	assert_int_equal(g->kind, GRANT_READ);
	assert_string_equal(g->host, tree_path(t, "a/f"));
	assert_true(S_ISREG(g->mode));
	assert_true(g->fd > STDERR_FILENO);
}

static void links_on_the_way_appear(void **state)
{
	struct tree *t = *state;
	const struct grant *g;

	tree_dir("real");
	tree_file("real/f");
	tree_link("absolute", tree_path(t, "real"));
	tree_link("relative", "absolute");
	tree_link("real/g", "f");
	assert_int_equal(tree_ro(t, "relative/g"), 0);
	assert_int_equal(policy_finish(&t->policy, &t->err), 0);
	assert_int_equal(t->policy.grant_count, 4);
	g = tree_grant(t, tree_path(t, "relative"));
	assert_int_equal(g->kind, GRANT_SYMLINK);
	assert_string_equal(g->target, "absolute");
	assert_null(g->host);
	assert_int_equal(g->fd, -1);
	g = tree_grant(t, tree_path(t, "absolute"));
	assert_string_equal(g->target, tree_path(t, "real"));
	g = tree_grant(t, tree_path(t, "real/g"));
	assert_string_equal(g->target, "f");
	g = tree_grant(t, tree_path(t, "real/f"));
	assert_int_equal(g->kind, GRANT_READ);
}

static void another_place_shows_no_links(void **state)
{
	struct tree *t = *state;
	const struct grant *g;

	tree_dir("real");
	tree_link("link", "real");
	assert_int_equal(policy_grant_read(&t->policy, "link", "/opt//./x/", 0, "--ro", &t->err),
			 0);
	assert_int_equal(policy_finish(&t->policy, &t->err), 0);
	assert_int_equal(t->policy.grant_count, 1);
	g = tree_grant(t, "/opt/x");
	assert_non_null(g);
	assert_string_equal(g->host, tree_path(t, "real"));
	assert_true(S_ISDIR(g->mode));
}

static void another_place_has_no_dot_dot(void **state)
{
	struct tree *t = *state;

	assert_int_equal(policy_grant_read(&t->policy, ".", "/opt/../x", 0, "--ro", &t->err),
			 -EINVAL);
	assert_string_equal(t->err.what, "--ro: the path inside must not contain \"..\"");
	assert_int_equal(t->policy.grant_count, 0);
}

static void missing_is_an_error_unless_optional(void **state)
{
	struct tree *t = *state;

	tree_link("dangling", "nowhere");
	tree_file("f");
	assert_int_equal(tree_ro(t, "nothing"), -ENOENT);
	assert_int_equal(t->err.status, ERR_SANDBOX);
	assert_string_equal(t->err.what, "--ro nothing: No such file or directory");
	assert_int_equal(tree_ro(t, "dangling"), -ENOENT);
	assert_int_equal(tree_ro(t, "f/x"), -ENOTDIR);
	assert_int_equal(tree_ro(t, ""), -ENOENT);
	assert_int_equal(policy_grant_read(&t->policy, "dangling", "dangling", 1, "x", &t->err), 0);
	/* A failed walk leaves nothing behind, not even the links it met. */
	assert_int_equal(t->policy.grant_count, 0);
}

static void loops_end(void **state)
{
	struct tree *t = *state;

	tree_link("a", "b");
	tree_link("b", "a");
	assert_int_equal(tree_ro(t, "a"), -ELOOP);
	assert_int_equal(t->policy.grant_count, 0);
}

static void names_are_escaped(void **state)
{
	struct tree *t = *state;

	assert_int_equal(tree_ro(t, "no\033[31m\nthing"), -ENOENT);
	assert_string_equal(t->err.what, "--ro no\\x1b[31m\\x0athing: No such file or directory");
}

static void special_files_are_refused(void **state)
{
	struct tree *t = *state;

	assert_return_code(mkfifo("pipe", 0600), 0);
	assert_int_equal(tree_ro(t, "pipe"), 0);
	assert_true(policy_finish(&t->policy, &t->err) < 0);
	assert_non_null(strstr(t->err.what, "neither a regular file nor a directory"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_make, tree_remove)
	const struct CMUnitTest tests[] = {
		TEST(relative_path_is_its_canonical_self),
		TEST(links_on_the_way_appear),
		TEST(another_place_shows_no_links),
		TEST(another_place_has_no_dot_dot),
		TEST(missing_is_an_error_unless_optional),
		TEST(loops_end),
		TEST(names_are_escaped),
		TEST(special_files_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
