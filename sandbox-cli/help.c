// SPDX-License-Identifier: Apache-2.0
/* The --help text: its frame is here, its options are those of options.def. */
#include "sandbox-cli/options.h"

#include <stdio.h>
#include <string.h>

#define HELP_COLUMN 28

static const char before[] =
	"Usage: sandbox-run [OPTION]... [--] COMMAND [ARG]...\n"
	"       sandbox-run policy diff [--widened] OLD NEW\n"
	"       sandbox-run policy check [OPTION]... --never OP:OBJECT...\n"
	"Run COMMAND, an unmodified Linux program, inside a small KVM virtual machine\n"
	"that can reach only what a policy allows. With no policy it is given /usr and a\n"
	"few files of /etc read-only, a private /tmp, COMMAND itself, and what the\n"
	"options below add.\n";

static const char after[] =
	"\n"
	"Exit status: that of COMMAND; 128+N if signal N killed it; and\n"
	"  124 timed out    125 sandbox-run failed or refused; COMMAND did not complete\n"
	"  126 COMMAND cannot be executed    127 COMMAND not found in the sandbox\n"
	"  159 killed for a forbidden act (--on-deny kill)\n"
	"\n"
	"Examples:\n"
	"  sandbox-run busybox ls -l /\n"
	"  sandbox-run --ro . -- ./tool --input data.txt\n"
	"  sandbox-run --rw . --ro .git --deny .env -- ./configure\n"
	"  sandbox-run --overlay . --save-changes ../changes.tar -- ./install.sh\n"
	"  sandbox-run -p ci-build -t 30m -- make -j4 check\n"
	"  sandbox-run -p untrusted --ro sample --rw out -- ./sample -o out/result\n"
	"\n"
	"Manual: sandbox-run(1), sandbox-policy(5).\n";

static void print_row(const struct option_row *row)
{
	char left[80];
	const char *help = row->help;
	int used, column = HELP_COLUMN;

	used = snprintf(left, sizeof(left), "  %c%c%c --%s%s%s", row->letter ? '-' : ' ',
			row->letter ? row->letter : ' ', row->letter ? ',' : ' ', row->name,
			row->argument ? " " : "", row->argument ? row->argument : "");
	printf("%s", left);
	if (used > HELP_COLUMN - 2)
		printf("\n%*s", column, "");
	else
		printf("%*s", column - used, "");
	for (;;) {
		size_t length = strcspn(help, "\n");

		printf("%.*s\n", (int)length, help);
		if (!help[length])
			break;
		help += length + 1;
		printf("%*s", column, "");
	}
}

void options_help(void)
{
	fputs(before, stdout);
	for (size_t i = 0; i < option_row_count; i++) {
		if (option_rows[i].section)
			printf("\n%s:\n", option_rows[i].section);
		else
			print_row(&option_rows[i]);
	}
	fputs(after, stdout);
}
