// SPDX-License-Identifier: Apache-2.0
/*
 * Builtin, extended file, file and flags together: what is in force, and
 * which files would not be believed the next time.
 */
#include "policy/file/rules.h"
#include "tests/policy/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct rules r;

static int make(void **state)
{
	rules_init(&r);
	return tree_make(state);
}

static int unmake(void **state)
{
	int rc = tree_remove(state); /* the policy's strings are the rules' */

	rules_free(&r);
	return rc;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static int load(struct tree *t, const char *policy)
{
	return rules_load(&r, policy, &t->err);
}

static int flag(struct tree *t, enum rule_key key, const char *option, const char *value,
		uint64_t number)
{
	return rules_add_flag(&r, key, option, value, number, &t->err);
}

/* The policy in force, or an error. */
static int build(struct tree *t)
{
	int rc = rules_resolve(&r, &t->policy, &t->err);

	if (rc == 0)
		rc = policy_finish(&t->policy, &t->err);
	return rc ? rc : rules_check_files(&r, &t->policy, &t->err);
}

static enum grant_kind kind(const struct tree *t, const char *path)
{
	const struct grant *g = tree_grant(t, tree_path(t, path));

	assert_non_null(g);
	return g->kind;
}

static void a_later_layer_has_the_last_word_about_a_path(void **state)
{
	struct tree *t = *state;

	tree_dir("a");
	tree_dir("b");
	tree_dir("c");
	write_file("base.yaml", "version: 1\nname: base\n"
				"filesystem: { read: ['${CWD}/a', '${CWD}/b', '${CWD}/c'] }\n"
				"limits: { memory: 64MiB, processes: 7 }\n"
				"env: { set: { A: base, B: base, C: base } }\n");
	write_file("top.yaml", "version: 1\nextends: ./base.yaml\n"
			       "filesystem: { overlay: ['${CWD}/b', '${CWD}/c'] }\n"
			       "limits: { memory: 128MiB }\n"
			       "env: { set: { B: top, C: top } }\n");
	assert_int_equal(load(t, "./top.yaml"), 0);
	assert_int_equal(flag(t, RULE_WRITE, "--rw", "c", 0), 0);
	assert_int_equal(flag(t, RULE_ENV_SET, "--env", "C=flag", 0), 0);
	assert_int_equal(flag(t, RULE_WALL_TIME, "--timeout", NULL, 5), 0);
	assert_int_equal(build(t), 0);
	assert_string_equal(t->policy.name, "top"); /* a name is not inherited */
	assert_int_equal(t->policy.grant_count, 3); /* builtin:empty all the way */
	assert_int_equal(kind(t, "a"), GRANT_READ);
	assert_string_equal(tree_grant(t, tree_path(t, "a"))->rule, "./base.yaml:3");
	assert_int_equal(kind(t, "b"), GRANT_OVERLAY);
	assert_string_equal(tree_grant(t, tree_path(t, "b"))->rule, "./top.yaml:3");
	assert_int_equal(kind(t, "c"), GRANT_WRITE);
	assert_string_equal(tree_grant(t, tree_path(t, "c"))->rule, "--rw");
	assert_int_equal(t->policy.memory, 128 << 20);
	assert_int_equal(t->policy.processes, 7);
	assert_int_equal(t->policy.timeout_ns, 5);
	assert_string_equal(t->policy.env[0], "A=base");
	assert_string_equal(t->policy.env[1], "B=top");
	assert_string_equal(t->policy.env[2], "C=flag");
}

static void a_denial_is_never_removed(void **state)
{
	struct tree *t = *state;

	tree_dir("a");
	tree_dir("a/b");
	write_file("base.yaml", "version: 1\n"
				"filesystem: { read: ['${CWD}/a'], deny: ['${CWD}/a/b'] }\n");
	write_file("top.yaml", "version: 1\nextends: ./base.yaml\n"
			       "filesystem: { write: ['${CWD}/a'] }\n");
	assert_int_equal(load(t, "./top.yaml"), 0);
	assert_int_equal(build(t), 0);
	assert_int_equal(kind(t, "a"), GRANT_WRITE);
	assert_int_equal(kind(t, "a/b"), GRANT_DENY);
}

static void names_of_a_policy(void **state)
{
	struct tree *t = *state;

	write_file("x.yaml", "version: 1\nname: given\n");
	assert_int_equal(load(t, "x.yaml"), 0);
	assert_string_equal(r.name, "given");
	rules_free(&r);
	rules_init(&r);
	assert_string_equal(r.name, "default");
	assert_int_equal(load(t, "c-build"), 0);
	assert_string_equal(r.name, "c-build");
	assert_int_equal(r.empty, 0);
}

/* Only with the way to it out of reach is a file believed. */
static int is_believed(struct tree *t, const char *policy, const char *writable)
{
	int rc;

	rules_free(&r);
	rules_init(&r);
	policy_free(&t->policy);
	policy_init(&t->policy);
	assert_int_equal(load(t, policy), 0);
	assert_int_equal(flag(t, RULE_WRITE, "--rw", writable, 0), 0);
	rc = build(t);
	assert_true(rc == 0 || rc == -EPERM);
	return rc == 0;
}

static void a_policy_in_reach_is_not_believed(void **state)
{
	struct tree *t = *state;
	char path[300];

	tree_dir("out");
	tree_dir("out/sub");
	tree_dir("safe");
	write_file("out/sub/x.yaml", "version: 1\n");
	write_file("safe/x.yaml", "version: 1\n");
	tree_link("out/link.yaml", "../safe/x.yaml");
	tree_link("out/dir", "../safe");
	tree_link("safe/there.yaml", "../out/sub/x.yaml");
	assert_int_equal(is_believed(t, "safe/x.yaml", "out"), 1);
	assert_int_equal(is_believed(t, "out/sub/x.yaml", "out"), 0);
	assert_int_equal(is_believed(t, "out/sub/x.yaml", "out/sub"), 0);
	assert_int_equal(is_believed(t, "out/sub/x.yaml", "out/sub/x.yaml"), 0);
	assert_int_equal(is_believed(t, "out/sub/x.yaml", "safe"), 1);
	assert_int_equal(is_believed(t, "out/sub/x.yaml", "out:/elsewhere"), 0);
	/* A link that the task could point elsewhere, at the end and on the way. */
	assert_int_equal(is_believed(t, "out/link.yaml", "out"), 0);
	assert_int_equal(is_believed(t, "out/dir/x.yaml", "out"), 0);
	assert_int_equal(is_believed(t, "safe/there.yaml", "out"), 0);
	/* A directory that it could replace by a link, on a way that leads back up. */
	assert_int_equal(is_believed(t, "out/sub/../../safe/x.yaml", "out"), 0);
	assert_int_equal(is_believed(t, "out/../safe/x.yaml", "out"), 1);
	snprintf(path, sizeof(path), "%s", tree_path(t, "out/sub/x.yaml"));
	assert_int_equal(is_believed(t, path, "."), 0);
}

static void what_protects_a_policy_is_enough(void **state)
{
	struct tree *t = *state;

	tree_dir("sub");
	write_file("sub/denied.yaml", "version: 1\n"
				      "filesystem: { deny: ['${POLICY_DIR}/denied.yaml'] }\n");
	write_file("sub/read.yaml", "version: 1\n"
				    "filesystem: { read: ['${POLICY_DIR}/read.yaml'] }\n");
	write_file("sub/above.yaml", "version: 1\nfilesystem: { read: ['${POLICY_DIR}'] }\n");
	write_file("sub/other.yaml", "version: 1\n"
				     "filesystem: { deny: ['${POLICY_DIR}/read.yaml'] }\n");
	assert_int_equal(is_believed(t, "sub/denied.yaml", "."), 1);
	assert_int_equal(is_believed(t, "sub/read.yaml", "."), 1);
	assert_int_equal(is_believed(t, "sub/above.yaml", "."), 1);
	assert_int_equal(is_believed(t, "sub/other.yaml", "."), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_later_layer_has_the_last_word_about_a_path, make,
						unmake),
		cmocka_unit_test_setup_teardown(a_denial_is_never_removed, make, unmake),
		cmocka_unit_test_setup_teardown(names_of_a_policy, make, unmake),
		cmocka_unit_test_setup_teardown(a_policy_in_reach_is_not_believed, make, unmake),
		cmocka_unit_test_setup_teardown(what_protects_a_policy_is_enough, make, unmake),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("layers", tests, NULL, NULL);
}
