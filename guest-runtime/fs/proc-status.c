// SPDX-License-Identifier: Apache-2.0
/* /proc/PID/status: a process or thread, a line for each thing that is known. */
#include "guest-runtime/fs/proc.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/host/boot.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/credentials.h"

#include <linux/resource.h>

static const char *state_name(char state)
{
	switch (state) {
	case 'R':
		return "R (running)";
	case 'T':
		return "T (stopped)";
	case 'Z':
		return "Z (zombie)";
	default:
		return "S (sleeping)";
	}
}

static void put_name(struct text *out, const char *name)
{
	text_print(out, "Name:\t");
	for (; *name; name++)
		if (*name == '\n' || *name == '\\')
			text_print(out, *name == '\n' ? "\\n" : "\\\\");
		else
			text_put(out, name, 1);
	text_print(out, "\n");
}

static void put_ids(struct text *out, const struct subject *subject)
{
	const struct process *process = subject->process;

	text_print(out, "Tgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n", process->pid,
		   subject->id, process_ppid(process));
	text_print(out, "Uid:\t%u\t%u\t%u\t%u\n", process->uid, process->euid, process->suid,
		   process->euid);
	text_print(out, "Gid:\t%u\t%u\t%u\t%u\n", process->gid, process->egid, process->sgid,
		   process->egid);
	text_print(out, "FDSize:\t%u\nGroups:\t",
		   subject->thread ? files_size(subject->thread->files) : 0);
	for (uint32_t i = 0; i < process->group_count; i++)
		text_print(out, "%u ", process->groups[i]);
	text_print(out, "%s\n", process->group_count ? "" : " ");
	text_print(out, "NStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\n", process->pid,
		   subject->id, process->pgid, process->sid);
}

static void put_mask(struct text *out, const char *name, uint64_t mask)
{
	text_print(out, "%s:\t%016lx\n", name, mask);
}

static void put_signals(struct text *out, const struct subject *subject)
{
	const struct process *process = subject->process;
	const struct thread *thread = subject->thread;
	sigmask_t ignored, caught;

	text_print(out, "Threads:\t%u\nSigQ:\t%u/%lu\n", MAX(process->thread_count, 1u),
		   signal_queue_count(process->uid), process->limits[RLIMIT_SIGPENDING].soft);
	proc_actions(process, &ignored, &caught);
	put_mask(out, "SigPnd", thread ? thread->signals.pending.set : 0);
	put_mask(out, "ShdPnd", process->state == PROCESS_ZOMBIE ? 0 : process->pending.set);
	put_mask(out, "SigBlk", thread ? thread->signals.blocked : 0);
	put_mask(out, "SigIgn", ignored);
	put_mask(out, "SigCgt", caught);
}

static void put_capabilities(struct text *out, const struct process *process)
{
	put_mask(out, "CapInh", process->caps.inheritable);
	put_mask(out, "CapPrm", process->caps.permitted);
	put_mask(out, "CapEff", process->caps.effective);
	put_mask(out, "CapBnd", process->caps.bounding);
	put_mask(out, "CapAmb", process->caps.ambient);
	text_print(out, "NoNewPrivs:\t%d\nSeccomp:\t0\nSeccomp_filters:\t0\n",
		   process->no_new_privs);
}

/* "0-2,4" */
static void put_cpus(struct text *out, uint64_t mask)
{
	const char *comma = "";

	text_print(out, "Cpus_allowed:\t%lx\nCpus_allowed_list:\t", mask);
	for (uint32_t first = 0; first < 64; first++) {
		uint32_t last = first;

		if (!(mask >> first & 1))
			continue;
		while (last < 63 && (mask >> (last + 1) & 1))
			last++;
		text_print(out, "%s%u", comma, first);
		if (last > first)
			text_print(out, "-%u", last);
		comma = ",";
		first = last;
	}
	text_print(out, "\nMems_allowed:\t1\nMems_allowed_list:\t0\n");
}

void proc_status(struct text *out, const struct subject *subject)
{
	const struct process *process = subject->process;
	uint64_t all = (1ul << boot_block()->cpus) - 1;
	uint64_t affinity = subject->thread ? subject->thread->share.affinity : 0;
	struct usage usage;

	put_name(out, proc_name(subject));
	if (subject->thread)
		text_print(out, "Umask:\t%04o\n", subject->thread->fs->umask);
	text_print(out, "State:\t%s\n", state_name(proc_state(subject)));
	put_ids(out, subject);
	if (subject->thread)
		proc_status_memory(out, subject);
	put_signals(out, subject);
	put_capabilities(out, process);
	put_cpus(out, affinity ? affinity & all : all);
	proc_usage(subject, &usage);
	text_print(out, "voluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n",
		   usage.voluntary, usage.involuntary);
}
