// SPDX-License-Identifier: Apache-2.0
/* Turns rules into the policy in force, in the order in which each can be resolved. */
#include "common/cleanup.h"
#include "policy/file/load.h"
#include "policy/grants/grants.h"
#include "policy/policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What grants nothing of the host's: its message says --env before an assignment. */
static int set_variable(struct policy *p, const struct rule *rule, struct err *e)
{
	const char *here;
	cleanup_free char *assignment = NULL;

	if (rule->key == RULE_ENV_SET)
		return policy_set_env(p, rule->value, e);
	here = getenv(rule->value);
	if (!here)
		return 0;
	if (asprintf(&assignment, "%s=%s", rule->value, here) < 0) {
		assignment = NULL;
		return err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
	}
	return policy_set_env(p, assignment, e);
}

/* How well an error "NAME PATH: ..." goes with a rule: 0 not at all, 2 also by its path. */
static int is_about(const struct err *e, const struct rule *rule)
{
	size_t length = strlen(rule->name);
	char path[160];

	if (!rule->at.line || strncmp(e->what, rule->name, length) != 0 || e->what[length] != ' ')
		return 0;
	err_escape(path, sizeof(path), rule->value, strlen(rule->value));
	return 1 + (strncmp(e->what + length + 1, path, strlen(path)) == 0 &&
		    e->what[length + 1 + strlen(path)] == ':');
}

/*
 * Messages about grants start with the rule's name, as is right for flags
 * ("--ro PATH: ..."); of a file's rule they get place and key.
 */
void rules_say_where(const struct rules *r, struct err *e)
{
	const struct rule *rule = NULL;
	struct err said = *e;
	char where[320];
	int best = 0;

	for (size_t i = 0; i < r->count; i++) {
		int fits = is_about(e, &r->list[i]);

		if (fits > best) {
			best = fits;
			rule = &r->list[i];
		}
	}
	if (!rule)
		return;
	read_where(where, sizeof(where), rule);
	snprintf(e->what, sizeof(e->what), "%s: %s", where, said.what + strlen(rule->name) + 1);
}

/* These are the sandbox's own, whoever asks for them. */
static int is_private(const struct rule *rule, enum grant_kind *kind)
{
	static const struct {
		const char *path;
		enum grant_kind kind;
	} own[] = { { "/dev", GRANT_DEV }, { "/proc", GRANT_PROC }, { "/sys", GRANT_SYS } };

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
		*kind = own[i].kind;
		if (strcmp(rule->value, own[i].path) == 0 && strcmp(rule->guest, own[i].path) == 0)
			return 1;
	}
	return 0;
}

static int resolve(struct policy *p, const struct rule *rule, struct err *e)
{
	enum grant_kind kind;
	int rc = 0;

	switch (rule->key) {
	case RULE_READ:
	case RULE_READ_TRY:
		if (is_private(rule, &kind)) {
			rc = policy_grant_private(p, kind, rule->guest, rule->name, e);
			break;
		}
		rc = policy_grant_host(p, GRANT_READ, rule->value, rule->guest,
				       rule->key == RULE_READ_TRY, rule->name, e);
		break;
	case RULE_WRITE:
		rc = policy_grant_host(p, GRANT_WRITE, rule->value, rule->guest, 0, rule->name, e);
		break;
	case RULE_OVERLAY:
		rc = policy_grant_host(p, GRANT_OVERLAY, rule->value, rule->guest, 0, rule->name,
				       e);
		break;
	case RULE_TMPFS:
		rc = policy_grant_private(p, GRANT_TMPFS, rule->guest, rule->name, e);
		break;
	case RULE_DENY:
		rc = policy_deny(p, rule->guest, rule->name, e);
		break;
	case RULE_ENV_PASS:
	case RULE_ENV_SET:
		rc = set_variable(p, rule, e);
		break;
	case RULE_WORKDIR:
		rc = policy_set_workdir(p, rule->value, rule->name, e);
		break;
	default:
		break;
	}
	return rc;
}

