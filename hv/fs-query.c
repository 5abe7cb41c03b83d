// SPDX-License-Identifier: Apache-2.0
/* What else is asked of an opened file: where its data is, and its extended attributes. */
#include "hv/dispatch.h"
#include "hv/fs.h"
#include "hv/vm.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

int64_t hc_serve_FS_SEEK(struct hc_call *call)
{
	const struct hc_fs_seek *seek = &call->args.FS_SEEK;
	const struct handle *handle = fs_handle(call, seek->handle);
	off_t offset;

	_Static_assert(HC_SEEK_DATA == SEEK_DATA && HC_SEEK_HOLE == SEEK_HOLE, "Linux's");
	if (seek->whence != HC_SEEK_DATA && seek->whence != HC_SEEK_HOLE)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (seek->offset < 0)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (handle->kind != HANDLE_OPEN) /* I8 */
		return -EBADF;
	if (!S_ISREG(handle->mode)) /* a directory's position is FS_READDIR's */
		return -EINVAL;
	offset = lseek(handle->fd, seek->offset, (int)seek->whence);
	return offset < 0 ? -errno : offset;
}

int64_t hc_serve_FS_XATTR_GET(struct hc_call *call)
{
	const struct hc_fs_xattr_get *get = &call->args.FS_XATTR_GET;
	const struct handle *handle = fs_handle(call, get->handle);
	size_t size = get->buffer.length;
	void *buffer = size ? fs_buffer(call, &get->buffer) : NULL;
	char name[HC_NAME_MAX + 1];
	ssize_t n;

	if (call->count > 1)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (handle->kind != HANDLE_OPEN) /* I8: as FS_SEEK */
		return -EBADF;
	if (call->count) {
		fs_name(call->names, name);
		n = fgetxattr(handle->fd, name, buffer, size);
	} else {
		n = flistxattr(handle->fd, buffer, size);
	}
	return n < 0 ? -errno : n;
}
