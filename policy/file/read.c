// SPDX-License-Identifier: Apache-2.0
/*
 * The structure of a policy file: libyaml's events under the schema. A file
 * is a mapping of keys to values and of sections to such mappings; nothing is
 * deeper, and what else YAML offers (anchors, aliases, tags, merge keys,
 * several documents) is an error, as it would hide what the file says.
 *
 * What is wrong with a key or a value is noted, and reading goes on; a file
 * that is no YAML, or not of this form, is read no further.
 */
#include "common/suggest.h"
#include "policy/file/events.h"
#include "policy/file/load.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define SECTIONS_MAX 16

struct reader {
	struct events in;
	unsigned int seen[RULE_KEY_COUNT]; /* lines, 0: not yet */
	unsigned int seen_section[SECTIONS_MAX];
};

/* The key that was meant: of this section, else one of the same name elsewhere. */
static void hint_key(const struct reader *r, const char *section, struct err *e)
{
	const char *name = events_scalar(&r->in);
	int in_host = r->in.source->is_host;
	struct suggestion meant = { 0 };
	unsigned int meant_at;

	for (unsigned int i = 0; i < RULE_KEY_COUNT; i++) {
		if (strcmp(schema[i].section, section) == 0 &&
		    schema_belongs((enum rule_key)i, in_host))
			suggest(&meant, name, strlen(name), schema[i].name);
	}
	for (size_t i = 0; !in_host && !*section && i < schema_section_count; i++)
		suggest(&meant, name, strlen(name), schema_sections[i].name);
	if (meant.name) {
		err_hint(e, "did you mean \"%s\"?", meant.name);
		return;
	}
	meant_at = RULE_KEY_COUNT;
	for (unsigned int i = 0; i < RULE_KEY_COUNT; i++) {
		const char *before = meant.name;

		if (schema_belongs((enum rule_key)i, in_host))
			suggest(&meant, name, strlen(name), schema[i].name);
		if (meant.name != before)
			meant_at = i;
	}
	if (meant_at < RULE_KEY_COUNT) {
		const char *place = *schema[meant_at].section ? schema[meant_at].section : NULL;

		err_hint(e, "\"%s\" belongs %s%s%s", meant.name,
			 place ? "in the section \"" : "at the top of the file", place ? place : "",
			 place ? "\"" : "");
		return;
	}
	err_hint(e, "sandbox-policy(5) lists the keys");
}

static int unknown_key(struct reader *r, const char *section)
{
	struct err *e = events_problem(&r->in);

	err_set(e, ERR_SANDBOX, EINVAL, "%s: unknown key \"%s\"%s%s", events_here(&r->in),
		events_shown(&r->in), *section ? " in " : "", section);
	if (strcmp(events_scalar(&r->in), "<<") == 0)
		err_hint(e, "merge keys are not allowed: write out what the key should hold");
	else
		hint_key(r, section, e);
	return events_next(&r->in) ? -EINVAL : events_skip(&r->in);
}

/* The value is of the wrong form: a list where a word should be, for example. */
static int wrong_form(struct reader *r, enum rule_key key)
{
	const struct key *k = &schema[key];
	struct err *e = events_problem(&r->in);
	const char *got = r->in.event.type == YAML_SEQUENCE_START_EVENT	 ? "a list"
			  : r->in.event.type == YAML_MAPPING_START_EVENT ? "a mapping"
			  : *events_scalar(&r->in)			 ? "a single value"
									 : "nothing";

	err_set(e, ERR_SANDBOX, EINVAL, "%s: %s: %s is expected, this is %s", events_here(&r->in),
		k->name, schema_expects(key), got);
	if (r->in.event.type == YAML_SCALAR_EVENT && *events_scalar(&r->in) &&
	    k->type != TYPE_SETTINGS && schema_is_list(key))
		err_hint(e, "write %s: [\"%s\"]", k->name, events_shown(&r->in));
	else
		err_hint(e, "for example %s: %s", k->name, k->example);
	return events_skip(&r->in);
}

/* The rule that starts at the current event. */
static struct rule start_rule(const struct reader *r, enum rule_key key)
{
	return (struct rule){ .key = key,
			      .layer = LAYER_FILE,
			      .at = events_origin(&r->in, r->in.event.start_mark) };
}

