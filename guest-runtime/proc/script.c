// SPDX-License-Identifier: Apache-2.0
/*
 * The first line of a script, by Linux's rules: one interpreter, and all of the
 * rest as one argument.
 */
#include "guest-runtime/proc/exec.h"

#include "guest-runtime/lib/lib.h"

#include <linux/errno.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The first of [at, last] that is no blank, or NULL. */
static char *skip_blanks(char *at, char *last)
{
	for (; at <= last; at++)
		if (!is_blank(*at))
			return at;
	return NULL;
}

/* The first of [at, last] that ends a word, or NULL. */
static char *word_end(char *at, char *last)
{
	for (; at <= last; at++)
		if (is_blank(*at) || *at == '\0')
			return at;
	return NULL;
}

/* The end of the line; NULL: it is longer than what is seen, and its interpreter may be, too. */
static char *line_end(char *text, char *last)
{
	for (char *at = text; at <= last && *at; at++)
		if (*at == '\n')
			return at;
	char *name = skip_blanks(text + 2, last);
	return name && word_end(name, last) ? last : NULL;
}

int script_parse(char *text, size_t size, char **interpreter, char **argument)
{
	/* The last byte can end a word, but is none of it: the NUL goes there. */
	char *end = text[0] == '#' && text[1] == '!' ? line_end(text, text + size - 1) : NULL;

	if (!end)
		return -ENOEXEC;
	while (is_blank(end[-1]))
		end--;
	char *name = skip_blanks(text + 2, end);
	if (!name || name == end)
		return -ENOEXEC;
	char *separator = word_end(name, end);
	*argument = NULL;
	if (separator && *separator != '\0')
		*argument = skip_blanks(separator, end);
	*end = '\0';
	if (*argument)
		*separator = '\0';
	*interpreter = name;
	return 0;
}
