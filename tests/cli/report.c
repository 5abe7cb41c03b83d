// SPDX-License-Identifier: Apache-2.0
/*
 * The report of a run's end. The outcome is what a fallen monitor may write:
 * whatever it is, there is a status, and nothing unprintable (I11).
 */
#include "sandbox-cli/report/report.h"
#include "common/err.h"
#include "policy/policy.h"

#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct policy policy = { .memory = 512ull << 20, .timeout_ns = 2000000000ull };
static struct launch_result result;
static struct err e;

static int report(void)
{
	return report_result(&result, "./tool", &policy, &e);
}

static struct hv_outcome *outcome(uint32_t end, uint32_t code)
{
	memset(&result, 0, sizeof(result));
	result.end = LAUNCH_OUTCOME;
	result.outcome.end = end;
	result.outcome.code = code;
	return &result.outcome;
}

static void silent(uint32_t end, uint32_t code, int status)
{
	outcome(end, code);
	assert_int_equal(report(), status);
	assert_string_equal(e.what, "");
}

static void said(int status, const char *what)
{
	assert_int_equal(report(), status);
	assert_string_equal(e.what, what);
	assert_true(e.hint[0]);
}

static void the_programs_own_end_is_silent(void **state)
{
	(void)state;
	silent(HV_END_STATUS, 0, 0);
	silent(HV_END_STATUS, 255, 255);
	silent(HV_END_STATUS, 125, 125);
	silent(HV_END_SIGNAL, SIGSEGV, 139);
	silent(HV_END_SIGNAL, 64, 192);
}

static void programs_that_cannot_start_are_named(void **state)
{
	(void)state;
	outcome(HV_END_NO_EXEC, ENOENT);
	said(127, "./tool: not found in the sandbox: the program, or its interpreter");
	outcome(HV_END_NO_EXEC, ENOEXEC);
	said(126, "./tool: cannot execute: Exec format error");
	outcome(HV_END_NO_MEMORY, 0);
	said(126, "./tool: needs more memory than 512MiB");
	assert_string_equal(e.hint, "give it more: --memory 1024MiB");
	outcome(HV_END_NO_MEMORY, SIGKILL);
	said(137, "./tool: needs more memory than 512MiB");
}

static void failures_of_ours_are_ours(void **state)
{
	struct hv_outcome *o = outcome(HV_END_SETUP, 0);

	(void)state;
	o->status = 125;
	strcpy(o->message, "cannot create a VM: Device or resource busy");
	strcpy(o->hint, "stop it");
	said(125, "cannot create a VM: Device or resource busy");
	o = outcome(HV_END_PANIC, 0);
	strcpy(o->message, "page.c:12: out of \033[2Jframes\n");
	said(125, "the guest runtime failed: page.c:12: out of \\x1b[2Jframes\\x0a");
	/* Commands of build servers: at the start of a line, or anywhere in it. */
	strcpy(o->message, "\n::set-env name=x::1\r##[add-path]/x##vso[task]###\x9b"
			   "2J");
	said(125,
	     "the guest runtime failed: \\x0a::set-env name=x::1\\x0d#\\x23[add-path]/x#\\x23vso"
	     "[task]#\\x23\\x23\\x9b2J");
	assert_non_null(strstr(e.hint, "bug of sandbox-run"));
	outcome(HV_END_PANIC, 0);
	said(125, "the guest runtime failed: it did not say why");
}

static void broken_rules_have_words(void **state)
{
	struct hv_outcome *o = outcome(HV_END_BAD_HYPERCALL, HV_VIOLATION_SEGMENT);

	(void)state;
	o->number = HC_FS_READ;
	said(125, "the guest broke the rules of its VM: hypercall FS_READ: memory that is not the "
		  "guest's own");
	o = outcome(HV_END_BAD_HYPERCALL, HV_VIOLATION_NUMBER);
	o->number = 4000000000u;
	said(125, "the guest broke the rules of its VM: hypercall 4000000000: no such hypercall");
	outcome(HV_END_BAD_HYPERCALL, HV_VIOLATION_DOORBELL);
	said(125, "the guest broke the rules of its VM: it touched memory that it does not have");
	outcome(HV_END_BAD_EXIT, 2);
	said(125, "the guest broke the rules of its VM: exit 2 (port access)");
	outcome(HV_END_BAD_EXIT, 77777);
	said(125, "the guest broke the rules of its VM: exit 77777 (unknown)");
	outcome(HV_END_SHUTDOWN, 0);
	said(125, "the guest broke the rules of its VM: triple fault");
	outcome(HV_END_KVM_ERROR, EFAULT);
	said(125, "the guest touched memory without anything behind it");
	outcome(HV_END_KVM_ERROR, EIO);
	said(125, "KVM could not run the VM: Input/output error");
}