static int take(struct reader *r, struct rule *rule, const char *text)
{
	struct rules *to = r->in.source->to;
	struct err e = { 0 };
	int rc;

	rule->name = rules_keep_printed(to, "%s:%u", rule->at.file, rule->at.line);
	rule->written = rules_keep(to, text, strlen(text));
	if (!rule->name || !rule->written)
		rc = err_set(&e, ERR_SANDBOX, ENOMEM, "out of memory");
	else
		rc = read_value(r->in.source, rule, text, &e);
	if (rc > 0) /* a path that may be missing, and is */
		return 0;
	if (rc == 0)
		rc = rules_add(to, rule, &e);
	if (rc)
		*events_problem(&r->in) = e;
	return rc == -ENOMEM || rc == -E2BIG ? rc : 0;
}

static int read_list(struct reader *r, enum rule_key key)
{
	int rc;

	if (r->in.event.type != YAML_SEQUENCE_START_EVENT)
		return wrong_form(r, key);
	while ((rc = events_next(&r->in)) == 0 && r->in.event.type != YAML_SEQUENCE_END_EVENT) {
		struct rule rule = start_rule(r, key);

		rc = r->in.event.type == YAML_SCALAR_EVENT ? take(r, &rule, events_scalar(&r->in))
							   : wrong_form(r, key);
		if (rc)
			return rc;
	}
	return rc;
}

/* NAME: VALUE pairs of env.set. */
static int read_settings(struct reader *r, enum rule_key key)
{
	int rc;

	if (r->in.event.type != YAML_MAPPING_START_EVENT)
		return wrong_form(r, key);
	while ((rc = events_next(&r->in)) == 0 && r->in.event.type != YAML_MAPPING_END_EVENT) {
		struct rule rule = start_rule(r, key);
		const char *name, *setting;

		if (r->in.event.type != YAML_SCALAR_EVENT)
			return events_refuse(&r->in, "set: a variable's name is expected",
					     "write NAME: VALUE");
		if (strchr(events_scalar(&r->in), '='))
			return events_refuse(&r->in, "set: a variable's name has no \"=\" in it",
					     "write NAME: VALUE");
		name = rules_keep(r->in.source->to, events_scalar(&r->in),
				  strlen(events_scalar(&r->in)));
		rc = name ? events_next(&r->in) : -ENOMEM;
		if (rc)
			return rc;
		if (r->in.event.type != YAML_SCALAR_EVENT) {
			events_refuse(
				&r->in, "set: a variable's value is expected",
				"write NAME: VALUE, the value in quotes if it holds more than "
				"letters");
			rc = events_skip(&r->in);
		} else {
			setting = rules_keep_printed(r->in.source->to, "%s=%s", name,
						     events_scalar(&r->in));
			rc = setting ? take(r, &rule, setting) : -ENOMEM;
		}
		if (rc)
			return rc;
	}
	return rc;
}

static int read_key(struct reader *r, enum rule_key key)
{
	struct rule rule;

	if (schema[key].type == TYPE_SETTINGS)
		return read_settings(r, key);
	if (schema_is_list(key))
		return read_list(r, key);
	if (r->in.event.type != YAML_SCALAR_EVENT || !*events_scalar(&r->in))
		return wrong_form(r, key);
	rule = start_rule(r, key);
	return take(r, &rule, events_scalar(&r->in));
}

/* Notes a key that was there before; *line: where it was first, 0 so far. */
static int is_again(struct reader *r, unsigned int *line)
{
	struct err *e;

	if (*line == 0) {
		*line = (unsigned int)r->in.event.start_mark.line + 1;
		return 0;
	}
	e = events_problem(&r->in);
	err_set(e, ERR_SANDBOX, EINVAL, "%s: \"%s\" is there twice", events_here(&r->in),
		events_shown(&r->in));
	err_hint(e, "the first is in line %u: make them one", *line);
	return 1;
}

