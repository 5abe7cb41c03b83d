// SPDX-License-Identifier: Apache-2.0
/* Foretells what becomes of one act, and says which rule is the cause. */
#include "policy/judge/decide.h"
#include "policy/grants/grants.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void decide(struct decision *d, int allowed, enum decision_reason reason, int error,
		   const struct grant *g)
{
	d->allowed = allowed;
	d->reason = reason;
	d->error = error;
	d->rule = g ? g->rule : NULL;
}

static int changes(enum act act)
{
	return act == ACT_WRITE || act == ACT_CREATE || act == ACT_DELETE;
}

/* What a new grant at the object itself would need. */
static void suggest(struct decision *d, enum act act, const struct stat *st)
{
	int directory = S_ISDIR(st->st_mode);

	if (!directory && !S_ISREG(st->st_mode))
		return;
	if (!changes(act))
		d->option = "--ro";
	else if (act == ACT_WRITE)
		d->option = "--rw";
}

/* Nothing shows the object: is there one on the host, under the same path? */
static void decide_unseen(const struct policy *p, enum act act, struct decision *d)
{
	char parent[PATH_MAX], *slash;
	struct stat st;

	path_copy(parent, d->path);
	slash = strrchr(parent, '/');
	slash[slash == parent] = '\0';
	decide(d, 0, DECIDED_NO_RULE, ENOENT, NULL);
	if ((act == ACT_CREATE || act == ACT_WRITE) &&
	    policy_look(p, parent, NULL, NULL) != POLICY_NOTHING)
		decide(d, 0, DECIDED_BARE, EROFS, NULL); /* it would be made there */
	if (stat(d->path, &st) == 0)
		suggest(d, act, &st);
}

/* The hole that keeps the object at host away from act, on the way from the grant's root. */
static const struct hole *hole_at(const struct policy *p, const struct grant *g, const char *host,
				  enum act act)
{
	char path[PATH_MAX];
	size_t top = strcmp(g->host, "/") == 0 ? 0 : strlen(g->host), at = top;

	if (path_copy(path, host))
		return NULL;
	while (path[at] == '/' && path[at + 1]) {
		size_t name = at + 1, end = name + strcspn(path + name, "/");
		char next = path[end];
		const struct hole *hole;

		path[end] = '\0';
		hole = hole_of(p, path, changes(act) ? HOLE_READ : HOLE_DENIED);
		if (!hole && act == ACT_DELETE && !next)
			hole = hole_of(p, path, HOLE_PINNED);
		path[end] = next;
		if (hole)
			return hole;
		at = end;
	}
	return NULL;
}

/* What the host's own permissions say about an object that the policy gives. */
static void decide_object(enum act act, struct decision *d, const struct grant *g)
{
	static const int modes[ACTS] = { [ACT_READ] = R_OK, [ACT_WRITE] = W_OK, [ACT_EXEC] = X_OK };
	struct stat st;

	decide(d, 1, g->kind == GRANT_OVERLAY && changes(act) ? DECIDED_PRIVATE : DECIDED_GRANT, 0,
	       g);
	if (lstat(d->host, &st) < 0) {
		if (act != ACT_CREATE && act != ACT_WRITE)
			decide(d, 0, DECIDED_MISSING, ENOENT, g);
		return;
	}
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode) && act != ACT_DELETE)
		decide(d, 0, DECIDED_SPECIAL, EACCES, g);
	else if (modes[act] && d->reason != DECIDED_PRIVATE &&
		 faccessat(AT_FDCWD, d->host, modes[act], AT_EACCESS) < 0)
		decide(d, 0, DECIDED_HOST, EACCES, g);
}

/* g shows the object, which has a place on the host. */
static void decide_host(const struct policy *p, enum act act, struct decision *d,
			const struct grant *g)
{
	const struct hole *hole = hole_at(p, g, d->host, act);
	int root = strcmp(d->path, g->guest) == 0;
	struct stat st;

	if (hole && hole->kind == HOLE_DENIED) {
		decide(d, 0, DECIDED_HOLE, ENOENT, NULL);
		d->rule = hole->rule;
		return;
	}
	if (changes(act) && g->kind == GRANT_READ) {
		decide(d, 0, DECIDED_READ, EROFS, g);
		if (act == ACT_WRITE && lstat(d->host, &st) == 0)
			suggest(d, act, &st);
		d->instead = root && !g->implied;
		return;
	}
	if (hole && g->kind == GRANT_WRITE) {
		decide(d, 0, DECIDED_HOLE, hole->kind == HOLE_READ ? EROFS : EBUSY, NULL);
		d->rule = hole->rule;
		return;
	}
	if (act == ACT_DELETE && root)
		decide(d, 0, DECIDED_ROOT, EBUSY, g);
	else
		decide_object(act, d, g);
}

