// SPDX-License-Identifier: Apache-2.0
/*
 * Settings of a process that Linux keeps for its OOM killer and core dumps.
 * There is no choice of victims and no core here: they are kept and shown.
 */
#include "guest-runtime/fs/proc.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/proc/process.h"

#define OOM_SCORE_MAX 1000
#define OOM_ADJ_MAX   15 /* the old scale */

void proc_oom_score_adj(struct text *out, struct process *process)
{
	text_print(out, "%d\n", process->oom_score_adj);
}

void proc_oom_adj(struct text *out, struct process *process)
{
	text_print(out, "%d\n", process->oom_score_adj * OOM_ADJ_MAX / OOM_SCORE_MAX);
}

/* A decimal or (0x) hexadecimal number with blanks around it. */
static int parse(const char *bytes, size_t length, long *number)
{
	bool negative = false, digits = false;
	unsigned int base = 10;
	size_t i = 0;

	while (i < length && (bytes[i] == ' ' || bytes[i] == '\t'))
		i++;
	if (i < length && bytes[i] == '-') {
		negative = true;
		i++;
	}
	if (i + 1 < length && bytes[i] == '0' && bytes[i + 1] == 'x') {
		base = 16;
		i += 2;
	}
	*number = 0;
	for (; i < length; i++, digits = true) {
		unsigned int c = (unsigned char)bytes[i] | 0x20; /* of a digit no change */
		unsigned int digit = c >= 'a' ? c - 'a' + 10 : c - '0';

		if (digit >= base)
			break;
		if (*number > INT32_MAX)
			return -ERANGE;
		*number = *number * (int)base + (int)digit;
	}
	while (i < length && (bytes[i] == '\n' || bytes[i] == ' ' || bytes[i] == 0))
		i++;
	if (negative)
		*number = -*number;
	return digits && i == length ? 0 : -EINVAL;
}

int proc_store_oom(struct process *process, const char *bytes, size_t length)
{
	long number;
	int error = parse(bytes, length, &number);

	if (error)
		return error;
	if (number < -OOM_SCORE_MAX || number > OOM_SCORE_MAX)
		return -EINVAL;
	/* As CAP_SYS_RESOURCE would allow, which nobody has. */
	if (number < process->oom_score_adj && process->euid != 0)
		return -EACCES;
	process->oom_score_adj = (int)number;
	return 0;
}

void proc_coredump_filter(struct text *out, struct process *process)
{
	text_print(out, "%08x\n", process->coredump_filter);
}

int proc_store_coredump_filter(struct process *process, const char *bytes, size_t length)
{
	long number;
	int error = parse(bytes, length, &number);

	if (!error)
		process->coredump_filter = (uint32_t)number & 0x1ff;
	return error;
}