static void nonsense_is_called_so(void **state)
{
	static const uint32_t cases[][2] = {
		{ 0, 0 },
		{ 11, 0 },
		{ 0xffffffff, 0xffffffff },
		{ HV_END_STATUS, 256 },
		{ HV_END_SIGNAL, 0 },
		{ HV_END_SIGNAL, 65 },
		{ HV_END_NO_EXEC, 0 },
		{ HV_END_NO_EXEC, 4096 },
		{ HV_END_SETUP, 0 },
		{ HV_END_NO_MEMORY, 1 },
		{ HV_END_BAD_HYPERCALL, 0 },
		{ HV_END_BAD_HYPERCALL, 8 },
		{ HV_END_KVM_ERROR, 0 },
		{ HV_END_KVM_ERROR, 99999 },
	};
	struct hv_outcome *o;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		outcome(cases[i][0], cases[i][1]);
		said(125, "the monitor reported nonsense");
	}
	/* A set-up error cannot pass itself off as another exit status. */
	o = outcome(HV_END_SETUP, 0);
	strcpy(o->message, "all is well");
	o->status = 0;
	said(125, "the monitor reported nonsense");
}

static void texts_are_bounded_and_printable(void **state)
{
	unsigned short seed[3] = { 1, 2, 3 };

	(void)state;
	for (int round = 0; round < 20000; round++) {
		unsigned char *bytes = (unsigned char *)&result.outcome;
		int status;

		for (size_t i = 0; i < sizeof(result.outcome); i++)
			bytes[i] = round % 2 ? 0xff : (unsigned char)(nrand48(seed) >> 5);
		result.end = LAUNCH_OUTCOME;
		result.outcome.end = (uint32_t)round % 12;
		if (round % 3)
			result.outcome.status = 125;
		status = report();
		assert_in_range(status, 0, 255);
		for (const char *c = e.what; *c; c++)
			assert_true(isprint((unsigned char)*c));
		for (const char *c = e.hint; *c; c++)
			assert_true(isprint((unsigned char)*c));
	}
}

static void a_forbidden_act_kills(void **state)
{
	struct policy kills = policy;

	(void)state;
	outcome(HV_END_DENIED, 0);
	said(125, "the monitor reported nonsense"); /* the policy does not say so */
	kills.on_deny = ON_DENY_KILL;
	assert_int_equal(report_result(&result, "./tool", &kills, &e), 159);
	assert_string_equal(e.what, "./tool: killed for a forbidden act");
	outcome(HV_END_DENIED, EROFS)->number = HC_FS_WRITE;
	assert_int_equal(report_result(&result, "./tool", &kills, &e), 159);
	assert_string_equal(e.what, "./tool: killed for a forbidden act: hypercall FS_WRITE: "
				    "Read-only file system");
	outcome(HV_END_DENIED, EROFS)->number = HC_NUMBER_MAX;
	assert_int_equal(report_result(&result, "./tool", &kills, &e), 125);
	outcome(HV_END_DENIED, 70000);
	assert_int_equal(report_result(&result, "./tool", &kills, &e), 125);
}

static void output_has_its_limit(void **state)
{
	struct policy limited = policy;

	(void)state;
	outcome(HV_END_OUTPUT, 0);
	said(125, "the monitor reported nonsense"); /* there is no limit */
	outcome(HV_STOPPED, 0);
	said(125, "the monitor reported nonsense"); /* is no end */
	outcome(HV_END_OUTPUT, 0);
	limited.output = 1536;
	assert_int_equal(report_result(&result, "./tool", &limited, &e), 128 + SIGXFSZ);
	assert_string_equal(e.what, "./tool: wrote more than 1536B");
	assert_string_equal(e.hint, "allow it more: --output 3KiB");
	limited.output = UINT64_MAX;
	assert_int_equal(report_result(&result, "./tool", &limited, &e), 128 + SIGXFSZ);
}

static void ends_without_an_outcome(void **state)
{
	(void)state;
	result = (struct launch_result){ .end = LAUNCH_TIMEOUT };
	assert_int_equal(report(), 124);
	assert_string_equal(e.what, "");
	/* It was asked to end, and did: by its own status, by the signal, or by an error. */
	outcome(HV_END_STATUS, 0)->setup_ns = 0;
	result.timed_out = 1;
	assert_int_equal(report(), 124);
	outcome(HV_END_SIGNAL, SIGTERM)->setup_ns = 0;
	result.timed_out = 1;
	assert_int_equal(report(), 124);
	assert_string_equal(e.what, "");
	outcome(HV_END_PANIC, 0)->setup_ns = 0;
	result.timed_out = 1;
	assert_int_equal(report(), 125);
	result = (struct launch_result){ .end = LAUNCH_SIGNAL, .number = SIGTERM };
	assert_int_equal(report(), 143);
	assert_string_equal(e.what, "");
	result = (struct launch_result){ .end = LAUNCH_DIED, .number = SIGSYS };
	said(125, "the monitor was killed by signal 31 (Bad system call)");
	result.number = SIGKILL;
	said(125, "the monitor was killed by signal 9 (Killed)");
	result.number = SIGXCPU;
	said(152, "the CPU time limit ran out");
	result.number = 3 << 8;
	said(125, "the monitor ended without a report, status 3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_programs_own_end_is_silent),
		cmocka_unit_test(programs_that_cannot_start_are_named),
		cmocka_unit_test(failures_of_ours_are_ours),
		cmocka_unit_test(broken_rules_have_words),
		cmocka_unit_test(nonsense_is_called_so),
		cmocka_unit_test(texts_are_bounded_and_printable),
		cmocka_unit_test(a_forbidden_act_kills),
		cmocka_unit_test(output_has_its_limit),
		cmocka_unit_test(ends_without_an_outcome),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
