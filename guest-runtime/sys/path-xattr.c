// SPDX-License-Identifier: Apache-2.0
/*
 * Extended attributes: no file here has any, and none can be given. Answers
 * are those of a file system that supports them for nobody, so that cp -a and
 * ls go on.
 */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/sys/sys.h"

#define XATTR_NAME_LIMIT 256

enum act { GET, SET, LIST, REMOVE };

/* The target exists: what the act on it says. */
static long act_on(const struct inode *inode, enum act act, uva_t name)
{
	char text[XATTR_NAME_LIMIT];

	if (act == LIST)
		return 0;
	long length = string_from_user(text, name, sizeof(text));
	if (length == -ENAMETOOLONG || length == 0)
		return -ERANGE;
	if (length < 0)
		return length;
	if ((act == SET || act == REMOVE) && inode->super->read_only)
		return -EROFS;
	return act == GET && strncmp(text, "user.", 5) == 0 && inode_is(inode, S_IFREG)
		       ? -ENODATA
		       : -EOPNOTSUPP;
}

static long on_path(uva_t path, bool follow, enum act act, uva_t attribute)
{
	struct dentry *entry;
	char *name;
	long result = path_from_user(path, false, &name);

	if (result < 0)
		return result;
	result = walk_object(AT_FDCWD, name, follow ? WALK_FOLLOW : 0, &entry);
	path_free(name);
	if (result < 0)
		return result;
	result = act_on(entry->inode, act, attribute);
	dentry_put(entry);
	return result;
}

static long on_file(uint64_t fd, enum act act, uva_t attribute)
{
	struct file *file = fd_get((int)fd);

	if (!file)
		return -EBADF;
	long result = act_on(file->inode, act, attribute);
	file_put(file);
	return result;
}

#define XATTR_CALL(name, expression) \
	long sys_##name(const uint64_t *a) \
	{ \
		return expression; \
	}

XATTR_CALL(getxattr, on_path(a[0], true, GET, a[1]))
XATTR_CALL(lgetxattr, on_path(a[0], false, GET, a[1]))
XATTR_CALL(fgetxattr, on_file(a[0], GET, a[1]))
XATTR_CALL(setxattr, on_path(a[0], true, SET, a[1]))
XATTR_CALL(lsetxattr, on_path(a[0], false, SET, a[1]))
XATTR_CALL(fsetxattr, on_file(a[0], SET, a[1]))
XATTR_CALL(listxattr, on_path(a[0], true, LIST, 0))
XATTR_CALL(llistxattr, on_path(a[0], false, LIST, 0))
XATTR_CALL(flistxattr, on_file(a[0], LIST, 0))
XATTR_CALL(removexattr, on_path(a[0], true, REMOVE, a[1]))
XATTR_CALL(lremovexattr, on_path(a[0], false, REMOVE, a[1]))
XATTR_CALL(fremovexattr, on_file(a[0], REMOVE, a[1]))
