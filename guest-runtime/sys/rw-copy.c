// SPDX-License-Identifier: Apache-2.0
/* Copies between descriptors: sendfile and copy_file_range. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/sys/restart.h"
#include "guest-runtime/sys/rw.h"
#include "guest-runtime/sys/sys.h"

#define STEP_MIN 65536u
#define STEP_MAX 0x80000u /* where an exit would cost more than the memory */

/* One step through buffer; what could not be written is not taken from `in`. */
static long copy_step(struct file *in, int64_t *in_at, struct file *out, int64_t *out_at,
		      char *buffer, size_t n)
{
	struct iovec_user vector = { .base = (uva_t)buffer, .length = n };
	struct uio uio;
	int64_t read_at = *in_at;

	uio_init(&uio, &vector, 1, true);
	long got = file_read(in, &uio, &read_at);
	if (got <= 0)
		return got;
	vector.length = (uint64_t)got;
	uio_init(&uio, &vector, 1, true);
	long put = file_write(out, &uio, out_at);
	if (put > 0) {
		*in_at += put;
		if (out_at)
			*out_at += put;
	}
	return put;
}

static long copy(struct file *in, int64_t *in_at, struct file *out, int64_t *out_at, size_t n)
{
	int64_t rest = in->inode->attr.size - *in_at;
	size_t step = MIN(n, (size_t)(rest > STEP_MIN ? STEP_MAX : STEP_MIN));
	char *buffer = kmalloc(step);
	size_t done = 0;
	long result = buffer ? 0 : -ENOMEM;

	n = MIN(n, (size_t)RW_BYTES_MAX);
	while (result >= 0 && done < n) {
		size_t want = MIN(step, n - done);

		result = copy_step(in, in_at, out, out_at, buffer, want);
		if (result > 0)
			done += (size_t)result;
		if (result == 0 || (result > 0 && signal_pending(current())))
			break;
	}
	kfree(buffer);
	return done > 0 ? (long)done : result;
}

/* The position that a call names by address, or the file's own. */
static long load_position(struct file *file, uva_t address, int64_t *at)
{
	if (address)
		return copy_from_user(at, address, sizeof(*at));
	int64_t now = file_seek(file, 0, 1);
	if (now < 0)
		return (long)now;
	*at = now;
	return 0;
}

static long store_position(struct file *file, uva_t address, int64_t at)
{
	if (address)
		return copy_to_user(address, &at, sizeof(at));
	int64_t now = file_seek(file, at, 0);
	return now < 0 ? (long)now : 0;
}

long sys_sendfile(const uint64_t *a)
{
	struct file *in = fd_get((int)a[1]), *out = fd_get((int)a[0]);
	int64_t at = 0;
	long result;

	if (!in || !out || !file_readable(in) || !file_writable(out))
		result = -EBADF;
	else if (!in->ops->read || !in->ops->seek || !in->ops->positioned)
		result = -EINVAL;
	else if (out->flags & O_APPEND)
		result = -EINVAL;
	else
		result = load_position(in, a[2], &at);
	if (result == -ESPIPE)
		result = -EINVAL; /* a stream that is a pipe cannot be the source */
	if (result == 0 && a[2] && at < 0)
		result = -EINVAL;
	if (result == 0) {
		result = copy(in, &at, out, NULL, a[3]);
		long stored = result > 0 ? store_position(in, a[2], at) : 0;
		if (stored < 0)
			result = stored;
	}
	if (in)
		file_put(in);
	if (out)
		file_put(out);
	return result;
}

static long check_range(struct file *in, struct file *out)
{
	if (inode_is(in->inode, S_IFDIR) || inode_is(out->inode, S_IFDIR))
		return -EISDIR;
	if (!inode_is(in->inode, S_IFREG) || !inode_is(out->inode, S_IFREG))
		return -EINVAL;
	if (!file_readable(in) || !file_writable(out) || (out->flags & O_APPEND))
		return -EBADF;
	return 0;
}

long sys_copy_file_range(const uint64_t *a)
{
	struct file *in = fd_get((int)a[0]), *out = fd_get((int)a[2]);
	int64_t in_at = 0, out_at = 0;
	uint64_t n = MIN(a[4], (uint64_t)RW_BYTES_MAX);
	long result = !in || !out ? -EBADF : 0;

	/* What has no position, like a pipe, is refused for what it is. */
	if (result == 0 && (a[1] || inode_is(in->inode, S_IFREG)))
		result = load_position(in, a[1], &in_at);
	if (result == 0 && (a[3] || inode_is(out->inode, S_IFREG)))
		result = load_position(out, a[3], &out_at);
	if (result == 0 && a[5])
		result = -EINVAL;
	if (result == 0)
		result = check_range(in, out);
	if (result == 0 && (in_at < 0 || out_at < 0))
		result = -EINVAL;
	if (result == 0 && in->inode == out->inode && in_at + (int64_t)n > out_at &&
	    out_at + (int64_t)n > in_at)
		result = -EINVAL;
	/* Files without a size (of procfs) are read to the end instead, by the program. */
	if (result == 0) {
		result = copy(in, &in_at, out, &out_at, n);
		if (result > 0 &&
		    (store_position(in, a[1], in_at) < 0 || store_position(out, a[3], out_at) < 0))
			result = -EFAULT;
	}
	if (in)
		file_put(in);
	if (out)
		file_put(out);
	return result;
}
