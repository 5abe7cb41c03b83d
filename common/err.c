// SPDX-License-Identifier: Apache-2.0
/* The error object, its one grammar of output, and escaping of foreign text. */
#include "common/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int err_set(struct err *e, enum err_status status, int errnum, const char *format, ...)
{
	va_list args;

	e->status = (int)status;
	e->hint[0] = '\0';
	va_start(args, format);
	vsnprintf(e->what, sizeof(e->what), format, args);
	va_end(args);
	return -errnum;
}

void err_hint(struct err *e, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(e->hint, sizeof(e->hint), format, args);
	va_end(args);
}

void err_print(const struct err *e)
{
	fprintf(stderr, "sandbox-run: error: %s\n", e->what);
	if (e->hint[0])
		fprintf(stderr, "sandbox-run: hint: %s\n", e->hint);
}

void err_escape(char *out, unsigned long size, const char *text, unsigned long length)
{
	static const char hex[] = "0123456789abcdef";
	unsigned long used = 0;

	for (unsigned long i = 0; i < length && text[i]; i++) {
		unsigned char c = (unsigned char)text[i];
		int command = c == '#' && i && text[i - 1] == '#';

		if (c >= ' ' && c < 0x7f && c != '\\' && !command) {
			if (used + 1 >= size)
				break;
			out[used++] = (char)c;
			continue;
		}
		if (used + 4 >= size)
			break;
		out[used++] = '\\';
		out[used++] = 'x';
		out[used++] = hex[c >> 4];
		out[used++] = hex[c & 15];
	}
	out[used] = '\0';
}

_Noreturn void must_failed(const char *file, int line, const char *expression)
{
	fprintf(stderr, "sandbox-run: bug: %s:%d: %s\n", file, line, expression);
	abort();
}
