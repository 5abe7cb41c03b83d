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
#include "policy/load.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <yaml.h>

#define SECTIONS_MAX 16
#define DEPTH_MAX    16 /* of what stands under an unknown key */

struct reader {
	struct source *source;
	yaml_parser_t parser;
	yaml_event_t event; /* the current one */
	int have_event;
	unsigned int seen[RULE_KEY_COUNT]; /* lines, 0: not yet */
	unsigned int seen_section[SECTIONS_MAX];
};

static struct origin origin_at(const struct reader *r, yaml_mark_t mark)
{
	return (struct origin){ r->source->shown, (unsigned int)mark.line + 1,
				(unsigned int)mark.column + 1 };
}

/* Where the current event starts, "FILE:LINE:COL". */
static const char *here(const struct reader *r)
{
	static char text[300];
	struct origin at = origin_at(r, r->event.start_mark);

	snprintf(text, sizeof(text), "%s:%u:%u", at.file, at.line, at.column);
	return text;
}

static struct err *problem(struct reader *r)
{
	return rules_problem(r->source->to);
}

static const char *scalar(const struct reader *r)
{
	return (const char *)r->event.data.scalar.value;
}

/* The text of a scalar for messages. */
static const char *shown(const struct reader *r)
{
	static char text[80];

	err_escape(text, sizeof(text), scalar(r), r->event.data.scalar.length);
	return text;
}

static int refuse_form(struct reader *r, const char *what, const char *hint)
{
	struct err *e = problem(r);

	err_set(e, ERR_SANDBOX, EINVAL, "%s: %s", here(r), what);
	err_hint(e, "%s", hint);
	return -EINVAL;
}

/* Where a byte of the text is: lines and columns of characters, from 0, as libyaml counts. */
static yaml_mark_t mark_of(const struct source *source, size_t offset)
{
	yaml_mark_t mark = { .index = offset };

	for (size_t i = 0; i < offset && i < source->size; i++) {
		if (source->text[i] == '\n') {
			mark.line++;
			mark.column = 0;
		} else if ((source->text[i] & 0xc0) != 0x80) {
			mark.column++;
		}
	}
	return mark;
}

/* YAML itself failed: libyaml says what and where. */
static int refuse_syntax(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	struct err *e = problem(r);
	yaml_mark_t mark = p->problem_mark;

	if (p->error == YAML_MEMORY_ERROR)
		return err_set(e, ERR_SANDBOX, ENOMEM, "%s: out of memory", r->source->shown);
	if (p->error == YAML_READER_ERROR) {
		mark = mark_of(r->source, p->problem_offset);
		err_set(e, ERR_SANDBOX, EINVAL, "%s:%zu:%zu: %s", r->source->shown, mark.line + 1,
			mark.column + 1, p->problem);
		err_hint(e, "a policy file is UTF-8 text");
		return -EINVAL;
	}
	err_set(e, ERR_SANDBOX, EINVAL, "%s:%zu:%zu: %s", r->source->shown, mark.line + 1,
		mark.column + 1, p->problem ? p->problem : "not YAML");
	if (p->context)
		err_hint(e, "that is %s, which starts in line %zu", p->context,
			 p->context_mark.line + 1);
	return -EINVAL;
}

static int has_tag(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.tag != NULL;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.tag != NULL;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.tag != NULL;
	default:
		return 0;
	}
}

static int has_anchor(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor != NULL;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor != NULL;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor != NULL;
	default:
		return 0;
	}
}

/* Goes on to the next event; only what a policy file may hold gets through. */
static int next(struct reader *r)
{
	static const char plain[] = "write the value out where it is used";

	if (r->have_event)
		yaml_event_delete(&r->event);
	r->have_event = 0;
	if (!yaml_parser_parse(&r->parser, &r->event))
		return refuse_syntax(r);
	r->have_event = 1;
	if (r->event.type == YAML_ALIAS_EVENT)
		return refuse_form(r, "aliases (*NAME) are not allowed", plain);
	if (has_anchor(&r->event))
		return refuse_form(r, "anchors (&NAME) are not allowed", plain);
	if (has_tag(&r->event))
		return refuse_form(r, "tags (!NAME) are not allowed", "leave the tag out");
	if (r->event.type == YAML_SCALAR_EVENT && strlen(scalar(r)) != r->event.data.scalar.length)
		return refuse_form(r, "the text holds a NUL byte", "leave it out");
	return 0;
}

