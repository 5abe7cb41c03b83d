// SPDX-License-Identifier: Apache-2.0
/* execve and execveat. */
#include "guest-runtime/proc/exec.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

static long execute(int dirfd, uva_t path, uva_t argv, uva_t envp, uint32_t flags)
{
	struct exec_request request = {
		.dirfd = dirfd,
		.flags = flags,
		.argv = { .vector = argv },
		.envp = { .vector = envp },
	};
	char *name;
	long result = path_from_user(path, flags & AT_EMPTY_PATH, &name);

	if (result < 0)
		return result;
	request.path = name;
	if (flags & ~(uint32_t)(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
		result = -EINVAL;
	else
		result = process_exec(&request);
	path_free(name);
	return result;
}

long sys_execve(const uint64_t *a)
{
	return execute(AT_FDCWD, a[0], a[1], a[2], 0);
}

long sys_execveat(const uint64_t *a)
{
	return execute((int)a[0], a[1], a[2], a[3], (uint32_t)a[4]);
}
