// SPDX-License-Identifier: Apache-2.0
/* What the monitor must keep a task from below its grants: a table of rules and their holes. */
#include "tests/policy/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define RULES_MAX 4
#define HOLES_MAX 12

struct rule {
	enum grant_kind kind;
	const char *host, *guest; /* guest NULL: the same */
};

struct row {
	const char *name;
	struct rule rules[RULES_MAX];
	const char *holes[HOLES_MAX]; /* "kind path"; "name DIRECTORY NAME" is a denied
				       * place, "place" a read-only one, "way" one on the way */
};

static const struct row rows[] = {
	{ "nothing is taken away",
	  { { GRANT_WRITE, "d", NULL }, { GRANT_READ, "o", NULL } },
	  { NULL } },
	{ "writing below reading needs none",
	  { { GRANT_READ, "d", NULL }, { GRANT_WRITE, "d/e", NULL } },
	  { NULL } },
	{ "reading below writing",
	  { { GRANT_WRITE, "d", NULL }, { GRANT_READ, "d/e", NULL } },
	  { "read d/e", "place d e" } },
	{ "deeper: the way is pinned",
	  { { GRANT_WRITE, "d", NULL }, { GRANT_READ, "d/e/f/g", NULL } },
	  { "read d/e/f/g", "place d/e/f g", "pin d/e", "pin d/e/f", "way d e", "way d/e f" } },
	{ "an overlay below writing",
	  { { GRANT_WRITE, "d", NULL }, { GRANT_OVERLAY, "d/e/f", NULL } },
	  { "read d/e/f", "place d/e f", "pin d/e", "way d e" } },
	{ "a grant under another path takes nothing away",
	  { { GRANT_WRITE, "d", NULL }, { GRANT_READ, "d/e", "/elsewhere" } },
	  { NULL } },
	{ "both moved",
	  { { GRANT_WRITE, "d", "/w" }, { GRANT_READ, "d/e/f", "/w/e/f" } },
	  { "read d/e/f", "place d/e f", "pin d/e", "way d e" } },
	{ "a denial below reading",
	  { { GRANT_READ, "d", NULL }, { GRANT_DENY, "d/e/f", NULL } },
	  { "deny d/e/f", "name d/e f", "way d e" } },
	{ "a denial below writing",
	  { { GRANT_WRITE, "d", NULL }, { GRANT_DENY, "d/e/f", NULL } },
	  { "deny d/e/f", "name d/e f", "pin d/e", "way d e" } },
	{ "a denial of what does not exist",
	  { { GRANT_WRITE, "d", NULL }, { GRANT_DENY, "d/e/none", NULL } },
	  { "name d/e none", "pin d/e", "way d e" } },
	{ "a denial counts in every tree that is written",
	  { { GRANT_READ, "d", NULL }, { GRANT_DENY, "d/e/f", NULL }, { GRANT_WRITE, "d", "/w" } },
	  { "deny d/e/f", "name d/e f", "pin d/e", "way d e" } },
	{ "a denied link is the link, and where it leads",
	  { { GRANT_READ, "d", NULL }, { GRANT_DENY, "d/l", NULL } },
	  { "deny d/l", "name d l", "deny d/e", "name d e" } },
	{ "a private directory hides the one of the host",
	  { { GRANT_WRITE, "d", NULL }, { GRANT_TMPFS, "d/e/f", NULL } },
	  { "deny d/e/f", "name d/e f", "pin d/e", "way d e" } },
	{ "a private directory over nothing hides nothing",
	  { { GRANT_WRITE, "d", NULL }, { GRANT_TMPFS, "d/new/f", NULL } },
	  { NULL } },
	{ "another object hides the one of the host",
	  { { GRANT_READ, "d", "/m" }, { GRANT_READ, "o", "/m/e" } },
	  { "deny d/e", "name d e" } },
	{ "a grant below a denial is shown, the denial stays",
	  { { GRANT_READ, "d", NULL }, { GRANT_DENY, "d/e", NULL }, { GRANT_READ, "d/e/f", NULL } },
	  { "deny d/e", "name d e" } },
	{ "reading below writing below reading below writing",
	  { { GRANT_WRITE, "d", NULL },
	    { GRANT_READ, "d/e", NULL },
	    { GRANT_WRITE, "d/e/f", NULL },
	    { GRANT_READ, "d/e/f/g", NULL } },
	  { "read d/e", "place d e", "read d/e/f/g", "place d/e/f g", "pin d/e", "pin d/e/f",
	    "way d e", "way d/e f" } },
	{ "a private directory is no tree of the host",
	  { { GRANT_TMPFS, "d", NULL }, { GRANT_DENY, "d/x", NULL } },
	  { NULL } },
};

