// SPDX-License-Identifier: Apache-2.0
/*
 * Writes rules as a policy file: section by section, each key with what is in
 * force, also where that is the default. Paths are absolute and have their
 * variables expanded, so that the file means the same wherever it is read.
 */
#include "policy/judge/print.h"
#include "policy/file/load.h"
#include "policy/grants/grants.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 1024 /* bytes of an escaped path in a comment */

struct print {
	FILE *out;
	const struct policy *p;
	const struct rules *r;
};

static void escaped(FILE *out, const char *before, const char *text)
{
	char shown[SHOWN];

	err_escape(shown, sizeof(shown), text, strlen(text));
	fprintf(out, "%s%s", before, shown);
}

/* Of a rule about the inside alone, its path there. */
static const char *own_path(const struct rule *rule)
{
	int inside = rule->key == RULE_TMPFS || rule->key == RULE_DENY;

	return inside && rule->guest ? rule->guest : rule->value;
}

#define PATH_TEXT (2 * PATH_MAX)

/* "HOST" or "HOST:GUEST", as a file has it; "" when it cannot be said. */
static void path_text(char out[PATH_TEXT], const struct rule *rule)
{
	char host[PATH_MAX], guest[PATH_MAX];

	*out = '\0';
	if (print_path(host, own_path(rule)))
		return;
	if (rule->key == RULE_WORKDIR || own_path(rule) == rule->guest || !rule->guest ||
	    strcmp(rule->guest, rule->value) == 0)
		snprintf(out, PATH_TEXT, "%s", host);
	else if (print_path(guest, rule->guest) == 0)
		snprintf(out, PATH_TEXT, "%s:%s", host, guest);
}

static int is_path(enum rule_key key)
{
	return schema[key].type == TYPE_PATH || schema[key].type == TYPE_PATHS;
}

/* Who said it, and where the path leads to when that is not what is written. */
static void print_origin(const struct print *print, const struct rule *rule)
{
	char path[PATH_MAX], found[PATH_MAX];
	int rc;

	fprintf(print->out, "  # %s", rule->name);
	if (!is_path(rule->key) || print_path(path, own_path(rule)))
		return;
	if (rule->at.line && rule->written && strcmp(rule->written, path) != 0)
		escaped(print->out, ", written ", rule->written);
	if (rule->key == RULE_TMPFS || rule->key == RULE_DENY || rule->key == RULE_WORKDIR)
		rc = look_place(found, print->p, path);
	else
		rc = realpath(path, found) ? 0 : -errno;
	if (rc)
		fputs("; not there", print->out);
	else if (strcmp(path, found) != 0)
		escaped(print->out, "; it is ", found);
}

/* A key of one value that some rule sets. */
static void print_value(const struct print *print, const struct rule *rule)
{
	char path[PATH_TEXT], text[80];

	fprintf(print->out, "%s%s: ", *schema[rule->key].section ? "  " : "",
		schema[rule->key].name);
	if (is_path(rule->key)) {
		path_text(path, rule);
		print_scalar(print->out, path);
	} else if (rule->value && strcmp(rule->value, "host") == 0) {
		fputs("host", print->out);
	} else {
		print_number(text, sizeof(text), rule);
		fputs(text, print->out);
	}
	print_origin(print, rule);
	fputc('\n', print->out);
}

/* What is in force without a rule: a value, or words. */
static void print_default(const struct print *print, enum rule_key key)
{
	const char *words = strchr(schema[key].standard, ' ') ? "# " : "";

	if (key == RULE_WORKDIR) {
		escaped(print->out, "  # workdir: ", print->p->workdir);
		fputs(", by default\n", print->out);
		return;
	}
	fprintf(print->out, "%s%s%s: %s%s\n", *schema[key].section ? "  " : "", words,
		schema[key].name, schema[key].standard, *words ? ", by default" : "  # default");
}

/* True when an earlier rule of the list says the same. */
static int said_before(const struct rules *r, size_t n)
{
	const struct rule *rule = &r->list[n];

	for (size_t i = 0; i < n; i++) {
		const struct rule *other = &r->list[i];

		if (other->key == rule->key && strcmp(other->value, rule->value) == 0 &&
		    strcmp(other->guest ? other->guest : "", rule->guest ? rule->guest : "") == 0)
			return 1;
	}
	return 0;
}

static int same_variable(const char *a, const char *b)
{
	size_t length = strcspn(a, "=");

	return length == strcspn(b, "=") && strncmp(a, b, length) == 0;
}

/*
 * True when another rule about the same variable counts: one that passes what
 * is not set does not.
 */
static int is_replaced(const struct rules *r, size_t n)
{
	const struct rule *rule = &r->list[n];

	for (size_t i = 0; i < r->count; i++) {
		const struct rule *other = &r->list[i];
		int passes = other->key == RULE_ENV_PASS;

		if (i == n || (!passes && other->key != RULE_ENV_SET) ||
		    !same_variable(rule->value, other->value))
			continue;
		if (i > n ? !passes || getenv(other->value) != NULL
			  : rule->key == RULE_ENV_PASS && !getenv(rule->value))
			return 1;
	}
	return 0;
}

