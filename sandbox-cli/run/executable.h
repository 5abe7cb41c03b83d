/* SPDX-License-Identifier: Apache-2.0 */
/* Telling early, and in words, when a file cannot run in the sandbox. */
#ifndef SANDBOX_CLI_EXECUTABLE_H
#define SANDBOX_CLI_EXECUTABLE_H

#include <stddef.h>

struct err;
struct policy;

/*
 * Looks at the file behind a program, at the interpreters of a script, and at
 * the loader of a dynamic program: 0, or an error with status 126 or 127.
 * name: escaped, for messages; host: canonical path of the file.
 */
int executable_check(const struct policy *p, const char *name, const char *host, struct err *e);

/* Says whether the first bytes of a file (0 to 64) are an ELF program for this machine. */
int executable_check_header(const char *name, const unsigned char *bytes, size_t length,
			    struct err *e);

#endif
