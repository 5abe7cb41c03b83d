// SPDX-License-Identifier: Apache-2.0
/* Starts noted, taken and kept (mm/start.h). */
#include "guest-runtime/mm/start.h"

#include "guest-runtime/fs/file.h"
#include "guest-runtime/fs/vfs.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/rewind.h"
#include "guest-runtime/mm/vma.h"

#include <linux/errno.h>

#define KEPT_MAX   24 /* address spaces */
#define TABLES_MAX 64 /* of one that is kept */

static struct list kept = LIST_INIT(kept); /* struct start.node; the latest last */
static uint32_t kept_count;

int start_file_of(struct file *file, struct start_file *out)
{
	struct hc_attr attr;
	int error = file_attr(file, &attr);

	if (!error)
		*out = (struct start_file){ .inode = file->inode,
					    .dev = attr.dev,
					    .ino = attr.ino,
					    .size = attr.size,
					    .mtime_ns = attr.mtime_ns,
					    .ctime_ns = attr.ctime_ns };
	return error;
}

bool start_file_is(const struct start_file *a, const struct start_file *b)
{
	return a->inode == b->inode && a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

static bool same(const struct start_key *a, const struct start_key *b)
{
	return start_file_is(&a->program, &b->program) && a->persona == b->persona &&
	       a->uid == b->uid && a->gid == b->gid && a->stack_limit == b->stack_limit;
}

static bool is_plenty(void)
{
	return page_free() > page_total() / 4;
}

void start_note(struct mm *mm, const struct start_key *key, void *payload)
{
	struct start *start = is_plenty() ? kmalloc(sizeof(*start)) : NULL;

	if (!start) {
		kfree(payload);
		return;
	}
	start->key = *key;
	start->payload = payload;
	start->mm = mm;
	start->brk = mm->brk;
	start->mmap_top = mm->mmap_top;
	list_init(&start->node);
	mm->start = start;
	if (!rewind_note(mm))
		start_free(mm);
}

void start_free(struct mm *mm)
{
	struct start *start = mm->start;

	if (!start)
		return;
	rewind_free(start);
	kfree(start->payload);
	kfree(start);
	mm->start = NULL;
}

void start_spoil(struct mm *mm)
{
	if (mm->start)
		mm->start->spoiled = true;
}

static void unlink(struct start *start)
{
	list_remove(&start->node);
	kept_count--;
}

bool start_drop(uint32_t most)
{
	bool any = false;

	while (kept_count > most) {
		struct start *start = container_of(kept.next, struct start, node);

		unlink(start);
		start->spoiled = any = true;
		mm_put(start->mm);
	}
	return any;
}

bool start_keep(struct mm *mm)
{
	struct start *start = mm->start;

	if (!start || start->spoiled || !is_plenty() || table_count(mm->pml4) > TABLES_MAX ||
	    !rewind_mm(mm))
		return false;
	mm->users = 1;
	list_add_before(&kept, &start->node);
	kept_count++;
	start_drop(KEPT_MAX);
	return true;
}

struct mm *start_take(const struct start_key *key, void **payload)
{
	/* The latest first: its pages are the warmest. */
	for (struct list *node = kept.prev; node != &kept; node = node->prev) {
		struct start *start = container_of(node, struct start, node);

		if (start->spoiled || !same(&start->key, key))
			continue;
		unlink(start);
		*payload = start->payload;
		return start->mm;
	}
	return NULL;
}

uint64_t start_place_stack(struct mm *mm, uint64_t size)
{
	struct vma *vma = vma_first_ending_above(mm, mm->mmap_top);

	while (vma && !(vma->flags & MAP_GROWSDOWN))
		vma = vma_next(mm, vma);
	if (!vma || vma->end - size < mm->mmap_top + PAGE_SIZE)
		return 0;
	if (vma->end - size < vma->start)
		vma_grow_down(mm, vma, vma->end - size);
	return vma->end;
}
