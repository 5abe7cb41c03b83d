/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --print-policy --layers: what each layer of the sandbox becomes under a
 * policy. Made from the tables and functions that put the layers up; every line
 * is a comment of YAML, so that the policy before it stays a policy file.
 */
#ifndef SANDBOX_CLI_LAYERS_H
#define SANDBOX_CLI_LAYERS_H

#include "hv/jail/jail.h"

#include <stdio.h>

struct policy;

/*
 * All layers of a run under a finished policy: the most that any such run has,
 * whatever its streams and outputs are.
 */
void layers_print(FILE *out, const struct policy *p);

/* What a monitor would have open for that. */
struct jail_fds layers_fds(void);

/* The parts of it, for tests. landlock_abi: the host's. */
void layers_print_landlock(FILE *out, const struct policy *p, int landlock_abi);
void layers_print_seccomp(FILE *out, const struct policy *p, const struct jail_fds *fds);

#endif
