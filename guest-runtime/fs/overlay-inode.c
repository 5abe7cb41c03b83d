// SPDX-License-Identifier: Apache-2.0
/* Overlays: inodes, what they show of below, and how their attributes become their own. */
#include "guest-runtime/fs/host.h"
#include "guest-runtime/fs/overlay.h"
#include "guest-runtime/mm/heap.h"

#define SHARED_SLOTS 64u
#define DEVICES_MAX  16u

static struct list all = LIST_INIT(all);
static struct list shared[SHARED_SLOTS];

/*
 * st_dev of what is below: another number for each of the host's, the super's
 * own for its root's.
 */
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

static struct list *slot_of(uint64_t ino)
{
	struct list *slot = &shared[(ino ^ ino >> 6) % SHARED_SLOTS];

	if (!slot->next)
		list_init(slot);
	return slot;
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

void overlay_release(struct inode *inode)
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
	inode_init(inode, super, overlay_ops_of(mode), mode);
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

struct inode *overlay_reflect(struct super *super, uint32_t mode, struct dentry *lower)
{
	struct overlay_inode *made = allocate();

	if (!made)
		return NULL;
	struct inode *inode = &made->memory.inode;
	inode->references = 1;
	inode->ops = overlay_ops_of(mode);
	inode->super = super;
	inode->host_checks = true;
	inode->attr.mode = mode;
	made->lower = lower;
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
	inode = overlay_reflect(super, below->attr.mode, lower);
	if (!inode)
		return NULL;
	dentry_get(lower);
	if (known)
		take_attr(inode, &below->attr);
	if (several) {
		struct overlay_inode *made = overlay_of(inode);

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
