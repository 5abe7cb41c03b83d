// SPDX-License-Identifier: Apache-2.0
/*
 * --save-changes: what differs from below in all overlays, as a layer of an
 * OCI image: changed and new objects whole, ".wh.NAME" for what is gone,
 * ".wh..wh..opq" in directories that show nothing of what lies below them.
 * A directory comes before what is in it, names are sorted.
 */
#include "abi/boot.h"
#include "guest-runtime/fs/host.h"
#include "guest-runtime/fs/overlay-level.h"
#include "guest-runtime/fs/tar.h"
#include "guest-runtime/host/boot.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/proc/process.h"

#define PATH_ROOM (64u * 1024u) /* renames can make paths longer than any that can be used */

struct save {
	struct tar tar;
	char *path;
	size_t length;
	char *target; /* FS_PATH_MAX bytes, for a symbolic link */
};

static bool fail(struct save *save)
{
	save->tar.failed = true;
	return false;
}

static bool enter(struct save *save, struct level **top, struct dentry *dir, bool whole)
{
	return level_enter(top, dir, save->length, whole) || fail(save);
}

/* Puts a name behind the directory's path; the prefix is ".wh." or nothing. */
static bool set_path(struct save *save, const struct level *level, const char *prefix,
		     const char *name)
{
	size_t at = level->path_length;
	int n = format(save->path + at, PATH_ROOM - at, "%s%s%s", at ? "/" : "", prefix, name);

	save->length = at + (size_t)n;
	return save->length < PATH_ROOM || fail(save);
}

/* An empty file that stands for something else. */
static void write_mark(struct save *save, const struct inode *like)
{
	struct hc_attr attr = { .mode = S_IFREG | 0644, .mtime_ns = like->attr.mtime_ns };

	tar_header(&save->tar, &(struct tar_entry){ .path = save->path, .attr = &attr });
}

/* Contents [at, end) that are still those below; what the host has cut off since comes as zeros. */
static void write_below(struct save *save, struct inode *inode, uint64_t at, uint64_t end)
{
	struct dentry *lower = overlay_of(inode)->lower;
	uint32_t handle;

	if (at < end && host_handle(host_of(lower->inode), HOST_READ, &handle) < 0) {
		fail(save);
		return;
	}
	tar_flush(&save->tar);
	while (at < end && !save->tar.failed) {
		struct hc_segment segment =
			kernel_segment(save->tar.buffer, MIN(end - at, TAR_BUFFER));
		int64_t got = host_fs_read(handle, (int64_t)at, &segment, 1);

		if (got < 0)
			fail(save);
		if (got <= 0)
			break;
		save->tar.used = (size_t)got;
		tar_flush(&save->tar);
		at += (uint64_t)got;
	}
	tar_zeros(&save->tar, end - at);
}

/* Where there are no pages: what is below, then zeros. */
static uint64_t write_gap(struct save *save, struct inode *inode, uint64_t at)
{
	uint64_t end =
		MIN(tmpfs_next(&tmpfs_of(inode)->data, at, true), (uint64_t)inode->attr.size);
	uint64_t below = MAX(MIN(overlay_of(inode)->below_end, end), at);

	write_below(save, inode, at, below);
	tar_zeros(&save->tar, end - below);
	return end;
}

static void write_own_data(struct save *save, struct inode *inode)
{
	uint64_t size = (uint64_t)inode->attr.size, at = 0;
	struct hc_segment segments[HC_SEGMENTS_MAX];
	uint32_t count = 0;

	while (at < size && !save->tar.failed) {
		gpa_t page = tmpfs_page(&tmpfs_of(inode)->data, at);
		uint64_t n = MIN(PAGE_SIZE, size - at);
		struct hc_segment *last = count ? &segments[count - 1] : NULL;

		if (page && last && last->gpa + last->length == page &&
		    !page_is_region_start(page)) {
			last->length += n;
			at += n;
			continue;
		}
		if (count == HC_SEGMENTS_MAX || (!page && count > 0)) {
			tar_segments(&save->tar, segments, count);
			count = 0;
		}
		if (page) {
			segments[count++] = (struct hc_segment){ .gpa = page, .length = n };
			at += n;
		} else {
			at = write_gap(save, inode, at);
		}
	}
	if (count > 0)
		tar_segments(&save->tar, segments, count);
}

