/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An interpreter of seccomp's BPF programs, as far as filters here use it;
 * included after cmocka.
 */
#ifndef TESTS_JAIL_BPF_H
#define TESTS_JAIL_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The SECCOMP_RET_* that the program answers data with. */
static inline uint32_t bpf_decide(const struct sock_filter *code, size_t length,
				  const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < length; pc++) {
		const struct sock_filter *i = &code[pc];
		int taken = 0;

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			memcpy(&a, (const char *)data + i->k, sizeof(a));
			continue;
		case BPF_RET | BPF_K:
			return i->k;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			taken = a == i->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			taken = a > i->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			taken = a >= i->k;
			break;
		default:
			fail_msg("instruction %#x at %zu", i->code, pc);
		}
		pc += taken ? i->jt : i->jf;
	}
	fail_msg("ran off the end");
	return 0;
}

#endif
