// SPDX-License-Identifier: Apache-2.0
/* The schema: each key's example is a policy that reads; every key reaches the policy in force. */
#include "policy/file/schema.h"
#include "policy/file/load.h"
#include "policy/file/profiles.h"
#include "policy/policy.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct rules r;
static struct err e;

static int start(void **state)
{
	(void)state;
	rules_init(&r);
	memset(&e, 0, sizeof(e));
	return 0;
}

static int finish(void **state)
{
	(void)state;
	rules_free(&r);
	return 0;
}

static int read_text(const char *text, size_t size, int is_host)
{
	struct source source = {
		.shown = "x.yaml",
		.text = text,
		.size = size,
		.directory = "/srv",
		.to = &r,
		.is_host = is_host,
	};

	return read_source(&source);
}

static int take(const char *text)
{
	return read_text(text, strlen(text), 0);
}

static void every_example_is_a_policy(void **state)
{
	(void)state;
	setenv("HOME", "/home/somebody", 1);
	for (unsigned int i = 0; i < RULE_KEY_COUNT; i++) {
		const struct key *key = &schema[i];
		char text[1000];
		int nested = *key->section != '\0', version = i == RULE_VERSION;

		snprintf(text, sizeof(text), "%s%s%s%s%s: %s\n", version ? "" : "version: 1\n",
			 key->section, nested ? ":\n" : "", nested ? "  " : "", key->name,
			 key->example);
		rules_free(&r);
		rules_init(&r);
		if (read_text(text, strlen(text), i == RULE_POLICIES))
			fail_msg("%s%s", text, r.problems[0].what);
		/* Empty lists make no rule. */
		assert_int_equal(rules_find(&r, (enum rule_key)i) != NULL,
				 strcmp(key->example, "[]") != 0);
	}
}

static void every_key_says_what_it_is(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < RULE_KEY_COUNT; i++) {
		assert_non_null(schema[i].section);
		assert_non_null(schema[i].name);
		assert_non_null(schema[i].meaning);
		assert_non_null(schema[i].standard);
		assert_non_null(schema[i].example);
		assert_non_null(schema_expects((enum rule_key)i));
		assert_int_equal(schema_find(schema[i].section, schema[i].name, i == RULE_POLICIES),
				 i);
	}
	assert_int_equal(schema_find("", "policies", 0), RULE_KEY_COUNT);
	assert_int_equal(schema_find("", "name", 1), RULE_KEY_COUNT);
}

static void every_value_is_in_force(void **state)
{
	static const char text[] =
		"version: 1\n"
		"env: { set: { A: no, B: '1 2' } }\n"
		"network: { loopback: false }\n"
		"limits: { cpus: 0.25, memory: 65MiB, processes: 7, open-files: 8, file-size: "
		"3KiB,\n"
		"  disk: 4KiB, output: 5KiB, wall-time: 6ms, cpu-time: 7s, kill-after: 2m }\n"
		"guest: { clock: 1970-01-02T00:00:01Z, random: 18446744073709551615 }\n"
		"report: { on-deny: kill, audit: all, learn: refuse }\n";
	struct policy p;

	(void)state;
	r.empty = 1;
	policy_init(&p);
	assert_int_equal(take(text), 0);
	assert_int_equal(rules_resolve(&r, &p, &e), 0);
	assert_string_equal(p.env[0], "A=no");
	assert_string_equal(p.env[1], "B=1 2");
	assert_null(p.env[2]);
	assert_int_equal(p.loopback, 0);
	assert_int_equal(p.cpu_percent, 25);
	assert_int_equal(p.memory, 66 << 20); /* whole blocks of 2 MiB */
	assert_int_equal(p.processes, 7);
	assert_int_equal(p.open_files, 8);
	assert_int_equal(p.file_size, 3 << 10);
	assert_int_equal(p.disk, 4 << 10);
	assert_int_equal(p.output, 5 << 10);
	assert_int_equal(p.timeout_ns, 6000000);
	assert_true(p.cpu_time_ns == 7000000000);
	assert_true(p.kill_after_ns == 120000000000);
	assert_int_equal(p.clock_fixed, 1);
	assert_true(p.clock_ns == 86401000000000);
	assert_int_equal(p.random_fixed, 1);
	assert_true(p.random == UINT64_MAX);
	assert_int_equal(p.on_deny, ON_DENY_KILL);
	assert_int_equal(p.audit, AUDIT_ALL);
	assert_int_equal(p.learn_refused, 1);
	assert_int_equal(p.grant_count, 0);
	policy_free(&p);
}

