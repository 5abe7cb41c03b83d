// SPDX-License-Identifier: Apache-2.0
/* stat, statx, statfs. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/sys.h"

#include <asm/stat.h>
#include <asm/statfs.h>
#include <linux/stat.h>

#define NS 1000000000

static void fill_stat(struct stat *st, const struct hc_attr *attr)
{
	*st = (struct stat){
		.st_dev = attr->dev,
		.st_ino = attr->ino,
		.st_nlink = attr->nlink,
		.st_mode = attr->mode,
		.st_uid = attr->uid,
		.st_gid = attr->gid,
		.st_rdev = attr->rdev,
		.st_size = attr->size,
		.st_blksize = attr->blksize,
		.st_blocks = attr->blocks,
	};
}

/* Times before the epoch count nanoseconds up from the second below. */
static int64_t seconds(int64_t ns)
{
	return ns >= 0 ? ns / NS : -((-ns + NS - 1) / NS);
}

static uint32_t nanos(int64_t ns)
{
	return (uint32_t)(ns - seconds(ns) * NS);
}

static long put_stat(const struct hc_attr *attr, uva_t to)
{
	struct stat st;

	fill_stat(&st, attr);
	st.st_atime = (uint64_t)seconds(attr->atime_ns);
	st.st_atime_nsec = nanos(attr->atime_ns);
	st.st_mtime = (uint64_t)seconds(attr->mtime_ns);
	st.st_mtime_nsec = nanos(attr->mtime_ns);
	st.st_ctime = (uint64_t)seconds(attr->ctime_ns);
	st.st_ctime_nsec = nanos(attr->ctime_ns);
	return copy_to_user(to, &st, sizeof(st));
}

/* What is known of an object. */
struct found {
	struct hc_attr attr;
	int64_t born_ns; /* 0: that is not known */
	uint64_t mount;
	bool root; /* of its mount */
};

static void note(struct found *found, const struct inode *inode, const struct dentry *entry)
{
	found->born_ns = inode->born_ns;
	found->mount = inode->super->dev;
	found->root = entry && entry->parent == entry && entry->super->covered;
}

static long find_file(int fd, struct found *found)
{
	struct file *file = fd_get_raw(fd);

	if (!file)
		return -EBADF;
	int error = file_attr(file, &found->attr);
	note(found, file->inode, file->dentry);
	file_put(file);
	return error;
}

