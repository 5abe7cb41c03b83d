/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that a run writes for its caller: where they may lie, and those that
 * appear whole or not at all.
 */
#ifndef SANDBOX_CLI_WHOLE_H
#define SANDBOX_CLI_WHOLE_H

struct err;
struct policy;

/* "OPTION FILE: REASON"; returns -errnum. */
int whole_refuse(const char *option, const char *file, int errnum, struct err *e);

/* The path without links of a file that need not exist, in a directory that must; owned. */
char *whole_canonical(const char *file);

/* What the task can change says nothing about the task: refuses such a canonical path. */
int whole_check_place(const char *option, const char *path, const struct policy *p, struct err *e);

/* 1: there is a file of this name that is no regular one, such as a pipe; 0; -errno. */
int whole_is_special(const char *file);

#define WHOLE_MODE 0666 /* less the umask: as a shell creates what it redirects to */

/* One such file, under another name until it is complete. Zeroed but for fd: none. */
struct whole {
	int fd;		 /* owned; -1: none */
	char *file;	 /* owned: what it is to be called */
	char *temporary; /* owned: what it is called until then */
};

/*
 * Opens one beside its place to be; only its owner may see it until it has its
 * name. A place that the task could change under the finished policy is refused.
 */
int whole_open(struct whole *w, const char *option, const char *file, const struct policy *p,
	       struct err *e);

/* Gives it its name, and the mode of a new file or of the one that it replaces; closes it. */
int whole_keep(struct whole *w, const char *option, struct err *e);

/* Removes and closes it, if there is one. */
void whole_drop(struct whole *w);

#endif
