// SPDX-License-Identifier: Apache-2.0
/*
 * The path walk. Iterative: the texts of symbolic links form a stack of at
 * most FS_LINKS_MAX, and a link that ends its text replaces it. Names that are
 * not cached go to the file system as one run, since host names cost an exit.
 */
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/proc/process.h"

struct text {
	const char *at;
	char *owned; /* NULL for the path itself */
};

struct state {
	struct dentry *at;   /* a reference */
	struct dentry *root; /* what "/" means; borrowed from the context or start */
	struct dentry *start;
	uint32_t flags;
	uint64_t resolve;
	unsigned int depth, links;
	bool directory; /* a slash followed the last name */
	struct text texts[FS_LINKS_MAX + 1];
};

static void drop_texts(struct state *s)
{
	while (s->depth > 0)
		kfree(s->texts[--s->depth].owned);
}

static const char *skip_slashes(const char *p)
{
	while (*p == '/')
		p++;
	return p;
}

static size_t name_length(const char *p)
{
	size_t n = 0;

	while (p[n] && p[n] != '/')
		n++;
	return n;
}

static void move_to(struct state *s, struct dentry *entry)
{
	dentry_put(s->at);
	s->at = entry;
}

/* Is nothing but slashes left in any text? */
static bool at_end(const struct state *s)
{
	for (unsigned int i = 0; i < s->depth; i++)
		if (*skip_slashes(s->texts[i].at))
			return false;
	return true;
}

/* The top text is used up, but for slashes: behind the last name, they want a directory. */
static void pop(struct state *s)
{
	if (*s->texts[s->depth - 1].at && at_end(s))
		s->directory = true;
	kfree(s->texts[--s->depth].owned);
}

static int push(struct state *s, char *owned, const char *at)
{
	if (*at == '/') {
		if (s->resolve & RESOLVE_BENEATH)
			return -EXDEV;
		if ((s->resolve & RESOLVE_NO_XDEV) && s->root->super != s->at->super)
			return -EXDEV;
		move_to(s, dentry_get(s->root));
	}
	/* Texts that are used up go, so that links in tail position need no depth. */
	while (s->depth > 0 && !*skip_slashes(s->texts[s->depth - 1].at))
		pop(s);
	s->texts[s->depth++] = (struct text){ .at = at, .owned = owned };
	return 0;
}

/* What follows a link at s->at's child `entry`. */
static int follow(struct state *s, struct dentry *entry)
{
	struct inode *inode = entry->inode;

	if (++s->links > FS_LINKS_MAX || (s->resolve & RESOLVE_NO_SYMLINKS))
		return -ELOOP;
	if (inode->ops->follow) {
		struct dentry *target;

		if (s->resolve & RESOLVE_NO_MAGICLINKS)
			return -ELOOP;
		if (s->resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT))
			return -EXDEV;
		int error = inode->ops->follow(inode, &target);
		if (error == 0)
			move_to(s, target);
		return error;
	}
	char *text = kmalloc(FS_PATH_MAX);
	if (!text)
		return -ENOMEM;
	long length = inode->ops->readlink(inode, text, FS_PATH_MAX - 1);
	int error = length < 0 ? (int)length : length == 0 ? -ENOENT : 0;
	if (error == 0)
		error = push(s, text, text);
	if (error)
		kfree(text);
	return error;
}

static int step_up(struct state *s)
{
	const struct dentry *top = s->root;

	if (s->resolve & RESOLVE_BENEATH) {
		if (s->at == s->start)
			return -EXDEV;
		top = fs_root;
	}
	struct dentry *parent = dentry_parent(s->at, top);
	if ((s->resolve & RESOLVE_NO_XDEV) && parent->super != s->at->super) {
		dentry_put(parent);
		return -EXDEV;
	}
	move_to(s, parent);
	return 0;
}

/* Components from p that a file system may take at once: plain names, single slashes. */
static size_t plain_run(const char *p, bool parent)
{
	size_t end = 0;

	for (const char *at = p;;) {
		size_t n = name_length(at);

		if (n == 0 || n > FS_NAME_MAX || (n == 1 && at[0] == '.') ||
		    (n == 2 && at[0] == '.' && at[1] == '.'))
			return end;
		/* The parent of the last name is wanted: leave that one. */
		if (parent && !*skip_slashes(at + n))
			return end;
		end = (size_t)(at + n - p);
		if (!at[n])
			return end;
		at += n + 1;
	}
}

