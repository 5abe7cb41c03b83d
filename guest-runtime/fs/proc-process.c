// SPDX-License-Identifier: Apache-2.0
/* Texts of /proc/PID: what is known of a process, in Linux's formats. */
#include "guest-runtime/fs/proc.h"

#include "guest-runtime/fs/text.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/process.h"

#define CHUNK 1024

/* A piece of the program's memory, as it is now. */
static void put_memory(struct text *out, const struct subject *subject, uint64_t from, uint64_t to)
{
	char chunk[CHUNK];

	while (subject->thread && from < to) {
		size_t n = MIN(sizeof(chunk), to - from);

		if (mm_read(subject->process->mm, from, chunk, n) < 0)
			return;
		text_put(out, chunk, n);
		from += n;
	}
}

/*
 * A program that has written over the last NUL has given itself one title: a
 * string, a page at most.
 */
static void put_title(struct text *out, const struct subject *subject)
{
	uint64_t start = subject->process->arg_start, end;

	if (mm_next_string(subject->process->mm, start,
			   MIN(start + PAGE_SIZE, subject->process->env_end), &end) < 0)
		end = MIN(start + PAGE_SIZE, subject->process->env_end);
	put_memory(out, subject, start, end);
}

void proc_cmdline(struct text *out, const struct subject *subject)
{
	const struct process *process = subject->process;
	char last = 0;

	if (!subject->thread || process->arg_start >= process->arg_end)
		return;
	if (process->env_start == process->arg_end && process->env_end >= process->env_start &&
	    mm_read(process->mm, process->arg_end - 1, &last, 1) == 0 && last)
		put_title(out, subject);
	else
		put_memory(out, subject, process->arg_start, process->arg_end);
}

void proc_environ(struct text *out, const struct subject *subject)
{
	put_memory(out, subject, subject->process->env_start, subject->process->env_end);
}

void proc_auxv(struct text *out, const struct subject *subject)
{
	put_memory(out, subject, subject->process->auxv_start, subject->process->auxv_end);
}

void proc_cgroup(struct text *out, const struct subject *subject)
{
	(void)subject;
	text_print(out, "0::/\n");
}

void proc_personality(struct text *out, const struct subject *subject)
{
	text_print(out, "%08x\n", subject->process->persona);
}

/* Nothing counts them: what a process reads and writes is seen by nobody else. */
void proc_io(struct text *out, const struct subject *subject)
{
	if (!subject_may_look(subject))
		out->error = -EACCES;
	text_print(out, "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\n");
	text_print(out, "read_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n");
}

const char *proc_name(const struct subject *subject)
{
	return subject->thread ? subject->thread->name : subject->process->name;
}

/* comm is cut to what fits, as Linux does. */
int proc_store_comm(const struct subject *subject, const char *bytes, size_t length)
{
	struct thread *thread = subject->thread;
	size_t n = MIN(length, sizeof(thread->name) - 1);

	if (subject->process != current()->process || !thread)
		return -EINVAL;
	if (n > 0 && bytes[n - 1] == '\n')
		n--;
	memset(thread->name, 0, sizeof(thread->name));
	memcpy(thread->name, bytes, n);
	return 0;
}

void proc_comm(struct text *out, const struct subject *subject)
{
	text_print(out, "%s\n", proc_name(subject));
}

/* Who forked whom is known of processes: all children are the leader's. */
void proc_children(struct text *out, const struct subject *subject)
{
	const struct process *process = subject->process;

	if (subject->id != process->pid)
		return;
	list_for_each (node, &process->children)
		text_print(out, "%d ", container_of(node, struct process, sibling)->pid);
}

/* CPU time, time of waiting for a CPU (which nobody measures), and how often it got one. */
void proc_schedstat(struct text *out, const struct subject *subject)
{
	struct usage usage;

	proc_usage(subject, &usage);
	text_print(out, "%lu 0 %lu\n", usage.user_ns + usage.system_ns,
		   usage.voluntary + usage.involuntary);
}

static void put_limit(struct text *out, uint64_t value)
{
	if (value == ~0ull)
		text_print(out, "unlimited            ");
	else
		text_print(out, "%-20lu ", value);
}

void proc_limits(struct text *out, const struct subject *subject)
{
	const struct rlimit_pair *limits = subject->process->limits;
	static const struct {
		const char *name, *unit;
	} rows[RLIMITS] = {
		{ "Max cpu time", "seconds" },	   { "Max file size", "bytes" },
		{ "Max data size", "bytes" },	   { "Max stack size", "bytes" },
		{ "Max core file size", "bytes" }, { "Max resident set", "bytes" },
		{ "Max processes", "processes" },  { "Max open files", "files" },
		{ "Max locked memory", "bytes" },  { "Max address space", "bytes" },
		{ "Max file locks", "locks" },	   { "Max pending signals", "signals" },
		{ "Max msgqueue size", "bytes" },  { "Max nice priority", "" },
		{ "Max realtime priority", "" },   { "Max realtime timeout", "us" },
	};

	text_print(out, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (int i = 0; i < RLIMITS; i++) {
		text_print(out, "%-25s ", rows[i].name);
		put_limit(out, limits[i].soft);
		put_limit(out, limits[i].hard);
		text_print(out, "%-10s\n", rows[i].unit);
	}
}
