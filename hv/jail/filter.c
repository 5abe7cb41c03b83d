// SPDX-License-Identifier: Apache-2.0
/*
 * Compiles rows of host-calls.c to BPF. Written out here because libseccomp
 * takes twice as long to build and load the same filter, probes the kernel at
 * each start, and leaves a heap that must not be freed once the filter is in
 * force; tests/jail/filter.c compares the two, decision by decision.
 *
 *	the entry is not x86-64's own: deny
 *	for each system call number:
 *		it is not this one: go on to the next number
 *		for each row: all conditions hold: allow
 *		deny
 *	deny
 *
 * Numbers are compared whole, so x32's (bit 30 set) equal none. A number is
 * compared once and its arguments row by row: the first row of the first
 * number, KVM_RUN, is the shortest way through.
 */
#include "hv/jail/filter.h"

#include "common/err.h"
#include "hv/jail/host-calls.h"
#include "hv/jail/jail.h"

#include <linux/audit.h>
#include <linux/seccomp.h>

#define CONDITION_LENGTH 4
#define JUMP_MAX	 255 /* jt and jf are bytes */

/* Little endian: the low half of an argument comes first. */
#define ARGUMENT_LOW(n)	 ((uint32_t)offsetof(struct seccomp_data, args) + 8 * (n))
#define ARGUMENT_HIGH(n) (ARGUMENT_LOW(n) + 4)

static void emit(struct filter *f, unsigned int code, uint32_t k, unsigned int jt, unsigned int jf)
{
	must(f->length < FILTER_MAX && jt <= JUMP_MAX && jf <= JUMP_MAX);
	f->code[f->length++] = (struct sock_filter){
		.code = (uint16_t)code,
		.jt = (uint8_t)jt,
		.jf = (uint8_t)jf,
		.k = k,
	};
}

static void emit_load(struct filter *f, uint32_t offset)
{
	emit(f, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

static void emit_return(struct filter *f, uint32_t action)
{
	emit(f, BPF_RET | BPF_K, action, 0, 0);
}

static unsigned int count_conditions(const struct host_call *call)
{
	unsigned int count = 0;

	while (count < HOST_CONDITIONS_MAX && call->conditions[count].compare != HOST_ANY)
		count++;
	return count;
}

static unsigned int row_length(const struct host_call *call)
{
	return count_conditions(call) * CONDITION_LENGTH + 1;
}

/* Falls through if the condition holds; else jumps over `rest` instructions after its own. */
static void emit_condition(struct filter *f, const struct host_condition *condition,
			   const struct jail_fds *fds, unsigned int rest)
{
	uint32_t value = host_value(condition, fds);
	uint32_t high = condition->compare == HOST_MINUS_ONE ? UINT32_MAX : 0;

	emit_load(f, ARGUMENT_HIGH(condition->argument));
	emit(f, BPF_JMP | BPF_JEQ | BPF_K, high, 0, rest + 2);
	emit_load(f, ARGUMENT_LOW(condition->argument));
	switch (condition->compare) {
	case HOST_EQUAL:
	case HOST_MINUS_ONE:
		emit(f, BPF_JMP | BPF_JEQ | BPF_K, value, 0, rest);
		return;
	case HOST_AT_MOST:
		emit(f, BPF_JMP | BPF_JGT | BPF_K, value, rest, 0);
		return;
	case HOST_ABOVE:
		emit(f, BPF_JMP | BPF_JGT | BPF_K, value, 0, rest);
		return;
	case HOST_ANY:
		break;
	}
	must(condition->compare != HOST_ANY); /* such a one is not counted */
}

static void emit_row(struct filter *f, const struct host_call *call, const struct jail_fds *fds)
{
	unsigned int rest = row_length(call);

	for (unsigned int i = 0; i < count_conditions(call); i++) {
		rest -= CONDITION_LENGTH;
		emit_condition(f, &call->conditions[i], fds, rest);
	}
	emit_return(f, SECCOMP_RET_ALLOW);
}

/* All granted rows of the number of row `first`. */
static void emit_number(struct filter *f, size_t first, uint32_t bits, const struct jail_fds *fds)
{
	const int number = host_calls[first].number;
	unsigned int length = 1;

	for (size_t i = first; i < host_call_count; i++)
		if (host_calls[i].number == number && host_call_granted(&host_calls[i], bits, fds))
			length += row_length(&host_calls[i]);
	emit(f, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, length);
	for (size_t i = first; i < host_call_count; i++)
		if (host_calls[i].number == number && host_call_granted(&host_calls[i], bits, fds))
			emit_row(f, &host_calls[i], fds);
	emit_return(f, f->deny);
}

static int seen_before(size_t row, uint32_t bits, const struct jail_fds *fds)
{
	for (size_t i = 0; i < row; i++)
		if (host_calls[i].number == host_calls[row].number &&
		    host_call_granted(&host_calls[i], bits, fds))
			return 1;
	return 0;
}

void filter_build(struct filter *f, uint32_t bits, const struct jail_fds *fds, uint32_t deny)
{
	f->length = 0;
	f->deny = deny;
	emit_load(f, offsetof(struct seccomp_data, arch));
	emit(f, BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
	emit_return(f, f->deny);
	emit_load(f, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < host_call_count; i++)
		if (host_call_granted(&host_calls[i], bits, fds) && !seen_before(i, bits, fds))
			emit_number(f, i, bits, fds);
	emit_return(f, f->deny);
}