static void print_element(const struct print *print, const struct rule *rule)
{
	const char *equals = strchr(rule->value, '=');
	char path[PATH_TEXT];

	if (rule->key == RULE_ENV_SET && equals) {
		fprintf(print->out, "    %.*s: ", (int)(equals - rule->value), rule->value);
		print_scalar(print->out, equals + 1);
	} else {
		if (is_path(rule->key))
			path_text(path, rule);
		fputs("    - ", print->out);
		print_scalar(print->out, is_path(rule->key) ? path : rule->value);
	}
	print_origin(print, rule);
	fputc('\n', print->out);
}

static void print_list(const struct print *print, enum rule_key key)
{
	const struct rules *r = print->r;
	size_t count = 0;

	fprintf(print->out, "  %s:", schema[key].name);
	for (size_t i = 0; i < r->count; i++) {
		if (r->list[i].key != key || said_before(r, i) ||
		    !print_counts(print->p, &r->list[i]) ||
		    ((key == RULE_ENV_SET || key == RULE_ENV_PASS) && is_replaced(r, i)))
			continue;
		if (count++ == 0)
			fputc('\n', print->out);
		print_element(print, &r->list[i]);
	}
	if (count == 0)
		fputs(schema[key].type == TYPE_SETTINGS ? " {}\n" : " []\n", print->out);
}

static const char *word(enum grant_kind kind)
{
	static const char *const words[] = {
		[GRANT_READ] = "read",	 [GRANT_WRITE] = "write",  [GRANT_OVERLAY] = "overlay",
		[GRANT_TMPFS] = "tmpfs", [GRANT_SYMLINK] = "link", [GRANT_DEV] = "devices",
		[GRANT_PROC] = "proc",	 [GRANT_SYS] = "sys",	   [GRANT_DENY] = "deny",
	};

	return words[kind];
}

/* As comments: what came without a rule of the user, from the builtin base or for COMMAND. */
static void print_implied(const struct print *print, const char *rule, const char *heading)
{
	for (size_t i = 0; i < print->p->grant_count; i++) {
		const struct grant *g = &print->p->grants[i];

		if (!g->implied || strcmp(g->rule, rule) != 0)
			continue;
		fputs(heading, print->out);
		heading = "";
		fprintf(print->out, "#   %s", word(g->kind));
		escaped(print->out, " ", g->guest);
		if (g->kind == GRANT_SYMLINK)
			escaped(print->out, " -> ", g->target);
		fputc('\n', print->out);
	}
}

static void print_head(const struct print *print)
{
	const struct rules *r = print->r;

	fputs("version: 1\n", print->out);
	if (value_is_name(r->name))
		fprintf(print->out, "name: %s\n", r->name);
	if (r->empty) {
		fputs("extends: builtin:empty\n", print->out);
	} else {
		fputs("extends: builtin:base  # which gives here:\n", print->out);
		print_implied(print, "builtin:base", "");
	}
}

static void print_key(const struct print *print, enum rule_key key)
{
	const struct rule *rule = rules_find(print->r, key);

	if (schema_is_list(key))
		print_list(print, key);
	else if (rule)
		print_value(print, rule);
	else if (key != RULE_LOCKED)
		print_default(print, key);
}

/* What no file can hold: paths that it would take for patterns, names of variables, other bytes. */
static int refuse(const struct rule *rule, struct err *e)
{
	const char *text = rule->written ? rule->written : rule->value;
	char shown[200];

	err_escape(shown, sizeof(shown), text, strcspn(text, "="));
	err_set(e, ERR_SANDBOX, EINVAL, "--print-policy: %s %s: a policy file cannot say it",
		rule->name, shown);
	if (rule->at.line)
		err_hint(e, "its path holds a character that stands for a pattern there");
	else
		err_hint(e, "leave the option out, and give it with -p later");
	return -EINVAL;
}

static int check(const struct rule *rule, struct err *e)
{
	struct rules scratch;
	struct source source = { .shown = rule->name, .to = &scratch };
	struct rule again = { .key = rule->key, .at = rule->at, .name = rule->name };
	const char *text = rule->value;
	char path[PATH_TEXT];
	struct err ignored;
	int rc = 0;

	/* A number, or what a file has said; but there a variable may stand for any path. */
	if (!text || (rule->at.line && !is_path(rule->key)))
		return 0;
	if (is_path(rule->key)) {
		path_text(path, rule);
		text = path;
	}
	rules_init(&scratch);
	again.written = text;
	if (!*text || !print_can_say(text) || read_value(&source, &again, text, &ignored))
		rc = refuse(rule, e);
	rules_free(&scratch);
	return rc;
}

int policy_print(FILE *out, const struct policy *p, const struct rules *r, struct err *e)
{
	const struct print print = { out, p, r };
	const char *section = "";

	for (size_t i = 0; i < r->count; i++) {
		int rc = check(&r->list[i], e);

		if (rc)
			return rc;
	}
	print_head(&print);
	for (unsigned int key = RULE_EXTENDS + 1; key <= RULE_LOCKED; key++) {
		if (strcmp(schema[key].section, section) != 0) {
			section = schema[key].section;
			fprintf(out, *section ? "\n%s:\n" : "\n", section);
		}
		print_key(&print, (enum rule_key)key);
	}
	print_implied(&print, "command", "# for COMMAND, without a rule:\n");
	return 0;
}
