// SPDX-License-Identifier: Apache-2.0
/* Texts of /proc/PID about mounts, below the process's root. */
#include "guest-runtime/fs/proc.h"

#include "guest-runtime/fs/text.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"

/* Blanks in a path would end the field: they are written in octal. */
static void put_path(struct text *out, const char *path)
{
	for (; *path; path++)
		if (*path == ' ' || *path == '\t' || *path == '\n' || *path == '\\')
			text_print(out, "\\%03o", (unsigned int)*path);
		else
			text_put(out, path, 1);
}

typedef void put_mount(struct text *out, const struct super *super, int id, const char *path);

static void each_mount(struct text *out, const struct subject *subject, put_mount *put)
{
	char *path = kmalloc(FS_PATH_MAX);
	int id = 0;

	if (!subject->thread || !path)
		out->error = subject->thread ? -ENOMEM : -EINVAL;

	list_for_each (node, &fs_mounts) {
		struct super *super = container_of(node, struct super, node);

		id++;
		if (!out->error &&
		    dentry_path(super->root, subject->thread->fs->root, path, FS_PATH_MAX) >= 0)
			put(out, super, id, path);
	}
	kfree(path);
}

static const char *access_of(const struct super *super)
{
	return super->read_only ? "ro" : "rw";
}

static void put_mounts_line(struct text *out, const struct super *super, int id, const char *path)
{
	(void)id;
	text_print(out, "%s ", super->type);
	put_path(out, path);
	text_print(out, " %s %s,nosuid,relatime 0 0\n", super->type, access_of(super));
}

static void put_mountinfo_line(struct text *out, const struct super *super, int id,
			       const char *path)
{
	text_print(out, "%d %d 0:%lu / ", id + 20, id > 1 ? 21 : 1, super->dev);
	put_path(out, path);
	text_print(out, " %s,nosuid,relatime - %s %s %s\n", access_of(super), super->type,
		   super->type, access_of(super));
}

void proc_mounts(struct text *out, const struct subject *subject)
{
	each_mount(out, subject, put_mounts_line);
}

void proc_mountinfo(struct text *out, const struct subject *subject)
{
	each_mount(out, subject, put_mountinfo_line);
}
