// SPDX-License-Identifier: Apache-2.0
/* The subcommands that judge policies: their words, their answers, their exit statuses. */
#include "sandbox-cli/explain/subcommand.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/file/rules.h"
#include "policy/judge/compare.h"
#include "policy/judge/never.h"
#include "policy/policy.h"
#include "sandbox-cli/explain/why.h"
#include "sandbox-cli/options.h"
#include "sandbox-cli/report/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SHOWN 4096 /* bytes of an escaped path */

static int usage(const char *what, struct err *e)
{
	err_set(e, ERR_SANDBOX, EINVAL, "%s", what);
	err_hint(e,
		 "write sandbox-run policy diff [--widened] OLD NEW, or sandbox-run policy check "
		 "[-p POLICY] --never OP:OBJECT...; a program called policy is run as ./policy "
		 "or -- policy");
	return -EINVAL;
}

static int parse_diff(struct options *o, int argc, char **argv, int *at, struct err *e)
{
	o->mode = MODE_DIFF;
	for (; *at < argc && argv[*at][0] == '-' && argv[*at][1]; ++*at) {
		if (strcmp(argv[*at], "--") == 0) {
			++*at;
			break;
		}
		if (strcmp(argv[*at], "--widened") != 0)
			return usage("policy diff: its one option is --widened", e);
		o->widened = 1;
	}
	if (argc - *at != 2)
		return usage("policy diff: it takes two policies, OLD and NEW", e);
	o->operands = argv + *at;
	*at = argc;
	return 0;
}

int subcommand_parse(struct options *o, int argc, char **argv, int *at, struct err *e)
{
	const char *word = *at + 1 < argc ? argv[*at + 1] : "";

	*at += 2;
	if (strcmp(word, "diff") == 0)
		return parse_diff(o, argc, argv, at, e);
	if (strcmp(word, "check") == 0) {
		o->mode = MODE_NEVER;
		return 0;
	}
	return usage(*word ? "policy: neither diff nor check" : "policy: what about it?", e);
}

/* One side of diff. */
static int load(const char *name, struct rules *r, struct policy *p, struct err *e)
{
	int rc;

	rules_init(r);
	policy_init(p);
	rc = rules_load(r, name, e);
	if (rc == 0)
		rc = rules_resolve(r, p, e);
	if (rc == 0)
		rc = policy_finish(p, e);
	if (rc)
		report_problems(r, e);
	return rc;
}

int subcommand_diff(const struct options *o, struct err *e)
{
	static struct rules old_rules, new_rules;
	struct policy old, new;
	struct compare c = { .old = { &old, &old_rules },
			     .new = { &new, &new_rules },
			     .out = stdout,
			     .widened_only = o->widened };
	int status = ERR_SANDBOX;

	policy_init(&new);
	rules_init(&new_rules);
	if (load(o->operands[0], &old_rules, &old, e) == 0 &&
	    load(o->operands[1], &new_rules, &new, e) == 0) {
		unsigned int count = 0;

		policy_compare(&c);
		for (unsigned int way = 0; way < COMPARE_WAYS; way++)
			count += c.count[way];
		status = (o->widened ? c.count[COMPARE_WIDENED] : count) ? SUBCOMMAND_DIFFERS : 0;
	}
	policy_free(&old);
	policy_free(&new);
	rules_free(&old_rules);
	rules_free(&new_rules);
	return status;
}

static void print_answer(enum act act, const char *object, const struct never *answer)
{
	static const char *const words[] = {
		[NEVER_PROVEN] = "never",
		[NEVER_ALLOWED] = "allowed",
		[NEVER_UNKNOWN] = "not proven",
	};
	char shown[SHOWN];

	err_escape(shown, sizeof(shown), object, strlen(object));
	printf("%s: %s %s", words[answer->verdict], act_names[act], shown);
	if (answer->verdict == NEVER_ALLOWED) {
		err_escape(shown, sizeof(shown), answer->grant->host, strlen(answer->grant->host));
		printf(": %s gives %s", answer->grant->rule, shown);
		err_escape(shown, sizeof(shown), answer->path, strlen(answer->path));
		if (strcmp(object, answer->path) != 0)
			printf("; it is %s", shown);
	} else if (answer->verdict == NEVER_UNKNOWN) {
		err_escape(shown, sizeof(shown), answer->path, strlen(answer->path));
		printf(": %s %s", shown, answer->reason);
	}
	putchar('\n');
}

/* 1: proven; 0: not; -errno with e filled. */
static int check_one(const struct policy *p, const char *text, struct err *e)
{
	static struct never answer;
	cleanup_free char *path = NULL;
	const char *object;
	enum act act;
	int rc = act_parse("--never", text, &act, &object, e);

	if (rc)
		return rc;
	if (act_is_file(act)) {
		path = why_path("--never", object, e);
		if (!path)
			return -EINVAL;
		object = path;
	}
	rc = policy_never(p, act, object, &answer);
	if (rc) {
		char shown[200];

		err_escape(shown, sizeof(shown), text, strlen(text));
		return err_set(e, ERR_SANDBOX, -rc, "--never %s: %s", shown, strerror(-rc));
	}
	print_answer(act, object, &answer);
	return answer.verdict == NEVER_PROVEN;
}

int subcommand_check(const struct options *o, const struct policy *p, struct err *e)
{
	int status = 0;

	for (size_t i = 0; i < o->never_count; i++) {
		int rc = check_one(p, o->never[i], e);

		if (rc < 0)
			return rc;
		if (rc == 0)
			status = SUBCOMMAND_ALLOWED;
	}
	return status;
}
