// SPDX-License-Identifier: Apache-2.0
/* /proc as a file system: from names to rows of the table in proc-rows.c. */
#include "guest-runtime/fs/proc.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"

#include <linux/magic.h>

#define NUMBER_MAX 12

/* A name in /proc: the table's path, or the start of some. */
struct proc_inode {
	struct inode inode;
	const struct proc_row *row; /* NULL: a directory */
	const char *path;	    /* of a directory: its first row's, `length` bytes of it */
	size_t length;
	struct process *process; /* NULL above PID */
	int fd;			 /* in PID/fd: which */
};

static const struct inode_ops directory_inode_ops, file_inode_ops, link_inode_ops, object_inode_ops;

static struct proc_inode *proc_of(struct inode *inode)
{
	return container_of(inode, struct proc_inode, inode);
}

static size_t format_number(char *to, size_t size, int number)
{
	return (size_t)format(to, size, "%d", number);
}

/* -1: not a number as /proc writes them. */
static int parse_number(const char *name, size_t length)
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
static bool continues(const struct proc_row *row, const struct proc_inode *dir, const char *name,
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

static const struct inode_ops *ops_of(const struct proc_row *row)
{
	if (!row)
		return &directory_inode_ops;
	return row->text ? &file_inode_ops : row->link ? &link_inode_ops : &object_inode_ops;
}

static struct proc_inode *make(struct super *super, const struct proc_row *row, uint32_t mode,
			       struct process *process)
{
	struct proc_inode *made = kmalloc(sizeof(*made));

	if (!made)
		return NULL;
	inode_init(&made->inode, super, ops_of(row), mode);
	made->inode.attr.blksize = 1024;
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

/* PID/fd/N. */
static struct proc_inode *make_descriptor(struct super *super, struct process *process, int fd)
{
	static const struct proc_row row = { .path = "PID/fd/N", .mode = S_IFLNK | 0700 };
	struct file *file = fd < 0 ? NULL : fd_get_raw(fd);

	if (!file)
		return NULL;
	struct proc_inode *made = make(super, &row,
				       S_IFLNK | 0100 | (file_readable(file) ? 0400 : 0) |
					       (file_writable(file) ? 0200 : 0),
				       process);
	if (made)
		made->fd = fd;
	file_put(file);
	return made;
}

static bool is_descriptors(const struct proc_inode *dir)
{
	return dir->length == 6 && strncmp(dir->path, "PID/fd", 6) == 0;
}

static struct proc_inode *find(struct super *super, struct proc_inode *dir, const char *name,
			       size_t length)
{
	struct process *process = dir->process;

	if (is_descriptors(dir))
		return make_descriptor(super, process, parse_number(name, length));
	if (dir->length == 0) {
		int pid = parse_number(name, length);

		if (pid >= 0) {
			process = process_of(pid);
			if (!process)
				return NULL;
			name = "PID";
			length = 3;
		} else if (length == 3 && strncmp(name, "PID", 3) == 0) {
			return NULL;
		}
	}
	for (size_t i = 0; i < proc_row_count; i++) {
		const struct proc_row *row = &proc_rows[i];
		bool whole;

		if (!continues(row, dir, name, length, &whole))
			continue;
		if (whole && (row->mode & S_IFMT) != S_IFDIR)
			return make(super, row, row->mode, process);
		struct proc_inode *made =
			make(super, NULL, whole ? row->mode : S_IFDIR | 0555, process);
		if (made) {
			made->path = row->path;
			made->length = dir->length + (dir->length > 0) + length;
		}
		return made;
	}
	return NULL;
}

/* Names are made when asked for, and go when nobody holds them. */
static int lookup(struct dentry *dir, const char *rest, size_t length, bool open,
		  struct dentry **out, size_t *used)
{
	size_t n = path_component(rest, length);
	struct proc_inode *made = find(dir->super, proc_of(dir->inode), rest, n);

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

static bool emit_number(struct file *file, struct dir_sink *sink, int number, uint32_t type)
{
	char name[NUMBER_MAX];
	size_t length = format_number(name, sizeof(name), number);

	return sink->emit(sink, name, length, (uint64_t)number + 100000, type,
			  (uint64_t)file->offset + 1);
}

static int list_descriptors(struct file *file, struct dir_sink *sink)
{
	/* Offset n + 2 stands before descriptor n. */
	for (int fd = files_next((int)file->offset - 2); fd >= 0; fd = files_next(fd + 1)) {
		file->offset = fd + 2;
		if (!emit_number(file, sink, fd, S_IFLNK >> 12))
			break;
		file->offset++;
	}
	return 0;
}

/* Has an earlier row shown this name of the directory? */
static bool shown(const struct proc_inode *dir, size_t index, const char *name, size_t length)
{
	bool whole;

	for (size_t i = 0; i < index; i++)
		if (continues(&proc_rows[i], dir, name, length, &whole))
			return true;
	return false;
}

static bool emit_row(struct file *file, struct dir_sink *sink, size_t index)
{
	const struct proc_inode *dir = proc_of(file->inode);
	const struct proc_row *row = &proc_rows[index];
	const char *name = row->path + dir->length + (dir->length > 0);

	if (strncmp(row->path, dir->path, dir->length) != 0 ||
	    (dir->length > 0 && row->path[dir->length] != '/'))
		return true;
	size_t length = path_component(name, strlen(name));
	if (length == 0 || shown(dir, index, name, length))
		return true;
	uint32_t type = name[length] ? S_IFDIR >> 12 : (row->mode & S_IFMT) >> 12;
	if (dir->length == 0 && length == 3 && strncmp(name, "PID", 3) == 0)
		return emit_number(file, sink, current()->process->pid, type);
	return sink->emit(sink, name, length, index + 2, type, (uint64_t)file->offset + 1);
}

static int proc_readdir(struct file *file, struct dir_sink *sink)
{
	if (!readdir_dots(file, sink))
		return 0;
	if (is_descriptors(proc_of(file->inode)))
		return list_descriptors(file, sink);
	for (; file->offset - 2 < (int64_t)proc_row_count; file->offset++)
		if (!emit_row(file, sink, (size_t)file->offset - 2))
			break;
	return 0;
}

static long read_text(struct file *file, struct uio *uio, int64_t *offset)
{
	const struct proc_text *text = file->private;

	if (*offset < 0 || *offset >= (int64_t)text->length)
		return 0;
	long got = uio_fill(uio, text->bytes + *offset, text->length - (size_t)*offset);
	if (got > 0)
		*offset += got;
	return got;
}

static int64_t seek_text(struct file *file, int64_t offset, int whence)
{
	return whence > 1 ? -EINVAL : seek_plain(file, offset, whence, 0);
}

static void release_text(struct file *file)
{
	struct proc_text *text = file->private;

	if (text)
		kfree(text->bytes);
	kfree(text);
}

static int64_t seek_directory(struct file *file, int64_t offset, int whence)
{
	return whence > 1 ? -EINVAL : seek_plain(file, offset, whence, 0);
}

static const struct file_ops readdir_file_ops = { .readdir = proc_readdir, .seek = seek_directory };
static const struct file_ops text_file_ops = {
	.read = read_text,
	.seek = seek_text,
	.release = release_text,
	.positioned = true,
};

static int open(struct file *file)
{
	const struct proc_inode *inode = proc_of(file->inode);

	if (!inode->row) {
		file->ops = &readdir_file_ops;
		return 0;
	}
	struct proc_text *text = kmalloc(sizeof(*text));
	if (!text)
		return -ENOMEM;
	file->private = text;
	file->ops = &text_file_ops;
	inode->row->text(text, inode->process ? inode->process : current()->process);
	return text->failed ? -ENOMEM : 0;
}

static long readlink(struct inode *inode, char *to, size_t size)
{
	const struct proc_inode *link = proc_of(inode);

	return link->row->link(link->process ? link->process : current()->process, to, size);
}

static int follow(struct inode *inode, struct dentry **out)
{
	const struct proc_inode *link = proc_of(inode);

	if (link->row->object)
		return link->row->object(link->process, out);
	struct file *file = fd_get_raw(link->fd);
	if (!file)
		return -ENOENT;
	*out = file->dentry ? dentry_get(file->dentry) : NULL;
	file_put(file);
	return *out ? 0 : -ENXIO;
}

static long readlink_object(struct inode *inode, char *to, size_t size)
{
	struct dentry *entry;
	int error = follow(inode, &entry);

	if (error < 0)
		return error;
	long length = dentry_path(entry, current()->process->fs->root, to, size);
	dentry_put(entry);
	return length;
}

static void release(struct inode *inode)
{
	kfree(proc_of(inode));
}

static const struct inode_ops directory_inode_ops = {
	.lookup = lookup,
	.open = open,
	.release = release,
};
static const struct inode_ops file_inode_ops = { .open = open, .release = release };
static const struct inode_ops link_inode_ops = { .readlink = readlink, .release = release };
static const struct inode_ops object_inode_ops = {
	.readlink = readlink_object,
	.follow = follow,
	.release = release,
};

static int statfs(struct super *super, struct hc_fs_statfs_out *out)
{
	(void)super;
	*out = (struct hc_fs_statfs_out){
		.type = PROC_SUPER_MAGIC, .bsize = 4096, .frsize = 4096, .namelen = FS_NAME_MAX
	};
	return 0;
}

static const struct super_ops super_ops = { .statfs = statfs };

struct super *proc_create(void)
{
	struct super *super = super_create(&super_ops, "proc", false);
	struct proc_inode *root = super ? make(super, NULL, S_IFDIR | 0555, NULL) : NULL;

	if (!root)
		return NULL;
	root->path = "";
	super->root = dentry_create_root(super, &root->inode);
	return super->root ? super : NULL;
}
