// SPDX-License-Identifier: Apache-2.0
/*
 * A locked policy: what flags may still say. And whose files an administrator's
 * word makes of use.
 */
#include "policy/file/load.h"
#include "policy/file/rules.h"
#include "tests/policy/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char text[] = "version: 1\nlocked: true\n"
			   "filesystem: { read: ['${CWD}/read'], write: ['${CWD}/write'],\n"
			   "  overlay: ['${CWD}/overlay'], tmpfs: [/private],\n"
			   "  deny: ['${CWD}/read/denied'] }\n"
			   "env: { pass: [PASSED], set: { SET: x } }\n"
			   "limits: { cpus: 0.5, memory: 64MiB, processes: 9, wall-time: 9s }\n"
			   "report: { on-deny: kill, audit: denied }\n";

static const struct row {
	enum rule_key key;
	const char *value;
	uint64_t number;
	int allowed;
} rows[] = {
	/* Rights over files: at most those that are there. */
	{ RULE_READ, "read", 0, 1 },
	{ RULE_READ, "read/sub", 0, 1 },
	{ RULE_READ, "write", 0, 1 },
	{ RULE_READ, "overlay", 0, 1 },
	{ RULE_READ, "read/denied", 0, 0 },
	{ RULE_READ, "read/link", 0, 0 },
	{ RULE_READ, "hidden", 0, 0 },
	{ RULE_READ, ".", 0, 0 },
	{ RULE_READ, "/", 0, 0 },
	{ RULE_READ, "read:/elsewhere", 0, 0 },
	{ RULE_READ_TRY, "hidden", 0, 0 },
	{ RULE_WRITE, "write", 0, 1 },
	{ RULE_WRITE, "write/sub", 0, 1 },
	{ RULE_WRITE, "read", 0, 0 },
	{ RULE_WRITE, "read/sub", 0, 0 },
	{ RULE_WRITE, "overlay", 0, 0 },
	{ RULE_OVERLAY, "write", 0, 1 },
	{ RULE_OVERLAY, "overlay/sub", 0, 1 },
	{ RULE_OVERLAY, "read", 0, 0 },
	{ RULE_TMPFS, "write/sub", 0, 1 },
	{ RULE_TMPFS, "/private", 0, 1 },
	{ RULE_TMPFS, "read/sub", 0, 0 },
	{ RULE_TMPFS, "/elsewhere", 0, 0 },
	{ RULE_DENY, "read/sub", 0, 1 },
	/* Variables. */
	{ RULE_ENV_PASS, "PASSED", 0, 1 },
	{ RULE_ENV_SET, "PASSED=y", 0, 1 },
	{ RULE_ENV_PASS, "PASSEDNOT", 0, 0 },
	{ RULE_ENV_PASS, "PASS", 0, 0 },
	{ RULE_ENV_SET, "SET=y", 0, 0 },
	{ RULE_ENV_SET, "NEW=y", 0, 0 },
	/* Limits, and the defaults of those that are not set. */
	{ RULE_MEMORY, NULL, 64 << 20, 1 },
	{ RULE_MEMORY, NULL, 66 << 20, 0 },
	{ RULE_CPUS, "0.5", 0, 1 },
	{ RULE_CPUS, "0.51", 0, 0 },
	{ RULE_PROCESSES, NULL, 9, 1 },
	{ RULE_PROCESSES, NULL, 10, 0 },
	{ RULE_OPEN_FILES, NULL, 1024, 1 },
	{ RULE_OPEN_FILES, NULL, 1025, 0 },
	{ RULE_WALL_TIME, NULL, 9000000000, 1 },
	{ RULE_WALL_TIME, NULL, 9000000001, 0 },
	{ RULE_OUTPUT, NULL, UINT64_MAX, 1 },
	{ RULE_KILL_AFTER, NULL, 10000000001, 0 },
	/* Words: stricter ones. */
	{ RULE_ON_DENY, "errno", 0, 0 },
	{ RULE_ON_DENY, "kill", 1, 1 },
	{ RULE_AUDIT, "none", 0, 0 },
	{ RULE_AUDIT, "all", 2, 1 },
	{ RULE_LOOPBACK, "false", 0, 1 },
	{ RULE_CLOCK, "host", 0, 0 },
	{ RULE_WORKDIR, "read", 0, 1 },
};

static void make_files(void)
{
	int fd = open("locked.yaml", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	tree_dir("read");
	tree_dir("read/sub");
	tree_dir("read/denied");
	tree_dir("write");
	tree_dir("write/sub");
	tree_dir("overlay");
	tree_dir("overlay/sub");
	tree_dir("hidden");
	tree_link("read/link", "../hidden");
}

/* Whether the flag of a row goes with the policy; locks: it is locked. */
static int is_allowed(struct tree *t, const struct row *row, int locked)
{
	static struct rules r;
	struct policy p;
	int rc;

	rules_init(&r);
	policy_init(&p);
	assert_int_equal(rules_load(&r, "locked.yaml", &t->err), 0);
	if (!locked)
		rules_drop(&r, RULE_LOCKED);
	memset(&t->err, 0, sizeof(t->err));
	rc = rules_add_flag(&r, row->key, "--flag", row->value, row->number, &t->err);
	if (rc == 0)
		rc = rules_resolve(&r, &p, &t->err);
	policy_free(&p);
	rules_free(&r);
	if (rc == -EPERM)
		assert_non_null(strstr(t->err.what, "locked.yaml:2 locks the policy"));
	return rc != -EPERM;
}

static void flags_only_narrow_a_locked_policy(void **state)
{
	struct tree *t = *state;

	make_files();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (is_allowed(t, &rows[i], 1) != rows[i].allowed)
			fail_msg("row %zu: %s: %s", i, rows[i].value ? rows[i].value : "",
				 t->err.what);
		assert_int_equal(is_allowed(t, &rows[i], 0), 1);
	}
}

static void a_lock_is_not_opened_by_who_extends_it(void **state)
{
	static const char top[] = "version: 1\nextends: ./locked.yaml\nlocked: false\n";
	static struct rules r;
	struct tree *t = *state;
	int fd = open("top.yaml", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, top, strlen(top)), strlen(top));
	close(fd);
	make_files();
	rules_init(&r);
	assert_int_equal(rules_load(&r, "./top.yaml", &t->err), 0);
	assert_int_equal(rules_are_locked(&r), 1);
	rules_free(&r);
}

static void only_roots_word_counts(void **state)
{
	static const struct {
		uid_t uid;
		mode_t mode;
		int counts;
	} files[] = {
		{ 0, S_IFREG | 0644, 1 }, { 0, S_IFREG | 0600, 1 }, { 1000, S_IFREG | 0644, 0 },
		{ 0, S_IFREG | 0664, 0 }, { 0, S_IFREG | 0646, 0 }, { 65534, S_IFREG | 0600, 0 },
	};
	const struct rules_file file = { .shown = "host.yaml" };
	static struct rules r;

	(void)state;
	rules_init(&r);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		const struct stat st = { .st_uid = files[i].uid, .st_mode = files[i].mode };

		assert_int_equal(host_owns(&r, &file, &st) == 0, files[i].counts);
	}
	assert_int_equal(r.problem_count, 4);
	rules_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(flags_only_narrow_a_locked_policy, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(a_lock_is_not_opened_by_who_extends_it, tree_make,
						tree_remove),
		cmocka_unit_test(only_roots_word_counts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("locked", tests, NULL, NULL);
}
