// SPDX-License-Identifier: Apache-2.0
/* System calls of inotify. */
#include "guest-runtime/fs/inotify.h"

#include "guest-runtime/fs/anon.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/sys/sys.h"

#define MASK_KNOWN \
	(IN_ALL_EVENTS | IN_UNMOUNT | IN_Q_OVERFLOW | IN_IGNORED | IN_ONLYDIR | IN_DONT_FOLLOW | \
	 IN_EXCL_UNLINK | IN_MASK_CREATE | IN_MASK_ADD | IN_ISDIR | IN_ONESHOT)

long sys_inotify_init1(const uint64_t *a)
{
	if (a[0] & ~(uint64_t)(IN_CLOEXEC | IN_NONBLOCK))
		return -EINVAL;
	return anon_install(inotify_create((uint32_t)a[0]), a[0] & IN_CLOEXEC);
}

long sys_inotify_init(const uint64_t *a)
{
	(void)a;
	return anon_install(inotify_create(0), false);
}

static long add(struct inotify *inotify, uva_t path, uint32_t mask)
{
	struct dentry *entry;
	char *name;
	int error = path_from_user(path, false, &name);

	if (error < 0)
		return error;
	error = walk_object(AT_FDCWD, name, mask & IN_DONT_FOLLOW ? 0 : WALK_FOLLOW, &entry);
	path_free(name);
	if (error < 0)
		return error;
	if ((mask & IN_ONLYDIR) && !inode_is(entry->inode, S_IFDIR))
		error = -ENOTDIR;
	else
		error = inode_access(entry->inode, 4, false);
	if (error == 0)
		error = inotify_add(inotify, entry, mask);
	dentry_put(entry);
	return error;
}

long sys_inotify_add_watch(const uint64_t *a)
{
	const uint32_t both = IN_MASK_ADD | IN_MASK_CREATE;
	uint32_t mask = (uint32_t)a[2];
	long result = -EINVAL;

	if (!(mask & MASK_KNOWN))
		return -EINVAL;
	struct file *file = fd_get((int)a[0]);
	if (!file)
		return -EBADF;
	struct inotify *inotify = inotify_of(file);
	if ((mask & both) != both && inotify)
		result = add(inotify, a[1], mask);
	file_put(file);
	return result;
}

long sys_inotify_rm_watch(const uint64_t *a)
{
	struct file *file = fd_get((int)a[0]);

	if (!file)
		return -EBADF;
	struct inotify *inotify = inotify_of(file);
	long result = inotify ? inotify_remove(inotify, (int)a[1]) : -EINVAL;
	file_put(file);
	return result;
}
