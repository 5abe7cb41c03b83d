// SPDX-License-Identifier: Apache-2.0
/*
 * Names on writable host mounts: made, linked, removed, moved. The host does
 * it and says what is wrong; what is known here follows.
 */
#include "guest-runtime/fs/host.h"
#include "guest-runtime/host/hypercall.h"

#include <linux/fs.h>

#define MODE_MAX 01777u /* set-id bits are nobody's to give */

static struct host_name name_of(const struct dentry *entry)
{
	return (struct host_name){ .bytes = entry->name, .length = entry->length };
}

/* Forgets what was known of a name. */
static void drop_name(struct dentry *dir, const char *name, size_t length)
{
	struct dentry *entry = dentry_find(dir, name, length);

	if (entry)
		dentry_unhash(entry);
	dentry_put(entry);
}

/* The new object that reply tells of, under its name, or nameless when name is NULL. */
static int enter(struct dentry *dir, const char *name, size_t length,
		 const struct hc_fs_walk_out *reply, struct dentry **out)
{
	struct inode *inode;

	host_changed(dir->inode);
	if (name) {
		drop_name(dir, name, length);
		*out = host_add(dir, name, length, reply->attr.mode);
	} else {
		inode = host_inode_create(dir->super, reply->attr.mode);
		*out = inode ? dentry_create_nameless(dir, inode) : NULL;
		if (*out)
			host_of(inode)->entry = *out;
		else
			inode_put(inode);
	}
	if (!*out) {
		host_fs_close(reply->handle);
		return -ENOMEM;
	}
	host_settle(host_of((*out)->inode), reply,
		    inode_is((*out)->inode, S_IFREG) ? HC_WALK_OPEN | HC_WALK_WRITE : HC_WALK_OPEN);
	host_of((*out)->inode)->made = reply->opened;
	return 0;
}

static int make(struct dentry *dir, enum hc_create_kind kind, const char *name, size_t length,
		uint32_t mode, struct hc_segment target, struct dentry **out)
{
	struct host_name text = { .bytes = name, .length = length };
	struct hc_fs_walk_out reply;
	uint32_t handle;

	if (mode & 07777 & ~MODE_MAX)
		return -EPERM;
	int error = host_handle(host_of(dir->inode), HOST_ANY, &handle);
	if (error < 0)
		return error;
	mode &= MODE_MAX;
	int64_t result = host_fs_create(handle, kind, text, mode, target, &reply);
	if (host_make_room(result, handle))
		result = host_fs_create(handle, kind, text, mode, target, &reply);
	if (result == -EEXIST)
		drop_name(dir, name, length);
	return result < 0 ? (int)result : enter(dir, name, length, &reply, out);
}

int host_create(struct dentry *dir, const char *name, size_t length, uint32_t mode, uint64_t rdev,
		const char *target, struct dentry **out)
{
	struct hc_segment none = { 0 };

	(void)rdev;
	switch (mode & S_IFMT) {
	case S_IFREG:
		return make(dir, HC_CREATE_FILE, name, length, mode, none, out);
	case S_IFDIR:
		return make(dir, HC_CREATE_DIRECTORY, name, length, mode & ~06000u, none, out);
	case S_IFLNK:
		return make(dir, HC_CREATE_SYMLINK, name, length, 0,
			    kernel_segment(target, strlen(target)), out);
	default:
		return -EPERM; /* no special files come to be on the host (I6) */
	}
}

int host_temporary(struct dentry *dir, uint32_t mode, struct dentry **out)
{
	return make(dir, HC_CREATE_TEMPORARY, NULL, 0, mode, (struct hc_segment){ 0 }, out);
}

/* The new name gets an inode of its own when it is looked up: each has one name here. */
int host_link(struct dentry *dir, const char *name, size_t length, struct inode *inode)
{
	struct host_name text = { .bytes = name, .length = length };
	uint32_t handle, object;
	int error = host_handle(host_of(dir->inode), HOST_ANY, &handle);

	if (error == 0)
		error = host_handle(host_of(inode), HOST_ANY, &object);
	if (error == 0)
		error = (int)host_fs_link(handle, text, object);
	if (error == 0 || error == -EEXIST)
		drop_name(dir, name, length);
	if (error == 0) {
		host_changed(dir->inode);
		host_changed(inode);
		inode->linkable = false;
	}
	return error;
}

int host_remove(struct dentry *entry)
{
	uint32_t handle;
	int error = host_handle(host_of(entry->parent->inode), HOST_ANY, &handle);

	if (error == 0)
		error = host_pin(entry);
	if (error == 0)
		error = (int)host_fs_remove(handle, name_of(entry),
					    inode_is(entry->inode, S_IFDIR));
	if (error == -ENOENT)
		dentry_unhash(entry);
	if (error < 0)
		return error;
	host_changed(entry->parent->inode);
	host_changed(entry->inode);
	host_of(entry->inode)->removed = true;
	dentry_unhash(entry);
	return 0;
}

/* Both directories' handles, and what is replaced or moved outlives its name. */
static int prepare(struct dentry *from, struct dentry *dir, struct dentry *to, uint32_t *handle,
		   uint32_t *to_handle)
{
	int error = host_handle(host_of(from->parent->inode), HOST_ANY, handle);

	if (error == 0)
		error = host_handle(host_of(dir->inode), HOST_ANY, to_handle);
	return error == 0 && to ? host_pin(to) : error;
}

int host_rename(struct dentry *from, struct dentry *dir, const char *name, size_t length,
		struct dentry *victim)
{
	struct host_name text = { .bytes = name, .length = length };
	struct dentry *old = from->parent;
	uint32_t handle, to_handle;
	int error = prepare(from, dir, victim, &handle, &to_handle);

	if (error == 0)
		error = (int)host_fs_rename(handle, name_of(from), to_handle, text, 0);
	if (error < 0)
		return error;
	host_changed(old->inode);
	host_changed(dir->inode);
	host_changed(from->inode);
	if (victim) {
		host_changed(victim->inode);
		host_of(victim->inode)->removed = true;
	}
	drop_name(dir, name, length);
	/*
	 * Done is done: without memory for the name it is looked up again. So is what may be a
	 * second name of the victim's file: then nothing was done, as rename(2) has it.
	 */
	bool twin = victim && !inode_is(from->inode, S_IFDIR) && from->inode->attr.nlink != 1;
	if (twin || dentry_move(from, dir, name, length) < 0)
		dentry_unhash(from);
	else
		from->checked = host_stamp();
	return 0;
}

int host_exchange(struct dentry *a, struct dentry *b)
{
	uint32_t handle, to_handle;
	int error = prepare(a, b->parent, NULL, &handle, &to_handle);

	if (error == 0)
		error = (int)host_fs_rename(handle, name_of(a), to_handle, name_of(b),
					    RENAME_EXCHANGE);
	if (error < 0)
		return error;
	host_changed(a->parent->inode);
	host_changed(b->parent->inode);
	host_changed(a->inode);
	host_changed(b->inode);
	if (dentry_swap(a, b) < 0) {
		dentry_unhash(a);
		dentry_unhash(b);
	}
	return 0;
}
