// SPDX-License-Identifier: Apache-2.0
/*
 * Random sequences of mmap, munmap, mprotect, mremap, madvise and stores on an
 * area, against a model of what each page must be. Fixed seeds.
 */
#include "probe.h"

#include <stdbool.h>

#define PAGES 2048
#define STEPS 6000

enum kind { NOTHING, PRIVATE, SHARED };

/* What page i of the area must be. tag: the number stored in it; 0: zeros. */
static struct model {
	enum kind kind;
	int prot;
	uint64_t tag;
} model[PAGES];

static char *area;
static uint64_t state, next_tag;
static unsigned long failures, done[8];

static uint64_t draw(uint64_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 33) % below;
}

static char *page_at(size_t i)
{
	return area + i * PAGE;
}

static void fail(const char *what, size_t i)
{
	if (failures++ < 10)
		printf("%s at page %zu: kind %d prot %d\n", what, i, model[i].kind, model[i].prot);
}

/* A run of pages, mostly short, sometimes spanning 2 MiB. */
static size_t run(size_t *length)
{
	*length = 1 + draw(draw(8) ? 16 : 1200);
	size_t start = draw(PAGES);

	if (*length > PAGES - start)
		*length = PAGES - start;
	return start;
}

static int any_prot(void)
{
	static const int prots[] = { PROT_NONE, PROT_READ, RW, RW, RW, PROT_READ | PROT_EXEC };

	return prots[draw(6)];
}

static void do_map(void)
{
	size_t n, at = run(&n);
	int prot = any_prot();
	enum kind kind = draw(4) ? PRIVATE : SHARED;
	int flags = (kind == PRIVATE ? MAP_PRIVATE : MAP_SHARED) | MAP_ANONYMOUS | MAP_FIXED;

	if (mmap(page_at(at), n * PAGE, prot, flags | (draw(8) ? 0 : MAP_POPULATE), -1, 0) !=
	    page_at(at))
		fail("mmap", at);
	for (size_t i = at; i < at + n; i++)
		model[i] = (struct model){ kind, prot, 0 };
}

static void do_unmap(void)
{
	size_t n, at = run(&n);

	if (munmap(page_at(at), n * PAGE))
		fail("munmap", at);
	for (size_t i = at; i < at + n; i++)
		model[i] = (struct model){ NOTHING, 0, 0 };
}

static void do_protect(void)
{
	size_t n, at = run(&n);
	int prot = any_prot();
	size_t hole = at;

	while (hole < at + n && model[hole].kind != NOTHING)
		hole++;
	int result = mprotect(page_at(at), n * PAGE, prot);
	if (result != (hole < at + n ? -1 : 0))
		fail("mprotect", at);
	for (size_t i = at; i < hole; i++)
		model[i].prot = prot;
}

static void do_advise(void)
{
	size_t n, at = run(&n);
	bool hole = false;

	for (size_t i = at; i < at + n; i++) {
		hole |= model[i].kind == NOTHING;
		if (model[i].kind == PRIVATE)
			model[i].tag = 0;
	}
	if (madvise(page_at(at), n * PAGE, MADV_DONTNEED) != (hole ? -1 : 0))
		fail("madvise", at);
}

/* One kind and prot, private: what mremap moves as one. */
static void do_remap(void)
{
	size_t n, at = run(&n), to = draw(PAGES);
	size_t same = 1;

	while (same < n && model[at + same].kind == model[at].kind &&
	       model[at + same].prot == model[at].prot)
		same++;
	n = same;
	if (model[at].kind != PRIVATE || to + n > PAGES || (to < at + n && at < to + n))
		return;
	if (mremap(page_at(at), n * PAGE, n * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, page_at(to)) !=
	    page_at(to)) {
		/* Borders between alike areas are not ours to know. */
		if (errno != EFAULT)
			fail("mremap", at);
		for (size_t i = to; i < to + n; i++)
			model[i] = (struct model){ NOTHING, 0, 0 };
		return;
	}
	memcpy(&model[to], &model[at], n * sizeof(*model));
	memset(&model[at], 0, n * sizeof(*model));
}

static void do_write(void)
{
	size_t n, at = run(&n);

	for (size_t i = at; i < at + n; i++) {
		if (model[i].kind == NOTHING || !(model[i].prot & PROT_WRITE))
			continue;
		model[i].tag = ++next_tag;
		*(volatile uint64_t *)page_at(i) = model[i].tag;
		*(volatile uint64_t *)(page_at(i) + PAGE - 8) = model[i].tag;
	}
}

static void check(size_t i)
{
	bool readable = model[i].kind != NOTHING && model[i].prot != PROT_NONE;
	bool can_read = strcmp(touch_read(page_at(i)), "ok") == 0;

	if (readable != can_read) {
		fail("readable", i);
		return;
	}
	if (readable && (*(volatile uint64_t *)page_at(i) != model[i].tag ||
			 *(volatile uint64_t *)(page_at(i) + PAGE - 8) != model[i].tag))
		fail("content", i);
	if (readable && !(model[i].prot & PROT_WRITE) &&
	    strcmp(touch_write(page_at(i) + 100), "ok") == 0)
		fail("writable", i);
}

static void play(uint64_t seed)
{
	static void (*const acts[])(void) = { do_map,	do_unmap, do_protect, do_advise,
					      do_remap, do_write, do_write,   do_write };

	state = seed;
	memset(model, 0, sizeof(model));
	munmap(area, PAGES * PAGE);
	for (int step = 0; step < STEPS; step++) {
		size_t act = draw(8);

		acts[act]();
		done[act]++;
		if (step % 50 == 0)
			for (int i = 0; i < 8; i++)
				check(draw(PAGES));
	}
	for (size_t i = 0; i < PAGES; i += 4)
		check(i);
}

int main(void)
{
	probe_start();
	area = must_map((PAGES + 512) * PAGE, PROT_NONE, ANON | MAP_NORESERVE);
	area = (char *)(((uintptr_t)area + (2ul << 20) - 1) & ~((2ul << 20) - 1));
	for (uint64_t seed = 1; seed <= 3; seed++)
		play(seed);
	printf("%lu failures in", failures);
	for (int i = 0; i < 8; i++)
		printf(" %lu", done[i]);
	printf(" acts\n");
	return failures > 0;
}
