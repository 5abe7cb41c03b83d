// SPDX-License-Identifier: Apache-2.0
/*
 * Prints the keys of policy files as parts of sandbox-policy(5), from the
 * schema: with the argument "host" those of host.yaml. Runs when the project
 * is built.
 */
#include "policy/file/schema.h"

#include <stdio.h>
#include <string.h>

/* Text as roff takes it. */
static void put(const char *text)
{
	for (; *text; text++) {
		if (*text == '-')
			fputs("\\-", stdout);
		else if (*text == '\\')
			fputs("\\e", stdout);
		else
			putchar(*text);
	}
}

static void put_values(const struct key *key)
{
	for (size_t i = 0; i < SCHEMA_CHOICES_MAX && key->choices[i]; i++) {
		fputs(i ? " | " : "", stdout);
		put(key->choices[i]);
	}
}

static void put_key(enum rule_key number)
{
	const struct key *key = &schema[number];

	fputs(".TP\n\\fB", stdout);
	put(key->name);
	fputs("\\fR: \\fI", stdout);
	if (key->type == TYPE_CHOICE)
		put_values(key);
	else
		put(schema_expects(number));
	fputs("\\fR\n", stdout);
	put(key->meaning);
	fputs("\nDefault: ", stdout);
	put(key->standard);
	fputs(".\n", stdout);
	if (key->option) {
		fputs("Flag: \\fB", stdout);
		put(key->option);
		fputs("\\fR.\n", stdout);
	}
	fputs(".IP\n.EX\n", stdout);
	if (*key->section) {
		put(key->section);
		fputs(":\n  ", stdout);
	}
	put(key->name);
	fputs(": ", stdout);
	put(key->example);
	fputs("\n.EE\n", stdout);
}

int main(int argc, char **argv)
{
	int host = argc > 1 && strcmp(argv[1], "host") == 0;

	for (size_t section = 0; section < (host ? 1 : schema_section_count); section++) {
		const struct section *s = &schema_sections[section];

		if (*s->name) {
			fputs(".SS ", stdout);
			put(s->name);
			putchar('\n');
			put(s->meaning);
			putchar('\n');
		}
		for (unsigned int key = 0; key < RULE_KEY_COUNT; key++) {
			if (strcmp(schema[key].section, s->name) == 0 &&
			    schema_belongs((enum rule_key)key, host))
				put_key((enum rule_key)key);
		}
	}
	return ferror(stdout) || fflush(stdout);
}
