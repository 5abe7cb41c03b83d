// SPDX-License-Identifier: Apache-2.0
/* The command-line parser: what it takes, what it refuses, and with which words. */
#include "sandbox-cli/options.h"
#include "common/err.h"
#include "common/units.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WORDS_MAX 16

static struct options o;
static struct err e;

/* Parses up to WORDS_MAX words, NULL after the last. */
static int parse(const char *first, ...)
{
	static char *argv[WORDS_MAX + 2];
	int argc = 1;
	va_list words;

	options_free(&o);
	memset(&e, 0, sizeof(e));
	argv[0] = (char *)(uintptr_t) "sandbox-run";
	va_start(words, first);
	for (const char *word = first; word && argc <= WORDS_MAX; word = va_arg(words, char *))
		argv[argc++] = (char *)(uintptr_t)word;
	va_end(words);
	argv[argc] = NULL;
	return options_parse(&o, argc, argv, &e);
}

static void refused(int rc, const char *what, const char *hint)
{
	assert_true(rc < 0);
	assert_int_equal(e.status, ERR_SANDBOX);
	assert_string_equal(e.what, what);
	assert_string_equal(e.hint, hint);
}

static void options_stop_at_the_command(void **state)
{
	(void)state;
	assert_int_equal(parse("-v", "ls", "-l", "--ro", NULL), 0);
	assert_int_equal(o.verbosity, VERBOSITY_VERBOSE);
	assert_string_equal(o.command[0], "ls");
	assert_string_equal(o.command[1], "-l");
	assert_int_equal(o.file_count, 0);
	assert_int_equal(parse("--ro", "a", "--", "--ro", "b", NULL), 0);
	assert_string_equal(o.command[0], "--ro");
	assert_int_equal(parse("-", NULL), 0);
	assert_string_equal(o.command[0], "-");
}

static void values_come_in_every_form(void **state)
{
	(void)state;
	assert_int_equal(parse("--ro", "a", "--ro=b:c", "-e", "X", "-eY=1", "--env=Z=2", "-m",
			       "1GiB", "-t2s", "-C", "/d", "-qv", "x", NULL),
			 0);
	assert_int_equal(o.file_count, 2);
	assert_string_equal(o.files[0].path, "a");
	assert_string_equal(o.files[1].path, "b:c");
	assert_int_equal(o.env_count, 3);
	assert_string_equal(o.env[1], "Y=1");
	assert_string_equal(o.env[2], "Z=2");
	assert_true(o.memory == 1ull << 30);
	assert_true(o.timeout_ns == 2000000000ull);
	assert_string_equal(o.workdir, "/d");
	assert_int_equal(o.verbosity, VERBOSITY_VERBOSE);  /* the last of -q and -v */
	assert_int_equal(parse("-vmq", "x", NULL) < 0, 1); /* "q" is the size */
}

static void typos_are_errors(void **state)
{
	(void)state;
	refused(parse("--rp", ".", "ls", NULL), "unknown option \"--rp\"",
		"did you mean \"--ro\"?");
	refused(parse("--tiemout=2s", "ls", NULL), "unknown option \"--tiemout\"",
		"did you mean \"--timeout\"?");
	/* No abbreviations: a new option must not change what a script means. */
	refused(parse("--mem", "1GiB", "ls", NULL), "unknown option \"--mem\"",
		"did you mean \"--memory\"?");
	refused(parse("--frobnicate", "ls", NULL), "unknown option \"--frobnicate\"",
		"sandbox-run --help lists the options; those of COMMAND come after it");
	refused(parse("-vx", "ls", NULL), "unknown option \"-x\"",
		"sandbox-run --help lists the options; those of COMMAND come after it");
	refused(parse("--\033[1m", "ls", NULL), "unknown option \"--\\x1b[1m\"",
		"sandbox-run --help lists the options; those of COMMAND come after it");
	refused(parse("--quiet=yes", "ls", NULL), "--quiet: takes no argument", "write --quiet");
}

static void nothing_may_be_missing(void **state)
{
	(void)state;
	refused(parse(NULL), "no COMMAND given",
		"write sandbox-run [OPTION]... COMMAND [ARG]..., or see --help");
	refused(parse("-v", "--", NULL), "no COMMAND given",
		"write sandbox-run [OPTION]... COMMAND [ARG]..., or see --help");
	refused(parse("--ro", NULL), "--ro: its argument PATH is missing", "write --ro PATH");
	refused(parse("--ro=", "ls", NULL), "--ro: its argument PATH is missing",
		"write --ro PATH");
	refused(parse("-m", NULL), "--memory: its argument SIZE is missing", "write --memory SIZE");
	refused(parse("--doctor", "ls", NULL), "--doctor: runs no COMMAND",
		"write sandbox-run --doctor");
}

