// SPDX-License-Identifier: Apache-2.0
/*
 * The filter compiler is right: libseccomp compiles the same table, row by
 * row, and both decide the same on every number and on arguments at, around
 * and far from each row's own. Decisions are made by a BPF interpreter, so no process
 * has to die for each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/hypercalls.h"
#include "hv/jail/filter.h"
#include "hv/jail/host-calls.h"
#include "hv/jail/jail.h"
#include "tests/jail/bpf.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NUMBERS	      600
#define ROWS_MAX      128
#define TRIES_PER_ROW 10000
#define X32	      0x40000000

static const struct jail_fds fds = {
	.vm = 5, .vcpu = 7, .outcome = 4, .self_fd = 300, .save = 9, .trace = 11, .notes = 13
};

struct program {
	struct sock_filter code[4096];
	size_t length;
};

static uint32_t decide(const struct program *p, const struct seccomp_data *data)
{
	return bpf_decide(p->code, p->length, data);
}

static uint64_t operand(const struct host_condition *condition)
{
	return condition->compare == HOST_MINUS_ONE ? UINT64_MAX : host_value(condition, &fds);
}

static void reference_row(scmp_filter_ctx filter, const struct host_call *call)
{
	static const enum scmp_compare op[] = {
		[HOST_EQUAL] = SCMP_CMP_EQ,
		[HOST_AT_MOST] = SCMP_CMP_LE,
		[HOST_ABOVE] = SCMP_CMP_GT,
		[HOST_MINUS_ONE] = SCMP_CMP_EQ,
	};
	struct scmp_arg_cmp compare[HOST_CONDITIONS_MAX];
	unsigned int n = 0;

	for (; n < HOST_CONDITIONS_MAX && call->conditions[n].compare != HOST_ANY; n++)
		compare[n] = (struct scmp_arg_cmp){ .arg = call->conditions[n].argument,
						    .op = op[call->conditions[n].compare],
						    .datum_a = operand(&call->conditions[n]) };
	assert_int_equal(seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call->number, n, compare),
			 0);
}

/* One row alone: libseccomp 2.5 does not come to an end with some rows of one number together. */
static void build_reference(struct program *p, const struct host_call *call)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int fd = memfd_create("filter", MFD_CLOEXEC);
	ssize_t n;

	seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	reference_row(filter, call);
	assert_int_equal(seccomp_export_bpf(filter, fd), 0);
	n = pread(fd, p->code, sizeof(p->code), 0);
	assert_true(n > 0 && (size_t)n < sizeof(p->code));
	p->length = (size_t)n / sizeof(p->code[0]);
	close(fd);
	seccomp_release(filter);
}

static void build_ours(struct program *p, uint32_t bits)
{
	struct filter filter;

	filter_build(&filter, bits, &fds, SECCOMP_RET_KILL_PROCESS);
	memcpy(p->code, filter.code, sizeof(filter.code));
	p->length = filter.length;
}

/* HOST_ABOVE also wants the high half to be zero, which libseccomp cannot say in the same rule. */
static int has_high_bits(const struct seccomp_data *data)
{
	for (size_t i = 0; i < host_call_count; i++)
		for (size_t k = 0; k < HOST_CONDITIONS_MAX; k++) {
			const struct host_condition *c = &host_calls[i].conditions[k];

			if (host_calls[i].number == data->nr && c->compare == HOST_ABOVE &&
			    data->args[c->argument] >> 32)
				return 1;
		}
	return 0;
}

struct comparison {
	struct program ours, reference[ROWS_MAX]; /* for each row that is granted */
	uint32_t bits;
};

/* 1: it is allowed. */
static int compare(struct comparison *c, const struct seccomp_data *data)
{
	uint32_t ours = decide(&c->ours, data);
	uint32_t expected = SECCOMP_RET_KILL_PROCESS;

	for (size_t i = 0; i < host_call_count; i++)
		if (host_calls[i].number == (data->nr & ~X32) && c->reference[i].length &&
		    decide(&c->reference[i], data) == SECCOMP_RET_ALLOW)
			expected = SECCOMP_RET_ALLOW;

	if (has_high_bits(data))
		expected = SECCOMP_RET_KILL_PROCESS;
	if (ours != expected)
		fail_msg("number %d (%#llx %#llx %#llx %#llx %#llx): %#x, libseccomp says %#x",
			 data->nr, data->args[0], data->args[1], data->args[2], data->args[3],
			 data->args[5], ours, expected);
	return ours == SECCOMP_RET_ALLOW;
}

