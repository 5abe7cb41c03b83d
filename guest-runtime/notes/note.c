// SPDX-License-Identifier: Apache-2.0
/* One note: what it is about, who did it, and what follows. */
#include "guest-runtime/notes/notes.h"

#include "guest-runtime/fs/vfs.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/trace/names.h"

#include <asm/signal.h>

#define SEEN 16384 /* a power of two */

/* What one act is, before it is a note. */
struct act {
	enum note_op op;
	enum note_verdict verdict;
	int error; /* negative, or 0 */
	uint32_t flags;
	bool hidden; /* by a rule that denies it */
};

static void put(char *field, size_t size, const char *text, size_t length)
{
	memcpy(field, text, MIN(size, length));
}

static void put_exe(struct note *note, char *buffer)
{
	const struct file *exe = current()->process->exe_file;
	long length =
		exe && exe->dentry ? dentry_path(exe->dentry, fs_root, buffer, FS_PATH_MAX) : 0;

	if (length > 0)
		put(note->exe, sizeof(note->exe), buffer, (size_t)length);
}

/* buffer: FS_PATH_MAX bytes that are free; it may hold the object. */
static void add(const struct act *act, const char *object, size_t length, char *buffer)
{
	static struct note note; /* too large for a thread's stack */

	memset(&note, 0, sizeof(note));
	note.op = (uint16_t)act->op;
	note.verdict = (uint16_t)act->verdict;
	note.error = (uint32_t)-act->error;
	note.flags = act->flags;
	note.pid = (uint32_t)current()->process->pid;
	note.realtime_ns = clock_realtime_ns();
	note.object_length = (uint32_t)length;
	put(note.object, sizeof(note.object), object, length);
	put_exe(&note, buffer);
	notes_add(&note);
}

/* A free page, or NULL: then a note is lost. */
static char *take_buffer(void)
{
	gpa_t page = page_alloc_dirty();

	return page ? gpa_to_pointer(page) : NULL;
}

static void give_buffer(char *buffer)
{
	if (buffer)
		page_put(pointer_to_gpa(buffer));
}

static bool is_forbidden(const struct act *act)
{
	return act->hidden || act->error == -EACCES || act->error == -EPERM || act->error == -EROFS;
}

static int finish(const struct act *act, char *buffer)
{
	give_buffer(buffer);
	if ((notes_wanted & BOOT_NOTES_KILL) && is_forbidden(act))
		vm_end(HC_EXIT_DENIED, 0);
	return act->error;
}

static int deny_text(const struct act *act, const char *object)
{
	char *buffer;

	if (!notes_wanted)
		return act->error;
	buffer = take_buffer();
	if (buffer && (notes_wanted & BOOT_NOTES_DENIED))
		add(act, object, strlen(object), buffer);
	return finish(act, buffer);
}

/* Path of entry, then names, which may be NULL and end where a text ends or at length. */
static long join(char *buffer, struct dentry *entry, const char *names, size_t length)
{
	long at = dentry_path(entry, fs_root, buffer, FS_PATH_MAX);

	if (at < 0 || !names)
		return at;
	if (at == 1) /* "/" */
		at = 0;
	length = MIN(length, (size_t)(FS_PATH_MAX - 2 - at));
	buffer[at++] = '/';
	memcpy(buffer + at, names, length);
	return at + (long)length;
}

static int deny_path(const struct act *act, struct dentry *entry, const char *names, size_t length)
{
	char *buffer;

	if (!notes_wanted)
		return act->error;
	buffer = take_buffer();
	if (buffer && (notes_wanted & BOOT_NOTES_DENIED)) {
		long size = join(buffer, entry, names, length);

		if (size > 0)
			add(act, buffer, (size_t)size, buffer);
	}
	return finish(act, buffer);
}

int note_text(enum note_op op, const char *object, int error)
{
	const struct act act = { .op = op, .verdict = NOTE_DENIED, .error = error };

	return deny_text(&act, object);
}

int note_limit(const char *key, int error)
{
	const struct act act = { .op = NOTE_LIMIT, .verdict = NOTE_DENIED, .error = error };

	return deny_text(&act, key);
}

