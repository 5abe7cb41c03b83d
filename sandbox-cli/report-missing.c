// SPDX-License-Identifier: Apache-2.0
/*
 * The line about system calls that the runtime does not have. The list comes
 * from the guest: numbers are looked up, and no more is believed (I11).
 */
#include "sandbox-cli/report.h"
#include "sandbox-cli/syscall-names.h"

#include <inttypes.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The C library tries these at each start and does without: no news in any failure. */
static int is_usual(unsigned int number)
{
	static const unsigned int usual[] = { 334 /* rseq */ };

	for (size_t i = 0; i < COUNT(usual); i++) {
		if (number == usual[i])
			return 1;
	}
	return 0;
}

static int came_before(const struct hc_missing *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].count && list[i].number == list[n].number)
			return 1;
	}
	return 0;
}

void report_missing(const struct launch_result *r, int all)
{
	const struct hc_missing *list = r->outcome.missing;
	int lines = 0;

	if (r->end != LAUNCH_OUTCOME)
		return;
	for (size_t i = 0; i < COUNT(r->outcome.missing); i++) {
		unsigned int number = list[i].number;

		if (!list[i].count || came_before(list, i) || (!all && is_usual(number)))
			continue;
		fputs(lines++ ? ", " : "sandbox-run: not implemented: ", stderr);
		if (syscall_name(number))
			fprintf(stderr, "%s", syscall_name(number));
		else
			fprintf(stderr, "system call %u", number);
		fprintf(stderr, " (x%" PRIu32 ", returned ENOSYS)", list[i].count);
	}
	if (lines)
		fputc('\n', stderr);
}
