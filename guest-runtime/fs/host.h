/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of the host behind a grant. What was learned of them is believed for a
 * second, as FUSE does by default: names that exist, names that do not, and
 * attributes. What is read ahead of an open file is believed for 10 ms, that
 * it ended there for 1 ms; a small file that was loaded before it was opened
 * may be 200 ms old, and one that is only read and has not changed for long is
 * believed with its attributes. A change by the VM itself ends the belief in what
 * it changes, by whatever name; so does a write to the caller's file (stdout).
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
	HOST_HANDLE_READ, /* can be read, too */
	HOST_HANDLE_BOTH, /* can be written, too */
};

/* What a handle is wanted for; reading and writing are HC_WALK_OPEN and HC_WALK_WRITE. */
enum host_need {
	HOST_ANY = 0, /* to walk from, to ask attributes of */
	HOST_READ = HC_WALK_OPEN,
	HOST_WRITE = HC_WALK_WRITE,
	HOST_OPENED = 4, /* opened in whatever way */
};

struct host_piece;
struct host_kept;

struct host_inode {
	struct inode inode;
	struct dentry *entry; /* its name; not a reference, NULL when that is gone */
	enum host_handle state;
	uint32_t handle;
	uint32_t writer; /* a handle only for writing, of what cannot be read */
	bool has_writer;
	bool removed;	    /* its name is: what it takes is freed when the last handle goes */
	uint64_t checked;   /* when attr was true; 0: only its type is known */
	bool made;	    /* just now, by an open to come, which may do with it what it asked */
	uint32_t unpinned;  /* open files that have come without a handle */
	uint64_t no_xattrs; /* when it had no extended attributes */
	struct host_piece *pieces;
	struct host_kept *kept; /* its content as it was read; NULL */
	/* host-load.c: the first is 0 when there is nothing */
	uint64_t loaded, loaded_at; /* which load, when */
	uint32_t loaded_start;
	/* Of symbolic links: where they led, and when. */
	char *target;
	uint64_t target_read;
	/* Of directories: what was listed, and how many names were loaded last. */
	uint32_t batch;
	struct host_list *list;
};

static inline struct host_inode *host_of(struct inode *inode)
{
	return container_of(inode, struct host_inode, inode);
}

/* The super of a grant; its root is a file or a directory. NULL: no memory. */
struct super *host_mount(uint32_t handle, uint32_t mode, bool writable);
void host_init(uint64_t tsc_khz);

/* Nothing learned so far is believed any more. */
void host_forget(void);
uint64_t host_stamp(void); /* now, never 0 */
bool host_fresh(uint64_t stamp);
/* The VM has changed the object, by whatever name: contents, attributes, or what is in it. */
void host_changed(const struct inode *inode);
/* One more (1) or less (-1) piece in which its contents change without a word. */
void host_count_shared(const struct inode *inode, int change);
bool host_attr_fresh(const struct host_inode *host);
bool host_loaded_fresh(const struct inode *inode, uint64_t stamp);
bool host_content_fresh(const struct inode *inode, uint64_t stamp);
bool host_end_fresh(const struct inode *inode, uint64_t stamp);
bool host_is_shared(const struct inode *inode); /* there may be such pieces */

/* A name whose object has the mode; 0: there is none. NULL: no memory. */
struct dentry *host_add(struct dentry *dir, const char *name, size_t length, uint32_t mode);
/*
 * The same, as the host has just shown it (attr may be NULL): what was known
 * is kept while it may be the same object. A reference.
 */
struct dentry *host_learn(struct dentry *dir, const char *name, size_t length, uint32_t mode,
			  const struct hc_attr *attr);

