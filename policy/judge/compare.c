// SPDX-License-Identifier: Apache-2.0
/* Two policies side by side: environment and single values; the files are in compare-files.c. */
#include "policy/judge/compare.h"
#include "policy/file/load.h"
#include "policy/judge/print.h"
#include "policy/policy.h"

#include <string.h>

#define SHOWN 256

void compare_say(struct compare *c, enum compare_way way, const char *what, const char *before,
		 const char *after)
{
	static const char *const words[] = {
		[COMPARE_WIDENED] = "widened",
		[COMPARE_NARROWED] = "narrowed",
		[COMPARE_CHANGED] = "changed",
	};

	c->count[way]++;
	if (way == COMPARE_WIDENED || !c->widened_only)
		fprintf(c->out, "%s: %s: %s -> %s\n", words[way], what, before, after);
}

static int same_variable(const struct rule *rule, const char *name, size_t length)
{
	return (rule->key == RULE_ENV_PASS || rule->key == RULE_ENV_SET) &&
	       strcspn(rule->value, "=") == length && strncmp(rule->value, name, length) == 0;
}

/* The rule that says what becomes of a variable: the last one; or NULL. */
static const struct rule *variable(const struct rules *r, const char *name, size_t length)
{
	const struct rule *found = NULL;

	for (size_t i = 0; i < r->count; i++)
		if (same_variable(&r->list[i], name, length))
			found = &r->list[i];
	return found;
}

static void describe_variable(char *out, size_t size, const struct rule *rule)
{
	char value[100];

	if (!rule) {
		snprintf(out, size, "none");
	} else if (rule->key == RULE_ENV_PASS) {
		snprintf(out, size, "the caller's (%s)", rule->name);
	} else {
		const char *equals = strchr(rule->value, '=');

		err_escape(value, sizeof(value), equals ? equals + 1 : "",
			   equals ? strlen(equals + 1) : 0);
		snprintf(out, size, "\"%s\" (%s)", value, rule->name);
	}
}

/* A value that the policy itself has tells nothing of the caller; one that is passed does. */
static void compare_variable(struct compare *c, const char *name, size_t length)
{
	const struct rule *old = variable(c->old.rules, name, length);
	const struct rule *new = variable(c->new.rules, name, length);
	char what[SHOWN], before[SHOWN], after[SHOWN], escaped[100];
	enum compare_way way = COMPARE_CHANGED;

	if (old && new && old->key == new->key && strcmp(old->value, new->value) == 0)
		return;
	if (new &&new->key == RULE_ENV_PASS)
		way = COMPARE_WIDENED;
	else if (old && old->key == RULE_ENV_PASS)
		way = COMPARE_NARROWED;
	err_escape(escaped, sizeof(escaped), name, length);
	snprintf(what, sizeof(what), "variable %s", escaped);
	describe_variable(before, sizeof(before), old);
	describe_variable(after, sizeof(after), new);
	compare_say(c, way, what, before, after);
}

static void compare_variables(struct compare *c)
{
	const struct rules *old = c->old.rules, *new = c->new.rules;

	for (size_t i = 0; i < old->count + new->count; i++) {
		const struct rule *rule =
			i < old->count ? &old->list[i] : &new->list[i - old->count];
		size_t length = 0;

		if (rule->key != RULE_ENV_PASS && rule->key != RULE_ENV_SET)
			continue;
		length = strcspn(rule->value, "=");
		/* Each once: at its last rule of the old policy, else at that of the new one. */
		if (i < old->count ? variable(old, rule->value, length) == rule
				   : !variable(old, rule->value, length) &&
					     variable(new, rule->value, length) == rule)
			compare_variable(c, rule->value, length);
	}
}

/* Which number of a key gives more. */
enum gives_more { MORE, LESS, NEITHER };

