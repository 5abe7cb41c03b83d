// SPDX-License-Identifier: Apache-2.0
/* Host mounts: lookup of names, links, and the making of inodes. */
#include "guest-runtime/fs/host.h"

#include "guest-runtime/fs/host-list.h"
#include "guest-runtime/fs/host-load.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/mm/heap.h"

static bool fresh(const struct dentry *entry)
{
	return host_fresh(entry->checked);
}

static int statfs(struct super *super, struct hc_fs_statfs_out *out)
{
	uint32_t handle;
	int error = host_handle(host_of(super->root->inode), HOST_ANY, &handle);

	return error < 0 ? error : (int)host_fs_statfs(handle, out);
}

static const struct inode_ops *ops_of(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return &host_directory_ops;
	case S_IFREG:
		return &host_regular_ops;
	case S_IFLNK:
		return &host_link_ops;
	default:
		return &host_special_ops;
	}
}

struct inode *host_inode_create(struct super *super, uint32_t mode)
{
	struct host_inode *host = kmalloc(sizeof(*host));

	if (!host)
		return NULL;
	host->inode.references = 1;
	host->inode.ops = ops_of(mode);
	host->inode.super = super;
	host->inode.attr.mode = mode;
	return &host->inode;
}

struct dentry *host_add(struct dentry *dir, const char *name, size_t length, uint32_t mode)
{
	struct inode *inode = mode ? host_inode_create(dir->super, mode) : NULL;

	if (mode && !inode)
		return NULL;
	struct dentry *entry = dentry_create(dir, name, length, inode);
	if (!entry) {
		inode_put(inode);
		return NULL;
	}
	if (inode)
		host_of(inode)->entry = entry;
	entry->checked = host_stamp();
	return entry;
}

/*
 * The name as the host has just shown it: mode 0 says that it does not exist.
 * What was known is kept while it may be the same object.
 */
struct dentry *host_learn(struct dentry *dir, const char *name, size_t length, uint32_t mode,
			  const struct hc_attr *attr)
{
	struct dentry *entry = dentry_find(dir, name, length);

	if (entry && !entry->fixed) {
		const struct inode *inode = entry->inode;
		bool same = mode ? inode && (inode->attr.mode & S_IFMT) == (mode & S_IFMT) : !inode;

		if (same && mode && attr && host_of(entry->inode)->checked)
			same = inode->attr.ino == attr->ino && inode->attr.dev == attr->dev;
		if (!same) {
			dentry_unhash(entry);
			dentry_put(entry);
			entry = NULL;
		}
	}
	if (!entry)
		return host_add(dir, name, length, mode);
	entry->checked = host_stamp();
	return entry;
}

static int lookup(struct dentry *dir, const char *rest, size_t length, bool open,
		  struct dentry **out, size_t *used)
{
	struct hc_fs_walk_out reply;
	uint32_t handle;

	if (path_component(rest, length) == length && host_load(dir, rest, length, open)) {
		*out = dentry_find(dir, rest, length);
		*used = length;
		if (*out && host_fresh((*out)->checked))
			return 0;
		dentry_put(*out);
	}
	int error = host_handle(host_of(dir->inode), HOST_ANY, &handle);
	if (error < 0)
		return error;
	int64_t result = host_walk(handle, rest, length, open ? HC_WALK_OPEN : 0, &reply);
	if (result < 0) {
		size_t n = path_component(rest, length);

		if (result == -ENOENT)
			dentry_put(host_learn(dir, rest, n, 0, NULL));
		return (int)result;
	}
	struct dentry *at = dentry_get(dir);
	size_t done = 0;
	for (uint32_t i = 0; at && i < reply.walked; i++) {
		bool last = i + 1 == reply.walked;
		size_t n = path_component(rest + done, length - done);
		struct dentry *next =
			host_learn(at, rest + done, n, last ? reply.attr.mode : S_IFDIR,
				   last ? &reply.attr : NULL);

		dentry_put(at);
		at = next;
		done += n + !last;
	}
	if (!at || reply.walked == 0) {
		dentry_put(at);
		host_fs_close(reply.handle);
		return reply.walked ? -ENOMEM : -EIO;
	}
	host_settle(host_of(at->inode), &reply, HC_WALK_OPEN);
	if (reply.error == ENOENT && done < length)
		dentry_put(host_learn(at, rest + done + 1,
				      path_component(rest + done + 1, length - done - 1), 0, NULL));
	*out = at;
	*used = done;
	return 0;
}

static void release(struct inode *inode)
{
	host_list_drop(host_of(inode));
	host_drop_pieces(host_of(inode));
	host_kept_drop(host_of(inode));
	host_drop_handle(host_of(inode));
	kfree(host_of(inode)->target);
	kfree(host_of(inode));
}

/* A place for a mount: below it the host may or may not have something. */
static int plant(struct dentry *dir, const char *name, size_t length, uint32_t mode,
		 const char *target, struct dentry **out)
{
	(void)target;
	*out = host_add(dir, name, length, mode);
	return *out ? 0 : -ENOMEM;
}

static const struct super_ops host_super_ops = {
	.statfs = statfs,
	.fresh = fresh,
	.plant = plant,
	.cached = true,
	.create_tells = true,
	.no_override = true,
};

struct super *host_mount(uint32_t handle, uint32_t mode, bool writable)
{
	struct super *super = super_create(&host_super_ops, "host", !writable);
	struct inode *inode = super ? host_inode_create(super, mode) : NULL;

	if (!inode)
		return NULL;
	host_of(inode)->state = HOST_HANDLE_ROOT;
	host_of(inode)->handle = handle;
	super->root = dentry_create_root(super, inode);
	host_of(inode)->entry = super->root;
	return super->root ? super : NULL;
}

/*
 * Every start of a program goes through the link to its loader: targets are
 * believed as names are.
 */
static long readlink(struct inode *inode, char *to, size_t size)
{
	struct host_inode *host = host_of(inode);
	uint32_t handle;

	if (host->target && host_fresh(host->target_read)) {
		size_t n = MIN(strlen(host->target), size);

		memcpy(to, host->target, n);
		return (long)n;
	}
	uint64_t stamp = host_stamp();
	int error = host_handle(host, HOST_ANY, &handle);
	if (error < 0)
		return error;
	long length = (long)host_fs_readlink(handle, kernel_segment(to, size));
	kfree(host->target);
	host->target = length > 0 && (size_t)length < size ? kstrndup(to, (size_t)length) : NULL;
	host->target_read = stamp;
	return length;
}

/* What every object on a host mount can do. */
#define COMMON_OPS \
	.refresh = host_refresh, .rights = host_rights, .release = release, .remove = host_remove, \
	.set_attr = host_set_attr, .xattr_get = host_xattr_get, .xattr_list = host_xattr_list, \
	.xattr_set = host_xattr_set

const struct inode_ops host_directory_ops = {
	COMMON_OPS,
	.lookup = lookup,
	.open = host_open,
	.create = host_create,
	.temporary = host_temporary,
	.link = host_link,
	.rename = host_rename,
	.exchange = host_exchange,
	.sync = host_sync,
};

const struct inode_ops host_regular_ops = {
	COMMON_OPS,	   .open = host_open, .truncate = host_truncate, .allocate = host_allocate,
	.sync = host_sync,
};

const struct inode_ops host_link_ops = {
	COMMON_OPS,
	.readlink = readlink,
};

/* Devices, sockets, pipes of the host: seen, never opened (I6). */
const struct inode_ops host_special_ops = {
	COMMON_OPS,
};
