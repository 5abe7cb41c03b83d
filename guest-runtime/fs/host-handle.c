// SPDX-License-Identifier: Apache-2.0
/* Handles and attributes of host files, and for how long they are believed. */
#include "guest-runtime/fs/host.h"
#include "guest-runtime/host/boot.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/mm/heap.h"

#define CLOSE_BATCH 32

static uint64_t lifetime = 1000000000; /* TSC ticks: a second, or less when its speed is unknown */
static uint64_t forgotten;	       /* what was learned before is not believed */
static uint32_t closing[CLOSE_BATCH];
static uint32_t closing_count;

void host_init(uint64_t tsc_khz)
{
	if (tsc_khz)
		lifetime = tsc_khz * 1000;
}

uint64_t host_stamp(void)
{
	return __builtin_ia32_rdtsc() | 1;
}

bool host_fresh(uint64_t stamp)
{
	return stamp > forgotten && host_stamp() - stamp < lifetime;
}

void host_forget(void)
{
	forgotten = host_stamp();
}

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

/* The first walk to the program, which the monitor has answered in the boot block. */
static bool take_answer(uint32_t handle, const char *path, size_t length,
			struct hc_fs_walk_out *out)
{
	static bool taken;
	const struct boot_walk *walk = &boot_block()->walk;
	const char *answered = (const char *)boot_block() + walk->path;

	if (taken || !walk->answered || walk->handle != handle || strlen(answered) != length ||
	    memcmp(answered, path, length) != 0)
		return false;
	taken = true;
	*out = walk->reply;
	return true;
}

int64_t host_walk(uint32_t handle, const char *path, size_t length, bool open,
		  struct hc_fs_walk_out *out)
{
	if (open && take_answer(handle, path, length, out))
		return 0;
	int64_t result = host_fs_walk(handle, path, length, open ? HC_WALK_OPEN : 0, out);

	if (result == -EMFILE || result == -ENFILE) {
		dentry_trim(0);
		flush_closing();
		result = host_fs_walk(handle, path, length, open ? HC_WALK_OPEN : 0, out);
	}
	return result;
}

void host_drop_handle(struct host_inode *host)
{
	if (host->state == HOST_HANDLE_PATH || host->state == HOST_HANDLE_OPEN)
		close_later(host->handle);
	host->state = HOST_HANDLE_NONE;
}

void host_settle(struct host_inode *host, const struct hc_fs_walk_out *reply)
{
	enum host_handle state = reply->opened ? HOST_HANDLE_OPEN : HOST_HANDLE_PATH;

	host->inode.attr = reply->attr;
	host->checked = host_stamp();
	if (host->state >= state) {
		close_later(reply->handle);
		return;
	}
	host_drop_handle(host);
	host->state = state;
	host->handle = reply->handle;
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

/* Walks to a name that has no handle yet; the root always has one. */
static int find_again(struct host_inode *host, bool open)
{
	struct host_inode *from;
	char *path = path_from_handle(host->entry, &from);
	struct hc_fs_walk_out reply = { 0 };
	uint32_t handle = path ? from->handle : 0;
	bool owned = false;
	int64_t result = path ? 0 : -ENOMEM;

	for (size_t at = 0, length = path ? strlen(path) : 0; result == 0 && at < length;) {
		result = host_walk(handle, path + at, length - at, open, &reply);
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
	if (result == 0 && (reply.attr.mode & S_IFMT) != (host->inode.attr.mode & S_IFMT)) {
		close_later(reply.handle);
		result = -ESTALE;
	}
	if (result == 0)
		host_settle(host, &reply);
	return (int)result;
}

int host_handle(struct host_inode *host, bool open, uint32_t *handle)
{
	int error = 0;

	if (host->state == HOST_HANDLE_NONE)
		error = find_again(host, open);
	if (error == 0 && open && host->state != HOST_HANDLE_OPEN) {
		struct hc_fs_walk_out reply;

		error = (int)host_walk(host->handle, "", 0, true, &reply);
		if (error < 0)
			return error;
		if (!reply.opened) {
			close_later(reply.handle);
			return reply.error ? -reply.error : -EACCES;
		}
		host_settle(host, &reply);
	}
	*handle = host->handle;
	return error;
}

int host_refresh(struct inode *inode)
{
	struct host_inode *host = host_of(inode);
	struct hc_attr attr;

	if (host->checked && host_fresh(host->checked))
		return 0;
	if (host->state != HOST_HANDLE_NONE) {
		int error = (int)host_fs_attr(host->handle, &attr);

		if (error < 0)
			return error;
		inode->attr = attr;
		host->checked = host_stamp();
		return 0;
	}
	int error = find_again(host, false);
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
