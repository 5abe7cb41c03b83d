// SPDX-License-Identifier: Apache-2.0
/*
 * What a fallen monitor tries is stopped (I9): the table of acts, each in a
 * jailed child; then every system call number that no row of host-calls.c
 * names; then the 32-bit entry. A forbidden act kills the process.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/hypercalls.h"
#include "hv/jail/host-calls.h"
#include "tests/jail/acts.h"
#include "tests/jail/scene.h"
#include "tests/not-run.h"

#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ALL	    (PERM_BASE | PERM_STREAMS | PERM_FILES | PERM_TREES)
#define WRITING	    (ALL | PERM_WRITE | PERM_NAMES)
#define NUMBERS	    600 /* above the highest number of any kernel today */
#define OTHER_TESTS 5

static uint32_t permissions_of(const struct act *act)
{
	return act >= write_acts && act < write_acts + write_act_count ? WRITING : ALL;
}

static void whole_jail(void **state)
{
	const struct act *act = *state;

	assert_int_equal(scene_run(act_run, act, permissions_of(act), LAYER_NONE, 0), act->whole);
}

/* With only seccomp missing the act is not killed, and what is below answers as expected. */
static void without_seccomp(void **state)
{
	const struct act *act = *state;
	int ended = scene_run(act_run, act, permissions_of(act), LAYER_SECCOMP, 0);

	assert_int_not_equal(ended, ENDED_BY_SECCOMP);
	if (act->below != ACT_ANY && act->below_abi <= jail_landlock_abi())
		assert_int_equal(ended, act->below);
}

static int is_listed(long number, uint32_t bits)
{
	const struct jail_fds fds = { 4, 4, 4, 4, 4, 4, 4, 4, 4, 0, 0 };

	for (size_t i = 0; i < host_call_count; i++)
		if (host_calls[i].number == number && host_call_granted(&host_calls[i], bits, &fds))
			return 1;
	return 0;
}

/*
 * Linux itself takes these out of every filter: uprobes place them in a traced
 * process. Called from anywhere else they fail.
 */
static int is_exempt(long number)
{
	return number == 335 /* uretprobe, 6.13 */ || number == 336 /* uprobe, 6.18 */;
}

/* Under each permission set, every number that is not listed kills. */
static void try_all_numbers(uint32_t permissions)
{
	for (long number = 0; number < NUMBERS; number++) {
		const struct act act = { .number = number };
		int ended;

		if (is_listed(number, host_bits(permissions)))
			continue;
		ended = scene_run(act_run, &act, permissions, LAYER_NONE, 0);
		if (is_exempt(number) ? ended == 0 : ended != ENDED_BY_SECCOMP)
			fail_msg("system call %ld is not stopped", number);
	}
}

static void every_other_number_kills(void **state)
{
	(void)state;
	try_all_numbers(ALL);
	try_all_numbers(WRITING);
}

static void without_files_every_file_call_kills(void **state)
{
	static const long numbers[] = { SYS_openat,  SYS_getdents64, SYS_readlinkat,
					SYS_fstatfs, SYS_close,	     SYS_mmap };
	(void)state;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const struct act act = { .number = numbers[i], .arguments = { ACT_FILE } };

		assert_int_equal(scene_run(act_run, &act, PERM_BASE | PERM_STREAMS, LAYER_NONE, 0),
				 ENDED_BY_SECCOMP);
	}
}

/* What changes a file is not there at all without a write grant. */
static void without_write_grants_nothing_writes(void **state)
{
	static const long numbers[] = { SYS_mkdirat,   SYS_symlinkat,	SYS_unlinkat, SYS_renameat2,
					SYS_linkat,    SYS_fchmod,	SYS_fchown,   SYS_utimensat,
					SYS_ftruncate, SYS_fallocate,	SYS_fsync,    SYS_fdatasync,
					SYS_fsetxattr, SYS_fremovexattr };
	(void)state;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		assert_false(is_listed(numbers[i], host_bits(ALL)));
		assert_true(is_listed(numbers[i], host_bits(WRITING)));
	}
}

/* getpid by the 32-bit entry: its number, 20, is writev's in the 64-bit table. */
static int enter_32_bit(struct scene *s, const void *argument)
{
	long result = 20;

	(void)s;
	(void)argument;
	__asm__ volatile("int $0x80" : "+a"(result) : "b"(1), "c"(0), "d"(0) : "memory");
	return result > 0 ? 0 : (int)-result;
}

static void the_32_bit_entry_kills(void **state)
{
	int natively = scene_run(enter_32_bit, NULL, ALL, LAYER_SECCOMP, 0);

	(void)state;
	if (natively == ENDED_BY_SIGNAL) {
		NOT_RUN("the kernel has no 32-bit entry");
	}
	assert_int_equal(scene_run(enter_32_bit, NULL, ALL, LAYER_NONE, 0), ENDED_BY_SECCOMP);
}

static void nothing_changed(void **state)
{
	FILE *file = fopen(scene_file, "r");
	char text[64] = "";

	(void)state;
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	assert_string_equal(text, SCENE_CONTENT);
	assert_int_equal(access(scene_new, F_OK), -1);
}

int main(void)
{
	static struct CMUnitTest tests[2 * ACTS_MAX + OTHER_TESTS];
	static char names[2 * ACTS_MAX][128];
	size_t count = 0;
	int failed;

	if (act_count + write_act_count > ACTS_MAX)
		return 1;
	for (size_t i = 0; i < act_count + write_act_count; i++) {
		const struct act *act = i < act_count ? &acts[i] : &write_acts[i - act_count];
		const char *when = i < act_count ? "" : "with a write grant: ";

		snprintf(names[count], sizeof(names[count]), "%s%s", when, act->name);
		tests[count] =
			(struct CMUnitTest){ names[count], whole_jail, NULL, NULL, (void *)act };
		count++;
		snprintf(names[count], sizeof(names[count]), "without seccomp: %s%s", when,
			 act->name);
		tests[count] = (struct CMUnitTest){ names[count], without_seccomp, NULL, NULL,
						    (void *)act };
		count++;
	}
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(every_other_number_kills);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(without_files_every_file_call_kills);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(without_write_grants_nothing_writes);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(the_32_bit_entry_kills);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(nothing_changed);

	scene_create();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = _cmocka_run_group_tests("forbidden", tests, count, NULL, NULL);
	scene_remove();
	return failed != 0;
}
