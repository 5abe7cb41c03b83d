// SPDX-License-Identifier: Apache-2.0
/*
 * A printed policy says the same as the rules it was printed from: read again,
 * it makes the same policy, and prints as the same file again.
 */
#include "policy/judge/print.h"
#include "policy/file/rules.h"
#include "tests/policy/strip.h"
#include "tests/policy/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct flag {
	enum rule_key key;
	const char *option, *value;
	uint64_t number;
};

#define FLAGS_MAX 8

static const struct row {
	const char *file; /* the policy file, or NULL */
	struct flag flags[FLAGS_MAX];
} rows[] = {
	{ NULL, { { 0 } } },
	{ NULL, { { RULE_READ, "--ro", "d", 0 }, { RULE_WRITE, "--rw", "./w//", 0 } } },
	{ NULL, { { RULE_READ, "--ro", "d/link", 0 }, { RULE_READ, "--ro", "d/../o", 0 } } },
	{ NULL, { { RULE_READ, "--ro", "d/e/./../f", 0 }, { RULE_TMPFS, "--tmpfs", "/x y", 0 } } },
	{ NULL,
	  { { RULE_READ, "--ro", "d:/mnt", 0 },
	    { RULE_OVERLAY, "--overlay", "o:/over", 0 },
	    { RULE_DENY, "--deny", "/mnt/f", 0 },
	    { RULE_READ_TRY, "--ro-try", "none", 0 },
	    { RULE_WORKDIR, "--workdir", "/mnt", 0 } } },
	{ NULL,
	  { { RULE_ENV_SET, "--env", "A=1 # no comment", 0 },
	    { RULE_ENV_SET, "--env", "B=", 0 },
	    { RULE_ENV_SET, "--env", "A=\"\\\n\t\302\205\342\200\250\360\237\230\200", 0 },
	    { RULE_ENV_SET, "--env", "C=no", 0 },
	    { RULE_ENV_PASS, "--env", "HOME", 0 } } },
	{ NULL,
	  { { RULE_ENV_SET, "--env", "HOME=/replaced", 0 },
	    { RULE_ENV_PASS, "--env", "HOME", 0 },
	    { RULE_ENV_SET, "--env", "NOT_SET_HERE=1", 0 },
	    { RULE_ENV_PASS, "--env", "NOT_SET_HERE", 0 },
	    { RULE_ENV_PASS, "--env", "PATH", 0 },
	    { RULE_ENV_SET, "--env", "PATH=/bin", 0 } } },
	{ NULL,
	  { { RULE_MEMORY, "--memory", NULL, 33ull << 20 },
	    { RULE_WALL_TIME, "--timeout", NULL, 90000000000ull },
	    { RULE_OUTPUT, "--output", NULL, 1536ull << 10 },
	    { RULE_PROCESSES, "--processes", NULL, 7 } } },
	{ "version: 1\nname: all\nextends: builtin:empty\n"
	  "filesystem:\n  workdir: ${CWD}/d\n  read: [\"${CWD}/d\", \"${CWD}/o:/other\"]\n"
	  "  overlay: [\"${CWD}/o\"]\n  tmpfs: [/tmp]\n  deny: [\"${CWD}/d/f\"]\n"
	  "env:\n  pass: [HOME]\n  set: { CC: gcc, no: \"yes: no\" }\n"
	  "network:\n  connect: []\n  loopback: false\n"
	  "limits:\n  cpus: 0.25\n  memory: 100MiB\n  file-size: 3KiB\n  disk: 1GiB\n"
	  "  wall-time: 1500ms\n  cpu-time: 2h\n  kill-after: 1s\n"
	  "guest:\n  clock: 2020-02-29T23:59:58Z\n  random: 18446744073709551615\n"
	  "report:\n  on-deny: kill\n  audit: all\n  learn: refuse\n",
	  { { RULE_READ, "--ro", "w", 0 }, { RULE_MEMORY, "--memory", NULL, 64ull << 20 } } },
	/* What would be a mistake in one file. */
	{ "version: 1\nextends: builtin:base\nenv: { pass: [HOME], set: { X: 1 } }\n"
	  "filesystem: { read: [\"${CWD}/d\", \"${CWD}/o\"], deny: [\"${CWD}/d/e\"] }\n",
	  { { RULE_READ, "--ro", "d", 0 },
	    { RULE_READ, "--ro", "d/f", 0 },
	    { RULE_DENY, "--deny", "d/e/x", 0 },
	    { RULE_ENV_SET, "--env", "HOME=/x", 0 },
	    { RULE_ENV_PASS, "--env", "X", 0 } } },
	{ "version: 1\nextends: builtin:base\nguest: { clock: host, random: host }\n",
	  { { RULE_DENY, "--deny", "/usr/bin", 0 } } },
};

