// SPDX-License-Identifier: Apache-2.0
/* Regular files of tmpfs: reading, writing, seeking, size. */
#include "guest-runtime/fs/tmpfs.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/process.h"

#include <asm/signal.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/resource.h>

static void count_pages(struct inode *inode, int64_t pages)
{
	inode->attr.blocks += pages * (int64_t)(PAGE_SIZE / 512);
}

static long tmpfs_read(struct file *file, struct uio *uio, int64_t *offset)
{
	struct inode *inode = file->inode;
	long total = 0;

	if (!(file->flags & O_NOATIME) && *offset < inode->attr.size)
		inode->attr.atime_ns = fs_now();
	while (uio->left > 0 && *offset < inode->attr.size) {
		uint64_t in_page = (uint64_t)*offset % PAGE_SIZE;
		size_t n = MIN(uio->left, PAGE_SIZE - in_page);

		n = MIN(n, (size_t)(inode->attr.size - *offset));
		gpa_t page = tmpfs_page(&tmpfs_of(inode)->data, (uint64_t)*offset);
		long got = page ? uio_fill(uio, (char *)gpa_to_pointer(page) + in_page, n)
				: uio_zero(uio, n);
		if (got < 0)
			return total ? total : got;
		total += got;
		*offset += got;
		if ((size_t)got < n)
			break;
	}
	return total;
}

