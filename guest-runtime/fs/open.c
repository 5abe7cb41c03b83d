// SPDX-License-Identifier: Apache-2.0
/* open(2): walk or create, check, and let the file system set up the file. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/inotify.h"
#include "guest-runtime/fs/names.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/proc/process.h"

/* Flags of an open file that F_GETFL shows. */
#define STATUS_FLAGS \
	(O_ACCMODE | O_APPEND | O_NONBLOCK | O_DSYNC | __O_SYNC | FASYNC | O_DIRECT | \
	 O_LARGEFILE | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_PATH | __O_TMPFILE)

static const struct file_ops path_ops = { 0 };

/* What open wants to do, as an access mask. */
static uint32_t wanted(uint32_t flags)
{
	static const uint8_t masks[] = { 4, 2, 6, 6 };

	return masks[flags & O_ACCMODE] | (flags & O_TRUNC ? 2 : 0);
}

static int check(struct dentry *entry, uint32_t flags, bool created)
{
	struct inode *inode = entry->inode;
	uint32_t mask = wanted(flags);

	if ((flags & O_DIRECTORY) && !inode_is(inode, S_IFDIR))
		return -ENOTDIR;
	if (inode_is(inode, S_IFLNK))
		return -ELOOP;
	if (inode_is(inode, S_IFDIR) && ((mask & 2) || (flags & O_CREAT)))
		return -EISDIR;
	if (created)
		return 0;
	if ((mask & 2) && entry->super->read_only &&
	    (inode_is(inode, S_IFREG) || inode_is(inode, S_IFDIR)))
		return note_entry(NOTE_WRITE, entry, -EROFS);
	/* On host mounts the host decides; it is asked to open next. */
	if (!entry->super->ops->no_override) {
		int error = inode_access(inode, mask, false);

		if (error < 0)
			return error;
	}
	if ((flags & O_NOATIME) && !inode_owned(inode))
		return -EPERM;
	return 0;
}

static void note_opened(struct dentry *entry, uint32_t mask)
{
	if (mask & 4)
		note_done(NOTE_READ, entry);
	if (mask & 2)
		note_done(NOTE_WRITE, entry);
}

static int finish(struct dentry *entry, uint32_t flags, bool created, struct file **out)
{
	struct inode *inode = entry->inode;
	int error = 0;

	if (!(flags & O_PATH))
		error = check(entry, flags, created);
	else if ((flags & O_DIRECTORY) && !inode_is(inode, S_IFDIR))
		error = -ENOTDIR;
	if (error < 0)
		return error;
	if (!(flags & O_PATH) && (wanted(flags) & 2) && inode->runners)
		return -ETXTBSY;
	struct file *file =
		file_create(inode, entry, (flags & (STATUS_FLAGS | O_NOCTTY)) | O_LARGEFILE);
	if (!file)
		return -ENOMEM;
	if (flags & O_PATH) {
		file->flags = flags & (O_PATH | O_DIRECTORY | O_NOFOLLOW);
		file->ops = &path_ops;
	} else {
		error = inode->ops->open ? inode->ops->open(file) : -ENXIO;
		file->flags &= ~(uint32_t)O_NOCTTY;
	}
	if (error == 0 && (flags & O_TRUNC) && !(flags & O_PATH) && !created &&
	    inode_is(inode, S_IFREG))
		error = inode->ops->truncate ? inode->ops->truncate(inode, 0) : 0;
	if (error < 0) {
		file_put(file);
		return error;
	}
	if (!(flags & O_PATH)) {
		if (notes_allowed() && !created)
			note_opened(entry, wanted(flags));
		notify(entry, IN_OPEN);
		if ((flags & O_TRUNC) && !created)
			notify(entry, IN_MODIFY);
	}
	*out = file;
	return 0;
}

/*
 * The last name of an O_CREAT, found or made. On host mounts, whoever wants a
 * new one (O_EXCL) is told by its making that it is there: no look before it.
 */
static int find_or_make(const struct walk *walk, uint32_t flags, uint32_t mode,
			struct dentry **entry, bool *created)
{
	bool blind = (flags & O_EXCL) && walk->at->super->ops->create_tells &&
		     walk->length <= FS_NAME_MAX &&
		     !dentry_peek(walk->at, walk->name, walk->length);
	int error = blind ? -ENOENT : walk_name(walk->at, walk->name, walk->length, false, entry);

