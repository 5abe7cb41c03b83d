// SPDX-License-Identifier: Apache-2.0
/*
 * FS_WALK: looks up names one component at a time, never following a symbolic
 * link, and opens what is found when that is a regular file or a directory.
 * The dispatcher has checked the names.
 */
#include "common/err.h"
#include "hv/attr.h"
#include "hv/dispatch.h"
#include "hv/fs.h"
#include "hv/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FLAGS (HC_WALK_OPEN | HC_WALK_WRITE)

/* Walks on from start, an own handle; fills last, the last object, and out. */
static void walk(const struct hc_call *call, const struct handle *start, struct handle *last,
		 struct hc_fs_walk_out *out)
{
	const uint8_t *name = call->names;

	*last = *start;
	for (uint32_t i = 0; i < call->count; i++, name += 1 + name[0]) {
		char text[HC_NAME_MAX + 1];
		struct hc_attr attr;
		struct handle next;
		int error;

		if (i && !S_ISDIR(out->attr.mode)) /* also a symbolic link: the guest's to follow */
			break;
		fs_name(name, text);
		error = fs_step(call->vm, last, text, &next, &attr);
		if (error) {
			out->error = -error;
			break;
		}
		if (last->fd != start->fd)
			close(last->fd);
		*last = next;
		out->attr = attr;
		out->walked++;
	}
}

/*
 * Opens the walk's last object when that was asked for and the walk came to
 * its end at a regular file or directory (I6). A failure is not the walk's:
 * what is there may still be looked at.
 */
static int try_open(const struct hc_call *call, const struct handle *last,
		    struct hc_fs_walk_out *out)
{
	static const int access[] = { [HC_WALK_OPEN] = O_RDONLY,
				      [HC_WALK_WRITE] = O_WRONLY,
				      [HC_WALK_OPEN | HC_WALK_WRITE] = O_RDWR };
	uint32_t flags = call->args.FS_WALK.flags;
	int fd;

	if (!flags || out->walked != call->count)
		return -1;
	fd = fs_open(call->vm, last, access[flags]);
	if (fd >= 0 || fd == FS_IS_OPEN)
		out->opened = 1;
	else if (fd != FS_NEVER_OPENED)
		out->error = -fd;
	return fd;
}

int64_t hc_serve_FS_WALK(struct hc_call *call)
{
	const struct hc_fs_walk *request = &call->args.FS_WALK;
	struct handles *handles = &call->vm->handles;
	const struct handle *from = fs_handle(call, request->handle);
	struct hc_fs_walk_out *out = &call->out.walk;
	struct handle last;
	int64_t number;
	int opened;

	if (request->flags & ~(uint32_t)FLAGS)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (call->count && !(call->vm->permissions & PERM_TREES)) /* I8 */
		return vm_refuse(call->vm, -EPERM);
	if (handles_full(handles)) /* I7, I12 */
		return -EMFILE;
	if (!call->count && attr_get(from->fd, &out->attr))
		return -EIO;
	walk(call, from, &last, out);
	if (call->count && !out->walked)
		return -out->error;
	opened = try_open(call, &last, out);
	if (opened >= 0) {
		if (last.fd != from->fd)
			close(last.fd);
		last.fd = opened;
		last.kind = HANDLE_OPEN;
		last.writes = (request->flags & HC_WALK_WRITE) != 0;
	}
	number = last.fd != from->fd ? handles_add(handles, &last)
				     : handles_copy(handles, request->handle);
	must(number >= 0); /* it was not full */
	if (opened == FS_IS_OPEN)
		handles_get(handles, (uint32_t)number)->kind = HANDLE_OPEN;
	out->handle = (uint32_t)number;
	call->out_size = sizeof(*out);
	return 0;
}
