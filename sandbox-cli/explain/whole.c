// SPDX-License-Identifier: Apache-2.0
/* Files for the caller: their places, and putting one in place by a rename(2). */
#include "sandbox-cli/explain/whole.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SHOWN 200

int whole_refuse(const char *option, const char *file, int errnum, struct err *e)
{
	char shown[SHOWN];

	err_escape(shown, sizeof(shown), file, strlen(file));
	return err_set(e, ERR_SANDBOX, errnum, "%s %s: %s", option, shown, strerror(errnum));
}

char *whole_canonical(const char *file)
{
	char *found = realpath(file, NULL), *slash, *made, target[1], directory[PATH_MAX];
	cleanup_free char *top = NULL;

	if (found || errno != ENOENT)
		return found;
	if (snprintf(directory, sizeof(directory), "%s", file) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	if (readlink(file, target, sizeof(target)) >= 0) { /* it leads nowhere yet */
		errno = ENOENT;
		return NULL;
	}
	slash = strrchr(directory, '/');
	if (slash && !slash[1]) {
		errno = EISDIR;
		return NULL;
	}
	if (slash)
		slash[slash == directory] = '\0';
	top = realpath(slash ? directory : ".", NULL);
	slash = strrchr(file, '/');
	if (!top || asprintf(&made, "%s/%s", strcmp(top, "/") == 0 ? "" : top,
			     slash ? slash + 1 : file) < 0)
		return NULL;
	return made;
}

static int is_at_or_below(const char *path, const char *top)
{
	size_t length = strcmp(top, "/") == 0 ? 0 : strlen(top);

	return strncmp(path, top, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

int whole_check_place(const char *option, const char *path, const struct policy *p, struct err *e)
{
	char shown[SHOWN], host[SHOWN];

	for (size_t i = 0; i < p->grant_count; i++) {
		const struct grant *g = &p->grants[i];

		if (g->kind != GRANT_WRITE || !is_at_or_below(path, g->host))
			continue;
		err_escape(shown, sizeof(shown), path, strlen(path));
		err_escape(host, sizeof(host), g->host, strlen(g->host));
		err_set(e, ERR_SANDBOX, EINVAL,
			"%s %s: lies under %s %s and COMMAND could change it", option, shown,
			g->rule, host);
		err_hint(e, "write it to a place that COMMAND cannot write to");
		return -EINVAL;
	}
	return 0;
}

int whole_is_special(const char *file)
{
	struct stat st;

	if (stat(file, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	return S_ISDIR(st.st_mode) ? -EISDIR : !S_ISREG(st.st_mode);
}

int whole_open(struct whole *w, const char *option, const char *file, const struct policy *p,
	       struct err *e)
{
	const char *slash;
	char shown[SHOWN];
	int special = whole_is_special(file), rc;

	*w = (struct whole){ .fd = -1 };
	err_escape(shown, sizeof(shown), file, strlen(file));
	if (special > 0)
		return err_set(e, ERR_SANDBOX, EINVAL, "%s %s: not a regular file", option, shown);
	if (special)
		return whole_refuse(option, file, -special, e);
	w->file = whole_canonical(file);
	if (!w->file)
		return whole_refuse(option, file, errno, e);
	rc = whole_check_place(option, w->file, p, e);
	if (rc)
		return rc;
	slash = strrchr(w->file, '/');
	if (asprintf(&w->temporary, "%.*s/.%.200s.XXXXXX", (int)(slash - w->file), w->file,
		     slash + 1) < 0) {
		w->temporary = NULL;
		return whole_refuse(option, file, ENOMEM, e);
	}
	w->fd = mkostemp(w->temporary, O_CLOEXEC);
	if (w->fd >= 0)
		return 0;
	rc = whole_refuse(option, file, errno, e);
	free(w->temporary);
	w->temporary = NULL;
	return rc;
}

/* The mode that a new file has here, or that of the file which it replaces. */
static mode_t final_mode(const char *path)
{
	mode_t mask = umask(0);
	struct stat st;

	umask(mask);
	return stat(path, &st) == 0 ? st.st_mode & 0777 : WHOLE_MODE & ~mask;
}

int whole_keep(struct whole *w, const char *option, struct err *e)
{
	int rc = 0;

	if (fchmod(w->fd, final_mode(w->file)) < 0 || rename(w->temporary, w->file) < 0) {
		rc = whole_refuse(option, w->file, errno, e);
	} else {
		free(w->temporary);
		w->temporary = NULL;
	}
	whole_drop(w);
	return rc;
}

void whole_drop(struct whole *w)
{
	if (w->temporary)
		unlink(w->temporary);
	if (w->fd >= 0)
		close(w->fd);
	free(w->temporary);
	free(w->file);
	*w = (struct whole){ .fd = -1 };
}
