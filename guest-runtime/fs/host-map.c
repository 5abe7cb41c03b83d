// SPDX-License-Identifier: Apache-2.0
/*
 * Pages of host files, in aligned pieces of up to 4 MiB: one exit each, on the
 * first touch of any page. A small file that is mapped privately is copied
 * into RAM, others come into the window (abi/layout.h). Room there is a power
 * of two of pages, and is used again when its file is forgotten.
 */
#include "abi/layout.h"
#include "guest-runtime/fs/host.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"

#define ORDER_MAX    10
#define WINDOW_PAGES (GUEST_WINDOW_MAX >> GUEST_PAGE_SHIFT)
#define CHUNK_PAGES  (GUEST_WINDOW_CHUNK >> GUEST_PAGE_SHIFT)
#define FREE_MAX     64	 /* of each order; what is more is lost until the VM ends */
#define COPY_PAGES   512 /* a file up to this size is copied: at most one block of frames */

_Static_assert(CHUNK_PAGES % (1u << ORDER_MAX) == 0, "a piece lies in one chunk");

static uint64_t used_pages;
static uint64_t free_rooms[ORDER_MAX + 1][FREE_MAX];
static unsigned int free_counts[ORDER_MAX + 1];

/* First page of room for 2^order pages, aligned to its size; false: the window is full. */
static bool take_room(unsigned int order, uint64_t *page)
{
	if (free_counts[order] > 0) {
		*page = free_rooms[order][--free_counts[order]];
		return true;
	}
	uint64_t start = ALIGN_UP(used_pages, (uint64_t)1 << order);
	if (start + (1u << order) > WINDOW_PAGES)
		return false;
	used_pages = start + (1u << order);
	*page = start;
	return true;
}

static void give_room(unsigned int order, uint64_t page)
{
	if (free_counts[order] < FREE_MAX)
		free_rooms[order][free_counts[order]++] = page;
}

static uint64_t file_pages(const struct host_inode *host)
{
	return ((uint64_t)host->inode.attr.size + PAGE_SIZE - 1) >> GUEST_PAGE_SHIFT;
}

static bool in_window(const struct host_piece *piece)
{
	return piece->start >= GUEST_WINDOW_GPA;
}

static bool map_window(struct host_inode *host, struct host_piece *piece)
{
	uint64_t page;
	uint32_t handle;

	if (!take_room(piece->order, &page))
		return false;
	if (host_handle(host, true, &handle) < 0 ||
	    host_fs_map(handle, piece->file_page, (uint32_t)piece->pages, page) < 0) {
		give_room(piece->order, page);
		return false;
	}
	piece->start = GUEST_WINDOW_GPA + (page << GUEST_PAGE_SHIFT);
	return true;
}

static void put_frames(struct host_piece *piece, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++)
		page_put(piece->start + (i << GUEST_PAGE_SHIFT));
}

/* All of the file at piece->start; what it lacks stays zero. */
static bool read_all(struct host_inode *host, const struct host_piece *piece)
{
	uint64_t size = piece->pages << GUEST_PAGE_SHIFT, done = 0;
	uint32_t handle;

	if (host_handle(host, true, &handle) < 0)
		return false;
	/* Less than asked for and all that the file has: the end is not looked for. */
	while (done < size && done < (uint64_t)host->inode.attr.size) {
		struct hc_segment rest = { .gpa = piece->start + done, .length = size - done };
		int64_t got = host_fs_read(handle, (int64_t)done, &rest, 1);

		if (got <= 0)
			return got == 0;
		done += (uint64_t)got;
	}
	return true;
}

/* A copy in frames of RAM, whose host pages are there: KVM then fills neighbours along with a page. */
static bool copy(struct host_inode *host, struct host_piece *piece)
{
	if (file_pages(host) > COPY_PAGES || page_free() < page_total() / 8)
		return false;
	piece->start = page_alloc_run(piece->order);
	if (!piece->start)
		return false;
	put_frames(piece, piece->pages, 1u << piece->order);
	if (read_all(host, piece)) {
		piece->mtime_ns = host->inode.attr.mtime_ns;
		piece->size = host->inode.attr.size;
		return true;
	}
	put_frames(piece, 0, piece->pages);
	return false;
}

/* The piece that holds file page `page`, which is within the file. */
static struct host_piece *make_piece(struct host_inode *host, uint64_t page, bool may_copy)
{
	struct host_piece *piece = kmalloc(sizeof(*piece));

	if (!piece)
		return NULL;
	piece->file_page = ALIGN_DOWN(page, (uint64_t)1 << ORDER_MAX);
	piece->pages = MIN(file_pages(host) - piece->file_page, (uint64_t)1 << ORDER_MAX);
	while ((1u << piece->order) < piece->pages)
		piece->order++;
	if (!(may_copy && copy(host, piece)) && !map_window(host, piece)) {
		kfree(piece);
		return NULL;
	}
	piece->next = host->pieces;
	host->pieces = piece;
	return piece;
}

static void free_piece(struct host_piece *piece)
{
	if (in_window(piece)) {
		uint64_t page = (piece->start - GUEST_WINDOW_GPA) >> GUEST_PAGE_SHIFT;

		host_fs_unmap(page, piece->pages);
		give_room(piece->order, page);
	} else { /* a leaf that maps one of them has a reference of its own */
		put_frames(piece, 0, piece->pages);
	}
	kfree(piece);
}

static bool is_stale(const struct host_inode *host, const struct host_piece *piece)
{
	return piece->mtime_ns != host->inode.attr.mtime_ns || piece->size != host->inode.attr.size;
}

void host_drop_copies(struct host_inode *host, bool stale)
{
	struct host_piece **link = &host->pieces, *piece;

	while ((piece = *link)) {
		if (in_window(piece) || (stale && !is_stale(host, piece))) {
			link = &piece->next;
			continue;
		}
		*link = piece->next;
		free_piece(piece);
	}
}

static struct host_piece *find(const struct host_inode *host, uint64_t page, bool copies)
{
	struct host_piece *piece = host->pieces;

	while (piece && (page < piece->file_page || page >= piece->file_page + piece->pages ||
			 (!copies && !in_window(piece))))
		piece = piece->next;
	return piece;
}

gpa_t host_page(struct host_inode *host, uint64_t offset, bool may_copy)
{
	uint64_t page = offset >> GUEST_PAGE_SHIFT;
	struct host_piece *piece = find(host, page, false);

	if (!piece) {
		if (host_refresh(&host->inode) < 0 || offset >= (uint64_t)host->inode.attr.size)
			return 0;
		host_drop_copies(host, true);
		piece = may_copy ? find(host, page, true) : NULL;
		if (!piece)
			piece = make_piece(host, page, may_copy);
	}
	return piece ? piece->start + ((page - piece->file_page) << GUEST_PAGE_SHIFT) : 0;
}

/* Nobody maps the window's pages any more: a mapping holds its file, and that the inode. */
void host_drop_pieces(struct host_inode *host)
{
	while (host->pieces) {
		struct host_piece *piece = host->pieces;

		host->pieces = piece->next;
		free_piece(piece);
	}
}
