/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors of set-up code: what goes wrong before the guest's first instruction.
 * Fallible functions return 0 or -errno and fill a struct err; only main()
 * prints it and exits.
 */
#ifndef COMMON_ERR_H
#define COMMON_ERR_H

/* Exit statuses of sandbox-run's own (man page, EXIT STATUS). */
enum err_status {
	ERR_TIMEOUT = 124,
	ERR_SANDBOX = 125,
	ERR_NOT_EXECUTABLE = 126,
	ERR_NOT_FOUND = 127,
};

struct err {
	int status;	/* enum err_status; what main() exits with */
	char what[512]; /* one line: WHAT OBJECT: REASON */
	char hint[512]; /* one line, or "" */
};

/* Fills e with status and a formatted line, clears the hint; returns -errnum. */
int err_set(struct err *e, enum err_status status, int errnum, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Adds the line that says what to do. */
void err_hint(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints "sandbox-run: error: ..." and the hint; names are escaped already or are ours. */
void err_print(const struct err *e);

/*
 * Copies text to out (size > 0) with control bytes, quotes and non-ASCII as
 * \xNN: nothing that a stranger chose reaches a terminal or a log raw. Nor do
 * two # in a row, with which build servers' commands begin anywhere in a line
 * (others, with ::, only where it begins: there our lines have a word of ours).
 */
void err_escape(char *out, unsigned long size, const char *text, unsigned long length);

/* Our own bugs only, never input: always evaluated, always on. */
#define must(expression) ((expression) ? (void)0 : must_failed(__FILE__, __LINE__, #expression))
_Noreturn void must_failed(const char *file, int line, const char *expression);

#endif
