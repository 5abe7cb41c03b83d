// SPDX-License-Identifier: Apache-2.0
/*
 * Which rules have a part in the policy in force. Rules of several files and
 * flags may say the same or more than another; in one file that would be a
 * mistake, and is left out.
 */
#include "policy/file/load.h"
#include "policy/grants/grants.h"
#include "policy/judge/print.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct search {
	const struct policy *p;
	const struct rule *rule;
	int found;
};

static int is_there(const struct search *s, const char *guest)
{
	for (size_t i = 0; i < s->p->grant_count; i++) {
		const struct grant *g = &s->p->grants[i];

		if (strcmp(g->rule, s->rule->name) == 0 && strcmp(g->guest, guest) == 0)
			return 1;
	}
	return 0;
}

/* Walks the host as reveal.c does, which grants each link on the way, too. */
static int step(void *context, const char *prefix, char target[PATH_MAX])
{
	struct search *s = context;
	ssize_t length = readlink(prefix, target, PATH_MAX - 1);

	if (length < 0)
		return errno == EINVAL ? 0 : -errno;
	target[length] = '\0';
	s->found |= is_there(s, prefix);
	return 1;
}

static int host_counts(struct search *s)
{
	char path[PATH_MAX], place[PATH_MAX];
	int same = strcmp(s->rule->value, s->rule->guest) == 0;

	if (path_absolute(path, s->rule->value) || path_walk(place, path, step, s))
		return 1; /* not there: it counts when it is */
	if (!same && (path_absolute(path, s->rule->guest) || path_tidy(place, path)))
		return 1;
	return (same && s->found) || is_there(s, place);
}

/* A denial of exactly what a rule shows: without that rule there is nothing to hide. */
static int hides_something(const struct policy *p, const char *place)
{
	char parent[PATH_MAX], *slash;

	if (path_copy(parent, place))
		return 1;
	slash = strrchr(parent, '/');
	slash[slash == parent] = '\0';
	return look_covering(p, parent) != NULL;
}

static int inside_counts(struct search *s)
{
	char path[PATH_MAX], place[PATH_MAX];

	if (path_absolute(path, s->rule->guest))
		return 1;
	if (look_place(place, s->p, path) || !is_there(s, place))
		if (look_name(place, s->p, path) || !is_there(s, place))
			return 0;
	return s->rule->key == RULE_TMPFS || hides_something(s->p, place);
}

int print_counts(const struct policy *p, const struct rule *rule)
{
	struct search s = { p, rule, 0 };

	switch (rule->key) {
	case RULE_READ:
	case RULE_READ_TRY:
	case RULE_OVERLAY:
	case RULE_WRITE:
		return host_counts(&s);
	case RULE_TMPFS:
	case RULE_DENY:
		return inside_counts(&s);
	default:
		return 1;
	}
}
