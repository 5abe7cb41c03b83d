// SPDX-License-Identifier: Apache-2.0
/* /dev/null and its family, over an in-memory directory. */
#include "guest-runtime/fs/dev.h"

#include "guest-runtime/fs/tmpfs.h"
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/lib/random.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/proc/process.h"

#include <linux/poll.h>

#define RANDOM_STEP 256

static long read_end(struct file *file, struct uio *uio, int64_t *offset)
{
	(void)file, (void)uio, (void)offset;
	return 0;
}

static long read_zero(struct file *file, struct uio *uio, int64_t *offset)
{
	(void)file, (void)offset;
	return uio_zero(uio, uio->left);
}

static long read_random(struct file *file, struct uio *uio, int64_t *offset)
{
	uint8_t bytes[RANDOM_STEP];
	long total = 0;

	(void)file, (void)offset;
	while (uio->left > 0) {
		size_t n = MIN(uio->left, sizeof(bytes));

		random_bytes(bytes, n);
		long got = uio_fill(uio, bytes, n);
		if (got < 0)
			return total ? total : got;
		total += got;
		if ((size_t)got < n || signal_pending(current()))
			break;
	}
	memset(bytes, 0, sizeof(bytes));
	return total;
}

static long write_all(struct file *file, struct uio *uio, int64_t *offset)
{
	size_t n = uio->left;

	(void)file, (void)offset;
	uio_advance(uio, n);
	return (long)n;
}

static long write_full(struct file *file, struct uio *uio, int64_t *offset)
{
	(void)file, (void)uio, (void)offset;
	return -ENOSPC;
}

static int64_t seek_nowhere(struct file *file, int64_t offset, int whence)
{
	(void)offset, (void)whence;
	return file->offset = 0;
}

static int zero_page(struct file *file, void *page, uint64_t offset)
{
	(void)file, (void)offset;
	memset(page, 0, PAGE_SIZE);
	return 0;
}

#define DEVICE .seek = seek_nowhere, .positioned = true

static const struct file_ops null_ops = { .read = read_end, .write = write_all, DEVICE };
const struct file_ops dev_zero_ops = {
	.read = read_zero, .write = write_all, .page = zero_page, DEVICE
};
static const struct file_ops full_ops = { .read = read_zero, .write = write_full, DEVICE };
static const struct file_ops random_ops = { .read = read_random, .write = write_all, DEVICE };

/* The controlling terminal. */
static const struct file_ops tty_ops = { .opened = tty_open_controlling };
const struct file_ops dev_ptmx_ops = { .opened = pty_open_master };

static const struct {
	const char *name;
	uint32_t mode;
	uint32_t major, minor;
	const struct file_ops *ops;
	const char *target;
} rows[] = {
	{ "null", S_IFCHR | 0666, 1, 3, &null_ops, NULL },
	{ "zero", S_IFCHR | 0666, 1, 5, &dev_zero_ops, NULL },
	{ "full", S_IFCHR | 0666, 1, 7, &full_ops, NULL },
	{ "random", S_IFCHR | 0666, 1, 8, &random_ops, NULL },
	{ "urandom", S_IFCHR | 0666, 1, 9, &random_ops, NULL },
	{ "tty", S_IFCHR | 0666, 5, 0, &tty_ops, NULL },
	{ "ptmx", S_IFCHR | 0666, 5, 2, &dev_ptmx_ops, NULL },
	{ "fd", S_IFLNK | 0777, 0, 0, NULL, "/proc/self/fd" },
	{ "stdin", S_IFLNK | 0777, 0, 0, NULL, "/proc/self/fd/0" },
	{ "stdout", S_IFLNK | 0777, 0, 0, NULL, "/proc/self/fd/1" },
	{ "stderr", S_IFLNK | 0777, 0, 0, NULL, "/proc/self/fd/2" },
};

struct super *dev_create(void)
{
	struct super *super = tmpfs_create("devtmpfs", S_IFDIR | 0755, true);

	for (size_t i = 0; super && i < ARRAY_SIZE(rows); i++) {
		struct dentry *entry;

		if (tmpfs_add(super->root, rows[i].name, strlen(rows[i].name), rows[i].mode,
			      rows[i].target, &entry) < 0)
			return NULL;
		entry->inode->attr.rdev = (uint64_t)rows[i].major << 8 | rows[i].minor;
		if (!rows[i].target)
			tmpfs_of(entry->inode)->device = rows[i].ops;
	}
	return super && devpts_create(super->root) ? super : NULL;
}
