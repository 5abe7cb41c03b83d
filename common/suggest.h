/* SPDX-License-Identifier: Apache-2.0 */
/* What was probably meant by a misspelled name. */
#ifndef COMMON_SUGGEST_H
#define COMMON_SUGGEST_H

#include <stddef.h>

#define SUGGEST_LONGEST 32 /* bytes of a name that is worth a suggestion */

struct suggestion {
	const char *name; /* the best candidate so far, or NULL */
	size_t differ;
};

/*
 * Looks at one candidate for the first length bytes of word; an abbreviation
 * is the nearest of all. Start with an empty suggestion.
 */
void suggest(struct suggestion *s, const char *word, size_t length, const char *candidate);

#endif
