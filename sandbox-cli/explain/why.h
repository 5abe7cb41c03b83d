/* SPDX-License-Identifier: Apache-2.0 */
/* --why: which rule decides about an act. */
#ifndef SANDBOX_CLI_WHY_H
#define SANDBOX_CLI_WHY_H

#include <stdio.h>

struct err;
struct policy;

#define WHY_DENIED 1 /* exit status; 0: allowed */

/*
 * Prints what the policy says about OP:OBJECT; a path may be relative, or
 * start with "~/". Returns WHY_DENIED or 0; or -errno with e filled.
 */
int why_print(FILE *out, const struct policy *p, const char *act, struct err *e);

/*
 * The path that a user means in OP:OBJECT or so: absolute, as written; "~" is
 * the home. A pattern is refused, if it is no file's name: an answer about the
 * name would be taken for one about all that match. The caller frees; NULL: e
 * is filled.
 */
char *why_path(const char *what, const char *written, struct err *e);

#endif
