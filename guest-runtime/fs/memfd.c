// SPDX-License-Identifier: Apache-2.0
/* memfd_create(2): regular files of a tmpfs that is mounted nowhere. */
#include "guest-runtime/fs/memfd.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/tmpfs.h"

#include <linux/memfd.h>

#define SEALS_KNOWN \
	(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE | \
	 F_SEAL_EXEC)

static long name(const struct dentry *entry, char *buffer, size_t size)
{
	return format(buffer, size, "/memfd:%s (deleted)", entry->name);
}

static const struct super_ops super_ops = { .statfs = tmpfs_statfs, .name = name };

static struct super *shared_super(void)
{
	static struct super *super;

	if (!super)
		super = tmpfs_create_hidden(&super_ops);
	return super;
}

struct file *memfd_create(const char *name_text, uint32_t flags)
{
	struct super *super = shared_super();
	uint32_t mode = S_IFREG | (flags & MFD_NOEXEC_SEAL ? 0666 : 0777);
	struct dentry *nameless, *entry;

	if (!super || super->root->inode->ops->temporary(super->root, mode, &nameless) < 0)
		return NULL;
	struct inode *inode = nameless->inode;
	inode->seals = flags & (MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL) ? 0 : F_SEAL_SEAL;
	if (flags & MFD_NOEXEC_SEAL)
		inode->seals |= F_SEAL_EXEC;
	entry = dentry_create_object(super, inode_get(inode), name_text);
	if (!entry)
		inode_put(inode);
	dentry_put(nameless);
	struct file *file = entry ? file_create(entry->inode, entry, O_RDWR | O_LARGEFILE) : NULL;
	if (file && inode->ops->open(file) < 0) {
		file_put(file);
		file = NULL;
	}
	/* It does not hinder execve(2), as others that are opened to write do. */
	if (file) {
		inode->writers--;
		file->unseen = true;
	}
	dentry_put(entry);
	return file;
}

/* Only what lies in memory can be sealed; named files of tmpfs are, against seals. */
static bool sealable(const struct file *file)
{
	return file->ops == &tmpfs_data_ops;
}

uint32_t file_seals(const struct file *file)
{
	return sealable(file) ? file->inode->seals : 0;
}

long seals_get(const struct file *file)
{
	if (!sealable(file))
		return -EINVAL;
	return file->inode->super->ops == &super_ops ? file->inode->seals : F_SEAL_SEAL;
}

long seals_add(struct file *file, uint32_t seals)
{
	struct inode *inode = file->inode;

	if (!file_writable(file))
		return -EPERM;
	if ((seals & ~(uint32_t)SEALS_KNOWN) || !sealable(file))
		return -EINVAL;
	if (seals_get(file) & F_SEAL_SEAL)
		return -EPERM;
	if ((seals & F_SEAL_WRITE) && !(inode->seals & F_SEAL_WRITE) && inode->writables > 0)
		return -EBUSY;
	/* What is to stay as executable as it is, must stay as it is. */
	if ((seals & F_SEAL_EXEC) && (inode->attr.mode & 0111))
		seals |= F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;
	inode->seals |= seals;
	return 0;
}