static void make_objects(void)
{
	tree_dir("d");
	tree_dir("d/e");
	tree_file("d/f");
	tree_dir("w");
	tree_dir("o");
	tree_link("d/link", "../w");
	tree_link("link", "d/e");
}

static int same_text(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

/* The order of an environment means nothing. */
static int has_all(char *const *env, char *const *wanted)
{
	for (; *wanted; wanted++) {
		size_t i = 0;

		while (env[i] && strcmp(env[i], *wanted) != 0)
			i++;
		if (!env[i])
			return 0;
	}
	return 1;
}

static void assert_same(const struct policy *a, const struct policy *b)
{
	assert_int_equal(a->grant_count, b->grant_count);
	for (size_t i = 0; i < a->grant_count; i++) {
		assert_int_equal(a->grants[i].kind, b->grants[i].kind);
		assert_string_equal(a->grants[i].guest, b->grants[i].guest);
		assert_true(same_text(a->grants[i].host, b->grants[i].host));
		assert_true(same_text(a->grants[i].target, b->grants[i].target));
		assert_int_equal(a->grants[i].implied, b->grants[i].implied);
	}
	assert_int_equal(a->hole_count, b->hole_count);
	assert_true(has_all(a->env, b->env) && has_all(b->env, a->env));
	assert_string_equal(a->workdir, b->workdir);
	assert_string_equal(a->name, b->name);
	assert_int_equal(a->permissions, b->permissions);
	assert_int_equal(a->memory, b->memory);
	assert_int_equal(a->timeout_ns, b->timeout_ns);
	assert_int_equal(a->kill_after_ns, b->kill_after_ns);
	assert_int_equal(a->output, b->output);
	assert_int_equal(a->processes, b->processes);
	assert_int_equal(a->open_files, b->open_files);
	assert_int_equal(a->cpu_percent, b->cpu_percent);
	assert_int_equal(a->cpu_time_ns, b->cpu_time_ns);
	assert_int_equal(a->file_size, b->file_size);
	assert_int_equal(a->disk, b->disk);
	assert_int_equal(a->clock_fixed, b->clock_fixed);
	assert_int_equal(a->clock_ns, b->clock_ns);
	assert_int_equal(a->random_fixed, b->random_fixed);
	assert_true(a->random == b->random);
	assert_int_equal(a->on_deny, b->on_deny);
	assert_int_equal(a->audit, b->audit);
	assert_int_equal(a->learn_refused, b->learn_refused);
}

static void write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

/* Prints what r and p say; the caller frees. */
static char *printed(const struct policy *p, const struct rules *r, struct err *e)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (policy_print(out, p, r, e))
		print_error("%s\n", e->what);
	fclose(out);
	return text;
}

static void resolve(struct tree *t, struct rules *r, struct policy *p)
{
	int rc = rules_resolve(r, p, &t->err);

	if (rc == 0)
		rc = policy_finish(p, &t->err);
	if (rc)
		print_error("%s\n", t->err.what);
	assert_int_equal(rc, 0);
}

