/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the file system: inodes (objects), dentries (names), supers
 * (mounted file systems) and what a file system kind provides for each.
 *
 * An inode may have several names (hard links) or none (open but unlinked).
 * Every super is mounted at one place, so a dentry alone says where one is.
 * All counts are plain: one vCPU runs the runtime, and never twice at once.
 */
#ifndef GUEST_FS_VFS_H
#define GUEST_FS_VFS_H

#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/lib/list.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/wait.h"

#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>

#define FS_PATH_MAX  4096 /* with NUL */
#define FS_NAME_MAX  255
#define FS_LINKS_MAX 40 /* symbolic links in one walk */

struct inode;
struct dentry;
struct super;
struct dir_sink;
struct text; /* fs/text.h */

/* What an object can do; NULL where it cannot. Names are not NUL-terminated. */
struct inode_ops {
	/*
	 * Finds names below dir: `rest` is one or more components with single
	 * slashes, none special. *out: a new reference to the last one found,
	 * after *used bytes. open: the last is about to be opened for reading.
	 */
	int (*lookup)(struct dentry *dir, const char *rest, size_t length, bool open,
		      struct dentry **out, size_t *used);
	int (*refresh)(struct inode *inode); /* brings inode->attr up to date */
	int (*rights)(struct inode *inode);  /* its mode, uid and gid; NULL: refresh does */
	int (*open)(struct file *file);	     /* sets file->ops; may replace file->inode's use */
	long (*readlink)(struct inode *inode, char *to, size_t size); /* bytes, no NUL */
	int (*follow)(struct inode *inode, struct dentry **out); /* link to an object, not a path */
	int (*create)(struct dentry *dir, const char *name, size_t length, uint32_t mode,
		      uint64_t rdev, const char *target, struct dentry **out);
	int (*temporary)(struct dentry *dir, uint32_t mode, struct dentry **out); /* O_TMPFILE */
	int (*link)(struct dentry *dir, const char *name, size_t length, struct inode *inode);
	int (*remove)(struct dentry *entry); /* unlink and rmdir */
	int (*rename)(struct dentry *from, struct dentry *dir, const char *name, size_t length,
		      struct dentry *victim);
	int (*exchange)(struct dentry *a, struct dentry *b);
	int (*truncate)(struct inode *inode, int64_t size);
	int (*allocate)(struct inode *inode, int mode, int64_t offset, int64_t length);
	/*
	 * Extended attributes, by whole names ("user.x"); who may is checked before. Sizes are in
	 * bytes, at most XATTR_SIZE_MAX; with size 0, get and list only tell the length. -ERANGE:
	 * it needs more than size; -ENODATA: there is none; -EOPNOTSUPP: not this kind of name.
	 * The list is names, each with its NUL. set: value NULL removes; flags: XATTR_CREATE
	 * (-EEXIST), XATTR_REPLACE (-ENODATA) or 0. All NULL: a file system without.
	 */
	long (*xattr_get)(struct inode *inode, const char *name, void *value, size_t size);
	long (*xattr_list)(struct inode *inode, char *names, size_t size);
	int (*xattr_set)(struct inode *inode, const char *name, const void *value, size_t size,
			 int flags);
	/* fsync, and fdatasync when `data`; NULL: nothing lies anywhere else. */
	int (*sync)(struct file *file, bool data);
	/*
	 * Changes the mode (with set-id bits, without the type), owner and times that set->what
	 * names, not the size; who may is checked before. NULL: they cannot be changed.
	 */
	int (*set_attr)(struct inode *inode, const struct hc_fs_set_attr *set);
	/* May the directory be removed? 0 or -ENOTEMPTY. NULL: remove and rename find out. */
	int (*empty)(struct dentry *dir);
	void (*release)(struct inode *inode); /* the last reference is gone: frees it */
};

struct inode {
	uint32_t references;
	uint32_t locks_shared; /* flock(2) */
	bool lock_exclusive;
	struct wait_queue unlocked; /* woken when a lock of any kind goes */
	uint32_t writers, runners;  /* open for writing; executed by (ETXTBSY) */
	bool linkable;		    /* of O_TMPFILE: may get its first name */
	bool host_checks;     /* of an overlay: mode and owner are the host's, who checks them */
	struct dentry *names; /* that are in memory: by next_name */
	uint32_t mappings;    /* VMAs that show it, */
	uint32_t writables;   /* and of these, those that may store into it */
	const struct inode_ops *ops;
	struct super *super;
	struct site_list *sites; /* entry/site-list.c's, or NULL */
	struct pipe *pipe;	 /* of a FIFO that is open */
	struct list range_locks; /* fs/lock.h; zeroed: none ever */
	uint32_t seals;		 /* F_SEAL_*, of files in memory */
	struct hc_attr attr;
	int64_t born_ns; /* statx's btime; 0: unknown */
};

