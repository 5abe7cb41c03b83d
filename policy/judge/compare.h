/* SPDX-License-Identifier: Apache-2.0 */
/* What changes between two policies, for `policy diff`. */
#ifndef POLICY_COMPARE_H
#define POLICY_COMPARE_H

#include <stdio.h>

struct policy;
struct rules;

enum compare_way {
	COMPARE_WIDENED,  /* the new one gives more */
	COMPARE_NARROWED, /* the new one gives less */
	COMPARE_CHANGED,  /* neither: another program finds another world */
	COMPARE_WAYS
};

struct compare_side {
	const struct policy *policy; /* finished */
	const struct rules *rules;   /* that it was made of */
};

struct compare {
	struct compare_side old, new;
	FILE *out;			  /* a line for each change */
	int widened_only;		  /* no lines about others */
	unsigned int count[COMPARE_WAYS]; /* filled */
};

/*
 * Compares the rights of two policies as this host's files make them, a line for
 * each right that differs: "widened: /path: read (old.yaml:3) -> write (new.yaml:4)". What
 * both have is not shown, nor what follows from a change at a path above.
 */
void policy_compare(struct compare *c);

/* Its part about files. */
void compare_files(struct compare *c);

/* One line; counts it. before and after are texts of ours or escaped. */
void compare_say(struct compare *c, enum compare_way way, const char *what, const char *before,
		 const char *after);

#endif
