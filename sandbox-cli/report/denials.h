/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the guest's notes mean under the policy: which rule decided, and which
 * flag would allow it. Shared by all reports of denials.
 */
#ifndef SANDBOX_CLI_DENIALS_H
#define SANDBOX_CLI_DENIALS_H

#include "sandbox-cli/report/notes.h"

struct policy;

/* The grant that decides about an act on a path, or NULL: no rule. */
const struct grant *denial_grant(const struct policy *p, const struct act *act);

/* Its origin: "builtin:base", "ci.yaml:9", "--ro"; or "none". */
const char *denial_rule(const struct policy *p, const struct act *act);

/* What is acted on is a path. */
int denial_is_path(const struct act *act);

/* A system call that is not there, which is no decision of the policy. */
int denial_is_missing_call(const struct act *act);

/*
 * Whether the act was refused by the policy, and would not have failed anyway:
 * what does not exist on the host is not denied. Looks at the host.
 */
int denial_counts(const struct policy *p, const struct act *act);

/* Directories that many programs share, or that hold what is private: never to be granted whole. */
int denial_is_wide(const char *path);

#define DENIAL_FLAG 1024

/*
 * The narrowest flag that would allow the act, to be pasted into a shell; ""
 * when there is none: a rule denies it, or no flag can say it.
 */
void denial_flag(char out[DENIAL_FLAG], const struct policy *p, const struct act *act);

#endif