static void nothing_said_is_the_default(void **state)
{
	struct policy p, plain;

	(void)state;
	r.empty = 1;
	policy_init(&p);
	policy_init(&plain);
	assert_int_equal(take("version: 1\nguest: { clock: host, random: host }\n"), 0);
	assert_int_equal(rules_resolve(&r, &p, &e), 0);
	assert_string_equal(p.name, plain.name);
	plain.name = p.name;
	assert_memory_equal(&p, &plain, sizeof(p));
	policy_free(&p);
}

static void a_file_of_64_kib_is_read_but_not_every_list(void **state)
{
	static char text[LOAD_SIZE_MAX];

	(void)state;
	memset(text, '#', sizeof(text));
	mempcpy(text, "version: 1\n", 11);
	assert_int_equal(read_text(text, sizeof(text), 0), 0);
	/* As many rules as there may be, no matter how many elements a list has. */
	memset(text, ' ', sizeof(text));
	mempcpy(text, "version: 1\nenv:\n  pass: [", 25);
	for (size_t i = 25; i + 2 < sizeof(text); i += 2)
		mempcpy(text + i, "A,", 2);
	mempcpy(text + sizeof(text) - 2, "A]", 2);
	assert_int_equal(read_text(text, sizeof(text), 0), -EINVAL);
	assert_true(r.count <= RULES_MAX);
}

/* Whatever is cut off or broken, reading ends, and what it says has a place. */
static void broken_policies_are_refused_not_obeyed(void **state)
{
	(void)state;
	for (size_t i = 0; profiles_name(i); i++) {
		size_t size;
		const char *text = profiles_find(profiles_name(i), &size);

		for (size_t length = 0; length < size; length += 3) {
			char *broken = malloc(size + 1);

			assert_non_null(broken);
			memcpy(broken, text, size);
			broken[length] = "[{*&!\n\t\0:\xff"[length % 10];
			rules_free(&r);
			rules_init(&r);
			read_text(broken, size, 0);
			read_text(broken, length, 0);
			for (size_t n = 0; n < r.problem_count && n < RULES_PROBLEMS_MAX; n++)
				assert_int_equal(strncmp(r.problems[n].what, "x.yaml:", 7), 0);
			free(broken);
		}
	}
}

static void nesting_ends(void **state)
{
	static char text[LOAD_SIZE_MAX];

	(void)state;
	memset(text, '[', sizeof(text));
	mempcpy(text, "version: 1\nx: ", 14);
	assert_int_equal(read_text(text, sizeof(text), 0), -EINVAL);
	assert_int_equal(r.problem_count, 2); /* the unknown key, and what is below it */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_example_is_a_policy, start, finish),
		cmocka_unit_test_setup_teardown(every_key_says_what_it_is, start, finish),
		cmocka_unit_test_setup_teardown(every_value_is_in_force, start, finish),
		cmocka_unit_test_setup_teardown(nothing_said_is_the_default, start, finish),
		cmocka_unit_test_setup_teardown(a_file_of_64_kib_is_read_but_not_every_list, start,
						finish),
		cmocka_unit_test_setup_teardown(broken_policies_are_refused_not_obeyed, start,
						finish),
		cmocka_unit_test_setup_teardown(nesting_ends, start, finish),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
