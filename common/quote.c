// SPDX-License-Identifier: Apache-2.0
/* Quoting for shells. */
#include "common/quote.h"

#include <stdio.h>
#include <string.h>

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+=,-"

/* One byte inside $'...' or '...'. */
static int put(char *out, unsigned long size, unsigned char c, int dollar)
{
	if (dollar && (c < ' ' || c >= 0x7f))
		return snprintf(out, size, "\\x%02x", c);
	if (dollar && (c == '\'' || c == '\\'))
		return snprintf(out, size, "\\%c", c);
	if (c == '\'')
		return snprintf(out, size, "'\\''");
	return snprintf(out, size, "%c", c);
}

int quote_word(char *out, unsigned long size, const char *text)
{
	int dollar = 0;
	unsigned long used;

	if (*text && text[strspn(text, PLAIN)] == '\0') {
		used = strlen(text);
		if (used < size)
			memcpy(out, text, used + 1);
		else
			*out = '\0';
		return used < size ? 0 : -1;
	}
	for (const char *c = text; *c; c++)
		dollar |= (unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f;
	used = (unsigned long)snprintf(out, size, dollar ? "$'" : "'");
	for (const char *c = text; *c && used < size; c++)
		used += (unsigned long)put(out + used, size - used, (unsigned char)*c, dollar);
	if (used < size)
		used += (unsigned long)snprintf(out + used, size - used, "'");
	if (used < size)
		return 0;
	*out = '\0';
	return -1;
}
