// SPDX-License-Identifier: Apache-2.0
/*
 * FS_CREATE: a new regular file, directory or symbolic link (I6: nothing else)
 * under one name in a directory, or a file without a name. What is there is
 * never opened or replaced.
 */
#include "common/err.h"
#include "common/syscall.h"
#include "hv/attr.h"
#include "hv/dispatch.h"
#include "hv/fs.h"
#include "hv/holes.h"
#include "hv/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_FLAGS	(O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
#define TEMPORARY_FLAGS (O_RDWR | O_TMPFILE | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

/* Copies a symbolic link's target out of guest memory once (I3). */
static void take_target(const struct hc_call *call, char target[PATH_MAX])
{
	const struct hc_segment *segment = &call->args.FS_CREATE.target;
	const void *host = gm_ram_range(&call->vm->gm, segment->gpa, segment->length); /* I2 */

	if (!host)
		vm_kill_call(call->vm, HV_VIOLATION_SEGMENT);
	if (segment->length >= PATH_MAX)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	memcpy(target, host, segment->length);
	target[segment->length] = '\0';
	if (strlen(target) != segment->length)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
}

/* An opened new file: handle and attributes, or -errno. */
static int make_file(const struct handle *dir, const char *name, uint32_t mode, struct handle *new,
		     struct hc_attr *attr)
{
	int error, fd;

	do
		fd = host_create(dir->fd, name ? name : ".", name ? FILE_FLAGS : TEMPORARY_FLAGS,
				 mode);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return -errno;
	error = attr_get(fd, attr);
	if (error) {
		close(fd);
		return error;
	}
	*new = (struct handle){ .fd = fd,
				.mode = attr->mode,
				.dev = attr->dev,
				.ino = attr->ino,
				.grant = dir->grant,
				.kind = HANDLE_OPEN,
				.changeable = 1,
				.writes = 1 };
	return 0;
}

static int make(struct hc_call *call, const struct handle *dir, const char *name,
		const char *target, struct handle *new)
{
	const struct hc_fs_create *create = &call->args.FS_CREATE;
	struct hc_fs_walk_out *out = &call->out.walk;
	int r;

	if (create->kind == HC_CREATE_FILE || create->kind == HC_CREATE_TEMPORARY)
		return make_file(dir, name, create->mode, new, &out->attr);
	r = create->kind == HC_CREATE_SYMLINK ? symlinkat(target, dir->fd, name)
					      : mkdirat(dir->fd, name, create->mode);
	return r ? -errno : fs_step(call->vm, dir, name, new, &out->attr);
}

int64_t hc_serve_FS_CREATE(struct hc_call *call)
{
	const struct hc_fs_create *create = &call->args.FS_CREATE;
	const struct handle *dir = fs_handle(call, create->handle);
	struct hc_fs_walk_out *out = &call->out.walk;
	char name[HC_NAME_MAX + 1], target[PATH_MAX];
	struct handle new = { .fd = -1 };
	int64_t number;
	int error;

	if (create->kind > HC_CREATE_TEMPORARY ||
	    call->count != (create->kind != HC_CREATE_TEMPORARY))
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (create->mode & ~(uint32_t)HC_MODE_MAX) /* I6 */
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (create->kind == HC_CREATE_SYMLINK)
		take_target(call, target);
	if (!dir->changeable) /* I5 */
		return vm_refuse(call->vm, -EROFS);
	if (handles_full(&call->vm->handles)) /* I7, I12 */
		return -EMFILE;
	if (call->count)
		fs_name(call->names, name);
	if (call->count && holes_in(call->vm, dir, name)) /* I5 */
		return vm_refuse(call->vm, -EACCES);
	error = disk_name(call->vm); /* I12 */
	if (error)
		return error;
	error = make(call, dir, call->count ? name : NULL, target, &new);
	if (error) {
		disk_name_gone(call->vm);
		return error;
	}
	number = handles_add(&call->vm->handles, &new);
	must(number >= 0); /* it was not full */
	out->walked = 1;
	out->handle = (uint32_t)number;
	out->opened = new.kind == HANDLE_OPEN;
	call->out_size = sizeof(*out);
	return 0;
}
