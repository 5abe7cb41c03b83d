// SPDX-License-Identifier: Apache-2.0
/*
 * Rules about guest paths alone: private objects, denials, the working
 * directory. Their paths are resolved as the task would resolve them with the
 * grants so far.
 */
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/grants/grants.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define NAME_SHOWN 256

static int refuse(const char *rule, const char *path, int rc, struct err *e)
{
	char name[NAME_SHOWN];

	err_escape(name, sizeof(name), path, strlen(path));
	return err_set(e, ERR_SANDBOX, -rc, "%s %s: %s", rule, name, strerror(-rc));
}

/* 0: it is a directory inside, or nothing; -ENOTDIR. */
static int check_directory(const struct policy *p, const char *place)
{
	cleanup_free char *host = NULL;
	struct stat st;

	if (policy_look(p, place, NULL, &host) != POLICY_HOST)
		return 0;
	return stat(host, &st) == 0 && !S_ISDIR(st.st_mode) ? -ENOTDIR : 0;
}

int policy_grant_private(struct policy *p, enum grant_kind kind, const char *guest,
			 const char *rule, struct err *e)
{
	char path[PATH_MAX], place[PATH_MAX];
	int rc = path_absolute(path, guest);

	must(kind == GRANT_TMPFS || kind == GRANT_DEV || kind == GRANT_PROC || kind == GRANT_SYS);
	if (rc == 0)
		rc = look_place(place, p, path);
	if (rc == 0)
		rc = check_directory(p, place);
	return rc ? refuse(rule, guest, rc, e) : grants_add(p, kind, place, NULL, NULL, rule, e);
}

/* A denial that hides nothing is a mistake: of a path that no grant shows. */
static int check_denial(const struct policy *p, const char *place)
{
	char parent[PATH_MAX], *slash;

	if (strcmp(place, "/") == 0)
		return -EINVAL;
	if (policy_look(p, place, NULL, NULL) != POLICY_NOTHING)
		return 0;
	if (path_copy(parent, place))
		return -ENAMETOOLONG;
	slash = strrchr(parent, '/');
	slash[slash == parent] = '\0';
	/* What comes into being in a directory is hidden too, but nothing does in a bare one. */
	switch (policy_look(p, parent, NULL, NULL)) {
	case POLICY_HOST:
		return check_directory(p, parent);
	case POLICY_PRIVATE:
		return 0;
	default:
		return -ENOENT;
	}
}

/* True when a denial so far covers place. */
static int is_denied(const struct policy *p, const char *place)
{
	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *g = &p->grants[i];

		if (g->kind == GRANT_DENY &&
		    (strcmp(g->guest, place) == 0 || path_is_below(place, g->guest, NULL)))
			return 1;
	}
	return 0;
}

/* A denial is kept by name in a directory that is there; else that directory can be denied. */
static void hint_missing(const struct policy *p, const char *place, struct err *e)
{
	char path[PATH_MAX], name[NAME_SHOWN], *slash;
	enum policy_object above = POLICY_NOTHING;

	if (path_copy(path, place))
		return;
	while ((slash = strrchr(path, '/')) != NULL && slash != path) {
		err_escape(name, sizeof(name), path, strlen(path));
		*slash = '\0';
		above = policy_look(p, path, NULL, NULL);
		if (above != POLICY_NOTHING)
			break;
	}
	if (above == POLICY_HOST || above == POLICY_PRIVATE)
		err_hint(e, "%s does not exist: deny that, and it cannot come into being", name);
	else
		err_hint(e, "nothing shows it to COMMAND: leave the rule out, or mend its path");
}

int policy_deny(struct policy *p, const char *guest, const char *rule, struct err *e)
{
	char path[PATH_MAX] = "", place[PATH_MAX] = "", name[PATH_MAX] = "";
	int rc = path_absolute(path, guest), link;

	if (rc == 0)
		rc = look_place(place, p, path);
	if (rc)
		return refuse(rule, guest, rc, e);
	if (is_denied(p, place))
		return 0;
	link = look_name(name, p, path) == 0 && strcmp(name, place) != 0;
	rc = check_denial(p, link ? name : place);
	if (rc) {
		refuse(rule, guest, rc, e);
		if (rc == -ENOENT)
			hint_missing(p, link ? name : place, e);
		return rc;
	}
	/* Where a link leads to may be out of sight anyway. */
	if (!link || check_denial(p, place) == 0)
		rc = grants_add(p, GRANT_DENY, place, NULL, NULL, rule, e);
	if (rc == 0 && link)
		rc = grants_add(p, GRANT_DENY, name, NULL, NULL, rule, e);
	return rc;
}

int policy_set_workdir(struct policy *p, const char *dir, const char *rule, struct err *e)
{
	char path[PATH_MAX], name[NAME_SHOWN], *canonical = NULL;
	enum policy_object object = POLICY_NOTHING;

	err_escape(name, sizeof(name), dir, strlen(dir));
	if (path_absolute(path, dir) == 0)
		object = policy_look(p, path, &canonical, NULL);
	if (object == POLICY_NOTHING) {
		err_set(e, ERR_SANDBOX, ENOENT, "%s %s: not visible in the sandbox", rule, name);
		if (*rule == '-')
			err_hint(e, "add --ro %s", name);
		else
			err_hint(e, "add it to read, or choose another one");
		return -ENOENT;
	}
	if (check_directory(p, canonical)) {
		free(canonical);
		return refuse(rule, dir, -ENOTDIR, e);
	}
	free(p->workdir);
	p->workdir = canonical;
	return 0;
}
