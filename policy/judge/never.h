/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a policy can never allow, for `policy check --never`. The answer is
 * about the host's objects, whatever path leads to them and whatever a hostile
 * guest does: its own runtime is not trusted, only the monitor's handles are.
 * It holds for the host's files as they are when it is asked.
 */
#ifndef POLICY_NEVER_H
#define POLICY_NEVER_H

#include "policy/judge/decide.h"

enum never_verdict {
	NEVER_PROVEN,  /* no rule allows it */
	NEVER_ALLOWED, /* rule does, at path */
	NEVER_UNKNOWN, /* it cannot be told: reason, about path */
};

struct never {
	enum never_verdict verdict;
	const struct grant *grant; /* NEVER_ALLOWED: what allows it */
	const char *reason;	   /* NEVER_UNKNOWN: in words */
	char path[PATH_MAX];	   /* of the host */
};

/*
 * Whether the finished policy could ever allow the act on the object or, of a
 * file act, on anything below it. object: an absolute path of the host, else HOST:PORT
 * or "*". Reading stands for executing, too; writing, creating and deleting are one:
 * changes that reach the host. 0, or -errno for an object that is none.
 */
int policy_never(const struct policy *p, enum act act, const char *object, struct never *answer);

#endif
