// SPDX-License-Identifier: Apache-2.0
/* PID/fd and PID/fdinfo: a name for each open descriptor. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"

#define FD_PATH	  "PID/fd"
#define INFO_PATH "PID/fdinfo"

static bool is_path(const struct text_inode *dir, const char *path)
{
	return dir->length == strlen(path) && strncmp(dir->path, path, dir->length) == 0;
}

bool descriptors_are(const struct text_inode *dir)
{
	return is_path(dir, FD_PATH) || is_path(dir, INFO_PATH);
}

static const struct text_row link_row = { .path = FD_PATH "/N", .mode = S_IFLNK | 0700 };
static const struct text_row info_row = { .path = INFO_PATH "/N", .mode = S_IFREG | 0400 };

/* Of an info file: which descriptor, is in the inode alone. */
static int open_info(struct file *file)
{
	struct file *shown = fd_get_raw(text_of(file->inode)->fd);
	static const struct text_row empty = { .words = "" };
	struct text_inode *inode = text_of(file->inode);

	if (!shown)
		return -ENOENT;
	inode->row = &empty;
	int error = text_open(file);
	inode->row = &info_row;
	if (!error)
		text_print(file->private, "pos:\t%ld\nflags:\t0%o\nmnt_id:\t1\nino:\t%lu\n",
			   (long)shown->offset, shown->flags, shown->inode->attr.ino);
	file_put(shown);
	return error;
}

static void release(struct inode *inode)
{
	kfree(text_of(inode));
}

static const struct inode_ops info_ops = { .open = open_info, .release = release };

struct text_inode *descriptors_find(struct super *super, const struct text_inode *dir, int fd)
{
	bool info = is_path(dir, INFO_PATH);
	struct file *file = fd < 0 ? NULL : fd_get_raw(fd);

	if (!file)
		return NULL;
	uint32_t mode = S_IFLNK | 0100 | (file_readable(file) ? 0400 : 0) |
			(file_writable(file) ? 0200 : 0);
	struct text_inode *made = text_make(super, dir->tree, info ? &info_row : &link_row,
					    info ? info_row.mode : mode, dir->process);
	if (made) {
		made->fd = fd;
		if (info)
			made->inode.ops = &info_ops;
	}
	file_put(file);
	return made;
}

int descriptors_list(struct file *file, struct dir_sink *sink)
{
	uint32_t type = is_path(text_of(file->inode), FD_PATH) ? S_IFLNK >> 12 : S_IFREG >> 12;

	/* Offset n + 2 stands before descriptor n. */
	for (int fd = files_next((int)file->offset - 2); fd >= 0; fd = files_next(fd + 1)) {
		file->offset = fd + 2;
		if (!text_emit_number(file, sink, fd, type))
			break;
		file->offset++;
	}
	return 0;
}

int descriptors_follow(const struct text_inode *link, struct dentry **out)
{
	struct file *file = fd_get_raw(link->fd);

	if (!file)
		return -ENOENT;
	*out = file->dentry ? dentry_get(file->dentry) : NULL;
	file_put(file);
	return *out ? 0 : -ENXIO;
}