/* flags: AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH. */
static long find(int dirfd, uva_t path, uint64_t flags, struct found *found)
{
	struct dentry *entry;
	char *name;
	char first = 1;

	/* glibc's fstat. A NULL path is as good as an empty one since Linux 6.11. */
	if ((flags & AT_EMPTY_PATH) && dirfd >= 0 &&
	    (!path || (copy_from_user(&first, path, 1) == 0 && !first)))
		return find_file(dirfd, found);
	long error = path_from_user(path, flags & AT_EMPTY_PATH, &name);
	if (error < 0)
		return error;
	error = walk_object(dirfd, name,
			    (flags & AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
				    (flags & AT_EMPTY_PATH ? WALK_EMPTY : 0),
			    &entry);
	path_free(name);
	if (error < 0)
		return error;
	error = inode_refresh(entry->inode);
	found->attr = entry->inode->attr;
	note(found, entry->inode, entry);
	dentry_put(entry);
	return error;
}

static long stat_path(int dirfd, uva_t path, uint64_t flags, uva_t to)
{
	struct found found;
	long error = find(dirfd, path, flags, &found);

	return error < 0 ? error : put_stat(&found.attr, to);
}

long sys_stat(const uint64_t *a)
{
	return stat_path(AT_FDCWD, a[0], 0, a[1]);
}

long sys_lstat(const uint64_t *a)
{
	return stat_path(AT_FDCWD, a[0], AT_SYMLINK_NOFOLLOW, a[1]);
}

long sys_newfstatat(const uint64_t *a)
{
	if (a[3] & ~(uint64_t)(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH))
		return -EINVAL;
	return stat_path((int)a[0], a[1], a[3], a[2]);
}

long sys_fstat(const uint64_t *a)
{
	struct found found;
	long error = find_file((int)a[0], &found);

	return error < 0 ? error : put_stat(&found.attr, a[1]);
}

static struct statx_timestamp timestamp(int64_t ns)
{
	return (struct statx_timestamp){ .tv_sec = seconds(ns), .tv_nsec = nanos(ns) };
}

static uint32_t major_of(uint64_t dev)
{
	return (uint32_t)((dev >> 8) & 0xfff) | (uint32_t)((dev >> 32) & ~0xfffull);
}

static uint32_t minor_of(uint64_t dev)
{
	return (uint32_t)(dev & 0xff) | (uint32_t)((dev >> 12) & ~0xffull);
}

static long put_statx(const struct found *found, uva_t to)
{
	const struct hc_attr *attr = &found->attr;
	struct statx st = {
		.stx_mask = STATX_BASIC_STATS | STATX_MNT_ID | (found->born_ns ? STATX_BTIME : 0),
		.stx_blksize = (uint32_t)attr->blksize,
		.stx_nlink = attr->nlink,
		.stx_uid = attr->uid,
		.stx_gid = attr->gid,
		.stx_mode = (uint16_t)attr->mode,
		.stx_ino = attr->ino,
		.stx_size = (uint64_t)attr->size,
		.stx_blocks = (uint64_t)attr->blocks,
		.stx_attributes = found->root ? STATX_ATTR_MOUNT_ROOT : 0,
		.stx_attributes_mask = STATX_ATTR_MOUNT_ROOT,
		.stx_atime = timestamp(attr->atime_ns),
		.stx_mtime = timestamp(attr->mtime_ns),
		.stx_ctime = timestamp(attr->ctime_ns),
		.stx_rdev_major = major_of(attr->rdev),
		.stx_rdev_minor = minor_of(attr->rdev),
		.stx_dev_major = major_of(attr->dev),
		.stx_dev_minor = minor_of(attr->dev),
		.stx_mnt_id = found->mount,
	};

	if (found->born_ns)
		st.stx_btime = timestamp(found->born_ns);
	return copy_to_user(to, &st, sizeof(st));
}

long sys_statx(const uint64_t *a)
{
	const uint64_t known =
		AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE;
	struct found found;

	if (a[3] & STATX__RESERVED)
		return -EINVAL;
	if ((a[2] & ~known) || (a[2] & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
		return -EINVAL;
	long error = find((int)a[0], a[1], a[2], &found);
	return error < 0 ? error : put_statx(&found, a[4]);
}

static long put_statfs(struct super *super, uva_t to)
{
	struct hc_fs_statfs_out out = { .type = super->ops->magic,
					.bsize = GUEST_PAGE_SIZE,
					.frsize = GUEST_PAGE_SIZE,
					.namelen = FS_NAME_MAX };
	int error = super->ops->statfs ? super->ops->statfs(super, &out) : 0;

	if (error < 0)
		return error;
	struct statfs st = {
		.f_type = (int64_t)out.type,
		.f_bsize = (int64_t)out.bsize,
		.f_blocks = (int64_t)out.blocks,
		.f_bfree = (int64_t)out.bfree,
		.f_bavail = (int64_t)out.bavail,
		.f_files = (int64_t)out.files,
		.f_ffree = (int64_t)out.ffree,
		.f_fsid = { { (int)super->dev, 0 } },
		.f_namelen = (int64_t)out.namelen,
		.f_frsize = (int64_t)out.frsize,
		/* ST_VALID, ST_NOSUID, and what this mount is. */
		.f_flags = 0x20 | 2 | (super->read_only ? 1 : 0),
	};
	return copy_to_user(to, &st, sizeof(st));
}

long sys_statfs(const uint64_t *a)
{
	struct dentry *entry;
	char *name;
	long result = path_from_user(a[0], false, &name);

	if (result < 0)
		return result;
	result = walk_object(AT_FDCWD, name, WALK_FOLLOW, &entry);
	path_free(name);
	if (result < 0)
		return result;
	result = put_statfs(entry->super, a[1]);
	dentry_put(entry);
	return result;
}

long sys_fstatfs(const uint64_t *a)
{
	struct file *file = fd_get_raw((int)a[0]);

	if (!file)
		return -EBADF;
	long result = put_statfs(file->inode->super, a[1]);
	file_put(file);
	return result;
}
