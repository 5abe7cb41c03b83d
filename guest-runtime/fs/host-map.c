// SPDX-License-Identifier: Apache-2.0
/*
 * Pages of host files, in aligned pieces of up to 4 MiB: one exit each, on the
 * first touch of any page. A file of some MiB that is mapped privately is copied
 * into RAM, larger ones come into the window; those that are written in place into
 * the shared window (abi/layout.h). Where a window is full, the piece that is
 * there for longest goes, and comes back when it is touched again.
 */
#include "abi/layout.h"
#include "guest-runtime/fs/host.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"

#define COPY_PAGES     2048 /* a file up to this size is copied: */
#define COPY_ORDER_MAX 9    /* blocks of frames of at most this order */

/* A piece of the file, in a window or in frames of RAM. */
struct host_piece {
	struct host_piece *next;
	struct list node; /* of its kind, oldest first */
	struct host_inode *host;
	enum host_piece_kind { COPY, WINDOW, SHARED } kind;
	uint64_t file_page, pages;
	gpa_t start;		/* of the first page */
	unsigned int order;	/* of the room that it takes */
	int64_t mtime_ns, size; /* of the file when it was copied into RAM */
};

static struct list kinds[] = { [COPY] = LIST_INIT(kinds[COPY]),
			       [WINDOW] = LIST_INIT(kinds[WINDOW]),
			       [SHARED] = LIST_INIT(kinds[SHARED]) };
static const uint64_t bases[] = { [WINDOW] = GUEST_WINDOW_GPA, [SHARED] = GUEST_SHARED_GPA };

static uint64_t file_pages(const struct host_inode *host)
{
	return ((uint64_t)host->inode.attr.size + PAGE_SIZE - 1) >> GUEST_PAGE_SHIFT;
}

static void put_frames(struct host_piece *piece, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++)
		page_put(piece->start + (i << GUEST_PAGE_SHIFT));
}

static void unlink_piece(struct host_piece *piece)
{
	struct host_piece **link = &piece->host->pieces;

	while (*link != piece)
		link = &(*link)->next;
	*link = piece->next;
}

static void free_piece(struct host_piece *piece)
{
	bool shared = piece->kind == SHARED;

	unlink_piece(piece);
	list_remove(&piece->node);
	if (piece->kind == COPY) { /* a leaf that maps one of them has a reference of its own */
		put_frames(piece, 0, piece->pages);
	} else {
		uint64_t page = (piece->start - bases[piece->kind]) >> GUEST_PAGE_SHIFT;

		if (piece->pages)
			host_fs_unmap(page, piece->pages, shared ? HC_MAP_SHARED : 0);
		host_room_give(shared, piece->order, page);
		if (shared)
			host_count_shared(&piece->host->inode, -1);
	}
	kfree(piece);
}

static bool take_room(struct host_piece *piece, uint64_t *page)
{
	struct list *window = &kinds[piece->kind];
	bool shared = piece->kind == SHARED;

	while (!host_room_take(shared, piece->order, page)) {
		if (list_empty(window))
			return false;
		struct host_piece *oldest = container_of(window->next, struct host_piece, node);

		mm_forget_file(&oldest->host->inode, oldest->file_page << GUEST_PAGE_SHIFT);
		free_piece(oldest);
	}
	return true;
}

static int map_window(struct host_inode *host, struct host_piece *piece)
{
	bool shared = piece->kind == SHARED;
	uint64_t page;
	uint32_t handle;
	int error = host_handle(host, shared ? HOST_READ | HOST_WRITE : HOST_READ, &handle);

	if (error < 0)
		return error;
	if (!take_room(piece, &page))
		return -ENOMEM;
	error = (int)host_fs_map(handle, piece->file_page, (uint32_t)piece->pages, page,
				 shared ? HC_MAP_SHARED : 0);
	if (error < 0) {
		host_room_give(shared, piece->order, page);
		return error;
	}
	piece->start = bases[piece->kind] + (page << GUEST_PAGE_SHIFT);
	if (shared)
		host_count_shared(&host->inode, 1);
	return 0;
}

/* The file's part at piece->start; what it lacks stays zero. */
static bool read_all(struct host_inode *host, const struct host_piece *piece)
{
	uint64_t size = piece->pages << GUEST_PAGE_SHIFT, done = 0;
	uint64_t from = piece->file_page << GUEST_PAGE_SHIFT;
	uint32_t handle;

	if (host_handle(host, HOST_READ, &handle) < 0)
		return false;
	/* Less than asked for and all that the file has: the end is not looked for. */
	while (done < size && from + done < (uint64_t)host->inode.attr.size) {
		struct hc_segment rest = { .gpa = piece->start + done, .length = size - done };
		int64_t got = host_fs_read(handle, (int64_t)(from + done), &rest, 1);

		if (got <= 0)
			return got == 0;
		done += (uint64_t)got;
	}
	return true;
}

/*
 * A copy in frames of RAM, whose host pages are there: KVM then fills
 * neighbours along with a page.
 */
static int copy(struct host_inode *host, struct host_piece *piece)
{
	if (file_pages(host) > COPY_PAGES || page_free() < page_total() / 8)
		return -EFBIG;
	piece->start = page_alloc_run(piece->order);
	if (!piece->start)
		return -ENOMEM;
	put_frames(piece, piece->pages, 1u << piece->order);
	if (read_all(host, piece)) {
		piece->mtime_ns = host->inode.attr.mtime_ns;
		piece->size = host->inode.attr.size;
		return 0;
	}
	put_frames(piece, 0, piece->pages);
	return -EIO;
}

