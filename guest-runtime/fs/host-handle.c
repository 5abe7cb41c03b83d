// SPDX-License-Identifier: Apache-2.0
/* Handles of host files: found, opened for what is needed, closed; and attributes. */
#include "guest-runtime/fs/host.h"
#include "guest-runtime/fs/overlay.h"
#include "guest-runtime/host/boot.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/mm/heap.h"

#define CLOSE_BATCH 32
#define LARGE	    0x100000 /* bytes that the host's disk should not wait for */
#define WALK_BOTH   (HC_WALK_OPEN | HC_WALK_WRITE)

static uint32_t closing[CLOSE_BATCH];
static uint32_t closing_count;

static void flush_closing(void)
{
	if (closing_count)
		host_fs_close_many(closing, closing_count);
	closing_count = 0;
}

/* Closing is not urgent: many go in one exit. */
static void close_later(uint32_t handle)
{
	if (closing_count == CLOSE_BATCH)
		flush_closing();
	closing[closing_count++] = handle;
}

bool host_make_room(int64_t error, uint32_t used)
{
	if (error != -EMFILE && error != -ENFILE)
		return false;
	dentry_trim(0);
	overlay_drop_handles(used);
	flush_closing();
	return true;
}

/* The first walk to the program, which the monitor has answered in the boot block. */
static bool answer_taken;

static bool is_answered(uint32_t handle, const char *path, size_t length)
{
	const struct boot_walk *walk = &boot_block()->walk;
	const char *answered = (const char *)boot_block() + walk->path;

	return !answer_taken && walk->answered && walk->handle == handle &&
	       strlen(answered) == length && memcmp(answered, path, length) == 0;
}

static bool take_answer(uint32_t handle, const char *path, size_t length,
			struct hc_fs_walk_out *out)
{
	if (!is_answered(handle, path, length))
		return false;
	answer_taken = true;
	*out = boot_block()->walk.reply;
	return true;
}

int64_t host_walk(uint32_t handle, const char *path, size_t length, uint32_t flags,
		  struct hc_fs_walk_out *out)
{
	if (flags == HC_WALK_OPEN && take_answer(handle, path, length, out))
		return 0;
	int64_t result = host_fs_walk(handle, path, length, flags, out);

	if (host_make_room(result, handle))
		result = host_fs_walk(handle, path, length, flags, out);
	return result;
}

void host_drop_handle(struct host_inode *host)
{
	if (host->state >= HOST_HANDLE_PATH)
		close_later(host->handle);
	if (host->has_writer)
		close_later(host->writer);
	host->has_writer = false;
	host->state = HOST_HANDLE_NONE;
	if (host->removed && host->inode.attr.size >= LARGE)
		flush_closing();
}

static void keep(struct host_inode *host, uint32_t handle, enum host_handle state)
{
	if (host->state >= state) {
		close_later(handle);
		return;
	}
	if (host->state >= HOST_HANDLE_PATH)
		close_later(host->handle);
	host->state = state;
	host->handle = handle;
}

void host_settle(struct host_inode *host, const struct hc_fs_walk_out *reply, uint32_t flags)
{
	host->inode.attr = reply->attr;
	host->checked = host_stamp();
	if (!reply->opened) {
		keep(host, reply->handle, HOST_HANDLE_PATH);
	} else if (flags & HC_WALK_OPEN) {
		keep(host, reply->handle,
		     flags & HC_WALK_WRITE ? HOST_HANDLE_BOTH : HOST_HANDLE_READ);
	} else {
		if (host->has_writer)
			close_later(host->writer);
		host->writer = reply->handle;
		host->has_writer = true;
	}
}

/* Path of entry from the nearest name above it that has a handle. */
static char *path_from_handle(struct dentry *entry, struct host_inode **from)
{
	size_t length = 0, at;

	for (struct dentry *e = entry; host_of(e->inode)->state == HOST_HANDLE_NONE; e = e->parent)
		length += e->length + 1u;
	char *path = kmalloc(length + 1);
	if (!path)
		return NULL;
	at = length;
	for (; host_of(entry->inode)->state == HOST_HANDLE_NONE; entry = entry->parent) {
		path[--at] = '/';
		at -= entry->length;
		memcpy(path + at, entry->name, entry->length);
	}
	*from = host_of(entry->inode);
	path[length ? length - 1 : 0] = 0;
	return path;
}

/* Is what was found under the name what the inode stands for? */
static bool acceptable(const struct host_inode *host, const struct hc_attr *attr)
{
	if ((attr->mode & S_IFMT) != (host->inode.attr.mode & S_IFMT))
		return false;
	/* A file that is open is not another one, even when its name is. */
	return !host->unpinned ||
	       (attr->ino == host->inode.attr.ino && attr->dev == host->inode.attr.dev);
}

