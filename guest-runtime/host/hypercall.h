/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the host (abi/hypercalls.h): one function a hypercall. All return
 * >= 0 or -errno. Each is an exit from the VM, 25 us on soft KVM.
 *
 * Segments name guest physical memory; mm/uaccess.h makes them from addresses.
 */
#ifndef GUEST_HOST_HYPERCALL_H
#define GUEST_HOST_HYPERCALL_H

#include "abi/hypercalls.h"

#include <stdbool.h>
#include <stddef.h>

/* A name in a directory, or of an extended attribute: 1 to HC_NAME_MAX bytes, no NUL needed. */
struct host_name {
	const char *bytes;
	size_t length;
};

_Noreturn void host_exit(enum hc_exit_kind kind, uint32_t code);
_Noreturn void host_panic(const struct hc_panic *panic);
int64_t host_mem_grow(uint64_t bytes);
/* Whole pages of RAM whose content may go: they read as zeros later. */
/* Event 2 after that time, until the next call; 0: none. */
int64_t host_timer(int64_t after_ns);
int64_t host_mem_give(const struct hc_segment *segments, uint32_t count);
int64_t host_clock(struct hc_clock_out *out);
/* flags: enum hc_wait_flags. */
int64_t host_wait(int64_t timeout_ns, uint32_t flags, const uint16_t events[HC_STREAMS],
		  uint16_t revents[HC_STREAMS]);

/* HC_OUTSIDE_*: what happened since the last call. No exit. */
uint64_t host_take_outside(void);

int64_t host_stream_read(uint32_t stream, const struct hc_segment *segments, uint32_t count);
int64_t host_stream_write(uint32_t stream, const struct hc_segment *segments, uint32_t count);
int64_t host_stream_seek(uint32_t stream, int64_t offset, uint32_t whence);
int64_t host_stream_attr(uint32_t stream, struct hc_attr *out);
int64_t host_tty_get(uint32_t stream, enum hc_tty_what what, void *out, size_t size);

/*
 * Walks as many of the '/'-separated components of path as fit one call; out
 * says how far it got. path holds no ".", ".." or empty component.
 */
int64_t host_fs_walk(uint32_t handle, const char *path, size_t length, uint32_t flags,
		     struct hc_fs_walk_out *out);
int64_t host_fs_read(uint32_t handle, int64_t offset, const struct hc_segment *segments,
		     uint32_t count);
int64_t host_fs_readdir(uint32_t handle, uint64_t cookie, struct hc_segment buffer);
int64_t host_fs_readlink(uint32_t handle, struct hc_segment buffer);
int64_t host_fs_attr(uint32_t handle, struct hc_attr *out);
int64_t host_fs_statfs(uint32_t handle, struct hc_fs_statfs_out *out);
int64_t host_fs_close(uint32_t handle);
int64_t host_fs_close_many(const uint32_t *handles, uint32_t count); /* at most HC_CLOSE_MAX */
/* flags: HC_MAP_SHARED maps into the shared window, else into the read-only one. */
int64_t host_fs_map(uint32_t handle, uint64_t file_page, uint32_t pages, uint64_t window_page,
		    uint32_t flags);
int64_t host_fs_unmap(uint64_t window_page, uint64_t pages, uint32_t flags);
int64_t host_fs_seek(uint32_t handle, int64_t offset, enum hc_seek_whence whence);
/* As many of the names as fit one call; the result says how many entries are in the buffer. */
int64_t host_fs_load(uint32_t handle, uint32_t bytes, const struct host_name *names, uint32_t count,
		     struct hc_segment buffer);
/* A name without bytes: the list of all names. buffer.length 0: the size that is needed. */
int64_t host_fs_xattr_get(uint32_t handle, struct host_name name, struct hc_segment buffer);

/* hypercall-write.c: -EROFS when the handle did not come from a write grant. */
int64_t host_fs_write(uint32_t handle, int64_t offset, const struct hc_segment *segments,
		      uint32_t count); /* offset -1: append */
int64_t host_fs_create(uint32_t handle, enum hc_create_kind kind, struct host_name name,
		       uint32_t mode, struct hc_segment target, struct hc_fs_walk_out *out);
int64_t host_fs_remove(uint32_t handle, struct host_name name, bool directory);
int64_t host_fs_rename(uint32_t handle, struct host_name name, uint32_t to_handle,
		       struct host_name to_name, uint32_t flags);
int64_t host_fs_link(uint32_t handle, struct host_name name, uint32_t object);
int64_t host_fs_set_attr(const struct hc_fs_set_attr *args);
int64_t host_fs_allocate(uint32_t handle, uint32_t mode, int64_t offset, int64_t length);
int64_t host_fs_sync(uint32_t handle, bool data);
int64_t host_fs_xattr_set(uint32_t handle, struct host_name name, uint32_t flags,
			  struct hc_segment value);

#endif
