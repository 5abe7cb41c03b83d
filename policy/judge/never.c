// SPDX-License-Identifier: Apache-2.0
/*
 * Proves that no grant reaches an object, or names one that does. The object
 * counts with all that is below it and wherever else it can be found; a grant with all
 * that is below it but what its holes keep.
 */
#include "policy/judge/never.h"
#include "policy/grants/grants.h"
#include "policy/judge/elsewhere.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_change(enum act act)
{
	return act == ACT_WRITE || act == ACT_CREATE || act == ACT_DELETE;
}

/* Whether a grant gives what the act is about, of what lies below it on the host. */
static int gives(const struct grant *g, enum act act)
{
	return is_change(act) ? g->kind == GRANT_WRITE : grant_is_host(g->kind);
}

struct target {
	enum act act;
	struct paths *paths; /* places that the act is never to reach */
};

/*
 * Walks the host. A link on the way is a place, too: who can change it changes
 * what the path means.
 */
static int step(void *context, const char *prefix, char target[PATH_MAX])
{
	struct target *t = context;
	ssize_t length = readlink(prefix, target, PATH_MAX - 1);
	int rc;

	if (length < 0)
		return errno == EINVAL || errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	target[length] = '\0';
	rc = is_change(t->act) ? paths_add(t->paths, prefix) : 0;
	return rc ? rc : 1;
}

/* True when a hole lies on the way from the grant's root, which is none, to path. */
static int is_kept(const struct policy *p, const struct grant *g, const char *path, enum act act)
{
	enum hole_kind most = is_change(act) ? HOLE_READ : HOLE_DENIED;
	char way[PATH_MAX];
	size_t at = strcmp(g->host, "/") == 0 ? 0 : strlen(g->host);

	path_copy(way, path);
	while (way[at] == '/' && way[at + 1]) {
		size_t end = at + 1 + strcspn(way + at + 1, "/");
		char next = way[end];
		int kept;

		way[end] = '\0';
		kept = hole_of(p, way, most) != NULL;
		way[end] = next;
		if (kept)
			return 1;
		at = end;
	}
	return 0;
}

/* The first grant that reaches path or something below it. */
static const struct grant *reaches(const struct policy *p, const char *path, enum act act)
{
	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *g = &p->grants[i];

		if (!gives(g, act))
			continue;
		/* The root of a grant is shown whatever the holes are. */
		if (strcmp(g->host, path) == 0 || path_is_below(g->host, path, NULL))
			return g;
		if (path_is_below(path, g->host, NULL) && !is_kept(p, g, path, act))
			return g;
	}
	return NULL;
}

/* False when no file at or below path can have a name on one of the devices. */
static int may_link_to(const char *path, const struct devices *devices)
{
	struct devices own = { NULL, 0 };
	int hidden, may = elsewhere_devices(path, &own, &hidden) != 0 || hidden;

	for (size_t i = 0; i < own.count; i++)
		for (size_t k = 0; k < devices->count; k++)
			may |= own.list[i] == devices->list[k];
	free(own.list);
	return may;
}

/* A file of the object may have a name that some grant reaches. */
static int check_links(const struct policy *p, enum act act, const char *path, struct never *n)
{
	struct devices devices = { NULL, 0 };
	int rc = 0, found = 0, hidden;

	for (size_t i = 0; i < p->grant_count && rc == 0; i++)
		if (gives(&p->grants[i], act))
			rc = elsewhere_devices(p->grants[i].host, &devices, &hidden);
	if (rc == 0 && may_link_to(path, &devices))
		found = elsewhere_links(path, &devices, n->path);
	if (found) {
		n->verdict = NEVER_UNKNOWN;
		n->reason = found > 0	      ? "has another name, a hard link outside of it"
			    : found == -E2BIG ? "holds too many files to look at"
					      : "cannot be looked at";
	}
	free(devices.list);
	return rc;
}

static int check_paths(const struct policy *p, enum act act, const char *path,
		       const struct paths *places, struct never *n)
{
	for (size_t i = 0; i < places->count; i++) {
		n->grant = reaches(p, places->list[i], act);
		if (!n->grant)
			continue;
		n->verdict = NEVER_ALLOWED;
		return path_copy(n->path, places->list[i]);
	}
	return check_links(p, act, path, n);
}

int policy_never(const struct policy *p, enum act act, const char *object, struct never *answer)
{
	struct paths places = { NULL, 0 };
	struct target target = { act, &places };
	char path[PATH_MAX];
	size_t known;
	int rc;

	memset(answer, 0, sizeof(*answer));
	/* No policy of this release opens a connection beyond the VM, which has none. */
	if (!act_is_file(act))
		return *object ? 0 : -EINVAL;
	rc = path_walk(path, object, step, &target);
	if (rc == -EACCES) {
		answer->verdict = NEVER_UNKNOWN;
		answer->reason = "cannot be looked at";
		paths_free(&places);
		return path_copy(answer->path, object);
	}
	rc = rc ? rc : paths_add(&places, path);
	known = places.count;
	for (size_t i = 0; i < known && rc == 0; i++)
		rc = elsewhere_mounts(places.list[i], &places);
	if (rc == 0)
		rc = check_paths(p, act, path, &places, answer);
	paths_free(&places);
	return rc;
}
