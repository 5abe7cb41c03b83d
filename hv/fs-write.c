// SPDX-License-Identifier: Apache-2.0
/* Services that change a file's contents: write, allocate, and make it durable. */
#include "common/syscall.h"
#include "hv/dispatch.h"
#include "hv/fs.h"
#include "hv/vm.h"

#include <errno.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define APPEND	       (-1)
#define ALLOCATE_MODES 0x7fu /* FALLOC_FL_KEEP_SIZE to FALLOC_FL_UNSHARE_RANGE */

/* The open handle that may be changed by way of its descriptor: 0, or -errno. */
static int check_written(const struct hc_call *call, const struct handle *handle)
{
	if (!handle->changeable) /* I5 */
		return vm_refuse(call->vm, -EROFS);
	return handle->kind == HANDLE_OPEN && handle->writes ? 0 : -EBADF;
}

static uint64_t total(const struct hc_call *call)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < call->count; i++)
		bytes += call->iov[i].iov_len;
	return bytes;
}

/* As much of it as the limit leaves, or -EDQUOT when that is nothing. */
static int count_write(struct hc_call *call, int fd, int64_t offset, struct disk_cost *cost)
{
	int error = disk_fill(call->vm, fd, offset, total(call), cost);

	if (error != -EDQUOT || !call->vm->disk.left)
		return error;
	hc_shorten(call,
		   call->vm->disk.left); /* a write adds no more than its length, and a hole */
	return disk_fill(call->vm, fd, offset, total(call), cost);
}

int64_t hc_serve_FS_WRITE(struct hc_call *call)
{
	const struct hc_fs_write *write = &call->args.FS_WRITE;
	const struct handle *handle = fs_handle(call, write->handle);
	struct disk_cost cost;
	int error = check_written(call, handle);
	int64_t n;

	if (write->offset < APPEND)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (error)
		return error;
	error = count_write(call, handle->fd, write->offset, &cost);
	if (error)
		return error;
	if (write->offset == APPEND)
		n = host_writev(handle->fd, call->iov, call->count, 0, RWF_APPEND);
	else
		n = host_writev(handle->fd, call->iov, call->count, write->offset, 0);
	if (n > 0)
		disk_short(call->vm, &cost, (uint64_t)n);
	else
		disk_return(call->vm, &cost);
	return n;
}

/* What only takes away costs nothing; what moves or copies costs all of it. */
static int count_allocation(struct hc_call *call, int fd, struct disk_cost *cost)
{
	const struct hc_fs_allocate *allocate = &call->args.FS_ALLOCATE;
	uint64_t length = (uint64_t)allocate->length;

	if (allocate->mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_COLLAPSE_RANGE))
		length = 0;
	else if (allocate->mode & FALLOC_FL_KEEP_SIZE)
		call->vm->disk.behind = 1; /* I12 */
	if (!length || allocate->mode & (FALLOC_FL_INSERT_RANGE | FALLOC_FL_UNSHARE_RANGE))
		return disk_add(call->vm, length, cost);
	return disk_fill(call->vm, fd, allocate->offset, length, cost);
}

int64_t hc_serve_FS_ALLOCATE(struct hc_call *call)
{
	const struct hc_fs_allocate *allocate = &call->args.FS_ALLOCATE;
	const struct handle *handle = fs_handle(call, allocate->handle);
	struct disk_cost cost;
	int error = check_written(call, handle);
	long r;

	if (allocate->offset < 0 || allocate->length <= 0)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (error)
		return error;
	if (allocate->mode & ~ALLOCATE_MODES)
		return -EOPNOTSUPP;
	error = count_allocation(call, handle->fd, &cost);
	if (error)
		return error;
	do
		r = syscall(SYS_fallocate, handle->fd, (long)allocate->mode, allocate->offset,
			    allocate->length);
	while (r < 0 && errno == EINTR);
	error = r < 0 ? -errno : 0;
	if (error)
		disk_return(call->vm, &cost);
	return error;
}

int64_t hc_serve_FS_SYNC(struct hc_call *call)
{
	const struct hc_fs_sync *sync = &call->args.FS_SYNC;
	const struct handle *handle = fs_handle(call, sync->handle);

	if (sync->data > 1)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (!handle->changeable) /* I5: to make it last is a change */
		return vm_refuse(call->vm, -EROFS);
	return (sync->data ? fdatasync(handle->fd) : fsync(handle->fd)) ? -errno : 0;
}
