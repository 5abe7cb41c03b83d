// SPDX-License-Identifier: Apache-2.0
/* Texts of /proc/PID: what is known of a process, in Linux's formats. */
#include "guest-runtime/fs/proc-process.h"

#include "guest-runtime/fs/proc.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"

#include <linux/mman.h>

/* A piece of the program's memory, as it is now. */
static void put_user(struct proc_text *out, uint64_t from, uint64_t to)
{
	char chunk[256];

	while (from < to) {
		size_t n = MIN(sizeof(chunk), to - from);

		if (copy_from_user(chunk, from, n) < 0)
			return;
		proc_put(out, chunk, n);
		from += n;
	}
}

void proc_cmdline(struct proc_text *out, struct process *process)
{
	put_user(out, process->arg_start, process->arg_end);
}

void proc_environ(struct proc_text *out, struct process *process)
{
	put_user(out, process->env_start, process->env_end);
}

void proc_comm(struct proc_text *out, struct process *process)
{
	proc_print(out, "%s\n", process->name);
}

void proc_maps(struct proc_text *out, struct process *process)
{
	list_for_each (node, &process->mm->vmas) {
		struct vma *vma = container_of(node, struct vma, node);
		struct hc_attr attr = { 0 };
		char *path = vma->file ? file_path(vma->file) : NULL;
		const char *name = path ? path : "";

		if (vma->file)
			file_attr(vma->file, &attr);
		else if (vma->start >= process->mm->brk_start &&
			 vma->end <= ALIGN_UP(process->mm->brk, PAGE_SIZE))
			name = "[heap]";
		else if (vma->flags & MAP_GROWSDOWN)
			name = "[stack]";
		proc_print(out, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu%s", vma->start, vma->end,
			   vma->prot & PROT_READ ? 'r' : '-', vma->prot & PROT_WRITE ? 'w' : '-',
			   vma->prot & PROT_EXEC ? 'x' : '-',
			   (vma->flags & MAP_TYPE) == MAP_PRIVATE ? 'p' : 's', vma->offset,
			   (uint32_t)(attr.dev >> 8) & 0xfff, (uint32_t)attr.dev & 0xff, attr.ino,
			   *name ? " " : "");
		proc_put(out, name, strlen(name));
		proc_put(out, "\n", 1);
		kfree(path);
	}
}

void proc_mounts(struct proc_text *out, struct process *process)
{
	char *path = kmalloc(FS_PATH_MAX);

	list_for_each (node, &fs_mounts) {
		struct super *super = container_of(node, struct super, node);

		if (!path || dentry_path(super->root, process->fs->root, path, FS_PATH_MAX) < 0)
			continue;
		proc_print(out, "%s ", super->type);
		proc_put(out, path, strlen(path));
		proc_print(out, " %s %s,nosuid 0 0\n", super->type, super->read_only ? "ro" : "rw");
	}
	kfree(path);
}

static uint64_t mapped_bytes(const struct process *process)
{
	uint64_t bytes = 0;

	list_for_each (node, &process->mm->vmas) {
		const struct vma *vma = container_of(node, struct vma, node);

		bytes += vma->end - vma->start;
	}
	return bytes;
}

/* Frames in use: all of the VM's, since it has one process. */
static uint64_t used_pages(void)
{
	return page_total() - page_free();
}

void proc_statm(struct proc_text *out, struct process *process)
{
	proc_print(out, "%lu %lu 0 0 0 0 0\n", mapped_bytes(process) / PAGE_SIZE, used_pages());
}

void proc_stat(struct proc_text *out, struct process *process)
{
	int64_t ticks = clock_cpu_ns() / 10000000;

	proc_print(out, "%d (%s) R %d %d %d 0 %d 0 0 0 0 0 ", process->pid, process->name,
		   process->ppid, process->pgid, process->sid, process->pgid);
	/* utime stime cutime cstime priority nice threads itrealvalue starttime vsize rss rsslim */
	proc_print(out, "%ld 0 0 0 %d %d 1 0 0 %lu %lu %lu", ticks, 20 + process->nice,
		   process->nice, mapped_bytes(process), used_pages(), ~0ul);
	for (int field = 26; field <= 52; field++)
		proc_print(out, " 0");
	proc_print(out, "\n");
}

static void put_mask(struct proc_text *out, const char *name, uint64_t mask)
{
	proc_print(out, "%s:\t%016lx\n", name, mask);
}

static void put_signals(struct proc_text *out, const struct process *process)
{
	uint64_t ignored = 0, caught = 0;

	for (int i = 0; i < SIGNALS; i++) {
		uint64_t handler = process->actions.action[i].handler;

		if (handler == 1)
			ignored |= (uint64_t)1 << i;
		else if (handler > 1)
			caught |= (uint64_t)1 << i;
	}
	put_mask(out, "SigPnd", current()->signals.pending);
	put_mask(out, "ShdPnd", 0);
	put_mask(out, "SigBlk", current()->signals.blocked);
	put_mask(out, "SigIgn", ignored);
	put_mask(out, "SigCgt", caught);
}

void proc_status(struct proc_text *out, struct process *process)
{
	proc_print(out, "Name:\t%s\nUmask:\t%04o\nState:\tR (running)\n", process->name,
		   process->fs->umask);
	proc_print(out, "Tgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n", process->pid,
		   process->pid, process->ppid);
	proc_print(out, "Uid:\t%u\t%u\t%u\t%u\n", process->uid, process->euid, process->suid,
		   process->euid);
	proc_print(out, "Gid:\t%u\t%u\t%u\t%u\n", process->gid, process->egid, process->sgid,
		   process->egid);
	proc_print(out, "FDSize:\t64\nGroups:\t");
	for (uint32_t i = 0; i < process->group_count; i++)
		proc_print(out, "%u ", process->groups[i]);
	proc_print(out, "\nVmSize:\t%8lu kB\nVmRSS:\t%8lu kB\nThreads:\t1\n",
		   mapped_bytes(process) / 1024, used_pages() * 4);
	put_signals(out, process);
	put_mask(out, "CapInh", 0);
	put_mask(out, "CapPrm", credentials_permitted());
	put_mask(out, "CapEff", credentials_effective());
	put_mask(out, "CapBnd", credentials_bounding());
	put_mask(out, "CapAmb", 0);
	proc_print(out, "NoNewPrivs:\t%d\n", process->no_new_privs);
}

static void put_limit(struct proc_text *out, uint64_t value)
{
	if (value == ~0ull)
		proc_print(out, "unlimited            ");
	else
		proc_print(out, "%-20lu ", value);
}

void proc_limits(struct proc_text *out, struct process *process)
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

	proc_print(out, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (int i = 0; i < RLIMITS; i++) {
		proc_print(out, "%-25s ", rows[i].name);
		put_limit(out, process->limits[i].soft);
		put_limit(out, process->limits[i].hard);
		proc_print(out, "%-10s\n", rows[i].unit);
	}
}
