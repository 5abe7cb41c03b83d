// SPDX-License-Identifier: Apache-2.0
/* Open files: references, transfers with their checks, seeking, and what exec and mmap use. */
#include "guest-runtime/fs/async.h"
#include "guest-runtime/fs/files.h"

#include "guest-runtime/fs/attr.h"
#include "guest-runtime/fs/epoll.h"
#include "guest-runtime/fs/host.h"
#include "guest-runtime/fs/inotify.h"
#include "guest-runtime/fs/lock.h"
#include "guest-runtime/fs/overlay.h"
#include "guest-runtime/fs/pipe.h"
#include "guest-runtime/fs/tmpfs.h"
#include "guest-runtime/host/boot.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/notes/notes.h"
#include "guest-runtime/proc/process.h"

#include <asm/signal.h>
#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/resource.h>

struct file *file_create(struct inode *inode, struct dentry *dentry, uint32_t flags)
{
	struct file *file = kmalloc(sizeof(*file));

	if (!file)
		return NULL;
	file->references = 1;
	file->flags = flags;
	file->inode = inode_get(inode);
	if (file_writable(file))
		inode->writers++;
	file->dentry = dentry ? dentry_get(dentry) : NULL;
	return file;
}

struct file *file_get(struct file *file)
{
	file->references++;
	return file;
}

struct list file_locks = LIST_INIT(file_locks);

/* flock(2): one holder of an inode's exclusive lock, or any number of shared ones. */
bool file_lock(struct file *file, uint32_t lock)
{
	struct inode *inode = file->inode;

	file_unlock(file);
	if (inode->lock_exclusive || (lock == LOCK_EX && inode->locks_shared > 0))
		return false;
	if (lock == LOCK_EX)
		inode->lock_exclusive = true;
	else
		inode->locks_shared++;
	file->lock = lock;
	file->lock_pid = current()->process->pid;
	list_add_before(&file_locks, &file->locked);
	return true;
}

void file_unlock(struct file *file)
{
	if (file->lock == LOCK_EX)
		file->inode->lock_exclusive = false;
	else if (file->lock == LOCK_SH)
		file->inode->locks_shared--;
	if (file->lock) {
		list_remove(&file->locked);
		wait_queue_wake(&file->inode->unlocked, 0);
	}
	file->lock = 0;
}

void file_put(struct file *file)
{
	if (--file->references > 0)
		return;
	file_unlock(file);
	epoll_forget(file);
	async_set(file, -1, false);
	if (file_writable(file) && !file->unseen)
		file->inode->writers--;
	lock_drop(file->inode, file);
	if (file->ops && !(file->flags & O_PATH))
		notify(file->dentry, file_writable(file) ? IN_CLOSE_WRITE : IN_CLOSE_NOWRITE);
	if (file->ops && file->ops->release)
		file->ops->release(file);
	const struct inode *inode = file->inode;
	dentry_put(file->dentry);
	inode_put(file->inode);
	notify_end(inode);
	kfree(file);
}

bool file_readable(const struct file *file)
{
	return (file->flags & (O_ACCMODE | O_PATH)) != O_WRONLY && !(file->flags & O_PATH) &&
	       (file->flags & O_ACCMODE) != O_ACCMODE;
}

bool file_writable(const struct file *file)
{
	uint32_t mode = file->flags & O_ACCMODE;

	return (mode == O_WRONLY || mode == O_RDWR) && !(file->flags & O_PATH);
}

long file_read(struct file *file, struct uio *uio, const int64_t *at)
{
	int64_t offset = at ? *at : 0;

	if (!file_readable(file))
		return -EBADF;
	if (!file->ops->read)
		return -EINVAL;
	long done = file->ops->read(file, uio, at ? &offset : &file->offset);
	if (done > 0)
		notify(file->dentry, IN_ACCESS);
	return done;
}

long file_write(struct file *file, struct uio *uio, const int64_t *at)
{
	int64_t offset = at ? *at : 0;

	if (!file_writable(file))
		return -EBADF;
	if (!file->ops->write)
		return -EINVAL;
	long done = file->ops->write(file, uio, at ? &offset : &file->offset);
	if (done > 0) {
		attr_drop_set_ids(file->inode);
		notify(file->dentry, IN_MODIFY);
	}
	if (done > 0 && (file->flags & O_DSYNC) && file->inode->ops->sync) {
		int error = file->inode->ops->sync(file, !(file->flags & __O_SYNC));

		if (error < 0)
			return error;
	}
	return done;
}

bool file_never_waits(const struct file *file)
{
	return pipe_of(file) || file->ops == &tmpfs_data_ops;
}

void file_size_reached(void)
{
	signal_raise_self(SIGXFSZ);
	/* By the policy, unless the process itself wants files so small. */
	if (current()->process->limits[RLIMIT_FSIZE].soft >= boot_block()->file_size[0])
		note_limit("file-size", -EFBIG);
}

size_t file_size_limit(int64_t offset, size_t wanted)
{
	uint64_t limit = current()->process->limits[RLIMIT_FSIZE].soft;

	if ((uint64_t)offset + wanted <= limit)
		return wanted;
	if ((uint64_t)offset < limit)
		return limit - (uint64_t)offset;
	file_size_reached();
	return 0;
}

int64_t file_seek(struct file *file, int64_t offset, int whence)
{
	return file->ops->seek ? file->ops->seek(file, offset, whence) : -ESPIPE;
}

uint32_t file_poll(struct file *file)
{
	return file->ops->poll ? file->ops->poll(file) : POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
}

int64_t seek_nothing(struct file *file, int64_t offset, int whence)
{
	(void)offset, (void)whence;
	return file->offset;
}

/* Seeking in something of `size` bytes without holes. */
int64_t seek_plain(struct file *file, int64_t offset, int whence, int64_t size)
{
	int64_t base = 0;

	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		base = file->offset;
		break;
	case SEEK_END:
		base = size;
		break;
	case SEEK_DATA:
	case SEEK_HOLE:
		if (offset < 0 || offset >= size)
			return -ENXIO;
		return file->offset = whence == SEEK_DATA ? offset : size;
	default:
		return -EINVAL;
	}
	if (__builtin_add_overflow(base, offset, &offset))
		return -EINVAL;
	if (offset < 0)
		return -EINVAL;
	return file->offset = offset;
}

int file_attr(struct file *file, struct hc_attr *out)
{
	if (file->ops && file->ops->attr)
		return file->ops->attr(file, out);
	int error = inode_refresh(file->inode);
	if (error == 0)
		*out = file->inode->attr;
	return error;
}

long file_read_kernel(struct file *file, void *to, size_t n, uint64_t offset)
{
	struct iovec_user vector = { .base = (uva_t)to, .length = n };
	struct uio uio;
	int64_t at = (int64_t)offset;

	uio_init(&uio, &vector, 1, true);
	return file_read(file, &uio, &at);
}

uint64_t file_host_page(struct file *file, uint64_t offset, bool may_copy)
{
	enum file_map_how how = may_copy ? FILE_MAP_PRIVATE : FILE_MAP_SHARED;
	struct file *below = overlay_below(file);
	uint64_t page;

	if (below)
		file = below;
	if (file->ops != &host_file_ops || host_page(host_of(file->inode), offset, how, &page) < 0)
		return 0;
	return page;
}

void file_drop_copies(struct file *file)
{
	struct file *below = overlay_below(file);

	if (below)
		file = below;
	if (file->ops == &host_file_ops)
		host_drop_copies(host_of(file->inode), false);
}
