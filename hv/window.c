// SPDX-License-Identifier: Apache-2.0
/*
 * The windows: pages of host files in guest memory, in one read-only, so that
 * a guest which stores there ends, in the other shared with the file. The
 * memory slot of a chunk lies over a host reservation in which mappings are
 * replaced in place; the slot itself never changes.
 */
#include "common/cleanup.h"
#include "hv/attr.h"
#include "hv/dispatch.h"
#include "hv/fs.h"
#include "hv/vm.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define UNMAP_FLAGS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED)

/*
 * How each window's pages are mapped. Not populated when shared: on some file
 * systems that fills holes.
 */
static const struct {
	int protection, flags;
} kinds[GM_WINDOWS] = {
	[GM_WINDOW_READ] = { PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_POPULATE },
	[GM_WINDOW_SHARED] = { PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED },
};

static enum gm_window_kind kind_of(struct hc_call *call, uint32_t flags)
{
	if (flags & ~(uint32_t)HC_MAP_SHARED)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	return flags & HC_MAP_SHARED ? GM_WINDOW_SHARED : GM_WINDOW_READ;
}

/*
 * Puts the reservation back. Without it there would be a hole under a live
 * slot, where any later mapping of the monitor's would become guest memory:
 * a VM whose hole cannot be closed ends (I2).
 */
static int64_t unmap(struct vm *vm, void *host, uint64_t bytes)
{
	if (mmap(host, bytes, PROT_READ, UNMAP_FLAGS, -1, 0) == MAP_FAILED)
		vm_kill(vm, HV_END_KVM_ERROR, (uint32_t)errno);
	return 0;
}

/* write(2) takes the set-id bits of what it changes away; a store does not. */
static int is_set_id(int fd)
{
	struct hc_attr attr;

	return attr_get(fd, &attr) || attr.mode & (S_ISUID | S_ISGID);
}

int64_t hc_serve_FS_MAP(struct hc_call *call)
{
	const struct hc_fs_map *map = &call->args.FS_MAP;
	const struct handle *handle = fs_handle(call, map->handle);
	enum gm_window_kind kind = kind_of(call, map->flags);
	void *host = gm_window_pages(&call->vm->gm, kind, map->window_page, map->pages);
	uint64_t bytes = (uint64_t)map->pages * GUEST_PAGE_SIZE, start, end;
	int error;

	if (!host) /* I2 */
		vm_kill_call(call->vm, HV_VIOLATION_SEGMENT);
	if (mul_ovf(map->file_page, (uint64_t)GUEST_PAGE_SIZE, &start) ||
	    add_ovf(start, bytes, &end) || end > INT64_MAX)
		vm_kill_call(call->vm, HV_VIOLATION_FIELD);
	if (kind == GM_WINDOW_SHARED && !(call->vm->permissions & PERM_WRITE)) /* I8 */
		return vm_refuse(call->vm, -EPERM);
	if (handle->kind != HANDLE_OPEN) /* I8 */
		return -EBADF;
	if (kind == GM_WINDOW_SHARED && is_set_id(handle->fd)) /* I6 */
		return -EPERM;
	if (kind == GM_WINDOW_SHARED && handle->writes) {
		error = disk_map(call->vm, handle->fd, start, bytes); /* I12 */
		if (error)
			return error;
	}
	error = gm_window_back(&call->vm->gm, kind, map->window_page);
	if (error)
		return error;
	if (mmap(host, bytes, kinds[kind].protection, kinds[kind].flags, handle->fd,
		 (off_t)start) == MAP_FAILED) {
		error = -errno;
		unmap(call->vm, host, bytes); /* the failed call may have left a hole */
		return error;
	}
	return 0;
}

int64_t hc_serve_FS_UNMAP(struct hc_call *call)
{
	const struct hc_fs_unmap *gone = &call->args.FS_UNMAP;
	void *host = gm_window_pages(&call->vm->gm, kind_of(call, gone->flags), gone->window_page,
				     gone->pages);

	if (!host) /* I2: what is there is replaced */
		vm_kill_call(call->vm, HV_VIOLATION_SEGMENT);
	return unmap(call->vm, host, gone->pages * GUEST_PAGE_SIZE);
}