/* Passes over a value that nothing is known about; the current event is its first. */
static int skip(struct reader *r)
{
	int depth = 0, rc;

	for (;;) {
		switch (r->event.type) {
		case YAML_SEQUENCE_START_EVENT:
		case YAML_MAPPING_START_EVENT:
			if (++depth > DEPTH_MAX)
				return refuse_form(r, "nested too deeply",
						   "no value of a policy file is deeper than a "
						   "list in a section");
			break;
		case YAML_SEQUENCE_END_EVENT:
		case YAML_MAPPING_END_EVENT:
			depth--;
			break;
		default:
			break;
		}
		if (depth == 0)
			return 0;
		rc = next(r);
		if (rc)
			return rc;
	}
}

/* The key that was meant: of this section, else one of the same name elsewhere. */
static void hint_key(const struct reader *r, const char *section, struct err *e)
{
	const char *name = scalar(r);
	int in_host = r->source->is_host;
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
	struct err *e = problem(r);

	err_set(e, ERR_SANDBOX, EINVAL, "%s: unknown key \"%s\"%s%s", here(r), shown(r),
		*section ? " in " : "", section);
	if (strcmp(scalar(r), "<<") == 0)
		err_hint(e, "merge keys are not allowed: write out what the key should hold");
	else
		hint_key(r, section, e);
	return next(r) ? -EINVAL : skip(r);
}

/* The value is of the wrong form: a list where a word should be, for example. */
static int wrong_form(struct reader *r, enum rule_key key)
{
	const struct key *k = &schema[key];
	struct err *e = problem(r);
	const char *got = r->event.type == YAML_SEQUENCE_START_EVENT  ? "a list"
			  : r->event.type == YAML_MAPPING_START_EVENT ? "a mapping"
			  : *scalar(r)				      ? "a single value"
								      : "nothing";

	err_set(e, ERR_SANDBOX, EINVAL, "%s: %s: %s is expected, this is %s", here(r), k->name,
		schema_expects(key), got);
	if (r->event.type == YAML_SCALAR_EVENT && *scalar(r) && k->type != TYPE_SETTINGS &&
	    schema_is_list(key))
		err_hint(e, "write %s: [\"%s\"]", k->name, shown(r));
	else
		err_hint(e, "for example %s: %s", k->name, k->example);
	return skip(r);
}

/* The rule that starts at the current event. */
static struct rule start_rule(const struct reader *r, enum rule_key key)
{
	return (struct rule){ .key = key,
			      .layer = LAYER_FILE,
			      .at = origin_at(r, r->event.start_mark) };
}

static int take(struct reader *r, struct rule *rule, const char *text)
{
	struct rules *to = r->source->to;
	struct err e = { 0 };
	int rc;

	rule->name = rules_keep_printed(to, "%s:%u", rule->at.file, rule->at.line);
	rule->written = rules_keep(to, text, strlen(text));
	if (!rule->name || !rule->written)
		rc = err_set(&e, ERR_SANDBOX, ENOMEM, "out of memory");
	else
		rc = read_value(r->source, rule, text, &e);
	if (rc > 0) /* a path that may be missing, and is */
		return 0;
	if (rc == 0)
		rc = rules_add(to, rule, &e);
	if (rc)
		*problem(r) = e;
	return rc == -ENOMEM || rc == -E2BIG ? rc : 0;
}

