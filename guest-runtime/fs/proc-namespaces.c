// SPDX-License-Identifier: Apache-2.0
/*
 * PID/ns: the namespaces, of which there is one of each kind, with Linux's
 * numbers for the first.
 */
#include "guest-runtime/fs/proc.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/fs/vfs.h"

#include <linux/magic.h>

static const struct {
	const char *kind;
	uint64_t number;
} kinds[NAMESPACES] = {
	[NAMESPACE_CGROUP] = { "cgroup", 4026531835 }, [NAMESPACE_IPC] = { "ipc", 4026531839 },
	[NAMESPACE_MNT] = { "mnt", 4026531840 },       [NAMESPACE_NET] = { "net", 4026531992 },
	[NAMESPACE_PID] = { "pid", 4026531836 },       [NAMESPACE_TIME] = { "time", 4026531834 },
	[NAMESPACE_USER] = { "user", 4026531837 },     [NAMESPACE_UTS] = { "uts", 4026531838 },
};

static struct inode inodes[NAMESPACES];

static long name(const struct dentry *entry, char *buffer, size_t size)
{
	return format(buffer, size, "%s:[%lu]", kinds[entry->inode - inodes].kind,
		      entry->inode->attr.ino);
}

/* Nothing can be done with one but to look at it. */
static int open(struct file *file)
{
	static const struct file_ops ops = { .seek = seek_nothing };

	file->ops = &ops;
	return 0;
}

/* They live as long as the VM. */
static void release(struct inode *inode)
{
	inode->references = 1;
}

static const struct super_ops super_ops = { .name = name, .magic = NSFS_MAGIC };
static const struct inode_ops inode_ops = { .open = open, .release = release };

static bool make_all(void)
{
	struct super *super = super_create_hidden(&super_ops, "nsfs");

	for (size_t i = 0; super && i < NAMESPACES; i++) {
		inode_init(&inodes[i], super, &inode_ops, S_IFREG | 0444);
		inodes[i].attr.ino = kinds[i].number;
	}
	return super;
}

int proc_namespace(const struct subject *subject, enum namespace_kind kind, struct dentry **out)
{
	if (!subject->thread)
		return -ENOENT;
	if (!inodes[0].super && !make_all())
		return -ENOMEM;
	*out = dentry_create_root(inodes[kind].super, inode_get(&inodes[kind]));
	return *out ? 0 : -ENOMEM;
}
