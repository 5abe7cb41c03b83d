// SPDX-License-Identifier: Apache-2.0
/*
 * The mount plan of the boot block: a read-only skeleton in memory with a
 * directory for every ancestor, and the mounts and links in it. Made once.
 */
#include "abi/boot.h"
#include "guest-runtime/fs/dev.h"
#include "guest-runtime/fs/host.h"
#include "guest-runtime/fs/overlay.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/fs/tmpfs.h"
#include "guest-runtime/fs/walk.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"

struct list fs_mounts = LIST_INIT(fs_mounts);
struct dentry *fs_root;
bool fs_started;

struct super *super_create(const struct super_ops *ops, const char *type, bool read_only)
{
	static uint64_t devices;
	struct super *super = kmalloc(sizeof(*super));

	if (!super)
		return NULL;
	super->ops = ops;
	super->type = type;
	super->read_only = read_only;
	super->dev = ++devices;
	list_add_before(&fs_mounts, &super->node);
	return super;
}

struct super *super_create_hidden(const struct super_ops *ops, const char *type)
{
	struct super *super = super_create(ops, type, false);

	if (super)
		list_remove(&super->node);
	return super;
}

/* For what the plan puts into file systems that cannot keep it themselves. */
static struct inode *make_inode(uint32_t mode, const char *target)
{
	static struct super *super;
	static char name[] = "1";
	struct dentry *entry;

	if (!super) {
		super = tmpfs_create("tmpfs", S_IFDIR | 0755, true);
		must(super);
		list_remove(&super->node);
	}
	must(tmpfs_add(super->root, name, 1, mode, target, &entry) == 0);
	struct inode *inode = inode_get(entry->inode);
	dentry_unhash(entry);
	dentry_put(entry);
	return inode;
}

/*
 * A name that is always there, or with inode NULL never. A new reference; the
 * first is never put.
 */
static struct dentry *fix(struct dentry *dir, const char *name, size_t length, struct inode *inode)
{
	struct dentry *entry = dentry_create(dir, name, length, inode);

	must(entry);
	entry->fixed = true;
	return dentry_get(entry);
}

/* A place for a mount, or a link. */
static struct dentry *plant(struct dentry *dir, const char *name, size_t length, uint32_t mode,
			    const char *target)
{
	struct dentry *entry = NULL;

	if (!target && dir->super->ops->plant) {
		/*
		 * /proc and /sys have their own names only: plan() uncovers a
		 * directory of another.
		 */
		if (dir->super->ops->plant(dir, name, length, mode, target, &entry) < 0)
			return fix(dir, name, length,
				   S_ISDIR(mode) ? NULL : make_inode(mode, NULL));
	} else if (target || walk_name(dir, name, length, false, &entry) < 0) {
		return fix(dir, name, length, make_inode(mode, target));
	}
	entry->fixed = true;
	return dentry_get(entry);
}

/* Below something hidden there is what is mounted there, and nothing else. */
static void uncover(struct dentry *entry)
{
	struct super *super = tmpfs_create("tmpfs", S_IFDIR | 0755, true);

	must(super);
	super->planned = true;
	dentry_set_inode(entry, inode_get(super->root->inode));
	super->covered = dentry_get(entry);
	entry->mounted = super;
}

/* A reference to the place that path names, made where it is missing; mode: of the last name. */
static struct dentry *plan(const char *path, uint32_t mode, const char *target)
{
	struct dentry *at = dentry_get(fs_root);

	while (*path == '/')
		path++;
	while (*path) {
		size_t length = path_component(path, strlen(path));
		bool last = !path[length];
		struct dentry *next = dentry_find(at, path, length);

		if (!next)
			next = plant(at, path, length, last ? mode : S_IFDIR | 0755,
				     last ? target : NULL);
		if (!next->inode)
			uncover(next);
		dentry_put(at);
		at = dentry_cross(next);
		path += length + !last;
	}
	return at;
}

/*
 * The name does not exist, whatever is there now or comes later. Where even the
 * way to it is missing, there is nothing to hide.
 */
static void hide(const char *path)
{
	struct dentry *at = dentry_get(fs_root), *next;

	while (*path == '/')
		path++;
	for (;;) {
		size_t length = path_component(path, strlen(path));
		bool last = !path[length];

		next = last ? dentry_find(at, path, length) : NULL;
		if (last)
			break;
		if (!inode_is(at->inode, S_IFDIR) ||
		    walk_name(at, path, length, false, &next) < 0) {
			dentry_put(at);
			return;
		}
		/* A reference that is never put. */
		if (!next->fixed)
			dentry_get(next)->fixed = true;
		dentry_put(at);
		at = next;
		path += length + 1;
	}
	if (!next)
		next = fix(at, path, strlen(path), NULL);
	else if (!next->fixed)
		dentry_get(next)->fixed = true;
	next->mounted = NULL;
	dentry_set_inode(next, NULL);
	dentry_put(next);
	dentry_put(at);
}

