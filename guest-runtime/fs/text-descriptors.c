// SPDX-License-Identifier: Apache-2.0
/* PID/fd and PID/fdinfo: a name for each open descriptor. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/proc/process.h"

#define FD_PATH	      "PID/fd"
#define INFO_PATH     "PID/fdinfo"
#define TID_FD_PATH   "PID/task/TID/fd"
#define TID_INFO_PATH "PID/task/TID/fdinfo"

static bool is_path(const struct text_inode *dir, const char *path)
{
	return dir->length == strlen(path) && strncmp(dir->path, path, dir->length) == 0;
}

static bool is_info(const struct text_inode *dir)
{
	return is_path(dir, INFO_PATH) || is_path(dir, TID_INFO_PATH);
}

bool descriptors_are(const struct text_inode *dir)
{
	return is_path(dir, FD_PATH) || is_path(dir, TID_FD_PATH) || is_info(dir);
}

static struct files *table_of(const struct text_whose *whose)
{
	struct subject subject;

	return subject_find(whose, &subject) && subject.thread ? subject.thread->files : NULL;
}

static struct file *open_file(const struct text_whose *whose, int fd)
{
	struct files *files = table_of(whose);

	return files ? files_get_raw(files, fd) : NULL;
}

static void show_info(struct text *out, const struct subject *subject)
{
	struct files *files = subject->thread ? subject->thread->files : NULL;
	struct file *file = files ? files_get_raw(files, subject->fd) : NULL;

	if (!file) {
		out->error = -ENOENT;
		return;
	}
	uint32_t flags = file->flags | (files_cloexec_of(files, subject->fd) > 0 ? O_CLOEXEC : 0u);
	text_print(out, "pos:\t%ld\nflags:\t0%o\nmnt_id:\t1\nino:\t%lu\n", (long)file->offset,
		   flags, file->inode->attr.ino);
	if (file->ops && file->ops->describe)
		file->ops->describe(file, out);
	file_put(file);
}

static const struct text_row link_row = { .path = FD_PATH "/N", .mode = S_IFLNK | 0700 };
static const struct text_row info_row = {
	.path = INFO_PATH "/N", .mode = S_IFREG | 0444, .text = show_info, .secret = true
};

struct text_inode *descriptors_find(struct super *super, const struct text_inode *dir, int fd)
{
	bool info = is_info(dir);
	struct file *file = fd < 0 ? NULL : open_file(&dir->whose, fd);

	if (!file)
		return NULL;
	uint32_t mode = S_IFLNK | 0100 | (file_readable(file) ? 0400 : 0) |
			(file_writable(file) ? 0200 : 0);
	struct text_inode *made = text_make(super, dir->tree, info ? &info_row : &link_row,
					    info ? info_row.mode : mode, &dir->whose);
	if (made)
		made->fd = fd;
	file_put(file);
	return made;
}

int descriptors_list(struct file *file, struct dir_sink *sink)
{
	const struct text_inode *dir = text_of(file->inode);
	const struct files *files = table_of(&dir->whose);
	uint32_t type = is_info(dir) ? S_IFREG >> 12 : S_IFLNK >> 12;

	if (!files)
		return 0;
	/* Offset n + 2 stands before descriptor n. */
	for (int fd = files_next_of(files, (int)file->offset - 2); fd >= 0;
	     fd = files_next_of(files, fd + 1)) {
		file->offset = fd + 2;
		if (!text_emit_number(file, sink, fd, type))
			break;
		file->offset++;
	}
	return 0;
}

int descriptors_follow(const struct text_inode *link, struct dentry **out)
{
	struct file *file = open_file(&link->whose, link->fd);

	if (!file)
		return -ENOENT;
	*out = file->dentry ? dentry_get(file->dentry) : NULL;
	file_put(file);
	return *out ? 0 : -ENXIO;
}