struct dentry {
	uint32_t references;
	uint32_t hash;
	bool hashed; /* can be found; else deleted or replaced */
	bool fixed;  /* part of the mount plan: always true, never evicted */
	/*
	 * Of an overlay, where a name that is not kept is as it is below. A kept one has a
	 * reference of its own; without an inode, it hides what is below (a whiteout).
	 */
	bool kept;
	bool covers;	       /* kept, and there is such a name below */
	struct dentry *parent; /* a reference; itself at the root of a super */
	struct inode *inode;   /* a reference; NULL: known not to exist */
	struct dentry *next_name;
	struct super *super;
	struct super *mounted;		/* lies over this name */
	struct list siblings, children; /* hashed ones, by cookie */
	struct dentry *hash_next;
	struct list unused;   /* cached, without references */
	uint64_t cookie;      /* position in its directory */
	uint64_t next_cookie; /* of its children */
	uint64_t checked;     /* host names: when it was last seen to be so */
	uint16_t length;
	char *name; /* own_name, or after a rename its own memory; NUL-terminated */
	char own_name[];
};

struct super_ops {
	/* NULL: nothing to count, `magic` says all. */
	int (*statfs)(struct super *super, struct hc_fs_statfs_out *out);
	uint64_t magic;
	bool (*fresh)(const struct dentry *entry); /* NULL: names are always true */
	/* A fixed name of the mount plan: a directory or file to be covered, or a link. */
	int (*plant)(struct dentry *dir, const char *name, size_t length, uint32_t mode,
		     const char *target, struct dentry **out);
	/* For objects without a path: what /proc/self/fd shows. */
	long (*name)(const struct dentry *entry, char *buffer, size_t size);
	/* One VMA more (1) or less (-1) shows the file; NULL: nobody wants to know. */
	void (*mapped)(struct file *file, int change);
	bool cached;	   /* unused dentries are kept */
	bool create_tells; /* create says -EEXIST itself where a name is not known */
	/* Access is what mode says, for uid 0 too: the monitor has no capabilities. */
	bool no_override;
};

struct super {
	const struct super_ops *ops;
	const char *type;
	uint64_t dev;
	bool read_only; /* by the policy: no file system of a program is */
	bool planned;	/* the mount plan's own: what is not in it, no rule shows */
	uint64_t last_ino;
	struct dentry *root;	/* a reference */
	struct dentry *covered; /* a reference; NULL: the root of all */
	struct list node;	/* of all mounts, in order */
};

struct file_ops {
	/* Transfer at *offset and advance it. Bytes or -errno. */
	long (*read)(struct file *file, struct uio *uio, int64_t *offset);
	long (*write)(struct file *file, struct uio *uio, int64_t *offset);
	int64_t (*seek)(struct file *file, int64_t offset, int whence); /* NULL: -ESPIPE */
	int (*readdir)(struct file *file, struct dir_sink *sink);
	long (*ioctl)(struct file *file, uint32_t request, uint64_t argument);
	/* POLL* events that are ready now; NULL: reading and writing never block. */
	uint32_t (*poll)(struct file *file);
	/* Where a change of that is announced; NULL: there is none. */
	struct wait_queue *(*queue)(struct file *file);
	int (*opened)(struct file *file); /* of devices: the last word on an open */
	int (*page)(struct file *file, void *page, uint64_t offset);
	/*
	 * For shared mappings: *page is the GPA of the file's page itself, made if need be; stores
	 * into it are the file's when `write`. The caller takes a reference of its own (page_get).
	 * -ENXIO past the end (SIGBUS), -ENOMEM; NULL: shared mappings are refused with -ENODEV.
	 */
	int (*shared_page)(struct file *file, uint64_t offset, bool write, uint64_t *page);
	int (*attr)(struct file *file, struct hc_attr *out);   /* NULL: the inode's */
	void (*describe)(struct file *file, struct text *out); /* more for fdinfo; NULL: no more */
	void (*flush)(struct file *file); /* current closes a descriptor of it; NULL: so what */
	void (*release)(struct file *file);
	bool positioned; /* pread and pwrite work */
};

struct file {
	uint32_t references;
	uint32_t flags; /* O_* */
	const struct file_ops *ops;
	struct inode *inode;   /* a reference */
	struct dentry *dentry; /* a reference; NULL: no name */
	int64_t offset;
	void *private;
	uint32_t lock;			/* LOCK_SH, LOCK_EX or 0: flock(2) held */
	int lock_pid;			/* by who took it */
	bool unseen;			/* writes, but is not counted in inode->writers */
	struct list locked;		/* of all that hold one: file_locks */
	int owner, owner_type;		/* F_SETOWN: a process, negative: a group; F_OWNER_* */
	uint32_t owner_uid, owner_euid; /* of who said so */
	int io_signal;			/* F_SETSIG; 0: SIGIO */
	struct async *async;		/* fs/async.c's; NULL: O_ASYNC is off */
	struct list watchers;		/* entries of epoll sets; zeroed: none ever */
};

