/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host directory below, the VM's memory above. Below is a host mount that no
 * path leads to: every object of it that is seen has an inode here, which shows
 * what is below until it is changed; attributes and contents then become its
 * own, each when first changed, so that open files and mappings see the change.
 *
 * A name that is as it is below is a dentry like a host mount's: it may be
 * forgotten. Others are kept (vfs.h): changed objects, what leads to them, new
 * and moved names, and whiteouts. A moved directory still shows what is below
 * it, since its inode says where that is.
 */
#ifndef GUEST_FS_OVERLAY_H
#define GUEST_FS_OVERLAY_H

#include "guest-runtime/fs/tmpfs.h"

struct overlay_inode {
	struct tmpfs_inode memory; /* attributes and contents once they are its own */
	struct dentry *lower;	   /* of the host mount below: a reference; NULL: made here */
	bool own_attr, own_data, own_xattrs;
	/*
	 * Of large files with contents of their own: what lies before this byte and has no page in
	 * memory is still what is below. 0: all is in memory.
	 */
	uint64_t below_end;
	bool held;	   /* has a reference of its own: changed, and with names yet unseen */
	uint64_t dev, ino; /* below, of objects with several names: for these to share the inode */
	struct list shared, all;
	char *saved; /* its first path in the archive */
};

static inline struct overlay_inode *overlay_of(struct inode *inode)
{
	return container_of(tmpfs_of(inode), struct overlay_inode, memory);
}

/* The super of an overlay grant. NULL: no memory. */
struct super *overlay_mount(uint32_t handle, uint32_t mode);

/* Closes what handles the objects below hold but this one; they are found again by name. */
void overlay_drop_handles(uint32_t but);

/* The open file below, when contents are still what is there; else NULL. Borrowed. */
struct file *overlay_below(struct file *file);
/* Is it of an overlay, with all contents in memory? */
bool overlay_in_memory(const struct file *file);

/* Writes all changes of all overlays as a tar archive to HC_OUTPUT_SAVE. */
void overlay_save(void);
void overlay_save_prepare(void); /* at the start, while there is memory */
bool overlay_is(const struct super *super);

/* overlay.c */
const struct inode_ops *overlay_ops_of(uint32_t mode);

/* overlay-inode.c */
/* One that shows what is below; takes over the reference to lower, unless there is no memory. */
struct inode *overlay_reflect(struct super *super, uint32_t mode, struct dentry *lower);
void overlay_release(struct inode *inode);
struct inode *overlay_make(struct super *super, uint32_t mode, const char *target);
/* The inode that shows lower: a new reference; takes none. NULL: no memory. */
struct inode *overlay_show(struct super *super, struct dentry *lower);
bool overlay_shows(struct inode *inode, struct dentry *lower);
int overlay_refresh(struct inode *inode);
/* Makes attributes the inode's own, and keeps its names. 0 or -errno. */
int overlay_own(struct inode *inode);
void overlay_keep(struct dentry *entry);
/*
 * Is there a changed object of this number below, or with 0 any, that has names
 * not looked up yet?
 */
bool overlay_is_unseen(uint64_t ino);
void overlay_let_go(struct inode *inode); /* the last name is gone: nobody will look for it */

/* overlay-copy.c: makes contents the inode's own, as far as `size`. */
int overlay_own_data(struct inode *inode, int64_t size);
/* Brings the pages of [from, to) that are still below into memory. 0 or -errno. */
int overlay_fetch(struct inode *inode, uint64_t from, uint64_t to);
int overlay_own_xattrs(struct inode *inode);

/* overlay-name.c */
int overlay_lookup(struct dentry *dir, const char *rest, size_t length, bool open,
		   struct dentry **out, size_t *used);
int overlay_create(struct dentry *dir, const char *name, size_t length, uint32_t mode,
		   uint64_t rdev, const char *target, struct dentry **out);
int overlay_temporary(struct dentry *dir, uint32_t mode, struct dentry **out);
int overlay_link(struct dentry *dir, const char *name, size_t length, struct inode *inode);
int overlay_remove(struct dentry *entry);
int overlay_rename(struct dentry *from, struct dentry *dir, const char *name, size_t length,
		   struct dentry *victim);
int overlay_exchange(struct dentry *a, struct dentry *b);

/* overlay-links.c: makes all names of changed objects known; false: out of memory. */
bool overlay_find_names(struct super *super);

/* overlay-dir.c */
int overlay_empty(struct dentry *dir);
int overlay_open_directory(struct file *file);

/* overlay-file.c */
int overlay_open_file(struct file *file);
int overlay_truncate(struct inode *inode, int64_t size);
int overlay_allocate(struct inode *inode, int mode, int64_t offset, int64_t length);

#endif
