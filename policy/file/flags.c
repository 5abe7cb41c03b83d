// SPDX-License-Identifier: Apache-2.0
/* Rules that flags say: as those of a file, but that paths are as the caller's shell has them. */
#include "policy/file/load.h"
#include "policy/grants/grants.h"

#include <errno.h>
#include <string.h>

/* PATH, or HOST:GUEST at the first colon. */
static int split(struct rules *r, struct rule *rule, struct err *e)
{
	const char *colon = strchr(rule->written, ':');

	rule->guest = rule->value = rule->written;
	/* tmpfs and deny are about the inside alone. */
	if (!colon || rule->key == RULE_TMPFS || rule->key == RULE_DENY ||
	    rule->key == RULE_WORKDIR)
		return 0;
	if (colon == rule->written || !colon[1]) {
		char shown[200];

		err_escape(shown, sizeof(shown), rule->written, strlen(rule->written));
		err_set(e, ERR_SANDBOX, EINVAL, "%s %s: a side of the colon is empty", rule->name,
			shown);
		err_hint(e, "write %s HOST:GUEST", rule->name);
		return -EINVAL;
	}
	rule->value = rules_keep(r, rule->written, (size_t)(colon - rule->written));
	rule->guest = colon + 1;
	return rule->value ? 0 : err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
}

static int check_size(const struct rule *rule, struct err *e)
{
	const struct key *key = &schema[rule->key];

	if (key->type != TYPE_SIZE || !key->most ||
	    (rule->number >= key->least && rule->number <= key->most))
		return 0;
	err_set(e, ERR_SANDBOX, EINVAL, "%s: %s than a VM can have", rule->name,
		rule->number < key->least ? "less" : "more");
	err_hint(e, "write a size from %lluMiB to %lluGiB", (unsigned long long)key->least >> 20,
		 (unsigned long long)key->most >> 30);
	return -EINVAL;
}

int rules_add_flag(struct rules *r, enum rule_key key, const char *option, const char *value,
		   uint64_t number, struct err *e)
{
	struct rule rule = { .key = key,
			     .layer = LAYER_FLAG,
			     .at = { .file = option },
			     .name = option,
			     .written = value,
			     .value = value,
			     .number = number };
	int rc = 0;

	switch (schema[key].type) {
	case TYPE_PATH:
	case TYPE_PATHS:
		rc = split(r, &rule, e);
		break;
	case TYPE_CPUS:
		rc = read_cpus(&rule, value, e);
		break;
	case TYPE_CHOICE:
		rc = read_choice(&rule, value, e);
		break;
	case TYPE_PEERS:
	case TYPE_PORTS:
		rc = read_peer(&rule, value, e);
		break;
	default:
		rc = check_size(&rule, e);
		break;
	}
	if (rc == 0 && !schema_is_list(key))
		rc = locked_check_scalar(r, &rule, e);
	return rc ? rc : rules_add(r, &rule, e);
}