/* A key and its value; the current event is the key. A section's value is left to the caller. */
static int read_entry(struct reader *r, const char *section)
{
	enum rule_key key;
	int again, rc;

	if (r->in.event.type != YAML_SCALAR_EVENT)
		return events_refuse(&r->in, "a key is expected", "write KEY: VALUE");
	key = schema_find(section, events_scalar(&r->in), r->in.source->is_host);
	if (key == RULE_KEY_COUNT)
		return unknown_key(r, section);
	again = is_again(r, &r->seen[key]);
	rc = events_next(&r->in);
	if (rc)
		return rc;
	return again ? events_skip(&r->in) : read_key(r, key);
}

static int read_section(struct reader *r, size_t section)
{
	const char *name = schema_sections[section].name;
	int again = is_again(r, &r->seen_section[section]), rc = events_next(&r->in);

	if (rc || again)
		return rc ? rc : events_skip(&r->in);
	if (r->in.event.type != YAML_MAPPING_START_EVENT) {
		struct err *e = events_problem(&r->in);

		err_set(e, ERR_SANDBOX, EINVAL, "%s: %s: a section is expected, with its keys",
			events_here(&r->in), name);
		err_hint(e, "leave out a section that says nothing");
		return events_skip(&r->in);
	}
	while ((rc = events_next(&r->in)) == 0 && r->in.event.type != YAML_MAPPING_END_EVENT) {
		rc = read_entry(r, name);
		if (rc)
			return rc;
	}
	return rc;
}

static size_t find_section(const char *name)
{
	size_t i = 0;

	while (i < schema_section_count &&
	       (!*schema_sections[i].name || strcmp(schema_sections[i].name, name) != 0))
		i++;
	return i;
}

static int version_comes_first(struct reader *r)
{
	if (r->in.event.type == YAML_SCALAR_EVENT && strcmp(events_scalar(&r->in), "version") == 0)
		return 0;
	return events_refuse(&r->in, "the first key must be \"version\"",
			     "write version: 1 in the first line");
}

static int read_top(struct reader *r)
{
	int rc = 0;

	for (int first = 1;
	     (rc = events_next(&r->in)) == 0 && r->in.event.type != YAML_MAPPING_END_EVENT;
	     first = 0) {
		size_t section = schema_section_count;

		if (first)
			rc = version_comes_first(r);
		if (rc == 0 && r->in.event.type == YAML_SCALAR_EVENT && !r->in.source->is_host)
			section = find_section(events_scalar(&r->in));
		if (rc == 0)
			rc = section < schema_section_count ? read_section(r, section)
							    : read_entry(r, "");
		if (rc)
			return rc;
	}
	if (rc == 0 && !r->seen[RULE_VERSION])
		rc = version_comes_first(r);
	return rc;
}

static int read_document(struct reader *r)
{
	int rc = events_next(&r->in); /* the stream's start */

	if (rc == 0)
		rc = events_next(&r->in);
	if (rc)
		return rc;
	if (r->in.event.type == YAML_STREAM_END_EVENT)
		return events_refuse(&r->in, "the file is empty",
				     "a policy starts with version: 1");
	if (r->in.event.data.document_start.version_directive ||
	    r->in.event.data.document_start.tag_directives.start !=
		    r->in.event.data.document_start.tag_directives.end)
		return events_refuse(&r->in, "directives (%YAML, %TAG) are not allowed",
				     "leave the line out");
	rc = events_next(&r->in);
	if (rc)
		return rc;
	if (r->in.event.type != YAML_MAPPING_START_EVENT)
		return events_refuse(&r->in, "keys and values are expected",
				     "a policy starts with version: 1");
	rc = read_top(r);
	if (rc == 0)
		rc = events_next(&r->in); /* the document's end */
	if (rc == 0)
		rc = events_next(&r->in);
	if (rc == 0 && r->in.event.type != YAML_STREAM_END_EVENT)
		return events_refuse(&r->in, "a second document",
				     "one file is one policy: leave out what follows ---");
	return rc;
}

int read_source(struct source *source)
{
	struct reader r = { 0 };
	size_t before = source->to->problem_count;
	int rc = events_start(&r.in, source);

	if (rc)
		return rc;
	rc = read_document(&r);
	events_end(&r.in);
	if (rc == -ENOMEM)
		return rc;
	return rc || source->to->problem_count > before ? -EINVAL : 0;
}