/* host-belief.c */
/* host-handle.c */
/* A handle that serves the need: HOST_READ | HOST_WRITE for both. It stays the inode's. */
int host_handle(struct host_inode *host, uint32_t need, uint32_t *handle);
/* May it be opened so (HOST_READ, HOST_WRITE) now? A handle from before does not tell. */
int host_may_open(struct host_inode *host, uint32_t need);
void host_drop_handle(struct host_inode *host);
/* Takes over a handle and what came with it, dropping the worse of two. flags: it was opened so. */
void host_settle(struct host_inode *host, const struct hc_fs_walk_out *reply, uint32_t flags);
/* host_fs_walk that makes room when the host is out of handles. flags: enum hc_walk_flags */
int64_t host_walk(uint32_t handle, const char *path, size_t length, uint32_t flags,
		  struct hc_fs_walk_out *out);
/*
 * Frees handles that can be found again, but `used`; true when `error` says
 * that they were short.
 */
bool host_make_room(int64_t error, uint32_t used);
/* Makes sure that an object in use outlives its name. 0 or -errno. */
int host_pin(struct dentry *entry);

int host_refresh(struct inode *inode);
int host_rights(struct inode *inode);

extern const struct inode_ops host_directory_ops, host_regular_ops, host_link_ops, host_special_ops;
struct inode *host_inode_create(struct super *super, uint32_t mode);

/* host-read.c, host-write.c, host-dir.c */
extern const struct file_ops host_file_ops, host_readdir_ops;
int host_open(struct file *file);
long host_write(struct file *file, struct uio *uio, int64_t *offset);
int64_t host_seek(struct file *file, int64_t offset, int whence);
int host_truncate(struct inode *inode, int64_t size);
int host_allocate(struct inode *inode, int mode, int64_t offset, int64_t length);
int host_sync(struct file *file, bool data);

/* host-kept.c: all of a small file was read just now; it is kept if that may be believed. */
void host_keep(struct host_inode *host, const uint8_t *bytes, size_t length);
/*
 * All of the file as it is now, until the next call of any function that may
 * sleep; NULL: not kept.
 */
const uint8_t *host_kept(struct host_inode *host, size_t *length);
void host_kept_drop(struct host_inode *host);
size_t host_kept_reclaim(size_t wanted); /* bytes of all; returns what there was */

/* host-name.c */
int host_create(struct dentry *dir, const char *name, size_t length, uint32_t mode, uint64_t rdev,
		const char *target, struct dentry **out);
int host_temporary(struct dentry *dir, uint32_t mode, struct dentry **out);
int host_link(struct dentry *dir, const char *name, size_t length, struct inode *inode);
int host_remove(struct dentry *entry);
int host_rename(struct dentry *from, struct dentry *dir, const char *name, size_t length,
		struct dentry *victim);
int host_exchange(struct dentry *a, struct dentry *b);

/* host-attr.c */
int host_set_attr(struct inode *inode, const struct hc_fs_set_attr *set);
long host_xattr_get(struct inode *inode, const char *name, void *value, size_t size);
long host_xattr_list(struct inode *inode, char *names, size_t size);
int host_xattr_set(struct inode *inode, const char *name, const void *value, size_t size,
		   int flags);

/*
 * host-map.c. GPA of a page that holds the file's at offset: the host's own in
 * a window, or for FILE_MAP_PRIVATE a frame. FILE_MAP_WRITE needs an open
 * for both. -ENXIO: past its end; -ENOMEM: no room.
 */
int host_page(struct host_inode *host, uint64_t offset, enum file_map_how how, uint64_t *page);
/* The same of a copy, as FILE_MAP_PRIVATE would have it. False: there is none. */
bool host_copied_page(struct host_inode *host, uint64_t offset, uint64_t *page);
void host_drop_pieces(struct host_inode *host);
/* Copies: all, or those of a file that has changed. */
void host_drop_copies(struct host_inode *host, bool stale);

/* host-room.c: 2^order pages of a window, aligned to their size; *page from its start. */
#define HOST_ROOM_ORDER_MAX 10
bool host_room_take(bool shared, unsigned int order, uint64_t *page);
void host_room_give(bool shared, unsigned int order, uint64_t page);

#endif
