// SPDX-License-Identifier: Apache-2.0
/*
 * The policy object's life and its list of grants. What a grant means is in
 * reveal.c, place.c and base.c, what all of them mean together in merge.c.
 */
#include "abi/hypercalls.h"
#include "common/err.h"
#include "policy/grants/grants.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPEN_FILES_DEFAULT 1024
#define PROCESSES_DEFAULT  1024
#define KILL_AFTER_DEFAULT 10000000000ull /* ns */

void policy_init(struct policy *p)
{
	memset(p, 0, sizeof(*p));
	p->permissions = PERM_BASE | PERM_STREAMS;
	p->memory = POLICY_MEMORY_DEFAULT;
	p->name = "default";
	p->cpus = 1;
	p->loopback = 1;
	p->cpu_percent = 100;
	p->audit = AUDIT_DENIED;
	p->handles_max = POLICY_HANDLES_MAX;
	p->open_files = OPEN_FILES_DEFAULT;
	p->kill_after_ns = KILL_AFTER_DEFAULT;
	p->processes = PROCESSES_DEFAULT;
}

void grants_release(struct grant *g)
{
	free(g->guest);
	free(g->host);
	free(g->target);
	if (g->fd >= 0)
		close(g->fd);
}

void grants_truncate(struct policy *p, size_t count)
{
	while (p->grant_count > count)
		grants_release(&p->grants[--p->grant_count]);
}

void policy_free(struct policy *p)
{
	for (size_t i = 0; i < p->hole_count; i++)
		free(p->holes[i].name);
	free(p->holes);
	grants_truncate(p, 0);
	free(p->grants);
	for (char **variable = p->env; variable && *variable; variable++)
		free(*variable);
	free(p->env);
	free(p->workdir);
	memset(p, 0, sizeof(*p));
}

/* A copy, or NULL for NULL; *failed tells a copy that could not be made. */
static char *copy(const char *text, int *failed)
{
	char *made = text ? strdup(text) : NULL;

	if (text && !made)
		*failed = 1;
	return made;
}

/* What no rule of the user says: the builtin base, and the program itself. */
static int is_implied(const char *rule)
{
	return strcmp(rule, "builtin:base") == 0 || strcmp(rule, "command") == 0;
}

int grants_add(struct policy *p, enum grant_kind kind, const char *guest, const char *host,
	       const char *target, const char *rule, struct err *e)
{
	struct grant *more, *g;
	int failed = 0;

	if (p->grant_count >= POLICY_GRANTS_MAX)
		return err_set(e, ERR_SANDBOX, E2BIG, "%s: more than %d grants", rule,
			       POLICY_GRANTS_MAX);
	/* Grows by doubling: the count is a power of two exactly when the list is full. */
	if ((p->grant_count & (p->grant_count - 1)) == 0) {
		size_t capacity = p->grant_count ? p->grant_count * 2 : 1;

		more = reallocarray(p->grants, capacity, sizeof(*more));
		if (!more)
			return err_set(e, ERR_SANDBOX, ENOMEM, "%s: out of memory", rule);
		p->grants = more;
	}
	g = &p->grants[p->grant_count];
	*g = (struct grant){ .kind = kind, .fd = -1, .rule = rule, .implied = is_implied(rule) };
	g->guest = copy(guest, &failed);
	g->host = copy(host, &failed);
	g->target = copy(target, &failed);
	if (failed) {
		grants_release(g);
		return err_set(e, ERR_SANDBOX, ENOMEM, "%s: out of memory", rule);
	}
	p->grant_count++;
	return 0;
}
