// SPDX-License-Identifier: Apache-2.0
/*
 * Extended attributes: names, sizes and who may, for every file system alike.
 * Access control lists (system.*) are kept by none of them.
 */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/inotify.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/notes/notes.h"
#include "guest-runtime/sys/credentials.h"
#include "guest-runtime/sys/sys.h"

#include <linux/capability.h>
#include <linux/limits.h>
#include <linux/xattr.h>

#define NAME_SIZE (XATTR_NAME_MAX + 1)

/* One call on an object that was found. */
struct request {
	char name[NAME_SIZE];
	uva_t buffer; /* of the program */
	uint64_t size;
	void *value; /* what is to be set, or NULL */
	int flags;
};

typedef long act_function(struct inode *inode, const struct request *request);

static long set(struct inode *inode, const struct request *request);

/* Setting and removing are changes that others may want to hear of. */
static long act_on(struct dentry *entry, struct inode *inode, act_function *act,
		   const struct request *request)
{
	long result = act(inode, request);

	if (result == 0 && act == set)
		notify(entry, IN_ATTRIB);
	return result;
}

static bool starts(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

static int get_name(struct request *request, uva_t name)
{
	long length = string_from_user(request->name, name, NAME_SIZE);

	if (length == -ENAMETOOLONG || length == 0)
		return -ERANGE;
	return length < 0 ? (int)length : 0;
}

/* Linux's rules of the name spaces, before a file system is asked. */
static int may(struct inode *inode, const char *name, bool write)
{
	if (write && inode->super->read_only)
		return note_inode(NOTE_WRITE, inode, -EROFS);
	if (starts(name, XATTR_SECURITY_PREFIX))
		return write && !credentials_capable(CAP_SYS_ADMIN) ? -EPERM : 0;
	if (starts(name, XATTR_SYSTEM_PREFIX))
		return 0;
	if (starts(name, XATTR_TRUSTED_PREFIX) && !credentials_capable(CAP_SYS_ADMIN))
		return write ? -EPERM : -ENODATA;
	if (starts(name, XATTR_USER_PREFIX)) {
		bool directory = inode_is(inode, S_IFDIR);

		if (!directory && !inode_is(inode, S_IFREG))
			return write ? -EPERM : -ENODATA;
		if (directory && write && (inode->attr.mode & S_ISVTX) && !inode_owned(inode))
			return -EPERM;
	}
	return inode_access(inode, write ? 2 : 4, false);
}

/* A name that some file system could have. */
static int known(const char *name)
{
	static const char *const prefixes[] = { XATTR_USER_PREFIX, XATTR_TRUSTED_PREFIX,
						XATTR_SECURITY_PREFIX };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (starts(name, prefixes[i]))
			return name[strlen(prefixes[i])] ? 0 : -EINVAL;
	return -EOPNOTSUPP;
}

/* What get and list do alike: through a buffer here to the program's. */
static long give(struct inode *inode, const struct request *request, bool list)
{
	size_t size = MIN(request->size, (uint64_t)XATTR_SIZE_MAX);
	char *buffer = size ? kmalloc(size) : NULL;

	if (size && !buffer)
		return -ENOMEM;
	long length = list ? inode->ops->xattr_list(inode, buffer, size)
			   : inode->ops->xattr_get(inode, request->name, buffer, size);
	if (length > 0 && size && copy_to_user(request->buffer, buffer, (size_t)length) < 0)
		length = -EFAULT;
	else if (length == -ERANGE && size == XATTR_SIZE_MAX)
		length = -E2BIG;
	kfree(buffer);
	return length;
}

static long get(struct inode *inode, const struct request *request)
{
	int error = may(inode, request->name, false);

	if (error == 0)
		error = known(request->name);
	if (error == 0 && !inode->ops->xattr_get)
		error = -EOPNOTSUPP;
	return error < 0 ? error : give(inode, request, false);
}

static long list(struct inode *inode, const struct request *request)
{
	return inode->ops->xattr_list ? give(inode, request, true) : 0;
}

static long set(struct inode *inode, const struct request *request)
{
	int error = may(inode, request->name, true);

	if (error == 0)
		error = known(request->name);
	if (error == 0 && !inode->ops->xattr_set)
		error = -EOPNOTSUPP;
	if (error == 0)
		error = inode->ops->xattr_set(inode, request->name, request->value, request->size,
					      request->flags);
	return error;
}

static long on_path(uva_t path, bool follow, act_function *act, const struct request *request)
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
	result = act_on(entry, entry->inode, act, request);
	dentry_put(entry);
	return result;
}

static long on_file(uint64_t fd, act_function *act, const struct request *request)
{
	struct file *file = fd_get((int)fd);

	if (!file)
		return -EBADF;
	long result = act_on(file->dentry, file->inode, act, request);
	file_put(file);
	return result;
}

/* Where a call finds its object: by a path, through a last link or not, or by a descriptor. */
enum where { PATH, LINK, FILE };

static long on(enum where where, uint64_t object, act_function *act, const struct request *request)
{
	return where == FILE ? on_file(object, act, request)
			     : on_path(object, where == PATH, act, request);
}

static long do_get(enum where where, const uint64_t *a)
{
	struct request request = { .buffer = a[2], .size = a[3] };
	int error = get_name(&request, a[1]);

	return error < 0 ? error : on(where, a[0], get, &request);
}

static long do_list(enum where where, const uint64_t *a)
{
	const struct request request = { .buffer = a[1], .size = a[2] };

	return on(where, a[0], list, &request);
}

static long do_set(enum where where, const uint64_t *a)
{
	struct request request = { .size = a[3], .flags = (int)a[4] };

	if (request.flags & ~(XATTR_CREATE | XATTR_REPLACE))
		return -EINVAL;
	long result = get_name(&request, a[1]);
	if (result < 0)
		return result;
	if (request.size > XATTR_SIZE_MAX)
		return -E2BIG;
	/* Never NULL, which would remove. */
	request.value = kmalloc(request.size + 1);
	if (!request.value)
		return -ENOMEM;
	result = copy_from_user(request.value, a[2], request.size);
	if (result == 0)
		result = on(where, a[0], set, &request);
	kfree(request.value);
	return result;
}

static long do_remove(enum where where, const uint64_t *a)
{
	struct request request = { .flags = XATTR_REPLACE };
	int error = get_name(&request, a[1]);

	return error < 0 ? error : on(where, a[0], set, &request);
}

#define XATTR_CALLS(verb, function) \
	long sys_##verb(const uint64_t *a) \
	{ \
		return function(PATH, a); \
	} \
	long sys_l##verb(const uint64_t *a) \
	{ \
		return function(LINK, a); \
	} \
	long sys_f##verb(const uint64_t *a) \
	{ \
		return function(FILE, a); \
	}

XATTR_CALLS(getxattr, do_get)
XATTR_CALLS(listxattr, do_list)
XATTR_CALLS(setxattr, do_set)
XATTR_CALLS(removexattr, do_remove)
