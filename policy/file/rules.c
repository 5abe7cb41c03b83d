// SPDX-License-Identifier: Apache-2.0
/*
 * The list of rules and the strings that it owns; what is wrong with the files
 * that they came from.
 */
#include "policy/file/rules.h"
#include "policy/file/load.h"
#include "policy/file/schema.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rules_text {
	struct rules_text *next;
	char text[];
};

void rules_init(struct rules *r)
{
	memset(r, 0, sizeof(*r));
	r->name = "default";
}

void rules_free(struct rules *r)
{
	while (r->texts) {
		struct rules_text *text = r->texts;

		r->texts = text->next;
		free(text);
	}
	free(r->list);
	memset(r, 0, sizeof(*r));
}

const char *rules_keep(struct rules *r, const char *text, size_t length)
{
	struct rules_text *kept = malloc(sizeof(*kept) + length + 1);

	if (!kept)
		return NULL;
	memcpy(kept->text, text, length);
	kept->text[length] = '\0';
	kept->next = r->texts;
	r->texts = kept;
	return kept->text;
}

const char *rules_keep_printed(struct rules *r, const char *format, ...)
{
	const char *kept = NULL;
	char *made;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&made, format, args);
	va_end(args);
	if (length >= 0) {
		kept = rules_keep(r, made, (size_t)length);
		free(made);
	}
	return kept;
}

const struct rule *rules_find(const struct rules *r, enum rule_key key)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->list[i].key == key)
			return &r->list[i];
	}
	return NULL;
}

/* The place of a new rule: for a scalar that of the one it replaces. */
static struct rule *place(struct rules *r, enum rule_key key)
{
	for (size_t i = 0; !schema_is_list(key) && i < r->count; i++) {
		if (r->list[i].key == key)
			return &r->list[i];
	}
	if (r->count == r->capacity) {
		size_t capacity = r->capacity ? r->capacity * 2 : 16;
		struct rule *more = reallocarray(r->list, capacity, sizeof(*more));

		if (!more)
			return NULL;
		r->list = more;
		r->capacity = capacity;
	}
	memset(&r->list[r->count], 0, sizeof(*r->list));
	return &r->list[r->count++];
}

int rules_add(struct rules *r, const struct rule *rule, struct err *e)
{
	struct rule *to = r->count < RULES_MAX ? place(r, rule->key) : NULL;

	if (!to && r->count >= RULES_MAX)
		return err_set(e, ERR_SANDBOX, E2BIG, "%s: more than %d rules", rule->name,
			       RULES_MAX);
	if (!to)
		return err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
	/* What one file locks no other one opens. */
	if (rule->key == RULE_LOCKED && to->key == RULE_LOCKED && to->number)
		return 0;
	*to = *rule;
	return 0;
}

void rules_drop(struct rules *r, enum rule_key key)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->list[i].key == key) {
			memmove(&r->list[i], &r->list[i + 1],
				(r->count - i - 1) * sizeof(*r->list));
			r->count--;
			return;
		}
	}
}

struct err *rules_problem(struct rules *r)
{
	static struct err dropped;

	r->problem_count++;
	return r->problem_count <= RULES_PROBLEMS_MAX ? &r->problems[r->problem_count - 1]
						      : &dropped;
}
