/* SPDX-License-Identifier: Apache-2.0 */
/* Open files and the descriptor table of a process; without a table given, current's. */
#ifndef GUEST_FS_FILES_H
#define GUEST_FS_FILES_H

#include "guest-runtime/fs/vfs.h"

struct files;

/* A new reference to the open file that fd names, or NULL; O_PATH descriptors are none. */
struct file *files_get(struct files *files, int fd);
struct file *fd_get(int fd); /* of current */
/* The same with O_PATH descriptors: for calls that need only the object. */
struct file *fd_get_raw(int fd);
struct file *files_get_raw(struct files *files, int fd);

/* Tables: the same for one more thread; a copy, or NULL when out of memory; one thread less. */
struct files *files_share(struct files *files);
struct files *files_copy(const struct files *files);
void files_release(struct files *files);
/* execve's: current gets a copy of a table that others have, too. 0 or -ENOMEM. */
int files_unshare(void);

/* Puts file at the first free descriptor from `from` on; takes over the reference in any case. */
int files_add(struct file *file, int from, bool cloexec);
int files_room(void); /* 0, or -EMFILE: no descriptor is free */
/* Puts file at fd, closing what was there; takes over the reference, also on failure. */
int files_set(int fd, struct file *file, bool cloexec);
int files_close(int fd);
int files_cloexec(int fd); /* 0, 1 or -EBADF */
int files_cloexec_of(struct files *files, int fd);
int files_set_cloexec(int fd, bool cloexec);
/* Closes, or marks, all from first to last. */
void files_close_range(uint32_t first, uint32_t last, bool mark);
void files_close_on_exec(void);
/* The lowest open descriptor from `from`, or -1. */
int files_next_of(const struct files *files, int from);
/* How many slots a table has: FDSize of /proc/PID/status. */
uint32_t files_size(const struct files *files);

/* File objects. Takes over no references; both are taken. NULL when out of memory. */
struct file *file_create(struct inode *inode, struct dentry *dentry, uint32_t flags);

/* Descriptor-level transfers: check the mode, keep the position. */
long file_read(struct file *file, struct uio *uio, const int64_t *at);
long file_write(struct file *file, struct uio *uio, const int64_t *at);
/* With O_NONBLOCK, a transfer does not wait for anything. */
bool file_never_waits(const struct file *file);
int64_t file_seek(struct file *file, int64_t offset, int whence);
uint32_t file_poll(struct file *file); /* POLL* that are ready */
/* What RLIMIT_FSIZE leaves of `wanted` bytes at offset; 0: nothing, and SIGXFSZ is raised. */
size_t file_size_limit(int64_t offset, size_t wanted);
void file_size_reached(void); /* SIGXFSZ for it */
bool file_readable(const struct file *file);
bool file_writable(const struct file *file);
void file_unlock(struct file *file); /* ends its flock(2) */
extern struct list file_locks;	     /* struct file.locked, in the order in which they were taken */
/* LOCK_SH or LOCK_EX; false: another open file holds one that excludes it. */
bool file_lock(struct file *file, uint32_t lock);

/* Opens what flags and mode say; *out a new file. resolve: RESOLVE_*. */
int open_at(int dirfd, const char *path, uint32_t flags, uint32_t mode, uint64_t resolve,
	    struct file **out);

#endif
