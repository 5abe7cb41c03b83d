// SPDX-License-Identifier: Apache-2.0
/* Address spaces as a whole: made, activated, ended; munmap(2), mprotect(2), brk(2). */
#include "guest-runtime/mm/mm.h"

#include "guest-runtime/entry/vcpu.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/pair.h"
#include "guest-runtime/mm/spare.h"
#include "guest-runtime/mm/start.h"
#include "guest-runtime/mm/vma.h"
#include "guest-runtime/proc/process.h"

#include <asm/mman.h>
#include <linux/errno.h>
#include <linux/resource.h>

void user_touch(void *at);

static struct mm *active; /* NULL: what was active has ended */
static gpa_t loaded;	  /* what CR3 has; 0: the boot tables, as from the start */
static gpa_t ended_root;  /* that, if its address space has ended */

struct list mm_all = LIST_INIT(mm_all);
uint64_t mm_epoch;

struct mm *mm_new(void)
{
	struct mm *mm = kmalloc(sizeof(*mm));

	if (!mm)
		return NULL;
	mm->users = 1;
	list_init(&mm->vmas);
	list_add_before(&mm_all, &mm->node);
	return mm;
}

struct mm *mm_create(void)
{
	struct mm *mm = mm_new();

	if (!mm)
		return NULL;
	mm->pml4 = table_create();
	if (!mm->pml4) {
		mm_put(mm);
		return NULL;
	}
	return mm;
}

gpa_t mm_barren_root(void)
{
	static gpa_t root;

	if (!root)
		root = table_create();
	return root;
}

void mm_expect(struct mm *mm, uint64_t address)
{
	if (address < GUEST_USER_END)
		table_make(mm->pml4, address);
}

void mm_activate(struct mm *mm)
{
	pair_bring_forward(mm);
	if (active == mm)
		return;
	active = mm;
	/* The first program has the boot tables: entries that were absent need no flush. */
	if (loaded && (loaded != mm->pml4 || mm->flush_due))
		nucleus_load_cr3(mm->pml4);
	loaded = mm->pml4;
	mm->flush_due = false;
	if (ended_root)
		table_give_root(ended_root);
	ended_root = 0;
}

bool mm_is_active(const struct mm *mm)
{
	return active == mm;
}

void mm_took_over(const struct mm *before, struct mm *now)
{
	if (active == before)
		active = now;
}

static void put_stale(struct mm *mm)
{
	while (mm->stale_count > 0)
		page_put(mm->stale[--mm->stale_count]);
}

void mm_flush(struct mm *mm)
{
	/* One that is not active has no translations: loading CR3 flushes. */
	if (active == mm)
		nucleus_load_cr3(mm->pml4);
	put_stale(mm);
}

void mm_renew(struct mm *mm, uint64_t address)
{
	if (active == mm)
		user_touch((void *)address);
}

void mm_get(struct mm *mm)
{
	mm->users++;
}

void mm_end_tables(gpa_t pml4)
{
	table_clear(pml4);
	if (loaded == pml4)
		ended_root = pml4;
	else
		table_give_root(pml4);
}

/* Translations of what is freed here go with CR3, before any program runs again. */
void mm_empty(struct mm *mm)
{
	while (!list_empty(&mm->vmas))
		vma_free(mm, container_of(mm->vmas.next, struct vma, node));
	put_stale(mm);
	start_free(mm);
	kfree(mm->shelf);
	mm->shelf = NULL;
	kfree(mm->sites);
	mm->sites = NULL;
	if (mm->pml4 && !mm->lost)
		mm_end_tables(mm->pml4);
	mm->pml4 = 0;
}

void mm_put(struct mm *mm)
{
	must(mm->users > 0);
	if (--mm->users > 0)
		return;
	pair_end(mm);
	if (active == mm)
		active = NULL;
	if (start_keep(mm))
		return;
	spare_keep(mm);
	spare_free(mm);
	mm_empty(mm);
	list_remove(&mm->node);
	kfree(mm);
	page_settle();
}

void mm_abandon(struct mm *mm)
{
	if (mm != active)
		mm_unmap(mm, 0, GUEST_USER_END);
}

struct vma *mm_find(struct mm *mm, uint64_t address)
{
	struct vma *vma = vma_first_ending_above(mm, address);

