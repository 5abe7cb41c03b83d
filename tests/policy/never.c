// SPDX-License-Identifier: Apache-2.0
/*
 * What a policy can never allow: tables of rules and questions, then the ways
 * by which an object has other names than the one that was asked about.
 */
#include "policy/judge/never.h"
#include "tests/not-run.h"
#include "tests/policy/tree.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define RULES_MAX 4

struct rule {
	enum grant_kind kind;
	const char *host, *guest; /* guest NULL: the same */
};

static const struct row {
	const char *name;
	struct rule rules[RULES_MAX];
	enum act act;
	const char *object;
	enum never_verdict verdict;
} rows[] = {
	{ "nothing is granted", { { 0 } }, ACT_READ, "d", NEVER_PROVEN },
	{ "a sibling", { { GRANT_READ, "o", NULL } }, ACT_READ, "d", NEVER_PROVEN },
	{ "a longer name", { { GRANT_WRITE, "dd", NULL } }, ACT_READ, "d", NEVER_PROVEN },
	{ "itself", { { GRANT_READ, "d/e", NULL } }, ACT_READ, "d/e", NEVER_ALLOWED },
	{ "above", { { GRANT_READ, "d", NULL } }, ACT_READ, "d/e/f", NEVER_ALLOWED },
	{ "something below", { { GRANT_READ, "d/e/f", NULL } }, ACT_READ, "d", NEVER_ALLOWED },
	{ "a file below", { { GRANT_READ, "d/e/f/g", NULL } }, ACT_EXEC, "d", NEVER_ALLOWED },
	{ "under another path", { { GRANT_READ, "d", "/else" } }, ACT_READ, "d/e", NEVER_ALLOWED },
	{ "the path is not the host's",
	  { { GRANT_READ, "o", "/x" } },
	  ACT_READ,
	  "/x",
	  NEVER_PROVEN },
	{ "what is not there yet",
	  { { GRANT_READ, "d", NULL } },
	  ACT_READ,
	  "d/none",
	  NEVER_ALLOWED },
	{ "asked through a link", { { GRANT_READ, "d", NULL } }, ACT_READ, "tod/f", NEVER_ALLOWED },
	{ "a link in a granted tree leads nowhere inside",
	  { { GRANT_READ, "o", NULL } },
	  ACT_READ,
	  "d/e",
	  NEVER_PROVEN },
	{ "granted through a link",
	  { { GRANT_READ, "tod", NULL } },
	  ACT_READ,
	  "d/e",
	  NEVER_ALLOWED },
	{ "denied",
	  { { GRANT_READ, "d", NULL }, { GRANT_DENY, "d/e", NULL } },
	  ACT_READ,
	  "d/e",
	  NEVER_PROVEN },
	{ "denied above",
	  { { GRANT_READ, "d", NULL }, { GRANT_DENY, "d/e", NULL } },
	  ACT_READ,
	  "d/e/f/g",
	  NEVER_PROVEN },
	{ "denied, but only a part of it",
	  { { GRANT_READ, "d", NULL }, { GRANT_DENY, "d/e/f", NULL } },
	  ACT_READ,
	  "d/e",
	  NEVER_ALLOWED },
	{ "denied, and shown again below",
	  { { GRANT_READ, "d", NULL }, { GRANT_DENY, "d/e", NULL }, { GRANT_READ, "d/e/f", NULL } },
	  ACT_READ,
	  "d/e",
	  NEVER_ALLOWED },
	{ "denied, and shown again elsewhere",
	  { { GRANT_READ, "d", NULL }, { GRANT_DENY, "d/e", NULL }, { GRANT_READ, "d/e", "/x" } },
	  ACT_READ,
	  "d/e/f",
	  NEVER_ALLOWED },
	{ "denied in one place, held in both",
	  { { GRANT_READ, "d", NULL }, { GRANT_DENY, "d/e", NULL }, { GRANT_READ, "d", "/x" } },
	  ACT_READ,
	  "d/e/f",
	  NEVER_PROVEN },
	{ "denied, not there yet",
	  { { GRANT_WRITE, "d", NULL }, { GRANT_DENY, "d/none", NULL } },
	  ACT_CREATE,
	  "d/none",
	  NEVER_PROVEN },
	{ "a private directory lies over it",
	  { { GRANT_READ, "d", NULL }, { GRANT_TMPFS, "d/e", NULL } },
	  ACT_READ,
	  "d/e",
	  NEVER_PROVEN },
	{ "reading is no change", { { GRANT_READ, "d", NULL } }, ACT_WRITE, "d", NEVER_PROVEN },
	{ "an overlay is no change",
	  { { GRANT_OVERLAY, "d", NULL } },
	  ACT_WRITE,
	  "d",
	  NEVER_PROVEN },
	{ "an overlay is read", { { GRANT_OVERLAY, "d", NULL } }, ACT_READ, "d/e", NEVER_ALLOWED },
	{ "writing", { { GRANT_WRITE, "d", NULL } }, ACT_DELETE, "d/e", NEVER_ALLOWED },
	{ "writing is reading", { { GRANT_WRITE, "d", NULL } }, ACT_READ, "d/e", NEVER_ALLOWED },
	{ "reading below writing",
	  { { GRANT_WRITE, "d", NULL }, { GRANT_READ, "d/e/f", NULL } },
	  ACT_WRITE,
	  "d/e/f/g",
	  NEVER_PROVEN },
	{ "reading below writing, more is asked about",
	  { { GRANT_WRITE, "d", NULL }, { GRANT_READ, "d/e/f", NULL } },
	  ACT_WRITE,
	  "d/e",
	  NEVER_ALLOWED },
	{ "an overlay below writing",
	  { { GRANT_WRITE, "d", NULL }, { GRANT_OVERLAY, "d/e", NULL } },
	  ACT_WRITE,
	  "d/e/f",
	  NEVER_PROVEN },
	{ "the link that leads to it can be changed",
	  { { GRANT_WRITE, "links", NULL } },
	  ACT_WRITE,
	  "links/tod/e",
	  NEVER_ALLOWED },
	{ "and reading is not meant by that",
	  { { GRANT_WRITE, "links", NULL } },
	  ACT_READ,
	  "links/tod/e",
	  NEVER_PROVEN },
	{ "everything", { { GRANT_READ, "/", NULL } }, ACT_READ, "d", NEVER_ALLOWED },
	{ "all of the host", { { GRANT_READ, "o", NULL } }, ACT_READ, "/", NEVER_ALLOWED },
	{ "no network", { { GRANT_WRITE, "d", NULL } }, ACT_CONNECT, "*", NEVER_PROVEN },
};

