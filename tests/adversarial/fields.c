// SPDX-License-Identifier: Apache-2.0
/*
 * The fields of every hypercall at their extremes: what is not refused there
 * must answer as it says.
 */
#include "tests/adversarial/fields.h"

#include "hv/vm.h"
#include "tests/adversarial/stage.h"

#include <errno.h>
#include <sys/stat.h>

#define FIELD(NAME, args, member, value, ...) \
	{ \
		HC_##NAME, #member " = " #value, offsetof(struct hc_##args, member), \
			sizeof(((struct hc_##args *)0)->member), (uint64_t)(value), __VA_ARGS__ \
	}
#define HANDLES(NAME, args) \
	FIELD(NAME, args, handle, H_FREE, KILL(HANDLE)), \
		FIELD(NAME, args, handle, STAGE_HANDLES - 1, KILL(HANDLE)), \
		FIELD(NAME, args, handle, STAGE_HANDLES, KILL(HANDLE)), \
		FIELD(NAME, args, handle, 4096, KILL(HANDLE)), \
		FIELD(NAME, args, handle, 1u << 31, KILL(HANDLE)), \
		FIELD(NAME, args, handle, ~0u, KILL(HANDLE))
#define STREAMS(NAME, args) \
	FIELD(NAME, args, stream, 3, KILL(FIELD)), FIELD(NAME, args, stream, 64, KILL(FIELD)), \
		FIELD(NAME, args, stream, 1u << 31, KILL(FIELD)), \
		FIELD(NAME, args, stream, ~0u, KILL(FIELD))
#define COUNTS(NAME, args, max) \
	FIELD(NAME, args, count, (max) + 1, KILL(FIELD)), \
		FIELD(NAME, args, count, 0x10000001, KILL(FIELD)), /* times 16 is 16 again */ \
		FIELD(NAME, args, count, 0x40000001, KILL(FIELD)), \
		FIELD(NAME, args, count, ~0u, KILL(FIELD)), \
		FIELD(NAME, args, count, 2, KILL(LENGTH))

#define COUNTS_OF_NAMES(NAME, args) \
	FIELD(NAME, args, count, HC_NAMES_MAX + 1, KILL(FIELD)), \
		FIELD(NAME, args, count, ~0u, KILL(FIELD)), \
		FIELD(NAME, args, count, 1, KILL(LENGTH)), \
		FIELD(NAME, args, count, 3, KILL(LENGTH))

/* clang-format off */
const struct field fields[] = {
	FIELD(EXIT, exit, kind, HC_EXIT_DENIED + 1, KILL(FIELD)),
	FIELD(EXIT, exit, kind, ~0u, KILL(FIELD)),
	FIELD(EXIT, exit, code, 256, KILL(FIELD)),
	FIELD(EXIT, exit, code, ~0u, KILL(FIELD)),
	FIELD(EXIT, exit, kind, HC_EXIT_SIGNAL, KILL(FIELD)), /* code 0 */
	FIELD(EXIT, exit, kind, HC_EXIT_NO_EXEC, KILL(FIELD)),
	FIELD(EXIT, exit, kind, HC_EXIT_NO_MEMORY, ENDS(NO_MEMORY)),
	FIELD(EXIT, exit, kind, HC_EXIT_DENIED, KILL(FIELD)), /* on-deny: kill alone has it */

	FIELD(MEM_GROW, mem_grow, bytes, 0, KILL(FIELD)),
	FIELD(MEM_GROW, mem_grow, bytes, 1, KILL(FIELD)),
	FIELD(MEM_GROW, mem_grow, bytes, GUEST_HUGE_SIZE - 1, KILL(FIELD)),
	FIELD(MEM_GROW, mem_grow, bytes, GUEST_HUGE_SIZE + GUEST_PAGE_SIZE, KILL(FIELD)),
	FIELD(MEM_GROW, mem_grow, bytes, ~0ull, KILL(FIELD)),
	FIELD(MEM_GROW, mem_grow, bytes, 16ull << 20, RESULT(0)),
	FIELD(MEM_GROW, mem_grow, bytes, 18ull << 20, RESULT(-ENOMEM)),
	FIELD(MEM_GROW, mem_grow, bytes, 1ull << 63, RESULT(-ENOMEM)),
	FIELD(MEM_GROW, mem_grow, bytes, -(1ll << 21), RESULT(-ENOMEM)),

	COUNTS(MEM_GIVE, mem_give, HC_SEGMENTS_MAX),
	FIELD(MEM_GIVE, mem_give, count, 0, KILL(FIELD)),

	FIELD(TIMER, timer, after_ns, -1, KILL(FIELD)),
	FIELD(TIMER, timer, after_ns, INT64_MIN, KILL(FIELD)),
	FIELD(TIMER, timer, after_ns, 1, RESULT(0)),
	FIELD(TIMER, timer, after_ns, INT64_MAX, RESULT(0)),

	FIELD(WAIT, wait, timeout_ns, -2, KILL(FIELD)),
	FIELD(WAIT, wait, timeout_ns, INT64_MIN, KILL(FIELD)),
	FIELD(WAIT, wait, timeout_ns, 1000000, RESULT(0)),
	FIELD(WAIT, wait, flags, 2, KILL(FIELD)),
	FIELD(WAIT, wait, flags, ~0u, KILL(FIELD)),
	FIELD(WAIT, wait, stream[0].events, 1u << 3, KILL(FIELD)),
	FIELD(WAIT, wait, stream[1].events, 1u << 5, KILL(FIELD)),
	FIELD(WAIT, wait, stream[2].events, 0xffff, KILL(FIELD)),

	STREAMS(STREAM_READ, stream_io), COUNTS(STREAM_READ, stream_io, HC_SEGMENTS_MAX),
	FIELD(STREAM_READ, stream_io, count, 0, KILL(FIELD)),
	FIELD(STREAM_WRITE, stream_io, stream, HC_OUTPUT_SAVE, RESULT(-EBADF)), /* not there */
	FIELD(STREAM_WRITE, stream_io, stream, HC_OUTPUT_TRACE, RESULT(-EBADF)),
	FIELD(STREAM_WRITE, stream_io, stream, HC_OUTPUT_NOTES, RESULT(-EBADF)),
	FIELD(STREAM_WRITE, stream_io, stream, HC_OUTPUTS_END, KILL(FIELD)),
	FIELD(STREAM_WRITE, stream_io, stream, 1u << 31, KILL(FIELD)),
	FIELD(STREAM_WRITE, stream_io, stream, ~0u, KILL(FIELD)),
	COUNTS(STREAM_WRITE, stream_io, HC_SEGMENTS_MAX),
	FIELD(STREAM_WRITE, stream_io, count, 0, KILL(FIELD)),
	STREAMS(STREAM_SEEK, stream_seek),
	FIELD(STREAM_SEEK, stream_seek, whence, 3, KILL(FIELD)),
	FIELD(STREAM_SEEK, stream_seek, whence, 4, KILL(FIELD)), /* SEEK_HOLE */
	FIELD(STREAM_SEEK, stream_seek, whence, ~0u, KILL(FIELD)),
	FIELD(STREAM_SEEK, stream_seek, offset, -1, RESULT(-EINVAL)),
	FIELD(STREAM_SEEK, stream_seek, offset, INT64_MIN, RESULT(-EINVAL)),
	FIELD(STREAM_SEEK, stream_seek, offset, INT64_MAX, ANY),
	STREAMS(STREAM_ATTR, stream),
	STREAMS(TTY_GET, tty_get),
	FIELD(TTY_GET, tty_get, what, HC_TTY_WINSIZE + 1, KILL(FIELD)),
	FIELD(TTY_GET, tty_get, what, 0x5413, KILL(FIELD)), /* TIOCGWINSZ itself */
	FIELD(TTY_GET, tty_get, what, ~0u, KILL(FIELD)),

	HANDLES(FS_WALK, fs_walk),
	FIELD(FS_WALK, fs_walk, flags, 4, KILL(FIELD)),
	FIELD(FS_WALK, fs_walk, flags, ~0u, KILL(FIELD)),
	FIELD(FS_WALK, fs_walk, flags, 1u << 31, KILL(FIELD)),
	COUNTS(FS_WALK, fs_walk, HC_NAMES_MAX),
	FIELD(FS_WALK, fs_walk, count, 0, KILL(LENGTH)),
	FIELD(FS_WALK, fs_walk, handle, H_FILE, RESULT(-ENOTDIR)),
	FIELD(FS_WALK, fs_walk, handle, H_LINK, RESULT(-ENOTDIR)),
	FIELD(FS_WALK, fs_walk, handle, H_FIFO, RESULT(-ENOTDIR)),
	FIELD(FS_WALK, fs_walk, handle, H_SUB, RESULT(-ENOENT)),
	FIELD(FS_WALK, fs_walk, flags, HC_WALK_WRITE, RESULT(0)), /* but not opened: files.c */

	HANDLES(FS_READ, fs_read), COUNTS(FS_READ, fs_read, HC_SEGMENTS_MAX),
	FIELD(FS_READ, fs_read, count, 0, KILL(FIELD)),
	FIELD(FS_READ, fs_read, offset, -1, KILL(FIELD)),
	FIELD(FS_READ, fs_read, offset, INT64_MIN, KILL(FIELD)),
	FIELD(FS_READ, fs_read, offset, INT64_MAX, ANY),
	FIELD(FS_READ, fs_read, handle, H_ROOT, RESULT(-EBADF)),
	FIELD(FS_READ, fs_read, handle, H_SUB, RESULT(-EISDIR)),
	FIELD(FS_READ, fs_read, handle, H_LINK, RESULT(-EBADF)),
	FIELD(FS_READ, fs_read, handle, H_FIFO, RESULT(-EBADF)), /* I6 */
	FIELD(FS_READ, fs_read, handle, H_CLOSED, RESULT(-EBADF)),

	HANDLES(FS_READDIR, fs_readdir),
	FIELD(FS_READDIR, fs_readdir, handle, H_ROOT, RESULT(-EBADF)),
	FIELD(FS_READDIR, fs_readdir, handle, H_FILE, RESULT(-ENOTDIR)),
	FIELD(FS_READDIR, fs_readdir, handle, H_FIFO, RESULT(-EBADF)),
	FIELD(FS_READDIR, fs_readdir, cookie, ~0ull, ANY),
	FIELD(FS_READDIR, fs_readdir, cookie, INT64_MAX, ANY),
	FIELD(FS_READDIR, fs_readdir, cookie, 1ull << 63, ANY),

	HANDLES(FS_READLINK, fs_readlink),
	FIELD(FS_READLINK, fs_readlink, handle, H_ROOT, RESULT(-EINVAL)),
	FIELD(FS_READLINK, fs_readlink, handle, H_FILE, RESULT(-EINVAL)),
	FIELD(FS_READLINK, fs_readlink, handle, H_FIFO, RESULT(-EINVAL)),
	HANDLES(FS_ATTR, fs_handle),
	HANDLES(FS_STATFS, fs_handle),

	COUNTS(FS_CLOSE, fs_close, HC_CLOSE_MAX),
	FIELD(FS_CLOSE, fs_close, count, 0, KILL(FIELD)),

	HANDLES(FS_LOAD, fs_load),
	COUNTS_OF_NAMES(FS_LOAD, fs_load),
	FIELD(FS_LOAD, fs_load, count, 0, KILL(LENGTH)),
	FIELD(FS_LOAD, fs_load, handle, H_FILE, RESULT(-ENOTDIR)),
	FIELD(FS_LOAD, fs_load, handle, H_LINK, RESULT(-ENOTDIR)),
	FIELD(FS_LOAD, fs_load, handle, H_FIFO, RESULT(-ENOTDIR)),
	FIELD(FS_LOAD, fs_load, handle, H_SUB, RESULT(2)),
	FIELD(FS_LOAD, fs_load, bytes, 0, RESULT(2)),
	FIELD(FS_LOAD, fs_load, bytes, ~0u, RESULT(2)),
	FIELD(FS_LOAD, fs_load, buffer.length, 2 * sizeof(struct hc_load_entry), RESULT(2)),
	FIELD(FS_LOAD, fs_load, buffer.length, 2 * sizeof(struct hc_load_entry) - 1, KILL(FIELD)),

	HANDLES(FS_SEEK, fs_seek),
	FIELD(FS_SEEK, fs_seek, whence, 0, KILL(FIELD)),
	FIELD(FS_SEEK, fs_seek, whence, 2, KILL(FIELD)),
	FIELD(FS_SEEK, fs_seek, whence, 5, KILL(FIELD)),
	FIELD(FS_SEEK, fs_seek, whence, ~0u, KILL(FIELD)),
	FIELD(FS_SEEK, fs_seek, offset, -1, KILL(FIELD)),
	FIELD(FS_SEEK, fs_seek, offset, INT64_MIN, KILL(FIELD)),
	FIELD(FS_SEEK, fs_seek, offset, INT64_MAX, RESULT(-ENXIO)),
	FIELD(FS_SEEK, fs_seek, handle, H_SUB, RESULT(-EINVAL)),
	FIELD(FS_SEEK, fs_seek, handle, H_FIFO, RESULT(-EBADF)), /* I6 */
	FIELD(FS_SEEK, fs_seek, handle, H_CLOSED, RESULT(-EBADF)),

	HANDLES(FS_XATTR_GET, fs_xattr_get),
	FIELD(FS_XATTR_GET, fs_xattr_get, count, 1, KILL(LENGTH)),
	FIELD(FS_XATTR_GET, fs_xattr_get, count, ~0u, KILL(FIELD)),
	FIELD(FS_XATTR_GET, fs_xattr_get, handle, H_LINK, RESULT(-EBADF)),
	FIELD(FS_XATTR_GET, fs_xattr_get, handle, H_CLOSED, RESULT(-EBADF)),
	FIELD(FS_XATTR_GET, fs_xattr_get, buffer.length, 0, ANY),

	HANDLES(FS_MAP, fs_map),
	FIELD(FS_MAP, fs_map, flags, HC_MAP_SHARED, RESULT(-EACCES)), /* it is open to be read */
	FIELD(FS_MAP, fs_map, flags, 2, KILL(FIELD)),
	FIELD(FS_MAP, fs_map, flags, ~0u, KILL(FIELD)),
	FIELD(FS_MAP, fs_map, handle, H_ROOT, RESULT(-EBADF)),
	FIELD(FS_MAP, fs_map, handle, H_SUB, RESULT(-ENODEV)),
	FIELD(FS_MAP, fs_map, handle, H_LINK, RESULT(-EBADF)),
	FIELD(FS_MAP, fs_map, handle, H_FIFO, RESULT(-EBADF)), /* I6 */
	FIELD(FS_MAP, fs_map, handle, H_CLOSED, RESULT(-EBADF)),
	FIELD(FS_MAP, fs_map, pages, 0, KILL(SEGMENT)),
	FIELD(FS_MAP, fs_map, pages, 0x4001, KILL(SEGMENT)), /* a chunk and a page */
	FIELD(FS_MAP, fs_map, pages, ~0u, KILL(SEGMENT)),
	FIELD(FS_MAP, fs_map, pages, 0x4000, RESULT(0)),
	FIELD(FS_MAP, fs_map, file_page, 1ull << 51, KILL(FIELD)),
	FIELD(FS_MAP, fs_map, file_page, (1ull << 51) - 1, KILL(FIELD)),
	FIELD(FS_MAP, fs_map, file_page, 1ull << 52, KILL(FIELD)),
	FIELD(FS_MAP, fs_map, file_page, ~0ull, KILL(FIELD)),
	FIELD(FS_MAP, fs_map, window_page, 0x40000, KILL(SEGMENT)), /* the window's end */
	FIELD(FS_MAP, fs_map, window_page, 1ull << 52, KILL(SEGMENT)), /* 0 in bytes */
	FIELD(FS_MAP, fs_map, window_page, ~0ull, KILL(SEGMENT)),
	FIELD(FS_MAP, fs_map, window_page, 0x3ffff, RESULT(0)),

	FIELD(FS_UNMAP, fs_unmap, flags, 2, KILL(FIELD)),
	FIELD(FS_UNMAP, fs_unmap, flags, ~0u, KILL(FIELD)),
	FIELD(FS_UNMAP, fs_unmap, pages, 0, KILL(SEGMENT)),
	FIELD(FS_UNMAP, fs_unmap, pages, 0x4001, KILL(SEGMENT)),
	FIELD(FS_UNMAP, fs_unmap, pages, (1ull << 52) + 1, KILL(SEGMENT)), /* 1 page in bytes */
	FIELD(FS_UNMAP, fs_unmap, pages, ~0ull, KILL(SEGMENT)),
	FIELD(FS_UNMAP, fs_unmap, window_page, 0x40000, KILL(SEGMENT)),
	FIELD(FS_UNMAP, fs_unmap, window_page, 1ull << 52, KILL(SEGMENT)),
	FIELD(FS_UNMAP, fs_unmap, window_page, ~0ull, KILL(SEGMENT)),

	HANDLES(FS_WRITE, fs_write), COUNTS(FS_WRITE, fs_write, HC_SEGMENTS_MAX),
	FIELD(FS_WRITE, fs_write, count, 0, KILL(FIELD)),
	FIELD(FS_WRITE, fs_write, offset, -2, KILL(FIELD)),
	FIELD(FS_WRITE, fs_write, offset, INT64_MIN, KILL(FIELD)),
	FIELD(FS_WRITE, fs_write, offset, -1, RESULT(16)),
	FIELD(FS_WRITE, fs_write, offset, INT64_MAX, RESULT(-EINVAL)),
	FIELD(FS_WRITE, fs_write, handle, H_ROOT, RESULT(-EROFS)), /* I5 */
	FIELD(FS_WRITE, fs_write, handle, H_FILE, RESULT(-EROFS)),
	FIELD(FS_WRITE, fs_write, handle, H_CLOSED, RESULT(-EROFS)),
	FIELD(FS_WRITE, fs_write, handle, H_DIR, RESULT(-EBADF)),

	HANDLES(FS_CREATE, fs_create), COUNTS(FS_CREATE, fs_create, HC_NAMES_MAX),
	FIELD(FS_CREATE, fs_create, kind, HC_CREATE_TEMPORARY, KILL(FIELD)), /* with a name */
	FIELD(FS_CREATE, fs_create, kind, HC_CREATE_TEMPORARY + 1, KILL(FIELD)),
	FIELD(FS_CREATE, fs_create, kind, ~0u, KILL(FIELD)),
	FIELD(FS_CREATE, fs_create, kind, HC_CREATE_FILE, RESULT(0)),
	FIELD(FS_CREATE, fs_create, kind, HC_CREATE_DIRECTORY, RESULT(0)),
	FIELD(FS_CREATE, fs_create, mode, 04755, KILL(FIELD)), /* I6 */
	FIELD(FS_CREATE, fs_create, mode, 02755, KILL(FIELD)),
	FIELD(FS_CREATE, fs_create, mode, S_IFCHR | 0666, KILL(FIELD)),
	FIELD(FS_CREATE, fs_create, mode, ~0u, KILL(FIELD)),
	FIELD(FS_CREATE, fs_create, mode, 01777, RESULT(0)),
	FIELD(FS_CREATE, fs_create, target.length, 17, KILL(FIELD)), /* a NUL */
	FIELD(FS_CREATE, fs_create, target.length, 4096, KILL(FIELD)),
	FIELD(FS_CREATE, fs_create, target.length, 1 << 20, KILL(FIELD)),
	FIELD(FS_CREATE, fs_create, handle, H_ROOT, RESULT(-EROFS)), /* I5 */
	FIELD(FS_CREATE, fs_create, handle, H_SUB, RESULT(-EROFS)),
	FIELD(FS_CREATE, fs_create, handle, H_WRITE, RESULT(-ENOTDIR)),

	HANDLES(FS_REMOVE, fs_remove), COUNTS(FS_REMOVE, fs_remove, HC_NAMES_MAX),
	FIELD(FS_REMOVE, fs_remove, directory, 2, KILL(FIELD)),
	FIELD(FS_REMOVE, fs_remove, directory, 0x200, KILL(FIELD)), /* AT_REMOVEDIR */
	FIELD(FS_REMOVE, fs_remove, directory, 0, RESULT(-EISDIR)),
	FIELD(FS_REMOVE, fs_remove, handle, H_ROOT, RESULT(-EROFS)), /* I5 */
	FIELD(FS_REMOVE, fs_remove, handle, H_SUB, RESULT(-EROFS)),
	FIELD(FS_REMOVE, fs_remove, handle, H_WRITE, RESULT(-ENOTDIR)),

	HANDLES(FS_RENAME, fs_rename),
	FIELD(FS_RENAME, fs_rename, to_handle, H_FREE, KILL(HANDLE)),
	FIELD(FS_RENAME, fs_rename, to_handle, ~0u, KILL(HANDLE)),
	FIELD(FS_RENAME, fs_rename, count, HC_NAMES_MAX + 1, KILL(FIELD)),
	FIELD(FS_RENAME, fs_rename, count, 3, KILL(LENGTH)),
	FIELD(FS_RENAME, fs_rename, flags, 1, RESULT(0)),
	FIELD(FS_RENAME, fs_rename, flags, 2, RESULT(-ENOENT)),
	FIELD(FS_RENAME, fs_rename, flags, 3, KILL(FIELD)),
	FIELD(FS_RENAME, fs_rename, flags, 4, KILL(FIELD)), /* RENAME_WHITEOUT: a device (I6) */
	FIELD(FS_RENAME, fs_rename, flags, ~0u, KILL(FIELD)),
	FIELD(FS_RENAME, fs_rename, handle, H_ROOT, RESULT(-EROFS)), /* I5 */
	FIELD(FS_RENAME, fs_rename, to_handle, H_ROOT, RESULT(-EROFS)),
	FIELD(FS_RENAME, fs_rename, to_handle, H_SUB, RESULT(-EROFS)),
	FIELD(FS_RENAME, fs_rename, to_handle, H_WRITE, RESULT(-ENOTDIR)),

	HANDLES(FS_LINK, fs_link), COUNTS(FS_LINK, fs_link, HC_NAMES_MAX),
	FIELD(FS_LINK, fs_link, object, H_FREE, KILL(HANDLE)),
	FIELD(FS_LINK, fs_link, object, ~0u, KILL(HANDLE)),
	FIELD(FS_LINK, fs_link, object, H_FILE, RESULT(-EROFS)), /* I5: it could be written */
	FIELD(FS_LINK, fs_link, object, H_FIFO, RESULT(-EROFS)),
	FIELD(FS_LINK, fs_link, object, H_DIR, RESULT(-EPERM)),
	FIELD(FS_LINK, fs_link, handle, H_ROOT, RESULT(-EROFS)),
	FIELD(FS_LINK, fs_link, handle, H_WRITE, RESULT(-ENOTDIR)),

	HANDLES(FS_SET_ATTR, fs_set_attr),
	FIELD(FS_SET_ATTR, fs_set_attr, what, 0, KILL(FIELD)),
	FIELD(FS_SET_ATTR, fs_set_attr, what, 32, KILL(FIELD)),
	FIELD(FS_SET_ATTR, fs_set_attr, what, ~0u, KILL(FIELD)),
	FIELD(FS_SET_ATTR, fs_set_attr, mode, 04755, KILL(FIELD)), /* I6 */
	FIELD(FS_SET_ATTR, fs_set_attr, mode, 02755, KILL(FIELD)),
	FIELD(FS_SET_ATTR, fs_set_attr, mode, ~0u, KILL(FIELD)),
	FIELD(FS_SET_ATTR, fs_set_attr, size, -1, KILL(FIELD)),
	FIELD(FS_SET_ATTR, fs_set_attr, size, INT64_MIN, KILL(FIELD)),
	FIELD(FS_SET_ATTR, fs_set_attr, size, INT64_MAX, ANY),
	FIELD(FS_SET_ATTR, fs_set_attr, mtime_ns, INT64_MIN, RESULT(0)),
	FIELD(FS_SET_ATTR, fs_set_attr, mtime_ns, INT64_MIN + 1, ANY),
	FIELD(FS_SET_ATTR, fs_set_attr, mtime_ns, INT64_MAX, ANY),
	FIELD(FS_SET_ATTR, fs_set_attr, handle, H_ROOT, RESULT(-EROFS)), /* I5 */
	FIELD(FS_SET_ATTR, fs_set_attr, handle, H_FILE, RESULT(-EROFS)),
	FIELD(FS_SET_ATTR, fs_set_attr, handle, H_LINK, RESULT(-EROFS)),
	FIELD(FS_SET_ATTR, fs_set_attr, handle, H_DIR, RESULT(-EBADF)),

	HANDLES(FS_ALLOCATE, fs_allocate),
	FIELD(FS_ALLOCATE, fs_allocate, mode, 1u << 7, RESULT(-EOPNOTSUPP)),
	FIELD(FS_ALLOCATE, fs_allocate, mode, ~0u, RESULT(-EOPNOTSUPP)),
	FIELD(FS_ALLOCATE, fs_allocate, offset, -1, KILL(FIELD)),
	FIELD(FS_ALLOCATE, fs_allocate, length, 0, KILL(FIELD)),
	FIELD(FS_ALLOCATE, fs_allocate, length, -1, KILL(FIELD)),
	FIELD(FS_ALLOCATE, fs_allocate, offset, INT64_MAX, RESULT(-EFBIG)),
	FIELD(FS_ALLOCATE, fs_allocate, handle, H_FILE, RESULT(-EROFS)), /* I5 */
	FIELD(FS_ALLOCATE, fs_allocate, handle, H_DIR, RESULT(-EBADF)),

	HANDLES(FS_SYNC, fs_sync),
	FIELD(FS_SYNC, fs_sync, data, 2, KILL(FIELD)),
	FIELD(FS_SYNC, fs_sync, handle, H_FILE, RESULT(-EROFS)),
	FIELD(FS_SYNC, fs_sync, handle, H_DIR, RESULT(-EBADF)),

	HANDLES(FS_XATTR_SET, fs_xattr_set), COUNTS(FS_XATTR_SET, fs_xattr_set, HC_NAMES_MAX),
	FIELD(FS_XATTR_SET, fs_xattr_set, flags, 3, KILL(FIELD)),
	FIELD(FS_XATTR_SET, fs_xattr_set, flags, 5, KILL(FIELD)),
	FIELD(FS_XATTR_SET, fs_xattr_set, flags, ~0u, KILL(FIELD)),
	FIELD(FS_XATTR_SET, fs_xattr_set, flags, HC_XATTR_REPLACE, RESULT(-ENODATA)),
	FIELD(FS_XATTR_SET, fs_xattr_set, value.length, 1 << 20, RESULT(-E2BIG)),
	FIELD(FS_XATTR_SET, fs_xattr_set, value.length, 0, RESULT(0)),
	FIELD(FS_XATTR_SET, fs_xattr_set, handle, H_FILE, RESULT(-EROFS)), /* I5 */
	FIELD(FS_XATTR_SET, fs_xattr_set, handle, H_DIR, RESULT(-EBADF)),
};
/* clang-format on */

const size_t field_count = sizeof(fields) / sizeof(*fields);
