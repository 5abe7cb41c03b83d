// SPDX-License-Identifier: Apache-2.0
/*
 * Overlays: other names of what was changed. Only names that were looked up
 * are known; before the changes are written, the whole tree is listed for the
 * rest, but only when an object has more names than are known.
 */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/overlay.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/mm/heap.h"

#include <linux/fs.h>

#define DT_DIR (S_IFDIR >> 12)
#define STEP   64u

/* Directories still to be listed. */
struct finder {
	struct dir_sink sink;
	struct dentry *dir;    /* that is being listed */
	struct dentry **stack; /* references */
	size_t count, room;
	bool failed;
};

/* Takes over the reference. */
static void push(struct finder *finder, struct dentry *dir)
{
	if (finder->count == finder->room) {
		size_t room = finder->room ? finder->room * 2 : STEP;
		struct dentry **stack = kmalloc(room * sizeof(struct dentry *));

		if (!stack) {
			finder->failed = true;
			dentry_put(dir);
			return;
		}
		if (finder->count)
			memcpy(stack, finder->stack, finder->count * sizeof(struct dentry *));
		kfree(finder->stack);
		finder->stack = stack;
		finder->room = room;
	}
	finder->stack[finder->count++] = dir;
}

static bool look(struct dir_sink *sink, const char *name, size_t length, uint64_t ino,
		 uint32_t type, uint64_t next)
{
	struct finder *finder = container_of(sink, struct finder, sink);
	struct dentry *entry;

	(void)next;
	if (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')))
		return true;
	if (type != DT_DIR && !overlay_is_unseen(ino))
		return true;
	/* Looking a changed object up is what keeps the name. */
	if (walk_name(finder->dir, name, length, false, &entry) < 0)
		return true;
	if (entry->super == finder->dir->super && inode_is(entry->inode, S_IFDIR))
		push(finder, entry);
	else
		dentry_put(entry);
	return !finder->failed;
}

bool overlay_find_names(struct super *super)
{
	struct finder finder = { .sink = { look } };

	if (!overlay_is_unseen(0))
		return true;
	push(&finder, dentry_get(super->root));
	while (finder.count > 0) {
		struct file *file;

		finder.dir = finder.stack[--finder.count];
		file = finder.failed
			       ? NULL
			       : file_create(finder.dir->inode, finder.dir, O_RDONLY | O_DIRECTORY);
		/* What cannot be listed shows no names to anybody. */
		if (file && overlay_open_directory(file) == 0)
			file->ops->readdir(file, &finder.sink);
		if (file)
			file_put(file);
		else
			finder.failed = true;
		dentry_put(finder.dir);
	}
	kfree(finder.stack);
	return !finder.failed;
}
