// SPDX-License-Identifier: Apache-2.0
/* splice, tee and vmsplice: through pipes by pages. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/pipe.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/sys/rw.h"
#include "guest-runtime/sys/sys.h"

#define F_NONBLOCK 2u /* SPLICE_F_*, which the UAPI headers lack */
#define F_KNOWN	   15u

/* Into or out of one page of runtime memory. */
static long on_page(struct file *file, struct pipe_slot *slot, size_t n, const int64_t *at,
		    bool read)
{
	struct iovec_user vector = { .base = (uva_t)gpa_to_pointer(slot->page) + slot->offset,
				     .length = n };
	struct uio uio;

	uio_init(&uio, &vector, 1, true);
	return read ? file_read(file, &uio, at) : file_write(file, &uio, at);
}

/* Reading may sleep: nobody else changes the pipe meanwhile. */
static long fill(struct pipe *pipe, struct file *in, int64_t *at, size_t n)
{
	bool whole = inode_is(in->inode, S_IFREG);
	long total = 0, got = 0;

	while (n > 0 && !pipe_is_full(pipe)) {
		struct pipe_slot slot = { .page = page_alloc_dirty() };
		size_t want = MIN(n, (size_t)PAGE_SIZE);

		got = slot.page ? on_page(in, &slot, want, at, true) : -ENOMEM;
		if (got <= 0) {
			if (slot.page)
				page_put(slot.page);
			break;
		}
		slot.length = (uint32_t)got;
		pipe_push(pipe, slot);
		total += got;
		n -= (size_t)got;
		if (at)
			*at += got;
		/* Of what is no regular file, more might have to be waited for. */
		if (!whole || (size_t)got < want)
			break;
	}
	return total > 0 ? total : got;
}

/* at: the position that the call names, or NULL for the file's own. */
static long from_file(struct file *in, int64_t *at, struct pipe *pipe, size_t n, bool nonblocking)
{
	long result = pipe_wait_space(pipe, nonblocking, false);

	if (result < 0)
		return result;
	pipe_lock(pipe);
	/* Of a socket, SPLICE_F_NONBLOCK means its data, too. */
	uint32_t before = in->flags;
	if (nonblocking && inode_is(in->inode, S_IFSOCK))
		in->flags |= O_NONBLOCK;
	result = fill(pipe, in, at, n);
	in->flags = before;
	pipe_unlock(pipe);
	pipe_announce(pipe);
	return result;
}

static long drain(struct pipe *pipe, struct file *out, int64_t *at, size_t n)
{
	long total = 0, put = 0;

	while (n > 0 && pipe->used > 0) {
		struct pipe_slot *slot = pipe_slot(pipe, 0);

		put = on_page(out, slot, MIN(n, (size_t)slot->length), at, false);
		if (put <= 0)
			break;
		pipe_consume(pipe, (uint32_t)put);
		total += put;
		n -= (size_t)put;
		if (at)
			*at += put;
	}
	return total > 0 ? total : put;
}

static long to_file(struct pipe *pipe, struct file *out, int64_t *at, size_t n, bool nonblocking)
{
	long result = pipe_wait_data(pipe, nonblocking);

	if (result <= 0)
		return result;
	bool was_full = pipe_is_full(pipe);
	pipe_lock(pipe);
	result = drain(pipe, out, at, n);
	pipe_unlock(pipe);
	pipe_freed(pipe, was_full);
	return result;
}

/* Moves slots, or with `keep` (tee) shows them to both; a part of one becomes its own. */
static long between(struct pipe *in, struct pipe *out, size_t n, bool nonblocking, bool keep)
{
	long total = 0, ready;

	/* While one is waited for, the other may change. */
	do {
		ready = pipe_wait_data(in, nonblocking);
		if (ready > 0)
			ready = pipe_wait_space(out, nonblocking, false);
		if (ready <= 0)
			return ready;
	} while (in->used == 0 || in->locked);
	bool was_full = pipe_is_full(in);
	for (uint32_t i = 0; n > 0 && (keep ? i < in->used : in->used > 0) && !pipe_is_full(out);
	     i++) {
		struct pipe_slot *slot = pipe_slot(in, keep ? i : 0);
		struct pipe_slot copy = *slot;

		copy.length = (uint32_t)MIN(n, (size_t)slot->length);
		copy.merges = false;
		page_get(copy.page);
		if (!keep)
			pipe_consume(in, copy.length);
		pipe_push(out, copy);
		total += copy.length;
		n -= copy.length;
	}
	pipe_announce(out);
	pipe_freed(in, was_full);
	return total;
}

/* One of the two is no pipe. */
static long with_file(struct file *in, int64_t *in_at, struct file *out, int64_t *out_at, size_t n,
		      bool nonblocking)
{
	struct pipe *from = pipe_of(in), *to = pipe_of(out);
	struct file *file = from ? out : in;
	int64_t *at = from ? out_at : in_at;

	if (!from && !to)
		return -EINVAL;
	if (at && !file->ops->positioned)
		return -EINVAL;
	if (at && *at < 0)
		return -EINVAL;
	if (from && (out->flags & O_APPEND))
		return -EINVAL;
	if (to)
		nonblocking |= out->flags & O_NONBLOCK;
	return from ? to_file(from, out, out_at, n, nonblocking)
		    : from_file(in, in_at, to, n, nonblocking);
}

