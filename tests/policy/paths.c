// SPDX-License-Identifier: Apache-2.0
/* Paths as text: joining, tidying, being below; and the walk's limits. */
#include "policy/grants/grants.h"
#include "tests/policy/tree.h"

#include <errno.h>
#include <string.h>

static void below_means_whole_components(void **state)
{
	const char *rest = NULL;

	(void)state;
	assert_true(path_is_below("/usr/bin", "/usr", &rest));
	assert_string_equal(rest, "bin");
	assert_true(path_is_below("/usr", "/", &rest));
	assert_string_equal(rest, "usr");
	assert_false(path_is_below("/usr", "/usr", &rest));
	assert_false(path_is_below("/usrlocal", "/usr", &rest));
	assert_false(path_is_below("/", "/", &rest));
	assert_false(path_is_below("/us", "/usr", &rest));
}

static void join_knows_its_bounds(void **state)
{
	char out[PATH_MAX], name[PATH_MAX];

	(void)state;
	assert_int_equal(path_join(out, "/", "a"), 0);
	assert_string_equal(out, "/a");
	assert_int_equal(path_join(out, "/a", "b/c"), 0);
	assert_string_equal(out, "/a/b/c");
	memset(name, 'x', sizeof(name));
	name[PATH_MAX - 2] = '\0'; /* with "/" before and NUL after it just fits */
	assert_int_equal(path_join(out, "/", name), 0);
	assert_int_equal(strlen(out), PATH_MAX - 1);
	assert_int_equal(path_join(out, "/a", name), -ENAMETOOLONG);
}

static void tidy_keeps_only_names(void **state)
{
	char out[PATH_MAX];

	(void)state;
	assert_int_equal(path_tidy(out, "//a/./b///c/."), 0);
	assert_string_equal(out, "/a/b/c");
	assert_int_equal(path_tidy(out, "///"), 0);
	assert_string_equal(out, "/");
	assert_int_equal(path_tidy(out, "/a/.../..b"), 0);
	assert_string_equal(out, "/a/.../..b");
	assert_int_equal(path_tidy(out, "/a/../b"), -EINVAL);
	assert_int_equal(path_tidy(out, "/.."), -EINVAL);
}

/* /l is a link to the context's text, all else is no link. */
static int one_link(void *context, const char *prefix, char target[PATH_MAX])
{
	if (strcmp(prefix, "/l") != 0)
		return 0;
	strcpy(target, context);
	return 1;
}

static void walk_follows_and_climbs(void **state)
{
	char out[PATH_MAX];

	(void)state;
	assert_int_equal(path_walk(out, "/l/x", one_link, "a/b"), 0);
	assert_string_equal(out, "/a/b/x");
	assert_int_equal(path_walk(out, "/l/../x", one_link, "/a/b"), 0);
	assert_string_equal(out, "/a/x");
	assert_int_equal(path_walk(out, "/../../x/.", one_link, ""), 0);
	assert_string_equal(out, "/x");
	assert_int_equal(path_walk(out, "/a/..", one_link, ""), 0);
	assert_string_equal(out, "/");
	assert_int_equal(path_walk(out, "/l", one_link, "/"), 0);
	assert_string_equal(out, "/");
}

static void walk_refuses_loops_and_lengths(void **state)
{
	char out[PATH_MAX], name[PATH_MAX + 1];

	(void)state;
	assert_int_equal(path_walk(out, "/l", one_link, "l"), -ELOOP);
	assert_int_equal(path_walk(out, "/l/l/l", one_link, "/l"), -ELOOP);
	assert_int_equal(path_walk(out, "l", one_link, "x"), -EINVAL);
	memset(name, 'x', sizeof(name));
	name[0] = '/';
	name[NAME_MAX + 2] = '\0';
	assert_int_equal(path_walk(out, name, one_link, ""), -ENAMETOOLONG);
	name[NAME_MAX + 1] = '\0';
	assert_int_equal(path_walk(out, name, one_link, ""), 0);
	memset(name, '/', sizeof(name));
	name[PATH_MAX] = '\0';
	assert_int_equal(path_walk(out, name, one_link, ""), -ENAMETOOLONG);
	/* A target that fits no more before the rest of the path. */
	name[PATH_MAX - 1] = '\0';
	assert_int_equal(path_walk(out, "/l/rest", one_link, name), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(below_means_whole_components),
		cmocka_unit_test(join_knows_its_bounds),
		cmocka_unit_test(tidy_keeps_only_names),
		cmocka_unit_test(walk_follows_and_climbs),
		cmocka_unit_test(walk_refuses_loops_and_lengths),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
