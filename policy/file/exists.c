// SPDX-License-Identifier: Apache-2.0
/*
 * Is there something at a path that a stranger names? The answer is for a
 * report alone. Each component is looked at before it is walked through, so
 * that an automount point stays as it is, and /proc is not entered.
 */
#include "policy/grants/grants.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* O_PATH of a last component triggers no automount. */
static int open_here(const char *path)
{
	const struct open_how how = { .flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
				      .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };

	return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

static int step(void *context, const char *prefix, char target[PATH_MAX])
{
	int fd = open_here(prefix), error = 0;
	struct statfs fs;
	ssize_t length;

	(void)context;
	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs) < 0)
		error = errno;
	else if (fs.f_type == AUTOFS_SUPER_MAGIC || fs.f_type == PROC_SUPER_MAGIC)
		error = EXDEV;
	length = error ? -1 : readlinkat(fd, "", target, PATH_MAX - 1);
	close(fd);
	if (length < 0)
		return -error;
	target[length] = '\0';
	return 1;
}

int policy_exists(const char *path)
{
	char walked[PATH_MAX];

	return path_walk(walked, path, step, NULL) == 0;
}
