// SPDX-License-Identifier: Apache-2.0
/*
 * FS_LOAD: which names, and what becomes of the answers. Contents lie in one of
 * two buffers that take turns, so that a file opened from one may be read while
 * the other is filled.
 */
#include "guest-runtime/fs/host-load.h"
#include "guest-runtime/fs/host-list.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"

#define NAMES_FIRST   8u /* of a directory; then twice as many each time */
#define FILE_BYTES    32768u
#define BUFFER_BYTES  0x80000u
#define BUFFERS	      4u /* diff(1) reads two directories at once */
#define ATTR_BYTES    (HC_NAMES_MAX * sizeof(struct hc_load_entry))
#define MEMORY_PAGES  (32 * BUFFER_BYTES / GUEST_PAGE_SIZE) /* free, or no contents are loaded */
#define TYPE_REGULAR  (S_IFREG >> 12)
#define ASCENDING_MIN 4u     /* names opened in order before a directory is listed for it */
#define LIST_BYTES    65536u /* of it, at most */

static uint8_t *buffers[BUFFERS];
static uint64_t filled; /* how often a buffer was filled: the last one is filled % BUFFERS */

struct batch {
	struct host_name names[HC_NAMES_MAX];
	uint32_t count;
	bool contents;
	uint8_t *buffer;
	size_t size;
};

/* Is what a load would tell of the name known? */
static bool known(struct dentry *dir, const struct host_listed *listed, bool contents)
{
	const struct dentry *entry = dentry_peek(dir, listed->name, listed->length);

	if (!entry)
		return false;
	if (entry->fixed)
		return true;
	if (!host_fresh(entry->checked))
		return false;
	if (!entry->inode)
		return true;
	struct host_inode *host = host_of(entry->inode);
	return contents ? host->state >= HOST_HANDLE_READ || host->unpinned : host_attr_fresh(host);
}

static uint32_t batch_max(struct host_inode *dir)
{
	dir->batch = MIN(MAX(dir->batch * 2, NAMES_FIRST), (uint32_t)HC_NAMES_MAX);
	return dir->batch;
}

/* The name that is asked for, and those that are likely to come. */
static bool choose(struct dentry *dir, struct batch *batch)
{
	struct host_inode *host = host_of(dir->inode);
	struct host_listed listed;
	uint32_t max = batch_max(host);

	while (batch->count < max && host_list_next(host, batch->contents, &listed)) {
		if (batch->contents && listed.type != TYPE_REGULAR)
			continue;
		/* The first is asked for because it is not known. */
		if (batch->count > 0 && known(dir, &listed, batch->contents))
			continue;
		batch->names[batch->count++] =
			(struct host_name){ .bytes = listed.name, .length = listed.length };
	}
	return batch->count > 1;
}

static bool get_buffer(struct batch *batch)
{
	static uint8_t *attributes;
	uint8_t **buffer = &attributes;

	batch->size = ATTR_BYTES;
	if (batch->contents) {
		buffer = &buffers[(filled + 1) % BUFFERS];
		batch->size = BUFFER_BYTES;
	}
	if (!*buffer && (!batch->contents || page_free() > MEMORY_PAGES))
		*buffer = kmalloc(batch->size);
	if (!*buffer)
		return false;
	filled += batch->contents;
	batch->buffer = *buffer;
	return true;
}

static void take(struct dentry *dir, const struct batch *batch, uint32_t i)
{
	const struct hc_load_entry *answer = (const struct hc_load_entry *)batch->buffer + i;
	struct host_name name = batch->names[i];

	if (answer->error && answer->error != ENOENT)
		return;
	struct dentry *entry = host_learn(dir, name.bytes, name.length,
					  answer->error ? 0 : answer->attr.mode, &answer->attr);
	if (entry && !answer->error && entry->inode) {
		struct host_inode *host = host_of(entry->inode);

		entry->inode->attr = answer->attr;
		host->checked = host_stamp();
		/* Only what fits whole: the rest of a larger file would be asked for anyway. */
		if (batch->contents && answer->opened && answer->attr.size > 0 &&
		    (int64_t)answer->length == answer->attr.size) {
			host->loaded = filled;
			host->loaded_at = host->checked;
			host->loaded_start = answer->start;
		}
	}
	dentry_put(entry);
}

/*
 * Nobody has listed dir, but one name after the other is opened, in the order
 * of names, as a shell gives them: then we do.
 */
static void list_ourselves(struct host_inode *dir, const char *name, size_t length)
{
	static const struct host_inode *where; /* only compared: it may be gone */
	static char last[HC_NAME_MAX + 1];
	static uint32_t ascending;
	uint32_t handle;

	ascending = where == dir && strncmp(last, name, length) < 0 ? ascending + 1 : 0;
	where = dir;
	memcpy(last, name, length);
	last[length] = 0;
	if (ascending != ASCENDING_MIN || host_handle(dir, HOST_READ, &handle) < 0)
		return;
	char *bytes = kmalloc(LIST_BYTES);
	int64_t got = bytes ? host_fs_readdir(handle, 0, kernel_segment(bytes, LIST_BYTES)) : 0;
	if (got > 0) {
		host_list_begin(dir);
		host_list_add(dir, bytes, (size_t)got);
		host_list_start(dir, name, length);
	}
	kfree(bytes);
}

bool host_load(struct dentry *dir, const char *name, size_t length, bool contents)
{
	struct batch batch = { .contents = contents };
	uint32_t handle;

	if (contents && !host_of(dir->inode)->list)
		list_ourselves(host_of(dir->inode), name, length);
	if (!host_list_asked(host_of(dir->inode), name, length, contents) || !choose(dir, &batch) ||
	    !get_buffer(&batch) || host_handle(host_of(dir->inode), HOST_ANY, &handle) < 0)
		return false;
	int64_t done = host_fs_load(handle, contents ? FILE_BYTES : 0, batch.names, batch.count,
				    kernel_segment(batch.buffer, batch.size));
	if (done <= 0)
		return false;
	for (uint32_t i = 0; i < (uint32_t)done; i++)
		take(dir, &batch, i);
	return true;
}

const uint8_t *host_loaded(struct host_inode *host, size_t *length, uint64_t *id)
{
	uint64_t loaded = host->loaded;

	host->loaded = 0; /* serves once */
	if (!loaded || !host_loaded_still(loaded) ||
	    !host_loaded_fresh(&host->inode, host->loaded_at))
		return NULL;
	*id = loaded;
	*length = (size_t)host->inode.attr.size;
	return buffers[loaded % BUFFERS] + host->loaded_start;
}

bool host_loaded_still(uint64_t id)
{
	return id + BUFFERS > filled;
}
