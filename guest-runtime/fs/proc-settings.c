// SPDX-License-Identifier: Apache-2.0
/*
 * Settings of a process that Linux keeps for its OOM killer and core dumps.
 * There is no choice of victims and no core here: they are kept and shown.
 */
#include "guest-runtime/fs/proc.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"

#include <linux/capability.h>
#include <linux/errno.h>

#define OOM_SCORE_MAX 1000
#define OOM_ADJ_MAX   15 /* the old scale */

void proc_oom_score_adj(struct text *out, const struct subject *subject)
{
	text_print(out, "%d\n", subject->process->oom_score_adj);
}

void proc_oom_adj(struct text *out, const struct subject *subject)
{
	text_print(out, "%d\n", subject->process->oom_score_adj * OOM_ADJ_MAX / OOM_SCORE_MAX);
}

/*
 * How much of memory it has, by Linux's formula: 1000 and its adjustment is
 * all, and two thirds of that.
 */
void proc_oom_score(struct text *out, const struct subject *subject)
{
	const struct mm *mm = subject->thread ? subject->process->mm : NULL;
	long pages = mm ? (long)mm->rss : 0, total = (long)page_total();
	long share = pages * OOM_SCORE_MAX / total + subject->process->oom_score_adj;

	text_print(out, "%ld\n", mm ? MAX((OOM_SCORE_MAX + share) * 2 / 3, 0l) : 0);
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

int proc_store_oom(const struct subject *subject, const char *bytes, size_t length)
{
	struct process *process = subject->process;
	long number;
	int error = parse(bytes, length, &number);

	if (error)
		return error;
	if (number < -OOM_SCORE_MAX || number > OOM_SCORE_MAX)
		return -EINVAL;
	if (number < process->oom_score_adj && !credentials_capable(CAP_SYS_RESOURCE))
		return -EACCES;
	process->oom_score_adj = (int)number;
	return 0;
}

void proc_coredump_filter(struct text *out, const struct subject *subject)
{
	text_print(out, "%08x\n", subject->process->coredump_filter);
}

int proc_store_coredump_filter(const struct subject *subject, const char *bytes, size_t length)
{
	long number;
	int error = parse(bytes, length, &number);

	if (!error)
		subject->process->coredump_filter = (uint32_t)number & 0x1ff;
	return error;
}
