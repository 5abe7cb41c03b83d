// SPDX-License-Identifier: Apache-2.0
/*
 * File systems of texts: from names to rows of a table. A name is made when it
 * is asked for, and goes when nobody holds it.
 */
#include "guest-runtime/fs/text.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"

#define NUMBER_MAX 12

static const struct inode_ops directory_inode_ops, file_inode_ops, link_inode_ops, object_inode_ops;

int text_number(const char *name, size_t length)
{
	int number = 0;

	if (length == 0 || length > 9 || (name[0] == '0' && length > 1))
		return -1;
	for (size_t i = 0; i < length; i++) {
		if (name[i] < '0' || name[i] > '9')
			return -1;
		number = number * 10 + (name[i] - '0');
	}
	return number;
}

/* The process with this pid. There is one. */
static struct process *process_of(int pid)
{
	struct process *process = current()->process;

	return pid == process->pid ? process : NULL;
}

/* Does a row's path go on with `name` behind the directory's part? *whole: it ends there. */
static bool continues(const struct text_row *row, const struct text_inode *dir, const char *name,
		      size_t length, bool *whole)
{
	const char *rest = row->path + dir->length;

	if (strncmp(row->path, dir->path, dir->length) != 0)
		return false;
	if (dir->length > 0 && *rest++ != '/')
		return false;
	if (strncmp(rest, name, length) != 0 || (rest[length] && rest[length] != '/'))
		return false;
	*whole = !rest[length];
	return true;
}

static const struct inode_ops *ops_of(const struct text_row *row)
{
	if (!row)
		return &directory_inode_ops;
	if (row->text || row->words)
		return &file_inode_ops;
	return row->link ? &link_inode_ops : &object_inode_ops;
}

struct text_inode *text_make(struct super *super, const struct text_tree *tree,
			     const struct text_row *row, uint32_t mode, struct process *process)
{
	struct text_inode *made = kmalloc(sizeof(*made));

	if (!made)
		return NULL;
	inode_init(&made->inode, super, ops_of(row), mode);
	made->inode.attr.blksize = 1024;
	made->tree = tree;
	made->row = row;
	made->process = process;
	if (process) {
		made->inode.attr.uid = process->euid;
		made->inode.attr.gid = process->egid;
	}
	if (!row)
		made->inode.attr.nlink = 2;
	return made;
}

/* What a number as a name stands for in this directory; NULL: numbers mean nothing here. */
static const char *placeholder(const struct text_inode *dir)
{
	if (dir->tree != &proc_tree)
		return NULL;
	if (dir->length == 0)
		return "PID";
	return dir->length == 8 && strncmp(dir->path, "PID/task", 8) == 0 ? "TID" : NULL;
}

static struct text_inode *find_row(struct super *super, const struct text_inode *dir,
				   const char *name, size_t length, struct process *process)
{
	for (size_t i = 0; i < dir->tree->count; i++) {
		const struct text_row *row = &dir->tree->rows[i];
		bool whole;

		if (!continues(row, dir, name, length, &whole))
			continue;
		if (whole && (row->mode & S_IFMT) != S_IFDIR)
			return text_make(super, dir->tree, row, row->mode, process);
		struct text_inode *made = text_make(super, dir->tree, NULL,
						    whole ? row->mode : S_IFDIR | 0555, process);
		if (made) {
			made->path = row->path;
			made->length = dir->length + (dir->length > 0) + length;
		}
		return made;
	}
	return NULL;
}

static struct text_inode *find(struct super *super, struct text_inode *dir, const char *name,
			       size_t length)
{
	const char *stands_for = placeholder(dir);
	struct process *process = dir->process;
	int number = text_number(name, length);

	if (descriptors_are(dir))
		return descriptors_find(super, dir, number);
	if (stands_for) {
		if (number >= 0) {
			process = process_of(number);
			if (!process)
				return NULL;
			name = stands_for;
			length = strlen(stands_for);
		} else if (length == 3 && strncmp(name, stands_for, 3) == 0) {
			return NULL;
		}
	}
	return find_row(super, dir, name, length, process);
}

static int lookup(struct dentry *dir, const char *rest, size_t length, bool open,
		  struct dentry **out, size_t *used)
{
	size_t n = path_component(rest, length);
	struct text_inode *made = find(dir->super, text_of(dir->inode), rest, n);

	(void)open;
	if (!made)
		return -ENOENT;
	*out = dentry_create(dir, rest, n, &made->inode);
	if (!*out) {
		inode_put(&made->inode);
		return -ENOMEM;
	}
	*used = n;
	return 0;
}

