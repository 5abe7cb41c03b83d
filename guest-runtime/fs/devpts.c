// SPDX-License-Identifier: Apache-2.0
/*
 * /dev/pts: the caller's terminals under the names they have outside, so that
 * ttyname(3) finds them. A name there is another name of the stream.
 */
#include "guest-runtime/fs/dev.h"
#include "guest-runtime/fs/stream.h"
#include "guest-runtime/fs/tmpfs.h"

#define NAME_SIZE 12

/* The name of the stream's terminal below /dev/pts; 0: it is none. */
static size_t terminal_name(uint32_t number, char name[NAME_SIZE])
{
	int64_t index = stream_terminal(number);

	return index < 0 ? 0 : (size_t)format(name, NAME_SIZE, "%ld", index);
}

/* Makes the names of all terminals that have none yet. */
static void populate(struct dentry *dir)
{
	for (uint32_t i = 0; i < HC_STREAMS; i++) {
		char name[NAME_SIZE];
		size_t length = terminal_name(i, name);
		struct dentry *entry = length ? dentry_find(dir, name, length) : NULL;

		if (length && !entry) {
			struct inode *inode = stream_inode(i);

			/* The directory's own reference; it stays. */
			if (!dentry_create(dir, name, length, inode))
				inode_put(inode);
		}
		dentry_put(entry);
	}
}

static int lookup(struct dentry *dir, const char *rest, size_t length, bool open,
		  struct dentry **out, size_t *used)
{
	size_t n = 0;

	(void)open;
	while (n < length && rest[n] != '/')
		n++;
	populate(dir);
	*out = dentry_find(dir, rest, n);
	*used = n;
	return *out ? 0 : -ENOENT;
}

static int open_directory(struct file *file)
{
	populate(file->dentry);
	file->ops = &directory_ops;
	return 0;
}

static const struct inode_ops pts_ops = {
	.lookup = lookup,
	.open = open_directory,
	.release = tmpfs_free,
};

bool devpts_create(struct dentry *dev)
{
	struct dentry *dir;

	if (tmpfs_add(dev, "pts", 3, S_IFDIR | 0755, NULL, &dir) < 0)
		return false;
	dir->inode->ops = &pts_ops;
	return true;
}