static const struct {
	enum rule_key key;
	enum gives_more more;
	uint64_t standard; /* without a rule; UINT64_MAX: no limit at all */
} numbers[] = {
	{ RULE_LOOPBACK, MORE, 1 },
	{ RULE_CPUS, MORE, 100 },
	{ RULE_MEMORY, MORE, POLICY_MEMORY_DEFAULT },
	{ RULE_PROCESSES, MORE, 0 }, /* of policy_init() */
	{ RULE_OPEN_FILES, MORE, 0 },
	{ RULE_FILE_SIZE, MORE, UINT64_MAX },
	{ RULE_DISK, MORE, UINT64_MAX },
	{ RULE_OUTPUT, MORE, UINT64_MAX },
	{ RULE_WALL_TIME, MORE, UINT64_MAX },
	{ RULE_CPU_TIME, MORE, UINT64_MAX },
	{ RULE_KILL_AFTER, MORE, 0 },
	{ RULE_CLOCK, NEITHER, UINT64_MAX },
	{ RULE_RANDOM, NEITHER, UINT64_MAX },
	{ RULE_ON_DENY, LESS, ON_DENY_ERRNO },
	{ RULE_AUDIT, LESS, AUDIT_DENIED },
	{ RULE_LEARN, LESS, 0 },
	{ RULE_LOCKED, LESS, 0 },
};

static uint64_t standard(size_t row)
{
	struct policy p;
	uint64_t value = numbers[row].standard;

	policy_init(&p);
	if (numbers[row].key == RULE_PROCESSES)
		value = p.processes;
	else if (numbers[row].key == RULE_OPEN_FILES)
		value = p.open_files;
	else if (numbers[row].key == RULE_KILL_AFTER)
		value = p.kill_after_ns;
	policy_free(&p);
	return value;
}

/* The number in force, and how it is said. */
static uint64_t number(const struct rules *r, size_t row, char *out, size_t size)
{
	const struct rule *rule = rules_find(r, numbers[row].key);
	char text[80];

	if (!rule || (rule->value && strcmp(rule->value, "host") == 0)) {
		snprintf(out, size, "%s%s%s%s", schema[numbers[row].key].standard, rule ? " (" : "",
			 rule ? rule->name : "", rule ? ")" : "");
		return standard(row);
	}
	print_number(text, sizeof(text), rule);
	snprintf(out, size, "%s (%s)", text, rule->name);
	return rule->number;
}

static void compare_numbers(struct compare *c)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		char before[SHOWN], after[SHOWN];
		uint64_t old = number(c->old.rules, i, before, sizeof(before));
		uint64_t new = number(c->new.rules, i, after, sizeof(after));
		enum compare_way way = COMPARE_CHANGED;

		if (old == new)
			continue;
		if (numbers[i].more != NEITHER)
			way = (new > old) == (numbers[i].more == MORE) ? COMPARE_WIDENED
								       : COMPARE_NARROWED;
		compare_say(c, way, schema[numbers[i].key].name, before, after);
	}
}

static int has(const struct rules *r, const struct rule *wanted)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->list[i].key == wanted->key && strcmp(r->list[i].value, wanted->value) == 0)
			return 1;
	return 0;
}

/* Peers and ports, which this release refuses anyway: what is in one list alone. */
static void compare_peers(struct compare *c)
{
	const struct rules *sides[] = { c->old.rules, c->new.rules };

	for (size_t side = 0; side < 2; side++) {
		const struct rules *r = sides[side];

		for (size_t i = 0; i < r->count; i++) {
			const struct rule *rule = &r->list[i];
			char what[SHOWN], peer[100];

			if ((rule->key != RULE_CONNECT && rule->key != RULE_LISTEN) ||
			    has(sides[!side], rule))
				continue;
			err_escape(peer, sizeof(peer), rule->value, strlen(rule->value));
			snprintf(what, sizeof(what), "%s %s", schema[rule->key].name, peer);
			compare_say(c, side ? COMPARE_WIDENED : COMPARE_NARROWED, what,
				    side ? "no" : rule->name, side ? rule->name : "no");
		}
	}
}

void policy_compare(struct compare *c)
{
	compare_files(c);
	compare_variables(c);
	compare_peers(c);
	compare_numbers(c);
}