static int read_list(struct reader *r, enum rule_key key)
{
	int rc;

	if (r->event.type != YAML_SEQUENCE_START_EVENT)
		return wrong_form(r, key);
	while ((rc = next(r)) == 0 && r->event.type != YAML_SEQUENCE_END_EVENT) {
		struct rule rule = start_rule(r, key);

		rc = r->event.type == YAML_SCALAR_EVENT ? take(r, &rule, scalar(r))
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

	if (r->event.type != YAML_MAPPING_START_EVENT)
		return wrong_form(r, key);
	while ((rc = next(r)) == 0 && r->event.type != YAML_MAPPING_END_EVENT) {
		struct rule rule = start_rule(r, key);
		const char *name, *setting;

		if (r->event.type != YAML_SCALAR_EVENT)
			return refuse_form(r, "set: a variable's name is expected",
					   "write NAME: VALUE");
		name = rules_keep(r->source->to, scalar(r), strlen(scalar(r)));
		rc = name ? next(r) : -ENOMEM;
		if (rc)
			return rc;
		if (r->event.type != YAML_SCALAR_EVENT) {
			refuse_form(r, "set: a variable's value is expected",
				    "write NAME: VALUE, the value in quotes if it holds more than "
				    "letters");
			rc = skip(r);
		} else {
			setting = rules_keep_printed(r->source->to, "%s=%s", name, scalar(r));
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
	if (r->event.type != YAML_SCALAR_EVENT || !*scalar(r))
		return wrong_form(r, key);
	rule = start_rule(r, key);
	return take(r, &rule, scalar(r));
}

/* Notes a key that was there before; *line: where it was first, 0 so far. */
static int is_again(struct reader *r, unsigned int *line)
{
	struct err *e;

	if (*line == 0) {
		*line = (unsigned int)r->event.start_mark.line + 1;
		return 0;
	}
	e = problem(r);
	err_set(e, ERR_SANDBOX, EINVAL, "%s: \"%s\" is there twice", here(r), shown(r));
	err_hint(e, "the first is in line %u: make them one", *line);
	return 1;
}

/* A key and its value; the current event is the key. A section's value is left to the caller. */
static int read_entry(struct reader *r, const char *section)
{
	enum rule_key key;
	int again, rc;

	if (r->event.type != YAML_SCALAR_EVENT)
		return refuse_form(r, "a key is expected", "write KEY: VALUE");
	key = schema_find(section, scalar(r), r->source->is_host);
	if (key == RULE_KEY_COUNT)
		return unknown_key(r, section);
	again = is_again(r, &r->seen[key]);
	rc = next(r);
	if (rc)
		return rc;
	return again ? skip(r) : read_key(r, key);
}

static int read_section(struct reader *r, size_t section)
{
	const char *name = schema_sections[section].name;
	int again = is_again(r, &r->seen_section[section]), rc = next(r);

	if (rc || again)
		return rc ? rc : skip(r);
	if (r->event.type != YAML_MAPPING_START_EVENT) {
		struct err *e = problem(r);

		err_set(e, ERR_SANDBOX, EINVAL, "%s: %s: a section is expected, with its keys",
			here(r), name);
		err_hint(e, "leave out a section that says nothing");
		return skip(r);
	}
	while ((rc = next(r)) == 0 && r->event.type != YAML_MAPPING_END_EVENT) {
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
	if (r->event.type == YAML_SCALAR_EVENT && strcmp(scalar(r), "version") == 0)
		return 0;
	return refuse_form(r, "the first key must be \"version\"",
			   "write version: 1 in the first line");
}

static int read_top(struct reader *r)
{
	int rc = 0;

	for (int first = 1; (rc = next(r)) == 0 && r->event.type != YAML_MAPPING_END_EVENT;
	     first = 0) {
		size_t section = schema_section_count;

		if (first)
			rc = version_comes_first(r);
		if (rc == 0 && r->event.type == YAML_SCALAR_EVENT && !r->source->is_host)
			section = find_section(scalar(r));
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
	int rc = next(r); /* the stream's start */

	if (rc == 0)
		rc = next(r);
	if (rc)
		return rc;
	if (r->event.type == YAML_STREAM_END_EVENT)
		return refuse_form(r, "the file is empty", "a policy starts with version: 1");
	if (r->event.data.document_start.version_directive ||
	    r->event.data.document_start.tag_directives.start !=
		    r->event.data.document_start.tag_directives.end)
		return refuse_form(r, "directives (%YAML, %TAG) are not allowed",
				   "leave the line out");
	rc = next(r);
	if (rc)
		return rc;
	if (r->event.type != YAML_MAPPING_START_EVENT)
		return refuse_form(r, "keys and values are expected",
				   "a policy starts with version: 1");
	rc = read_top(r);
	if (rc == 0)
		rc = next(r); /* the document's end */
	if (rc == 0)
		rc = next(r);
	if (rc == 0 && r->event.type != YAML_STREAM_END_EVENT)
		return refuse_form(r, "a second document",
				   "one file is one policy: leave out what follows ---");
	return rc;
}

int read_source(struct source *source)
{
	struct reader r = { .source = source };
	size_t before = source->to->problem_count;
	int rc;

	if (!yaml_parser_initialize(&r.parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)source->text, source->size);
	rc = read_document(&r);
	if (r.have_event)
		yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	if (rc == -ENOMEM)
		return rc;
	return rc || source->to->problem_count > before ? -EINVAL : 0;
}