static long tmpfs_write(struct file *file, struct uio *uio, int64_t *offset)
{
	struct inode *inode = file->inode;
	long total = 0;

	if (uio->left == 0)
		return 0;
	if (inode->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
		return -EPERM;
	if (file->flags & O_APPEND)
		*offset = inode->attr.size;
	if (*offset > INT64_MAX - (int64_t)uio->left)
		return -EFBIG;
	size_t left = file_size_limit(*offset, uio->left);
	if (left == 0)
		return -EFBIG;
	while (left > 0) {
		uint64_t in_page = (uint64_t)*offset % PAGE_SIZE;
		size_t n = MIN(left, PAGE_SIZE - in_page);
		bool made = false;

		if ((inode->seals & F_SEAL_GROW) && *offset + (int64_t)n > inode->attr.size) {
			if (total == 0)
				return -EPERM;
			break;
		}
		gpa_t page = tmpfs_page_make(&tmpfs_of(inode)->data, (uint64_t)*offset, &made);
		long got =
			page ? uio_take(uio, (char *)gpa_to_pointer(page) + in_page, n) : -ENOSPC;

		if (made)
			count_pages(inode, 1);
		if (got < 0) {
			if (total == 0)
				return got;
			break;
		}
		total += got;
		left -= (size_t)got;
		*offset += got;
		inode->attr.size = MAX(inode->attr.size, *offset);
		if ((size_t)got < n)
			break;
	}
	inode_touch(inode, true);
	return total;
}

static int64_t tmpfs_seek(struct file *file, int64_t offset, int whence)
{
	int64_t size = file->inode->attr.size;

	if (whence != SEEK_DATA && whence != SEEK_HOLE)
		return seek_plain(file, offset, whence, size);
	if (offset < 0 || offset >= size)
		return -ENXIO;
	uint64_t found =
		tmpfs_next(&tmpfs_of(file->inode)->data, (uint64_t)offset, whence == SEEK_DATA);
	if (found >= (uint64_t)size) {
		if (whence == SEEK_DATA)
			return -ENXIO;
		found = (uint64_t)size;
	}
	return file->offset = (int64_t)found;
}

static int read_page(struct file *file, void *page, uint64_t offset)
{
	struct inode *inode = file->inode;
	gpa_t frame = tmpfs_page(&tmpfs_of(inode)->data, offset);

	if (offset >= (uint64_t)inode->attr.size)
		return -ENXIO;
	/* Bytes behind the end are zero in the frame already: truncate clears them. */
	if (frame)
		memcpy(page, gpa_to_pointer(frame), PAGE_SIZE);
	else
		memset(page, 0, PAGE_SIZE);
	return 0;
}

static int shared_page(struct file *file, uint64_t offset, bool write, uint64_t *page)
{
	struct inode *inode = file->inode;
	bool made;

	(void)write;
	if (offset >= (uint64_t)inode->attr.size)
		return -ENXIO;
	*page = tmpfs_page_make(&tmpfs_of(inode)->data, offset, &made);
	count_pages(inode, made);
	return *page ? 0 : -ENOMEM;
}

static void clear_within(struct inode *inode, uint64_t from, uint64_t to)
{
	gpa_t page = tmpfs_page(&tmpfs_of(inode)->data, from);

	if (page && from < to)
		memset((char *)gpa_to_pointer(page) + from % PAGE_SIZE, 0, to - from);
}

static void punch(struct inode *inode, uint64_t from, uint64_t to)
{
	uint64_t first = ALIGN_UP(from, PAGE_SIZE);

	mm_forget_file(inode, from);
	clear_within(inode, from, MIN(first, to));
	if (ALIGN_DOWN(to, PAGE_SIZE) >= first)
		clear_within(inode, ALIGN_DOWN(to, PAGE_SIZE), to);
	if (first < to)
		count_pages(inode, -(int64_t)tmpfs_drop(&tmpfs_of(inode)->data, first,
							ALIGN_DOWN(to, PAGE_SIZE)));
	page_settle();
}

static int tmpfs_truncate(struct inode *inode, int64_t size)
{
	if ((size < inode->attr.size && (inode->seals & F_SEAL_SHRINK)) ||
	    (size > inode->attr.size && (inode->seals & F_SEAL_GROW)))
		return -EPERM;
	if (size < inode->attr.size)
		mm_truncate_file(inode, (uint64_t)size);
	if (size < inode->attr.size)
		punch(inode, (uint64_t)size, ALIGN_UP((uint64_t)inode->attr.size, PAGE_SIZE));
	else if (size > inode->attr.size && file_size_limit(size, 0) == 0 &&
		 (uint64_t)size > current()->process->limits[RLIMIT_FSIZE].soft)
		return -EFBIG;
	inode->attr.size = size;
	inode_touch(inode, true);
	return 0;
}

static int tmpfs_allocate(struct inode *inode, int mode, int64_t offset, int64_t length)
{
	uint64_t end = (uint64_t)offset + (uint64_t)length;
	bool made;

	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
		return -EOPNOTSUPP;
	if ((mode & FALLOC_FL_PUNCH_HOLE) && (inode->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)))
		return -EPERM;
	if ((int64_t)end > inode->attr.size && !(mode & FALLOC_FL_PUNCH_HOLE) &&
	    (inode->seals & F_SEAL_GROW))
		return -EPERM;
	if (mode & FALLOC_FL_PUNCH_HOLE) {
		punch(inode, (uint64_t)offset, end);
		inode_touch(inode, true);
		return 0;
	}
	if (end / PAGE_SIZE - (uint64_t)offset / PAGE_SIZE > tmpfs_room())
		return -ENOSPC;
	for (uint64_t at = ALIGN_DOWN((uint64_t)offset, PAGE_SIZE); at < end; at += PAGE_SIZE) {
		if (!tmpfs_page_make(&tmpfs_of(inode)->data, at, &made))
			return -ENOSPC;
		count_pages(inode, made);
	}
	if (!(mode & FALLOC_FL_KEEP_SIZE) && (int64_t)end > inode->attr.size)
		inode->attr.size = (int64_t)end;
	inode_touch(inode, true);
	return 0;
}

static int tmpfs_open(struct file *file)
{
	file->ops = &tmpfs_data_ops;
	return 0;
}

static void tmpfs_release(struct inode *inode)
{
	tmpfs_drop(&tmpfs_of(inode)->data, 0, UINT64_MAX);
	page_settle();
	tmpfs_free(inode);
}

const struct file_ops tmpfs_data_ops = {
	.read = tmpfs_read,
	.write = tmpfs_write,
	.seek = tmpfs_seek,
	.page = read_page,
	.shared_page = shared_page,
	.positioned = true,
};

const struct inode_ops tmpfs_file_ops = {
	.open = tmpfs_open,
	.truncate = tmpfs_truncate,
	.allocate = tmpfs_allocate,
	.remove = tmpfs_remove,
	.set_attr = inode_set_attr,
	.xattr_get = tmpfs_xattr_get,
	.xattr_list = tmpfs_xattr_list,
	.xattr_set = tmpfs_xattr_set,
	.release = tmpfs_release,
};
