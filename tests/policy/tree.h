/* SPDX-License-Identifier: Apache-2.0 */
/* A directory tree of its own for each test, and short ways to ask a policy. */
#ifndef TESTS_POLICY_TREE_H
#define TESTS_POLICY_TREE_H

#include "common/err.h"
#include "policy/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct tree {
	char top[64]; /* canonical; also the current directory during the test */
	struct policy policy;
	struct err err;
};

/* cmocka set-up and tear-down: *state is a struct tree. */
int tree_make(void **state);
int tree_remove(void **state);

/* All paths relative to the top. */
void tree_dir(const char *path);
void tree_file(const char *path);
void tree_link(const char *path, const char *target);

/* Top and path joined, in one of a few buffers that take turns. */
const char *tree_path(const struct tree *t, const char *path);

/* The grant at an absolute guest path, or NULL. */
const struct grant *tree_grant(const struct tree *t, const char *guest);

/* policy_grant_read() of a path that the task sees under its own name. */
int tree_ro(struct tree *t, const char *path);

#endif
