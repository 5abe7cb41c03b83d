/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /proc: a table of paths, where PID stands for a process. A text is made
 * when its file is opened, and tells only what is true.
 */
#ifndef GUEST_FS_PROC_H
#define GUEST_FS_PROC_H

#include "guest-runtime/fs/vfs.h"

struct process;

struct super *proc_create(void); /* NULL: no memory */

/* A growing text; what does not fit in memory is lost, and `failed` says so. */
struct proc_text {
	char *bytes;
	size_t length, room;
	bool failed;
};

void proc_print(struct proc_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void proc_put(struct proc_text *text, const char *bytes, size_t length);

struct proc_row {
	const char *path; /* below /proc; directories are implied */
	uint32_t mode;
	void (*text)(struct proc_text *out, struct process *process); /* files */
	/* Links, by text or to the object itself. */
	long (*link)(struct process *process, char *to, size_t size);
	int (*object)(struct process *process, struct dentry **out);
};

extern const struct proc_row proc_rows[];
extern const size_t proc_row_count;

#endif
