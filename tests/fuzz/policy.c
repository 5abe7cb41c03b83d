// SPDX-License-Identifier: Apache-2.0
/*
 * Fuzzes the reader of policy files: whatever the text, each problem has its
 * line and column; and a policy that is accepted prints as one that is accepted
 * and prints the same.
 */
#include "policy/policy.h"
#include "common/err.h"
#include "policy/file/load.h"
#include "policy/judge/print.h"
#include "tests/policy/strip.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static _Noreturn void fail(const char *words, const char *text)
{
	fprintf(stderr, "fuzz: %s: %s\n", words, text);
	abort();
}

/* fuzz.yaml:LINE:COLUMN: words, all printable. */
static void check_problem(const struct err *e)
{
	unsigned int line, column;
	int used = 0;

	if (sscanf(e->what, "fuzz.yaml:%u:%u: %n", &line, &column, &used) != 2 || !used || !line ||
	    !column || !e->what[used])
		fail("a problem without its place", e->what);
	for (const char *at = e->what; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			fail("a problem cannot be printed", e->what);
}

static int read_text(struct rules *r, const char *text, size_t size)
{
	struct source source = {
		.shown = "fuzz.yaml", .text = text, .size = size, .directory = "/usr", .to = r
	};
	int rc;

	rules_init(r);
	rc = read_source(&source);
	if (!rc)
		rc = useless_check_text(r);
	if ((rc != 0) != (r->problem_count != 0))
		fail("an error without a problem", rc ? "none" : r->problems[0].what);
	for (size_t i = 0; i < r->problem_count && i < RULES_PROBLEMS_MAX; i++)
		check_problem(&r->problems[i]);
	return rc;
}

/*
 * The rules as a file says them, without the comments: they name origins. NULL:
 * it cannot be resolved.
 */
static char *print(struct rules *r)
{
	struct policy p;
	struct err e = { 0 };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int rc;

	policy_init(&p);
	rc = rules_resolve(r, &p, &e);
	if (!rc)
		rc = policy_finish(&p, &e);
	if (!rc)
		rc = policy_print(out, &p, r, &e);
	if (rc && !e.what[0])
		fail("an error without words", "resolve");
	fclose(out);
	policy_free(&p);
	if (!rc)
		return text;
	free(text);
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rules first, second;
	char *text = malloc(size + 1), *once = NULL, *twice = NULL;

	memcpy(text, data, size);
	text[size] = '\0';
	if (!read_text(&first, text, size))
		once = print(&first);
	if (once) {
		if (read_text(&second, once, strlen(once)))
			fail(second.problems[0].what, once);
		twice = print(&second);
		rules_free(&second);
		if (!twice)
			fail("what was printed is not accepted", once);
		strip_comments(once);
		strip_comments(twice);
		if (strcmp(once, twice) != 0)
			fail(twice, once);
	}
	rules_free(&first);
	free(once);
	free(twice);
	free(text);
	return 0;
}
