// SPDX-License-Identifier: Apache-2.0
/*
 * A filter is verified before it is loaded (I1): the compiler's pass for every
 * policy, and of programs that are spoilt none that allows more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/hypercalls.h"
#include "common/err.h"
#include "hv/jail/filter.h"
#include "hv/jail/host-calls.h"
#include "hv/jail/jail.h"
#include "policy/policy.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALL	(PERM_BASE | PERM_STREAMS | PERM_FILES | PERM_TREES)
#define WRITING (ALL | PERM_WRITE | PERM_NAMES)
#define KILL	SECCOMP_RET_KILL_PROCESS

static const struct jail_fds fds = {
	.vm = 5, .vcpu = 7, .outcome = 4, .self_fd = 300, .save = 9, .terminals = 7, .seekable = 1
};

static uint32_t decide(const struct filter *f, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < f->length; pc++) {
		const struct sock_filter *i = &f->code[pc];
		int taken;

		if (i->code == (BPF_RET | BPF_K))
			return i->k;
		if (i->code == (BPF_LD | BPF_W | BPF_ABS)) {
			memcpy(&a, (const char *)data + i->k, sizeof(a));
			continue;
		}
		taken = i->code == (BPF_JMP | BPF_JEQ | BPF_K) ? a == i->k : a > i->k;
		pc += taken ? i->jt : i->jf;
	}
	return KILL;
}

/* A number and arguments that a row names, or nearly so. */
static void draw(struct seccomp_data *data)
{
	const struct host_call *call = &host_calls[(size_t)random() % host_call_count];
	const unsigned int numbers[] = { 0, 1, 5, 7, 4, 300, 3, 10 }; /* descriptors */

	data->nr = call->number;
	data->arch = random() % 16 ? AUDIT_ARCH_X86_64 : AUDIT_ARCH_I386;
	if (random() % 16 == 0)
		data->nr = (int)random() % 500;
	for (int i = 0; i < 6; i++)
		data->args[i] = numbers[random() % 8];
	for (int k = 0; k < HOST_CONDITIONS_MAX; k++)
		if (call->conditions[k].compare != HOST_ANY &&
		    call->conditions[k].operand == HOST_CONST)
			data->args[call->conditions[k].argument] =
				call->conditions[k].value + (random() % 4 == 0);
	if (random() % 4 == 0)
		data->args[random() % 6] |= 1ull << (32 + random() % 32);
	if (random() % 2 == 0)
		data->args[3] = random() % 4 ? UINT64_MAX : UINT32_MAX;
}

static int verify(const struct filter *f, uint32_t permissions)
{
	const struct policy p = { .permissions = permissions };
	struct err e = { 0 };

	return jail_verify_filter(f, &p, &fds, KILL, &e);
}

static void every_filter_is_verified(void **state)
{
	static struct filter f;

	(void)state;
	for (uint32_t permissions = 0; permissions <= WRITING; permissions++) {
		filter_build(&f, host_bits(permissions), &fds, KILL);
		assert_int_equal(verify(&f, permissions), 0);
	}
	/* with the permissions of another, or another's descriptors, it is not */
	filter_build(&f, host_bits(WRITING), &fds, KILL);
	assert_int_equal(verify(&f, ALL), -EPERM);
	filter_build(&f, host_bits(ALL), &fds, KILL);
	assert_int_equal(verify(&f, PERM_BASE), -EPERM);
	filter_build(&f, host_bits(ALL), &fds, SECCOMP_RET_LOG);
	assert_int_equal(verify(&f, ALL), -EPERM);
	f.length = 0;
	assert_int_equal(verify(&f, ALL), -EPERM);
}

static void spoil_instruction(struct sock_filter *i, int how)
{
	switch (how) {
	case 0:
		i->k++;
		break;
	case 1:
		i->k--;
		break;
	case 2:
		i->jt++;
		break;
	case 3:
		i->jf++;
		break;
	case 4:
		i->jf = 0;
		break;
	case 5:
		i->jt = i->jf;
		break;
	case 6:
		if (i->code == (BPF_RET | BPF_K))
			i->k = SECCOMP_RET_ALLOW;
		break;
	case 7:
		i->k ^= 1u << random() % 32;
		break;
	default:
		i->code = (uint16_t)((i->code & 7) == BPF_JMP ? BPF_JMP | BPF_JGT | BPF_K
							      : BPF_RET | BPF_K);
	}
}

#define SPOILT_WAYS 9

/*
 * Each instruction spoilt in each way: what the verifier still takes allows
 * nothing that the right program does not. And it is no decoration: most are
 * refused.
 */
static void no_spoilt_filter_is_wider(void **state)
{
	static struct filter right, wrong;
	unsigned int refused = 0, wider = 0;

	(void)state;
	filter_build(&right, host_bits(WRITING), &fds, KILL);
	for (unsigned int pc = 0; pc < right.length; pc++) {
		for (int how = 0; how < SPOILT_WAYS; how++) {
			int taken, is_wider = 0;

			wrong = right;
			spoil_instruction(&wrong.code[pc], how);
			taken = verify(&wrong, WRITING) == 0;
			refused += !taken;
			for (int n = 0; n < 300 && taken; n++) {
				struct seccomp_data data = { 0 };

				draw(&data);
				is_wider |= decide(&wrong, &data) != KILL &&
					    decide(&right, &data) == KILL;
			}
			wider += (unsigned int)is_wider;
			if (is_wider)
				printf("# instruction %u spoilt in way %d\n", pc, how);
		}
	}
	printf("# %u of %u spoilt programs refused\n", refused, right.length * SPOILT_WAYS);
	assert_int_equal(wider, 0);
	assert_true(refused > right.length);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_filter_is_verified),
		cmocka_unit_test(no_spoilt_filter_is_wider),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("verify", tests, NULL, NULL) != 0;
}
