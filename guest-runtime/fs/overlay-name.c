// SPDX-License-Identifier: Apache-2.0
/*
 * Overlays: finding names, and changing them. What the caller must check is
 * checked (names.c, remove.c).
 */
#include "guest-runtime/fs/overlay.h"

#include "guest-runtime/fs/host.h"
#include "guest-runtime/fs/walk.h"

/* The name shows what lower is; an old dentry stays while it does, too. */
static struct dentry *learn(struct dentry *dir, const char *name, size_t length,
			    struct dentry *lower)
{
	struct dentry *entry = dentry_find(dir, name, length);

	if (entry && (entry->kept || entry->fixed))
		return entry;
	if (entry && !overlay_shows(entry->inode, lower)) {
		dentry_unhash(entry);
		dentry_put(entry);
		entry = NULL;
	}
	if (!entry) {
		struct inode *inode = overlay_show(dir->super, lower);

		entry = inode ? dentry_create(dir, name, length, inode) : NULL;
		if (!entry) {
			inode_put(inode);
			return NULL;
		}
		/* Another name of an object that was changed. */
		if (overlay_of(inode)->own_attr)
			overlay_keep(entry);
	}
	entry->checked = host_stamp();
	return entry;
}

/* Names below dir for those in path, which lead from lower_dir to lower. */
static struct dentry *learn_all(struct dentry *dir, const char *path, size_t length,
				struct dentry *lower_dir, struct dentry *lower)
{
	struct dentry *at = dentry_get(dir), *below = dentry_get(lower_dir);

	for (size_t done = 0; at && done < length;) {
		size_t n = path_component(path + done, length - done);
		bool last = done + n == length;
		struct dentry *next_below =
			last ? dentry_get(lower) : dentry_find(below, path + done, n);
		struct dentry *next = next_below && next_below->inode
					      ? learn(at, path + done, n, next_below)
					      : NULL;

		dentry_put(at);
		dentry_put(below);
		at = next;
		below = next_below;
		done += n + !last;
	}
	dentry_put(below);
	return at;
}

int overlay_lookup(struct dentry *dir, const char *rest, size_t length, bool open,
		   struct dentry **out, size_t *used)
{
	struct dentry *lower_dir = overlay_of(dir->inode)->lower, *lower, *stale;

	if (!lower_dir)
		return -ENOENT;
	int error = walk_run(lower_dir, rest, length, open, &lower, used);
	if (error < 0) {
		stale = dentry_find(dir, rest, path_component(rest, length));
		if (stale && error == -ENOENT && !stale->kept && !stale->fixed)
			dentry_unhash(stale);
		dentry_put(stale);
		return error;
	}
	*out = learn_all(dir, rest, *used, lower_dir, lower);
	dentry_put(lower);
	return *out ? 0 : -ENOMEM;
}

/* The directory's side of a name that comes (1) or goes (-1). */
static void count_name(struct dentry *dir, const struct inode *inode, int change)
{
	struct hc_attr *attr = &dir->inode->attr;

	/* A file system that does not count directories says 1. */
	if (inode_is(inode, S_IFDIR) && attr->nlink > 1)
		attr->nlink += (uint32_t)change;
	inode_touch(dir->inode, true);
}

/* dir is about to change: its attributes, and that it is remembered. */
static int own_directory(struct dentry *dir)
{
	int error = overlay_own(dir->inode);

	if (error == 0)
		overlay_keep(dir);
	return error;
}

static bool covers(const struct dentry *entry)
{
	return !entry->kept || entry->covers;
}

static void drop_kept(struct dentry *entry)
{
	bool kept = entry->kept;

	entry->kept = false;
	dentry_unhash(entry); /* and frees it when nobody has a reference */
	if (kept)
		dentry_put(entry);
}

/* The whiteout that hides a name below, or NULL; a reference. */
static struct dentry *find_whiteout(struct dentry *dir, const char *name, size_t length)
{
	struct dentry *entry = dentry_find(dir, name, length);

	if (entry && (entry->inode || !entry->kept)) {
		dentry_put(entry);
		entry = NULL;
	}
	return entry;
}

/* From now on there is nothing at this name. */
static int add_whiteout(struct dentry *dir, const char *name, size_t length)
{
	struct dentry *entry = dentry_create(dir, name, length, NULL);

	if (!entry)
		return -ENOSPC;
	entry->kept = entry->covers = true; /* with the first reference */
	return 0;
}

/* A name that is not there, for inode, whose reference is taken over; *out borrowed. */
static int add_name(struct dentry *dir, const char *name, size_t length, struct inode *inode,
		    struct dentry **out)
{
	struct dentry *whiteout = find_whiteout(dir, name, length);
	struct dentry *entry = inode ? dentry_create(dir, name, length, inode) : NULL;

	if (!entry) {
		inode_put(inode);
		dentry_put(whiteout);
		return -ENOSPC;
	}
	entry->kept = true;
	entry->covers = whiteout != NULL;
	if (whiteout) {
		drop_kept(whiteout);
		dentry_put(whiteout);
	}
	count_name(dir, inode, 1);
	*out = entry;
	return 0;
}

