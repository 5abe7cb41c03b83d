// SPDX-License-Identifier: Apache-2.0
/* What /proc has: the table, and the texts that are not about one process. */
#include "guest-runtime/fs/proc.h"

#include "guest-runtime/fs/proc-process.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/random.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/system.h"

#define LINE_MAX_LENGTH 512

void proc_put(struct proc_text *text, const char *bytes, size_t length)
{
	if (text->length + length > text->room) {
		size_t room = MAX(text->room * 2, text->length + length + 256);
		char *grown = kmalloc(room);

		if (!grown) {
			text->failed = true;
			return;
		}
		if (text->bytes)
			memcpy(grown, text->bytes, text->length);
		kfree(text->bytes);
		text->bytes = grown;
		text->room = room;
	}
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
}

void proc_print(struct proc_text *text, const char *words, ...)
{
	char line[LINE_MAX_LENGTH];
	va_list args;

	va_start(args, words);
	int length = vformat(line, sizeof(line), words, args);
	va_end(args);
	proc_put(text, line, MIN((size_t)length, sizeof(line) - 1));
}

static void meminfo(struct proc_text *out, struct process *process)
{
	(void)process;
	proc_print(out, "MemTotal:       %8lu kB\n", page_total() * 4);
	proc_print(out, "MemFree:        %8lu kB\n", page_free() * 4);
	proc_print(out, "MemAvailable:   %8lu kB\n", page_free() * 4);
	proc_print(out, "Buffers:        %8u kB\nCached:         %8u kB\n", 0, 0);
	proc_print(out, "SwapTotal:      %8u kB\nSwapFree:       %8u kB\n", 0, 0);
}

static void uptime(struct proc_text *out, struct process *process)
{
	int64_t up = clock_monotonic_ns() / 10000000, idle = up - clock_cpu_ns() / 10000000;

	(void)process;
	idle = MAX(idle, (int64_t)0);
	proc_print(out, "%ld.%02ld %ld.%02ld\n", up / 100, up % 100, idle / 100, idle % 100);
}

static void filesystems(struct proc_text *out, struct process *process)
{
	(void)process;
	proc_print(out, "nodev\trootfs\nnodev\ttmpfs\nnodev\tdevtmpfs\nnodev\tproc\nnodev\thost\n");
}

static void overcommit(struct proc_text *out, struct process *process)
{
	(void)process;
	proc_print(out, "0\n"); /* mm_could_fit() */
}

static void pid_max(struct proc_text *out, struct process *process)
{
	(void)process;
	proc_print(out, "32768\n");
}

#define NAME_ROW(name, words) \
	static void name(struct proc_text *out, struct process *process) \
	{ \
		(void)process; \
		proc_print(out, "%s\n", words); \
	}

NAME_ROW(system_hostname, SYSTEM_NODE)
NAME_ROW(system_release, SYSTEM_RELEASE)
NAME_ROW(system_type, "Linux")
NAME_ROW(system_version, SYSTEM_VERSION)
NAME_ROW(version, "Linux version " SYSTEM_RELEASE " (sandbox-run) " SYSTEM_VERSION)

static void random_uuid(struct proc_text *out, struct process *process)
{
	uint8_t b[16];

	(void)process;
	random_bytes(b, sizeof(b));
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(b); i++)
		proc_print(out, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", b[i]);
	proc_print(out, "\n");
}

static long self_link(struct process *process, char *to, size_t size)
{
	return format(to, size, "%d", process->pid);
}

static long mounts_link(struct process *process, char *to, size_t size)
{
	(void)process;
	return format(to, size, "self/mounts");
}

static int cwd_object(struct process *process, struct dentry **out)
{
	*out = dentry_get(process->fs->cwd);
	return 0;
}

static int root_object(struct process *process, struct dentry **out)
{
	*out = dentry_get(process->fs->root);
	return 0;
}

static int exe_object(struct process *process, struct dentry **out)
{
	return process->exe ? walk_object(AT_FDCWD, process->exe, WALK_FOLLOW, out) : -ENOENT;
}

#define TEXT(mode) (S_IFREG | (mode))
#define LINK	   (S_IFLNK | 0777)

const struct proc_row proc_rows[] = {
	{ "PID/cmdline", TEXT(0444), proc_cmdline, NULL, NULL },
	{ "PID/comm", TEXT(0444), proc_comm, NULL, NULL },
	{ "PID/cwd", LINK, NULL, NULL, cwd_object },
	{ "PID/environ", TEXT(0400), proc_environ, NULL, NULL },
	{ "PID/exe", LINK, NULL, NULL, exe_object },
	{ "PID/fd", S_IFDIR | 0500, NULL, NULL, NULL },
	{ "PID/limits", TEXT(0444), proc_limits, NULL, NULL },
	{ "PID/maps", TEXT(0444), proc_maps, NULL, NULL },
	{ "PID/mounts", TEXT(0444), proc_mounts, NULL, NULL },
	{ "PID/root", LINK, NULL, NULL, root_object },
	{ "PID/stat", TEXT(0444), proc_stat, NULL, NULL },
	{ "PID/statm", TEXT(0444), proc_statm, NULL, NULL },
	{ "PID/status", TEXT(0444), proc_status, NULL, NULL },
	{ "cpuinfo", TEXT(0444), proc_cpuinfo, NULL, NULL },
	{ "filesystems", TEXT(0444), filesystems, NULL, NULL },
	{ "meminfo", TEXT(0444), meminfo, NULL, NULL },
	{ "mounts", LINK, NULL, mounts_link, NULL },
	{ "self", LINK, NULL, self_link, NULL },
	{ "sys/kernel/hostname", TEXT(0644), system_hostname, NULL, NULL },
	{ "sys/kernel/osrelease", TEXT(0444), system_release, NULL, NULL },
	{ "sys/kernel/ostype", TEXT(0444), system_type, NULL, NULL },
	{ "sys/kernel/pid_max", TEXT(0644), pid_max, NULL, NULL },
	{ "sys/kernel/random/uuid", TEXT(0444), random_uuid, NULL, NULL },
	{ "sys/kernel/version", TEXT(0444), system_version, NULL, NULL },
	{ "sys/vm/overcommit_memory", TEXT(0644), overcommit, NULL, NULL },
	{ "uptime", TEXT(0444), uptime, NULL, NULL },
	{ "version", TEXT(0444), version, NULL, NULL },
};

const size_t proc_row_count = ARRAY_SIZE(proc_rows);