bool text_emit_number(struct file *file, struct dir_sink *sink, int number, uint32_t type)
{
	char name[NUMBER_MAX];
	int length = format(name, sizeof(name), "%d", number);

	return sink->emit(sink, name, (size_t)length, (uint64_t)number + 100000, type,
			  (uint64_t)file->offset + 1);
}

/* Has an earlier row shown this name of the directory? */
static bool shown(const struct text_inode *dir, size_t index, const char *name, size_t length)
{
	bool whole;

	for (size_t i = 0; i < index; i++)
		if (continues(&dir->tree->rows[i], dir, name, length, &whole))
			return true;
	return false;
}

static bool emit_row(struct file *file, struct dir_sink *sink, size_t index)
{
	const struct text_inode *dir = text_of(file->inode);
	const struct text_row *row = &dir->tree->rows[index];
	const char *name = row->path + dir->length + (dir->length > 0);
	const char *stands_for = placeholder(dir);

	if (strncmp(row->path, dir->path, dir->length) != 0 ||
	    (dir->length > 0 && row->path[dir->length] != '/'))
		return true;
	size_t length = path_component(name, strlen(name));
	if (length == 0 || shown(dir, index, name, length))
		return true;
	uint32_t type = name[length] ? S_IFDIR >> 12 : (row->mode & S_IFMT) >> 12;
	if (stands_for && length == 3 && strncmp(name, stands_for, 3) == 0)
		return text_emit_number(file, sink, current()->process->pid, type);
	return sink->emit(sink, name, length, index + 2, type, (uint64_t)file->offset + 1);
}

static int text_readdir(struct file *file, struct dir_sink *sink)
{
	const struct text_inode *dir = text_of(file->inode);

	if (!readdir_dots(file, sink))
		return 0;
	if (descriptors_are(dir))
		return descriptors_list(file, sink);
	for (; file->offset - 2 < (int64_t)dir->tree->count; file->offset++)
		if (!emit_row(file, sink, (size_t)file->offset - 2))
			break;
	return 0;
}

static int64_t seek_directory(struct file *file, int64_t offset, int whence)
{
	return whence > 1 ? -EINVAL : seek_plain(file, offset, whence, 0);
}

static const struct file_ops readdir_file_ops = { .readdir = text_readdir, .seek = seek_directory };

static int open_directory(struct file *file)
{
	file->ops = &readdir_file_ops;
	return 0;
}

static long readlink(struct inode *inode, char *to, size_t size)
{
	const struct text_inode *link = text_of(inode);

	return link->row->link(link->process ? link->process : current()->process, to, size);
}

static int follow(struct inode *inode, struct dentry **out)
{
	const struct text_inode *link = text_of(inode);

	if (link->row->object)
		return link->row->object(link->process, out);
	return descriptors_follow(link, out);
}

static long readlink_object(struct inode *inode, char *to, size_t size)
{
	struct dentry *entry;
	int error = follow(inode, &entry);

	if (error < 0)
		return error;
	long length = dentry_path(entry, current()->fs->root, to, size);
	dentry_put(entry);
	return length;
}

static void release(struct inode *inode)
{
	kfree(text_of(inode));
}

static const struct inode_ops directory_inode_ops = {
	.lookup = lookup,
	.open = open_directory,
	.release = release,
};
static const struct inode_ops file_inode_ops = { .open = text_open, .release = release };
static const struct inode_ops link_inode_ops = { .readlink = readlink, .release = release };
static const struct inode_ops object_inode_ops = {
	.readlink = readlink_object,
	.follow = follow,
	.release = release,
};

static int statfs(struct super *super, struct hc_fs_statfs_out *out)
{
	*out = (struct hc_fs_statfs_out){ .type = text_of(super->root->inode)->tree->magic,
					  .bsize = 4096,
					  .frsize = 4096,
					  .namelen = FS_NAME_MAX };
	return 0;
}

/* A place of the mount plan: a name that the table has. */
static int plant(struct dentry *dir, const char *name, size_t length, uint32_t mode,
		 const char *target, struct dentry **out)
{
	size_t used;

	(void)mode, (void)target;
	return lookup(dir, name, length, false, out, &used);
}

static const struct super_ops super_ops = { .statfs = statfs, .plant = plant };

struct super *text_create(const struct text_tree *tree)
{
	struct super *super = super_create(&super_ops, tree->type, false);
	struct text_inode *root = super ? text_make(super, tree, NULL, S_IFDIR | 0555, NULL) : NULL;

	if (!root)
		return NULL;
	root->path = "";
	super->root = dentry_create_root(super, &root->inode);
	return super->root ? super : NULL;
}
