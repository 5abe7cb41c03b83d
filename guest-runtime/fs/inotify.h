/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inotify: watches on objects, and the events that changes made in here cause.
 * Those of the host are not seen.
 */
#ifndef GUEST_FS_INOTIFY_H
#define GUEST_FS_INOTIFY_H

#include "guest-runtime/fs/vfs.h"

#include <linux/inotify.h>

struct inotify;

struct file *inotify_create(uint32_t flags);   /* O_NONBLOCK; NULL: no memory */
struct inotify *inotify_of(struct file *file); /* NULL: it is none */
/* mask: IN_*. The watch's number, or -EEXIST, -ENOMEM. */
int inotify_add(struct inotify *inotify, struct dentry *entry, uint32_t mask);
int inotify_remove(struct inotify *inotify, int watch); /* -EINVAL: there is none */

extern uint32_t inotify_watches; /* of all: without any, nobody need be told */

void inotify_tell(struct dentry *entry, uint32_t mask);
void inotify_tell_name(struct dentry *dir, const struct dentry *entry, const char *name,
		       size_t length, uint32_t mask, uint32_t cookie);
void inotify_tell_move(struct dentry *entry, struct dentry *from_dir, const char *from,
		       size_t from_length, struct dentry *victim);
void inotify_tell_link(struct dentry *object, struct dentry *dir, const char *name, size_t length);
void inotify_tell_removed(struct dentry *entry);
void inotify_tell_end(const struct inode *inode);

/* Something was done to an object: it and its directory hear of it. */
static inline void notify(struct dentry *entry, uint32_t mask)
{
	if (inotify_watches && entry)
		inotify_tell(entry, mask);
}

/* A name came: its directory hears of it. */
static inline void notify_name(struct dentry *entry, uint32_t mask)
{
	if (inotify_watches && entry)
		inotify_tell_name(entry->parent, entry, entry->name, entry->length, mask, 0);
}

/* object got another name. */
static inline void notify_link(struct dentry *object, struct dentry *dir, const char *name,
			       size_t length)
{
	if (inotify_watches)
		inotify_tell_link(object, dir, name, length);
}

static inline void notify_removed(struct dentry *entry)
{
	if (inotify_watches)
		inotify_tell_removed(entry);
}

/* entry has moved to where it is; victim: what was there before, or NULL. */
static inline void notify_move(struct dentry *entry, struct dentry *from_dir, const char *from,
			       size_t from_length, struct dentry *victim)
{
	if (inotify_watches)
		inotify_tell_move(entry, from_dir, from, from_length, victim);
}

/* A name or an open file of the object went: perhaps it was the last, and the object is gone. */
static inline void notify_end(const struct inode *inode)
{
	if (inotify_watches)
		inotify_tell_end(inode);
}

#endif
