// SPDX-License-Identifier: Apache-2.0
/*
 * Rules that can have no effect: a mistake each, since somebody believes that
 * they do something. Only rules of one file are compared, so that a file may
 * say what the one that it extends says already; but a denial is never
 * removed, wherever it is.
 */
#include "policy/file/load.h"
#include "policy/grants/grants.h"

#include <errno.h>
#include <string.h>

static int refuse(const struct rule *rule, const struct rule *other, const char *reason,
		  const char *hint, struct err *e)
{
	char where[320], shown[160];

	read_where(where, sizeof(where), rule);
	err_escape(shown, sizeof(shown), rule->written, strcspn(rule->written, "="));
	err_set(e, ERR_SANDBOX, EINVAL, "%s%s %s: %s %s", where, rule->at.line ? ":" : "", shown,
		other->name, reason);
	err_hint(e, "%s", hint);
	return -EINVAL;
}

static int same_file(const struct rule *a, const struct rule *b)
{
	return a->at.line && b->at.line && strcmp(a->at.file, b->at.file) == 0;
}

static int same_variable(const struct rule *a, const struct rule *b)
{
	size_t length = strcspn(a->value, "=");

	return length == strcspn(b->value, "=") && strncmp(a->value, b->value, length) == 0;
}

static int same_path(const struct rule *a, const struct rule *b)
{
	return strcmp(a->guest, b->guest) == 0 && strcmp(a->value, b->value) == 0;
}

static int is_grant(const struct rule *rule)
{
	return rule->key >= RULE_READ && rule->key <= RULE_TMPFS;
}

static int is_within(const struct rule *rule, const struct rule *top)
{
	return strcmp(rule->guest, top->guest) == 0 || path_is_below(rule->guest, top->guest, NULL);
}

/* True when a grant of the file lies between two denials: what it shows the inner one hides. */
static int shows_between(const struct rules *r, const struct rule *outer, const struct rule *inner)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct rule *grant = &r->list[i];

		if (is_grant(grant) && path_is_below(grant->guest, outer->guest, NULL) &&
		    is_within(inner, grant))
			return 1;
	}
	return 0;
}

/* What an earlier or any other rule of the same file makes of this one; 0, or -EINVAL. */
static int compare(const struct rules *r, const struct rule *rule, const struct rule *other,
		   int earlier, struct err *e)
{
	int same_key = rule->key == other->key;

	switch (rule->key) {
	case RULE_ENV_PASS:
		if (same_key && earlier && same_variable(rule, other))
			return refuse(rule, other, "passes it already", "leave one out", e);
		if (other->key == RULE_ENV_SET && same_variable(rule, other))
			return refuse(rule, other, "sets it",
				      "a variable is passed or set: leave one out", e);
		return 0;
	case RULE_ENV_SET:
		if (same_key && earlier && same_variable(rule, other))
			return refuse(rule, other, "sets it already", "leave one out", e);
		return 0;
	case RULE_READ:
	case RULE_READ_TRY:
	case RULE_OVERLAY:
	case RULE_WRITE:
	case RULE_TMPFS:
		if (same_key && earlier && same_path(rule, other))
			return refuse(rule, other, "says the same", "leave one out", e);
		return 0;
	case RULE_DENY:
		if (same_key && earlier && same_path(rule, other))
			return refuse(rule, other, "says the same", "leave one out", e);
		if (same_key && path_is_below(rule->guest, other->guest, NULL) &&
		    !shows_between(r, other, rule))
			return refuse(rule, other, "hides it already", "leave one out", e);
		return 0;
	default:
		return 0;
	}
}

int useless_check_text(struct rules *r)
{
	int found = 0;

	for (size_t i = 0; i < r->count; i++) {
		for (size_t j = 0; j < r->count; j++) {
			struct err e = { 0 };

			if (i == j || !same_file(&r->list[i], &r->list[j]) ||
			    compare(r, &r->list[i], &r->list[j], j < i, &e) == 0)
				continue;
			*rules_problem(r) = e;
			found = -EINVAL;
			break;
		}
	}
	return found;
}

/* The rule that a grant is made of: of a file's the names are its own strings. */
static const struct rule *rule_of(const struct rules *r, const struct grant *g)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct rule *rule = &r->list[i];

		if (rule->name == g->rule && (rule->at.line || strcmp(rule->guest, g->guest) == 0))
			return rule;
	}
	return NULL;
}

static int has_links(const struct policy *p, const struct grant *g)
{
	for (size_t i = 0; i < p->grant_count; i++) {
		if (p->grants[i].kind == GRANT_SYMLINK && p->grants[i].rule == g->rule)
			return 1;
	}
	return 0;
}

/* The grant nearest above g's path, links aside. */
static const struct grant *above(const struct policy *p, const struct grant *g)
{
	const struct grant *found = NULL;

	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *other = &p->grants[i];

		if (other->kind != GRANT_SYMLINK && path_is_below(g->guest, other->guest, NULL) &&
		    (!found || strlen(other->guest) >= strlen(found->guest)))
			found = other;
	}
	return found;
}

/* A denial of g's own path, said by a file. */
static const struct rule *denied_by(const struct rules *r, const struct policy *p,
				    const struct grant *g)
{
	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *deny = &p->grants[i];
		const struct rule *rule = NULL;

		if (deny->kind == GRANT_DENY && strcmp(deny->guest, g->guest) == 0)
			rule = rule_of(r, deny);
		if (rule && rule->at.line)
			return rule;
	}
	return NULL;
}

/* True when the grant above shows what g shows, at the same place and with the same right. */
static int is_shown_by(const struct grant *top, const struct grant *g)
{
	char path[PATH_MAX];
	const char *rest;

	return top && top->kind == g->kind && grant_is_host(g->kind) &&
	       path_is_below(g->guest, top->guest, &rest) &&
	       path_join(path, top->host, rest) == 0 && strcmp(path, g->host) == 0;
}

int useless_check_grants(const struct rules *r, const struct policy *p, struct err *e)
{
	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *g = &p->grants[i], *top;
		const struct rule *rule, *other;

		if (g->implied || g->kind == GRANT_SYMLINK || g->kind == GRANT_DENY ||
		    !(rule = rule_of(r, g)))
			continue;
		other = denied_by(r, p, g);
		if (other)
			return refuse(rule, other, "denies the same path: this can never apply",
				      "a denial comes first and is never removed; what lies below "
				      "it can be granted",
				      e);
		top = above(p, g);
		other = top && rule->at.line ? rule_of(r, top) : NULL;
		if (other && same_file(rule, other) && is_shown_by(top, g) && !has_links(p, g) &&
		    (other->key != RULE_READ_TRY || rule->key == RULE_READ_TRY))
			return refuse(rule, other, "shows it already",
				      "leave one out, or deny what lies between", e);
	}
	return 0;
}
