// SPDX-License-Identifier: Apache-2.0
/* Pairs: begun by fork, turned over when the child first runs, ended by either. */
#include "guest-runtime/mm/pair.h"

#include "guest-runtime/fs/file.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/rewind.h"
#include "guest-runtime/mm/saved.h"
#include "guest-runtime/mm/spare.h"
#include "guest-runtime/mm/vma.h"

#include <linux/errno.h>

/*
 * Pages that may be saved at a fork. Of more, the large mappings' are made
 * read-only until they are written.
 */
#define SAVED_MAX   1024
#define SMALL_PAGES 64

/* Pages exchanged by turns until that has cost as much as tables of their own. */
#define EXCHANGED_MAX 1024

/* Everything but who mm is, and its own records. */
static void move_content(struct mm *from, struct mm *to)
{
	const struct mm was = *to;

	*to = *from;
	to->node = was.node;
	to->users = was.users;
	to->spare = was.spare;
	to->peak = MAX(was.peak, from->total);
	to->peak_rss = MAX(was.peak_rss, from->rss);
	list_init(&to->vmas);
	if (!list_empty(&from->vmas)) {
		to->vmas = from->vmas;
		to->vmas.next->prev = to->vmas.prev->next = &to->vmas;
	}
	list_init(&from->vmas);
	from->root = NULL;
	from->vma_count = from->stale_count = 0;
	from->pml4 = 0;
	from->sites = NULL;
	from->start = NULL;
	if (to->start)
		to->start->mm = to;
	from->trampoline = from->trampoline_end = 0;
	mm_took_over(from, to);
}

bool pair_hides(const struct mm *mm)
{
	return mm->pair && mm->pair->shown != mm;
}

struct mm *mm_shown(struct mm *mm)
{
	return mm->pair ? mm->pair->shown : mm;
}

static struct mm *other(const struct pair *pair)
{
	return pair->shown == pair->parent ? pair->child : pair->parent;
}

/* The tables, as they are, become those of the hidden one. */
static void turn(struct pair *pair)
{
	struct mm *next = other(pair);

	move_content(pair->shown, next);
	pair->shown = next;
}

static void forget(struct pair *pair)
{
	pair->parent->pair = pair->child->pair = NULL;
	saved_free(pair);
	kfree(pair);
}

/* Private leaves with PTE_WRITE: what is done to them at a fork. */
enum what { COUNT, SAVE, PROTECT };

struct survey {
	struct mm *mm;
	struct pair *pair;
	uint64_t small, large; /* pages, of mappings of either size */
	bool flush;
};

static bool visit(struct survey *survey, const struct vma *vma, uint64_t at, pte_t *leaf,
		  enum what what)
{
	uint64_t size = *leaf & PTE_HUGE ? HUGE_SIZE : PAGE_SIZE;
	bool small = vma->end - vma->start <= SMALL_PAGES * PAGE_SIZE;

	if (what == COUNT) {
		*(small ? &survey->small : &survey->large) += size / PAGE_SIZE;
		return true;
	}
	if (what == PROTECT) {
		*leaf &= ~(pte_t)(PTE_WRITE | PTE_DIRTY);
		return survey->flush = true;
	}
	for (uint64_t n = 0; n < size; n += PAGE_SIZE)
		if (!saved_add_copy(survey->pair, at + n, (*leaf & PTE_FRAME) + n, true))
			return false;
	return true;
}

static bool visit_vma(struct survey *survey, const struct vma *vma, enum what what)
{
	gpa_t pml4 = survey->mm->pml4;
	bool huge;

	for (uint64_t at = table_next(pml4, vma->start, vma->end); at < vma->end;
	     at = table_next(pml4, at, vma->end)) {
		pte_t *leaf = table_find(pml4, at, &huge);
		uint64_t end = MIN(table_row_end(at), vma->end);

		if (huge && end - at < HUGE_SIZE) {
			leaf = table_make(pml4, at);
			huge = false;
			if (!leaf)
				return false;
		}
		for (; at < end; at += huge ? HUGE_SIZE : PAGE_SIZE, leaf++)
			if ((*leaf & PTE_WRITE) && !visit(survey, vma, at, leaf, what))
				return false;
	}
	return true;
}

/* `large_only`: the small mappings are left as they are. */
static bool visit_all(struct survey *survey, enum what what, bool large_only)
{
	list_for_each (node, &survey->mm->vmas) {
		const struct vma *vma = container_of(node, struct vma, node);

		if (vma_is_shared(vma) || !(vma->prot & PROT_WRITE) ||
		    (large_only && vma->end - vma->start <= SMALL_PAGES * PAGE_SIZE))
			continue;
		if (!visit_vma(survey, vma, what))
			return false;
	}
	return true;
}

