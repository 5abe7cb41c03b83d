// SPDX-License-Identifier: Apache-2.0
/* Attributes and extended attributes of host files, changed or asked for. */
#include "guest-runtime/fs/host.h"
#include "guest-runtime/host/hypercall.h"

#include <linux/xattr.h>

#define MODE_MAX 01777u /* set-id bits are nobody's to give */

static bool openable(const struct inode *inode)
{
	return inode_is(inode, S_IFREG) || inode_is(inode, S_IFDIR);
}

/* Times of what cannot be opened (links, files without rights) can be set all the same. */
static int handle_for(struct host_inode *host, uint32_t what, uint32_t *handle)
{
	bool times = !(what & ~(uint32_t)(HC_SET_ATIME | HC_SET_MTIME));
	bool opened = host->has_writer || host->state >= HOST_HANDLE_READ;

	if (!openable(&host->inode) && !times)
		return -EPERM;
	return host_handle(host, times && !opened ? HOST_ANY : HOST_OPENED, handle);
}

/*
 * A symbolic link cannot be opened to change its owner, but cp -a and tar only
 * say again who it is.
 */
static bool is_owned_so(const struct inode *inode, const struct hc_fs_set_attr *set)
{
	return inode_is(inode, S_IFLNK) && set->what == HC_SET_OWNER &&
	       (set->uid == UINT32_MAX || set->uid == inode->attr.uid) &&
	       (set->gid == UINT32_MAX || set->gid == inode->attr.gid);
}

/* What the host has made of it. */
static void note_owner(struct inode *inode, const struct hc_fs_set_attr *set)
{
	if (set->uid != UINT32_MAX)
		inode->attr.uid = set->uid;
	if (set->gid != UINT32_MAX)
		inode->attr.gid = set->gid;
	if (!inode_is(inode, S_IFDIR))
		inode->attr.mode &= ~(uint32_t)(S_ISUID | S_ISGID);
}

int host_set_attr(struct inode *inode, const struct hc_fs_set_attr *set)
{
	struct host_inode *host = host_of(inode);
	struct hc_fs_set_attr args = *set;

	if (is_owned_so(inode, set))
		return 0;

	/* A change of owner takes the set-id bits away by itself. */
	if (args.what & HC_SET_OWNER)
		args.what &= ~(uint32_t)HC_SET_MODE;
	if ((args.what & HC_SET_MODE) && (args.mode & ~MODE_MAX))
		return -EPERM;
	int error = handle_for(host, args.what, &args.handle);
	if (error == 0)
		error = (int)host_fs_set_attr(&args);
	if (error < 0)
		return error;
	/* Other names of it, or names below it, may be what they were not. */
	if ((args.what & (HC_SET_MODE | HC_SET_OWNER)) &&
	    (inode_is(inode, S_IFDIR) || inode->attr.nlink > 1))
		host_forget();
	if (args.what & HC_SET_MODE)
		inode->attr.mode = (inode->attr.mode & S_IFMT) | args.mode;
	if (args.what & HC_SET_OWNER)
		note_owner(inode, set);
	host_changed(inode);
	return 0;
}

/*
 * ls -l asks for the SELinux label of each file: where one file of a mount has
 * none, no file has. And a file without attributes has none by any name.
 */
static const struct super *unlabelled;
static uint64_t unlabelled_at;

static bool is_label(const char *name)
{
	return name && strcmp(name, "security.selinux") == 0;
}

static bool known_empty(const struct host_inode *host, const char *name)
{
	if (is_label(name) && unlabelled == host->inode.super && host_fresh(unlabelled_at))
		return true;
	return host->no_xattrs && host_content_fresh(&host->inode, host->no_xattrs);
}

static void note_empty(struct host_inode *host, const char *name, int64_t result)
{
	if (!name && result == 0)
		host->no_xattrs = host_stamp();
	if (is_label(name) && result == -ENODATA) {
		unlabelled = host->inode.super;
		unlabelled_at = host_stamp();
	}
}

long host_xattr_get(struct inode *inode, const char *name, void *value, size_t size)
{
	struct host_name text = { .bytes = name, .length = name ? strlen(name) : 0 };
	struct host_inode *host = host_of(inode);
	struct hc_segment buffer = { 0 };
	uint32_t handle;

	if (!openable(inode) || known_empty(host, name))
		return name ? -ENODATA : 0;
	int error = host_handle(host, HOST_OPENED, &handle);
	/* These need no right to read, but the host can only be asked of what is open. */
	if (error == -EACCES && (!name || strncmp(name, "security.", 9) == 0))
		return name ? -ENODATA : 0;
	if (error < 0)
		return error;
	if (size)
		buffer = kernel_segment(value, size);
	int64_t result = host_fs_xattr_get(handle, text, buffer);
	note_empty(host, name, result);
	return (long)result;
}

long host_xattr_list(struct inode *inode, char *names, size_t size)
{
	return host_xattr_get(inode, NULL, names, size);
}

int host_xattr_set(struct inode *inode, const char *name, const void *value, size_t size, int flags)
{
	struct host_name text = { .bytes = name, .length = strlen(name) };
	struct hc_segment buffer = { 0 };
	uint32_t handle;

	if (!openable(inode))
		return -EPERM;
	/* Must it be new, and there already? It is one of both, and stays as it is. */
	if (value && flags == (XATTR_CREATE | XATTR_REPLACE)) {
		long old = host_xattr_get(inode, name, NULL, 0);

		return old < 0 ? (int)old : -EEXIST;
	}
	int error = host_handle(host_of(inode), HOST_OPENED, &handle);
	if (value && size)
		buffer = kernel_segment(value, size);
	if (error == 0)
		error = (int)host_fs_xattr_set(handle, text,
					       value ? (uint32_t)flags : HC_XATTR_REMOVE, buffer);
	if (error == 0)
		host_changed(inode);
	return error;
}
