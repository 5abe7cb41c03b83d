// SPDX-License-Identifier: Apache-2.0
/* Page faults: what the program may do there, and how much is filled at once. */
#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/pair.h"
#include "guest-runtime/mm/shelf.h"
#include "guest-runtime/mm/vma.h"
#include "guest-runtime/proc/process.h"

#include <asm/mman.h>
#include <linux/errno.h>
#include <linux/resource.h>

#define AROUND	     0x10000 /* filled by one fault, */
#define AROUND_SHIFT 4 /* and when faults follow each other, up to this many times the double */

#define WRITABLE_SHIFT 6 /* pages made writable by one fault, at most, as a power of two */

#define RESERVE 64 /* frames that faults leave */

static bool permits(const struct vma *vma, enum mm_access access)
{
	return vma->prot & (access == MM_WRITE	? PROT_WRITE
			    : access == MM_EXEC ? PROT_EXEC
						: PROT_READ | PROT_WRITE | PROT_EXEC);
}

/* The stack grows down to its limit; the gap below other mappings stays. */
static struct vma *grow_down(struct mm *mm, uint64_t address)
{
	struct vma *vma = vma_first_ending_above(mm, address);
	uint64_t start = ALIGN_DOWN(address, PAGE_SIZE);

	if (!vma || !(vma->flags & MAP_GROWSDOWN) || start < MMAP_FLOOR ||
	    vma->end - start > current()->process->limits[RLIMIT_STACK].soft ||
	    !mm_may_grow(mm, vma->start - start, false))
		return NULL;
	const struct vma *below = vma_previous(mm, vma);
	if (below && below->prot != PROT_NONE && !(below->flags & MAP_GROWSDOWN) &&
	    start < below->end + STACK_GUARD)
		return NULL;
	if (!pair_part(mm))
		return NULL;
	vma = vma_first_ending_above(mm, address);
	vma_grow_down(mm, vma, start);
	return vma;
}

static enum mm_fault_result result_of(int error)
{
	return !error ? MM_FAULT_DONE : error == -ENOMEM ? MM_FAULT_NO_MEMORY : MM_FAULT_BUS;
}

/* The area around address that is worth filling: aligned, growing while faults go upwards. */
static void choose_around(struct mm *mm, const struct vma *vma, uint64_t address, uint64_t *start,
			  uint64_t *end)
{
	/* When memory is short, what is touched and no more. */
	if (vma->marks & VMA_RANDOM || page_free() < page_total() / 8) {
		*start = *end = address;
		return;
	}
	mm->run = address == mm->faulted ? MIN(mm->run + 1, (uint64_t)AROUND_SHIFT) : 0;
	*start = MAX(ALIGN_DOWN(address, (uint64_t)AROUND), vma->start);
	*end = MIN(ALIGN_DOWN(address, (uint64_t)AROUND) + ((uint64_t)AROUND << mm->run), vma->end);
	mm->faulted = *end;
}

/*
 * What is there and becomes writable with the page at address. Of a file that
 * stays as it is, its neighbours. Of other private pages those that follow, more
 * and more while writes go upwards: who writes to all that a fork has made
 * read-only shall not fault for each page.
 */
static void choose_writable(struct mm *mm, const struct vma *vma, uint64_t address, uint64_t *start,
			    uint64_t *end)
{
	*start = address;
	*end = address + PAGE_SIZE;
	if (vma_is_shared(vma))
		return;
	if (vma->file && file_is_constant(vma->file)) {
		*start = MAX(ALIGN_DOWN(address, (uint64_t)AROUND), vma->start);
		*end = MIN(ALIGN_DOWN(address, (uint64_t)AROUND) + AROUND, vma->end);
		return;
	}
	bool plenty = page_free() >= page_total() / 8 && !(vma->marks & VMA_RANDOM);

	mm->write_run = plenty && address == mm->written
				? MIN(mm->write_run + 1, (uint64_t)WRITABLE_SHIFT)
				: 0;
	*end = MIN(address + (PAGE_SIZE << mm->write_run), vma->end);
	mm->written = *end;
}

/* A write, to what is there or not. */
static int make_writable(struct mm *mm, struct vma *vma, uint64_t address)
{
	bool huge, changed = false, others = false;
	const pte_t *leaf = table_find(mm->pml4, address, &huge);
	uint64_t start, end;

	if (!leaf || !*leaf || (*leaf & PTE_WRITE))
		return 0;
	int error = fill_writable(mm, vma, address, &changed);
	if (error)
		return error;
	choose_writable(mm, vma, address, &start, &end);
	/* One that cannot be has not been asked for. */
	for (uint64_t at = start; at < end; at += PAGE_SIZE)
		if (fill_writable(mm, vma, at, &others))
			break;
	if (others)
		mm_flush(mm); /* once for all */
	else if (changed)
		mm_renew(mm, address);
	return 0;
}

enum mm_fault_result mm_fault(struct mm *mm, uint64_t address, enum mm_access access)
{
	struct vma *vma = mm->lost ? NULL : mm_find(mm, address);
	uint64_t start, end;

	if (mm->lost)
		return MM_FAULT_NO_MEMORY;
	if (!vma)
		vma = grow_down(mm, address);
	if (!vma)
		return MM_FAULT_MAPERR;
	if (!permits(vma, access))
		return MM_FAULT_ACCERR;
	address = ALIGN_DOWN(address, PAGE_SIZE);
	/* The runtime must go on working when a program has taken all. */
	if (page_free() < RESERVE)
		return MM_FAULT_NO_MEMORY;
	int error = access == MM_WRITE ? make_writable(mm, vma, address) : 0;
	if (error)
		return result_of(error);
	/* A page from here may turn out to be another segment's. */
	if (vma_is_unfilled(vma))
		shelf_end(mm);
	if (fill_huge(mm, vma, address))
		return MM_FAULT_DONE;
	error = fill_page(mm, vma, address, access);
	if (error)
		return result_of(error);
	choose_around(mm, vma, address, &start, &end);
	/* Copies for who writes: no more than a few for who may not need them. */
	bool copy = vma->file && access == MM_WRITE && !vma_is_shared(vma) &&
		    file_is_constant(vma->file);
	if (copy)
		end = MIN(end, ALIGN_DOWN(address, (uint64_t)AROUND) + AROUND);
	for (uint64_t at = start; at < end; at += PAGE_SIZE)
		if (fill_page(mm, vma, at, copy ? MM_WRITE : MM_AROUND))
			break;
	return MM_FAULT_DONE;
}
