// SPDX-License-Identifier: Apache-2.0
/* What mmap(2) and its like ask of files; and the files behind shared anonymous memory. */
#include "guest-runtime/fs/dev.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/host.h"
#include "guest-runtime/fs/overlay.h"
#include "guest-runtime/fs/tmpfs.h"
#include "guest-runtime/mm/page.h"

#include <asm/mman.h>
#include <linux/falloc.h>
#include <linux/fs.h>

bool file_is_zero(const struct file *file)
{
	return file->ops == &dev_zero_ops;
}

static bool can_share(const struct file *file)
{
	return file->ops == &host_file_ops || file->ops->shared_page || file_is_zero(file);
}

int file_check_map(struct file *file, uint32_t prot, bool shared, uint32_t *may)
{
	bool sealed = shared && (file_seals(file) & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE));

	*may = PROT_READ | PROT_EXEC;
	if (sealed && (prot & PROT_WRITE) && file_writable(file))
		return -EPERM;
	if (!sealed && (!shared || file_writable(file)))
		*may |= PROT_WRITE;
	if (prot & ~*may & PROT_WRITE)
		return -EACCES;
	if (!file_readable(file))
		return -EACCES;
	if (!file->ops || !(shared ? can_share(file) : file->ops->page || file->ops->shared_page))
		return -ENODEV;
	return 0;
}

static bool in_memory(const struct file *file)
{
	return file->ops == &tmpfs_data_ops || overlay_in_memory(file);
}

bool file_has_page(const struct file *file, uint64_t offset)
{
	return in_memory(file) && tmpfs_page(&tmpfs_of(file->inode)->data, offset) != 0;
}

int file_map_page(struct file *file, uint64_t offset, enum file_map_how how, bool make,
		  uint64_t *page)
{
	struct file *below = overlay_below(file);

	if (below && how != FILE_MAP_WRITE)
		file = below;
	else if (below && !make)
		return -ENXIO;
	if (file->ops == &host_file_ops) {
		int error = host_page(host_of(file->inode), offset, how, page);
		/* What is shared must be the file's own page, the rest can be copied. */
		bool private = how == FILE_MAP_PRIVATE || how == FILE_MAP_EXACT;

		return error && error != -ENXIO && private ? -EAGAIN : error;
	}
	if (!file->ops->shared_page)
		return -EAGAIN;
	if (!make && in_memory(file) && !file_has_page(file, offset))
		return -ENXIO;
	return file->ops->shared_page(file, offset, how == FILE_MAP_WRITE, page);
}

bool file_is_constant(const struct file *file)
{
	return file->inode->super->read_only;
}

int file_read_page(struct file *file, void *page, uint64_t offset)
{
	if (!file->ops->page)
		return -ENODEV;
	return file->ops->page(file, page, offset);
}

static long shared_name(const struct dentry *entry, char *buffer, size_t size)
{
	(void)entry;
	return format(buffer, size, "/dev/zero (deleted)");
}

static struct super *shared_super(void)
{
	static const struct super_ops ops = { .statfs = tmpfs_statfs, .name = shared_name };
	static struct super *super;

	if (!super)
		super = tmpfs_create_hidden(&ops);
	return super;
}

struct file *file_create_shared(uint64_t size)
{
	struct super *super = shared_super();
	struct file *file = NULL;
	struct dentry *entry;

	if (!super || super->root->inode->ops->temporary(super->root, S_IFREG | 0777, &entry) < 0)
		return NULL;
	file = file_create(entry->inode, entry, O_RDWR);
	if (file) {
		file->inode->attr.size = (int64_t)size;
		must(file->inode->ops->open(file) == 0);
	}
	dentry_put(entry);
	return file;
}

bool file_is_of(const struct file *file, const struct inode *inode)
{
	return file->inode == inode;
}

struct site_list **file_site_list(struct file *file)
{
	return &file->inode->sites;
}

void file_count_mapping(struct file *file, bool writable, int change)
{
	file->inode->mappings += (uint32_t)change;
	if (writable)
		file->inode->writables += (uint32_t)change;
	if (file->inode->super->ops->mapped)
		file->inode->super->ops->mapped(file, change);
}

bool file_counts_mappings(const struct file *file)
{
	return file->inode->super->ops->mapped;
}

bool file_inode_is_mapped(const struct inode *inode)
{
	return inode->mappings > 0;
}

int file_sync(struct file *file)
{
	return file->inode->ops->sync ? file->inode->ops->sync(file, false) : 0;
}

int file_punch(struct file *file, uint64_t offset, uint64_t length)
{
	if (!file->inode->ops->allocate)
		return -EOPNOTSUPP;
	return file->inode->ops->allocate(file->inode, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
					  (int64_t)offset, (int64_t)length);
}