/* The turn of a key: guest paths lead through what the host grants show, denials are about all. */
static int turn(enum rule_key key)
{
	switch (key) {
	case RULE_READ:
	case RULE_READ_TRY:
	case RULE_WRITE:
	case RULE_OVERLAY:
		return 0;
	case RULE_TMPFS:
		return 1;
	case RULE_DENY:
		return 2;
	case RULE_ENV_PASS:
	case RULE_ENV_SET:
	case RULE_WORKDIR:
		return 3;
	default:
		return -1;
	}
}

#define TURNS 4

static uint64_t number(const struct rules *r, enum rule_key key, uint64_t otherwise)
{
	const struct rule *rule = rules_find(r, key);

	return rule ? rule->number : otherwise;
}

/* Number of a key that may also say "host"; *fixed: it does not. */
static uint64_t fixed_number(const struct rules *r, enum rule_key key, int *fixed)
{
	const struct rule *rule = rules_find(r, key);

	*fixed = rule && strcmp(rule->value, "host") != 0;
	return *fixed ? rule->number : 0;
}

static void set_numbers(const struct rules *r, struct policy *p)
{
	uint64_t memory = number(r, RULE_MEMORY, p->memory);

	p->memory = (memory + POLICY_MEMORY_UNIT - 1) / POLICY_MEMORY_UNIT * POLICY_MEMORY_UNIT;
	p->cpu_percent = (unsigned int)number(r, RULE_CPUS, p->cpu_percent);
	p->processes = (unsigned int)number(r, RULE_PROCESSES, p->processes);
	p->open_files = (unsigned int)number(r, RULE_OPEN_FILES, p->open_files);
	p->file_size = number(r, RULE_FILE_SIZE, p->file_size);
	p->disk = number(r, RULE_DISK, p->disk);
	p->output = number(r, RULE_OUTPUT, p->output);
	p->timeout_ns = number(r, RULE_WALL_TIME, p->timeout_ns);
	p->cpu_time_ns = number(r, RULE_CPU_TIME, p->cpu_time_ns);
	p->kill_after_ns = number(r, RULE_KILL_AFTER, p->kill_after_ns);
	p->clock_ns = (int64_t)fixed_number(r, RULE_CLOCK, &p->clock_fixed);
	p->random = fixed_number(r, RULE_RANDOM, &p->random_fixed);
	p->on_deny = (enum policy_on_deny)number(r, RULE_ON_DENY, p->on_deny);
	p->audit = (enum policy_audit)number(r, RULE_AUDIT, p->audit);
	p->learn_refused = number(r, RULE_LEARN, 0) != 0 || rules_are_locked(r);
	p->loopback = (int)number(r, RULE_LOOPBACK, 1);
	p->name = r->name;
}

/* All grants, variables and the working directory; with or without what flags say. */
static int set_rules(const struct rules *r, struct policy *p, int flags, struct err *e)
{
	int rc = r->empty ? 0 : policy_grant_base(p, e);

	for (int now = 0; now < TURNS; now++) {
		for (size_t i = 0; i < r->count && rc == 0; i++) {
			const struct rule *rule = &r->list[i];

			if (turn(rule->key) == now && (flags || rule->at.line))
				rc = resolve(p, rule, e);
		}
	}
	if (rc)
		rules_say_where(r, e);
	return rc;
}

/* Flags against what a locked policy gives without them. */
static int check_locked(const struct rules *r, struct err *e)
{
	struct policy alone;
	int rc;

	policy_init(&alone);
	rc = set_rules(r, &alone, 0, e);
	for (size_t i = 0; i < r->count && rc == 0; i++) {
		if (!r->list[i].at.line)
			rc = locked_check_rule(r, &alone, &r->list[i], e);
	}
	policy_free(&alone);
	return rc;
}

int rules_resolve(const struct rules *r, struct policy *p, struct err *e)
{
	int rc = rules_are_locked(r) ? check_locked(r, e) : 0;

	if (rc == 0)
		rc = set_rules(r, p, 1, e);
	if (rc == 0)
		rc = useless_check_grants(r, p, e);
	if (rc == 0 && r->count)
		overrule(r, p);
	set_numbers(r, p);
	return rc;
}
