// SPDX-License-Identifier: Apache-2.0
/*
 * Host files in the window (abi/layout.h): a file is mapped in aligned pieces
 * of up to 4 MiB, one exit each, on the first touch of any of its pages. Room
 * is a power of two of pages, and is used again when its file is forgotten.
 */
#include "abi/layout.h"
#include "guest-runtime/fs/host.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"

#define ORDER_MAX    10
#define WINDOW_PAGES (GUEST_WINDOW_MAX >> GUEST_PAGE_SHIFT)
#define CHUNK_PAGES  (GUEST_WINDOW_CHUNK >> GUEST_PAGE_SHIFT)
#define FREE_MAX     64 /* of each order; what is more is lost until the VM ends */

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

/* The piece that holds file page `page`, which is within the file. */
static struct host_piece *map_piece(struct host_inode *host, uint64_t page)
{
	uint64_t file_pages = ((uint64_t)host->inode.attr.size + PAGE_SIZE - 1) >> GUEST_PAGE_SHIFT;
	uint64_t first = ALIGN_DOWN(page, (uint64_t)1 << ORDER_MAX);
	uint64_t count = MIN(file_pages - first, (uint64_t)1 << ORDER_MAX);
	struct host_piece *piece = kmalloc(sizeof(*piece));
	uint32_t handle;

	if (!piece)
		return NULL;
	while ((1u << piece->order) < count)
		piece->order++;
	piece->file_page = first;
	piece->pages = count;
	if (!take_room(piece->order, &piece->window_page)) {
		kfree(piece);
		return NULL;
	}
	if (host_handle(host, true, &handle) < 0 ||
	    host_fs_map(handle, first, (uint32_t)count, piece->window_page) < 0) {
		give_room(piece->order, piece->window_page);
		kfree(piece);
		return NULL;
	}
	piece->next = host->pieces;
	host->pieces = piece;
	return piece;
}

uint64_t host_window_page(struct host_inode *host, uint64_t offset)
{
	uint64_t page = offset >> GUEST_PAGE_SHIFT;
	struct host_piece *piece = host->pieces;

	while (piece && (page < piece->file_page || page >= piece->file_page + piece->pages))
		piece = piece->next;
	if (!piece) {
		if (host_refresh(&host->inode) < 0 || offset >= (uint64_t)host->inode.attr.size)
			return 0;
		piece = map_piece(host, page);
	}
	if (!piece)
		return 0;
	return GUEST_WINDOW_GPA +
	       ((piece->window_page + page - piece->file_page) << GUEST_PAGE_SHIFT);
}

/* Nobody maps the file any more: a mapping holds its file, and that the inode. */
void host_drop_pieces(struct host_inode *host)
{
	while (host->pieces) {
		struct host_piece *piece = host->pieces;

		host->pieces = piece->next;
		host_fs_unmap(piece->window_page, piece->pages);
		give_room(piece->order, piece->window_page);
		kfree(piece);
	}
}
