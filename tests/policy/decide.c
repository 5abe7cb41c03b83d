// SPDX-License-Identifier: Apache-2.0
/* Which rule decides: a table of acts under one policy with every kind of rule. */
#include "policy/judge/decide.h"
#include "tests/policy/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	enum grant_kind kind;
	const char *host, *guest, *rule;
} rules[] = {
	{ GRANT_READ, "ro", NULL, "p.yaml:1" },
	{ GRANT_READ, "rw/kept/deep", NULL, "p.yaml:2" },
	{ GRANT_WRITE, "rw", NULL, "p.yaml:3" },
	{ GRANT_OVERLAY, "over", NULL, "p.yaml:4" },
	{ GRANT_READ, "ro", "/moved", "p.yaml:5" },
	{ GRANT_TMPFS, "private", NULL, "p.yaml:6" },
	{ GRANT_DENY, "ro/secret", NULL, "p.yaml:7" },
	{ GRANT_DENY, "ro/dirlink", NULL, "p.yaml:8" },
};

struct row {
	enum act act;
	const char *object; /* absolute, or below the top */
	enum decision_reason reason;
	const char *rule;   /* its number, or NULL */
	const char *option; /* or NULL */
	int error;
};

static const struct row rows[] = {
	{ ACT_READ, "ro/f", DECIDED_GRANT, "1", NULL, 0 },
	{ ACT_READ, "ro", DECIDED_GRANT, "1", NULL, 0 },
	{ ACT_READ, "ro/../ro/./f", DECIDED_GRANT, "1", NULL, 0 },
	{ ACT_EXEC, "ro/program", DECIDED_GRANT, "1", NULL, 0 },
	{ ACT_EXEC, "ro/f", DECIDED_HOST, "1", NULL, EACCES },
	{ ACT_READ, "ro/none", DECIDED_MISSING, "1", NULL, ENOENT },
	{ ACT_READ, "ro/fifo", DECIDED_SPECIAL, "1", NULL, EACCES },
	{ ACT_WRITE, "ro/f", DECIDED_READ, "1", "--rw", EROFS },
	{ ACT_WRITE, "ro", DECIDED_READ, "1", "--rw instead", EROFS },
	{ ACT_CREATE, "ro/none", DECIDED_READ, "1", NULL, EROFS },
	{ ACT_WRITE, "ro/none", DECIDED_READ, "1", NULL, EROFS },
	{ ACT_DELETE, "ro/f", DECIDED_READ, "1", NULL, EROFS },
	{ ACT_READ, "ro/secret", DECIDED_DENY, "7", NULL, ENOENT },
	{ ACT_READ, "ro/secret/f", DECIDED_DENY, "7", NULL, ENOENT },
	{ ACT_CREATE, "ro/secret/new", DECIDED_DENY, "7", NULL, ENOENT },
	{ ACT_READ, "ro/tosecret", DECIDED_DENY, "7", NULL, ENOENT },
	{ ACT_READ, "ro/dirlink", DECIDED_DENY, "8", NULL, ENOENT },
	{ ACT_READ, "/moved/f", DECIDED_GRANT, "5", NULL, 0 },
	{ ACT_WRITE, "/moved/f", DECIDED_READ, "5", "--rw", EROFS },
	/* the same object, in sight under another path */
	{ ACT_READ, "/moved/secret", DECIDED_HOLE, "7", NULL, ENOENT },
	{ ACT_READ, "/moved/secret/f", DECIDED_HOLE, "7", NULL, ENOENT },
	{ ACT_WRITE, "rw/f", DECIDED_GRANT, "3", NULL, 0 },
	{ ACT_CREATE, "rw/none", DECIDED_GRANT, "3", NULL, 0 },
	{ ACT_DELETE, "rw/f", DECIDED_GRANT, "3", NULL, 0 },
	{ ACT_DELETE, "rw", DECIDED_ROOT, "3", NULL, EBUSY },
	{ ACT_DELETE, "rw/kept", DECIDED_HOLE, "2", NULL, EBUSY },
	{ ACT_WRITE, "rw/kept/deep/f", DECIDED_READ, "2", "--rw", EROFS },
	{ ACT_WRITE, "rw/kept/f", DECIDED_GRANT, "3", NULL, 0 },
	{ ACT_WRITE, "rw/tof", DECIDED_GRANT, "3", NULL, 0 },
	{ ACT_WRITE, "over/f", DECIDED_PRIVATE, "4", NULL, 0 },
	{ ACT_DELETE, "over/f", DECIDED_PRIVATE, "4", NULL, 0 },
	{ ACT_READ, "over/f", DECIDED_GRANT, "4", NULL, 0 },
	{ ACT_WRITE, "private/f", DECIDED_PRIVATE, "6", NULL, 0 },
	{ ACT_READ, "private/f", DECIDED_PRIVATE, "6", NULL, 0 },
	{ ACT_READ, "private/hidden", DECIDED_HIDDEN, "6", "--ro", ENOENT },
	{ ACT_WRITE, "private/hidden", DECIDED_HIDDEN, "6", "--rw", ENOENT },
	{ ACT_CREATE, "private/hidden", DECIDED_PRIVATE, "6", NULL, 0 },
	{ ACT_READ, "private", DECIDED_PRIVATE, "6", NULL, 0 },
	{ ACT_READ, "other/f", DECIDED_NO_RULE, NULL, "--ro", ENOENT },
	{ ACT_EXEC, "other/f", DECIDED_NO_RULE, NULL, "--ro", ENOENT },
	{ ACT_WRITE, "other/f", DECIDED_NO_RULE, NULL, "--rw", ENOENT },
	{ ACT_CREATE, "other/new", DECIDED_NO_RULE, NULL, NULL, ENOENT },
	{ ACT_READ, "other/new", DECIDED_NO_RULE, NULL, NULL, ENOENT },
	{ ACT_READ, "other/fifo", DECIDED_NO_RULE, NULL, NULL, ENOENT },
	{ ACT_READ, "", DECIDED_BARE, NULL, NULL, 0 },
	{ ACT_READ, "/", DECIDED_BARE, NULL, NULL, 0 },
	{ ACT_CREATE, "new", DECIDED_BARE, NULL, NULL, EROFS },
	{ ACT_DELETE, "/", DECIDED_BARE, NULL, NULL, EROFS },
	{ ACT_CONNECT, "packages.example.org:443", DECIDED_NETWORK, NULL, NULL, 0 },
	{ ACT_CONNECT, "127.0.0.1:80", DECIDED_LOOPBACK, NULL, NULL, 0 },
	{ ACT_CONNECT, "localhost.example:80", DECIDED_NETWORK, NULL, NULL, 0 },
};

