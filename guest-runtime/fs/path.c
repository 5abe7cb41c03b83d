// SPDX-License-Identifier: Apache-2.0
/* Path texts from programs, and the fs_context of processes. */
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"

struct fs_context *fs_context_share(struct fs_context *context)
{
	context->shares++;
	return context;
}

struct fs_context *fs_context_copy(const struct fs_context *context)
{
	struct fs_context *copy = kmalloc(sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = (struct fs_context){ .shares = 1,
				     .root = dentry_get(context->root),
				     .cwd = dentry_get(context->cwd),
				     .umask = context->umask };
	return copy;
}

void fs_context_release(struct fs_context *context)
{
	if (--context->shares > 0)
		return;
	dentry_put(context->root);
	dentry_put(context->cwd);
	kfree(context);
}

int path_from_user(uva_t from, bool empty, char **out)
{
	gpa_t page = page_alloc_dirty();

	if (!page)
		return -ENOMEM;
	char *path = gpa_to_pointer(page);
	long length = string_from_user(path, from, FS_PATH_MAX);
	if (length > 0 || (length == 0 && empty)) {
		*out = path;
		return 0;
	}
	page_put(page);
	return length < 0 ? (int)length : -ENOENT;
}

void path_free(char *path)
{
	if (path)
		page_put(pointer_to_gpa(path));
}

char *file_path(struct file *file)
{
	gpa_t page = file->dentry ? page_alloc_dirty() : 0;
	char *path = NULL;

	if (!page)
		return NULL;
	char *buffer = gpa_to_pointer(page);
	long length = dentry_path(file->dentry, fs_root, buffer, PAGE_SIZE);
	/* Names of things without a path, as pipe:[1], begin otherwise. */
	if (length > 0 && *buffer == '/')
		path = kstrndup(buffer, (size_t)length);
	page_put(page);
	return path;
}
