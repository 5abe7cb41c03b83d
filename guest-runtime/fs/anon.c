// SPDX-License-Identifier: Apache-2.0
/* Files without a place, all on one inode of no type, as Linux has it. */
#include "guest-runtime/fs/anon.h"

#include "guest-runtime/fs/files.h"

#include <linux/magic.h>

static long name(const struct dentry *entry, char *buffer, size_t size)
{
	return format(buffer, size, "anon_inode:%s", entry->name);
}

/* It lives as long as the VM. */
static void release(struct inode *inode)
{
	inode->references = 1;
}

static const struct super_ops super_ops = { .name = name, .magic = ANON_INODE_FS_MAGIC };
static const struct inode_ops inode_ops = { .release = release };

/* NULL: no memory. */
static struct inode *shared_inode(void)
{
	static struct inode inode;

	if (!inode.super) {
		struct super *super = super_create_hidden(&super_ops, "anon_inodefs");

		if (!super)
			return NULL;
		inode_init(&inode, super, &inode_ops, 0600);
	}
	return &inode;
}

struct file *anon_file(const char *name_text, const struct file_ops *ops, void *private,
		       uint32_t flags)
{
	struct inode *inode = shared_inode();
	struct dentry *entry =
		inode ? dentry_create_object(inode->super, inode_get(inode), name_text) : NULL;
	struct file *file = entry ? file_create(inode, entry, flags) : NULL;

	if (file) {
		file->ops = ops;
		file->private = private;
	}
	dentry_put(entry);
	return file;
}

long anon_install(struct file *file, bool cloexec)
{
	return file ? files_add(file, 0, cloexec) : -ENOMEM;
}