	if (error != -ENOENT)
		return error;
	error = name_create(walk->at, walk->name, walk->length,
			    S_IFREG | (mode & 07777 & ~current()->fs->umask), 0, NULL, entry);
	*created = error == 0;
	if (error == -EEXIST ? flags & O_EXCL : error == 0 || !blind)
		return error;
	/* The host knew better: it is there by now. Or it is, and nothing new may be. */
	int found = walk_name(walk->at, walk->name, walk->length, false, entry);
	return found == -ENOENT ? error : found;
}

/* O_CREAT without O_PATH: the last name may come to be. */
static int create(int dirfd, const char *path, uint32_t flags, uint32_t mode, uint64_t resolve,
		  struct file **out)
{
	struct walk walk;
	struct dentry *entry = NULL;
	int error = walk_resolve(dirfd, path, WALK_PARENT | WALK_FOR(NOTE_CREATE), resolve, &walk);

	if (error < 0)
		return error;
	if (walk.last != LAST_NAME || walk.slash) {
		dentry_put(walk.at);
		return -EISDIR;
	}
	bool created = false;
	error = find_or_make(&walk, flags, mode, &entry, &created);
	if (error == 0 && created) {
		/* Nothing to be checked. */
	} else if (error == 0 && (flags & O_EXCL)) {
		dentry_put(entry);
		error = -EEXIST;
	} else if (error == 0 && inode_is(entry->inode, S_IFLNK)) {
		dentry_put(entry);
		/*
		 * Through the link: to a target that exists, or creating it
		 * where the link points.
		 */
		error = flags & O_NOFOLLOW
				? -ELOOP
				: name_through_link(dirfd, path, resolve, mode, &entry, &created);
	}
	dentry_put(walk.at);
	if (error < 0)
		return error;
	error = finish(entry, flags, created, out);
	dentry_put(entry);
	return error;
}

static int temporary(int dirfd, const char *path, uint32_t flags, uint32_t mode, uint64_t resolve,
		     struct file **out)
{
	struct walk walk;
	struct dentry *entry = NULL;
	int error = walk_resolve(dirfd, path, WALK_FOLLOW | WALK_FOR(NOTE_CREATE), resolve, &walk);

	if (error < 0)
		return error;
	struct inode *dir = walk.at->inode;
	if (!inode_is(dir, S_IFDIR))
		error = -ENOTDIR;
	else if (walk.at->super->read_only)
		error = note_entry(NOTE_CREATE, walk.at, -EROFS);
	else if (!dir->ops->temporary)
		error = -EOPNOTSUPP;
	else
		error = inode_access(dir, 3, false);
	if (error == 0)
		error = dir->ops->temporary(
			walk.at, S_IFREG | (mode & 07777 & ~current()->fs->umask), &entry);
	dentry_put(walk.at);
	if (error)
		return error;
	entry->inode->linkable = !(flags & O_EXCL);
	error = finish(entry, flags & ~(uint32_t)O_DIRECTORY, true, out);
	dentry_put(entry);
	return error;
}

int open_at(int dirfd, const char *path, uint32_t flags, uint32_t mode, uint64_t resolve,
	    struct file **out)
{
	struct walk walk;

	if (flags & O_PATH)
		flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	if ((flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY))
		return -EINVAL;
	if (flags & __O_TMPFILE) {
		if ((flags & O_TMPFILE) != O_TMPFILE || !(wanted(flags) & 2))
			return -EINVAL;
		return temporary(dirfd, path, flags, mode, resolve, out);
	}
	if (flags & O_CREAT)
		return create(dirfd, path, flags, mode, resolve, out);
	uint32_t how = (flags & O_NOFOLLOW ? 0 : WALK_FOLLOW) |
		       (flags & O_PATH || (wanted(flags) & 2) ? 0 : WALK_OPEN) |
		       (flags & O_PATH || !(wanted(flags) & 2) ? 0 : WALK_FOR(NOTE_WRITE));
	int error = walk_resolve(dirfd, path, how, resolve, &walk);
	if (error < 0)
		return error;
	error = finish(walk.at, flags, false, out);
	dentry_put(walk.at);
	return error;
}
