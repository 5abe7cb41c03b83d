// SPDX-License-Identifier: Apache-2.0
/*
 * File systems of texts: their objects. One is made when its name is asked
 * for, and goes when nobody holds it.
 */
#include "guest-runtime/fs/text.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"

static const struct inode_ops directory_inode_ops, file_inode_ops, link_inode_ops, object_inode_ops;

static const struct inode_ops *ops_of(const struct text_row *row)
{
	if (!row)
		return &directory_inode_ops;
	if (row->text || row->words || row->open)
		return &file_inode_ops;
	return row->link ? &link_inode_ops : &object_inode_ops;
}

struct text_inode *text_make(struct super *super, const struct text_tree *tree,
			     const struct text_row *row, uint32_t mode,
			     const struct text_whose *whose)
{
	struct text_inode *made = kmalloc(sizeof(*made));

	if (!made)
		return NULL;
	inode_init(&made->inode, super, ops_of(row), mode);
	made->inode.attr.blksize = 1024;
	made->tree = tree;
	made->row = row;
	made->whose = *whose;
	if (whose->process)
		process_get(whose->process);
	subject_own(whose, &made->inode.attr);
	if (!row)
		made->inode.attr.nlink = 2;
	return made;
}

#define ROOT_NUMBER 1

/*
 * By its row or, of a directory, its first row and how much of the path; by
 * whose it is and which descriptor.
 */
uint64_t text_number(const struct text_inode *text)
{
	uint64_t row = 0, part = text->row ? inode_is(&text->inode, S_IFLNK) : text->length;

	if (!text->row && !text->length)
		return ROOT_NUMBER;
	while (row < text->tree->count && text->row != &text->tree->rows[row] &&
	       (text->row || text->path != text->tree->rows[row].path))
		row++;
	return (uint64_t)text->whose.id << 39 | (uint64_t)text->whose.alone << 38 |
	       (uint64_t)(text->fd + 1) << 17 | row << 8 | part;
}

static void release(struct inode *inode)
{
	struct text_inode *text = text_of(inode);

	if (text->whose.process)
		process_put(text->whose.process);
	kfree(text);
}

#define TASK "PID/task"

static bool is_task_directory(const struct text_inode *dir)
{
	return dir->tree == &proc_tree && dir->length == strlen(TASK) &&
	       strncmp(dir->path, TASK, strlen(TASK)) == 0;
}

const char *text_placeholder(const struct text_inode *dir)
{
	if (dir->tree == &proc_tree && dir->length == 0)
		return "PID";
	return is_task_directory(dir) ? "TID" : NULL;
}

static int64_t seek_rows(struct file *file, int64_t offset, int whence)
{
	return whence > 1 ? -EINVAL : seek_plain(file, offset, whence, 0);
}

static const struct file_ops readdir_file_ops = { .readdir = text_readdir, .seek = seek_rows };

static int open_directory(struct file *file)
{
	file->ops = &readdir_file_ops;
	return 0;
}

static long readlink(struct inode *inode, char *to, size_t size)
{
	const struct text_inode *link = text_of(inode);
	struct subject subject;

	return subject_find(&link->whose, &subject) ? link->row->link(&subject, to, size) : -ENOENT;
}

static int follow(struct inode *inode, struct dentry **out)
{
	const struct text_inode *link = text_of(inode);
	struct subject subject;

	if (!subject_find(&link->whose, &subject))
		return -ENOENT;
	if (!subject_may_look(&subject))
		return -EACCES;
	if (link->row->object)
		return link->row->object(&subject, out);
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

/* What its process is and has may have changed. */
static int refresh(struct inode *inode)
{
	const struct text_inode *text = text_of(inode);

	subject_own(&text->whose, &inode->attr);
	if (!text->row && is_task_directory(text))
		inode->attr.nlink = 2 + MAX(text->whose.process->thread_count, 1u);
	if (inode->attr.ctime_ns == 0 && fs_started)
		inode->attr.atime_ns = inode->attr.mtime_ns = inode->attr.ctime_ns = fs_now();
	return 0;
}

static const struct inode_ops directory_inode_ops = {
	.lookup = text_lookup,
	.refresh = refresh,
	.open = open_directory,
	.release = release,
};
static const struct inode_ops file_inode_ops = {
	.refresh = refresh,
	.open = text_open,
	.release = release,
};
static const struct inode_ops link_inode_ops = {
	.refresh = refresh,
	.readlink = readlink,
	.release = release,
};
static const struct inode_ops object_inode_ops = {
	.refresh = refresh,
	.readlink = readlink_object,
	.follow = follow,
	.release = release,
};

struct process *proc_directory_process(const struct file *file)
{
	const struct text_inode *text = text_of(file->inode);

	if (file->inode->ops != &directory_inode_ops || text->tree != &proc_tree)
		return NULL;
	return text->length == strlen("PID") && !text->whose.alone ? text->whose.process : NULL;
}

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
	return text_lookup(dir, name, length, false, out, &used);
}

/* A name whose process has gone is not the next one's with its number. */
static bool fresh(const struct dentry *entry)
{
	return entry->inode && subject_exists(&text_of(entry->inode)->whose);
}

static const struct super_ops super_ops = { .statfs = statfs, .plant = plant, .fresh = fresh };

struct super *text_create(const struct text_tree *tree)
{
	struct super *super = super_create(&super_ops, tree->type, false);
	const struct text_whose nobody = { 0 };
	struct text_inode *root =
		super ? text_make(super, tree, NULL, S_IFDIR | 0555, &nobody) : NULL;

	if (!root)
		return NULL;
	root->path = "";
	root->inode.attr.ino = text_number(root);
	super->root = dentry_create_root(super, &root->inode);
	return super->root ? super : NULL;
}
