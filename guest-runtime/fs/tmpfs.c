// SPDX-License-Identifier: Apache-2.0
/* Directories, links and names of in-memory file systems. */
#include "guest-runtime/fs/tmpfs.h"

#include "guest-runtime/fs/pipe.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/proc/process.h"

#include <linux/magic.h>

#define ENTRY_SIZE 20 /* what Linux's tmpfs counts for a name in a directory's size */

int tmpfs_statfs(struct super *super, struct hc_fs_statfs_out *out)
{
	(void)super;
	*out = (struct hc_fs_statfs_out){
		.type = TMPFS_MAGIC,
		.bsize = PAGE_SIZE,
		.frsize = PAGE_SIZE,
		.blocks = tmpfs_total(),
		.bfree = tmpfs_room(),
		.bavail = tmpfs_room(),
		.files = tmpfs_total(),
		.ffree = tmpfs_room(),
		.namelen = FS_NAME_MAX,
	};
	return 0;
}

static const struct inode_ops *ops_of(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return &tmpfs_directory_ops;
	case S_IFLNK:
		return &tmpfs_link_ops;
	case S_IFREG:
		return &tmpfs_file_ops;
	default:
		return &tmpfs_special_ops;
	}
}

static struct inode *make_inode(struct super *super, uint32_t mode, const char *target)
{
	struct tmpfs_inode *made = kmalloc(sizeof(*made));

	if (!made)
		return NULL;
	inode_init(&made->inode, super, ops_of(mode), mode);
	if (inode_is(&made->inode, S_IFDIR))
		made->inode.attr.nlink = 2;
	if (inode_is(&made->inode, S_IFLNK)) {
		must(target);
		made->target = kstrdup(target);
		made->inode.attr.size = (int64_t)strlen(target);
		if (!made->target) {
			kfree(made);
			return NULL;
		}
	}
	return &made->inode;
}

long tmpfs_xattr_get(struct inode *inode, const char *name, void *value, size_t size)
{
	return xattr_get(tmpfs_of(inode)->xattrs, name, value, size);
}

long tmpfs_xattr_list(struct inode *inode, char *names, size_t size)
{
	return xattr_list(tmpfs_of(inode)->xattrs, names, size);
}

int tmpfs_xattr_set(struct inode *inode, const char *name, const void *value, size_t size,
		    int flags)
{
	int error = xattr_set(&tmpfs_of(inode)->xattrs, name, value, size, flags);

	if (error == 0)
		inode_touch(inode, false);
	return error;
}

void tmpfs_free(struct inode *inode)
{
	xattr_free(&tmpfs_of(inode)->xattrs);
	kfree(tmpfs_of(inode));
}

static void release_link(struct inode *inode)
{
	kfree(tmpfs_of(inode)->target);
	tmpfs_free(inode);
}

struct super *tmpfs_create(const char *type, uint32_t mode, bool read_only)
{
	static const struct super_ops ops = { .statfs = tmpfs_statfs, .plant = tmpfs_add };
	struct super *super = super_create(&ops, type, read_only);
	struct inode *inode = super ? make_inode(super, mode, NULL) : NULL;

	if (inode)
		super->root = dentry_create_root(super, inode);
	return inode && super->root ? super : NULL;
}

struct super *tmpfs_create_hidden(const struct super_ops *ops)
{
	struct super *super = tmpfs_create("tmpfs", S_IFDIR | 0700, false);

	if (super) {
		super->ops = ops;
		list_remove(&super->node);
	}
	return super;
}

/* The directory's side of a name that comes (+1) or goes (-1). */
static void count_name(struct dentry *dir, const struct inode *inode, int change)
{
	struct inode *at = dir->inode;

	at->attr.size += change * ENTRY_SIZE;
	if (inode_is(inode, S_IFDIR))
		at->attr.nlink += (uint32_t)change;
	inode_touch(at, true);
}

/* Takes over inode's reference. The name's own reference is what *out has. */
static int add_name(struct dentry *dir, const char *name, size_t length, struct inode *inode,
		    struct dentry **out)
{
	*out = inode ? dentry_create(dir, name, length, inode) : NULL;
	if (!*out) {
		inode_put(inode);
		return -ENOSPC;
	}
	count_name(dir, inode, 1);
	return 0;
}

int tmpfs_add(struct dentry *dir, const char *name, size_t length, uint32_t mode,
	      const char *target, struct dentry **out)
{
	return add_name(dir, name, length, make_inode(dir->super, mode, target), out);
}

