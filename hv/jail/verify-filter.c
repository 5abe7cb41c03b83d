// SPDX-License-Identifier: Apache-2.0
/*
 * Checks a filter before it is loaded (I1): for each instruction, the bounds
 * of every word of struct seccomp_data on all ways that lead to it. Programs
 * only jump forward, so one pass is enough, and what it says holds for every
 * number and all arguments. It shares nothing with the compiler but the table.
 */
#include "common/err.h"
#include "hv/jail/filter.h"
#include "hv/jail/host-calls.h"
#include "hv/jail/jail.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>

#define WORDS	     16 /* of struct seccomp_data */
#define WORD_NR	     0
#define WORD_ARCH    1
#define WORD_LOW(n)  (4 + 2 * (n)) /* of an argument; little endian */
#define WORD_HIGH(n) (WORD_LOW(n) + 1)

_Static_assert(sizeof(struct seccomp_data) == WORDS * 4, "all words");
_Static_assert(offsetof(struct seccomp_data, arch) == WORD_ARCH * 4, "arch");
_Static_assert(offsetof(struct seccomp_data, args) == WORD_LOW(0) * 4, "arguments");

struct bounds {
	int reached;
	unsigned int loaded; /* the word in the accumulator; WORDS: not known */
	uint32_t low[WORDS], high[WORDS];
};

struct verifier {
	uint32_t bits;
	const struct jail_fds *fds;
	uint32_t deny;
	struct bounds at[FILTER_MAX];
};

/* One more way leads to an instruction. */
static void join(struct bounds *to, const struct bounds *from)
{
	if (!to->reached) {
		*to = *from;
		return;
	}
	if (to->loaded != from->loaded)
		to->loaded = WORDS;
	for (int i = 0; i < WORDS; i++) {
		if (from->low[i] < to->low[i])
			to->low[i] = from->low[i];
		if (from->high[i] > to->high[i])
			to->high[i] = from->high[i];
	}
}

static uint32_t operand(const struct verifier *v, const struct host_condition *c)
{
	const int numbers[] = {
		[HOST_FD_VM] = v->fds->vm,	     [HOST_FD_VCPU] = v->fds->vcpu,
		[HOST_FD_OUTCOME] = v->fds->outcome, [HOST_FD_SELF] = v->fds->self_fd,
		[HOST_FD_SAVE] = v->fds->save,	     [HOST_FD_TRACE] = v->fds->trace,
		[HOST_FD_NOTES] = v->fds->notes,
	};

	return c->operand == HOST_CONST ? c->value : (uint32_t)numbers[c->operand];
}

static int holds(const struct verifier *v, const struct bounds *b, const struct host_condition *c)
{
	uint32_t low = b->low[WORD_LOW(c->argument)], high = b->high[WORD_LOW(c->argument)];
	uint32_t value = operand(v, c);
	int small = b->high[WORD_HIGH(c->argument)] == 0;

	switch (c->compare) {
	case HOST_ANY:
		return 1;
	case HOST_EQUAL:
		return small && low == value && high == value;
	case HOST_AT_MOST:
		return small && high <= value;
	case HOST_ABOVE:
		return small && low > value;
	case HOST_MINUS_ONE:
		return low == UINT32_MAX && b->low[WORD_HIGH(c->argument)] == UINT32_MAX;
	}
	return 0;
}

/* Some granted row allows all that comes here. */
static int may_allow(const struct verifier *v, const struct bounds *b)
{
	if (b->low[WORD_ARCH] != AUDIT_ARCH_X86_64 || b->high[WORD_ARCH] != AUDIT_ARCH_X86_64 ||
	    b->low[WORD_NR] != b->high[WORD_NR])
		return 0;
	for (size_t i = 0; i < host_call_count; i++) {
		const struct host_call *call = &host_calls[i];
		int all = host_call_granted(call, v->bits, v->fds) &&
			  (uint32_t)call->number == b->low[WORD_NR];

		for (size_t k = 0; k < HOST_CONDITIONS_MAX && all; k++)
			all = holds(v, b, &call->conditions[k]);
		if (all)
			return 1;
	}
	return 0;
}

/* Both sides of "the accumulator is at least k" or, for JEQ, "is k"; an empty side is not taken. */
static int branch(struct verifier *v, size_t pc, const struct sock_filter *i, size_t length)
{
	struct bounds yes = v->at[pc], no = v->at[pc];
	int equal = i->code == (BPF_JMP | BPF_JEQ | BPF_K);
	unsigned int word = yes.loaded;

	if (word >= WORDS || pc + 1 + i->jt >= length || pc + 1 + i->jf >= length)
		return 0;
	if (equal && (i->k < yes.low[word] || i->k > yes.high[word])) {
		yes.reached = 0;
	} else if (equal) {
		yes.low[word] = yes.high[word] = i->k;
		no.reached = no.low[word] != no.high[word];
	} else {
		yes.reached = yes.high[word] > i->k;
		no.reached = no.low[word] <= i->k;
		if (yes.reached && yes.low[word] <= i->k)
			yes.low[word] = i->k + 1;
		if (no.reached && no.high[word] > i->k)
			no.high[word] = i->k;
	}
	if (yes.reached)
		join(&v->at[pc + 1 + i->jt], &yes);
	if (no.reached)
		join(&v->at[pc + 1 + i->jf], &no);
	return 1;
}

static int step(struct verifier *v, size_t pc, const struct sock_filter *i, size_t length)
{
	struct bounds next = v->at[pc];

	switch (i->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		if (i->k % 4 || i->k / 4 >= WORDS || pc + 1 >= length)
			return 0;
		next.loaded = i->k / 4;
		join(&v->at[pc + 1], &next);
		return 1;
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_K:
		return branch(v, pc, i, length);
	case BPF_RET | BPF_K:
		return i->k == v->deny || (i->k == SECCOMP_RET_ALLOW && may_allow(v, &next));
	default:
		return 0;
	}
}

int jail_verify_filter(const struct filter *f, const struct policy *p, const struct jail_fds *fds,
		       uint32_t deny, struct err *e)
{
	static struct verifier v;

	v.bits = host_bits_of(p, fds);
	v.fds = fds;
	v.deny = deny;
	for (size_t pc = 0; pc < f->length; pc++)
		v.at[pc].reached = 0;
	v.at[0] = (struct bounds){ .reached = 1, .loaded = WORDS };
	for (int i = 0; i < WORDS; i++)
		v.at[0].high[i] = UINT32_MAX;
	for (size_t pc = 0; pc < f->length; pc++)
		if (v.at[pc].reached && !step(&v, pc, &f->code[pc], f->length))
			return jail_fails(e, "the seccomp filter",
					  "instruction %zu allows what the policy does not", pc);
	return f->length ? 0 : jail_fails(e, "the seccomp filter", "it is empty");
}
