// SPDX-License-Identifier: Apache-2.0
/* Descriptor tables: slots that grow by doubling up to RLIMIT_NOFILE. */
#include "guest-runtime/fs/files.h"

#include "abi/boot.h"
#include "guest-runtime/fs/lock.h"
#include "guest-runtime/fs/stream.h"
#include "guest-runtime/fs/tty-outside.h"
#include "guest-runtime/host/boot.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/notes/notes.h"
#include "guest-runtime/proc/process.h"

#include <linux/resource.h>

#define SLOTS_MIN 32u

struct slot {
	struct file *file; /* a reference, or NULL */
	bool cloexec;
};

struct files {
	uint32_t shares;
	uint32_t size;
	uint32_t lowest; /* no free slot below */
	struct slot *slots;
};

static struct files *mine(void)
{
	return current()->files;
}

static struct files *allocate(uint32_t size)
{
	struct files *files = kmalloc(sizeof(*files));

	if (!files)
		return NULL;
	files->slots = kmalloc(size * sizeof(*files->slots));
	if (!files->slots) {
		kfree(files);
		return NULL;
	}
	files->size = size;
	files->shares = 1;
	return files;
}

static struct slot *slot_in(struct files *files, int fd)
{
	return fd >= 0 && (uint32_t)fd < files->size ? &files->slots[fd] : NULL;
}

static struct slot *slot_of(int fd)
{
	return slot_in(mine(), fd);
}

struct file *files_get(struct files *files, int fd)
{
	struct slot *slot = slot_in(files, fd);

	return slot && slot->file && !(slot->file->flags & O_PATH) ? file_get(slot->file) : NULL;
}

struct file *fd_get(int fd)
{
	return files_get(mine(), fd);
}

struct file *files_get_raw(struct files *files, int fd)
{
	struct slot *slot = slot_in(files, fd);

	return slot && slot->file ? file_get(slot->file) : NULL;
}

struct file *fd_get_raw(int fd)
{
	return files_get_raw(mine(), fd);
}

