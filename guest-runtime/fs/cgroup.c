// SPDX-License-Identifier: Apache-2.0
/*
 * /sys/fs/cgroup: one control group, whose limits are the VM's, as language
 * runtimes ask for them. Read-only.
 */
#include "guest-runtime/fs/text.h"
#include "guest-runtime/host/boot.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/proc/process.h"

#include <linux/magic.h>

#define PERIOD_US 100000

static void memory_max(struct text *out, const struct subject *subject)
{
	(void)subject;
	text_print(out, "%lu\n", page_total() * PAGE_SIZE);
}

static void memory_current(struct text *out, const struct subject *subject)
{
	(void)subject;
	text_print(out, "%lu\n", (page_total() - page_free()) * PAGE_SIZE);
}

static void memory_stat(struct text *out, const struct subject *subject)
{
	(void)subject;
	text_print(out, "anon %lu\nfile 0\nkernel_stack 0\npagetables 0\nshmem 0\n",
		   (page_total() - page_free()) * PAGE_SIZE);
	text_print(out, "file_mapped 0\ninactive_anon 0\nactive_anon 0\ninactive_file 0\n");
	text_print(out, "active_file 0\nunevictable 0\n");
}

static void cpu_max(struct text *out, const struct subject *subject)
{
	(void)subject;
	text_print(out, "%u %u\n", boot_block()->cpus * PERIOD_US, PERIOD_US);
}

static void cpu_stat(struct text *out, const struct subject *subject)
{
	long us = (long)(clock_cpu_ns() / 1000);

	(void)subject;
	text_print(out, "usage_usec %ld\nuser_usec %ld\nsystem_usec 0\n", us, us);
	text_print(out, "nr_periods 0\nnr_throttled 0\nthrottled_usec 0\n");
}

static void procs(struct text *out, const struct subject *subject)
{
	(void)subject;
	for_each_process(process) text_print(out, "%d\n", process->pid);
}

static void threads(struct text *out, const struct subject *subject)
{
	(void)subject;
	for_each_process(process) for_each_thread(thread, process)
		text_print(out, "%d\n", thread->tid);
}

static void pids_current(struct text *out, const struct subject *subject)
{
	(void)subject;
	text_print(out, "%u\n", thread_total());
}

static void pids_max(struct text *out, const struct subject *subject)
{
	(void)subject;
	text_print(out, "%u\n", process_thread_limit());
}

#define TEXT(path, function) \
	{ \
		path, S_IFREG | 0444, .text = (function) \
	}
#define WORDS(path, text) \
	{ \
		path, S_IFREG | 0444, .words = (text) \
	}

/* clang-format off */
static const struct text_row rows[] = {
	WORDS("cgroup.controllers", "cpuset cpu memory pids\n"),
	TEXT("cgroup.procs", procs),
	WORDS("cgroup.subtree_control", ""),
	TEXT("cgroup.threads", threads),
	WORDS("cgroup.type", "domain\n"),
	TEXT("cpu.max", cpu_max),
	TEXT("cpu.stat", cpu_stat),
	WORDS("cpu.weight", "100\n"),
	TEXT("cpuset.cpus", sysfs_cpu_list),
	TEXT("cpuset.cpus.effective", sysfs_cpu_list),
	WORDS("cpuset.mems.effective", "0\n"),
	TEXT("memory.current", memory_current),
	WORDS("memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n"),
	WORDS("memory.high", "max\n"),
	WORDS("memory.low", "0\n"),
	TEXT("memory.max", memory_max),
	WORDS("memory.min", "0\n"),
	TEXT("memory.stat", memory_stat),
	WORDS("memory.swap.current", "0\n"),
	WORDS("memory.swap.max", "0\n"),
	TEXT("pids.current", pids_current),
	TEXT("pids.max", pids_max),
};
/* clang-format on */

const struct text_tree cgroup_tree = { "cgroup2", CGROUP2_SUPER_MAGIC, rows, ARRAY_SIZE(rows) };
