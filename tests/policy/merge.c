// SPDX-License-Identifier: Apache-2.0
/* Rules at and below one another: which count, which give way, which are errors. A table. */
#include "abi/hypercalls.h"
#include "tests/policy/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define RULES_MAX 5

/* One rule: "KIND PATH" or "KIND HOST:GUEST", paths below the tree. */
struct row {
	const char *rules[RULES_MAX];
	const char *result; /* "kind path" of each grant, in order; or "error: " and a part of it */
};

static const struct {
	const char *name;
	enum grant_kind kind;
} kinds[] = {
	{ "ro", GRANT_READ },	   { "rw", GRANT_WRITE },     { "overlay", GRANT_OVERLAY },
	{ "tmpfs", GRANT_TMPFS },  { "deny", GRANT_DENY },    { "link", GRANT_SYMLINK },
	{ "base-ro", GRANT_READ }, { "base-dev", GRANT_DEV }, { "base-tmpfs", GRANT_TMPFS },
};

static const struct row rows[] = {
	/* More specific ones, all pairs that mean something. */
	{ { "rw d", "ro d/e" }, "rw d, ro d/e" },
	{ { "ro d", "rw d/e" }, "ro d, rw d/e" },
	{ { "rw d", "overlay d/e" }, "rw d, overlay d/e" },
	{ { "ro d", "overlay d/e" }, "ro d, overlay d/e" },
	{ { "overlay d", "rw d/e", "ro d/e/f" }, "overlay d, rw d/e, ro d/e/f" },
	{ { "rw d", "tmpfs d/e" }, "rw d, tmpfs d/e" },
	{ { "ro d", "tmpfs d/new" }, "ro d, tmpfs d/new" },
	{ { "rw d", "deny d/e" }, "rw d, deny d/e" },
	{ { "tmpfs d", "ro d/e" }, "tmpfs d, ro d/e" },
	{ { "rw d", "ro d/e", "rw d/e/f" }, "rw d, ro d/e, rw d/e/f" },
	{ { "ro d", "deny d/e", "ro d/e/f" }, "ro d, deny d/e, ro d/e/f" },
	/* What adds nothing. */
	{ { "rw d", "rw d/e" }, "rw d" },
	{ { "overlay d", "overlay d/e", "overlay d" }, "overlay d" },
	{ { "ro d", "deny d/e", "deny d/e/f" }, "ro d, deny d/e" },
	/* At one path: a denial, then the user, then what is implied. */
	{ { "ro d", "ro d/e", "deny d/e" }, "ro d, deny d/e" },
	{ { "rw d", "deny d" }, "deny d" },
	{ { "base-tmpfs d", "rw d" }, "rw d" },
	{ { "base-ro d", "overlay d" }, "overlay d" },
	{ { "base-ro d", "tmpfs d" }, "tmpfs d" },
	/* Below a directory of the user's. */
	{ { "base-ro d/e/f", "overlay d" }, "overlay d" },
	{ { "base-ro d/e/f", "ro o:d" }, "ro d" },
	{ { "base-ro d/e/f", "deny d" }, "deny d" },
	{ { "base-dev d/e", "deny d" }, "deny d" },
	{ { "base-dev d/e", "ro d" }, "ro d, base-dev d/e" },
	{ { "base-ro d/e/f", "tmpfs d" }, "tmpfs d, base-ro d/e/f" },
	{ { "base-tmpfs d/e", "base-ro d/e/f", "ro d" }, "ro d, base-tmpfs d/e, base-ro d/e/f" },
	/* Two things at one path. */
	{ { "ro d", "rw d" }, "error: contradicts" },
	{ { "ro d", "tmpfs d" }, "error: contradicts" },
	{ { "ro d:m", "ro o:m" }, "error: contradicts" },
	{ { "ro d/e/f", "ro d/e/f:d/e/f/x" }, "error: contradicts" },
	/* What is refused before. */
	{ { "overlay d/e/f" }, "error: not a directory" },
	{ { "overlay none" }, "error: No such file" },
	{ { "rw none" }, "error: No such file" },
	{ { "tmpfs d/e/f" }, "tmpfs d/e/f" }, /* the host's file is not shown */
	{ { "ro d", "tmpfs d/e/f" }, "error: Not a directory" },
	{ { "deny none" }, "error: No such file" },
	{ { "ro d", "deny d/none/x" }, "error: No such file" },
	{ { "ro d", "deny d/e/f/x" }, "error: Not a directory" },
	{ { "ro d/e", "deny d/x" }, "error: No such file" }, /* d is bare: nothing comes to be */
	/* Through links. */
	{ { "ro d", "ro l", "tmpfs l/e" }, "ro d, tmpfs d/e, link l" },
	{ { "ro d", "ro l", "deny l/e" }, "ro d, deny d/e, link l" },
	{ { "ro d", "ro l", "deny l" }, "deny d, deny l" },
	{ { "ro d", "deny d/k" }, "ro d, deny d/e/f, deny d/k" },
};

static int kind_of(const char *rule, const char **path, int *implied)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t length = strlen(kinds[i].name);

		if (strncmp(rule, kinds[i].name, length) == 0 && rule[length] == ' ') {
			*path = rule + length + 1;
			*implied = strncmp(rule, "base-", 5) == 0;
			return (int)kinds[i].kind;
		}
	}
	return -1;
}