static bool save_all(struct mm *mm, struct pair *pair)
{
	struct survey survey = { .mm = mm, .pair = pair };
	bool done = visit_all(&survey, COUNT, false);

	if (done && survey.small + survey.large > SAVED_MAX)
		done = visit_all(&survey, PROTECT, survey.small <= SAVED_MAX);
	if (survey.flush)
		mm_flush(mm);
	return done && visit_all(&survey, SAVE, false);
}

/* What fork(2) makes different for the child has to be in tables of its own. */
static bool is_simple(const struct mm *mm)
{
	const uint32_t odd = VMA_DONT_FORK | VMA_WIPE_ON_FORK | VMA_LOCKED | VMA_LOCK_ON_FAULT;

	list_for_each (node, &mm->vmas) {
		const struct vma *vma = container_of(node, struct vma, node);

		if ((vma->marks & odd) || (vma->file && file_counts_mappings(vma->file)))
			return false;
	}
	return !mm->future_marks && page_free() > page_total() / 8;
}

struct mm *pair_fork(struct mm *parent)
{
	struct pair *pair = is_simple(parent) && mm_barren_root() ? kmalloc(sizeof(*pair)) : NULL;
	struct mm *child = pair ? mm_new() : NULL;

	if (!child || !save_all(parent, pair)) {
		if (pair)
			saved_free(pair);
		kfree(pair);
		if (child)
			mm_put(child);
		return NULL;
	}
	pair->parent = pair->shown = parent;
	pair->child = child;
	pair->epoch = mm_epoch;
	parent->pair = child->pair = pair;
	return child;
}

void pair_end(struct mm *mm)
{
	struct pair *pair = mm->pair;

	if (!pair)
		return;
	if (pair->shown == mm) {
		saved_restore(pair);
		turn(pair);
	}
	forget(pair);
}

/* The child gets the saved pages, or what it has in the place of them. */
static bool divide(struct pair *pair)
{
	struct mm *parent = pair->parent, *child = pair->child;
	bool child_was_shown = pair->shown == child, flush = false;

	must(parent && child);
	if (child_was_shown)
		turn(pair);
	child->pml4 = spare_take(parent);
	child->flush_due = child->pml4;
	if (!child->pml4)
		child->pml4 = table_create();
	spare_note(child, parent);
	if (child->pml4 && mm_copy_all(parent, child, true, &flush) &&
	    saved_divide(pair, child_was_shown))
		return true;
	mm_empty(child);
	if (child_was_shown)
		turn(pair);
	return false;
}

static bool part(struct pair *pair)
{
	if (!divide(pair))
		return false;
	forget(pair);
	return true;
}

static void part_surely(struct pair *pair)
{
	struct mm *child = pair->child;

	if (part(pair))
		return;
	pair_end(child);
	child->pml4 = mm_barren_root();
	child->lost = true;
}

bool pair_part(struct mm *mm)
{
	struct pair *pair = mm->pair;
	struct mm *child = pair ? pair->child : NULL;
	bool active = child && mm_is_active(child);

	if (!pair)
		return !mm->lost;
	if (!part(pair))
		return false;
	if (active)
		mm_activate(child);
	return true;
}

void pair_part_surely(struct mm *mm)
{
	struct pair *pair = mm->pair;
	struct mm *child = pair ? pair->child : NULL;
	bool active = child && mm_is_active(child);

	if (!pair)
		return;
	part_surely(pair);
	if (active)
		mm_activate(child);
}

void pair_bring_forward(struct mm *mm)
{
	struct pair *pair = mm->pair;

	if (!pair_hides(mm))
		return;
	/* Nobody has written since the fork: the tables show the child as well as the parent. */
	if (pair->child == mm && pair->epoch == mm_epoch)
		turn(pair);
	else if ((pair->exchanged += pair->count) <= EXCHANGED_MAX && saved_exchange(pair))
		turn(pair);
	else
		part_surely(pair);
}

int pair_save(struct mm *mm, uint64_t address, gpa_t saved)
{
	return saved_add(mm->pair, address, saved) ? 0 : -ENOMEM;
}

int pair_save_copy(struct mm *mm, uint64_t address, gpa_t content)
{
	return saved_add_copy(mm->pair, address, content, false) ? 0 : -ENOMEM;
}
