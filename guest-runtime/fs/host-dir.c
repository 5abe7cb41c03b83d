// SPDX-License-Identifier: Apache-2.0
/*
 * Listing host directories: records come in batches, one exit each. Mounts
 * that lie in the directory are listed last, in place of what they cover.
 */
#include "guest-runtime/fs/host-list.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/mm/heap.h"

#define BATCH 32728 /* with the rest of struct listing, 32 KiB */

/* The offset of the nth mount in the list; no file system's own cookies are as these. */
#define MOUNTS_FROM 0x5fffffffffff0000

struct record {
	uint64_t ino;
	int64_t next;
	uint16_t length;
	uint8_t type;
	char name[];
};

struct listing {
	size_t at, length; /* in bytes */
	uint64_t cookie;   /* of bytes[at] */
	bool end;	   /* nothing comes after them */
	char bytes[BATCH];
};

static int refill(struct file *file, struct listing *list)
{
	uint32_t handle;
	int error = host_handle(host_of(file->inode), HOST_READ, &handle);

	if (error < 0)
		return error;
	int64_t got =
		host_fs_readdir(handle, (uint64_t)file->offset, kernel_segment(list->bytes, BATCH));
	list->at = 0;
	list->length = got < 0 ? 0 : (size_t)got;
	list->cookie = (uint64_t)file->offset;
	list->end = got >= 0 && BATCH - got >= HC_DIRENT_MAX;
	if (file->offset == 0)
		host_list_begin(host_of(file->inode));
	if (got > 0)
		host_list_add(host_of(file->inode), list->bytes, list->length);
	return (int)got;
}

/* Is the name covered by the mount plan? */
static bool planned(struct dentry *dir, const char *name)
{
	list_for_each (node, &dir->children) {
		struct dentry *entry = container_of(node, struct dentry, siblings);

		if (entry->fixed && strcmp(entry->name, name) == 0)
			return true;
	}
	return false;
}

static int list_mounts(struct file *file, struct dir_sink *sink)
{
	int64_t index = 0, from = file->offset - MOUNTS_FROM;

	list_for_each (node, &file->dentry->children) {
		struct dentry *entry = container_of(node, struct dentry, siblings);

		if (!entry->fixed || !entry->inode)
			continue;
		if (index++ < from)
			continue;
		struct dentry *seen = dentry_cross(dentry_get(entry));
		uint32_t type = (seen->inode->attr.mode & S_IFMT) >> 12;
		bool taken = sink->emit(sink, entry->name, entry->length,
					seen->inode->attr.ino ? seen->inode->attr.ino : 1, type,
					(uint64_t)(MOUNTS_FROM + index));
		dentry_put(seen);
		if (!taken)
			break;
		file->offset = MOUNTS_FROM + index;
	}
	return 0;
}

static int host_readdir(struct file *file, struct dir_sink *sink)
{
	struct listing *list = file->private;

	if (!list) {
		list = file->private = kmalloc(sizeof(*list));
		if (!list)
			return -ENOMEM;
	}
	while (file->offset < MOUNTS_FROM || file->offset > MOUNTS_FROM + 0xffff) {
		if (list->cookie != (uint64_t)file->offset || list->at >= list->length) {
			bool end = list->end && list->cookie == (uint64_t)file->offset;
			int got = end ? 0 : refill(file, list);

			if (got < 0)
				return got;
			if (got == 0) {
				file->offset = MOUNTS_FROM;
				break;
			}
		}
		const struct record *record = (const void *)(list->bytes + list->at);
		if (!planned(file->dentry, record->name) &&
		    !sink->emit(sink, record->name, strlen(record->name), record->ino, record->type,
				(uint64_t)record->next))
			return 0;
		list->at += record->length;
		file->offset = record->next;
		list->cookie = (uint64_t)record->next;
	}
	return list_mounts(file, sink);
}

static int64_t seek(struct file *file, int64_t offset, int whence)
{
	struct listing *list = file->private;
	int64_t at = seek_directory(file, offset, whence);

	/* rewinddir(3) wants to see what changed. */
	if (list && at >= 0)
		list->at = list->length = list->end = 0;
	return at;
}

static void release(struct file *file)
{
	kfree(file->private);
}

const struct file_ops host_readdir_ops = {
	.readdir = host_readdir,
	.seek = seek,
	.release = release,
};
