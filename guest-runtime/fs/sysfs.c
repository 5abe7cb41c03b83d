// SPDX-License-Identifier: Apache-2.0
/*
 * What /sys has: CPUs, memory nodes and the few kernel settings that programs
 * size themselves by.
 */
#include "guest-runtime/fs/text.h"
#include "guest-runtime/host/boot.h"
#include "guest-runtime/mm/page.h"

#include <linux/magic.h>

/* "0" or "0-N": the list of all CPUs. */
void sysfs_cpu_list(struct text *out, const struct subject *subject)
{
	(void)subject;
	if (boot_block()->cpus > 1)
		text_print(out, "0-%u\n", boot_block()->cpus - 1);
	else
		text_print(out, "0\n");
}

static void cpu_map(struct text *out, const struct subject *subject)
{
	(void)subject;
	text_print(out, "%08lx\n", (1ul << boot_block()->cpus) - 1);
}

static void node_meminfo(struct text *out, const struct subject *subject)
{
	uint64_t total = page_total() * 4, free = page_free() * 4;

	(void)subject;
	text_print(out, "Node 0 MemTotal:       %8lu kB\n", total);
	text_print(out, "Node 0 MemFree:        %8lu kB\n", free);
	text_print(out, "Node 0 MemUsed:        %8lu kB\n", total - free);
}

#define TEXT(path, function) \
	{ \
		path, S_IFREG | 0444, .text = (function) \
	}
#define WORDS(path, text) \
	{ \
		path, S_IFREG | 0444, .words = (text) \
	}
#define DIRECTORY(path) \
	{ \
		path, .mode = S_IFDIR | 0755 \
	}

/* clang-format off */
static const struct text_row rows[] = {
	DIRECTORY("block"),
	DIRECTORY("bus"),
	DIRECTORY("class/net"),
	WORDS("devices/system/clocksource/clocksource0/available_clocksource", "tsc\n"),
	WORDS("devices/system/clocksource/clocksource0/current_clocksource", "tsc\n"),
	WORDS("devices/system/cpu/cpu0/topology/core_id", "0\n"),
	WORDS("devices/system/cpu/cpu0/topology/physical_package_id", "0\n"),
	WORDS("devices/system/cpu/cpu0/topology/thread_siblings", "00000001\n"),
	WORDS("devices/system/cpu/cpu0/topology/thread_siblings_list", "0\n"),
	WORDS("devices/system/cpu/isolated", "\n"),
	WORDS("devices/system/cpu/kernel_max", "63\n"),
	WORDS("devices/system/cpu/offline", "\n"),
	TEXT("devices/system/cpu/online", sysfs_cpu_list),
	TEXT("devices/system/cpu/possible", sysfs_cpu_list),
	TEXT("devices/system/cpu/present", sysfs_cpu_list),
	TEXT("devices/system/node/node0/cpulist", sysfs_cpu_list),
	TEXT("devices/system/node/node0/cpumap", cpu_map),
	TEXT("devices/system/node/node0/meminfo", node_meminfo),
	WORDS("devices/system/node/online", "0\n"),
	WORDS("devices/system/node/possible", "0\n"),
	DIRECTORY("fs/cgroup"), /* cgroup_tree is mounted there */
	DIRECTORY("kernel/mm/hugepages"),
	WORDS("kernel/mm/transparent_hugepage/defrag", "always defer defer+madvise [madvise] never\n"),
	WORDS("kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n"),
	WORDS("kernel/mm/transparent_hugepage/hpage_pmd_size", "2097152\n"),
	DIRECTORY("module"),
};
/* clang-format on */

const struct text_tree sysfs_tree = { "sysfs", SYSFS_MAGIC, rows, ARRAY_SIZE(rows) };
