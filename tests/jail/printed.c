// SPDX-License-Identifier: Apache-2.0
/*
 * What --layers prints is what is in force: the rows of the seccomp filter, read
 * back from their text, decide as the built filter does, on arguments at and around
 * those of every row; the Landlock rules of every ABI are those that are entered.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/hypercalls.h"
#include "hv/jail/filter.h"
#include "hv/jail/host-calls.h"
#include "hv/jail/landlock.h"
#include "policy/policy.h"
#include "sandbox-cli/explain/layers.h"
#include "sandbox-cli/report/syscall-names.h"
#include "tests/jail/bpf.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NUMBERS	       600
#define ROWS_MAX       128
#define CONDITIONS_MAX 3
#define TRIES	       200000

struct condition {
	unsigned int argument;
	char compare; /* '=', '<' for at most, '>' */
	uint64_t value;
};

struct row {
	int number;
	size_t count;
	struct condition conditions[CONDITIONS_MAX];
};

struct rows {
	struct row list[ROWS_MAX];
	size_t count;
	unsigned int syscalls; /* as the heading says */
};

static int number_of(const char *name, size_t length)
{
	for (unsigned int i = 0; i < NUMBERS; i++) {
		const char *known = syscall_name(i);

		if (known && strlen(known) == length && strncmp(known, name, length) == 0)
			return (int)i;
	}
	fail_msg("no system call: %.*s", (int)length, name);
	return -1;
}

/* What a condition compares with, up to `end`. */
static uint64_t value_of(const char *text, const char *end)
{
	const struct jail_fds fds = layers_fds();
	const struct {
		const char *text;
		int fd;
	} known[] = {
		{ "the VM", fds.vm },
		{ "the vCPU", fds.vcpu },
		{ "the pipe to the launcher", fds.outcome },
		{ "/proc/self/fd", fds.self_fd },
		{ "the file of --save-changes", fds.save },
		{ "the file of --trace", fds.trace },
		{ "the pipe for notes", fds.notes },
	};
	const char *hex = memchr(text, '(', (size_t)(end - text));
	char *stop;
	uint64_t value;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i].text) == (size_t)(end - text) &&
		    strncmp(known[i].text, text, (size_t)(end - text)) == 0)
			return (uint64_t)known[i].fd;
	value = (uint64_t)strtoll(hex ? hex + 1 : text, &stop, 0);
	if (stop != (hex ? end - 1 : end))
		fail_msg("no value: %.*s", (int)(end - text), text);
	return value;
}

/* "arg1 = KVM_RUN (0xae80)" */
static struct condition condition_of(const char *text, const char *end)
{
	struct condition c;
	int used = 0;

	assert_int_equal(sscanf(text, "arg%u %c%n", &c.argument, &c.compare, &used), 2);
	used += text[used] == '=';
	c.value = value_of(text + used + 1, end);
	return c;
}

/* "#   NAME if CONDITION, CONDITION: REASON [HYPERCALLS]" */
static void read_row(struct rows *rows, const char *line)
{
	struct row *row = &rows->list[rows->count++];
	size_t length = strcspn(line, " :");
	const char *at = line + length, *end = strstr(at, ": ");

	assert_true(rows->count <= ROWS_MAX);
	assert_non_null(end);
	row->number = number_of(line, length);
	row->count = 0;
	while (at < end) {
		const char *stop;

		at += strncmp(at, " if ", 4) == 0 ? 4 : 2;
		stop = memmem(at, (size_t)(end - at), ", ", 2);
		stop = stop ? stop : end;
		assert_true(row->count < CONDITIONS_MAX);
		row->conditions[row->count++] = condition_of(at, stop);
		at = stop;
	}
}

static void read_rows(struct rows *rows, const struct policy *p, const struct jail_fds *fds)
{
	char *text = NULL, *save = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	layers_print_seccomp(out, p, fds);
	fclose(out);
	rows->count = 0;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, "#   ", 4) == 0)
			read_row(rows, line + 4);
		else
			assert_int_equal(
				sscanf(line, "# seccomp: %u system calls", &rows->syscalls), 1);
	}
	free(text);
}

static int holds(const struct condition *c, const struct seccomp_data *data)
{
	uint64_t value = data->args[c->argument];

	switch (c->compare) {
	case '=':
		return value == c->value;
	case '<':
		return value <= c->value;
	case '>': /* a descriptor: the kernel takes 32 bits of it */
		return value > c->value && value <= UINT32_MAX;
	default:
		fail_msg("no comparison: %c", c->compare);
		return 0;
	}
}

static int allows(const struct rows *rows, const struct seccomp_data *data)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->list[i];
		size_t held = 0;

		while (held < row->count && holds(&row->conditions[held], data))
			held++;
		if (row->number == data->nr && held == row->count)
			return 1;
	}
	return 0;
}

static void compare(const struct rows *rows, const struct filter *f,
		    const struct seccomp_data *data)
{
	int allowed = bpf_decide(f->code, f->length, data) == SECCOMP_RET_ALLOW;

	if (allowed != allows(rows, data))
		fail_msg("%s(%#llx, %#llx, %#llx, %#llx, %#llx, %#llx): the filter says %d",
			 syscall_name((unsigned int)data->nr), data->args[0], data->args[1],
			 data->args[2], data->args[3], data->args[4], data->args[5], allowed);
}

