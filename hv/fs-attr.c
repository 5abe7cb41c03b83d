// SPDX-License-Identifier: Apache-2.0
/*
 * Services that change attributes: mode, owner, size, times, extended ones.
 * On descriptors that are open, since Landlock rules what can be opened and
 * nothing of this; only times can be set through O_PATH.
 */
#include "hv/dispatch.h"
#include "hv/fs.h"
#include "hv/vm.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000ll
#define TIMES  (HC_SET_ATIME | HC_SET_MTIME)
#define ALL    (HC_SET_MODE | HC_SET_OWNER | TIMES | HC_SET_SIZE)

static struct timespec time_of(const struct hc_fs_set_attr *set, uint32_t what, int64_t ns)
{
	int64_t rest = ns % SECOND;

	if (!(set->what & what))
		return (struct timespec){ .tv_nsec = UTIME_OMIT };
	if (ns == HC_TIME_NOW)
		return (struct timespec){ .tv_nsec = UTIME_NOW };
	if (rest >= 0)
		return (struct timespec){ .tv_sec = ns / SECOND, .tv_nsec = rest };
	return (struct timespec){ .tv_sec = ns / SECOND - 1, .tv_nsec = rest + SECOND };
}

static int set_times(const struct handle *handle, const struct hc_fs_set_attr *set)
{
	const struct timespec times[2] = { time_of(set, HC_SET_ATIME, set->atime_ns),
					   time_of(set, HC_SET_MTIME, set->mtime_ns) };
	int open = handle->kind == HANDLE_OPEN;

	return syscall(SYS_utimensat, handle->fd, open ? NULL : "", times,
		       open ? 0L : (long)AT_EMPTY_PATH)
		       ? -errno
		       : 0;
}

static int set_size(struct vm *vm, int fd, int64_t size)
{
	struct disk_cost cost;
	int error = disk_extend(vm, fd, size, &cost);

	if (error)
		return error;
	if (ftruncate(fd, size))
		error = -errno;
	if (error)
		disk_return(vm, &cost);
	return error;
}

/* In this order, as each of them changes what comes after. */
static int set_all(struct vm *vm, const struct handle *handle, const struct hc_fs_set_attr *set)
{
	int error = set->what & HC_SET_SIZE ? set_size(vm, handle->fd, set->size) : 0;

	if (error)
		return error;
	if (set->what & HC_SET_OWNER && syscall(SYS_fchown, handle->fd, set->uid, set->gid))
		return -errno;
	if (set->what & HC_SET_MODE && syscall(SYS_fchmod, handle->fd, set->mode))
		return -errno;
	return set->what & TIMES ? set_times(handle, set) : 0;
}

/* 0 when the handle's object may be changed, by a descriptor that is open if that is needed. */
static int check(struct vm *vm, const struct handle *handle, int open)
{
	if (!handle->changeable) /* I5 */
		return vm_refuse(vm, -EROFS);
	return open && handle->kind != HANDLE_OPEN ? -EBADF : 0;
}

int64_t hc_serve_FS_SET_ATTR(struct hc_call *call)
{
	const struct hc_fs_set_attr *set = &call->args.FS_SET_ATTR;
	const struct handle *handle = fs_handle(call, set->handle);
	int error;

	if (!set->what || set->what & ~(uint32_t)ALL || set->size < 0)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (set->mode & ~(uint32_t)HC_MODE_MAX) /* I6 */
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	error = check(call->vm, handle, (set->what & ~(uint32_t)TIMES) != 0);
	if (error)
		return error;
	if (set->what & HC_SET_SIZE && !handle->writes)
		return -EINVAL;
	return set_all(call->vm, handle, set);
}

/* Names by which the host's kernel gives privileges or keeps its own counsel (I6). */
static int is_reserved(const char *name)
{
	return strncmp(name, "security.", 9) == 0 || strncmp(name, "trusted.", 8) == 0;
}

int64_t hc_serve_FS_XATTR_SET(struct hc_call *call)
{
	const struct hc_fs_xattr_set *set = &call->args.FS_XATTR_SET;
	const struct handle *handle = fs_handle(call, set->handle);
	uint64_t length = set->flags == HC_XATTR_REMOVE ? 0 : set->value.length;
	const void *value = length ? gm_range(&call->vm->gm, set->value.gpa, length) : "";
	char name[HC_NAME_MAX + 1];
	struct disk_cost cost;
	int error;

	if (call->count != 1 || set->flags > HC_XATTR_REMOVE || set->flags == 3)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (!value)
		vm_kill_call(call->vm, HV_VIOLATION_SEGMENT);
	error = check(call->vm, handle, 1);
	if (error)
		return error;
	fs_name(call->names, name);
	if (is_reserved(name)) /* I6 */
		return -EPERM;
	if (set->flags == HC_XATTR_REMOVE)
		return fremovexattr(handle->fd, name) ? -errno : 0;
	error = disk_add(call->vm, length + HC_NAME_MAX, &cost); /* I12 */
	if (error)
		return error;
	if (fsetxattr(handle->fd, name, value, length, (int)set->flags))
		error = -errno;
	if (error)
		disk_return(call->vm, &cost);
	return error;
}