static int create(struct dentry *dir, const char *name, size_t length, uint32_t mode, uint64_t rdev,
		  const char *target, struct dentry **out)
{
	struct inode *inode = make_inode(dir->super, mode, target);
	const struct process *process = current()->process;

	if (inode) {
		inode->attr.rdev = rdev;
		inode->attr.uid = process->euid;
		inode->attr.gid = process->egid;
		if (dir->inode->attr.mode & S_ISGID) {
			inode->attr.gid = dir->inode->attr.gid;
			if ((mode & S_IFMT) == S_IFDIR)
				inode->attr.mode |= S_ISGID;
		}
	}
	int error = add_name(dir, name, length, inode, out);
	if (error == 0)
		dentry_get(*out);
	return error;
}

static int temporary(struct dentry *dir, uint32_t mode, struct dentry **out)
{
	struct inode *inode = make_inode(dir->super, mode, NULL);

	if (!inode)
		return -ENOSPC;
	inode->attr.uid = current()->process->euid;
	inode->attr.gid = current()->process->egid;
	if (dir->inode->attr.mode & S_ISGID)
		inode->attr.gid = dir->inode->attr.gid;
	inode->attr.nlink = 0;
	*out = dentry_create_nameless(dir, inode);
	if (!*out)
		inode_put(inode);
	return *out ? 0 : -ENOSPC;
}

static int link(struct dentry *dir, const char *name, size_t length, struct inode *inode)
{
	struct dentry *entry;
	int error = add_name(dir, name, length, inode_get(inode), &entry);

	if (error == 0) {
		inode->attr.nlink++;
		inode->linkable = false;
		inode_touch(inode, false);
	}
	return error;
}

int tmpfs_remove(struct dentry *entry)
{
	struct inode *inode = entry->inode;

	count_name(entry->parent, inode, -1);
	inode->attr.nlink -= inode_is(inode, S_IFDIR) ? 2 : 1;
	inode_touch(inode, false);
	dentry_unhash(entry);
	dentry_put(entry);
	return 0;
}

static int tmpfs_rename(struct dentry *from, struct dentry *dir, const char *name, size_t length,
			struct dentry *victim)
{
	struct dentry *old = dentry_get(from->parent);
	int error = dentry_move(from, dir, name, length);

	if (error == 0) {
		count_name(old, from->inode, -1);
		count_name(dir, from->inode, 1);
		inode_touch(from->inode, false);
		if (victim)
			tmpfs_remove(victim);
	}
	dentry_put(old);
	return error;
}

static int tmpfs_exchange(struct dentry *a, struct dentry *b)
{
	int error = dentry_swap(a, b);

	if (error < 0)
		return error;
	count_name(b->parent, a->inode, -1);
	count_name(b->parent, b->inode, 1);
	count_name(a->parent, b->inode, -1);
	count_name(a->parent, a->inode, 1);
	inode_touch(a->inode, false);
	inode_touch(b->inode, false);
	return 0;
}

/* Every name is a dentry: what is not found there is not there. */
static int lookup(struct dentry *dir, const char *rest, size_t length, bool open,
		  struct dentry **out, size_t *used)
{
	(void)dir, (void)rest, (void)length, (void)open, (void)out, (void)used;
	return -ENOENT;
}

static long readlink(struct inode *inode, char *to, size_t size)
{
	size_t n = MIN(strlen(tmpfs_of(inode)->target), size);

	memcpy(to, tmpfs_of(inode)->target, n);
	return (long)n;
}

static int open_directory(struct file *file)
{
	file->ops = &directory_ops;
	return 0;
}

static int open_device(struct file *file)
{
	const struct file_ops *ops = tmpfs_of(file->inode)->device;

	if (inode_is(file->inode, S_IFIFO))
		return fifo_open(file);
	if (!ops)
		return -ENXIO;
	file->ops = ops;
	return ops->opened ? ops->opened(file) : 0;
}

const struct inode_ops tmpfs_directory_ops = {
	.lookup = lookup,
	.open = open_directory,
	.create = create,
	.temporary = temporary,
	.link = link,
	.remove = tmpfs_remove,
	.rename = tmpfs_rename,
	.exchange = tmpfs_exchange,
	.empty = dentry_empty,
	.set_attr = inode_set_attr,
	.xattr_get = tmpfs_xattr_get,
	.xattr_list = tmpfs_xattr_list,
	.xattr_set = tmpfs_xattr_set,
	.release = tmpfs_free,
};

const struct inode_ops tmpfs_link_ops = {
	.readlink = readlink,
	.remove = tmpfs_remove,
	.set_attr = inode_set_attr,
	.xattr_get = tmpfs_xattr_get,
	.xattr_list = tmpfs_xattr_list,
	.xattr_set = tmpfs_xattr_set,
	.release = release_link,
};

const struct inode_ops tmpfs_special_ops = {
	.open = open_device,
	.remove = tmpfs_remove,
	.set_attr = inode_set_attr,
	.xattr_get = tmpfs_xattr_get,
	.xattr_list = tmpfs_xattr_list,
	.xattr_set = tmpfs_xattr_set,
	.release = tmpfs_free,
};
