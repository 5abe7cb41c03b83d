// SPDX-License-Identifier: Apache-2.0
/* The environment of the task: empty at first, last assignment wins, bounded. */
#include "tests/policy/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void last_assignment_wins(void **state)
{
	struct tree *t = *state;

	assert_int_equal(policy_set_env(&t->policy, "A=1", &t->err), 0);
	assert_int_equal(policy_set_env(&t->policy, "AB=2", &t->err), 0);
	assert_int_equal(policy_set_env(&t->policy, "A=", &t->err), 0);
	assert_string_equal(t->policy.env[0], "A=");
	assert_string_equal(t->policy.env[1], "AB=2");
	assert_null(t->policy.env[2]);
}

static void names_are_checked(void **state)
{
	struct tree *t = *state;

	assert_int_equal(policy_set_env(&t->policy, "A", &t->err), -EINVAL);
	assert_int_equal(policy_set_env(&t->policy, "=A", &t->err), -EINVAL);
	assert_int_equal(policy_set_env(&t->policy, "", &t->err), -EINVAL);
	assert_null(t->policy.env);
}

static void the_environment_is_bounded(void **state)
{
	struct tree *t = *state;
	size_t size = (128u << 10) + 1;
	char name[32], *big = malloc(size);

	memset(big, 'x', size);
	big[1] = '=';
	big[size - 1] = '\0';
	assert_int_equal(policy_set_env(&t->policy, big, &t->err), -E2BIG);
	big[size - 2] = '\0';
	assert_int_equal(policy_set_env(&t->policy, big, &t->err), 0);
	free(big);
	for (int i = 1; i < 4096; i++) {
		snprintf(name, sizeof(name), "N%d=", i);
		assert_int_equal(policy_set_env(&t->policy, name, &t->err), 0);
	}
	assert_int_equal(policy_set_env(&t->policy, "more=", &t->err), -E2BIG);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_make, tree_remove)
	const struct CMUnitTest tests[] = {
		TEST(last_assignment_wins),
		TEST(names_are_checked),
		TEST(the_environment_is_bounded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
