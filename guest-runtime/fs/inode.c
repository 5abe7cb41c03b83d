// SPDX-License-Identifier: Apache-2.0
/* Objects: references, who may do what, times. */
#include "abi/layout.h"
#include "guest-runtime/fs/vfs.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/proc/process.h"

void inode_init(struct inode *inode, struct super *super, const struct inode_ops *ops,
		uint32_t mode)
{
	int64_t now = fs_now();

	inode->references = 1;
	inode->ops = ops;
	inode->super = super;
	inode->born_ns = now;
	inode->attr = (struct hc_attr){
		.dev = super->dev,
		.ino = ++super->last_ino,
		.mode = mode,
		.nlink = 1,
		.blksize = GUEST_PAGE_SIZE,
		.atime_ns = now,
		.mtime_ns = now,
		.ctime_ns = now,
	};
}

struct inode *inode_get(struct inode *inode)
{
	inode->references++;
	return inode;
}

void inode_put(struct inode *inode)
{
	if (!inode || --inode->references > 0)
		return;
	site_list_free(inode->sites);
	inode->ops->release(inode);
}

/* The clock costs an exit: what is made at the start is dated when somebody looks. */
int64_t fs_now(void)
{
	return fs_started ? clock_coarse_ns() : 0;
}

int inode_refresh(struct inode *inode)
{
	if (inode->attr.ctime_ns == 0 && fs_started && !inode->ops->refresh)
		inode->attr.atime_ns = inode->attr.mtime_ns = inode->attr.ctime_ns = fs_now();
	return inode->ops->refresh ? inode->ops->refresh(inode) : 0;
}

int inode_refresh_rights(struct inode *inode)
{
	return inode->ops->rights ? inode->ops->rights(inode) : inode_refresh(inode);
}

static bool in_group(const struct process *process, uint32_t gid, bool real)
{
	if (gid == (real ? process->gid : process->egid))
		return true;
	for (uint32_t i = 0; i < process->group_count; i++)
		if (process->groups[i] == gid)
			return true;
	return false;
}

int inode_access(struct inode *inode, uint32_t mask, bool real)
{
	const struct process *process = current()->process;
	uint32_t uid = real ? process->uid : process->euid;
	int error = inode_refresh_rights(inode);

	if (error < 0)
		return error;
	uint32_t mode = inode->attr.mode;
	if (uid == 0 && !inode->super->ops->no_override) {
		/* root may all, but execute only what somebody may. */
		if (!(mask & 1) || inode_is(inode, S_IFDIR) || (mode & 0111))
			return 0;
		return -EACCES;
	}
	if (uid == inode->attr.uid)
		mode >>= 6;
	else if (in_group(process, inode->attr.gid, real))
		mode >>= 3;
	return (mode & mask) == mask ? 0 : -EACCES;
}

bool inode_owned(const struct inode *inode)
{
	uint32_t euid = current()->process->euid;

	return euid == 0 || euid == inode->attr.uid;
}

int inode_set_attr(struct inode *inode, const struct hc_fs_set_attr *set)
{
	struct hc_attr *attr = &inode->attr;
	int64_t now = fs_now();

	if (set->what & HC_SET_MODE)
		attr->mode = (attr->mode & S_IFMT) | set->mode;
	if ((set->what & HC_SET_OWNER) && set->uid != (uint32_t)-1)
		attr->uid = set->uid;
	if ((set->what & HC_SET_OWNER) && set->gid != (uint32_t)-1)
		attr->gid = set->gid;
	if (set->what & HC_SET_ATIME)
		attr->atime_ns = set->atime_ns == HC_TIME_NOW ? now : set->atime_ns;
	if (set->what & HC_SET_MTIME)
		attr->mtime_ns = set->mtime_ns == HC_TIME_NOW ? now : set->mtime_ns;
	attr->ctime_ns = now;
	return 0;
}

void inode_touch(struct inode *inode, bool modified)
{
	inode->attr.ctime_ns = fs_now();
	if (modified)
		inode->attr.mtime_ns = inode->attr.ctime_ns;
}

void inode_own(struct inode *inode)
{
	inode->attr.uid = current()->process->euid;
	inode->attr.gid = current()->process->egid;
}

void inode_accessed(struct file *file)
{
	if (!(file->flags & O_NOATIME))
		file->inode->attr.atime_ns = fs_now();
}