	return vma && vma->start <= address ? vma : NULL;
}

bool mm_may_grow(const struct mm *mm, uint64_t bytes, bool data)
{
	const struct rlimit_pair *limits = current()->process->limits;
	uint64_t total, new_data;

	if (__builtin_add_overflow(mm->total, bytes, &total) || total > limits[RLIMIT_AS].soft)
		return false;
	return !data || (!__builtin_add_overflow(mm->data, bytes, &new_data) &&
			 new_data <= limits[RLIMIT_DATA].soft);
}

int mm_unmap(struct mm *mm, uint64_t address, uint64_t length)
{
	int error = pair_part(mm) ? vma_carve(mm, address, address + length) : -ENOMEM;

	if (!error)
		leaves_drop(mm, address, address + length, false);
	return error;
}

/* What mprotect(2) asks of one VMA. */
static int check_protect(const struct mm *mm, const struct vma *vma, uint64_t bytes, uint32_t prot)
{
	bool new_data =
		vma_counts_as_data(prot, vma->flags) && !vma_counts_as_data(vma->prot, vma->flags);

	if (prot & ~vma->may & (PROT_READ | PROT_WRITE | PROT_EXEC))
		return -EACCES;
	if (new_data && (!mm_could_fit(bytes, prot, vma->flags) || !mm_may_grow(mm, 0, false) ||
			 bytes > current()->process->limits[RLIMIT_DATA].soft ||
			 mm->data > current()->process->limits[RLIMIT_DATA].soft - bytes))
		return -ENOMEM;
	return 0;
}

/* As Linux does, what lies before the first VMA that refuses is changed. */
static int protect(struct mm *mm, uint64_t start, uint64_t end, uint32_t prot, bool *flush)
{
	for (uint64_t at = start; at < end;) {
		struct vma *vma = mm_find(mm, at);
		uint64_t stop = vma ? MIN(vma->end, end) : 0;
		int error = vma ? check_protect(mm, vma, stop - at, prot) : -ENOMEM;

		if (error)
			return error;
		if (vma->prot != prot) {
			if ((vma->marks & VMA_START) && (prot & ~vma->prot & PROT_WRITE))
				start_spoil(mm);
			if (!vma_split(mm, at) || !vma_split(mm, stop))
				return -ENOMEM;
			vma = mm_find(mm, at);
			vma_set(mm, vma, prot, vma->marks & ~(uint32_t)VMA_LIBRARY);
			*flush |= leaves_protect(mm, vma, at, stop);
		}
		at = stop;
	}
	return 0;
}

int mm_protect(struct mm *mm, uint64_t address, uint64_t length, uint32_t prot)
{
	uint64_t end = address + length;
	bool flush = false;

	if (!pair_part(mm))
		return -ENOMEM;
	if (prot & PROT_GROWSDOWN) {
		const struct vma *vma = vma_first_ending_above(mm, address);

		if (!vma || vma->start >= end)
			return -ENOMEM;
		if (!(vma->flags & MAP_GROWSDOWN))
			return -EINVAL;
		address = vma->start;
		prot &= ~(uint32_t)PROT_GROWSDOWN;
	}
	int error = protect(mm, address, end, prot, &flush);
	if (flush)
		mm_flush(mm);
	vma_merge_around(mm, address, end);
	return error;
}

uint64_t mm_brk(struct mm *mm, uint64_t address)
{
	uint64_t old = ALIGN_UP(mm->brk, PAGE_SIZE);
	uint64_t new = ALIGN_UP(address, PAGE_SIZE);

	if (address < mm->brk_start || address > mm->mmap_top ||
	    address - mm->brk_start > current()->process->limits[RLIMIT_DATA].soft)
		return mm->brk;
	if (new < old) {
		if (mm_unmap(mm, new, old - new))
			return mm->brk;
	} else if (new > old) {
		const struct vma *above = vma_first_ending_above(mm, old);

		/* A page stays free between the heap and what lies above it. */
		if ((above && above->start < new + PAGE_SIZE) ||
		    !mm_could_fit(new - old, PROT_WRITE, MAP_PRIVATE) ||
		    mm_map(mm, old, new - old, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, NULL, 0) < 0)
			return mm->brk;
	}
	mm->brk = address;
	return address;
}