static int grow(struct files *files, uint32_t wanted)
{
	uint32_t size = files->size;

	if (wanted <= size)
		return 0;
	while (size < wanted)
		size *= 2;
	struct slot *slots = kmalloc(size * sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	memcpy(slots, files->slots, files->size * sizeof(*slots));
	kfree(files->slots);
	files->slots = slots;
	files->size = size;
	return 0;
}

static uint64_t limit(void)
{
	/* No table is longer than fs.nr_open would let it be. */
	return MIN(current()->process->limits[RLIMIT_NOFILE].soft, (uint64_t)1 << 20);
}

/* No more descriptors: by the policy, unless the process itself wants so few. */
static int too_many(void)
{
	return limit() < boot_block()->open_files ? -EMFILE : note_limit("open-files", -EMFILE);
}

static uint32_t first_free(const struct files *files, uint32_t from)
{
	uint32_t fd = MAX(from, files->lowest);

	while (fd < files->size && files->slots[fd].file)
		fd++;
	return fd;
}

int files_room(void)
{
	return first_free(mine(), 0) < limit() ? 0 : too_many();
}

int files_add(struct file *file, int from, bool cloexec)
{
	struct files *files = mine();
	uint32_t fd = first_free(files, (uint32_t)from);
	int error = fd >= limit() ? too_many() : grow(files, fd + 1);
	if (error < 0) {
		file_put(file);
		return error;
	}
	if ((uint32_t)from <= files->lowest)
		files->lowest = fd + 1;
	files->slots[fd] = (struct slot){ .file = file, .cloexec = cloexec };
	return (int)fd;
}

/* A descriptor is gone; with the first for a file, so are the process's locks on it. */
static void closed(struct file *file, const struct files *owner)
{
	if (!(file->flags & O_PATH))
		lock_drop(file->inode, owner);
	if (file->ops && file->ops->flush)
		file->ops->flush(file);
	file_put(file);
}

int files_set(int fd, struct file *file, bool cloexec)
{
	struct files *files = mine();
	int error = fd < 0 || (uint64_t)fd >= limit() ? -EBADF : grow(files, (uint32_t)fd + 1);

	if (error < 0) {
		file_put(file);
		return error;
	}
	struct file *old = files->slots[fd].file;
	files->slots[fd] = (struct slot){ .file = file, .cloexec = cloexec };
	if (old)
		closed(old, files);
	return fd;
}

int files_close(int fd)
{
	struct slot *slot = slot_of(fd);

	if (!slot || !slot->file)
		return -EBADF;
	struct file *file = slot->file;
	*slot = (struct slot){ 0 };
	if ((uint32_t)fd < mine()->lowest)
		mine()->lowest = (uint32_t)fd;
	closed(file, mine());
	return 0;
}

int files_cloexec_of(struct files *files, int fd)
{
	const struct slot *slot = slot_in(files, fd);

	return slot && slot->file ? slot->cloexec : -EBADF;
}

int files_cloexec(int fd)
{
	return files_cloexec_of(mine(), fd);
}

int files_set_cloexec(int fd, bool cloexec)
{
	struct slot *slot = slot_of(fd);

	if (!slot || !slot->file)
		return -EBADF;
	slot->cloexec = cloexec;
	return 0;
}

int files_next_of(const struct files *files, int from)
{
	for (uint32_t fd = (uint32_t)from; fd < files->size; fd++)
		if (files->slots[fd].file)
			return (int)fd;
	return -1;
}

static int next_open(int from)
{
	return files_next_of(mine(), from);
}

uint32_t files_size(const struct files *files)
{
	return files->size;
}

void files_close_range(uint32_t first, uint32_t last, bool mark)
{
	if (first > INT32_MAX)
		return;
	for (int fd = next_open((int)first); fd >= 0 && (uint32_t)fd <= last;
	     fd = next_open(fd + 1)) {
		if (mark)
			files_set_cloexec(fd, true);
		else
			files_close(fd);
	}
}

void files_close_on_exec(void)
{
	for (int fd = next_open(0); fd >= 0; fd = next_open(fd + 1))
		if (files_cloexec(fd) > 0)
			files_close(fd);
}

struct files *files_share(struct files *files)
{
	files->shares++;
	return files;
}

struct files *files_copy(const struct files *files)
{
	struct files *copy = allocate(files->size);

	if (!copy)
		return NULL;
	copy->lowest = files->lowest;
	for (uint32_t fd = 0; fd < files->size; fd++) {
		copy->slots[fd] = files->slots[fd];
		if (copy->slots[fd].file)
			file_get(copy->slots[fd].file);
	}
	return copy;
}

void files_release(struct files *files)
{
	if (--files->shares > 0)
		return;
	for (uint32_t fd = 0; fd < files->size; fd++)
		if (files->slots[fd].file)
			closed(files->slots[fd].file, files);
	kfree(files->slots);
	kfree(files);
}

int files_unshare(void)
{
	struct files *files = mine();

	if (files->shares == 1)
		return 0;
	struct files *copy = files_copy(files);
	if (!copy)
		return -ENOMEM;
	current()->files = copy;
	files_release(files);
	return 0;
}

struct files *files_create(const struct boot_block *boot)
{
	struct files *files = allocate(SLOTS_MIN);

	if (files && (boot->tty.flags & BOOT_TTY)) {
		struct file *file = tty_outside_open(boot);

		must(file);
		files->slots[0].file = file;
		files->slots[1].file = file_get(file);
		files->slots[2].file = file_get(file);
		return files;
	}
	for (uint32_t stream = 0; files && stream < HC_STREAMS; stream++) {
		struct file *file = stream_open(boot, stream);

		if (file)
			files->slots[stream].file = file;
	}
	return files;
}
