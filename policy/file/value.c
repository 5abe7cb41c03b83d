// SPDX-License-Identifier: Apache-2.0
/*
 * The values of a policy file: each is typed by the schema, never by its
 * looks (a plain no is a string where a string is expected).
 */
#include "common/cleanup.h"
#include "common/units.h"
#include "policy/file/load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define NAME_MAX_LENGTH 64
#define SHOWN		80

void read_where(char *out, size_t size, const struct rule *rule)
{
	if (rule->at.line)
		snprintf(out, size, "%s:%u:%u: %s", rule->at.file, rule->at.line, rule->at.column,
			 schema[rule->key].name);
	else
		snprintf(out, size, "%s", rule->at.file);
}

/* "WHERE: "TEXT" REASON". */
static int refuse(const struct rule *rule, const char *text, const char *reason, struct err *e)
{
	char where[320], shown[SHOWN];

	read_where(where, sizeof(where), rule);
	err_escape(shown, sizeof(shown), text, strlen(text));
	return err_set(e, ERR_SANDBOX, EINVAL, "%s: \"%s\" %s", where, shown, reason);
}

static int is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text) && strlen(text) < 20;
}

static int read_version(struct rule *rule, const char *text, struct err *e)
{
	if (strcmp(text, "1") == 0)
		return 0;
	if (is_number(text) && *text != '0') {
		refuse(rule, text,
		       "is for a later release of sandbox-run: this one reads version 1", e);
		err_hint(e, "upgrade sandbox-run, or write the policy for version: 1");
		return -EINVAL;
	}
	refuse(rule, text, "is no version", e);
	err_hint(e, "write version: 1");
	return -EINVAL;
}

int value_is_name(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && length <= NAME_MAX_LENGTH && *text != '.' && *text != '-' &&
	       strspn(text, NAME_CHARACTERS "._-") == length;
}

static int read_name(struct rule *rule, const char *text, struct err *e)
{
	if (value_is_name(text))
		return 0;
	refuse(rule, text, "is no name", e);
	err_hint(e, "write up to %d letters, digits, \".\", \"-\" or \"_\"", NAME_MAX_LENGTH);
	return -EINVAL;
}

/* A builtin, a name, or ./FILE.yaml; load.c looks where it leads to. */
static int read_extends(struct rule *rule, const char *text, struct err *e)
{
	size_t length = strlen(text);

	if (strcmp(text, "builtin:base") == 0 || strcmp(text, "builtin:empty") == 0)
		return 0;
	if (strncmp(text, "builtin:", 8) == 0) {
		refuse(rule, text, "is no builtin", e);
		err_hint(e, "write builtin:base or builtin:empty");
		return -EINVAL;
	}
	if (strncmp(text, "./", 2) == 0 && !strstr(text, "/../") && length > 7 &&
	    strcmp(text + length - 5, ".yaml") == 0)
		return 0;
	if (value_is_name(text) && !strchr(text, '.'))
		return 0;
	refuse(rule, text, "is neither a builtin nor a policy", e);
	err_hint(e, "write builtin:base, builtin:empty, the name of a shipped policy, or "
		    "./OTHER.yaml for a file beside this one");
	return -EINVAL;
}

static int read_bool(struct rule *rule, const char *text, struct err *e)
{
	rule->number = strcmp(text, "true") == 0;
	if (rule->number || strcmp(text, "false") == 0)
		return 0;
	refuse(rule, text, "is neither true nor false", e);
	err_hint(e, "write %s: true or %s: false", schema[rule->key].name, schema[rule->key].name);
	return -EINVAL;
}

int read_choice(struct rule *rule, const char *text, struct err *e)
{
	const struct key *key = &schema[rule->key];
	char all[100] = "";
	size_t used = 0;

	for (size_t i = 0; i < SCHEMA_CHOICES_MAX && key->choices[i]; i++) {
		rule->number = i;
		if (strcmp(text, key->choices[i]) == 0)
			return 0;
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s", i ? ", " : "",
					 key->choices[i]);
	}
	refuse(rule, text, "is none of its words", e);
	err_hint(e, "write one of %s", all);
	return -EINVAL;
}

/* "0.25" to 25 percent; a VM has one CPU. */
int read_cpus(struct rule *rule, const char *text, struct err *e)
{
	const char *at = text;
	uint64_t percent = 0;
	int digits = 0;

	for (; *at >= '0' && *at <= '9' && digits < 6; at++, digits++)
		percent = percent * 10 + (uint64_t)(*at - '0');
	percent *= 100;
	if (digits && *at == '.' && at[1] >= '0' && at[1] <= '9') {
		percent += (uint64_t)(at[1] - '0') * 10;
		at += 2;
		if (*at >= '0' && *at <= '9')
			percent += (uint64_t)(*at++ - '0');
	}
	if (!digits || *at || !percent) {
		refuse(rule, text, "is no number of CPUs", e);
		err_hint(e, "write a number from 0.01 to 1, such as 0.5");
		return -EINVAL;
	}
	rule->number = percent;
	if (percent <= 100)
		return 0;
	refuse(rule, text, "is more than a VM has in this release: one CPU", e);
	err_hint(e, "write 1, or less for a part of it");
	return -EINVAL;
}

