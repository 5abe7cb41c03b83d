/* SPDX-License-Identifier: Apache-2.0 */
/* What a stolen monitor says to the launcher, and what must come of it. */
#ifndef TESTS_JAIL_WORDS_H
#define TESTS_JAIL_WORDS_H

#include <stddef.h>

struct vm;
struct hv_config;

struct word {
	const char *name;
	void (*speak)(struct vm *vm, const struct hv_config *config); /* does not return */
	const char *option; /* of sandbox-run; NULL: none */
	int status;	    /* sandbox-run's exit status */
	const char *says;   /* and what its standard error then holds */
};

extern const struct word words[];
extern const size_t word_count;

#endif
