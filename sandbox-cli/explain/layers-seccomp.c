// SPDX-License-Identifier: Apache-2.0
/* The seccomp layer: each row of the filter, with the hypercalls that need it. */
#include "abi/hypercalls.h"
#include "hv/jail/filter.h"
#include "hv/jail/host-calls.h"
#include "hv/jail/jail.h"
#include "policy/policy.h"
#include "sandbox-cli/explain/layers.h"
#include "sandbox-cli/report/syscall-names.h"

#include <ctype.h>
#include <inttypes.h>
#include <linux/seccomp.h>

static const char *operand(enum host_operand operand)
{
	switch (operand) {
	case HOST_CONST:
		break;
	case HOST_FD_VM:
		return "the VM";
	case HOST_FD_VCPU:
		return "the vCPU";
	case HOST_FD_OUTCOME:
		return "the pipe to the launcher";
	case HOST_FD_SELF:
		return "/proc/self/fd";
	case HOST_FD_SAVE:
		return "the file of --save-changes";
	case HOST_FD_TRACE:
		return "the file of --trace";
	case HOST_FD_NOTES:
		return "the pipe for notes";
	}
	return NULL;
}

static void print_condition(FILE *out, const struct host_condition *c)
{
	static const char *const compare[] = { [HOST_EQUAL] = "=",
					       [HOST_AT_MOST] = "<=",
					       [HOST_ABOVE] = ">",
					       [HOST_MINUS_ONE] = "=" };

	fprintf(out, "arg%u %s ", c->argument, compare[c->compare]);
	if (c->operand != HOST_CONST)
		fputs(operand(c->operand), out);
	else if (c->compare == HOST_MINUS_ONE)
		fputs("-1", out);
	else if (isdigit((unsigned char)*c->text))
		fputs(c->text, out);
	else
		fprintf(out, "%s (0x%" PRIx32 ")", c->text, c->value);
}

/* "[fs_read fs_load]": the granted hypercalls whose service makes the call. */
static void print_users(FILE *out, const struct host_call *call, uint32_t permissions)
{
	static const struct {
		const char *name;
		uint32_t permission, hosts;
	} rows[] = {
#define ROW(name, number, args, tail, permission, hosts) \
	{ #name, PERM_##permission, (uint32_t)(hosts) },
		HYPERCALLS(ROW)
#undef ROW
	};
	char before = '[';

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!(rows[i].permission & permissions) || !(rows[i].hosts & call->host))
			continue;
		fputc(before, out);
		for (const char *c = rows[i].name; *c; c++)
			fputc(tolower((unsigned char)*c), out);
		before = ' ';
	}
	if (before == ' ')
		fputc(']', out);
	else
		fputs("[every run]", out);
}

static void print_row(FILE *out, const struct host_call *call, uint32_t permissions)
{
	fprintf(out, "#   %s", syscall_name((unsigned int)call->number));
	for (size_t i = 0; i < HOST_CONDITIONS_MAX; i++) {
		if (call->conditions[i].compare == HOST_ANY)
			break;
		fputs(i ? ", " : " if ", out);
		print_condition(out, &call->conditions[i]);
	}
	fprintf(out, ": %s ", call->reason);
	print_users(out, call, permissions);
	fputc('\n', out);
}

/* Whether row n is the first of its system call that the filter has. */
static int is_first(size_t n, uint32_t bits, const struct jail_fds *fds)
{
	for (size_t i = 0; i < n; i++)
		if (host_calls[i].number == host_calls[n].number &&
		    host_call_granted(&host_calls[i], bits, fds))
			return 0;
	return host_call_granted(&host_calls[n], bits, fds);
}

static unsigned int count_syscalls(const struct policy *p, const struct jail_fds *fds)
{
	uint32_t bits = host_bits_of(p, fds);
	unsigned int count = 0;

	for (size_t i = 0; i < host_call_count; i++)
		count += (unsigned int)is_first(i, bits, fds);
	return count;
}

void layers_print_seccomp(FILE *out, const struct policy *p, const struct jail_fds *fds)
{
	uint32_t bits = host_bits_of(p, fds);
	struct filter filter;

	filter_build(&filter, bits, fds, SECCOMP_RET_KILL_PROCESS);
	fprintf(out,
		"# seccomp: %u system calls, %u instructions; all else ends the monitor. For "
		"[hypercalls]:\n",
		count_syscalls(p, fds), filter.length);
	for (size_t i = 0; i < host_call_count; i++)
		if (host_call_granted(&host_calls[i], bits, fds))
			print_row(out, &host_calls[i], p->permissions);
}