/*
 * A private directory is empty at first: what is asked about is hardly what may
 * come to be there.
 */
static int decide_hidden(enum act act, struct decision *d, const struct grant *g)
{
	struct stat st;

	if (act == ACT_CREATE || strcmp(d->path, g->guest) == 0 || stat(d->path, &st) < 0)
		return 0;
	decide(d, 0, DECIDED_HIDDEN, ENOENT, g);
	suggest(d, act, &st);
	return 1;
}

/* A private directory can be filled as the task likes; /dev, /proc and /sys have what they have. */
static void decide_private(enum act act, struct decision *d, const struct grant *g)
{
	int fixed = g->kind != GRANT_TMPFS && !path_is_below(d->path, "/dev/shm", NULL);

	if (act == ACT_DELETE && strcmp(d->path, g->guest) == 0)
		decide(d, 0, DECIDED_ROOT, EBUSY, g);
	else if (fixed && act == ACT_CREATE)
		decide(d, 0, DECIDED_OWN, g->kind == GRANT_DEV ? EROFS : ENOENT, g);
	else if (fixed && act == ACT_DELETE)
		decide(d, 0, DECIDED_OWN, g->kind == GRANT_DEV ? EROFS : EPERM, g);
	else
		decide(d, 1, fixed ? DECIDED_OWN : DECIDED_PRIVATE, 0, g);
}

static void decide_file(const struct policy *p, enum act act, struct decision *d)
{
	const struct grant *g = look_covering(p, d->path);

	switch (g ? (int)g->kind : -1) {
	case GRANT_READ:
	case GRANT_WRITE:
	case GRANT_OVERLAY:
		if (look_host(d->host, g, d->path) == 0) {
			decide_host(p, act, d, g);
			return;
		}
		break;
	case GRANT_TMPFS:
		if (decide_hidden(act, d, g))
			return;
		/* fall through */
	case GRANT_DEV:
	case GRANT_PROC:
	case GRANT_SYS:
		decide_private(act, d, g);
		return;
	case GRANT_DENY:
		decide(d, 0, DECIDED_DENY, ENOENT, g);
		return;
	default:
		break;
	}
	if (policy_look(p, d->path, NULL, NULL) == POLICY_BARE)
		decide(d, !changes(act), DECIDED_BARE, changes(act) ? EROFS : 0, NULL);
	else
		decide_unseen(p, act, d);
}

/* "localhost", 127.0.0.0/8 or ::1, up to a port. */
static int is_loopback(const char *host)
{
	return strncmp(host, "127.", 4) == 0 || strncmp(host, "[::1]", 5) == 0 ||
	       strcmp(host, "localhost") == 0 || strncmp(host, "localhost:", 10) == 0;
}

static void decide_network(const struct policy *p, const char *object, struct decision *d)
{
	if (!is_loopback(object))
		decide(d, 0, DECIDED_NETWORK, 0, NULL);
	else if (!p->loopback)
		decide(d, 0, DECIDED_ALONE, 0, NULL);
	else
		decide(d, 1, DECIDED_LOOPBACK, 0, NULL);
}

int policy_decide(const struct policy *p, enum act act, const char *object, struct decision *d)
{
	int rc;

	memset(d, 0, sizeof(*d));
	if (!*object)
		return -EINVAL;
	if (!act_is_file(act)) {
		decide_network(p, object, d);
		return 0;
	}
	if (*object != '/')
		return -EINVAL;
	/* A name is removed where it is; all else is done to what a link leads to. */
	rc = act == ACT_DELETE ? look_name(d->path, p, object) : -EINVAL;
	if (rc == -EINVAL)
		rc = look_place(d->path, p, object);
	if (rc)
		return rc;
	decide_file(p, act, d);
	return 0;
}