static int apply(struct tree *t, const char *rule)
{
	const char *path = NULL, *name, *colon, *guest;
	char host[64];
	int implied = 0, kind = kind_of(rule, &path, &implied);

	assert_true(kind >= 0);
	name = implied ? "builtin:base" : "--rule";
	if (kind == GRANT_DENY)
		return policy_deny(&t->policy, path, name, &t->err);
	if (!grant_is_host((enum grant_kind)kind))
		return policy_grant_private(&t->policy, (enum grant_kind)kind, path, name, &t->err);
	colon = strchr(path, ':');
	guest = colon ? tree_path(t, colon + 1) : path;
	snprintf(host, sizeof(host), "%.*s", (int)(colon ? colon - path : (int)strlen(path)), path);
	return policy_grant_host(&t->policy, (enum grant_kind)kind, host, guest, 0, name, &t->err);
}

static void describe(const struct tree *t, char *out, size_t size)
{
	size_t used = 0, top = strlen(t->top) + 1;

	*out = '\0';
	for (size_t i = 0; i < t->policy.grant_count; i++) {
		const struct grant *g = &t->policy.grants[i];
		const char *name = "?";

		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			if (kinds[k].kind == g->kind &&
			    (strncmp(kinds[k].name, "base-", 5) == 0) == g->implied)
				name = kinds[k].name;
		}
		used += (size_t)snprintf(out + used, size - used, "%s%s %s", i ? ", " : "", name,
					 g->guest + top);
	}
}

static int check(struct tree *t, const struct row *row)
{
	char got[1024];
	int rc = 0;

	policy_free(&t->policy);
	policy_init(&t->policy);
	for (size_t i = 0; i < RULES_MAX && row->rules[i] && rc == 0; i++)
		rc = apply(t, row->rules[i]);
	if (rc == 0)
		rc = policy_finish(&t->policy, &t->err);
	if (rc)
		snprintf(got, sizeof(got), "error: %s", t->err.what);
	else
		describe(t, got, sizeof(got));
	if (rc && strncmp(row->result, "error: ", 7) == 0 && strstr(got, row->result + 7))
		return 0;
	if (!rc && strcmp(got, row->result) == 0)
		return 0;
	print_error("%s | %s | %s | ...: %s, not %s\n", row->rules[0],
		    row->rules[1] ? row->rules[1] : "", row->rules[2] ? row->rules[2] : "", got,
		    row->result);
	return 1;
}

static void rows_mean_what_they_say(void **state)
{
	struct tree *t = *state;
	int failed = 0;

	tree_dir("d");
	tree_dir("d/e");
	tree_file("d/e/f");
	tree_link("d/k", "e/f");
	tree_dir("o");
	tree_link("l", "d");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		failed += check(t, &rows[i]);
	assert_int_equal(failed, 0);
}

static void contradictions_name_both_rules(void **state)
{
	struct tree *t = *state;
	char what[256];

	tree_dir("d");
	assert_int_equal(policy_grant_host(&t->policy, GRANT_WRITE, "d", "d", 0, "--rw", &t->err),
			 0);
	assert_int_equal(tree_ro(t, "d"), 0);
	assert_int_equal(policy_finish(&t->policy, &t->err), -EINVAL);
	snprintf(what, sizeof(what),
		 "--rw %s: contradicts --ro, which puts a directory of the host at %s",
		 tree_path(t, "d"), tree_path(t, "d"));
	assert_string_equal(t->err.what, what);
	assert_string_equal(t->err.hint, "give one of --rw and --ro");
}

static void only_write_grants_give_write_calls(void **state)
{
	struct tree *t = *state;

	tree_dir("d");
	assert_int_equal(
		policy_grant_host(&t->policy, GRANT_OVERLAY, "d", "d", 0, "--overlay", &t->err), 0);
	assert_int_equal(policy_finish(&t->policy, &t->err), 0);
	assert_int_equal(t->policy.permissions & PERM_WRITE, 0);
	policy_free(&t->policy);
	policy_init(&t->policy);
	assert_int_equal(policy_grant_host(&t->policy, GRANT_WRITE, "d", "/w", 0, "--rw", &t->err),
			 0);
	assert_int_equal(policy_finish(&t->policy, &t->err), 0);
	assert_int_equal(t->policy.permissions & PERM_WRITE, PERM_WRITE);
}

static void a_missing_writable_path_has_a_hint(void **state)
{
	struct tree *t = *state;

	assert_int_equal(policy_grant_host(&t->policy, GRANT_WRITE, "no", "no", 0, "--rw", &t->err),
			 -ENOENT);
	assert_string_equal(t->err.what, "--rw no: No such file or directory");
	assert_string_equal(t->err.hint, "create it before: mkdir -p no");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_make, tree_remove)
	const struct CMUnitTest tests[] = {
		TEST(rows_mean_what_they_say),
		TEST(contradictions_name_both_rules),
		TEST(only_write_grants_give_write_calls),
		TEST(a_missing_writable_path_has_a_hint),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
