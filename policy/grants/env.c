// SPDX-License-Identifier: Apache-2.0
/* The task's environment: what the policy sets, and nothing of the caller's (I13). */
#include "common/err.h"
#include "policy/policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ENV_MAX	     4096	  /* variables */
#define VARIABLE_MAX (128u << 10) /* bytes of one, Linux's own limit */

int policy_set_env(struct policy *p, const char *assignment, struct err *e)
{
	const char *equals = strchr(assignment, '=');
	char *made, **more, shown[64];
	size_t name, count = 0;

	err_escape(shown, sizeof(shown), assignment, strlen(assignment));
	if (!equals || equals == assignment)
		return err_set(e, ERR_SANDBOX, EINVAL, "--env: \"%s\" is not NAME=VALUE", shown);
	if (strlen(assignment) >= VARIABLE_MAX)
		return err_set(e, ERR_SANDBOX, E2BIG, "--env: %s is longer than %u KiB", shown,
			       VARIABLE_MAX >> 10);
	made = strdup(assignment);
	if (!made)
		return err_set(e, ERR_SANDBOX, ENOMEM, "--env: out of memory");
	name = (size_t)(equals - assignment) + 1;
	for (; p->env && p->env[count]; count++) {
		if (strncmp(p->env[count], assignment, name) == 0) {
			free(p->env[count]);
			p->env[count] = made;
			return 0;
		}
	}
	more = count < ENV_MAX ? reallocarray(p->env, count + 2, sizeof(*more)) : NULL;
	if (!more) {
		free(made);
		return err_set(e, ERR_SANDBOX, E2BIG, "--env: more than %d variables", ENV_MAX);
	}
	p->env = more;
	p->env[count] = made;
	p->env[count + 1] = NULL;
	return 0;
}
