// SPDX-License-Identifier: Apache-2.0
/*
 * Services that change which name leads to what: remove, rename, link. Each
 * takes single components in directories that may be changed (I5), and leaves
 * the policy's holes and the way to them where they are.
 */
#include "hv/attr.h"
#include "hv/dispatch.h"
#include "hv/fs.h"
#include "hv/holes.h"
#include "hv/vm.h"
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * 0 when what has this name may lose it: it is no hole, nor on the way to one.
 * denied: the answer where the policy denies the name or what has it. Between
 * this and what follows only the host can put something else there: no guest
 * can move what is a hole.
 */
static int check_name(struct vm *vm, const struct handle *dir, const char *name, int denied)
{
	struct hc_attr attr;
	unsigned int holes = holes_in(vm, dir, name);
	int fd;

	if (!vm->hole_count)
		return 0;
	fd = fs_look(dir, name, &attr);
	if (fd >= 0) {
		close(fd);
		holes |= holes_at(vm, attr.dev, attr.ino);
	} else if (fd != -ENOENT) {
		return fd;
	}
	if (holes & 1u << HOLE_DENIED) /* I5 */
		return vm_refuse(vm, denied);
	return holes ? vm_refuse(vm, -EBUSY) : 0; /* I5 */
}

int64_t hc_serve_FS_REMOVE(struct hc_call *call)
{
	const struct hc_fs_remove *gone = &call->args.FS_REMOVE;
	const struct handle *dir = fs_handle(call, gone->handle);
	char name[HC_NAME_MAX + 1];
	int error;

	if (call->count != 1 || gone->directory > 1)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (!dir->changeable) /* I5 */
		return vm_refuse(call->vm, -EROFS);
	fs_name(call->names, name);
	error = check_name(call->vm, dir, name, -ENOENT);
	if (error)
		return error;
	if (unlinkat(dir->fd, name, gone->directory ? AT_REMOVEDIR : 0))
		return -errno;
	disk_name_gone(call->vm);
	return 0;
}

int64_t hc_serve_FS_RENAME(struct hc_call *call)
{
	const struct hc_fs_rename *rename = &call->args.FS_RENAME;
	const struct handle *from = fs_handle(call, rename->handle);
	const struct handle *to = fs_handle(call, rename->to_handle);
	char name[HC_NAME_MAX + 1], to_name[HC_NAME_MAX + 1];
	int error;

	if (call->count != 2 || rename->flags > RENAME_EXCHANGE)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (!from->changeable || !to->changeable) /* I5 */
		return vm_refuse(call->vm, -EROFS);
	fs_name(call->names, name);
	fs_name(call->names + 1 + call->names[0], to_name);
	error = check_name(call->vm, from, name, -ENOENT);
	if (!error)
		error = check_name(call->vm, to, to_name, -EACCES);
	if (error)
		return error;
	return syscall(SYS_renameat2, from->fd, name, to->fd, to_name, (long)rename->flags) ? -errno
											    : 0;
}

int64_t hc_serve_FS_LINK(struct hc_call *call)
{
	const struct hc_fs_link *link = &call->args.FS_LINK;
	const struct handle *dir = fs_handle(call, link->handle);
	const struct handle *object = fs_handle(call, link->object);
	char name[HC_NAME_MAX + 1], number[16];
	struct hc_attr attr;
	int error;

	if (call->count != 1)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (!dir->changeable || !object->changeable) /* I5 */
		return vm_refuse(call->vm, -EROFS);
	fs_name(call->names, name);
	if (holes_in(call->vm, dir, name)) /* I5 */
		return vm_refuse(call->vm, -EACCES);
	error = attr_get(object->fd, &attr);
	if (error)
		return error;
	if (!(S_ISREG(attr.mode) && !(attr.mode & (S_ISUID | S_ISGID))) &&
	    !S_ISLNK(attr.mode)) /* I6 */
		return -EPERM;
	error = disk_name(call->vm); /* I12 */
	if (error)
		return error;
	snprintf(number, sizeof(number), "%d", object->fd);
	if (linkat(call->vm->self_fd, number, dir->fd, name, AT_SYMLINK_FOLLOW))
		error = -errno;
	if (error)
		disk_name_gone(call->vm);
	return error;
}
