// SPDX-License-Identifier: Apache-2.0
/* Builds the policy as a run would, and shows it. */
#include "sandbox-cli/explain/explain.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/file/rules.h"
#include "policy/judge/print.h"
#include "policy/policy.h"
#include "sandbox-cli/build.h"
#include "sandbox-cli/explain/layers.h"
#include "sandbox-cli/explain/subcommand.h"
#include "sandbox-cli/explain/why.h"
#include "sandbox-cli/options.h"
#include "sandbox-cli/report/report.h"

#include <string.h>

/* All that can be said of a policy without a run has been said. */
static int say_ok(const struct options *o)
{
	char shown[300];

	err_escape(shown, sizeof(shown), o->policy, strlen(o->policy));
	if (o->verbosity != VERBOSITY_QUIET)
		printf("%s: ok\n", shown);
	return 0;
}

static int show(const struct options *o, const struct policy *p, const struct rules *r,
		struct err *e)
{
	int rc;

	if (o->mode == MODE_CHECK)
		return say_ok(o);
	if (o->mode == MODE_WHY || o->mode == MODE_NEVER) {
		rc = o->mode == MODE_WHY ? why_print(stdout, p, o->why, e)
					 : subcommand_check(o, p, e);
		return rc < 0 ? e->status : rc;
	}
	rc = policy_print(stdout, p, r, e);
	if (rc == 0 && o->layers)
		layers_print(stdout, p);
	return rc ? e->status : 0;
}

int explain_run(const struct options *o, struct err *e)
{
	cleanup_free char *program = NULL;
	static struct rules rules; /* its strings are the policy's, too */
	struct policy policy;
	int status;

	rules_init(&rules);
	policy_init(&policy);
	if (build_policy(&policy, &rules, o, &program, e) == 0) {
		status = show(o, &policy, &rules, e);
	} else {
		report_problems(&rules, e);
		status = e->status;
	}
	policy_free(&policy);
	rules_free(&rules);
	return status;
}