static int read_number(struct rule *rule, const char *text, struct err *e)
{
	const struct key *key = &schema[rule->key];
	char where[320];
	int rc;

	read_where(where, sizeof(where), rule);
	if (key->type == TYPE_COUNT)
		return units_count(where, text, key->most, &rule->number, e);
	if (key->type == TYPE_TIME)
		return units_time(where, text, &rule->number, e);
	rc = units_size(where, text, &rule->number, e);
	if (rc || (rule->number >= key->least && (!key->most || rule->number <= key->most)))
		return rc;
	refuse(rule, text,
	       rule->number < key->least ? "is less than a VM can have"
					 : "is more than a VM can have",
	       e);
	err_hint(e, "write a size from %lluMiB to %lluGiB", (unsigned long long)key->least >> 20,
		 (unsigned long long)key->most >> 30);
	return -EINVAL;
}

static int two_digits(const char *text)
{
	return (text[0] - '0') * 10 + text[1] - '0';
}

/* YYYY-MM-DDTHH:MM:SSZ, of a day that there is. */
static int parse_clock(const char *text, uint64_t *ns)
{
	static const char form[] = "0000-00-00T00:00:00Z";
	struct tm tm = { 0 }, back;
	time_t seconds;

	if (strlen(text) != strlen(form))
		return -EINVAL;
	for (size_t i = 0; form[i]; i++) {
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return -EINVAL;
	}
	tm.tm_year = two_digits(text) * 100 + two_digits(text + 2);
	tm.tm_mon = two_digits(text + 5);
	tm.tm_mday = two_digits(text + 8);
	tm.tm_hour = two_digits(text + 11);
	tm.tm_min = two_digits(text + 14);
	tm.tm_sec = two_digits(text + 17);
	if (tm.tm_year < 1970 || tm.tm_year > 2261)
		return -ERANGE;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	back = tm;
	seconds = timegm(&back);
	if (back.tm_mon != tm.tm_mon || back.tm_mday != tm.tm_mday || back.tm_hour != tm.tm_hour ||
	    back.tm_min != tm.tm_min || back.tm_sec != tm.tm_sec)
		return -EINVAL;
	*ns = (uint64_t)seconds * 1000000000u;
	return 0;
}

static int read_clock(struct rule *rule, const char *text, struct err *e)
{
	int rc = strcmp(text, "host") == 0 ? 0 : parse_clock(text, &rule->number);

	if (rc == 0)
		return 0;
	refuse(rule, text,
	       rc == -ERANGE ? "is not between 1970 and 2261" : "is no time of day in UTC", e);
	err_hint(e, "write it like 2020-01-01T00:00:00Z, or write host");
	return -EINVAL;
}

static int read_random(struct rule *rule, const char *text, struct err *e)
{
	const char *at = text;

	if (strcmp(text, "host") == 0)
		return 0;
	for (rule->number = 0; *at >= '0' && *at <= '9'; at++) {
		if (mul_ovf(rule->number, 10u, &rule->number) ||
		    add_ovf(rule->number, (uint64_t)(*at - '0'), &rule->number))
			break;
	}
	if (at != text && !*at)
		return 0;
	refuse(rule, text, "is no whole number of 64 bits", e);
	err_hint(e, "write a number such as 42, or write host");
	return -EINVAL;
}

static int is_variable(const char *text, size_t length)
{
	return length > 0 && !(*text >= '0' && *text <= '9') &&
	       strspn(text, NAME_CHARACTERS "_") >= length;
}

/* NAME, or of `set` NAME=VALUE. */
static int read_variable(struct rule *rule, const char *text, struct err *e)
{
	size_t length = rule->key == RULE_ENV_SET ? strcspn(text, "=") : strlen(text);

	if (is_variable(text, length))
		return 0;
	refuse(rule, text, "is no name of a variable", e);
	if (rule->key == RULE_ENV_PASS && strchr(text, '='))
		err_hint(e, "values go to env.set: set: { NAME: VALUE }");
	else
		err_hint(e, "write letters, digits and \"_\", a letter first");
	return -EINVAL;
}

int read_value(struct source *source, struct rule *rule, const char *text, struct err *e)
{
	rule->value = rule->written;
	switch (schema[rule->key].type) {
	case TYPE_VERSION:
		return read_version(rule, text, e);
	case TYPE_NAME:
		return read_name(rule, text, e);
	case TYPE_EXTENDS:
		return read_extends(rule, text, e);
	case TYPE_PATH:
		return read_path(source, rule, text, e);
	case TYPE_PATHS:
		return read_path(source, rule, text, e);
	case TYPE_VARIABLES:
	case TYPE_SETTINGS:
		return read_variable(rule, text, e);
	case TYPE_PEERS:
	case TYPE_PORTS:
		return read_peer(rule, text, e);
	case TYPE_BOOL:
		return read_bool(rule, text, e);
	case TYPE_CPUS:
		return read_cpus(rule, text, e);
	case TYPE_SIZE:
	case TYPE_COUNT:
	case TYPE_TIME:
		return read_number(rule, text, e);
	case TYPE_CLOCK:
		return read_clock(rule, text, e);
	case TYPE_RANDOM:
		return read_random(rule, text, e);
	case TYPE_CHOICE:
		return read_choice(rule, text, e);
	}
	return -EINVAL;
}
