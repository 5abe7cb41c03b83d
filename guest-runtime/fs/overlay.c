// SPDX-License-Identifier: Apache-2.0
/* Overlays: the super, and inodes with their attributes. */
#include "guest-runtime/fs/overlay.h"

#include "guest-runtime/fs/host.h"
#include "guest-runtime/fs/pipe.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/page.h"

#include <linux/magic.h>

#define FIRST_OWN_INO ((uint64_t)1 << 48) /* no host file system in use numbers as high */
#define SHARED_SLOTS  64u
#define DEVICES_MAX   16u

static const struct inode_ops directory_ops_of_overlay, file_ops_of_overlay, link_ops_of_overlay,
	special_ops_of_overlay;
static struct list all = LIST_INIT(all);
static struct list shared[SHARED_SLOTS];

/* st_dev of what is below: another number for each of the host's, the super's own for its root's. */
static struct {
	const struct super *super;
	uint64_t host, shown;
} devices[DEVICES_MAX];
static unsigned int device_count;

static uint64_t device_of(const struct super *super, uint64_t host)
{
	bool first = true;

	for (unsigned int i = 0; i < device_count; i++) {
		if (devices[i].super != super)
			continue;
		if (devices[i].host == host)
			return devices[i].shown;
		first = false;
	}
	if (device_count == DEVICES_MAX)
		return super->dev;
	devices[device_count].super = super;
	devices[device_count].host = host;
	devices[device_count].shown = first ? super->dev : super->dev | (device_count + 1u) << 8;
	return devices[device_count++].shown;
}

static int statfs(struct super *super, struct hc_fs_statfs_out *out)
{
	int error = tmpfs_super_ops.statfs(super, out);

	out->type = OVERLAYFS_SUPER_MAGIC;
	return error;
}

static bool fresh(const struct dentry *entry)
{
	return entry->kept || host_fresh(entry->checked);
}

static struct list *slot_of(uint64_t ino)
{
	struct list *slot = &shared[(ino ^ ino >> 6) % SHARED_SLOTS];

	if (!slot->next)
		list_init(slot);
	return slot;
}

static const struct inode_ops *ops_of(uint32_t mode)
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

static struct overlay_inode *allocate(void)
{
	struct overlay_inode *made = kmalloc(sizeof(*made));

	if (made) {
		list_init(&made->shared);
		list_add_before(&all, &made->all);
	}
	return made;
}

static void release(struct inode *inode)
{
	struct overlay_inode *overlay = overlay_of(inode);

	list_remove(&overlay->shared);
	list_remove(&overlay->all);
	dentry_put(overlay->lower);
	if (inode_is(inode, S_IFREG))
		tmpfs_drop(&overlay->memory.data, 0, UINT64_MAX);
	else if (inode_is(inode, S_IFLNK))
		kfree(overlay->memory.target);
	xattr_free(&overlay->memory.xattrs);
	kfree(overlay);
}

struct inode *overlay_make(struct super *super, uint32_t mode, const char *target)
{
	struct overlay_inode *made = allocate();

	if (!made)
		return NULL;
	struct inode *inode = &made->memory.inode;
	inode_init(inode, super, ops_of(mode), mode);
	made->own_attr = made->own_data = made->own_xattrs = true;
	if (inode_is(inode, S_IFDIR))
		inode->attr.nlink = 2;
	if (inode_is(inode, S_IFLNK)) {
		made->memory.target = kstrdup(target);
		inode->attr.size = (int64_t)strlen(target);
		if (!made->memory.target) {
			inode_put(inode);
			return NULL;
		}
	}
	return inode;
}

static void take_attr(struct inode *inode, const struct hc_attr *attr)
{
	inode->attr = *attr;
	inode->attr.dev = device_of(inode->super, attr->dev);
}

static struct inode *find_shared(const struct super *super, const struct hc_attr *attr)
{
	list_for_each (node, slot_of(attr->ino)) {
		struct overlay_inode *overlay = container_of(node, struct overlay_inode, shared);
		struct inode *inode = &overlay->memory.inode;

		if (overlay->ino == attr->ino && overlay->dev == attr->dev &&
		    inode->super == super && inode_is(inode, attr->mode & S_IFMT))
			return inode_get(inode);
	}
	return NULL;
}

bool overlay_shows(struct inode *inode, struct dentry *lower)
{
	struct overlay_inode *overlay = overlay_of(inode);

	if (list_empty(&overlay->shared))
		return overlay->lower == lower;
	return host_of(lower->inode)->checked && lower->inode->attr.ino == overlay->ino &&
	       lower->inode->attr.dev == overlay->dev;
}

struct inode *overlay_show(struct super *super, struct dentry *lower)
{
	struct inode *below = lower->inode, *inode;
	bool known = host_of(below)->checked != 0;

