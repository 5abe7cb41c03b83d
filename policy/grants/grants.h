/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of policy/ share: the list of grants and the walk over path components. */
#ifndef POLICY_GRANTS_H
#define POLICY_GRANTS_H

#include "policy/policy.h"

#include <limits.h>

#define PATH_LINKS_MAX 40 /* symbolic links in one walk, Linux's own limit */

/*
 * Appends a grant; guest, host and target are copied (host and target may be
 * NULL). Returns 0 or -errno with e filled.
 */
int grants_add(struct policy *p, enum grant_kind kind, const char *guest, const char *host,
	       const char *target, const char *rule, struct err *e);

/* Drops the grants from index count on. */
void grants_truncate(struct policy *p, size_t count);

/*
 * qsort's: a parent comes before what lies below it (its path is a prefix), and
 * of grants at one path the one that counts first.
 */
int grants_order(const void *left, const void *right);

/* True when g does not count, there being the nearest grant at or above its path that does. */
int grant_yields(const struct grant *there, const struct grant *g);

/* Drops what adds nothing, refuses contradictions, and opens what is left of the host's. */
int grants_merge(struct policy *p, struct err *e);

/* Opens a host object O_PATH; refuses what no task may get. */
int grant_open(struct grant *g, struct err *e);

/*
 * Fills the policy's holes. The grants are merged and open.
 */
int holes_find(struct policy *p, struct err *e);

/*
 * The guest path without links that guest (absolute) leads to with the grants
 * so far; what does not exist is taken as it is written.
 */
int look_place(char out[PATH_MAX], const struct policy *p, const char *guest);

/*
 * The same, but for the last component of guest, which is a name in the
 * directory that the rest leads to; -EINVAL when it is no name.
 */
int look_name(char out[PATH_MAX], const struct policy *p, const char *guest);

/* The grant at a guest path without links, or nearest above it, that counts; or NULL. */
const struct grant *look_covering(const struct policy *p, const char *path);

/* The host path behind a guest path without links, which the host grant g covers. */
int look_host(char out[PATH_MAX], const struct grant *g, const char *path);

/*
 * The first hole of a kind up to `most` (enum hole_kind) that is the object at a
 * host path without links, or its place; or NULL.
 */
const struct hole *hole_of(const struct policy *p, const char *host, enum hole_kind most);

/* Releases what a grant owns. */
void grants_release(struct grant *g);

/* True when path is below the directory top; rest: what follows top and a slash. */
int path_is_below(const char *path, const char *top, const char **rest);

/* Copies a path; -ENAMETOOLONG when out is too small. */
int path_copy(char out[PATH_MAX], const char *path);

/* Joins a directory and a path relative to it; -ENAMETOOLONG when out is too small. */
int path_join(char out[PATH_MAX], const char *directory, const char *rest);

/* Puts the current directory before a relative path. */
int path_absolute(char out[PATH_MAX], const char *path);

/* Removes "." and empty components from an absolute path; -EINVAL for "..". */
int path_tidy(char out[PATH_MAX], const char *path);

/*
 * Says what lies at prefix, an absolute path whose own parents are no links:
 * 0: no symbolic link; 1: one, target filled; -errno: nothing to be walked.
 */
typedef int path_step(void *context, const char *prefix, char target[PATH_MAX]);

/*
 * Walks an absolute path component by component from "/", asking step about
 * each and following symbolic links; out: the path without any link.
 */
int path_walk(char out[PATH_MAX], const char *path, path_step *step, void *context);

#endif