static void round_trip(struct tree *t, const struct row *row)
{
	struct rules first, second;
	struct policy p, q;
	char *text, *again;

	rules_init(&first);
	rules_init(&second);
	policy_init(&p);
	policy_init(&q);
	if (row->file) {
		write_file("in.yaml", row->file);
		assert_int_equal(rules_load(&first, "./in.yaml", &t->err), 0);
	}
	for (size_t i = 0; i < FLAGS_MAX && row->flags[i].option; i++) {
		const struct flag *f = &row->flags[i];

		assert_int_equal(
			rules_add_flag(&first, f->key, f->option, f->value, f->number, &t->err), 0);
	}
	resolve(t, &first, &p);
	text = printed(&p, &first, &t->err);
	write_file("out.yaml", text);
	if (rules_load(&second, "./out.yaml", &t->err))
		fail_msg("%s\n%s", t->err.what, text);
	resolve(t, &second, &q);
	assert_same(&p, &q);
	again = printed(&q, &second, &t->err);
	strip_comments(text);
	strip_comments(again);
	assert_string_equal(text, again);
	free(text);
	free(again);
	policy_free(&p);
	policy_free(&q);
	rules_free(&first);
	rules_free(&second);
}

static void printed_policies_say_the_same(void **state)
{
	struct tree *t = *state;

	make_objects();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		round_trip(t, &rows[i]);
}

/* The denial of a rule's own path leaves neither: said in one file that would be a mistake. */
static void a_denied_rule_is_left_out(void **state)
{
	struct tree *t = *state;
	struct rules first, second;
	struct policy p;
	char *text;

	make_objects();
	rules_init(&first);
	rules_init(&second);
	policy_init(&p);
	write_file("in.yaml", "version: 1\nfilesystem: { read: [\"${CWD}/o\"] }\n");
	assert_int_equal(rules_load(&first, "./in.yaml", &t->err), 0);
	assert_int_equal(rules_add_flag(&first, RULE_DENY, "--deny", "o", 0, &t->err), 0);
	resolve(t, &first, &p);
	text = printed(&p, &first, &t->err);
	assert_non_null(strstr(text, "  read: []\n"));
	assert_non_null(strstr(text, "  deny: []\n"));
	write_file("out.yaml", text);
	assert_int_equal(rules_load(&second, "./out.yaml", &t->err), 0);
	free(text);
	policy_free(&p);
	rules_free(&first);
	rules_free(&second);
}

/* Refused as a whole: a policy without one of its rules would be another one. */
static void what_no_file_can_say_is_refused(void **state)
{
	static const struct flag flags[] = {
		{ RULE_READ, "--ro", "a*b", 0 },	{ RULE_READ, "--ro", "a\377b", 0 },
		{ RULE_READ, "--ro", "link/../f", 0 },	{ RULE_ENV_SET, "--env", "A B=c", 0 },
		{ RULE_ENV_SET, "--env", "A=\377", 0 },
	};
	struct tree *t = *state;

	make_objects();
	tree_file("a*b");
	tree_file("a\377b");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		struct rules r;
		struct policy p;
		FILE *out = tmpfile();

		rules_init(&r);
		policy_init(&p);
		assert_int_equal(rules_add_flag(&r, flags[i].key, flags[i].option, flags[i].value,
						0, &t->err),
				 0);
		resolve(t, &r, &p);
		assert_int_equal(policy_print(out, &p, &r, &t->err), -EINVAL);
		assert_int_equal(ftell(out), 0);
		assert_non_null(strstr(t->err.what, "a policy file cannot say it"));
		fclose(out);
		policy_free(&p);
		rules_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(printed_policies_say_the_same, tree_make,
						tree_remove),
		cmocka_unit_test_setup_teardown(a_denied_rule_is_left_out, tree_make, tree_remove),
		cmocka_unit_test_setup_teardown(what_no_file_can_say_is_refused, tree_make,
						tree_remove),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