static void make_objects(void)
{
	static const char *const dirs[] = { "d", "d/e", "d/e/f", "dd", "o", "links" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		tree_dir(dirs[i]);
	tree_file("d/e/f/g");
	tree_file("o/h");
	tree_link("tod", "d/e");
	tree_link("o/tod", "../d");
	tree_link("links/tod", "../d");
}

static void grant(struct tree *t, const struct rule *rules)
{
	struct policy *p = &t->policy;

	policy_free(p);
	policy_init(p);
	for (size_t i = 0; i < RULES_MAX && rules[i].host; i++) {
		const char *guest = rules[i].guest ? rules[i].guest : rules[i].host;
		int rc = rules[i].kind == GRANT_DENY ? policy_deny(p, guest, "--deny", &t->err)
			 : rules[i].kind == GRANT_TMPFS
				 ? policy_grant_private(p, GRANT_TMPFS, guest, "--tmpfs", &t->err)
				 : policy_grant_host(p, rules[i].kind, rules[i].host, guest, 0,
						     "--host", &t->err);

		assert_int_equal(rc, 0);
	}
	assert_int_equal(policy_finish(p, &t->err), 0);
}

static enum never_verdict ask(struct tree *t, enum act act, const char *object)
{
	static struct never answer;
	const char *path = *object == '/' || !act_is_file(act) ? object : tree_path(t, object);

	assert_int_equal(policy_never(&t->policy, act, path, &answer), 0);
	assert_true((answer.verdict == NEVER_ALLOWED) == (answer.grant != NULL));
	assert_true((answer.verdict == NEVER_UNKNOWN) == (answer.reason != NULL));
	return answer.verdict;
}

static void rows_are_answered(void **state)
{
	struct tree *t = *state;
	int failed = 0;

	make_objects();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum never_verdict verdict;

		grant(t, rows[i].rules);
		verdict = ask(t, rows[i].act, rows[i].object);
		if (verdict == rows[i].verdict)
			continue;
		print_error("%s: %d\n", rows[i].name, (int)verdict);
		failed++;
	}
	assert_int_equal(failed, 0);
}