/* A value that some row compares with, its neighbour, or that with a high or sign bit. */
static uint64_t draw(void)
{
	const struct host_call *call = &host_calls[(size_t)random() % host_call_count];
	uint64_t value = operand(&call->conditions[random() % HOST_CONDITIONS_MAX]);

	switch (random() % 8) {
	case 0:
		return value + 1;
	case 1:
		return value - 1;
	case 2:
		return value | 1ull << 32;
	case 3:
		return value | 1ull << 63;
	case 4:
		return (uint64_t)random() << 33 ^ (uint64_t)random();
	case 5:
		return value ^ 1ull << random() % 64;
	default:
		return value;
	}
}

/*
 * Arguments that satisfy the row, in half of the cases with one of them spoilt.
 * 1: it was allowed.
 */
static int try_row(struct comparison *c, const struct host_call *call)
{
	struct seccomp_data data = { .nr = call->number, .arch = AUDIT_ARCH_X86_64 };

	for (size_t i = 0; i < 6; i++)
		data.args[i] = draw();
	for (size_t k = 0; k < HOST_CONDITIONS_MAX; k++) {
		const struct host_condition *condition = &call->conditions[k];

		if (condition->compare != HOST_ANY)
			data.args[condition->argument] =
				operand(condition) + (condition->compare == HOST_ABOVE);
	}
	if (random() % 2) {
		data.args[random() % 6] = draw();
		compare(c, &data);
		return 0;
	}
	return compare(c, &data);
}

static void try_numbers(struct comparison *c)
{
	static const uint32_t arch[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64,
					 0 };

	for (int nr = -1; nr < NUMBERS; nr++)
		for (size_t k = 0; k < sizeof(arch) / sizeof(arch[0]); k++) {
			struct seccomp_data data = { .nr = nr, .arch = arch[k] };

			compare(c, &data);
			data.nr = nr | X32;
			compare(c, &data);
		}
}

static void same_as_libseccomp(void **state)
{
	static struct comparison c;

	c.bits = host_bits(*(const uint32_t *)*state);
	build_ours(&c.ours, c.bits);
	printf("# %zu instructions\n", c.ours.length);
	assert_true(host_call_count <= ROWS_MAX);
	for (size_t i = 0; i < host_call_count; i++) {
		c.reference[i].length = 0;
		if (host_call_granted(&host_calls[i], c.bits, &fds))
			build_reference(&c.reference[i], &host_calls[i]);
	}
	try_numbers(&c);
	for (size_t i = 0; i < host_call_count; i++) {
		unsigned long allowed = 0;

		for (int k = 0; k < TRIES_PER_ROW; k++)
			allowed += (unsigned long)try_row(&c, &host_calls[i]);
		if (host_call_granted(&host_calls[i], c.bits, &fds) != (allowed > 0))
			fail_msg("row %zu (%s): granted wrongly", i, host_calls[i].reason);
	}
}

/* Every row says why, and belongs to one hypercall service that exists. */
static void rows_are_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < host_call_count; i++) {
		const struct host_call *call = &host_calls[i];

		assert_true(call->reason && strlen(call->reason) >= 5);
		assert_int_equal(call->host & (call->host - 1), 0);
		assert_true(call->host == 0 || host_call_granted(call, host_bits(~0u), &fds));
	}
	for (uint32_t bit = 1; bit; bit <<= 1) {
		size_t rows = !(host_bits(~0u) & bit);

		for (size_t i = 0; i < host_call_count; i++)
			rows += host_calls[i].host == bit;
		assert_int_not_equal(rows, 0);
	}
}

int main(void)
{
	static uint32_t sets[] = { PERM_BASE,
				   PERM_BASE | PERM_STREAMS,
				   PERM_BASE | PERM_FILES,
				   PERM_BASE | PERM_STREAMS | PERM_FILES,
				   PERM_BASE | PERM_STREAMS | PERM_FILES | PERM_TREES,
				   PERM_BASE | PERM_STREAMS | PERM_FILES | PERM_WRITE,
				   ~0u };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_complete),
		cmocka_unit_test_prestate(same_as_libseccomp, &sets[0]),
		cmocka_unit_test_prestate(same_as_libseccomp, &sets[1]),
		cmocka_unit_test_prestate(same_as_libseccomp, &sets[2]),
		cmocka_unit_test_prestate(same_as_libseccomp, &sets[3]),
		cmocka_unit_test_prestate(same_as_libseccomp, &sets[4]),
		cmocka_unit_test_prestate(same_as_libseccomp, &sets[5]),
		cmocka_unit_test_prestate(same_as_libseccomp, &sets[6]),
	};

	srandom(1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("filter", tests, NULL, NULL) != 0;
}
