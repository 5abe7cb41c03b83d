// SPDX-License-Identifier: Apache-2.0
/*
 * Small files of grants that are only read, kept as they were read: compilers
 * and interpreters read the same ones in every run. One is believed while its
 * attributes are those that it had, which are themselves believed for a second.
 * What was changed a moment before it was read is not kept: another change
 * could leave the same times.
 */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/host.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"

#define FILE_MAX 0x10000u	/* bytes */
#define ALL_MAX	 0x1000000u	/* of all; in a small VM a 64th of its memory */
#define AGE_MIN	 (2 * NS_PER_S) /* since its last change */

struct host_kept {
	struct list node; /* of all, the one that was used last at the end */
	struct host_inode *host;
	struct hc_attr attr;
	uint8_t bytes[];
};

static struct list all = LIST_INIT(all);
static size_t total;

static bool same(const struct hc_attr *a, const struct hc_attr *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

static void drop(struct host_kept *kept)
{
	list_remove(&kept->node);
	total -= (size_t)kept->attr.size;
	kept->host->kept = NULL;
	kfree(kept);
}

void host_kept_drop(struct host_inode *host)
{
	if (host->kept)
		drop(host->kept);
}

size_t host_kept_reclaim(size_t wanted)
{
	size_t before = total;

	while (!list_empty(&all) && before - total < wanted)
		drop(container_of(all.next, struct host_kept, node));
	return before - total;
}

void host_keep(struct host_inode *host, const uint8_t *bytes, size_t length)
{
	const struct hc_attr *attr = &host->inode.attr;
	size_t most = MIN((size_t)ALL_MAX, (size_t)(page_total() * PAGE_SIZE / 64));
	int64_t now = fs_now();

	if (!host->inode.super->read_only || length == 0 || length > FILE_MAX ||
	    attr->size != (int64_t)length || page_free() < page_total() / 4 ||
	    now - attr->mtime_ns < AGE_MIN || now - attr->ctime_ns < AGE_MIN)
		return;
	host_kept_drop(host);
	if (total + length > most)
		host_kept_reclaim(total + length - most);
	struct host_kept *kept = kmalloc(sizeof(*kept) + length);
	if (!kept)
		return;
	kept->host = host;
	kept->attr = *attr;
	memcpy(kept->bytes, bytes, length);
	list_add_before(&all, &kept->node);
	total += length;
	host->kept = kept;
}

const uint8_t *host_kept(struct host_inode *host, size_t *length)
{
	struct host_kept *kept = host->kept;

	if (!kept || host_is_shared(&host->inode) || host_refresh(&host->inode) < 0)
		return NULL;
	if (!same(&kept->attr, &host->inode.attr)) {
		drop(kept);
		return NULL;
	}
	list_remove(&kept->node);
	list_add_before(&all, &kept->node);
	*length = (size_t)kept->attr.size;
	return kept->bytes;
}
