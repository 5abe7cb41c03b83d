// SPDX-License-Identifier: Apache-2.0
/*
 * The last step: the grants become one consistent set and each host object is
 * opened. After this the policy does not change any more, and hv/ makes every
 * layer of the jail from it.
 */
#include "abi/hypercalls.h"
#include "common/err.h"
#include "policy/grants/grants.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Its files look regular, and show the host's processes, the monitor among them (I6). */
static int refuse_procfs(const struct grant *g, const char *path, struct err *e)
{
	struct statfs fs;
	int error;

	if (fstatfs(g->fd, &fs) < 0)
		return err_set(e, ERR_SANDBOX, errno, "%s %s: %s", g->rule, path, strerror(errno));
	if (fs.f_type != PROC_SUPER_MAGIC)
		return 0;
	error = err_set(e, ERR_SANDBOX, EINVAL, "%s %s: it shows the host's processes", g->rule,
			path);
	err_hint(e, "the sandbox has a /proc of its own");
	return error;
}

static int refuse_kind(const struct grant *g, const char *path, struct err *e)
{
	if (!S_ISREG(g->mode) && !S_ISDIR(g->mode)) /* I6 */
		return err_set(e, ERR_SANDBOX, EINVAL,
			       "%s %s: neither a regular file nor a directory", g->rule, path);
	if (g->kind == GRANT_OVERLAY && !S_ISDIR(g->mode)) {
		err_set(e, ERR_SANDBOX, ENOTDIR, "%s %s: not a directory", g->rule, path);
		err_hint(e, "name the directory that it is in");
		return -ENOTDIR;
	}
	return 0;
}

/*
 * The path was resolved before; a link that somebody puts into it now makes
 * the open fail, and is not followed.
 */
int grant_open(struct grant *g, struct err *e)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS };
	char path[256];
	struct stat st;
	int fd, rc;

	err_escape(path, sizeof(path), g->host, strlen(g->host));
	fd = (int)syscall(SYS_openat2, AT_FDCWD, g->host, &how, sizeof(how));
	if (fd >= 0 && fd <= STDERR_FILENO) {
		/* 0 to 2 are the task's streams, even closed ones. */
		int higher = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

		close(fd);
		fd = higher;
	}
	if (fd < 0)
		return err_set(e, ERR_SANDBOX, errno, "%s %s: %s", g->rule, path, strerror(errno));
	g->fd = fd;
	if (fstat(fd, &st) < 0)
		return err_set(e, ERR_SANDBOX, errno, "%s %s: %s", g->rule, path, strerror(errno));
	g->mode = st.st_mode;
	rc = refuse_kind(g, path, e);
	return rc ? rc : refuse_procfs(g, path, e);
}

static uint32_t permissions_of(const struct grant *g)
{
	int directory = S_ISDIR(g->mode);

	if (g->kind == GRANT_WRITE)
		return PERM_FILES | PERM_WRITE | (directory ? PERM_TREES | PERM_NAMES : 0u);
	return grant_is_host(g->kind) ? PERM_FILES | (directory ? PERM_TREES : 0u) : 0u;
}

int policy_finish(struct policy *p, struct err *e)
{
	int rc;

	if (!p->workdir && !(p->workdir = strdup("/")))
		return err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
	if (!p->env && !(p->env = calloc(1, sizeof(*p->env))))
		return err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
	rc = grants_merge(p, e);
	if (rc)
		return rc;
	for (size_t i = 0; i < p->grant_count; i++)
		p->permissions |= permissions_of(&p->grants[i]);
	return holes_find(p, e);
}
