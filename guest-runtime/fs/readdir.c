// SPDX-License-Identifier: Apache-2.0
/* Listing of directories whose names are dentries. */
#include "guest-runtime/fs/vfs.h"

static bool emit_self(struct file *file, struct dir_sink *sink)
{
	if (!sink->emit(sink, ".", 1, file->inode->attr.ino, S_IFDIR >> 12, 1))
		return false;
	file->offset = 1;
	return true;
}

static bool emit_parent(struct file *file, struct dir_sink *sink)
{
	struct dentry *parent = dentry_parent(file->dentry, fs_root);
	bool taken =
		sink->emit(sink, "..", 2, parent->inode->attr.ino ? parent->inode->attr.ino : 1,
			   S_IFDIR >> 12, 2);

	dentry_put(parent);
	if (taken)
		file->offset = 2;
	return taken;
}

bool readdir_dots(struct file *file, struct dir_sink *sink)
{
	return (file->offset != 0 || emit_self(file, sink)) &&
	       (file->offset != 1 || emit_parent(file, sink));
}

/*
 * A name made at cookie c stands at offset c + 2, for good: what comes and goes
 * in between does not move it.
 */
/* dir->children, with "." and "..". */
static int list_children(struct file *file, struct dir_sink *sink)
{
	if (dentry_removed(file->dentry))
		return -ENOENT;
	if (!readdir_dots(file, sink))
		return 0;
	list_for_each (node, &file->dentry->children) {
		struct dentry *entry = container_of(node, struct dentry, siblings);

		if ((int64_t)entry->cookie + 2 < file->offset || !entry->inode)
			continue;
		struct dentry *seen = dentry_cross(dentry_get(entry));
		const struct hc_attr *attr = &seen->inode->attr;
		bool taken = sink->emit(sink, entry->name, entry->length, attr->ino ? attr->ino : 1,
					(attr->mode & S_IFMT) >> 12, entry->cookie + 3);
		dentry_put(seen);
		if (!taken)
			break;
		file->offset = (int64_t)entry->cookie + 3;
	}
	return 0;
}

int64_t seek_directory(struct file *file, int64_t offset, int whence)
{
	if (whence == 1)
		offset += file->offset;
	else if (whence != 0)
		return -EINVAL;
	return offset < 0 ? -EINVAL : (file->offset = offset);
}

const struct file_ops directory_ops = { .readdir = list_children, .seek = seek_directory };
