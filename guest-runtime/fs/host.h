/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of the host behind a grant. What was learned of them is believed for a
 * second, as FUSE does by default: names that exist, names that do not, and
 * attributes. Contents are read ahead into a window of the open file, which is
 * believed as long. A write to the caller's files (stdout) ends all belief.
 *
 * A handle costs the host a descriptor, so directories on the way to something
 * get none until they need one, and unused names are dropped (dentry.c).
 */
#ifndef GUEST_FS_HOST_H
#define GUEST_FS_HOST_H

#include "guest-runtime/fs/vfs.h"

enum host_handle {
	HOST_HANDLE_NONE,
	HOST_HANDLE_ROOT, /* of a grant: belongs to the boot block */
	HOST_HANDLE_PATH, /* to walk from and to ask attributes of */
	HOST_HANDLE_OPEN, /* can be read, too */
};

/* A piece of the file, in the window (abi/layout.h) or in frames of RAM. */
struct host_piece {
	struct host_piece *next;
	uint64_t file_page, pages;
	uint64_t start;		/* GPA of the first page */
	unsigned int order;	/* of the room that it takes */
	int64_t mtime_ns, size; /* of the file when it was copied into RAM */
};

struct host_inode {
	struct inode inode;
	struct dentry *entry; /* its name; not a reference, NULL when that is gone */
	enum host_handle state;
	uint32_t handle;
	uint64_t checked; /* when attr was true; 0: only its type is known */
	struct host_piece *pieces;
};

static inline struct host_inode *host_of(struct inode *inode)
{
	return container_of(inode, struct host_inode, inode);
}

/* The super of a grant; its root is a file or a directory. NULL: no memory. */
struct super *host_mount(uint32_t handle, uint32_t mode);
void host_init(uint64_t tsc_khz);

/* Nothing learned so far is believed any more. */
void host_forget(void);
uint64_t host_stamp(void); /* now, never 0 */
bool host_fresh(uint64_t stamp);

/* host-handle.c */
/* A handle to walk from, or with open, to read from. */
int host_handle(struct host_inode *host, bool open, uint32_t *handle);
void host_drop_handle(struct host_inode *host);
/* Takes over a handle and what came with it, dropping the worse of two. */
void host_settle(struct host_inode *host, const struct hc_fs_walk_out *reply);
/* host_fs_walk that makes room when the host is out of handles. */
int64_t host_walk(uint32_t handle, const char *path, size_t length, bool open,
		  struct hc_fs_walk_out *out);

extern const struct inode_ops host_directory_ops, host_file_ops, host_link_ops, host_special_ops;
const struct inode_ops *host_ops_of(uint32_t mode);
struct inode *host_inode_create(struct super *super, uint32_t mode);
int host_open(struct file *file);
int host_refresh(struct inode *inode);
extern const struct file_ops host_read_ops, host_readdir_ops;

/* host-map.c */
uint64_t host_page(struct host_inode *host, uint64_t offset, bool may_copy);
void host_drop_pieces(struct host_inode *host);
void host_drop_copies(struct host_inode *host,
		      bool stale); /* all, or those of a file that has changed */

#endif
