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
struct thread;

/* Whom PID and TID name; above PID, that is who asks. */
struct subject {
	struct process *process;
	/* The one that has the number; NULL: it has ended, the process not. */
	struct thread *thread;
	int id;	    /* the number */
	bool alone; /* of TID: the thread is meant, not all of its process */
	int fd;	    /* of fdinfo: the descriptor */
};

/* A growing text; what does not fit in memory is lost, and `error` says so. */
struct text {
	char *bytes;
	size_t length, room;
	int error; /* 0, or why it cannot be read: -ENOMEM or what its function has set */
	bool made;
};

void text_print(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_put(struct text *text, const char *bytes, size_t length);

struct text_row {
	const char *path; /* below the root; directories are implied */
	uint32_t mode;
	/* Files: what they hold, by function or always the same. */
	void (*text)(struct text *out, const struct subject *subject);
	const char *words;
	/* Files with mode 0200: takes what was written, or -errno; NULL: is not to be changed. */
	int (*store)(const struct subject *subject, const char *bytes, size_t length);
	/* Links, by text or to the object itself. */
	long (*link)(const struct subject *subject, char *to, size_t size);
	int (*object)(const struct subject *subject, struct dentry **out);
	/* Files that are no text: opens one, for who may look into the process. */
	int (*open)(struct file *file, const struct subject *subject);
	bool secret; /* a file for who may look into the process alone */
};

struct text_tree {
	const char *type; /* of the file system, as in /proc/mounts */
	uint64_t magic;	  /* statfs(2) */
	const struct text_row *rows;
	size_t count;
};

extern const struct text_tree proc_tree, sysfs_tree, cgroup_tree;

/* The process of an open /proc/PID, or NULL: it is something else. */
struct process *proc_directory_process(const struct file *file);

/* sysfs.c: "0" or "0-N", all CPUs. */
void sysfs_cpu_list(struct text *out, const struct subject *subject);

/* A file system of its own, mounted nowhere. NULL: no memory. */
struct super *text_create(const struct text_tree *tree);

/* For the files of fs/text*.c alone. */
struct text_whose {
	struct process *process; /* NULL above PID; an inode has a reference */
	int id;
	bool alone;
};

struct text_inode {
	struct inode inode;
	const struct text_tree *tree;
	const struct text_row *row; /* NULL: a directory */
	const char *path;	    /* of a directory: its first row's, `length` bytes of it */
	size_t length;
	struct text_whose whose;
	int fd; /* in PID/fd and PID/fdinfo: which */
};

static inline struct text_inode *text_of(struct inode *inode)
{
	return container_of(inode, struct text_inode, inode);
}

struct text_inode *text_make(struct super *super, const struct text_tree *tree,
			     const struct text_row *row, uint32_t mode,
			     const struct text_whose *whose);
/* The inode's number, which is the same whenever its name is looked up. */
uint64_t text_number(const struct text_inode *text);
/* Of the name's last part, in a directory whose rows have PID or TID there; NULL: no such thing. */
const char *text_placeholder(const struct text_inode *dir);
int text_open(struct file *file); /* of a file with a row */

/* text-find.c: from names to rows. -ENOENT, -ENOMEM. */
int text_lookup(struct dentry *dir, const char *rest, size_t length, bool open, struct dentry **out,
		size_t *used);
int text_readdir(struct file *file, struct dir_sink *sink);
bool text_emit_number(struct file *file, struct dir_sink *sink, int number, uint32_t type);

/* text-subject.c. False: the process or thread is not there any more. */
bool subject_find(const struct text_whose *whose, struct subject *out);
bool subject_exists(const struct text_whose *whose);
/* By the number of any thread; `of`: of a thread of this process. False: there is none. */
bool subject_named(int number, struct process *of, struct text_whose *out);
/*
 * The lowest number from `from` on; of threads of a process, or of processes
 * when it is NULL. 0: none.
 */
int subject_next(int from, const struct process *of);
/* Whether current may see what is its own business (as ptrace(2) has it). */
bool subject_may_look(const struct subject *subject);
/* uid and gid of the files that tell about it. */
void subject_own(const struct text_whose *whose, struct hc_attr *attr);

/* text-descriptors.c: PID/fd and PID/fdinfo */
bool descriptors_are(const struct text_inode *dir);
struct text_inode *descriptors_find(struct super *super, const struct text_inode *dir, int fd);
int descriptors_list(struct file *file, struct dir_sink *sink);
int descriptors_follow(const struct text_inode *link, struct dentry **out);

#endif