static void write_object(struct save *save, struct inode *inode)
{
	struct overlay_inode *overlay = overlay_of(inode);
	struct tar_entry entry = { .path = save->path, .attr = &inode->attr };

	if (inode_refresh(inode) < 0 || overlay_own_xattrs(inode) < 0) {
		fail(save);
		return;
	}
	entry.xattrs = overlay->memory.xattrs;
	if (inode_is(inode, S_IFLNK)) {
		long length = inode->ops->readlink(inode, save->target, FS_PATH_MAX - 1);

		save->target[MAX(length, 0)] = 0;
		entry.link = save->target;
	}
	if (overlay->saved) {
		entry.link = overlay->saved;
		entry.hard = true;
	} else if (!inode_is(inode, S_IFDIR) && inode->attr.nlink > 1) {
		overlay->saved = kstrdup(save->path);
		inode_get(inode); /* to be met again */
	}
	tar_header(&save->tar, &entry);
	if (!inode_is(inode, S_IFREG) || entry.hard || save->tar.failed)
		return;
	if (overlay->own_data)
		write_own_data(save, inode);
	else
		write_below(save, inode, 0, (uint64_t)inode->attr.size);
	uint64_t size = (uint64_t)inode->attr.size;
	tar_zeros(&save->tar, ALIGN_UP(size, (uint64_t)TAR_BLOCK) - size);
}

/* Does the directory show what lies below its place? */
static bool in_place(const struct level *level, const struct dentry *entry)
{
	const struct dentry *lower = overlay_of(entry->inode)->lower;

	return !level->whole && lower && entry->covers &&
	       lower->parent == overlay_of(level->dir->inode)->lower &&
	       strcmp(lower->name, entry->name) == 0;
}

static void write_entry(struct save *save, struct level **top, struct dentry *entry)
{
	struct level *level = *top;

	/* A socket cannot be written, but what it is in the place of is gone. */
	if (!entry->inode || inode_is(entry->inode, S_IFSOCK)) {
		if (entry->covers && !level->whole && set_path(save, level, ".wh.", entry->name))
			write_mark(save, level->dir->inode);
		return;
	}
	if (!set_path(save, level, "", entry->name))
		return;
	write_object(save, entry->inode);
	if (!inode_is(entry->inode, S_IFDIR) || save->tar.failed)
		return;
	bool whole = !in_place(level, entry);
	if (!enter(save, top, entry, whole) || !whole || level->whole || !entry->covers)
		return;
	if (set_path(save, *top, "", ".wh..wh..opq"))
		write_mark(save, entry->inode);
}

static void save_super(struct save *save, struct super *super)
{
	struct level *top = NULL;
	long length = dentry_path(super->root, fs_root, save->path, PATH_ROOM);

	if (length < 0 || !overlay_find_names(super)) {
		fail(save);
		return;
	}
	/* Without the slash at the start. */
	memmove(save->path, save->path + 1, (size_t)length);
	save->length = (size_t)length - 1;
	if (save->length > 0 && overlay_of(super->root->inode)->own_attr)
		write_object(save, super->root->inode);
	if (!save->tar.failed)
		enter(save, &top, super->root, false);
	while (top) {
		if (top->at == top->count || save->tar.failed)
			level_leave(&top);
		else
			write_entry(save, &top, top->names[top->at++]);
	}
}

static struct save *save_state;

void overlay_save_prepare(void)
{
	if (!(boot_block()->streams & 1u << HC_OUTPUT_SAVE))
		return;
	save_state = kmalloc(sizeof(*save_state));
	must(save_state);
	save_state->tar.stream = HC_OUTPUT_SAVE;
	save_state->tar.buffer = kmalloc(TAR_BUFFER);
	save_state->path = kmalloc(PATH_ROOM);
	save_state->target = kmalloc(FS_PATH_MAX);
	must(save_state->tar.buffer && save_state->path && save_state->target);
}

/* Nobody else knows: the exit status is the program's. */
static void complain(void)
{
	static const char text[] = "sandbox-run: --save-changes: the archive is not whole\n";
	const struct hc_segment segment = kernel_segment(text, sizeof(text) - 1);

	host_stream_write(2, &segment, 1);
}

void overlay_save(void)
{
	struct save *save = save_state;

	if (!save)
		return;
	save_state = NULL;
	/* The program is over: what it had serves what must be looked up. */
	if (current()->process->mm)
		mm_unmap(current()->process->mm, 0, GUEST_USER_END);
	list_for_each (node, &fs_mounts) {
		struct super *super = container_of(node, struct super, node);

		if (overlay_is(super))
			save_super(save, super);
	}
	if (!save->tar.failed)
		tar_zeros(&save->tar, 2 * TAR_BLOCK);
	tar_flush(&save->tar);
	if (save->tar.failed)
		complain();
}
