// SPDX-License-Identifier: Apache-2.0
/*
 * `locked: true`: flags may only take away from what the policy gives. A flag
 * that would give more is an error, also where it would say what holds anyway
 * in other words that are hard to compare.
 */
#include "common/cleanup.h"
#include "policy/file/load.h"
#include "policy/grants/grants.h"

#include <errno.h>
#include <string.h>

/* Who locks: "ci.yaml:3", the host's file, or NULL. */
static const char *locked_by(const struct rules *r)
{
	const struct rule *rule = rules_find(r, RULE_LOCKED);

	if (rule && rule->number)
		return rule->name;
	return r->host.locked ? HOST_FILE : NULL;
}

int rules_are_locked(const struct rules *r)
{
	return locked_by(r) != NULL;
}

static int refuse(const struct rules *r, const struct rule *rule, struct err *e)
{
	char shown[160] = "";

	if (rule->written)
		err_escape(shown, sizeof(shown), rule->written, strcspn(rule->written, "="));
	err_set(e, ERR_SANDBOX, EPERM, "%s%s%s: %s locks the policy, and this would widen it",
		rule->name, *shown ? " " : "", shown, locked_by(r));
	err_hint(e, "flags can only take away from a locked policy: leave %s out", rule->name);
	return -EPERM;
}

/* The value without a rule; 0: no limit. */
static uint64_t standard(enum rule_key key)
{
	struct policy p;

	policy_init(&p);
	switch (key) {
	case RULE_CPUS:
		return p.cpu_percent;
	case RULE_MEMORY:
		return p.memory;
	case RULE_PROCESSES:
		return p.processes;
	case RULE_OPEN_FILES:
		return p.open_files;
	case RULE_KILL_AFTER:
		return p.kill_after_ns;
	case RULE_ON_DENY:
		return p.on_deny;
	case RULE_AUDIT:
		return p.audit;
	case RULE_LOOPBACK:
		return 1;
	default:
		return 0;
	}
}

int locked_check_scalar(const struct rules *r, const struct rule *rule, struct err *e)
{
	const struct rule *there = rules_find(r, rule->key);
	uint64_t now = there ? there->number : standard(rule->key);

	if (!rules_are_locked(r) || rule->key == RULE_WORKDIR)
		return 0;
	switch (schema[rule->key].type) {
	case TYPE_SIZE:
	case TYPE_TIME:
	case TYPE_COUNT:
	case TYPE_CPUS:
		return now == 0 || rule->number <= now ? 0 : refuse(r, rule, e);
	case TYPE_CHOICE: /* of stricter and stricter words */
		return rule->number >= now ? 0 : refuse(r, rule, e);
	case TYPE_BOOL:
		return rule->number <= now ? 0 : refuse(r, rule, e);
	default:
		return refuse(r, rule, e);
	}
}

/* A variable that the policy passes may get its value from the flag as well. */
static int check_variable(const struct rules *r, const struct rule *rule, struct err *e)
{
	size_t length = strcspn(rule->value, "=");

	if (strcmp(rule->name, "--tty") == 0) /* TERM, which belongs to its terminal */
		return 0;
	for (size_t i = 0; i < r->count; i++) {
		const struct rule *there = &r->list[i];

		if (there->at.line && there->key == RULE_ENV_PASS &&
		    strlen(there->value) == length &&
		    strncmp(there->value, rule->value, length) == 0)
			return 0;
	}
	return refuse(r, rule, e);
}

/* What the policy without flags has at the path of the flag is at least what the flag gives. */
static int check_grant(const struct rules *r, const struct policy *p, const struct rule *rule,
		       struct err *e)
{
	cleanup_free char *inside = NULL, *host = NULL;
	char path[PATH_MAX], real[PATH_MAX];
	const struct grant *there;

	if (strcmp(rule->value, rule->guest) != 0 || path_absolute(path, rule->guest))
		return refuse(r, rule, e);
	if (policy_look(p, path, &inside, &host) == POLICY_NOTHING)
		return refuse(r, rule, e);
	there = look_covering(p, inside);
	if (!there)
		return refuse(r, rule, e);
	/* Else the flag shows something else there than the policy does. */
	if (rule->key != RULE_TMPFS && (!host || !realpath(path, real) || strcmp(real, host) != 0))
		return refuse(r, rule, e);
	switch (rule->key) {
	case RULE_READ:
	case RULE_READ_TRY:
		return grant_is_host(there->kind) ? 0 : refuse(r, rule, e);
	case RULE_WRITE:
		return there->kind == GRANT_WRITE ? 0 : refuse(r, rule, e);
	case RULE_OVERLAY:
	case RULE_TMPFS:
		return there->kind == GRANT_WRITE || there->kind == GRANT_OVERLAY ||
				       (rule->key == RULE_TMPFS && there->kind == GRANT_TMPFS)
			       ? 0
			       : refuse(r, rule, e);
	default:
		return refuse(r, rule, e);
	}
}

int locked_check_rule(const struct rules *r, const struct policy *p, const struct rule *rule,
		      struct err *e)
{
	switch (rule->key) {
	case RULE_READ:
	case RULE_READ_TRY:
	case RULE_WRITE:
	case RULE_OVERLAY:
	case RULE_TMPFS:
		return check_grant(r, p, rule, e);
	case RULE_ENV_PASS:
	case RULE_ENV_SET:
		return check_variable(r, rule, e);
	case RULE_CONNECT:
	case RULE_LISTEN:
		return refuse(r, rule, e);
	default:
		return 0;
	}
}