/* dentry.c */
struct dentry *dentry_get(struct dentry *entry);
void dentry_put(struct dentry *entry); /* NULL is fine */
/*
 * A hashed name below parent, with one reference; takes over inode's (NULL: the
 * name does not exist). NULL: no memory.
 */
struct dentry *dentry_create(struct dentry *parent, const char *name, size_t length,
			     struct inode *inode);
/* A root (parent NULL) or a nameless object below parent; takes over inode's reference. */
struct dentry *dentry_create_root(struct super *super, struct inode *inode);
/* A root with a name of its own, for super_ops.name to tell. */
struct dentry *dentry_create_object(struct super *super, struct inode *inode, const char *name);
struct dentry *dentry_create_nameless(struct dentry *parent, struct inode *inode);
/* A new reference, or NULL. */
struct dentry *dentry_find(struct dentry *parent, const char *name, size_t length);
/* The same without a reference: to look at. */
struct dentry *dentry_peek(const struct dentry *parent, const char *name, size_t length);
void dentry_unhash(struct dentry *entry);
/* A new name gets its object, or another one; takes over the reference. NULL: it does not exist. */
void dentry_set_inode(struct dentry *entry, struct inode *inode);
/* Gives entry another name and place; it stays as it is when memory is short (-ENOMEM). */
int dentry_move(struct dentry *entry, struct dentry *parent, const char *name, size_t length);
/* a and b take each other's place. 0 or -ENOMEM. */
int dentry_swap(struct dentry *a, struct dentry *b);
bool dentry_below(const struct dentry *entry, const struct dentry *ancestor);
/* Has dir, known or fixed, a child that exists? 0 or -ENOTEMPTY. */
int dentry_empty(struct dentry *dir);
void dentry_trim(unsigned int keep); /* frees the longest unused */
/* Through mounts: what is seen at entry. Takes and gives a reference. */
struct dentry *dentry_cross(struct dentry *entry);
/* The parent as a path sees it, through mounts; a new reference. */
struct dentry *dentry_parent(struct dentry *entry, const struct dentry *root);
/* Path from root, with " (deleted)" where that is so. Length without NUL, or -ENAMETOOLONG. */
long dentry_path(struct dentry *entry, const struct dentry *root, char *buffer, size_t size);

/* Was a directory of this name removed while somebody was in it? */
static inline bool dentry_removed(const struct dentry *entry)
{
	return !entry->hashed && entry->parent != entry;
}

/* inode.c */
void inode_init(struct inode *inode, struct super *super, const struct inode_ops *ops,
		uint32_t mode);
struct inode *inode_get(struct inode *inode);
void inode_put(struct inode *inode); /* NULL is fine */
int inode_refresh(struct inode *inode);
int inode_refresh_rights(struct inode *inode); /* mode, uid, gid alone: cheaper */
/* mask: R_OK 4, W_OK 2, X_OK 1, with the effective ids or, `real`, the real ones. */
int inode_access(struct inode *inode, uint32_t mask, bool real);
bool inode_owned(const struct inode *inode);	      /* by current, or current is root */
void inode_touch(struct inode *inode, bool modified); /* ctime, and mtime */
/* What set_attr is where attributes lie in memory. */
int inode_set_attr(struct inode *inode, const struct hc_fs_set_attr *set);
void inode_own(struct inode *inode);	/* gives a new one to current */
void inode_accessed(struct file *file); /* atime, unless O_NOATIME */
int64_t fs_now(void);			/* CLOCK_REALTIME in ns; 0 while the mounts are made */

static inline bool inode_is(const struct inode *inode, uint32_t type)
{
	return (inode->attr.mode & S_IFMT) == type;
}

/* readdir.c: gathers entries for getdents. */
struct dir_sink {
	bool (*emit)(struct dir_sink *sink, const char *name, size_t length, uint64_t ino,
		     uint32_t type, uint64_t next);
};
bool readdir_dots(struct file *file, struct dir_sink *sink); /* false: the sink is full */
extern const struct file_ops directory_ops;		     /* of in-memory directories */
int64_t seek_directory(struct file *file, int64_t offset, int whence);
int64_t seek_nothing(struct file *file, int64_t offset, int whence); /* succeeds, stays */
int64_t seek_plain(struct file *file, int64_t offset, int whence, int64_t size);

/* mount.c */
struct super *super_create(const struct super_ops *ops, const char *type, bool read_only);
/* One that is mounted nowhere and that nobody sees. */
struct super *super_create_hidden(const struct super_ops *ops, const char *type);
extern struct list fs_mounts;
extern struct dentry *fs_root;
extern bool fs_started; /* fs_init() is done */

/* Length of the first component of path, which has no '/' at its start. */
static inline size_t path_component(const char *path, size_t length)
{
	size_t n = 0;

	while (n < length && path[n] != '/')
		n++;
	return n;
}

#endif