int overlay_create(struct dentry *dir, const char *name, size_t length, uint32_t mode,
		   uint64_t rdev, const char *target, struct dentry **out)
{
	int error = own_directory(dir);

	if (error < 0)
		return error;
	struct inode *inode = overlay_make(dir->super, mode, target);
	if (inode) {
		inode->attr.rdev = rdev;
		inode_own(inode);
		if (dir->inode->attr.mode & S_ISGID) {
			inode->attr.gid = dir->inode->attr.gid;
			if (inode_is(inode, S_IFDIR))
				inode->attr.mode |= S_ISGID;
		}
	}
	error = add_name(dir, name, length, inode, out);
	if (error == 0)
		dentry_get(*out);
	return error;
}

int overlay_temporary(struct dentry *dir, uint32_t mode, struct dentry **out)
{
	struct inode *inode = overlay_make(dir->super, mode, NULL);

	if (!inode)
		return -ENOSPC;
	inode_own(inode);
	if (dir->inode->attr.mode & S_ISGID)
		inode->attr.gid = dir->inode->attr.gid;
	inode->attr.nlink = 0;
	*out = dentry_create_nameless(dir, inode);
	if (!*out)
		inode_put(inode);
	return *out ? 0 : -ENOSPC;
}

int overlay_link(struct dentry *dir, const char *name, size_t length, struct inode *inode)
{
	struct dentry *entry;
	int error = own_directory(dir);

	if (error == 0)
		error = overlay_own(inode);
	if (error == 0)
		error = add_name(dir, name, length, inode_get(inode), &entry);
	if (error == 0) {
		inode->attr.nlink++;
		inode->linkable = false;
		inode_touch(inode, false);
	}
	return error;
}

/* What a directory that is removed still has: whiteouts, and names to be forgotten. */
static void drop_children(struct dentry *dir)
{
	while (!list_empty(&dir->children))
		drop_kept(container_of(dir->children.next, struct dentry, siblings));
}

/* The name goes; what it hid shows again unless there is a whiteout, or another name. */
static void remove_name(struct dentry *entry)
{
	struct inode *inode = entry->inode;

	count_name(entry->parent, inode, -1);
	inode->attr.nlink = inode_is(inode, S_IFDIR) ? 0 : inode->attr.nlink - 1;
	inode_touch(inode, false);
	drop_children(entry);
	drop_kept(entry);
	if (inode->attr.nlink == 0)
		overlay_let_go(inode);
}

int overlay_remove(struct dentry *entry)
{
	struct dentry *dir = entry->parent;
	int error = own_directory(dir);

	if (error == 0)
		error = overlay_own(entry->inode);
	if (error == 0 && covers(entry))
		error = add_whiteout(dir, entry->name, entry->length);
	if (error == 0)
		remove_name(entry);
	return error;
}

int overlay_rename(struct dentry *from, struct dentry *dir, const char *name, size_t length,
		   struct dentry *victim)
{
	struct dentry *old = dentry_get(from->parent), *hidden = NULL;
	int error = own_directory(old);

	if (error == 0)
		error = own_directory(dir);
	if (error == 0)
		error = overlay_own(from->inode);
	if (error == 0 && victim)
		error = overlay_own(victim->inode);
	overlay_keep(from);
	if (error == 0 && from->covers)
		error = add_whiteout(old, from->name, from->length);
	if (error == 0) {
		if (!victim)
			hidden = find_whiteout(dir, name, length);
		bool to_covers = victim ? covers(victim) : hidden != NULL;
		bool from_covers = from->covers;

		error = dentry_move(from, dir, name, length);
		if (error == 0) {
			from->covers = to_covers;
			count_name(old, from->inode, -1);
			count_name(dir, from->inode, 1);
			inode_touch(from->inode, false);
			if (victim)
				remove_name(victim);
			if (hidden)
				drop_kept(hidden);
		} else if (from_covers) {
			drop_kept(dentry_peek(old, from->name, from->length));
		}
		dentry_put(hidden);
	}
	dentry_put(old);
	return error;
}

int overlay_exchange(struct dentry *a, struct dentry *b)
{
	int error = own_directory(a->parent);

	if (error == 0)
		error = own_directory(b->parent);
	if (error == 0)
		error = overlay_own(a->inode);
	if (error == 0)
		error = overlay_own(b->inode);
	if (error < 0)
		return error;
	overlay_keep(a);
	overlay_keep(b);
	error = dentry_swap(a, b);
	if (error < 0)
		return error;
	bool a_covers = a->covers;
	a->covers = b->covers;
	b->covers = a_covers;
	count_name(b->parent, a->inode, -1);
	count_name(b->parent, b->inode, 1);
	count_name(a->parent, b->inode, -1);
	count_name(a->parent, a->inode, 1);
	inode_touch(a->inode, false);
	inode_touch(b->inode, false);
	return 0;
}