/* A value of some row, or one beside it. */
static uint64_t draw(const struct rows *rows)
{
	const struct row *row = &rows->list[(size_t)random() % rows->count];
	uint64_t value = row->count ? row->conditions[(size_t)random() % row->count].value : 0;

	switch (random() % 6) {
	case 0:
		return value + 1;
	case 1:
		return value - 1;
	case 2:
		return value ^ 1ull << random() % 64;
	default:
		return value;
	}
}

static void try_row(const struct rows *rows, const struct filter *f)
{
	const struct row *row = &rows->list[(size_t)random() % rows->count];
	struct seccomp_data data = { .nr = row->number, .arch = AUDIT_ARCH_X86_64 };

	for (size_t i = 0; i < 6; i++)
		data.args[i] = draw(rows);
	for (size_t i = 0; i < row->count; i++)
		data.args[row->conditions[i].argument] =
			row->conditions[i].value + (row->conditions[i].compare == '>');
	if (random() % 2)
		data.args[random() % 6] = draw(rows);
	compare(rows, f, &data);
}

static void the_printed_rows_are_the_filter(void **state)
{
	const struct policy p = { .permissions = *(const uint32_t *)*state };
	const struct jail_fds fds = layers_fds();
	static struct filter filter;
	static struct rows rows;
	unsigned int numbers = 0;

	read_rows(&rows, &p, &fds);
	filter_build(&filter, host_bits_of(&p, &fds), &fds, SECCOMP_RET_KILL_PROCESS);
	for (int number = 0; number < NUMBERS; number++) {
		struct seccomp_data data = { .nr = number, .arch = AUDIT_ARCH_X86_64 };
		size_t i = 0;

		compare(&rows, &filter, &data);
		while (i < rows.count && rows.list[i].number != number)
			i++;
		numbers += i < rows.count;
	}
	assert_int_equal(numbers, rows.syscalls);
	for (int i = 0; i < TRIES; i++)
		try_row(&rows, &filter);
	printf("# %zu rows of %u system calls\n", rows.count, numbers);
}

/* The words between a rule's path and its origin, in the printed lines. */
static int printed_rights(const char *text, const char *path, char out[256])
{
	char start[64];
	const char *at, *end;

	snprintf(start, sizeof(start), "#   %s: ", path);
	at = strstr(text, start);
	end = at ? strstr(at, "  # ") : NULL;
	if (!end)
		return 0;
	at += strlen(start);
	snprintf(out, 256, "%.*s", (int)(end - at), at);
	return 1;
}

static uint64_t bits_of(char *words)
{
	uint64_t bits = 0;
	char *save = NULL;

	for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		size_t i = 0;

		while (i < landlock_right_count && strcmp(landlock_rights[i].name, word) != 0)
			i++;
		assert_true(i < landlock_right_count);
		bits |= landlock_rights[i].bits.fs;
	}
	return bits;
}

static void the_printed_rules_are_landlocks(void **state)
{
	struct grant grants[] = {
		{ .kind = GRANT_READ, .guest = "/r", .host = "/r", .mode = S_IFDIR, .rule = "a" },
		{ .kind = GRANT_READ, .guest = "/f", .host = "/f", .mode = S_IFREG, .rule = "b" },
		{ .kind = GRANT_WRITE, .guest = "/w", .host = "/w", .mode = S_IFDIR, .rule = "c" },
		{ .kind = GRANT_WRITE, .guest = "/g", .host = "/g", .mode = S_IFREG, .rule = "d" },
		{ .kind = GRANT_OVERLAY,
		  .guest = "/o",
		  .host = "/o",
		  .mode = S_IFDIR,
		  .rule = "e" },
		{ .kind = GRANT_TMPFS, .guest = "/t", .rule = "f" },
	};
	const struct policy p = { .grants = grants,
				  .grant_count = sizeof(grants) / sizeof(grants[0]),
				  .permissions = PERM_BASE | PERM_FILES | PERM_TREES | PERM_WRITE |
						 PERM_NAMES };

	(void)state;
	for (int abi = 1; abi <= LANDLOCK_ABI_NEWEST + 1; abi++) {
		const struct landlock_rights handled = landlock_handled(abi);
		char *text = NULL;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		layers_print_landlock(out, &p, abi);
		fclose(out);
		for (size_t i = 0; i < p.grant_count; i++) {
			char words[256] = "";
			uint64_t allowed = grant_is_host(grants[i].kind)
						   ? landlock_allowed(&p, &grants[i], &handled)
						   : 0;

			assert_int_equal(printed_rights(text, grants[i].guest, words),
					 allowed != 0);
			assert_int_equal(bits_of(words), allowed);
		}
		free(text);
	}
}

int main(void)
{
	static uint32_t sets[] = { PERM_BASE, PERM_BASE | PERM_STREAMS,
				   PERM_BASE | PERM_STREAMS | PERM_FILES,
				   PERM_BASE | PERM_STREAMS | PERM_FILES | PERM_TREES, ~0u };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(the_printed_rows_are_the_filter, &sets[0]),
		cmocka_unit_test_prestate(the_printed_rows_are_the_filter, &sets[1]),
		cmocka_unit_test_prestate(the_printed_rows_are_the_filter, &sets[2]),
		cmocka_unit_test_prestate(the_printed_rows_are_the_filter, &sets[3]),
		cmocka_unit_test_prestate(the_printed_rows_are_the_filter, &sets[4]),
		cmocka_unit_test(the_printed_rules_are_landlocks),
	};

	srandom(1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("printed", tests, NULL, NULL) != 0;
}
