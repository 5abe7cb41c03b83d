/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In-memory file systems: /tmp, the read-only skeleton that holds the mounts,
 * and /dev. A linked name holds one reference to its dentry: the dentries are
 * the directory.
 */
#ifndef GUEST_FS_TMPFS_H
#define GUEST_FS_TMPFS_H

#include "guest-runtime/fs/vfs.h"
#include "guest-runtime/fs/xattr.h"

/* A tree of pages, 512 wide; level 0: `root` is the only data page. */
struct tmpfs_data {
	uint64_t root; /* gpa, or 0 */
	uint32_t level;
};

struct tmpfs_inode {
	struct inode inode;
	struct xattr *xattrs;
	union {
		struct tmpfs_data data;	       /* regular files */
		char *target;		       /* symbolic links */
		const struct file_ops *device; /* of /dev */
	};
};

extern const struct inode_ops tmpfs_file_ops, tmpfs_link_ops, tmpfs_directory_ops,
	tmpfs_special_ops;
int tmpfs_remove(struct dentry *entry);
void tmpfs_free(struct inode *inode);
long tmpfs_xattr_get(struct inode *inode, const char *name, void *value, size_t size);
long tmpfs_xattr_list(struct inode *inode, char *names, size_t size);
int tmpfs_xattr_set(struct inode *inode, const char *name, const void *value, size_t size,
		    int flags);
extern const struct file_ops tmpfs_data_ops;

/* A mounted-nowhere file system with an empty root. NULL: no memory. */
struct super *tmpfs_create(const char *type, uint32_t mode, bool read_only);

/* One for objects without a path, which nobody sees: `ops` has tmpfs_statfs() and their names. */
struct super *tmpfs_create_hidden(const struct super_ops *ops);
int tmpfs_statfs(struct super *super, struct hc_fs_statfs_out *out);

/* Adds an object, whatever read_only says: for set-up. *out is borrowed from the directory. */
int tmpfs_add(struct dentry *dir, const char *name, size_t length, uint32_t mode,
	      const char *target, struct dentry **out);

static inline struct tmpfs_inode *tmpfs_of(struct inode *inode)
{
	return container_of(inode, struct tmpfs_inode, inode);
}

/* tmpfs-data.c */
uint64_t tmpfs_room(void); /* pages that files may still take */
uint64_t tmpfs_total(void);
/* At the start: what contents of files may take of the VM's memory; 0: whatever there is. */
void tmpfs_limit(uint64_t bytes);
/* The page that holds offset, or 0. */
uint64_t tmpfs_page(const struct tmpfs_data *data, uint64_t offset);
/* Makes one when there is none; 0: no memory. *made says so. */
uint64_t tmpfs_page_make(struct tmpfs_data *data, uint64_t offset, bool *made);
/* Drops whole pages in [from, to); returns how many. */
uint64_t tmpfs_drop(struct tmpfs_data *data, uint64_t from, uint64_t to);
/* First offset >= from with a page (data) or without one; UINT64_MAX: none. */
uint64_t tmpfs_next(const struct tmpfs_data *data, uint64_t from, bool page);

#endif
