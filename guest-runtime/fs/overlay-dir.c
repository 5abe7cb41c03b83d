// SPDX-License-Identifier: Apache-2.0
/*
 * Overlays: listing. First come the names below, at the offsets that they have
 * there, with what became of them; then those that are only above, by cookie.
 * So no name changes its place while it exists.
 */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/overlay.h"

/* No host file system has offsets whose lower half is as high. */
#define ABOVE_FROM 0x5fffffff80000000
#define ABOVE_END  0x5fffffffffffffff

struct filter {
	struct dir_sink sink;
	struct dir_sink *to;
	struct file *file;
	bool full;
};

static uint64_t parent_ino(struct dentry *dir)
{
	struct dentry *parent = dentry_parent(dir, fs_root);
	uint64_t ino = parent->inode->attr.ino;

	dentry_put(parent);
	return ino ? ino : 1;
}

/* A name below: as it is, changed, or hidden. */
static bool emit_below(struct dir_sink *sink, const char *name, size_t length, uint64_t ino,
		       uint32_t type, uint64_t next)
{
	struct filter *filter = container_of(sink, struct filter, sink);
	struct dentry *dir = filter->file->dentry;

	if (name[0] == '.' && length == 1) {
		if (dir->inode->attr.ino)
			ino = dir->inode->attr.ino;
	} else if (name[0] == '.' && name[1] == '.' && length == 2) {
		ino = parent_ino(dir);
	} else {
		const struct dentry *entry = dentry_peek(dir, name, length);

		if (entry && (entry->fixed || (entry->kept && (!entry->inode || !entry->covers))))
			return true;
		if (entry && entry->kept) {
			if (entry->inode->attr.ino)
				ino = entry->inode->attr.ino;
			type = (entry->inode->attr.mode & S_IFMT) >> 12;
		}
	}
	filter->full = !filter->to->emit(filter->to, name, length, ino, type, next);
	return !filter->full;
}

static int list_above(struct file *file, struct dir_sink *sink)
{
	list_for_each (node, &file->dentry->children) {
		struct dentry *entry = container_of(node, struct dentry, siblings);
		int64_t at = (int64_t)(ABOVE_FROM + entry->cookie);

		if (at < file->offset || !entry->inode ||
		    !(entry->fixed || (entry->kept && !entry->covers)))
			continue;
		struct dentry *seen = dentry_cross(dentry_get(entry));
		const struct hc_attr *attr = &seen->inode->attr;
		bool taken = sink->emit(sink, entry->name, entry->length, attr->ino ? attr->ino : 1,
					(attr->mode & S_IFMT) >> 12, (uint64_t)at + 1);

		dentry_put(seen);
		if (!taken)
			break;
		file->offset = at + 1;
	}
	return 0;
}

static int overlay_readdir(struct file *file, struct dir_sink *sink)
{
	struct filter filter = { .sink = { emit_below }, .to = sink, .file = file };
	struct file *below = file->private;

	if (dentry_removed(file->dentry))
		return -ENOENT;
	if (file->offset < (int64_t)ABOVE_FROM || file->offset > (int64_t)ABOVE_END) {
		below->offset = file->offset;
		int error = below->ops->readdir(below, &filter.sink);

		if (error < 0 || filter.full) {
			file->offset = below->offset;
			return error;
		}
		file->offset = ABOVE_FROM;
	}
	return list_above(file, sink);
}

static int64_t seek(struct file *file, int64_t offset, int whence)
{
	struct file *below = file->private;
	int64_t at = seek_directory(file, offset, whence);

	/* rewinddir(3) wants to see what changed. */
	if (at >= 0)
		below->ops->seek(below, 0, 0);
	return at;
}

static void release(struct file *file)
{
	file_put(file->private);
}

static const struct file_ops overlay_directory_ops = {
	.readdir = overlay_readdir,
	.seek = seek,
	.release = release,
};

int overlay_open_directory(struct file *file)
{
	struct dentry *lower = overlay_of(file->inode)->lower;

	file->ops = &directory_ops;
	if (!lower)
		return 0;
	struct file *below = file_create(lower->inode, lower, O_RDONLY | O_DIRECTORY);
	if (!below)
		return -ENOMEM;
	int error = lower->inode->ops->open(below);
	if (error < 0) {
		file_put(below);
		/* On the way to a mount, where the host has nothing. */
		return error == -ENOENT && file->dentry->fixed ? 0 : error;
	}
	file->private = below;
	file->ops = &overlay_directory_ops;
	return 0;
}

static bool find_any(struct dir_sink *sink, const char *name, size_t length, uint64_t ino,
		     uint32_t type, uint64_t next)
{
	(void)sink, (void)ino, (void)type, (void)next;
	return name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.'));
}

int overlay_empty(struct dentry *dir)
{
	struct filter found = { .sink = { find_any } };
	struct filter all = { .sink = { emit_below }, .to = &found.sink };

	list_for_each (node, &dir->children) {
		const struct dentry *entry = container_of(node, struct dentry, siblings);

		if (entry->kept && entry->inode)
			return -ENOTEMPTY;
	}
	if (!overlay_of(dir->inode)->lower)
		return 0;
	struct file *file = file_create(dir->inode, dir, O_RDONLY | O_DIRECTORY);
	if (!file)
		return -ENOMEM;
	int error = overlay_open_directory(file);
	if (error == 0 && file->private) {
		struct file *below = file->private;

		all.file = file;
		error = below->ops->readdir(below, &all.sink);
	}
	file_put(file);
	return error < 0 ? error : all.full ? -ENOTEMPTY : 0;
}
