// SPDX-License-Identifier: Apache-2.0
/*
 * libyaml's events, of those that a policy file may hold: no aliases, anchors,
 * tags or NUL bytes get through. What is wrong with the text as YAML is said
 * here, with its place.
 */
#include "policy/file/events.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 16 /* of what stands under an unknown key */

struct origin events_origin(const struct events *in, yaml_mark_t mark)
{
	return (struct origin){ in->source->shown, (unsigned int)mark.line + 1,
				(unsigned int)mark.column + 1 };
}

/* Where the current event starts, "FILE:LINE:COL". */
const char *events_here(const struct events *in)
{
	static char text[300];
	struct origin at = events_origin(in, in->event.start_mark);

	snprintf(text, sizeof(text), "%s:%u:%u", at.file, at.line, at.column);
	return text;
}

struct err *events_problem(struct events *in)
{
	return rules_problem(in->source->to);
}

const char *events_scalar(const struct events *in)
{
	return (const char *)in->event.data.scalar.value;
}

/* The text of a scalar for messages. */
const char *events_shown(const struct events *in)
{
	static char text[80];

	err_escape(text, sizeof(text), events_scalar(in), in->event.data.scalar.length);
	return text;
}

int events_refuse(struct events *in, const char *what, const char *hint)
{
	struct err *e = events_problem(in);

	err_set(e, ERR_SANDBOX, EINVAL, "%s: %s", events_here(in), what);
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

/* The byte at a place, as mark_of() counts; NUL past the end. */
static char byte_at(const struct source *source, yaml_mark_t at)
{
	size_t line = 0, column = 0;

	for (size_t i = 0; i < source->size; i++) {
		if (line == at.line && column == at.column)
			return source->text[i];
		if (source->text[i] == '\n') {
			line++;
			column = 0;
		} else if (i + 1 == source->size || (source->text[i + 1] & 0xc0) != 0x80) {
			column++;
		}
	}
	return '\0';
}

/*
 * "found character that cannot start any token" says little to who has not
 * written YAML's scanner.
 */
static int no_token(const struct events *in, yaml_mark_t at, struct err *e)
{
	char byte = byte_at(in->source, at);

	if (byte != '\t' && byte != '@' && byte != '`' && byte != '%')
		return 0;
	if (byte == '\t') {
		err_set(e, ERR_SANDBOX, EINVAL, "%s:%zu:%zu: a tab where YAML wants spaces",
			in->source->shown, at.line + 1, at.column + 1);
		err_hint(e, "indent with spaces");
		return 1;
	}
	err_set(e, ERR_SANDBOX, EINVAL, "%s:%zu:%zu: a text cannot start with \"%c\"",
		in->source->shown, at.line + 1, at.column + 1, byte);
	err_hint(e, "write it in quotes");
	return 1;
}

/* YAML itself failed: libyaml says what and where. */
static int refuse_syntax(struct events *in)
{
	const yaml_parser_t *p = &in->parser;
	struct err *e = events_problem(in);
	yaml_mark_t mark = p->problem_mark;

	if (p->error == YAML_MEMORY_ERROR)
		return err_set(e, ERR_SANDBOX, ENOMEM, "%s: out of memory", in->source->shown);
	if (p->error == YAML_READER_ERROR) {
		mark = mark_of(in->source, p->problem_offset);
		err_set(e, ERR_SANDBOX, EINVAL, "%s:%zu:%zu: %s", in->source->shown, mark.line + 1,
			mark.column + 1, p->problem);
		err_hint(e, "a policy file is UTF-8 text");
		return -EINVAL;
	}
	if (p->error == YAML_SCANNER_ERROR && no_token(in, mark, e))
		return -EINVAL;
	err_set(e, ERR_SANDBOX, EINVAL, "%s:%zu:%zu: %s", in->source->shown, mark.line + 1,
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
int events_next(struct events *in)
{
	static const char plain[] = "write the value out where it is used";

	if (in->have_event)
		yaml_event_delete(&in->event);
	in->have_event = 0;
	if (!yaml_parser_parse(&in->parser, &in->event))
		return refuse_syntax(in);
	in->have_event = 1;
	if (in->event.type == YAML_ALIAS_EVENT)
		return events_refuse(in, "aliases (*NAME) are not allowed", plain);
	if (has_anchor(&in->event))
		return events_refuse(in, "anchors (&NAME) are not allowed", plain);
	if (has_tag(&in->event))
		return events_refuse(in, "tags (!NAME) are not allowed", "leave the tag out");
	if (in->event.type == YAML_SCALAR_EVENT &&
	    strlen(events_scalar(in)) != in->event.data.scalar.length)
		return events_refuse(in, "the text holds a NUL byte", "leave it out");
	return 0;
}

/* Passes over a value that nothing is known about; the current event is its first. */
int events_skip(struct events *in)
{
	int depth = 0, rc;

	for (;;) {
		switch (in->event.type) {
		case YAML_SEQUENCE_START_EVENT:
		case YAML_MAPPING_START_EVENT:
			if (++depth > DEPTH_MAX)
				return events_refuse(in, "nested too deeply",
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
		rc = events_next(in);
		if (rc)
			return rc;
	}
}

int events_start(struct events *in, struct source *source)
{
	memset(in, 0, sizeof(*in));
	in->source = source;
	if (!yaml_parser_initialize(&in->parser))
		return -ENOMEM;
	yaml_parser_set_encoding(&in->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&in->parser, (const unsigned char *)source->text,
				     source->size);
	return 0;
}

void events_end(struct events *in)
{
	if (in->have_event)
		yaml_event_delete(&in->event);
	yaml_parser_delete(&in->parser);
}
