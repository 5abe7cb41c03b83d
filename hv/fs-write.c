// SPDX-License-Identifier: Apache-2.0
/* Services that change a file's contents: write, allocate, and make it durable. */
#include "common/syscall.h"
#include "hv/dispatch.h"
#include "hv/fs.h"
#include "hv/vm.h"

#include <errno.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define APPEND	       (-1)
#define ALLOCATE_MODES 0x7fu /* FALLOC_FL_KEEP_SIZE to FALLOC_FL_UNSHARE_RANGE */

/* The open handle that may be changed by way of its descriptor: 0, or -errno. */
static int check_written(const struct handle *handle)
{
	if (!handle->changeable) /* I5 */
		return -EROFS;
	return handle->kind == HANDLE_OPEN && handle->writes ? 0 : -EBADF;
}

int64_t hc_serve_FS_WRITE(struct hc_call *call)
{
	const struct hc_fs_write *write = &call->args.FS_WRITE;
	const struct handle *handle = fs_handle(call, write->handle);
	int error = check_written(handle);

	if (write->offset < APPEND)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (error)
		return error;
	if (write->offset == APPEND)
		return host_writev(handle->fd, call->iov, call->count, 0, RWF_APPEND);
	return host_writev(handle->fd, call->iov, call->count, write->offset, 0);
}

int64_t hc_serve_FS_ALLOCATE(struct hc_call *call)
{
	const struct hc_fs_allocate *allocate = &call->args.FS_ALLOCATE;
	const struct handle *handle = fs_handle(call, allocate->handle);
	int error = check_written(handle);
	long r;

	if (allocate->offset < 0 || allocate->length <= 0)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (error)
		return error;
	if (allocate->mode & ~ALLOCATE_MODES)
		return -EOPNOTSUPP;
	do
		r = syscall(SYS_fallocate, handle->fd, (long)allocate->mode, allocate->offset,
			    allocate->length);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

int64_t hc_serve_FS_SYNC(struct hc_call *call)
{
	const struct hc_fs_sync *sync = &call->args.FS_SYNC;
	const struct handle *handle = fs_handle(call, sync->handle);

	if (sync->data > 1)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (!handle->changeable)
		return -EROFS;
	if (handle->kind != HANDLE_OPEN)
		return -EBADF;
	return (sync->data ? fdatasync(handle->fd) : fsync(handle->fd)) ? -errno : 0;
}
