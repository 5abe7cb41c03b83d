// SPDX-License-Identifier: Apache-2.0
/* File services on one handle: read, list, read a link, attributes, close. */
#include "hv/fs.h"

#include "common/syscall.h"
#include "hv/attr.h"
#include "hv/dispatch.h"
#include "hv/vm.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

struct handle *fs_handle(const struct hc_call *call, uint32_t number)
{
	struct handle *handle = handles_get(&call->vm->handles, number);

	if (!handle)
		vm_kill_call(call->vm, HV_VIOLATION_HANDLE);
	return handle;
}

void *fs_buffer(const struct hc_call *call, const struct hc_segment *buffer)
{
	void *host = gm_range(&call->vm->gm, buffer->gpa, buffer->length);

	if (!host)
		vm_kill_call(call->vm, HV_VIOLATION_SEGMENT);
	if (buffer->length > HC_IO_MAX) /* I12 */
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	return host;
}

int64_t hc_serve_FS_READ(struct hc_call *call)
{
	const struct hc_fs_read *read = &call->args.FS_READ;
	const struct handle *handle = fs_handle(call, read->handle);

	if (read->offset < 0)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (handle->kind != HANDLE_OPEN) /* I8 */
		return -EBADF;
	return host_readv(handle->fd, call->iov, call->count, read->offset, 0);
}

int64_t hc_serve_FS_READDIR(struct hc_call *call)
{
	const struct hc_fs_readdir *readdir = &call->args.FS_READDIR;
	const struct handle *handle = fs_handle(call, readdir->handle);
	uint8_t *host = fs_buffer(call, &readdir->buffer);
	uint64_t length = readdir->buffer.length, done = 0;
	long n;

	if (lseek(handle->fd, (off_t)readdir->cookie, SEEK_SET) < 0)
		return -errno;
	do {
		n = syscall(SYS_getdents64, handle->fd, host + done, length - done);
		if (n > 0)
			done += (uint64_t)n;
	} while (n > 0 && length - done >= HC_DIRENT_MAX);
	return n < 0 ? -errno : (int64_t)done;
}

int64_t hc_serve_FS_READLINK(struct hc_call *call)
{
	const struct hc_fs_readlink *link = &call->args.FS_READLINK;
	const struct handle *handle = fs_handle(call, link->handle);
	void *host = fs_buffer(call, &link->buffer);
	ssize_t n;

	if (!S_ISLNK(handle->mode))
		return -EINVAL;
	n = readlinkat(handle->fd, "", host, link->buffer.length);
	return n < 0 ? -errno : n;
}

int64_t hc_serve_FS_ATTR(struct hc_call *call)
{
	const struct handle *handle = fs_handle(call, call->args.FS_ATTR.handle);
	int error = attr_get(handle->fd, &call->out.attr);

	if (!error)
		call->out_size = sizeof(call->out.attr);
	return error;
}

int64_t hc_serve_FS_STATFS(struct hc_call *call)
{
	const struct handle *handle = fs_handle(call, call->args.FS_STATFS.handle);
	struct statfs st;

	if (fstatfs(handle->fd, &st))
		return -errno;
	call->out.statfs = (struct hc_fs_statfs_out){
		.type = (uint64_t)st.f_type,
		.bsize = (uint64_t)st.f_bsize,
		.blocks = st.f_blocks,
		.bfree = st.f_bfree,
		.bavail = st.f_bavail,
		.files = st.f_files,
		.ffree = st.f_ffree,
		.namelen = (uint64_t)st.f_namelen,
		.frsize = (uint64_t)st.f_frsize,
		.flags = (uint64_t)st.f_flags,
	};
	call->out_size = sizeof(call->out.statfs);
	return 0;
}

int64_t hc_serve_FS_CLOSE(struct hc_call *call)
{
	for (uint32_t i = 0; i < call->count; i++) {
		if (fs_handle(call, call->handles[i])->root) /* I7 */
			vm_kill_call(call->vm, HV_VIOLATION_HANDLE);
		for (uint32_t j = 0; j < i; j++)
			if (call->handles[j] == call->handles[i])
				vm_kill_call(call->vm, HV_VIOLATION_HANDLE);
	}
	for (uint32_t i = 0; i < call->count; i++)
		handles_close(&call->vm->handles, call->handles[i]);
	return 0;
}