static void make_objects(void)
{
	static const char *const dirs[] = { "ro",   "ro/secret", "ro/hidden",
					    "rw",   "rw/kept",	 "rw/kept/deep",
					    "over", "private",	 "other" };
	static const char *const files[] = { "ro/f",	       "ro/program", "ro/secret/f",
					     "rw/f",	       "rw/kept/f",  "over/f",
					     "rw/kept/deep/f", "other/f",    "private/hidden" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		tree_dir(dirs[i]);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		tree_file(files[i]);
	assert_return_code(chmod("ro/program", 0755), 0);
	assert_return_code(chmod("ro/f", 0644), 0);
	assert_return_code(mkfifo("ro/fifo", 0600), 0);
	assert_return_code(mkfifo("other/fifo", 0600), 0);
	tree_link("ro/tosecret", "secret/f");
	tree_link("ro/dirlink", "hidden");
	tree_link("rw/tof", "f");
}

static void grant_all(struct tree *t)
{
	struct policy *p = &t->policy;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const char *host = tree_path(t, rules[i].host);
		const char *guest = rules[i].guest ? rules[i].guest : host;
		int rc = rules[i].kind == GRANT_DENY ? policy_deny(p, guest, rules[i].rule, &t->err)
			 : rules[i].kind == GRANT_TMPFS
				 ? policy_grant_private(p, GRANT_TMPFS, guest, rules[i].rule,
							&t->err)
				 : policy_grant_host(p, rules[i].kind, host, guest, 0,
						     rules[i].rule, &t->err);

		assert_int_equal(rc, 0);
	}
	/* As rules of the user are: these come from a file. */
	for (size_t i = 0; i < p->grant_count; i++)
		p->grants[i].implied = 0;
	assert_int_equal(policy_finish(p, &t->err), 0);
}

static int differs(const struct tree *t, const struct row *row)
{
	static struct decision d;
	const char *object = *row->object == '/' || !act_is_file(row->act)
				     ? row->object
				     : tree_path(t, row->object);
	char rule[16] = "";
	const char *option;

	assert_int_equal(policy_decide(&t->policy, row->act, object, &d), 0);
	if (row->rule)
		snprintf(rule, sizeof(rule), "p.yaml:%s", row->rule);
	option = d.instead && d.option && strcmp(d.option, "--rw") == 0 ? "--rw instead" : d.option;
	if (d.reason == row->reason && strcmp(d.rule ? d.rule : "", rule) == 0 &&
	    d.error == row->error &&
	    strcmp(option ? option : "", row->option ? row->option : "") == 0)
		return 0;
	print_error("%s:%s: reason %d, rule %s, option %s, errno %d\n", act_names[row->act], object,
		    (int)d.reason, d.rule, option, d.error);
	return 1;
}

static void acts_are_decided(void **state)
{
	struct tree *t = *state;
	int failed = 0;

	make_objects();
	grant_all(t);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		failed += differs(t, &rows[i]);
	assert_int_equal(failed, 0);
}

static void a_loopback_can_be_taken_away(void **state)
{
	struct tree *t = *state;
	struct decision d;

	t->policy.loopback = 0;
	assert_int_equal(policy_decide(&t->policy, ACT_LISTEN, "127.0.0.1:80", &d), 0);
	assert_int_equal(d.reason, DECIDED_ALONE);
	assert_false(d.allowed);
}

static void acts_are_parsed(void **state)
{
	struct tree *t = *state;
	const char *object;
	enum act act;

	assert_int_equal(act_parse("--why", "connect:a:1", &act, &object, &t->err), 0);
	assert_int_equal(act, ACT_CONNECT);
	assert_string_equal(object, "a:1");
	assert_int_equal(act_parse("--why", "read:", &act, &object, &t->err), -EINVAL);
	assert_string_equal(t->err.hint, "write --why read:PATH");
	assert_int_equal(act_parse("--why", "listen", &act, &object, &t->err), -EINVAL);
	assert_int_equal(act_parse("--why", "reads:/x", &act, &object, &t->err), -EINVAL);
	assert_string_equal(t->err.what, "--why: \"reads\" is no act");
	assert_int_equal(act_parse("--why", "/etc", &act, &object, &t->err), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(acts_are_decided, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(a_loopback_can_be_taken_away, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(acts_are_parsed, tree_make, tree_remove),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
