// SPDX-License-Identifier: Apache-2.0
/*
 * Fuzzes the report of a run (I11): whatever a fallen monitor writes as the
 * outcome becomes a status from 0 to 255 and lines of printable text.
 */
#include "common/err.h"
#include "policy/policy.h"
#include "sandbox-cli/report/report.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static _Noreturn void fail(FILE *say, const char *words, const char *line)
{
	fprintf(say, "fuzz: %s: \"%s\"\n", words, line);
	abort();
}

static void check_lines(FILE *say, const char *text)
{
	for (; *text; text++)
		if (*text != '\n' && ((unsigned char)*text < ' ' || *text == 0x7f))
			fail(say, "a line cannot be printed", text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct policy policy = { .memory = 512ull << 20, .timeout_ns = 2000000000 };
	struct launch_result result = { .end = LAUNCH_OUTCOME };
	FILE *say = stderr;
	struct err e = { 0 };
	char *lines = NULL;
	size_t length;
	int status;

	if (size) {
		result.end = 1 + data[0] % 4;
		result.timed_out = data[0] >> 7;
		data++, size--;
	}
	memcpy(&result.outcome, data,
	       size < sizeof(result.outcome) ? size : sizeof(result.outcome));
	/* This the host's kernel has said: a signal, or how a process ended. */
	result.number = (int)(result.outcome.code % (result.end == LAUNCH_SIGNAL ? NSIG : 0x10000));
	stderr = open_memstream(&lines, &length);
	status = report_result(&result, "./tool", &policy, &e);
	report_note(&result, "./tool", &policy);
	report_details(&result, &policy, status);
	if (e.what[0])
		err_print(&e);
	fclose(stderr);
	stderr = say;
	if (status < 0 || status > 255)
		fail(say, "no status", lines);
	check_lines(say, lines);
	free(lines);
	return 0;
}
