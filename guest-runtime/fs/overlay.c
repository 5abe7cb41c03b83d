// SPDX-License-Identifier: Apache-2.0
/* Overlays: the super, and what its objects can do. */
#include "guest-runtime/fs/overlay.h"

#include "guest-runtime/fs/host.h"
#include "guest-runtime/fs/pipe.h"

#include <linux/magic.h>

#define FIRST_OWN_INO ((uint64_t)1 << 48) /* no host file system in use numbers as high */

static int statfs(struct super *super, struct hc_fs_statfs_out *out)
{
	int error = tmpfs_statfs(super, out);

	out->type = OVERLAYFS_SUPER_MAGIC;
	return error;
}

static bool fresh(const struct dentry *entry)
{
	return entry->kept || host_fresh(entry->checked);
}

static int set_attr(struct inode *inode, const struct hc_fs_set_attr *set)
{
	int error = overlay_own(inode);

	return error < 0 ? error : inode_set_attr(inode, set);
}

static long readlink(struct inode *inode, char *to, size_t size)
{
	struct overlay_inode *overlay = overlay_of(inode);

	if (overlay->lower)
		return overlay->lower->inode->ops->readlink(overlay->lower->inode, to, size);
	return tmpfs_link_ops.readlink(inode, to, size);
}

/* FIFOs made here work; the host's special files are seen, never opened (I6). */
static int open_special(struct file *file)
{
	if (inode_is(file->inode, S_IFIFO) && !overlay_of(file->inode)->lower)
		return fifo_open(file);
	return inode_is(file->inode, S_IFSOCK) ? -ENXIO : -EACCES;
}

static long get_xattr(struct inode *inode, const char *name, void *value, size_t size)
{
	struct overlay_inode *overlay = overlay_of(inode);

	if (overlay->own_xattrs || !overlay->lower)
		return tmpfs_xattr_get(inode, name, value, size);
	struct inode *below = overlay->lower->inode;
	return below->ops->xattr_get ? below->ops->xattr_get(below, name, value, size) : -ENODATA;
}

static long list_xattrs(struct inode *inode, char *names, size_t size)
{
	struct overlay_inode *overlay = overlay_of(inode);

	if (overlay->own_xattrs || !overlay->lower)
		return tmpfs_xattr_list(inode, names, size);
	struct inode *below = overlay->lower->inode;
	return below->ops->xattr_list ? below->ops->xattr_list(below, names, size) : 0;
}

static int set_xattr(struct inode *inode, const char *name, const void *value, size_t size,
		     int flags)
{
	int error = overlay_own(inode);

	if (error == 0)
		error = overlay_own_xattrs(inode);
	return error < 0 ? error : tmpfs_xattr_set(inode, name, value, size, flags);
}

/* A place for a mount: below it may be something or not. */
static int plant(struct dentry *dir, const char *name, size_t length, uint32_t mode,
		 const char *target, struct dentry **out)
{
	struct dentry *lower_dir = overlay_of(dir->inode)->lower, *lower;
	int error = lower_dir->super->ops->plant(lower_dir, name, length, mode, target, &lower);

	if (error < 0)
		return error;
	lower->fixed = true;
	/* Without asking: what is there is looked at when somebody wants to know. */
	struct inode *inode = overlay_reflect(dir->super, mode, lower);
	if (!inode)
		return -ENOMEM;
	*out = dentry_create(dir, name, length, inode);
	return *out ? 0 : -ENOMEM;
}

static const struct super_ops overlay_super_ops = {
	.statfs = statfs,
	.fresh = fresh,
	.plant = plant,
	.cached = true,
};

bool overlay_is(const struct super *super)
{
	return super->ops == &overlay_super_ops;
}

struct super *overlay_mount(uint32_t handle, uint32_t mode)
{
	struct super *lower = host_mount(handle, mode, false);
	struct super *super = lower ? super_create(&overlay_super_ops, "overlay", false) : NULL;

	if (!super)
		return NULL;
	list_remove(&lower->node);
	super->last_ino = FIRST_OWN_INO;
	struct inode *inode = overlay_show(super, lower->root);
	super->root = inode ? dentry_create_root(super, inode) : NULL;
	return super->root ? super : NULL;
}

static const struct inode_ops directory_ops_of_overlay = {
	.lookup = overlay_lookup,
	.refresh = overlay_refresh,
	.open = overlay_open_directory,
	.create = overlay_create,
	.temporary = overlay_temporary,
	.link = overlay_link,
	.remove = overlay_remove,
	.rename = overlay_rename,
	.exchange = overlay_exchange,
	.empty = overlay_empty,
	.set_attr = set_attr,
	.xattr_get = get_xattr,
	.xattr_list = list_xattrs,
	.xattr_set = set_xattr,
	.release = overlay_release,
};

static const struct inode_ops file_ops_of_overlay = {
	.refresh = overlay_refresh,
	.open = overlay_open_file,
	.truncate = overlay_truncate,
	.allocate = overlay_allocate,
	.remove = overlay_remove,
	.set_attr = set_attr,
	.xattr_get = get_xattr,
	.xattr_list = list_xattrs,
	.xattr_set = set_xattr,
	.release = overlay_release,
};

static const struct inode_ops link_ops_of_overlay = {
	.refresh = overlay_refresh,
	.readlink = readlink,
	.remove = overlay_remove,
	.set_attr = set_attr,
	.xattr_get = get_xattr,
	.xattr_list = list_xattrs,
	.xattr_set = set_xattr,
	.release = overlay_release,
};

static const struct inode_ops special_ops_of_overlay = {
	.refresh = overlay_refresh,
	.open = open_special,
	.remove = overlay_remove,
	.set_attr = set_attr,
	.xattr_get = get_xattr,
	.xattr_list = list_xattrs,
	.xattr_set = set_xattr,
	.release = overlay_release,
};

const struct inode_ops *overlay_ops_of(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return &directory_ops_of_overlay;
	case S_IFREG:
		return &file_ops_of_overlay;
	case S_IFLNK:
		return &link_ops_of_overlay;
	default:
		return &special_ops_of_overlay;
	}
}
