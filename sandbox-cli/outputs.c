// SPDX-License-Identifier: Apache-2.0
/*
 * Opens the files of --save-changes, --trace and --audit before the jail, and puts the
 * archive in place after the run: it appears complete or not at all.
 */
#include "sandbox-cli/outputs.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "policy/policy.h"
#include "sandbox-cli/options.h"
#include "sandbox-cli/run/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* flags: how it is opened, besides for writing at its end. */
static int open_log(int *fd, const char *option, const char *file, int flags,
		    const struct policy *p, struct err *e)
{
	cleanup_free char *path = NULL;
	int special = whole_is_special(file), rc;

	if (special < 0)
		return whole_refuse(option, file, -special, e);
	if (!special) {
		path = whole_canonical(file);
		if (!path)
			return whole_refuse(option, file, errno, e);
		rc = whole_check_place(option, path, p, e);
		if (rc)
			return rc;
	}
	*fd = open(path ? path : file,
		   O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC | flags |
			   (path ? O_NOFOLLOW : 0),
		   WHOLE_MODE);
	return *fd < 0 ? whole_refuse(option, file, errno, e) : 0;
}

/* The draft is made after the run; whether it can be is found out before. */
static int check_learn(struct outputs *out, const char *file, const struct policy *p, struct err *e)
{
	char directory[PATH_MAX], *slash;
	int special = whole_is_special(file), rc;

	if (special < 0)
		return whole_refuse("--learn", file, -special, e);
	if (special) {
		err_escape(directory, sizeof(directory), file, strlen(file));
		return err_set(e, ERR_SANDBOX, EINVAL, "--learn %s: not a regular file", directory);
	}
	out->learn = whole_canonical(file);
	if (!out->learn)
		return whole_refuse("--learn", file, errno, e);
	rc = whole_check_place("--learn", out->learn, p, e);
	if (rc)
		return rc;
	snprintf(directory, sizeof(directory), "%s", out->learn);
	slash = strrchr(directory, '/');
	slash[slash == directory] = '\0';
	return access(directory, W_OK | X_OK) ? whole_refuse("--learn", file, errno, e) : 0;
}

int outputs_open(struct outputs *out, const struct options *o, const struct policy *p,
		 struct err *e)
{
	int rc = 0;

	*out = (struct outputs){ .save = { .fd = -1 }, .trace_fd = -1, .audit_fd = -1 };
	if (o->trace)
		rc = open_log(&out->trace_fd, "--trace", o->trace, O_TRUNC, p, e);
	/* A pipe that nobody reads must not hold the launcher up. */
	if (rc == 0 && o->audit)
		rc = open_log(&out->audit_fd, "--audit", o->audit, O_NONBLOCK, p, e);
	if (rc == 0 && o->learn)
		rc = check_learn(out, o->learn, p, e);
	if (rc == 0 && o->save)
		rc = whole_open(&out->save, "--save-changes", o->save, p, e);
	return rc;
}

/* The program's own end, whether it succeeded or not. */
static int is_complete(const struct launch_result *r)
{
	return r && r->end == LAUNCH_OUTCOME &&
	       (r->outcome.end == HV_END_STATUS || r->outcome.end == HV_END_SIGNAL);
}

int outputs_close(struct outputs *out, const struct launch_result *result, int *dropped,
		  struct err *e)
{
	int rc = 0;

	*dropped = 0;
	if (out->save.temporary && is_complete(result))
		rc = whole_keep(&out->save, "--save-changes", e);
	else if (out->save.temporary)
		*dropped = 1;
	whole_drop(&out->save);
	if (out->trace_fd >= 0)
		close(out->trace_fd);
	if (out->audit_fd >= 0)
		close(out->audit_fd);
	free(out->learn);
	*out = (struct outputs){ .save = { .fd = -1 }, .trace_fd = -1, .audit_fd = -1 };
	return rc;
}
