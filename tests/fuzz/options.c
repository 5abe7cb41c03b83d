// SPDX-License-Identifier: Apache-2.0
/*
 * Fuzzes the command line: words of any bytes are parsed, or refused with
 * printable words and status 125.
 */
#include "sandbox-cli/options.h"
#include "common/err.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_printable(const char *text, const char *of)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text)) {
			fprintf(stderr, "fuzz: %s cannot be printed\n", of);
			abort();
		}
}

static void check_error(int rc, const struct err *e)
{
	if (rc < 0 && e->what[0] && e->status == ERR_SANDBOX) {
		check_printable(e->what, "the error");
		check_printable(e->hint, "the hint");
		return;
	}
	fprintf(stderr, "fuzz: refused with %d, status %d: \"%s\"\n", rc, e->status, e->what);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *words[WORDS_MAX + 1], *text = malloc(size + 1);
	struct options o = { 0 };
	struct err e = { 0 };
	int count = 0, rc;

	memcpy(text, data, size);
	text[size] = '\0';
	words[count++] = (char *)"sandbox-run";
	for (char *at = text; at < text + size && count < WORDS_MAX; at += strlen(at) + 1)
		words[count++] = at;
	words[count] = NULL;
	rc = options_parse(&o, count, words, &e);
	if (rc)
		check_error(rc, &e);
	else if (o.mode == MODE_RUN && (!o.command || !o.command[0])) {
		fputs("fuzz: a run without a command\n", stderr);
		abort();
	}
	options_free(&o);
	free(text);
	return 0;
}