static void modes_need_no_command(void **state)
{
	(void)state;
	assert_int_equal(parse("--help", NULL), 0);
	assert_int_equal(o.mode, MODE_HELP);
	assert_int_equal(parse("--version", NULL), 0);
	assert_int_equal(o.mode, MODE_VERSION);
	assert_int_equal(parse("--doctor", NULL), 0);
	assert_int_equal(o.mode, MODE_DOCTOR);
}

static void sizes_have_units(void **state)
{
	uint64_t bytes;

	(void)state;
	assert_int_equal(units_size("--memory", "64MiB", &bytes, &e), 0);
	assert_true(bytes == 64ull << 20);
	assert_int_equal(units_size("--memory", "17179869183GiB", &bytes, &e), 0);
	assert_true(bytes == 17179869183ull << 30);
	memset(&e, 0, sizeof(e));
	refused(units_size("--memory", "2", &bytes, &e), "--memory: \"2\" has no unit",
		"write \"2GiB\" or \"2048MiB\"");
	refused(units_size("--memory", "512", &bytes, &e), "--memory: \"512\" has no unit",
		"write \"512MiB\" or \"512KiB\"");
	refused(units_size("--memory", "2GB", &bytes, &e), "--memory: \"2GB\" has an unknown unit",
		"the units are KiB, MiB, GiB");
	refused(units_size("--memory", "1.5GiB", &bytes, &e),
		"--memory: \"1.5GiB\" is not a whole number with a unit",
		"write a number and one of KiB, MiB, GiB");
	refused(units_size("--memory", "-1GiB", &bytes, &e),
		"--memory: \"-1GiB\" is not a whole number with a unit",
		"write a number and one of KiB, MiB, GiB");
	refused(units_size("--memory", " 1GiB", &bytes, &e),
		"--memory: \" 1GiB\" is not a whole number with a unit",
		"write a number and one of KiB, MiB, GiB");
	refused(units_size("--memory", "17179869184GiB", &bytes, &e),
		"--memory: \"17179869184GiB\" is too big", "");
	refused(units_size("--memory", "18446744073709551616KiB", &bytes, &e),
		"--memory: \"18446744073709551616KiB\" is too big", "");
	refused(units_size("--memory", "0MiB", &bytes, &e), "--memory: \"0MiB\" is nothing", "");
}

static void times_have_units(void **state)
{
	uint64_t ns;

	(void)state;
	assert_int_equal(units_time("--timeout", "1500ms", &ns, &e), 0);
	assert_true(ns == 1500000000ull);
	assert_int_equal(units_time("--timeout", "3m", &ns, &e), 0);
	assert_true(ns == 180000000000ull);
	assert_int_equal(units_time("--timeout", "1h", &ns, &e), 0);
	assert_true(ns == 3600000000000ull);
	refused(units_time("--timeout", "30", &ns, &e), "--timeout: \"30\" has no unit",
		"write \"30s\" or \"30m\"");
	refused(units_time("--timeout", "1d", &ns, &e), "--timeout: \"1d\" has an unknown unit",
		"the units are ms, s, m, h");
	refused(units_time("--timeout", "9999999999h", &ns, &e),
		"--timeout: \"9999999999h\" is too big", "");
}

static void counts_have_none(void **state)
{
	static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "1k", "0x10", "1.0" };
	uint64_t n;

	(void)state;
	assert_int_equal(units_count("--processes", "1", 100, &n, &e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(units_count("--processes", "100", 100, &n, &e), 0);
	assert_int_equal(n, 100);
	refused(units_count("--processes", "101", 100, &n, &e), "--processes: \"101\" is too big",
		"write a number from 1 to 100");
	refused(units_count("--processes", "18446744073709551617", 100, &n, &e),
		"--processes: \"18446744073709551617\" is too big", "write a number from 1 to 100");
	refused(units_count("--processes", "0", 100, &n, &e), "--processes: \"0\" is nothing",
		"write a number from 1 to 100");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(units_count("--processes", bad[i], 100, &n, &e), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stop_at_the_command),
		cmocka_unit_test(values_come_in_every_form),
		cmocka_unit_test(typos_are_errors),
		cmocka_unit_test(nothing_may_be_missing),
		cmocka_unit_test(modes_need_no_command),
		cmocka_unit_test(sizes_have_units),
		cmocka_unit_test(times_have_units),
		cmocka_unit_test(counts_have_none),
	};
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	options_free(&o);
	return failed;
}
