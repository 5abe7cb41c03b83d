// SPDX-License-Identifier: Apache-2.0
/* File systems of texts: from names to rows of a table, and the lists of their directories. */
#include "guest-runtime/fs/text.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/proc/process.h"

#define NUMBER_MAX    12
#define FIRST_NUMBER  0x10000 /* offset in a directory: behind all rows, number n at this + n */
#define OFFSET_OF_ROW 2	      /* behind "." and ".." */

/* -1: not a number as these file systems write them. */
static int number_of(const char *name, size_t length)
{
	int number = 0;

	if (length == 0 || length > 9 || (name[0] == '0' && length > 1))
		return -1;
	for (size_t i = 0; i < length; i++) {
		if (name[i] < '0' || name[i] > '9')
			return -1;
		number = number * 10 + (name[i] - '0');
	}
	return number;
}

/* Does a row's path go on with `name` behind the directory's part? *whole: it ends there. */
static bool continues(const struct text_row *row, const struct text_inode *dir, const char *name,
		      size_t length, bool *whole)
{
	const char *rest = row->path + dir->length;

	if (strncmp(row->path, dir->path, dir->length) != 0)
		return false;
	if (dir->length > 0 && *rest++ != '/')
		return false;
	if (strncmp(rest, name, length) != 0 || (rest[length] && rest[length] != '/'))
		return false;
	*whole = !rest[length];
	return true;
}

static struct text_inode *find_row(struct super *super, const struct text_inode *dir,
				   const char *name, size_t length, const struct text_whose *whose)
{
	for (size_t i = 0; i < dir->tree->count; i++) {
		const struct text_row *row = &dir->tree->rows[i];
		bool whole;

		if (!continues(row, dir, name, length, &whole))
			continue;
		if (whole && (row->mode & S_IFMT) != S_IFDIR)
			return text_make(super, dir->tree, row, row->mode, whose);
		struct text_inode *made = text_make(super, dir->tree, NULL,
						    whole ? row->mode : S_IFDIR | 0555, whose);
		if (made) {
			made->path = row->path;
			made->length = dir->length + (dir->length > 0) + length;
		}
		return made;
	}
	return NULL;
}

static struct text_inode *find(struct super *super, struct text_inode *dir, const char *name,
			       size_t length)
{
	const char *stands_for = text_placeholder(dir);
	struct text_whose whose = dir->whose;
	int number = number_of(name, length);

	if (!subject_exists(&dir->whose))
		return NULL;
	if (descriptors_are(dir))
		return descriptors_find(super, dir, number);
	if (stands_for) {
		if (number >= 0) {
			if (!subject_named(number, dir->whose.process, &whose))
				return NULL;
			name = stands_for;
			length = strlen(stands_for);
		} else if (length == 3 && strncmp(name, stands_for, 3) == 0) {
			return NULL;
		}
	}
	return find_row(super, dir, name, length, &whose);
}

static struct text_inode *find_numbered(struct super *super, struct text_inode *dir,
					const char *name, size_t length)
{
	struct text_inode *made = find(super, dir, name, length);

	if (made)
		made->inode.attr.ino = text_number(made);
	return made;
}

int text_lookup(struct dentry *dir, const char *rest, size_t length, bool open, struct dentry **out,
		size_t *used)
{
	const struct text_inode *at = text_of(dir->inode);
	size_t n = path_component(rest, length);
	struct text_inode *made = find_numbered(dir->super, text_of(dir->inode), rest, n);

	(void)open;
	/* As Linux has it: of one that has gone, only PID itself says so. */
	if (!made)
		return at->whose.process && at->length == 3 && !subject_exists(&at->whose)
			       ? -ESRCH
			       : -ENOENT;
	*out = dentry_create(dir, rest, n, &made->inode);
	if (!*out) {
		inode_put(&made->inode);
		return -ENOMEM;
	}
	*used = n;
	return 0;
}

/* A name of the directory with the number that stat(2) will show. False: the list has no room. */
static bool emit(struct file *file, struct dir_sink *sink, const char *name, size_t length,
		 uint32_t type)
{
	struct inode *dir = file->inode;
	struct text_inode *made = find_numbered(dir->super, text_of(dir), name, length);
	uint64_t number = made ? made->inode.attr.ino : 0;

	if (made)
		inode_put(&made->inode);
	/* Of what is going right now any number will do but 0, which would hide the name. */
	return sink->emit(sink, name, length, MAX(number, (uint64_t)1), type,
			  (uint64_t)file->offset + 1);
}

bool text_emit_number(struct file *file, struct dir_sink *sink, int number, uint32_t type)
{
	char name[NUMBER_MAX];
	int length = format(name, sizeof(name), "%d", number);

	return emit(file, sink, name, (size_t)length, type);
}

/* Has an earlier row shown this name of the directory? */
static bool shown(const struct text_inode *dir, size_t index, const char *name, size_t length)
{
	bool whole;

	for (size_t i = 0; i < index; i++)
		if (continues(&dir->tree->rows[i], dir, name, length, &whole))
			return true;
	return false;
}

static bool emit_row(struct file *file, struct dir_sink *sink, size_t index)
{
	const struct text_inode *dir = text_of(file->inode);
	const struct text_row *row = &dir->tree->rows[index];
	const char *name = row->path + dir->length + (dir->length > 0);
	const char *stands_for = text_placeholder(dir);

	if (strncmp(row->path, dir->path, dir->length) != 0 ||
	    (dir->length > 0 && row->path[dir->length] != '/'))
		return true;
	size_t length = path_component(name, strlen(name));
	if (length == 0 || shown(dir, index, name, length) ||
	    (stands_for && length == 3 && strncmp(name, stands_for, 3) == 0))
		return true;
	uint32_t type = name[length] ? S_IFDIR >> 12 : (row->mode & S_IFMT) >> 12;
	return emit(file, sink, name, length, type);
}

/* Processes, or threads of one, by number: those that come and go meanwhile do not move others. */
static void list_numbers(struct file *file, struct dir_sink *sink)
{
	const struct process *of = text_of(file->inode)->whose.process;
	int number;

	file->offset = MAX(file->offset, (int64_t)FIRST_NUMBER);
	while ((number = subject_next((int)(file->offset - FIRST_NUMBER), of)) > 0) {
		file->offset = FIRST_NUMBER + number;
		if (!text_emit_number(file, sink, number, S_IFDIR >> 12))
			return;
		file->offset++;
	}
}

int text_readdir(struct file *file, struct dir_sink *sink)
{
	const struct text_inode *dir = text_of(file->inode);

	if (!subject_exists(&dir->whose))
		return -ENOENT;
	if (!readdir_dots(file, sink))
		return 0;
	if (descriptors_are(dir))
		return descriptors_list(file, sink);
	for (; file->offset - OFFSET_OF_ROW < (int64_t)dir->tree->count; file->offset++)
		if (!emit_row(file, sink, (size_t)file->offset - OFFSET_OF_ROW))
			return 0;
	if (text_placeholder(dir))
		list_numbers(file, sink);
	return 0;
}
