// SPDX-License-Identifier: Apache-2.0
/*
 * FS_WALK: looks up names one component at a time, never following a symbolic
 * link (I5), and opens what is found for reading when that is a regular file
 * or a directory (I6). The dispatcher has checked the names.
 */
#include "common/err.h"
#include "common/syscall.h"
#include "hv/attr.h"
#include "hv/dispatch.h"
#include "hv/fs.h"
#include "hv/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WALK_FLAGS (O_PATH | O_NOFOLLOW | O_CLOEXEC)
#define READ_FLAGS (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

/* Opens for reading what fd is open on, through /proc/self/fd: no name of the guest's is used. */
static int reopen(const struct vm *vm, int fd)
{
	char name[16];
	int copy;

	snprintf(name, sizeof(name), "%d", fd);
	do
		copy = host_openat(vm->self_fd, name, READ_FLAGS);
	while (copy < 0 && errno == EINTR);
	return copy < 0 ? -errno : copy;
}

/* One step: a descriptor of dir's entry and its attributes, or -errno. */
static int step(int dir, const uint8_t *name, struct hc_attr *attr)
{
	char text[HC_NAME_MAX + 1];
	int fd, error;

	memcpy(text, name + 1, name[0]);
	text[name[0]] = '\0';
	fd = host_openat(dir, text, WALK_FLAGS); /* I5 */
	if (fd < 0)
		return -errno;
	error = attr_get(fd, attr);
	if (error) {
		close(fd);
		return error;
	}
	return fd;
}

/* Walks on from start, an own descriptor; returns the last object's, and fills out. */
static int walk(const struct hc_call *call, int start, struct hc_fs_walk_out *out)
{
	const uint8_t *name = call->names;
	int fd = start;

	for (uint32_t i = 0; i < call->count; i++, name += 1 + name[0]) {
		struct hc_attr attr;
		int next;

		if (i && !S_ISDIR(out->attr.mode)) /* also a symbolic link: the guest's to follow */
			break;
		next = step(fd, name, &attr);
		if (next < 0) {
			out->error = -next;
			break;
		}
		if (fd != start)
			close(fd);
		fd = next;
		out->attr = attr;
		out->walked++;
	}
	return fd;
}

/* A descriptor that reads what fd names, or -errno when that is no longer the same object. */
static int open_read(const struct vm *vm, int fd, const struct hc_attr *attr)
{
	struct hc_attr now;
	int error, opened = reopen(vm, fd);

	if (opened < 0)
		return opened;
	error = attr_get(opened, &now);
	if (!error && (now.dev != attr->dev || now.ino != attr->ino ||
		       (now.mode & S_IFMT) != (attr->mode & S_IFMT)))
		error = -ESTALE;
	if (error) {
		close(opened);
		return error;
	}
	return opened;
}

/*
 * Makes the walk's last object readable when that was asked for and the walk
 * came to its end at a regular file or directory (I6). A failure is not the
 * walk's: what is there may still be looked at.
 */
static int try_open(const struct hc_call *call, int fd, struct hc_fs_walk_out *out)
{
	int opened;

	if (!(call->args.FS_WALK.flags & HC_WALK_OPEN) || out->walked != call->count)
		return -1;
	if (!S_ISREG(out->attr.mode) && !S_ISDIR(out->attr.mode)) /* I6 */
		return -1;
	if (out->attr.dev == call->vm->proc_dev) { /* I6: below a grant such as "/" */
		out->error = EACCES;
		return -1;
	}
	opened = open_read(call->vm, fd, &out->attr);
	if (opened < 0)
		out->error = -opened;
	else
		out->opened = 1;
	return opened;
}

int64_t hc_serve_FS_WALK(struct hc_call *call)
{
	const struct hc_fs_walk *request = &call->args.FS_WALK;
	struct handles *handles = &call->vm->handles;
	const struct handle *from = fs_handle(call, request->handle);
	struct hc_fs_walk_out *out = &call->out.walk;
	int64_t number;
	int fd, opened;

	if (request->flags & ~(uint32_t)HC_WALK_OPEN)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (handles_full(handles)) /* I7, I12 */
		return -EMFILE;
	if (!call->count && attr_get(from->fd, &out->attr))
		return -EIO;
	fd = walk(call, from->fd, out);
	if (call->count && !out->walked)
		return -out->error;
	opened = try_open(call, fd, out);
	if (opened >= 0 && fd != from->fd)
		close(fd);
	if (opened >= 0)
		number = handles_add(handles, opened, HANDLE_OPEN, out->attr.mode);
	else if (fd != from->fd)
		number = handles_add(handles, fd, HANDLE_PATH, out->attr.mode);
	else
		number = handles_copy(handles, request->handle);
	must(number >= 0); /* it was not full */
	out->handle = (uint32_t)number;
	call->out_size = sizeof(*out);
	return 0;
}
