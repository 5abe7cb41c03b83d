/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The acts by which a throw-away child proves a jail. All of them are harmless
 * where they succeed: that is an error, not an accident.
 */
#ifndef HV_JAIL_PROVE_H
#define HV_JAIL_PROVE_H

#include "hv/jail/jail.h"

struct trial {
	struct jail_inmate inmate; /* the child */
	int launcher;		   /* who is not to be reached */
	int abi;		   /* of Landlock */
	size_t first;		   /* the first act to try; those before it have been */
	size_t now;		   /* the one under way, counted from 1; 0: none yet */
	int done;		   /* result is valid */
	int result;		   /* 0, or -errno with e filled */
	struct err *e;
};

/* Under all layers but seccomp. 0, or -EPERM with e filled when one succeeds. */
int prove_acts(struct trial *trial, struct err *e);

/* Under the filter, which answers PROVE_DENIED. */
int prove_calls(struct trial *trial, struct err *e);

/* No error of Linux's own. */
#define PROVE_DENIED 4077

/* Counts an act; false: it is one of those before the first. */
static inline int prove_next(struct trial *trial)
{
	return ++trial->now > trial->first;
}

#endif