static long move(struct file *in, int64_t *in_at, struct file *out, int64_t *out_at, size_t n,
		 uint32_t flags)
{
	struct pipe *from = pipe_of(in), *to = pipe_of(out);
	bool nonblocking = flags & F_NONBLOCK;

	if (!file_readable(in) || !file_writable(out))
		return -EBADF;
	if (!from || !to)
		return with_file(in, in_at, out, out_at, n, nonblocking);
	if (from == to)
		return -EINVAL;
	nonblocking |= (in->flags | out->flags) & O_NONBLOCK;
	return between(from, to, n, nonblocking, false);
}

/* A position that the program passes by address; not for pipes. */
static int load(struct file *file, uva_t address, int64_t *at)
{
	if (!address)
		return 0;
	if (pipe_of(file))
		return -ESPIPE;
	return copy_from_user(at, address, sizeof(*at));
}

static long splice(struct file *in, uva_t in_address, struct file *out, uva_t out_address,
		   uint64_t n, uint32_t flags)
{
	int64_t in_at = 0, out_at = 0;
	int error = load(in, in_address, &in_at);

	if (error == 0)
		error = load(out, out_address, &out_at);
	if (error < 0)
		return error;
	long result = move(in, in_address ? &in_at : NULL, out, out_address ? &out_at : NULL,
			   MIN(n, (uint64_t)RW_BYTES_MAX), flags);
	if (result < 0)
		return result;
	if (in_address && copy_to_user(in_address, &in_at, sizeof(in_at)) < 0)
		return -EFAULT;
	if (out_address && copy_to_user(out_address, &out_at, sizeof(out_at)) < 0)
		return -EFAULT;
	return result;
}

long sys_splice(const uint64_t *a)
{
	if (a[4] == 0)
		return 0;
	if (a[5] & ~(uint64_t)F_KNOWN)
		return -EINVAL;
	struct file *in = fd_get((int)a[0]), *out = fd_get((int)a[2]);
	long result = in && out ? splice(in, a[1], out, a[3], a[4], (uint32_t)a[5]) : -EBADF;
	if (in)
		file_put(in);
	if (out)
		file_put(out);
	return result;
}

static long tee(struct file *in, struct file *out, size_t n, uint32_t flags)
{
	struct pipe *from = pipe_of(in), *to = pipe_of(out);
	bool nonblocking = (flags & F_NONBLOCK) || ((in->flags | out->flags) & O_NONBLOCK);

	if (!file_readable(in) || !file_writable(out))
		return -EBADF;
	if (!from || !to || from == to)
		return -EINVAL;
	return between(from, to, n, nonblocking, true);
}

long sys_tee(const uint64_t *a)
{
	if (a[3] & ~(uint64_t)F_KNOWN)
		return -EINVAL;
	if (a[2] == 0)
		return 0;
	struct file *in = fd_get((int)a[0]), *out = fd_get((int)a[1]);
	long result = in && out ? tee(in, out, MIN(a[2], (uint64_t)RW_BYTES_MAX), (uint32_t)a[3])
				: -EBADF;
	if (in)
		file_put(in);
	if (out)
		file_put(out);
	return result;
}

/* Pages of the program become slots: a copy each, cut where its pages end. */
static long from_program(struct pipe *pipe, struct uio *uio, bool nonblocking)
{
	long total = 0, got = pipe_wait_space(pipe, nonblocking, false);

	while (got > 0 && uio->left > 0 && !pipe_is_full(pipe)) {
		struct pipe_slot slot = { .page = page_alloc_dirty() };

		uio_advance(uio, 0);
		uint64_t at = uio->vector[uio->index].base + uio->offset;
		size_t n = MIN(uio->vector[uio->index].length - uio->offset,
			       PAGE_SIZE - at % PAGE_SIZE);
		got = slot.page ? uio_take(uio, gpa_to_pointer(slot.page), n) : -ENOMEM;
		if (got <= 0) {
			if (slot.page)
				page_put(slot.page);
			break;
		}
		slot.length = (uint32_t)got;
		pipe_push(pipe, slot);
		total += got;
	}
	pipe_announce(pipe);
	return total > 0 ? total : got;
}

long sys_vmsplice(const uint64_t *a)
{
	struct rw_buffers buffers;

	if (a[3] & ~(uint64_t)F_KNOWN)
		return -EINVAL;
	struct file *file = fd_get((int)a[0]);
	if (!file)
		return -EBADF;
	struct pipe *pipe = pipe_of(file);
	long result = pipe ? rw_vector(&buffers, a[1], a[2]) : -EBADF;
	if (result == 0) {
		if (buffers.uio.left > 0 && file_writable(file))
			result = from_program(pipe, &buffers.uio, a[3] & F_NONBLOCK);
		else if (buffers.uio.left > 0)
			result = file_read(file, &buffers.uio, NULL);
		rw_release(&buffers);
	}
	file_put(file);
	return result;
}