	if (!inode_is(below, S_IFDIR) && (known || inode_refresh(below) == 0))
		known = true;
	bool several = known && !inode_is(below, S_IFDIR) && below->attr.nlink > 1;
	inode = several ? find_shared(super, &below->attr) : NULL;
	if (inode)
		return inode;
	struct overlay_inode *made = allocate();
	if (!made)
		return NULL;
	inode = &made->memory.inode;
	inode->references = 1;
	inode->ops = ops_of(below->attr.mode);
	inode->super = super;
	inode->host_checks = true;
	made->lower = dentry_get(lower);
	if (known)
		take_attr(inode, &below->attr);
	else
		inode->attr.mode = below->attr.mode;
	if (several) {
		made->dev = below->attr.dev;
		made->ino = below->attr.ino;
		list_add_before(slot_of(made->ino), &made->shared);
	}
	return inode;
}

int overlay_refresh(struct inode *inode)
{
	struct overlay_inode *overlay = overlay_of(inode);

	if (overlay->own_attr)
		return 0;
	int error = inode_refresh(overlay->lower->inode);
	if (error == 0)
		take_attr(inode, &overlay->lower->inode->attr);
	return error;
}

void overlay_keep(struct dentry *entry)
{
	for (; entry->hashed && !entry->kept; entry = entry->parent) {
		entry->kept = entry->covers = true;
		dentry_get(entry);
	}
}

static bool has_unseen(struct overlay_inode *overlay)
{
	uint32_t names = 0;

	for (struct dentry *name = overlay->memory.inode.names; name; name = name->next_name)
		names += name->kept;
	return overlay->held && names < overlay->memory.inode.attr.nlink;
}

bool overlay_is_unseen(uint64_t ino)
{
	if (ino == 0) {
		list_for_each (node, &all)
			if (has_unseen(container_of(node, struct overlay_inode, all)))
				return true;
		return false;
	}
	list_for_each (node, slot_of(ino)) {
		struct overlay_inode *overlay = container_of(node, struct overlay_inode, shared);

		if (overlay->ino == ino && has_unseen(overlay))
			return true;
	}
	return false;
}

void overlay_let_go(struct inode *inode)
{
	struct overlay_inode *overlay = overlay_of(inode);

	if (!overlay->held)
		return;
	overlay->held = false;
	inode_put(inode);
}

int overlay_own(struct inode *inode)
{
	struct overlay_inode *overlay = overlay_of(inode);

	if (overlay->own_attr)
		return 0;
	int error = overlay_refresh(inode);
	if (error < 0)
		return error;
	overlay->own_attr = true;
	inode->host_checks = false;
	for (struct dentry *name = inode->names; name; name = name->next_name)
		overlay_keep(name);
	if (!list_empty(&overlay->shared)) {
		overlay->held = true;
		inode_get(inode);
	}
	/* Many objects may be changed, and the host has few handles. */
	if (!inode_is(inode, S_IFDIR))
		host_drop_handle(host_of(overlay->lower->inode));
	return 0;
}

static int set_attr(struct inode *inode, const struct hc_fs_set_attr *set)
{
	int error = overlay_own(inode);

	return error < 0 ? error : inode_set_attr(inode, set);
}

void overlay_drop_handles(uint32_t but)
{
	list_for_each (node, &all) {
		struct overlay_inode *overlay = container_of(node, struct overlay_inode, all);

		struct dentry *lower = overlay->lower;

		/* A root cannot be found again. */
		if (lower && lower->parent != lower && host_of(lower->inode)->handle != but)
			host_drop_handle(host_of(lower->inode));
	}
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
	struct inode *inode;
	int error = lower_dir->super->ops->plant(lower_dir, name, length, mode, target, &lower);

	if (error < 0)
		return error;
	lower->fixed = true;
	/* Without asking: what is there is looked at when somebody wants to know. */
	struct overlay_inode *made = allocate();
	if (!made)
		return -ENOMEM;
	inode = &made->memory.inode;
	inode->references = 1;
	inode->ops = ops_of(mode);
	inode->super = dir->super;
	inode->host_checks = true;
	inode->attr.mode = mode;
	made->lower = lower;
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
	.release = release,
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
	.release = release,
};

static const struct inode_ops link_ops_of_overlay = {
	.refresh = overlay_refresh,
	.readlink = readlink,
	.remove = overlay_remove,
	.set_attr = set_attr,
	.xattr_get = get_xattr,
	.xattr_list = list_xattrs,
	.xattr_set = set_xattr,
	.release = release,
};

static const struct inode_ops special_ops_of_overlay = {
	.refresh = overlay_refresh,
	.open = open_special,
	.remove = overlay_remove,
	.set_attr = set_attr,
	.xattr_get = get_xattr,
	.xattr_list = list_xattrs,
	.xattr_set = set_xattr,
	.release = release,
};