/* Walks to a name that has no handle yet; the root always has one. */
static int find_again(struct host_inode *host, uint32_t flags)
{
	struct host_inode *from;
	char *path = path_from_handle(host->entry, &from);
	struct hc_fs_walk_out reply = { 0 };
	uint32_t handle = path ? from->handle : 0;
	bool owned = false;
	int64_t result = path ? 0 : -ENOMEM;

	for (size_t at = 0, length = path ? strlen(path) : 0; result == 0 && at < length;) {
		result = host_walk(handle, path + at, length - at, flags, &reply);
		if (owned)
			close_later(handle);
		if (result < 0)
			break;
		handle = reply.handle;
		owned = true;
		for (uint32_t i = 0; i < reply.walked; i++)
			while (at < length && path[at++] != '/')
				;
		/* Stopped on the way: the directory is not one any more, or gone. */
		if (at < length && (reply.error || (reply.attr.mode & S_IFMT) != S_IFDIR))
			result = reply.error ? -reply.error : -ENOTDIR;
		if (result < 0)
			close_later(handle);
	}
	kfree(path);
	if (result == 0 && !acceptable(host, &reply.attr)) {
		close_later(reply.handle);
		result = -ESTALE;
	}
	if (result == 0)
		host_settle(host, &reply, flags);
	return (int)result;
}

static bool serves(const struct host_inode *host, uint32_t need, uint32_t *handle)
{
	bool writer =
		host->has_writer && ((need == HOST_WRITE && host->state != HOST_HANDLE_BOTH) ||
				     (need == HOST_OPENED && host->state < HOST_HANDLE_READ));

	*handle = writer ? host->writer : host->handle;
	if (need & HOST_WRITE)
		return writer || host->state == HOST_HANDLE_BOTH;
	if (need & (HOST_READ | HOST_OPENED))
		return writer || host->state >= HOST_HANDLE_READ;
	return host->state != HOST_HANDLE_NONE;
}

/* Opens what there is a handle of. */
static int reopen(struct host_inode *host, uint32_t flags)
{
	struct hc_fs_walk_out reply;
	int error = (int)host_walk(host->handle, "", 0, flags, &reply);

	if (error < 0)
		return error;
	if (!reply.opened) {
		close_later(reply.handle);
		return reply.error ? -reply.error : -EACCES;
	}
	host_settle(host, &reply, flags);
	return 0;
}

/* Opened both ways where that is allowed: then the handle serves all that may come. */
static int open_for(struct host_inode *host, uint32_t need)
{
	bool file = inode_is(&host->inode, S_IFREG) && !host->inode.super->read_only;
	int error = reopen(host, need & HOST_WRITE ? WALK_BOTH : HC_WALK_OPEN);

	if (error == -EACCES && file && (need == HOST_WRITE || need == HOST_OPENED))
		error = reopen(host, HC_WALK_WRITE);
	return error;
}

int host_handle(struct host_inode *host, uint32_t need, uint32_t *handle)
{
	int error = 0;

	if (host->state == HOST_HANDLE_NONE && !serves(host, need, handle))
		error = find_again(host, need == HOST_ANY    ? 0
					 : need & HOST_WRITE ? WALK_BOTH
							     : HC_WALK_OPEN);
	if (error == 0 && !serves(host, need, handle))
		error = open_for(host, need);
	if (error == 0)
		must(serves(host, need, handle));
	return error;
}

int host_may_open(struct host_inode *host, uint32_t need)
{
	struct hc_fs_walk_out reply;
	uint32_t handle, mask = (need & HOST_READ ? 4u : 0) | (need & HOST_WRITE ? 2u : 0);

	if (!serves(host, need, &handle))
		return host_handle(host, need, &handle);
	/* The mode need not be all of it; only the host can say no. */
	if (inode_access(&host->inode, mask, false) == 0)
		return 0;
	int error = (int)host_walk(handle, "", 0, need, &reply);
	if (error < 0)
		return error;
	close_later(reply.handle);
	return reply.opened ? 0 : reply.error ? -reply.error : -EACCES;
}

int host_pin(struct dentry *entry)
{
	struct host_inode *host = host_of(entry->inode);
	uint32_t handle;

	/* One of the name's references is the caller's, the only one of the inode the name's. */
	if (host->state != HOST_HANDLE_NONE || host->has_writer ||
	    (entry->references == 1 && entry->inode->references == 1))
		return 0;
	return host_handle(host, host->unpinned ? HOST_READ : HOST_ANY, &handle);
}

int host_refresh(struct inode *inode)
{
	struct host_inode *host = host_of(inode);
	struct hc_attr attr;

	if (host_attr_fresh(host))
		return 0;
	/* The program's file as a grant of its own: what opens it says all about it. */
	if (host->state == HOST_HANDLE_ROOT && is_answered(host->handle, "", 0))
		return reopen(host, HC_WALK_OPEN);
	if (host->state != HOST_HANDLE_NONE || host->has_writer) {
		int error = (int)host_fs_attr(
			host->state != HOST_HANDLE_NONE ? host->handle : host->writer, &attr);

		if (error < 0)
			return error;
		inode->attr = attr;
		host->checked = host_stamp();
		return 0;
	}
	int error = find_again(host, 0);
	if (error == -ENOENT && host->entry->fixed) {
		/* On the way to a mount, where the host has nothing: a bare directory. */
		inode->attr.mode = S_IFDIR | 0755;
		inode->attr.nlink = 2;
		inode->attr.dev = inode->super->dev;
		inode->attr.ino = (uint64_t)inode;
		return 0;
	}
	return error;
}

int host_rights(struct inode *inode)
{
	struct host_inode *host = host_of(inode);

	return host->checked && host_fresh(host->checked) ? 0 : host_refresh(inode);
}
