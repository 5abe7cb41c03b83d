// SPDX-License-Identifier: Apache-2.0
/*
 * Opens the files of --save-changes, --trace and --audit before the jail, and puts the
 * archive in place after the run: it appears complete or not at all.
 */
#include "sandbox-cli/outputs.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/policy.h"
#include "sandbox-cli/launch.h"
#include "sandbox-cli/options.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHOWN	 200
#define NEW_MODE 0666 /* less the umask: as a shell creates what it redirects to */

static int refuse(const char *option, const char *file, int errnum, struct err *e)
{
	char shown[SHOWN];

	err_escape(shown, sizeof(shown), file, strlen(file));
	return err_set(e, ERR_SANDBOX, errnum, "%s %s: %s", option, shown, strerror(errnum));
}

/* The path without links of a file that need not exist, in a directory that must; owned. */
static char *canonical(const char *file)
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

/* What the task can change says nothing about the task. */
static int check_place(const char *option, const char *path, const struct policy *p, struct err *e)
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

/* 1: there is a file of this name that is no regular one, such as a pipe; 0; -errno. */
static int is_special(const char *file)
{
	struct stat st;

	if (stat(file, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	return S_ISDIR(st.st_mode) ? -EISDIR : !S_ISREG(st.st_mode);
}

/* flags: how it is opened, besides for writing at its end. */
static int open_log(int *fd, const char *option, const char *file, int flags,
		    const struct policy *p, struct err *e)
{
	cleanup_free char *path = NULL;
	int special = is_special(file), rc;

	if (special < 0)
		return refuse(option, file, -special, e);
	if (!special) {
		path = canonical(file);
		if (!path)
			return refuse(option, file, errno, e);
		rc = check_place(option, path, p, e);
		if (rc)
			return rc;
	}
	*fd = open(path ? path : file,
		   O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC | flags |
			   (path ? O_NOFOLLOW : 0),
		   NEW_MODE);
	return *fd < 0 ? refuse(option, file, errno, e) : 0;
}

/* Next to its place to be, so that a rename(2) suffices. Only its owner may see it until then. */
static int open_save(struct outputs *out, const char *file, const struct policy *p, struct err *e)
{
	const char *slash;
	char shown[SHOWN];
	int special = is_special(file), rc;

	err_escape(shown, sizeof(shown), file, strlen(file));
	if (special > 0)
		return err_set(e, ERR_SANDBOX, EINVAL, "--save-changes %s: not a regular file",
			       shown);
	if (special)
		return refuse("--save-changes", file, -special, e);
	out->save = canonical(file);
	if (!out->save)
		return refuse("--save-changes", file, errno, e);
	rc = check_place("--save-changes", out->save, p, e);
	if (rc)
		return rc;
	slash = strrchr(out->save, '/');
	if (asprintf(&out->temporary, "%.*s/.%.200s.XXXXXX", (int)(slash - out->save), out->save,
		     slash + 1) < 0) {
		out->temporary = NULL;
		return refuse("--save-changes", file, ENOMEM, e);
	}
	out->save_fd = mkostemp(out->temporary, O_CLOEXEC);
	if (out->save_fd >= 0)
		return 0;
	rc = refuse("--save-changes", file, errno, e);
	free(out->temporary);
	out->temporary = NULL;
	return rc;
}

/* The draft is made after the run; whether it can be is found out before. */
static int check_learn(struct outputs *out, const char *file, const struct policy *p, struct err *e)
{
	char directory[PATH_MAX], *slash;
	int special = is_special(file), rc;

	if (special)
		return refuse("--learn", file, special < 0 ? -special : EINVAL, e);
	out->learn = canonical(file);
	if (!out->learn)
		return refuse("--learn", file, errno, e);
	rc = check_place("--learn", out->learn, p, e);
	if (rc)
		return rc;
	snprintf(directory, sizeof(directory), "%s", out->learn);
	slash = strrchr(directory, '/');
	slash[slash == directory] = '\0';
	return access(directory, W_OK | X_OK) ? refuse("--learn", file, errno, e) : 0;
}

int outputs_open(struct outputs *out, const struct options *o, const struct policy *p,
		 struct err *e)
{
	int rc = 0;

	*out = (struct outputs){ .save_fd = -1, .trace_fd = -1, .audit_fd = -1 };
	if (o->trace)
		rc = open_log(&out->trace_fd, "--trace", o->trace, O_TRUNC, p, e);
	/* A pipe that nobody reads must not hold the launcher up. */
	if (rc == 0 && o->audit)
		rc = open_log(&out->audit_fd, "--audit", o->audit, O_NONBLOCK, p, e);
	if (rc == 0 && o->learn)
		rc = check_learn(out, o->learn, p, e);
	if (rc == 0 && o->save)
		rc = open_save(out, o->save, p, e);
	return rc;
}

/* The program's own end, whether it succeeded or not. */
static int is_complete(const struct launch_result *r)
{
	return r && r->end == LAUNCH_OUTCOME &&
	       (r->outcome.end == HV_END_STATUS || r->outcome.end == HV_END_SIGNAL);
}

/* The mode that a new file has here, or that of the file which it replaces. */
static mode_t final_mode(const char *path)
{
	mode_t mask = umask(0);
	struct stat st;

	umask(mask);
	return stat(path, &st) == 0 ? st.st_mode & 0777 : NEW_MODE & ~mask;
}

int outputs_close(struct outputs *out, const struct launch_result *result, int *dropped,
		  struct err *e)
{
	int rc = 0;

	*dropped = 0;
	if (out->temporary && is_complete(result)) {
		if (fchmod(out->save_fd, final_mode(out->save)) < 0 ||
		    rename(out->temporary, out->save) < 0)
			rc = refuse("--save-changes", out->save, errno, e);
	} else if (out->temporary) {
		*dropped = 1;
	}
	if (out->temporary && (rc || *dropped))
		unlink(out->temporary);
	if (out->save_fd >= 0)
		close(out->save_fd);
	if (out->trace_fd >= 0)
		close(out->trace_fd);
	if (out->audit_fd >= 0)
		close(out->audit_fd);
	free(out->temporary);
	free(out->save);
	free(out->learn);
	*out = (struct outputs){ .save_fd = -1, .trace_fd = -1, .audit_fd = -1 };
	return rc;
}