static void hard_links_are_found(void **state)
{
	static const struct rule rules[RULES_MAX] = { { GRANT_READ, "o", NULL } };
	struct tree *t = *state;

	make_objects();
	grant(t, rules);
	assert_int_equal(ask(t, ACT_READ, "d"), NEVER_PROVEN);
	/* Both names are below it. */
	assert_return_code(link("d/e/f/g", "d/g"), 0);
	assert_int_equal(ask(t, ACT_READ, "d"), NEVER_PROVEN);
	/* Of the one that was asked about, one is not. */
	assert_int_equal(ask(t, ACT_READ, "d/e"), NEVER_UNKNOWN);
	assert_int_equal(ask(t, ACT_READ, "d/g"), NEVER_UNKNOWN);
	assert_return_code(link("d/e/f/g", "o/other"), 0);
	assert_int_equal(ask(t, ACT_READ, "d"), NEVER_UNKNOWN);
	/* Nothing is granted for writing, whatever the names. */
	assert_int_equal(ask(t, ACT_WRITE, "d"), NEVER_PROVEN);
}

static void bind_mounts_are_found(void **state)
{
	static const struct rule rules[RULES_MAX] = { { GRANT_READ, "o", NULL } };
	struct tree *t = *state;

	make_objects();
	tree_dir("o/m");
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		NOT_RUN("no mounts can be made here");
	grant(t, rules);
	assert_int_equal(ask(t, ACT_READ, "d/e/f"), NEVER_PROVEN);
	/* It, what is above it, and what is below it, seen in a granted tree. */
	assert_return_code(mount("d/e/f", "o/m", NULL, MS_BIND, NULL), 0);
	assert_int_equal(ask(t, ACT_READ, "d/e/f"), NEVER_ALLOWED);
	assert_int_equal(ask(t, ACT_READ, "d/e/f/g"), NEVER_ALLOWED);
	assert_int_equal(ask(t, ACT_READ, "d"), NEVER_ALLOWED);
	assert_return_code(umount("o/m"), 0);
	assert_int_equal(ask(t, ACT_READ, "d"), NEVER_PROVEN);
	/* What is mounted below it is below it. */
	assert_return_code(mount("o", "d/e", NULL, MS_BIND, NULL), 0);
	assert_int_equal(ask(t, ACT_READ, "d"), NEVER_ALLOWED);
	assert_return_code(umount("d/e"), 0);
}

static void what_cannot_be_seen_is_not_proven(void **state)
{
	static const struct rule rules[RULES_MAX] = { { GRANT_READ, "o", NULL } };
	struct tree *t = *state;

	make_objects();
	if (getuid() != 0)
		NOT_RUN("an ordinary user runs the tests");
	grant(t, rules);
	assert_return_code(chmod("d/e", 0700), 0);
	assert_return_code(chmod(".", 0755), 0);
	assert_return_code(seteuid(65534), 0);
	assert_int_equal(ask(t, ACT_READ, "d"), NEVER_UNKNOWN);
	assert_int_equal(ask(t, ACT_READ, "d/e/f"), NEVER_UNKNOWN);
	assert_int_equal(ask(t, ACT_WRITE, "d"), NEVER_PROVEN);
	assert_return_code(seteuid(0), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_make, tree_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_are_answered),
		TEST(hard_links_are_found),
		TEST(what_cannot_be_seen_is_not_proven),
		TEST(bind_mounts_are_found),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
