// SPDX-License-Identifier: Apache-2.0
/* Texts of /proc/PID about its address space. */
#include "guest-runtime/fs/proc.h"

#include "guest-runtime/fs/file.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/vma.h"
#include "guest-runtime/proc/process.h"

#include <asm/mman.h>
#include <linux/mman.h>

/*
 * The name that maps shows in the last column: the file's path (*owned, to be
 * freed), or what else it is.
 */
static const char *name_of(const struct process *process, const struct vma *vma, char **owned)
{
	char *path = vma->file ? file_path(vma->file) : NULL;

	*owned = path;
	return path ? path : mm_vma_name(mm_shown(process->mm), vma);
}

static void put_line(struct text *out, const struct process *process, const struct vma *vma)
{
	struct hc_attr attr = { 0 };
	char *owned;
	const char *name = name_of(process, vma, &owned);

	if (vma->file)
		file_attr(vma->file, &attr);
	text_print(out, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu%s", vma->start, vma->end,
		   vma->prot & PROT_READ ? 'r' : '-', vma->prot & PROT_WRITE ? 'w' : '-',
		   vma->prot & PROT_EXEC ? 'x' : '-',
		   (vma->flags & MAP_TYPE) == MAP_PRIVATE ? 'p' : 's',
		   vma->file ? vma->offset : 0ul, (uint32_t)(attr.dev >> 8) & 0xfff,
		   (uint32_t)attr.dev & 0xff, attr.ino, *name ? " " : "");
	text_put(out, name, strlen(name));
	text_put(out, "\n", 1);
	kfree(owned);
}

#define EACH_VMA(vma, mm) \
	for (struct vma *vma = vma_first_ending_above(mm, 0); vma; vma = vma_next(mm, vma))

void proc_maps(struct text *out, const struct subject *subject)
{
	if (!subject->thread)
		return;
	EACH_VMA(vma, mm_shown(subject->process->mm))
	put_line(out, subject->process, vma);
}

static void put_kib(struct text *out, const char *name, uint64_t bytes)
{
	text_print(out, "%s:%*s%8lu kB\n", name, (int)(15 - strlen(name)), "", bytes / 1024);
}

static void put_resident(struct text *out, const struct vma_usage *found, bool shared)
{
	uint64_t clean = found->rss - found->dirty;

	put_kib(out, "Rss", found->rss);
	put_kib(out, "Pss", found->rss);
	put_kib(out, "Shared_Clean", shared ? clean : 0);
	put_kib(out, "Shared_Dirty", shared ? found->dirty : 0);
	put_kib(out, "Private_Clean", shared ? 0 : clean);
	put_kib(out, "Private_Dirty", shared ? 0 : found->dirty);
	put_kib(out, "Referenced", found->rss);
	put_kib(out, "Anonymous", found->anonymous);
	put_kib(out, "AnonHugePages", found->huge);
	put_kib(out, "Swap", 0);
	put_kib(out, "Locked", 0);
}

void proc_smaps(struct text *out, const struct subject *subject)
{
	struct mm *mm = subject->process->mm;

	if (!subject->thread)
		return;
	EACH_VMA(vma, mm_shown(mm))
	{
		struct vma_usage found;

		mm_vma_usage(mm, vma, &found);
		put_line(out, subject->process, vma);
		put_kib(out, "Size", vma->end - vma->start);
		put_kib(out, "KernelPageSize", PAGE_SIZE);
		put_kib(out, "MMUPageSize", PAGE_SIZE);
		put_resident(out, &found, (vma->flags & MAP_TYPE) != MAP_PRIVATE);
		text_print(out, "VmFlags:%s%s%s\n", vma->prot & PROT_READ ? " rd" : "",
			   vma->prot & PROT_WRITE ? " wr" : "", vma->prot & PROT_EXEC ? " ex" : "");
	}
}

void proc_smaps_rollup(struct text *out, const struct subject *subject)
{
	struct mm *mm = subject->process->mm;
	struct vma_usage all = { 0 };
	uint64_t start = 0, end = 0;

	if (!subject->thread)
		return;
	EACH_VMA(vma, mm_shown(mm))
	{
		struct vma_usage found;

		mm_vma_usage(mm, vma, &found);
		start = start ? start : vma->start;
		end = vma->end;
		all.rss += found.rss;
		all.anonymous += found.anonymous;
		all.huge += found.huge;
		all.dirty += found.dirty;
	}
	text_print(out, "%08lx-%08lx ---p 00000000 00:00 0 [rollup]\n", start, end);
	put_resident(out, &all, false);
}

void proc_statm(struct text *out, const struct subject *subject)
{
	struct mm_usage usage = { 0 };

	if (subject->thread)
		mm_usage(subject->process->mm, &usage);
	text_print(out, "%lu %lu %lu %lu 0 %lu 0\n", usage.total / PAGE_SIZE, usage.rss / PAGE_SIZE,
		   (usage.rss_file + usage.rss_shared) / PAGE_SIZE, usage.text / PAGE_SIZE,
		   (usage.data + usage.stack) / PAGE_SIZE);
}

void proc_status_memory(struct text *out, const struct subject *subject)
{
	struct mm_usage usage;

	mm_usage(subject->process->mm, &usage);
	const struct {
		const char *name;
		uint64_t bytes;
	} rows[] = {
		{ "VmPeak", usage.peak_total },
		{ "VmSize", usage.total },
		{ "VmLck", usage.locked },
		{ "VmPin", 0 },
		{ "VmHWM", usage.peak_rss },
		{ "VmRSS", usage.rss },
		{ "RssAnon", usage.rss_anonymous },
		{ "RssFile", usage.rss_file },
		{ "RssShmem", usage.rss_shared },
		{ "VmData", usage.data },
		{ "VmStk", usage.stack },
		{ "VmExe", usage.text },
		{ "VmLib", 0 },
		{ "VmPTE", usage.tables },
		{ "VmSwap", 0 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		text_print(out, "%s:\t%8lu kB\n", rows[i].name, rows[i].bytes / 1024);
}