/* Takes over the reference to at. */
static void mount(struct super *super, struct dentry *at)
{
	must(super);
	if (at == fs_root) {
		/* A mount of "/" replaces the skeleton; the list keeps it out of sight. */
		list_remove(&at->super->node);
		fs_root = super->root;
		dentry_put(at);
		return;
	}
	super->covered = at;
	at->mounted = super;
	at->fixed = true;
}

/* A mount that belongs to another one: it lies at a fixed place in it. */
static void mount_below(const char *path, const char *place, struct super *super)
{
	size_t size = strlen(path) + strlen(place) + 1;
	char *joined = kmalloc(size);

	must(joined);
	format(joined, size, "%s%s", path, place);
	mount(super, plan(joined, S_IFDIR | 0755, NULL));
	kfree(joined);
}

static void mount_row(const struct boot_mount *row, const char *strings)
{
	const char *path = strings + row->path;
	uint32_t mode = S_IFDIR | 0755;

	if (row->kind == BOOT_MOUNT_SYMLINK) {
		dentry_put(plan(path, S_IFLNK | 0777, strings + row->target));
		return;
	}
	if (row->kind == BOOT_MOUNT_NOTHING) {
		hide(path);
		return;
	}
	if (row->kind == BOOT_MOUNT_HOST && (row->mode & S_IFMT) != S_IFDIR)
		mode = S_IFREG | 0444;
	struct dentry *at = plan(path, mode, NULL);
	switch (row->kind) {
	case BOOT_MOUNT_HOST:
		mount(host_mount(row->handle, row->mode, row->flags & BOOT_MOUNT_WRITABLE), at);
		break;
	case BOOT_MOUNT_OVERLAY:
		mount(overlay_mount(row->handle, row->mode), at);
		break;
	case BOOT_MOUNT_TMPFS:
		mount(tmpfs_create("tmpfs", S_IFDIR | 01777, false), at);
		break;
	case BOOT_MOUNT_DEV:
		mount(dev_create(), at);
		mount_below(path, "/shm", tmpfs_create("tmpfs", S_IFDIR | 01777, false));
		break;
	case BOOT_MOUNT_PROC:
		mount(text_create(&proc_tree), at);
		break;
	case BOOT_MOUNT_SYS:
		mount(text_create(&sysfs_tree), at);
		mount_below(path, "/fs/cgroup", text_create(&cgroup_tree));
		break;
	}
}

/* Names of /etc that say what /proc says: where /etc is the plan's own and shows no others. */
static void link_settings(void)
{
	static const char *const links[][2] = { { "hostname", "/proc/sys/kernel/hostname" },
						{ "mtab", "/proc/self/mounts" } };
	struct dentry *etc = dentry_find(fs_root, "etc", 3);

	if (!etc)
		return;
	for (size_t i = 0; etc->inode && etc->super->read_only && !etc->mounted && i < 2; i++) {
		struct dentry *there = dentry_find(etc, links[i][0], strlen(links[i][0]));

		if (!there)
			there = plant(etc, links[i][0], strlen(links[i][0]), S_IFLNK | 0777,
				      links[i][1]);
		dentry_put(there);
	}
	dentry_put(etc);
}

void fs_init(const struct boot_block *boot)
{
	const char *strings = (const char *)boot;
	const struct boot_mount *rows = (const void *)(strings + boot->mounts);
	struct super *skeleton = tmpfs_create("tmpfs", S_IFDIR | 0755, true);

	must(skeleton);
	skeleton->planned = true;
	fs_root = skeleton->root;
	tmpfs_limit(boot->disk);
	host_init(boot->tsc_khz);
	for (uint32_t i = 0; i < boot->mount_count; i++)
		mount_row(&rows[i], strings);
	if (fs_root == skeleton->root)
		link_settings();
	overlay_save_prepare();
	fs_started = true;
}

struct fs_context *fs_context_create(const struct boot_block *boot)
{
	struct fs_context *context = kmalloc(sizeof(*context));
	struct dentry *entry;

	if (!context)
		return NULL;
	context->shares = 1;
	context->umask = boot->umask & 0777;
	context->root = dentry_get(fs_root);
	context->cwd = dentry_get(fs_root);
	current()->fs = context;
	const uint32_t wanted = notes_wanted;
	notes_wanted = 0; /* no act of the program */
	if (walk_object(AT_FDCWD, (const char *)boot + boot->workdir, WALK_FOLLOW, &entry) == 0) {
		dentry_put(context->cwd);
		context->cwd = entry;
	}
	notes_wanted = wanted;
	return context;
}
