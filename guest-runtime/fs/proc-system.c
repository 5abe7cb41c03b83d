// SPDX-License-Identifier: Apache-2.0
/* Texts of /proc about the whole system: memory, time, load, names. */
#include "guest-runtime/fs/pipe.h"
#include "guest-runtime/fs/proc.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/host/boot.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/random.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/sched.h"

#define NS_PER_TICK  (NS_PER_S / 100)
#define KIB_PER_PAGE (PAGE_SIZE / 1024)

/* What Linux names for memory that we have none of is 0. */
void proc_meminfo(struct text *out, const struct subject *subject)
{
	uint64_t total = page_total() * KIB_PER_PAGE, free = page_free() * KIB_PER_PAGE;
	const struct {
		const char *name;
		uint64_t kib;
	} rows[] = {
		{ "MemTotal", total },
		{ "MemFree", free },
		{ "MemAvailable", free },
		{ "Buffers", 0 },
		{ "Cached", 0 },
		{ "SwapCached", 0 },
		{ "Active", total - free },
		{ "Inactive", 0 },
		{ "Active(anon)", total - free },
		{ "Inactive(anon)", 0 },
		{ "Active(file)", 0 },
		{ "Inactive(file)", 0 },
		{ "Unevictable", 0 },
		{ "Mlocked", 0 },
		{ "SwapTotal", 0 },
		{ "SwapFree", 0 },
		{ "Dirty", 0 },
		{ "Writeback", 0 },
		{ "AnonPages", total - free },
		{ "Mapped", 0 },
		{ "Shmem", 0 },
		{ "KReclaimable", 0 },
		{ "Slab", 0 },
		{ "SReclaimable", 0 },
		{ "SUnreclaim", 0 },
		{ "KernelStack", 0 },
		{ "PageTables", 0 },
		{ "CommitLimit", total },
		{ "Committed_AS", total - free },
		{ "VmallocTotal", 0 },
		{ "VmallocUsed", 0 },
		{ "AnonHugePages", 0 },
	};

	(void)subject;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		text_print(out, "%s:", rows[i].name);
		text_print(out, "%*s%8lu kB\n", (int)(15 - strlen(rows[i].name)), "", rows[i].kib);
	}
	text_print(out, "HugePages_Total:       0\nHugePages_Free:        0\n");
	text_print(out, "HugePages_Rsvd:        0\nHugePages_Surp:        0\n");
	text_print(out, "Hugepagesize:       2048 kB\nHugetlb:               0 kB\n");
}

/* Ticks of a hundredth of a second since the start, and of them those without work. */
static int64_t ticks_up(int64_t *idle)
{
	int64_t up = clock_monotonic_ns() / NS_PER_TICK;

	*idle = MAX(up - clock_cpu_ns() / NS_PER_TICK, (int64_t)0);
	return up;
}

void proc_uptime(struct text *out, const struct subject *subject)
{
	int64_t idle, up = ticks_up(&idle);

	(void)subject;
	text_print(out, "%ld.%02ld %ld.%02ld\n", (long)(up / 100), (long)(up % 100),
		   (long)(idle / 100), (long)(idle % 100));
}

static uint32_t count_running(void)
{
	uint32_t n = 0;

	for_each_process(process) for_each_thread(thread, process) n +=
		thread->state == THREAD_READY;
	return n;
}

/* The share of the CPU that was used since the last look. */
const uint64_t *proc_load(void)
{
	static uint64_t load[3];
	static const int64_t spans[3] = { 60 * NS_PER_S, 300 * NS_PER_S, 900 * NS_PER_S };
	static int64_t last_ns, last_cpu_ns;
	int64_t now = clock_monotonic_ns(), cpu = clock_cpu_ns();
	int64_t since = last_ns ? now - last_ns : cpu;
	uint64_t busy = since > 0 ? (uint64_t)((cpu - last_cpu_ns) * PROC_LOAD_ONE / since) : 0;

	/* exp(-t / span), near enough: span / (span + t) */
	for (int i = 0; i < 3; i++)
		load[i] =
			(load[i] * (uint64_t)(spans[i] / 1000) + busy * (uint64_t)(since / 1000)) /
			(uint64_t)((spans[i] + since) / 1000);
	last_ns = now;
	last_cpu_ns = cpu;
	return load;
}

void proc_loadavg(struct text *out, const struct subject *subject)
{
	const uint64_t *load = proc_load();

	(void)subject;
	for (int i = 0; i < 3; i++)
		text_print(out, "%lu.%02lu ", load[i] / PROC_LOAD_ONE,
			   load[i] % PROC_LOAD_ONE * 100 / PROC_LOAD_ONE);
	text_print(out, "%u/%u %d\n", count_running(), thread_total(), id_last());
}

void proc_pipe_pages(struct text *out, const struct subject *subject)
{
	(void)subject;
	text_print(out, "%lu\n", pipe_soft_limit());
}

void proc_threads_max(struct text *out, const struct subject *subject)
{
	(void)subject;
	text_print(out, "%u\n", process_thread_limit());
}

void proc_system_stat(struct text *out, const struct subject *subject)
{
	int64_t idle, up = ticks_up(&idle);
	long started = (long)((clock_realtime_ns() - clock_monotonic_ns()) / NS_PER_S);

	(void)subject;
	text_print(out, "cpu  %ld 0 0 %ld 0 0 0 0 0 0\n", (long)(up - idle), (long)idle);
	for (uint32_t cpu = 0; cpu < boot_block()->cpus; cpu++)
		text_print(out, "cpu%u %ld 0 0 %ld 0 0 0 0 0 0\n", cpu, (long)(up - idle),
			   (long)idle);
	text_print(out, "intr 0\nctxt %lu\nbtime %ld\nprocesses %lu\n", sched_switches(), started,
		   id_count());
	text_print(out, "procs_running %u\nprocs_blocked 0\n", count_running());
	text_print(out, "softirq 0 0 0 0 0 0 0 0 0 0 0\n");
}

void proc_vmstat(struct text *out, const struct subject *subject)
{
	(void)subject;
	text_print(out, "nr_free_pages %lu\nnr_anon_pages %lu\n", page_free(),
		   page_total() - page_free());
	text_print(out, "nr_file_pages 0\nnr_dirty 0\nnr_writeback 0\n");
	text_print(out, "pgpgin 0\npgpgout 0\npswpin 0\npswpout 0\npgfault 0\npgmajfault 0\n");
}

static void put_uuid(struct text *out, uint8_t b[16])
{
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < 16; i++)
		text_print(out, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", b[i]);
	text_print(out, "\n");
}

void proc_random_uuid(struct text *out, const struct subject *subject)
{
	uint8_t b[16];

	(void)subject;
	random_bytes(b, sizeof(b));
	put_uuid(out, b);
}

void proc_boot_id(struct text *out, const struct subject *subject)
{
	static uint8_t id[16];
	static bool made;

	(void)subject;
	if (!made)
		random_bytes(id, sizeof(id));
	made = true;
	put_uuid(out, id);
}
