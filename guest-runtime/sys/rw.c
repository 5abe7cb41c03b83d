// SPDX-License-Identifier: Apache-2.0
/* read, write and their kin. */
#include "guest-runtime/sys/rw.h"

#include "guest-runtime/fs/files.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/sys/sys.h"

#include <linux/fs.h>
#include <linux/uio.h>

_Static_assert(sizeof(struct iovec) == sizeof(struct iovec_user), "copied as they are");

static bool in_program(uva_t address, uint64_t length)
{
	return address <= GUEST_USER_END && length <= GUEST_USER_END - address;
}

int rw_single(struct rw_buffers *b, uva_t address, uint64_t length)
{
	b->vector = b->fast;
	if (!in_program(address, length))
		return -EFAULT;
	length = MIN(length, (size_t)RW_BYTES_MAX);
	b->fast[0] = (struct iovec_user){ address, length };
	uio_init(&b->uio, b->fast, 1, false);
	return 0;
}

static int check_vector(struct iovec_user *vector, uint64_t count)
{
	uint64_t total = 0;

	for (uint64_t i = 0; i < count; i++) {
		if ((int64_t)vector[i].length < 0)
			return -EINVAL;
		if (!in_program(vector[i].base, vector[i].length))
			return -EFAULT;
		vector[i].length = MIN(vector[i].length, RW_BYTES_MAX - total);
		total += vector[i].length;
	}
	return 0;
}

int rw_vector(struct rw_buffers *b, uva_t from, uint64_t count)
{
	b->vector = b->fast;
	if (count > UIO_MAXIOV)
		return -EINVAL;
	if (count > RW_VECTOR_FAST) {
		b->vector = kmalloc(count * sizeof(*b->vector));
		if (!b->vector)
			return -ENOMEM;
	}
	int error = copy_from_user(b->vector, from, count * sizeof(*b->vector));
	if (error == 0)
		error = check_vector(b->vector, count);
	if (error < 0) {
		rw_release(b);
		return error;
	}
	uio_init(&b->uio, b->vector, count, false);
	return 0;
}

void rw_release(struct rw_buffers *b)
{
	if (b->vector != b->fast)
		kfree(b->vector);
}

enum way { READ, WRITE };

static long act(struct file *file, enum way way, struct uio *uio, const int64_t *at)
{
	int64_t from = at ? *at : file->offset;

	if (file->ops->positioned && from > INT64_MAX - (int64_t)uio->left)
		return -EINVAL;
	return way == READ ? file_read(file, uio, at) : file_write(file, uio, at);
}

/* Of Linux, but newer than the headers that this is built with. */
#define RWF_NOAPPEND 0x20u

/* RWF_*: the transfer is as if the file had been opened with other flags. */
static long act_with(struct file *file, enum way way, struct uio *uio, const int64_t *at,
		     uint32_t flags)
{
	const uint32_t known =
		RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND | RWF_NOAPPEND;
	uint32_t before = file->flags;

	if (flags & ~known)
		return -EOPNOTSUPP;
	if ((flags & RWF_APPEND) && (flags & RWF_NOAPPEND))
		return -EINVAL;
	if ((flags & RWF_NOWAIT) && !file_never_waits(file))
		return -EOPNOTSUPP;
	file->flags |= (flags & RWF_NOWAIT ? O_NONBLOCK : 0) | (flags & RWF_APPEND ? O_APPEND : 0) |
		       (flags & (RWF_DSYNC | RWF_SYNC) ? O_DSYNC : 0) |
		       (flags & RWF_SYNC ? __O_SYNC : 0);
	if (flags & RWF_NOAPPEND)
		file->flags &= ~(uint32_t)O_APPEND;
	long result = act(file, way, uio, at);
	file->flags = before;
	return result;
}

/* Mode first, then the buffers: EBADF before EFAULT. */
static long transfer_flags(int fd, enum way way, bool vectored, uint64_t address, uint64_t length,
			   const int64_t *at, uint32_t flags)
{
	struct file *file = fd_get(fd);
	struct rw_buffers buffers;
	long result;

	buffers.uio.left = 0;
	if (!file)
		return -EBADF;
	if (at && *at < 0)
		result = -EINVAL;
	else if (at && !file->ops->positioned)
		result = inode_is(file->inode, S_IFDIR) ? -EISDIR : -ESPIPE;
	else if (way == READ ? !file_readable(file) : !file_writable(file))
		result = -EBADF;
	else if (way == READ && inode_is(file->inode, S_IFDIR))
		result = -EISDIR;
	else
		result = vectored ? rw_vector(&buffers, address, length)
				  : rw_single(&buffers, address, length);
	if (result == 0) {
		result = flags ? act_with(file, way, &buffers.uio, at, flags)
			       : act(file, way, &buffers.uio, at);
		rw_release(&buffers);
	}
	file_put(file);
	return result;
}

static long transfer(int fd, enum way way, bool vectored, uint64_t address, uint64_t length,
		     const int64_t *at)
{
	return transfer_flags(fd, way, vectored, address, length, at, 0);
}

long sys_read(const uint64_t *a)
{
	return transfer((int)a[0], READ, false, a[1], a[2], NULL);
}

long sys_write(const uint64_t *a)
{
	return transfer((int)a[0], WRITE, false, a[1], a[2], NULL);
}

/* A negative position is refused before the descriptor is looked at. */
static long transfer_at(const uint64_t *a, enum way way, bool vectored)
{
	int64_t at = (int64_t)a[3];

	return at < 0 ? -EINVAL : transfer((int)a[0], way, vectored, a[1], a[2], &at);
}

long sys_pread64(const uint64_t *a)
{
	return transfer_at(a, READ, false);
}

long sys_pwrite64(const uint64_t *a)
{
	return transfer_at(a, WRITE, false);
}

long sys_readv(const uint64_t *a)
{
	return transfer((int)a[0], READ, true, a[1], a[2], NULL);
}

long sys_writev(const uint64_t *a)
{
	return transfer((int)a[0], WRITE, true, a[1], a[2], NULL);
}

long sys_preadv(const uint64_t *a)
{
	return transfer_at(a, READ, true);
}

long sys_pwritev(const uint64_t *a)
{
	return transfer_at(a, WRITE, true);
}

static long transfer2(const uint64_t *a, enum way way)
{
	int64_t at = (int64_t)a[3];

	if (at < -1)
		return -EINVAL;
	return transfer_flags((int)a[0], way, true, a[1], a[2], at == -1 ? NULL : &at,
			      (uint32_t)a[5]);
}

long sys_preadv2(const uint64_t *a)
{
	return transfer2(a, READ);
}

long sys_pwritev2(const uint64_t *a)
{
	return transfer2(a, WRITE);
}

long sys_lseek(const uint64_t *a)
{
	struct file *file = fd_get((int)a[0]);

	if (!file)
		return -EBADF;
	long result =
		(uint32_t)a[2] > SEEK_HOLE ? -EINVAL : file_seek(file, (int64_t)a[1], (int)a[2]);
	file_put(file);
	return result;
}
