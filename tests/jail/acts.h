/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Acts of a fallen monitor, as data: one system call each, what the whole jail
 * must answer, and what it answers with seccomp left out, which shows both
 * that the filter is what stopped it and what the layers below hold alone.
 */
#ifndef TESTS_JAIL_ACTS_H
#define TESTS_JAIL_ACTS_H

#include <stddef.h>

struct scene;

#define ACT_ARGUMENTS 6

/* Arguments that are known only in the child. */
enum act_argument {
	ACT_VM = 0x71000000,
	ACT_VCPU,
	ACT_OUTCOME,
	ACT_SELF,
	ACT_DIR,      /* O_PATH of the granted directory */
	ACT_FILE,     /* O_PATH of the granted file */
	ACT_WRITABLE, /* O_PATH of the directory that is granted for writing */
	ACT_PARENT,   /* the test's pid */
	ACT_BUFFER,   /* 4096 writable bytes, zero */
	ACT_IOVEC,    /* a struct iovec over 8 bytes of it */
	ACT_WINDOW,   /* reserved address space */
	ACT_FILE_PATH,
	ACT_LINK_PATH,
	ACT_SUB_PATH,
	ACT_NEW_PATH,
	ACT_OUTSIDE_PATH,
	ACT_NEW_OUTSIDE_PATH,
	ACT_WRITABLE_FILE_PATH,
};

/* `below` other than an errno or 0. */
#define ACT_ANY (-3) /* only seccomp is asked about this one; it must not have been SIGSYS */

struct act {
	const char *name;
	long number;
	long arguments[ACT_ARGUMENTS];
	int whole;     /* enum ended, or errno, with the whole jail */
	int below;     /* the same without seccomp */
	int below_abi; /* Landlock ABI that `below` needs; on an older one: ACT_ANY */
};

/* The second table is for a policy with a write grant. */
extern const struct act acts[], write_acts[];
#define ACTS_MAX 320
extern const size_t act_count, write_act_count;

/* A scene_act: makes the call of struct act. */
int act_run(struct scene *s, const void *act);

#endif
