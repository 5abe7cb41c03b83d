// SPDX-License-Identifier: Apache-2.0
/* Texts of /proc/PID: what is known of a process, in Linux's formats. */
#include "guest-runtime/fs/proc.h"

#include "guest-runtime/fs/text.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/host/boot.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"

#include <linux/resource.h>

/* A piece of the program's memory, as it is now. */
static void put_user(struct text *out, uint64_t from, uint64_t to)
{
	char chunk[256];

	while (from < to) {
		size_t n = MIN(sizeof(chunk), to - from);

		if (copy_from_user(chunk, from, n) < 0)
			return;
		text_put(out, chunk, n);
		from += n;
	}
}

void proc_cmdline(struct text *out, struct process *process)
{
	put_user(out, process->arg_start, process->arg_end);
}

void proc_environ(struct text *out, struct process *process)
{
	put_user(out, process->env_start, process->env_end);
}

void proc_auxv(struct text *out, struct process *process)
{
	put_user(out, process->auxv_start, process->auxv_end);
}

void proc_cgroup(struct text *out, struct process *process)
{
	(void)process;
	text_print(out, "0::/\n");
}

void proc_personality(struct text *out, struct process *process)
{
	text_print(out, "%08x\n", process->persona);
}

/* Nothing counts them: what a process reads and writes is seen by nobody else. */
void proc_io(struct text *out, struct process *process)
{
	(void)process;
	text_print(out, "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\n");
	text_print(out, "read_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n");
}

/* comm is cut to what fits, as Linux does. */
int proc_store_comm(struct process *process, const char *bytes, size_t length)
{
	size_t n = MIN(length, sizeof(process_leader(process)->name) - 1);

	if (n > 0 && bytes[n - 1] == '\n')
		n--;
	memset(process_leader(process)->name, 0, sizeof(process_leader(process)->name));
	memcpy(process_leader(process)->name, bytes, n);
	return 0;
}

void proc_comm(struct text *out, struct process *process)
{
	text_print(out, "%s\n", process_leader(process)->name);
}

void proc_stat(struct text *out, struct process *process)
{
	struct mm_usage usage;
	int64_t ticks = clock_cpu_ns() / 10000000;

	mm_usage(process->mm, &usage);
	text_print(out, "%d (%s) R %d %d %d 0 %d 0 0 0 0 0 ", process->pid, process_leader(process)->name,
		   process_ppid(process), process->pgid, process->sid, process->pgid);
	/* utime stime cutime cstime priority nice threads itrealvalue starttime vsize rss rsslim */
	text_print(out, "%ld 0 0 0 %d %d 1 0 0 %lu %lu %lu", ticks, 20 + process->nice,
		   process->nice, usage.total, usage.rss / PAGE_SIZE, ~0ul);
	for (int field = 26; field <= 52; field++)
		text_print(out, " 0");
	text_print(out, "\n");
}

static void put_mask(struct text *out, const char *name, uint64_t mask)
{
	text_print(out, "%s:\t%016lx\n", name, mask);
}

static void put_signals(struct text *out, const struct process *process)
{
	uint64_t ignored = 0, caught = 0;

	for (int i = 0; i < SIGNALS; i++) {
		uint64_t handler = process->actions->action[i].handler;

		if (handler == 1)
			ignored |= (uint64_t)1 << i;
		else if (handler > 1)
			caught |= (uint64_t)1 << i;
	}
	put_mask(out, "SigPnd", process_leader(process)->signals.pending.set);
	put_mask(out, "ShdPnd", 0);
	put_mask(out, "SigBlk", current()->signals.blocked);
	put_mask(out, "SigIgn", ignored);
	put_mask(out, "SigCgt", caught);
}

void proc_status(struct text *out, struct process *process)
{
	text_print(out, "Name:\t%s\nUmask:\t%04o\nState:\tR (running)\n", process_leader(process)->name,
		   process_leader(process)->fs->umask);
	text_print(out, "Tgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n", process->pid,
		   process->pid, process_ppid(process));
	text_print(out, "Uid:\t%u\t%u\t%u\t%u\n", process->uid, process->euid, process->suid,
		   process->euid);
	text_print(out, "Gid:\t%u\t%u\t%u\t%u\n", process->gid, process->egid, process->sgid,
		   process->egid);
	text_print(out, "FDSize:\t64\nGroups:\t");
	for (uint32_t i = 0; i < process->group_count; i++)
		text_print(out, "%u ", process->groups[i]);
	text_print(out, "\n");
	proc_status_memory(out, process);
	text_print(out, "Threads:\t1\nSigQ:\t0/%lu\n", process->limits[RLIMIT_SIGPENDING].soft);
	put_signals(out, process);
	put_mask(out, "CapInh", 0);
	put_mask(out, "CapPrm", credentials_permitted());
	put_mask(out, "CapEff", credentials_effective());
	put_mask(out, "CapBnd", credentials_bounding());
	put_mask(out, "CapAmb", 0);
	text_print(out, "NoNewPrivs:\t%d\nSeccomp:\t0\n", process->no_new_privs);
	text_print(out, "Cpus_allowed:\t%lx\n", (1ul << boot_block()->cpus) - 1);
	text_print(out, "Cpus_allowed_list:\t0");
	if (boot_block()->cpus > 1)
		text_print(out, "-%u", boot_block()->cpus - 1);
	text_print(out, "\nMems_allowed:\t1\nMems_allowed_list:\t0\n");
	text_print(out, "voluntary_ctxt_switches:\t0\nnonvoluntary_ctxt_switches:\t0\n");
}

static void put_limit(struct text *out, uint64_t value)
{
	if (value == ~0ull)
		text_print(out, "unlimited            ");
	else
		text_print(out, "%-20lu ", value);
}

void proc_limits(struct text *out, struct process *process)
{
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
		put_limit(out, process->limits[i].soft);
		put_limit(out, process->limits[i].hard);
		text_print(out, "%-10s\n", rows[i].unit);
	}
}
