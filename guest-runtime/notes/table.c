// SPDX-License-Identifier: Apache-2.0
/*
 * The table of notes: an act that comes again is counted. Acts that are told
 * stay in it, so that repeats are told later and together; a full table is
 * told and then empty.
 */
#include "guest-runtime/notes/notes.h"

#include "abi/boot.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/uaccess.h"

#include <linux/errno.h>

#define ROWS	  32
#define REPEAT_NS NS_PER_S /* between tellings of repeats */

_Static_assert(ROWS <= HC_SEGMENTS_MAX, "one hypercall tells them all");

uint32_t notes_wanted;

static struct note *rows; /* ROWS of them, made when the first is needed */
static unsigned int used;
static bool news;	/* there is one that was never told */
static bool repeats;	/* there is one that was told and came again */
static int64_t told_ns; /* CLOCK_MONOTONIC of the last telling */

void notes_start(const struct boot_block *boot)
{
	if (boot->streams & 1u << HC_OUTPUT_NOTES)
		notes_wanted = boot->notes;
	else
		notes_wanted = boot->notes & BOOT_NOTES_KILL;
}

/* All or nothing of each record: the host's pipe waits until there is room. */
static void tell(struct hc_segment *segments, uint32_t count)
{
	uint32_t first = 0;

	while (first < count) {
		int64_t n = host_stream_write(HC_OUTPUT_NOTES, segments + first, count - first);

		if (n == -EAGAIN || n == -EINTR)
			continue;
		if (n <= 0) { /* nobody reads: the program is not to suffer */
			notes_wanted &= BOOT_NOTES_KILL;
			return;
		}
		while (first < count && (uint64_t)n >= segments[first].length)
			n -= (int64_t)segments[first++].length;
		if (n) {
			segments[first].gpa += (uint64_t)n;
			segments[first].length -= (uint64_t)n;
		}
	}
}

void notes_flush(void)
{
	struct hc_segment segments[ROWS];
	uint32_t count = 0;

	if (!news && !repeats)
		return;
	for (unsigned int i = 0; i < used; i++)
		if (rows[i].count)
			segments[count++] = kernel_segment(&rows[i], sizeof(rows[i]));
	tell(segments, count);
	for (unsigned int i = 0; i < used; i++)
		rows[i].count = 0;
	news = repeats = false;
	told_ns = clock_monotonic_ns();
}

void notes_idle(void)
{
	if (notes_wanted & BOOT_NOTES_LATE)
		return;
	if (news || (repeats && clock_monotonic_ns() - told_ns >= REPEAT_NS))
		notes_flush();
}

void notes_end(bool success)
{
	if (!success || !(notes_wanted & BOOT_NOTES_LATE))
		notes_flush();
}

static bool same_text(const char *a, const char *b, size_t size)
{
	for (size_t i = 0; i < size && a[i] == b[i]; i++)
		if (!a[i])
			return true;
	return memcmp(a, b, size) == 0;
}

static bool same(const struct note *a, const struct note *b)
{
	return a->op == b->op && a->verdict == b->verdict && a->flags == b->flags &&
	       a->object_length == b->object_length && a->error == b->error &&
	       same_text(a->object, b->object, sizeof(a->object)) &&
	       same_text(a->exe, b->exe, sizeof(a->exe));
}

void notes_add(const struct note *note)
{
	if (!rows)
		rows = kmalloc(ROWS * sizeof(*rows));
	if (!rows)
		return;
	for (unsigned int i = 0; i < used; i++) {
		struct note *row = &rows[i];

		if (!same(row, note))
			continue;
		if (!row->count)
			repeats = true;
		if (row->count < UINT32_MAX)
			row->count++;
		row->pid = note->pid;
		row->realtime_ns = note->realtime_ns;
		return;
	}
	if (used == ROWS) {
		notes_flush();
		used = 0;
	}
	rows[used] = *note;
	rows[used++].count = 1;
	news = true;
}