int note_syscall(uint32_t number, int error)
{
	const struct act act = { .op = NOTE_SYSCALL, .verdict = NOTE_DENIED, .error = error };
	const char *name = name_of_syscall(number);
	char text[24];

	if (!notes_wanted)
		return error;
	if (!name) {
		format(text, sizeof(text), "%u", number);
		name = text;
	}
	return deny_text(&act, name);
}

int note_entry(enum note_op op, struct dentry *entry, int error)
{
	const struct act act = { .op = op, .verdict = NOTE_DENIED, .error = error };

	return deny_path(&act, entry, NULL, 0);
}

int note_inode(enum note_op op, const struct inode *inode, int error)
{
	return inode->names ? note_entry(op, inode->names, error) : error;
}

int note_name(enum note_op op, struct dentry *dir, const char *name, size_t length, int error)
{
	const struct act act = { .op = op, .verdict = NOTE_DENIED, .error = error };

	return deny_path(&act, dir, name, length);
}

/*
 * Follows what is known of the names: 0: the policy is not why they are not
 * there; ENOENT: it shows nothing there; EACCES: it hides them.
 */
static int why_missing(struct dentry *dir, const char *names)
{
	struct dentry *at = dir;

	for (;;) {
		size_t length = path_component(names, strlen(names));
		struct dentry *next = dentry_peek(at, names, length);

		if (next && next->fixed && !next->inode)
			return EACCES;
		if (!next || !next->inode)
			return !at->super->planned ? 0 : at->super->covered ? EACCES : ENOENT;
		while (next->mounted)
			next = next->mounted->root;
		at = next;
		names += length;
		while (*names == '/')
			names++;
		if (!*names)
			return 0;
	}
}

bool note_hides(struct dentry *dir, const char *names)
{
	return why_missing(dir, names) != 0;
}

int note_missing(enum note_op op, struct dentry *dir, const char *names, int error)
{
	const int why = why_missing(dir, names);
	const struct act act = {
		.op = op, .verdict = NOTE_DENIED, .error = error, .hidden = why == EACCES
	};

	return why ? deny_path(&act, dir, names, strlen(names)) : error;
}

/* Was it noted before? Hashes suffice: what is forgotten is noted again, and counted outside. */
static bool seen(enum note_op op, uint32_t flags, const char *object, size_t length)
{
	static uint64_t *hashes;
	uint64_t hash = 0xcbf29ce484222325ull ^ (uint64_t)op ^ (uint64_t)flags << 8;
	gpa_t run;

	if (!hashes) {
		run = page_alloc_run(5); /* SEEN * 8 bytes, zeroed */
		if (!run)
			return false;
		hashes = gpa_to_pointer(run);
	}
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (uint8_t)object[i]) * 0x100000001b3ull;
	uint64_t *slot = &hashes[(hash >> 20) & (SEEN - 1)];
	if (*slot == hash)
		return true;
	*slot = hash;
	return false;
}

static void done(const struct act *act, struct dentry *entry, const char *names)
{
	char *buffer = take_buffer();
	long size;

	if (!buffer)
		return;
	if (names && *names == '/') {
		size = (long)strlen(names);
		memcpy(buffer, names, (size_t)size);
	} else {
		size = join(buffer, entry, names, names ? strlen(names) : 0);
	}
	if (size > 0 && !seen(act->op, act->flags, buffer, (size_t)size))
		add(act, buffer, (size_t)size, buffer);
	give_buffer(buffer);
}

/* Pipes and the like are no paths. */
static bool has_path(const struct dentry *entry)
{
	return !entry->super->ops->name && !dentry_removed(entry);
}

void note_done(enum note_op op, struct dentry *entry)
{
	const struct act act = { .op = op, .verdict = NOTE_ALLOWED };

	if (notes_allowed() && has_path(entry))
		done(&act, entry, NULL);
}

void note_done_name(enum note_op op, struct dentry *dir, const char *name)
{
	const struct act act = { .op = op, .verdict = NOTE_ALLOWED };

	if (notes_allowed() && has_path(dir))
		done(&act, dir, name);
}

void note_lookup(struct dentry *start, const char *path)
{
	const struct act act = { .op = NOTE_READ, .verdict = NOTE_ALLOWED, .flags = NOTE_LOOKUP };

	if (has_path(start))
		done(&act, start, *path ? path : NULL);
}
