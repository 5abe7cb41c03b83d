// SPDX-License-Identifier: Apache-2.0
/*
 * /dev/pts: the caller's terminals under the names they have outside, so that
 * ttyname(3) finds them, and the program's own pseudo terminals. The name of a
 * terminal of the caller is another name of the stream.
 */
#include "guest-runtime/fs/dev.h"
#include "guest-runtime/fs/stream.h"
#include "guest-runtime/fs/tmpfs.h"
#include "guest-runtime/fs/tty.h"

#define NAME_SIZE 12

static struct dentry *directory;

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

static bool is_taken(uint32_t number)
{
	for (uint32_t i = 0; i < HC_STREAMS; i++)
		if (stream_terminal(i) == number)
			return true;
	list_for_each (node, &tty_masters)
		if (container_of(node, struct tty, node)->number == number)
			return true;
	return false;
}

uint32_t devpts_number(void)
{
	uint32_t number = 0;

	while (is_taken(number))
		number++;
	return number;
}

int devpts_add(struct tty *tty)
{
	char name[NAME_SIZE];
	size_t length = (size_t)format(name, sizeof(name), "%u", tty->number);

	inode_get(&tty->inode);
	tty->entry = dentry_create(directory, name, length, &tty->inode);
	if (tty->entry)
		return 0;
	inode_put(&tty->inode);
	return -ENOMEM;
}

void devpts_remove(struct tty *tty)
{
	struct dentry *entry = tty->entry;

	tty->entry = NULL;
	dentry_unhash(entry);
	dentry_put(entry);
}

struct super *devpts_super(void)
{
	return directory->inode->super;
}

bool devpts_create(struct dentry *dev)
{
	struct dentry *master;

	if (tmpfs_add(dev, "pts", 3, S_IFDIR | 0755, NULL, &directory) < 0 ||
	    tmpfs_add(directory, "ptmx", 4, S_IFCHR | 0666, NULL, &master) < 0)
		return false;
	directory->inode->ops = &pts_ops;
	master->inode->attr.rdev = DEV_PTMX;
	tmpfs_of(master->inode)->device = &dev_ptmx_ops;
	return true;
}
