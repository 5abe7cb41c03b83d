// SPDX-License-Identifier: Apache-2.0
/* Overlays: the names of a directory that are to be written, sorted. */
#include "guest-runtime/fs/overlay-level.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/mm/heap.h"

#define NAMES_STEP 64u

/* Takes over the reference. */
static bool add(struct level *level, struct dentry *entry)
{
	if (level->count == level->room) {
		size_t room = level->room ? level->room * 2 : NAMES_STEP;
		struct dentry **names = kmalloc(room * sizeof(struct dentry *));

		if (!names) {
			dentry_put(entry);
			return false;
		}
		if (level->count)
			memcpy(names, level->names, level->count * sizeof(struct dentry *));
		kfree(level->names);
		level->names = names;
		level->room = room;
	}
	level->names[level->count++] = entry;
	return true;
}

static void sift(struct dentry **names, size_t at, size_t count)
{
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= count)
			return;
		if (child + 1 < count && strcmp(names[child]->name, names[child + 1]->name) < 0)
			child++;
		if (strcmp(names[at]->name, names[child]->name) >= 0)
			return;
		struct dentry *swap = names[at];
		names[at] = names[child];
		names[child] = swap;
		at = child;
	}
}

static void sort(struct dentry **names, size_t count)
{
	for (size_t i = count / 2; i-- > 0;)
		sift(names, i, count);
	for (size_t end = count; end-- > 1;) {
		struct dentry *swap = names[0];

		names[0] = names[end];
		names[end] = swap;
		sift(names, 0, end);
	}
}

struct collector {
	struct dir_sink sink;
	struct level *level;
	bool failed;
};

static bool collect(struct dir_sink *sink, const char *name, size_t length, uint64_t ino,
		    uint32_t type, uint64_t next)
{
	struct collector *all = container_of(sink, struct collector, sink);
	struct dentry *dir = all->level->dir, *entry;

	(void)ino, (void)type, (void)next;
	if (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')))
		return true;
	if (walk_name(dir, name, length, false, &entry) < 0)
		return true;
	if (entry->super != dir->super || entry->inode->super != dir->super) {
		dentry_put(entry);
		return true;
	}
	all->failed = !add(all->level, entry);
	return !all->failed;
}

/* All that a directory shows. */
static bool collect_whole(struct level *level)
{
	struct collector all = { .sink = { collect }, .level = level };
	struct file *file = file_create(level->dir->inode, level->dir, O_RDONLY | O_DIRECTORY);

	if (!file)
		return false;
	int error = overlay_open_directory(file);
	if (error == 0)
		error = file->ops->readdir(file, &all.sink);
	file_put(file);
	return error == 0 && !all.failed;
}

/* What differs in a directory that is in its place. */
static bool collect_kept(struct level *level)
{
	list_for_each (node, &level->dir->children) {
		struct dentry *entry = container_of(node, struct dentry, siblings);

		if (!entry->kept || entry->mounted || (entry->fixed && !entry->inode) ||
		    (entry->inode && entry->inode->super != level->dir->super))
			continue;
		if (!add(level, dentry_get(entry)))
			return false;
	}
	return true;
}

bool level_enter(struct level **top, struct dentry *dir, size_t path_length, bool whole)
{
	struct level *level = kmalloc(sizeof(*level));

	if (!level)
		return false;
	level->up = *top;
	level->dir = dentry_get(dir);
	level->path_length = path_length;
	level->whole = whole;
	*top = level;
	if (!(whole ? collect_whole(level) : collect_kept(level)))
		return false;
	sort(level->names, level->count);
	return true;
}

void level_leave(struct level **top)
{
	struct level *level = *top;

	*top = level->up;
	for (size_t i = 0; i < level->count; i++)
		dentry_put(level->names[i]);
	kfree(level->names);
	dentry_put(level->dir);
	kfree(level);
}
