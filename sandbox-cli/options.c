// SPDX-License-Identifier: Apache-2.0
/*
 * The command-line parser, strict on purpose: an option is written in full or
 * as its letter, so that adding one never changes what a script means.
 */
#include "sandbox-cli/options.h"
#include "common/err.h"
#include "common/suggest.h"
#include "common/units.h"
#include "policy/policy.h"
#include "sandbox-cli/explain/subcommand.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum option_id {
#define OPTION_SECTION(heading)
#define OPTION(id, letter, name, argument, help) OPTION_##id,
#include "sandbox-cli/options.def"
#undef OPTION
#undef OPTION_SECTION
	OPTION_COUNT
};

/* A section's heading is a row without a name. */
const struct option_row option_rows[] = {
#define OPTION_SECTION(heading) { .section = (heading) },
#define OPTION(id, letter, name, argument, help) \
	{ OPTION_##id, (letter), (name), (argument), (help), NULL },
#include "sandbox-cli/options.def"
#undef OPTION
#undef OPTION_SECTION
};

const size_t option_row_count = sizeof(option_rows) / sizeof(option_rows[0]);

static const struct option_row *find_name(const char *name, size_t length)
{
	for (size_t i = 0; i < option_row_count; i++) {
		const char *candidate = option_rows[i].name;

		if (candidate && strlen(candidate) == length &&
		    strncmp(candidate, name, length) == 0)
			return &option_rows[i];
	}
	return NULL;
}

static const struct option_row *find_letter(char letter)
{
	for (size_t i = 0; i < option_row_count; i++) {
		if (option_rows[i].letter && option_rows[i].letter == letter)
			return &option_rows[i];
	}
	return NULL;
}

static int unknown(const char *word, const char *name, size_t length, struct err *e)
{
	struct suggestion meant = { 0 };
	char shown[64];
	int rc;

	for (size_t i = 0; i < option_row_count; i++) {
		if (option_rows[i].name)
			suggest(&meant, name, length, option_rows[i].name);
	}

	err_escape(shown, sizeof(shown), word, (size_t)(name - word) + length);
	rc = err_set(e, ERR_SANDBOX, EINVAL, "unknown option \"%s\"", shown);
	if (meant.name)
		err_hint(e, "did you mean \"--%s\"?", meant.name);
	else
		err_hint(e, "sandbox-run --help lists the options; those of COMMAND come after it");
	return rc;
}

/* The array has a place for each word of the command line. */
static int add_file(struct options *o, enum option_file_kind kind, const char *path)
{
	o->files[o->file_count++] = (struct option_file){ kind, path };
	return 0;
}

/* Of two files only one could be written. */
static int set_once(const char **file, const struct option_row *row, const char *value,
		    struct err *e)
{
	if (*file)
		return err_set(e, ERR_SANDBOX, EINVAL, "--%s: given twice", row->name);
	*file = value;
	return 0;
}

static int report_when(struct options *o, const char *value, struct err *e)
{
	static const char *const when[] = { [REPORT_ON_FAILURE] = "on-failure",
					    [REPORT_ALWAYS] = "always",
					    [REPORT_NEVER] = "never" };
	char shown[64];

	must(value); /* the row has an argument */
	for (size_t i = 0; i < sizeof(when) / sizeof(*when); i++) {
		if (strcmp(value, when[i]) == 0) {
			o->report = (enum options_report)i;
			return 0;
		}
	}
	err_escape(shown, sizeof(shown), value, strlen(value));
	err_set(e, ERR_SANDBOX, EINVAL, "--report: \"%s\" is none of its words", shown);
	err_hint(e, "write one of on-failure, always, never");
	return -EINVAL;
}

/* Not standard input: nothing can be written to it. */
static int status_fd(struct options *o, const char *value, struct err *e)
{
	uint64_t number;
	int rc = units_count("--status-fd", value, INT_MAX, &number, e);

	if (rc == 0)
		o->status_fd = (int)number;
	return rc;
}

/* One question at a time; who asks for help gets it. */
static int set_mode(struct options *o, enum options_mode mode, struct err *e)
{
	static const char *const names[] = {
		[MODE_CHECK] = "--check-policy",
		[MODE_PRINT_POLICY] = "--print-policy",
		[MODE_WHY] = "--why",
		[MODE_NEVER] = "policy check",
		[MODE_DOCTOR] = "--doctor",
		[MODE_VERSION] = "--version",
	};

	if (o->mode == MODE_HELP)
		return 0;
	if (o->mode != MODE_RUN && o->mode != mode && mode != MODE_HELP) {
		err_set(e, ERR_SANDBOX, EINVAL, "%s: not together with %s", names[mode],
			names[o->mode]);
		err_hint(e, "ask one thing at a time");
		return -EINVAL;
	}
	o->mode = mode;
	return 0;
}

static int apply(struct options *o, const struct option_row *row, const char *value, struct err *e)
{
	int rc;

	switch ((enum option_id)row->id) {
	case OPTION_POLICY:
		return set_once(&o->policy, row, value, e);
	case OPTION_ON_DENY:
		o->on_deny = value;
		return 0;
	case OPTION_CPUS:
		o->cpus = value;
		return 0;
	case OPTION_CONNECT:
		o->connect = value;
		return 0;
	case OPTION_LISTEN:
		o->listen = value;
		return 0;
	case OPTION_CHECK_POLICY:
		return set_mode(o, MODE_CHECK, e);
	case OPTION_RO:
		return add_file(o, FILE_RO, value);
	case OPTION_RW:
		return add_file(o, FILE_RW, value);
	case OPTION_RO_TRY:
		return add_file(o, FILE_RO_TRY, value);
	case OPTION_OVERLAY:
		return add_file(o, FILE_OVERLAY, value);
	case OPTION_TMPFS:
		return add_file(o, FILE_TMPFS, value);
	case OPTION_DENY:
		return add_file(o, FILE_DENY, value);
	case OPTION_SAVE_CHANGES:
		return set_once(&o->save, row, value, e);
	case OPTION_RECEIPT:
		return set_once(&o->receipt, row, value, e);
	case OPTION_TRACE:
		return set_once(&o->trace, row, value, e);
	case OPTION_LEARN:
		return set_once(&o->learn, row, value, e);
	case OPTION_AUDIT:
		return set_once(&o->audit, row, value, e);
	case OPTION_AUDIT_ALL:
		o->audit_all = 1;
		return 0;
	case OPTION_STATUS_FD:
		return status_fd(o, value, e);
	case OPTION_REPORT:
		return report_when(o, value, e);
	case OPTION_WORKDIR:
		o->workdir = value;
		return 0;
	case OPTION_ENV:
		o->env[o->env_count++] = value;
		return 0;
	case OPTION_MEMORY:
		return units_size("--memory", value, &o->memory, e);
	case OPTION_TIMEOUT:
		return units_time("--timeout", value, &o->timeout_ns, e);
	case OPTION_PROCESSES:
		return units_count("--processes", value, POLICY_PROCESSES_MAX, &o->processes, e);
	case OPTION_OPEN_FILES:
		return units_count("--open-files", value, POLICY_OPEN_FILES_MAX, &o->open_files, e);
	case OPTION_OUTPUT:
		return units_size("--output", value, &o->output, e);
	case OPTION_CPU_TIME:
		return units_time("--cpu-time", value, &o->cpu_time_ns, e);
	case OPTION_FILE_SIZE:
		return units_size("--file-size", value, &o->file_size, e);
	case OPTION_DISK:
		return units_size("--disk", value, &o->disk, e);
	case OPTION_TTY:
		o->tty = 1;
		return 0;
	case OPTION_QUIET:
		o->verbosity = VERBOSITY_QUIET;
		return 0;
	case OPTION_VERBOSE:
		o->verbosity = VERBOSITY_VERBOSE;
		return 0;
	case OPTION_PRINT_POLICY:
		return set_mode(o, MODE_PRINT_POLICY, e);
	case OPTION_LAYERS:
		o->layers = 1;
		return 0;
	case OPTION_WHY:
		rc = set_once(&o->why, row, value, e);
		return rc ? rc : set_mode(o, MODE_WHY, e);
	case OPTION_NEVER:
		o->never[o->never_count++] = value;
		return 0;
	case OPTION_DOCTOR:
		return set_mode(o, MODE_DOCTOR, e);
	case OPTION_HELP:
		return set_mode(o, MODE_HELP, e);
	case OPTION_VERSION:
		return set_mode(o, MODE_VERSION, e);
	case OPTION_COUNT:
		break;
	}
	must(row->id < OPTION_COUNT); /* and each below has its case */
	return 0;
}

static int missing(const struct option_row *row, struct err *e)
{
	int rc = err_set(e, ERR_SANDBOX, EINVAL, "--%s: its argument %s is missing", row->name,
			 row->argument);

	err_hint(e, "write --%s %s", row->name, row->argument);
	return rc;
}

/* --name, --name=value, --name value. */
static int parse_long(struct options *o, char **argv, int *at, struct err *e)
{
	const char *word = argv[*at], *name = word + 2;
	size_t length = strcspn(name, "=");
	const struct option_row *row = find_name(name, length);
	const char *value = name[length] ? name + length + 1 : NULL;
	int rc;

	if (!row)
		return unknown(word, name, length, e);
	if (!row->argument && value) {
		rc = err_set(e, ERR_SANDBOX, EINVAL, "--%s: takes no argument", row->name);
		err_hint(e, "write --%s", row->name);
		return rc;
	}
	if (row->argument && !value) {
		value = argv[*at + 1];
		if (!value)
			return missing(row, e);
		++*at;
	}
	if (value && !*value)
		return missing(row, e);
	return apply(o, row, value, e);
}

/* -q, -qv, -m SIZE, -mSIZE. */
static int parse_letters(struct options *o, char **argv, int *at, struct err *e)
{
	for (const char *letter = argv[*at] + 1; *letter; letter++) {
		const struct option_row *row = find_letter(*letter);
		const char *value = NULL;
		char word[2] = { '-', *letter };
		int rc;

		if (!row)
			return unknown(word, word + 1, 1, e);
		if (row->argument) {
			value = letter[1] ? letter + 1 : argv[*at + 1];
			if (!value || !*value)
				return missing(row, e);
			*at += !letter[1];
		}
		rc = apply(o, row, value, e);
		if (rc || value)
			return rc;
	}
	return 0;
}

static int has_overlay(const struct options *o)
{
	for (size_t i = 0; i < o->file_count; i++) {
		if (o->files[i].kind == FILE_OVERLAY)
			return 1;
	}
	return 0;
}

static int check(const struct options *o, struct err *e)
{
	if (o->mode == MODE_RUN && !o->command[0]) {
		err_set(e, ERR_SANDBOX, EINVAL, "no COMMAND given");
		err_hint(e, "write sandbox-run [OPTION]... COMMAND [ARG]..., or see --help");
		return -EINVAL;
	}
	if (o->mode == MODE_RUN && o->save && !has_overlay(o)) {
		err_set(e, ERR_SANDBOX, EINVAL, "--save-changes: there is nothing to save");
		err_hint(e, "name the directories that COMMAND may change with --overlay PATH");
		return -EINVAL;
	}
	if (o->mode == MODE_CHECK && !o->policy) {
		err_set(e, ERR_SANDBOX, EINVAL, "--check-policy: no policy given");
		err_hint(e, "write sandbox-run --check-policy -p FILE");
		return -EINVAL;
	}
	if (o->layers && o->mode != MODE_PRINT_POLICY) {
		err_set(e, ERR_SANDBOX, EINVAL, "--layers: only with --print-policy");
		err_hint(e, "write sandbox-run --print-policy --layers");
		return -EINVAL;
	}
	if ((o->mode == MODE_NEVER) != (o->never_count > 0)) {
		err_set(e, ERR_SANDBOX, EINVAL,
			o->mode == MODE_NEVER ? "policy check: nothing to check"
					      : "--never: only with policy check");
		err_hint(e, "write sandbox-run policy check [-p POLICY] --never OP:OBJECT...");
		return -EINVAL;
	}
	if (o->mode == MODE_NEVER && o->command[0]) {
		err_set(e, ERR_SANDBOX, EINVAL, "policy check: runs no COMMAND");
		err_hint(e, "write sandbox-run policy check [-p POLICY] --never OP:OBJECT...");
		return -EINVAL;
	}
	if (o->audit_all && !o->audit) {
		err_set(e, ERR_SANDBOX, EINVAL, "--audit-all: there is no log");
		err_hint(e, "name its file with --audit FILE");
		return -EINVAL;
	}
	if (o->mode == MODE_DOCTOR && o->command[0]) {
		err_set(e, ERR_SANDBOX, EINVAL, "--doctor: runs no COMMAND");
		err_hint(e, "write sandbox-run --doctor");
		return -EINVAL;
	}
	return 0;
}

int options_parse(struct options *o, int argc, char **argv, struct err *e)
{
	size_t words = (size_t)argc + 1;
	int at = 1, rc = 0;

	*o = (struct options){ .verbosity = VERBOSITY_NORMAL };
	o->files = calloc(words, sizeof(*o->files));
	o->env = calloc(words, sizeof(*o->env));
	o->never = calloc(words, sizeof(*o->never));
	if (!o->files || !o->env || !o->never)
		return err_set(e, ERR_SANDBOX, ENOMEM, "out of memory");
	if (argc > 1 && strcmp(argv[1], SUBCOMMAND) == 0)
		rc = subcommand_parse(o, argc, argv, &at, e);
	if (rc)
		return rc;
	for (; at < argc; at++) {
		const char *word = argv[at];

		if (word[0] != '-' || !word[1])
			break;
		if (strcmp(word, "--") == 0) {
			at++;
			break;
		}
		rc = word[1] == '-' ? parse_long(o, argv, &at, e) : parse_letters(o, argv, &at, e);
		if (rc)
			return rc;
	}
	o->command = argv + (at < argc ? at : argc);
	return check(o, e);
}

void options_free(struct options *o)
{
	free(o->files);
	free(o->env);
	free(o->never);
}