static int apply(struct tree *t, const struct rule *rule)
{
	const char *guest = rule->guest ? rule->guest : rule->host;

	if (rule->kind == GRANT_DENY)
		return policy_deny(&t->policy, guest, "--deny", &t->err);
	if (rule->kind == GRANT_TMPFS)
		return policy_grant_private(&t->policy, rule->kind, guest, "--tmpfs", &t->err);
	return policy_grant_host(&t->policy, rule->kind, rule->host, guest, 0, "--host", &t->err);
}

/* True when the policy has the hole that text describes. */
static int has(const struct policy *p, const char *text)
{
	char word[8], path[64], name[64] = "";
	enum hole_kind kind = HOLE_DENIED;
	struct stat st;

	assert_true(sscanf(text, "%7s %63s %63s", word, path, name) >= 2);
	assert_return_code(lstat(path, &st), 0);
	if (strcmp(word, "read") == 0 || strcmp(word, "place") == 0)
		kind = HOLE_READ;
	if (strcmp(word, "pin") == 0)
		kind = HOLE_PINNED;
	if (strcmp(word, "way") == 0)
		kind = HOLE_WAY;
	for (size_t i = 0; i < p->hole_count; i++) {
		const struct hole *h = &p->holes[i];

		if (h->kind == kind && h->dev == st.st_dev && h->ino == st.st_ino &&
		    strcmp(h->name ? h->name : "", name) == 0)
			return 1;
	}
	return 0;
}

static int check(struct tree *t, const struct row *row)
{
	size_t wanted = 0;
	int failed = 0;

	policy_free(&t->policy);
	policy_init(&t->policy);
	for (size_t i = 0; i < RULES_MAX && row->rules[i].host; i++)
		failed |= apply(t, &row->rules[i]);
	failed |= policy_finish(&t->policy, &t->err);
	if (failed) {
		print_error("%s: %s\n", row->name, t->err.what);
		return 1;
	}
	for (; wanted < HOLES_MAX && row->holes[wanted]; wanted++) {
		if (has(&t->policy, row->holes[wanted]))
			continue;
		print_error("%s: no hole \"%s\"\n", row->name, row->holes[wanted]);
		failed = 1;
	}
	if (t->policy.hole_count != wanted) {
		print_error("%s: %zu holes, not %zu\n", row->name, t->policy.hole_count, wanted);
		failed = 1;
	}
	return failed;
}

static void rows_make_their_holes(void **state)
{
	struct tree *t = *state;
	int failed = 0;

	tree_dir("d");
	tree_dir("d/e");
	tree_dir("d/e/f");
	tree_file("d/e/f/g");
	tree_link("d/l", "e");
	tree_dir("o");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		failed += check(t, &rows[i]);
	assert_int_equal(failed, 0);
}

/* The base's private /tmp lies over the host's when all of the host is granted. */
static void the_hosts_tmp_stays_out_of_sight(void **state)
{
	struct tree *t = *state;

	assert_int_equal(policy_grant_base(&t->policy, &t->err), 0);
	assert_int_equal(tree_ro(t, "/"), 0);
	assert_int_equal(policy_finish(&t->policy, &t->err), 0);
	assert_true(has(&t->policy, "deny /tmp"));
	assert_true(has(&t->policy, "deny /proc"));
	assert_true(has(&t->policy, "name / tmp"));
}

#define DEPTH  100
#define CHAINS (POLICY_HOLES_MAX / DEPTH + 1)

/* A denial at the end of a long way pins each directory on it. */
static void holes_are_bounded(void **state)
{
	struct tree *t = *state;
	struct rule top = { GRANT_WRITE, "d", NULL };

	tree_dir("d");
	assert_int_equal(apply(t, &top), 0);
	for (int chain = 0; chain < CHAINS; chain++) {
		char path[2 * DEPTH + 16];
		size_t used = (size_t)snprintf(path, sizeof(path), "d/%d", chain);
		struct rule end = { GRANT_DENY, path, NULL };

		tree_dir(path);
		for (int depth = 0; depth < DEPTH; depth++) {
			used += (size_t)snprintf(path + used, sizeof(path) - used, "/x");
			tree_dir(path);
		}
		assert_int_equal(apply(t, &end), 0);
	}
	assert_int_equal(policy_finish(&t->policy, &t->err), -E2BIG);
	assert_string_equal(t->err.what, "--deny: more than 4096 places to keep the task from");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_make, tree_remove)
	const struct CMUnitTest tests[] = {
		TEST(rows_make_their_holes),
		TEST(the_hosts_tmp_stays_out_of_sight),
		TEST(holes_are_bounded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
