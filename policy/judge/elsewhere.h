/* SPDX-License-Identifier: Apache-2.0 */
/* The other names of host objects: through mounts, and through hard links. */
#ifndef POLICY_ELSEWHERE_H
#define POLICY_ELSEWHERE_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

/* A list of paths, owned. */
struct paths {
	char **list;
	size_t count;
};

/* 0 or -ENOMEM; a path that is there already is not added again. */
int paths_add(struct paths *paths, const char *path);
void paths_free(struct paths *paths);

/*
 * Adds to `paths` the other places at which what lies at or below the host path
 * (without links) can be found, as this process sees the mounts: bind mounts, and
 * file systems that are mounted more than once. 0 or -errno.
 */
int elsewhere_mounts(const char *path, struct paths *paths);

/* Devices, as st_dev; owned. */
struct devices {
	uint64_t *list;
	size_t count;
};

/*
 * Adds those of all file systems that are mounted at or below a host path, as far as
 * they can be looked at; *hidden: not all can. 0 or -errno.
 */
int elsewhere_devices(const char *path, struct devices *devices, int *hidden);

/*
 * Looks for a regular file at or below a host path, on one of some devices, that
 * has another name not at or below it. 0: there is none; 1: found, *where; -E2BIG: too
 * many files to look at; another -errno: *where could not be looked at.
 */
int elsewhere_links(const char *path, const struct devices *devices, char where[PATH_MAX]);

#endif