int walk_run(struct dentry *dir, const char *run, size_t length, bool open, struct dentry **out,
	     size_t *used)
{
	size_t first = path_component(run, length);
	struct dentry *entry = dentry_find(dir, run, first);
	const struct super_ops *ops = dir->super->ops;

	if (entry && (entry->fixed || !ops->fresh || ops->fresh(entry))) {
		*used = first;
		*out = entry;
	} else {
		dentry_put(entry);
		if (!dir->inode->ops->lookup)
			return -ENOTDIR;
		int error = dir->inode->ops->lookup(dir, run, length, open, out, used);
		if (error < 0)
			return error;
	}
	if (!(*out)->inode) {
		dentry_put(*out);
		*out = NULL;
		return -ENOENT;
	}
	*out = dentry_cross(*out);
	return 0;
}

int walk_name(struct dentry *dir, const char *name, size_t length, bool open, struct dentry **out)
{
	size_t used;

	return length > FS_NAME_MAX ? -ENAMETOOLONG : walk_run(dir, name, length, open, out, &used);
}

static int enter_check(struct dentry *dir)
{
	if (!inode_is(dir->inode, S_IFDIR))
		return -ENOTDIR;
	/* On host mounts the host itself looks, name by name. */
	return dir->super->ops->no_override || dir->inode->host_checks
		       ? 0
		       : inode_access(dir->inode, 1, false);
}

/* The names from p on were not found. What is left of all texts is what the program wanted. */
static int missing(const struct state *s, const char *p)
{
	if (!notes_wanted || !note_hides(s->at, p))
		return -ENOENT;
	gpa_t page = page_alloc_dirty();
	if (!page)
		return -ENOENT;
	char *names = gpa_to_pointer(page);
	size_t used = 0;
	for (unsigned int i = s->depth; i-- > 0;) {
		const char *text = i == s->depth - 1 ? p : skip_slashes(s->texts[i].at);
		size_t length = MIN(strlen(text), (size_t)FS_PATH_MAX - 2 - used);

		if (used && length)
			names[used++] = '/';
		memcpy(names + used, text, length);
		used += length;
		if (used >= FS_PATH_MAX - 2)
			break;
	}
	names[used] = 0;
	int error = note_missing(WALK_OP(s->flags), s->at, names, -ENOENT);
	page_put(page);
	return error;
}

/* Takes one or more names from the top text. */
static int step(struct state *s)
{
	struct text *text = &s->texts[s->depth - 1];
	const char *p = text->at;
	size_t first = name_length(p), used;
	struct dentry *entry;
	int error = enter_check(s->at);

	if (error < 0)
		return error;
	if (first == 1 && p[0] == '.') {
		text->at = p + 1;
		return 0;
	}
	if (first == 2 && p[0] == '.' && p[1] == '.') {
		text->at = p + 2;
		return step_up(s);
	}
	if (first > FS_NAME_MAX)
		return -ENAMETOOLONG;
	size_t length = plain_run(p, s->depth == 1 && (s->flags & WALK_PARENT));
	if (length < first)
		length = first;
	bool whole = s->depth == 1 && !*skip_slashes(p + length);
	error = walk_run(s->at, p, length, whole && (s->flags & WALK_OPEN), &entry, &used);
	if (error < 0)
		return error == -ENOENT ? missing(s, p) : error;
	text->at = p + used;
	bool last = at_end(s);
	if ((s->resolve & RESOLVE_NO_XDEV) && entry->super != s->at->super)
		error = -EXDEV;
	else if (inode_is(entry->inode, S_IFLNK) &&
		 (!last || (s->flags & (WALK_FOLLOW | WALK_TARGET)) || *text->at || s->directory)) {
		/* A relative target starts where the link is, below what the run went through. */
		struct dentry *where = dentry_cross(dentry_get(entry->parent));
		move_to(s, where);
		error = follow(s, entry);
	} else {
		move_to(s, dentry_get(entry));
	}
	dentry_put(entry);
	return error;
}