/* The piece that holds file page `page`, which is within the file. */
static int make_piece(struct host_inode *host, uint64_t page, enum host_piece_kind kind,
		      struct host_piece **out)
{
	struct host_piece *piece = kmalloc(sizeof(*piece));
	unsigned int max = kind == COPY ? COPY_ORDER_MAX : HOST_ROOM_ORDER_MAX;

	if (!piece)
		return -ENOMEM;
	piece->host = host;
	piece->kind = kind;
	piece->file_page = ALIGN_DOWN(page, (uint64_t)1 << max);
	piece->pages = MIN(file_pages(host) - piece->file_page, (uint64_t)1 << max);
	while ((1u << piece->order) < piece->pages)
		piece->order++;
	int error = kind == COPY ? copy(host, piece) : map_window(host, piece);
	if (error < 0) {
		kfree(piece);
		return error;
	}
	list_add_before(&kinds[kind], &piece->node);
	piece->next = host->pieces;
	host->pieces = piece;
	*out = piece;
	return 0;
}

static bool is_stale(const struct host_inode *host, const struct host_piece *piece)
{
	return piece->mtime_ns != host->inode.attr.mtime_ns || piece->size != host->inode.attr.size;
}

void host_drop_copies(struct host_inode *host, bool stale)
{
	struct host_piece *next;

	for (struct host_piece *piece = host->pieces; piece; piece = next) {
		next = piece->next;
		if (piece->kind == COPY && (!stale || is_stale(host, piece)))
			free_piece(piece);
	}
}

void file_reclaim(uint64_t pages)
{
	uint64_t wanted = page_free() + pages;

	host_kept_reclaim(pages * PAGE_SIZE);
	while (!list_empty(&kinds[COPY]) && page_free() < wanted)
		free_piece(container_of(kinds[COPY].next, struct host_piece, node));
}

static struct host_piece *find(const struct host_inode *host, uint64_t page,
			       enum host_piece_kind kind)
{
	struct host_piece *piece = host->pieces;

	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it does not see that a freed piece left the list */
	while (piece && (piece->kind != kind || page < piece->file_page ||
			 page >= piece->file_page + piece->pages))
		piece = piece->next;
	return piece;
}

int host_page(struct host_inode *host, uint64_t offset, enum file_map_how how, gpa_t *out)
{
	enum host_piece_kind kind = how == FILE_MAP_WRITE ? SHARED : WINDOW;
	uint64_t page = offset >> GUEST_PAGE_SHIFT;
	struct host_piece *piece = find(host, page, kind);
	int error = host_refresh(&host->inode);

	if (error < 0)
		return error;
	if (offset >= (uint64_t)host->inode.attr.size)
		return -ENXIO;
	/* Until it is written, a private page shows what the program does to the file otherwise. */
	if (!piece && how == FILE_MAP_PRIVATE && host->inode.super->read_only) {
		host_drop_copies(host, true);
		piece = find(host, page, COPY);
		if (!piece)
			make_piece(host, page, COPY, &piece);
	}
	if (!piece)
		error = make_piece(host, page, kind, &piece);
	if (error == 0)
		*out = piece->start + ((page - piece->file_page) << GUEST_PAGE_SHIFT);
	return error;
}

bool host_copied_page(struct host_inode *host, uint64_t offset, gpa_t *out)
{
	uint64_t page = offset >> GUEST_PAGE_SHIFT;
	struct host_piece *piece;

	if (host_refresh(&host->inode) < 0 || offset >= (uint64_t)host->inode.attr.size ||
	    find(host, page, SHARED))
		return false;
	host_drop_copies(host, true);
	piece = find(host, page, COPY);
	if (!piece && make_piece(host, page, COPY, &piece) < 0)
		return false;
	*out = piece->start + ((page - piece->file_page) << GUEST_PAGE_SHIFT);
	return true;
}

/* Nobody maps its pages any more: a mapping holds its file, and that the inode. */
void host_drop_pieces(struct host_inode *host)
{
	while (host->pieces)
		free_piece(host->pieces); /* NOLINT(clang-analyzer-unix.Malloc): likewise */
}

/* Unmaps what the piece has past the file's last page; false: nothing. */
static bool cut(struct host_piece *piece, int64_t size)
{
	uint64_t pages = ((uint64_t)size + PAGE_SIZE - 1) >> GUEST_PAGE_SHIFT;
	uint64_t keep = pages > piece->file_page ? pages - piece->file_page : 0;

	if (piece->pages <= keep)
		return false;
	host_fs_unmap(((piece->start - bases[piece->kind]) >> GUEST_PAGE_SHIFT) + keep,
		      piece->pages - keep, piece->kind == SHARED ? HC_MAP_SHARED : 0);
	piece->pages = keep;
	return true;
}

/* One exit for each file: the pieces of one are mostly next to each other. */
static bool forget_lost(struct list *window)
{
	const struct host_inode *asked = NULL;
	struct hc_attr attr;
	bool found = false, known = false;

	list_for_each (node, window) {
		struct host_piece *piece = container_of(node, struct host_piece, node);
		struct inode *inode = &piece->host->inode;

		if (piece->host != asked) {
			asked = piece->host;
			/* What is mapped has a handle. */
			known = host_fs_attr(piece->host->handle, &attr) == 0;
		}
		if (!known || !cut(piece, attr.size))
			continue;
		found = true;
		inode->attr = attr;
		piece->host->checked = host_stamp();
		mm_truncate_file(inode, (uint64_t)attr.size);
	}
	return found;
}

bool file_forget_lost(void)
{
	bool found = forget_lost(&kinds[WINDOW]);

	return forget_lost(&kinds[SHARED]) || found;
}
