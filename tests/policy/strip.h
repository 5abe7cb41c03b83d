/* SPDX-License-Identifier: Apache-2.0 */
/* A printed policy without its comments, which name the origins of its rules. */
#ifndef TESTS_POLICY_STRIP_H
#define TESTS_POLICY_STRIP_H

#include <string.h>

/* In place. Comments start a line, or follow two spaces. */
static inline void strip_comments(char *text)
{
	char *to = text;

	for (const char *at = text; *at;) {
		const char *end = at + strcspn(at, "\n"), *stop = strstr(at, "  # ");

		if (!stop || stop > end)
			stop = *at == '#' || strncmp(at, "  #", 3) == 0 ? at : end;
		memmove(to, at, (size_t)(stop - at));
		to += stop - at;
		*to++ = '\n';
		at = end + (*end == '\n');
	}
	*to = '\0';
}

#endif