static bool ends_in_link(struct dentry *dir, const char *name, size_t length)
{
	struct dentry *entry;

	if (name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.')))
		return false;
	if (walk_name(dir, name, length, false, &entry) < 0)
		return false;
	bool link = inode_is(entry->inode, S_IFLNK);
	dentry_put(entry);
	return link;
}

/* With WALK_PARENT: is the name at p the last one? Then it is taken. */
static bool take_last(struct state *s, const char *p, struct walk *out)
{
	size_t n = name_length(p);

	if (*skip_slashes(p + n))
		return false;
	for (unsigned int i = 0; i + 1 < s->depth; i++)
		if (*skip_slashes(s->texts[i].at))
			return false;
	if ((s->flags & WALK_TARGET) && ends_in_link(s->at, p, n))
		return false;
	out->last = n == 1 && p[0] == '.'		   ? LAST_DOT
		    : n == 2 && p[0] == '.' && p[1] == '.' ? LAST_DOTDOT
							   : LAST_NAME;
	out->slash = p[n] || s->directory;
	out->length = MIN(n, (size_t)FS_NAME_MAX + 1);
	memcpy(out->name, p, MIN(n, (size_t)FS_NAME_MAX));
	out->name[MIN(n, (size_t)FS_NAME_MAX)] = 0;
	return true;
}

static int run(struct state *s, struct walk *out)
{
	out->last = LAST_ROOT;
	while (s->depth > 0) {
		struct text *text = &s->texts[s->depth - 1];
		const char *p = skip_slashes(text->at);

		if (!*p) {
			pop(s);
			continue;
		}
		text->at = p;
		if ((s->flags & WALK_PARENT) && take_last(s, p, out)) {
			if (out->length > FS_NAME_MAX)
				return -ENAMETOOLONG;
			return enter_check(s->at);
		}
		int error = step(s);
		if (error < 0)
			return error;
	}
	if ((s->directory || (s->flags & WALK_PARENT)) && !inode_is(s->at->inode, S_IFDIR))
		return -ENOTDIR;
	return 0;
}

/* Where a path that starts with `path` begins. */
static int begin(struct state *s, int dirfd, const char *path)
{
	struct fs_context *context = current()->fs;
	bool absolute = path[0] == '/' && !(s->resolve & RESOLVE_IN_ROOT);

	if (absolute && (s->resolve & RESOLVE_BENEATH))
		return -EXDEV;
	s->root = context->root;
	if (absolute) {
		s->at = dentry_get(context->root);
	} else if (dirfd == AT_FDCWD) {
		s->at = dentry_get(context->cwd);
	} else {
		struct file *file = fd_get_raw(dirfd);

		if (!file)
			return -EBADF;
		int error = !file->dentry		     ? -ENOTDIR
			    : !*path			     ? 0
			    : inode_is(file->inode, S_IFDIR) ? 0
							     : -ENOTDIR;
		if (error == 0)
			s->at = dentry_get(file->dentry);
		file_put(file);
		if (error < 0)
			return error;
	}
	s->start = dentry_get(s->at);
	if (s->resolve & RESOLVE_IN_ROOT)
		s->root = s->start;
	return 0;
}

int walk_resolve(int dirfd, const char *path, uint32_t flags, uint64_t resolve, struct walk *out)
{
	struct state s = { .flags = flags, .resolve = resolve };

	if (!*path && !(flags & WALK_EMPTY))
		return -ENOENT;
	int error = begin(&s, dirfd, path);
	if (error < 0)
		return error;
	s.texts[s.depth++] = (struct text){ .at = path };
	error = *path ? run(&s, out) : 0;
	drop_texts(&s);
	if (error == 0 && (notes_wanted & BOOT_NOTES_LOOKUPS) && !(flags & WALK_PARENT))
		note_lookup(s.start, path);
	dentry_put(s.start);
	if (error == 0)
		out->at = s.at;
	else
		dentry_put(s.at);
	return error;
}

int walk_path(int dirfd, const char *path, uint32_t flags, struct walk *out)
{
	return walk_resolve(dirfd, path, flags, 0, out);
}

int walk_object(int dirfd, const char *path, uint32_t flags, struct dentry **out)
{
	struct walk walk;
	int error = walk_path(dirfd, path, flags, &walk);

	if (error == 0)
		*out = walk.at;
	return error;
}
