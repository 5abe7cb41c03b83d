/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File systems of texts (/proc, /sys, cgroups): a table of paths, where PID
 * stands for a process and TID for a thread of it. A text is made when its
 * file is opened, and tells only what is true.
 */
#ifndef GUEST_FS_TEXT_H
#define GUEST_FS_TEXT_H

#include "guest-runtime/fs/vfs.h"

struct process;

/* A growing text; what does not fit in memory is lost, and `failed` says so. */
struct text {
	char *bytes;
	size_t length, room;
	bool failed;
};

void text_print(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_put(struct text *text, const char *bytes, size_t length);

struct text_row {
	const char *path; /* below the root; directories are implied */
	uint32_t mode;
	/* Files: what they hold, by function or always the same. */
	void (*text)(struct text *out, struct process *process);
	const char *words;
	/* Files with mode 0200: takes what was written, or -errno; NULL: is not to be changed. */
	int (*store)(struct process *process, const char *bytes, size_t length);
	/* Links, by text or to the object itself. */
	long (*link)(struct process *process, char *to, size_t size);
	int (*object)(struct process *process, struct dentry **out);
};

struct text_tree {
	const char *type; /* of the file system, as in /proc/mounts */
	uint64_t magic;	  /* statfs(2) */
	const struct text_row *rows;
	size_t count;
};

extern const struct text_tree proc_tree, sysfs_tree, cgroup_tree;

/* sysfs.c: "0" or "0-N", all CPUs. */
void sysfs_cpu_list(struct text *out, struct process *process);

/* A file system of its own, mounted nowhere. NULL: no memory. */
struct super *text_create(const struct text_tree *tree);

/* For the files of fs/text*.c alone. */
struct text_inode {
	struct inode inode;
	const struct text_tree *tree;
	const struct text_row *row; /* NULL: a directory */
	const char *path;	    /* of a directory: its first row's, `length` bytes of it */
	size_t length;
	struct process *process; /* NULL above PID */
	int fd;			 /* in PID/fd and PID/fdinfo: which */
};

static inline struct text_inode *text_of(struct inode *inode)
{
	return container_of(inode, struct text_inode, inode);
}

struct text_inode *text_make(struct super *super, const struct text_tree *tree,
			     const struct text_row *row, uint32_t mode, struct process *process);
/* -1: not a number as these file systems write them. */
int text_number(const char *name, size_t length);
bool text_emit_number(struct file *file, struct dir_sink *sink, int number, uint32_t type);
int text_open(struct file *file); /* of a file with a row */

/* text-descriptors.c: PID/fd and PID/fdinfo */
bool descriptors_are(const struct text_inode *dir);
struct text_inode *descriptors_find(struct super *super, const struct text_inode *dir, int fd);
int descriptors_list(struct file *file, struct dir_sink *sink);
int descriptors_follow(const struct text_inode *link, struct dentry **out);

#endif
