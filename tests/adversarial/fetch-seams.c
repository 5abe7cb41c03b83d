// SPDX-License-Identifier: Apache-2.0
/*
 * The monitor's system calls, held to the bounds of guest memory, handles and
 * names: the linker sends them here (adversarial.mk).
 */
#include "tests/adversarial/fetch-seams.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

void seams_demand(int holds, const char *what)
{
	if (!holds && !seams.broken)
		seams.broken = what;
}

static int in_area(const void *at, size_t length, const uint8_t *area, uint64_t bytes)
{
	const uint8_t *start = at;

	return start >= area && length <= bytes && start <= area + (bytes - length);
}

static int in_window(const void *at, size_t length)
{
	for (int i = 0; i < GM_WINDOWS; i++)
		if (in_area(at, length, seams.vm->gm.windows[i].host, GUEST_WINDOW_MAX))
			return 1;
	return 0;
}

/* Written without gm_range(), which is what is tested. */
static int in_guest(const void *at, size_t length)
{
	return in_area(at, length, seams.vm->gm.image, seams.vm->gm.image_bytes) ||
	       in_area(at, length, seams.vm->gm.ram, seams.vm->gm.ram_bytes) ||
	       in_window(at, length);
}

static void demand_iov(const struct iovec *iov, int count)
{
	seams_demand(count > 0 && count <= HC_SEGMENTS_MAX, "segments are counted");
	for (int i = 0; i < count && i < HC_SEGMENTS_MAX; i++)
		seams_demand(in_guest(iov[i].iov_base, iov[i].iov_len),
			     "segments are guest memory");
}

#define PASSING_MAX 4

static int passing[PASSING_MAX]; /* descriptors opened by this call, and not closed yet; 0: none */

void seams_reset(void)
{
	memset(passing, 0, sizeof(passing));
}

static int is_passing(int fd)
{
	for (int i = 0; i < PASSING_MAX; i++)
		if (passing[i] == fd)
			return 1;
	return 0;
}

static void replace_passing(int old, int new)
{
	for (int i = 0; i < PASSING_MAX; i++)
		if (passing[i] == old) {
			passing[i] = new;
			return;
		}
}

static void demand_handle(int fd)
{
	if (is_passing(fd))
		return;
	for (uint32_t i = 0; i < seams.vm->handles.size; i++)
		if (seams.vm->handles.table[i].kind != HANDLE_FREE &&
		    seams.vm->handles.table[i].fd == fd)
			return;
	seams_demand(0, "descriptors are those of handles");
}

static void demand_name(const char *name)
{
	seams_demand(*name && !strchr(name, '/') && strcmp(name, ".") && strcmp(name, "..") &&
			     strlen(name) <= HC_NAME_MAX,
		     "names are components");
}

/* The seams: the linker sends the monitor's calls here. */
#define SEAM(type, name, ...) \
	type __real_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__)

void seams_wall(int up)
{
	seams.walled = up;
	seams_demand(mprotect(seams.vm->gm.ram, seams.vm->gm.ram_bytes,
			      up ? PROT_NONE : PROT_READ | PROT_WRITE) == 0,
		     "the wall stands");
}

static int in_ram(const void *at)
{
	return in_area(at, 1, seams.vm->gm.ram, seams.vm->gm.ram_bytes);
}

void *__real_memcpy(void *to, const void *from, size_t size);

/* A copy is the one way in which the monitor itself touches the guest's data. */
static void copy_data(void *to, const void *from, size_t size)
{
	const int walled = seams.walled;

	if (walled)
		seams_wall(0);
	__real_memcpy(to, from, size);
	if (in_ram(from)) {
		seams.data_fetches++;
		if (seams.data_flip)
			__real_memcpy((void *)(uintptr_t)from, seams.data_flip, size);
	}
	if (walled)
		seams_wall(1);
}

SEAM(void *, memcpy, void *to, const void *from, size_t size)
{
	const uint8_t *page = (const uint8_t *)seams.vm->vcpu.request;

	if (seams.serving && (in_ram(to) || in_ram(from)))
		copy_data(to, from, size);
	else
		__real_memcpy(to, from, size);
	if (seams.serving && (const uint8_t *)from < page + sizeof(struct hc_request) &&
	    (const uint8_t *)from + size > page) {
		seams.fetches++;
		seams_demand(size == sizeof(struct hc_request), "a request is copied whole");
		if (seams.flip_to)
			__real_memcpy(seams.vm->vcpu.request, seams.flip_to,
				      sizeof(struct hc_request));
	}
	return to;
}

/* The test's own streams are not for the guest. */
static ssize_t pretend(int fd, const struct iovec *iov, int count)
{
	size_t total = 0;

	demand_iov(iov, count);
	seams_demand(fd >= 0 && fd < HC_STREAMS, "streams are 0 to 2");
	for (int i = 0; i < count && i < HC_SEGMENTS_MAX; i++)
		total += iov[i].iov_len;
	return (ssize_t)total;
}

/* At offset -1 a stream; else a file. */
static void demand_file(int fd, const struct iovec *iov, uint32_t count, int64_t offset)
{
	demand_iov(iov, (int)count);
	demand_handle(fd);
	seams_demand(offset >= 0, "offsets are positive");
}

SEAM(int64_t, host_readv, int fd, const struct iovec *iov, uint32_t count, int64_t offset,
     int flags)
{
	if (seams.serving && offset == -1)
		return pretend(fd, iov, (int)count);
	if (seams.serving)
		demand_file(fd, iov, count, offset);
	return seams.racing ? 0 : __real_host_readv(fd, iov, count, offset, flags);
}

SEAM(int64_t, host_writev, int fd, const struct iovec *iov, uint32_t count, int64_t offset,
     int flags)
{
	if (seams.serving && fd == seams.vm->outcome_fd) { /* HV_STOPPED */
		seams_demand(count == 1 && iov->iov_len == sizeof(struct hv_outcome),
			     "the launcher hears of outcomes");
		return (int64_t)iov->iov_len;
	}
	if (seams.serving && offset == -1)
		return pretend(fd, iov, (int)count);
	if (seams.serving)
		demand_file(fd, iov, count, offset);
	return seams.racing ? 0 : __real_host_writev(fd, iov, count, offset, flags);
}

SEAM(off_t, lseek, int fd, off_t offset, int whence)
{
	return seams.serving && fd < HC_STREAMS ? offset : __real_lseek(fd, offset, whence);
}

SEAM(ssize_t, readlinkat, int fd, const char *path, char *buffer, size_t size)
{
	if (seams.serving) {
		seams_demand(!*path && in_guest(buffer, size), "links are read into guest memory");
		demand_handle(fd);
	}
	return seams.racing ? 0 : __real_readlinkat(fd, path, buffer, size);
}

SEAM(void *, mmap, void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	if (seams.serving) {
		seams_demand(flags & MAP_FIXED && in_window(at, size), "maps are in a window");
		seams_demand(offset >= 0 && !(prot & PROT_EXEC), "maps are sane");
		if (!(flags & MAP_ANONYMOUS))
			demand_handle(fd);
	}
	if (seams.serving && seams.maps == ALL_MAPS_FAIL) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	if (seams.serving && seams.maps == MAPS_OF_FILES_FAIL && !(flags & MAP_ANONYMOUS)) {
		munmap(at, size); /* as a failure half-way leaves it */
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return seams.racing && seams.serving ? at : __real_mmap(at, size, prot, flags, fd, offset);
}

SEAM(int, madvise, void *at, size_t size, int advice)
{
	if (seams.serving)
		seams_demand(advice == MADV_DONTNEED &&
				     in_area(at, size, seams.vm->gm.ram, seams.vm->gm.ram_bytes),
			     "RAM is given back");
	return seams.racing && seams.serving ? 0 : __real_madvise(at, size, advice);
}

SEAM(ssize_t, flistxattr, int fd, char *list, size_t size)
{
	if (seams.serving) {
		seams_demand(!size || in_guest(list, size),
			     "attributes are read into guest memory");
		demand_handle(fd);
	}
	return seams.racing ? 0 : __real_flistxattr(fd, list, size);
}

SEAM(ssize_t, fgetxattr, int fd, const char *name, void *value, size_t size)
{
	if (seams.serving) {
		seams_demand(!size || in_guest(value, size),
			     "attributes are read into guest memory");
		seams_demand(*name && strlen(name) <= HC_NAME_MAX, "attributes have names");
		demand_handle(fd);
	}
	return seams.racing ? 0 : __real_fgetxattr(fd, name, value, size);
}

SEAM(int, close, int fd)
{
	if (seams.serving)
		replace_passing(fd, 0);
	seams_demand(!seams.serving || fd >= HC_STREAMS, "streams are not closed");
	for (uint32_t i = 0; seams.serving && i < seams.vm->handles.size; i++)
		seams_demand(!seams.vm->handles.table[i].root ||
				     seams.vm->handles.table[i].fd != fd,
			     "grants are not closed");
	return __real_close(fd);
}

SEAM(int, fstatfs, int fd, struct statfs *out)
{
	if (seams.serving)
		demand_handle(fd);
	return __real_fstatfs(fd, out);
}

SEAM(int, host_openat, int dir, const char *name, int flags)
{
	if (seams.serving &&
	    dir != seams.vm->self_fd) { /* there, it is a number of the monitor's own making */
		demand_name(name);
		seams_demand((flags & (O_PATH | O_NOFOLLOW)) == (O_PATH | O_NOFOLLOW),
			     "links are not followed");
	}
	int fd = __real_host_openat(dir, name, flags);

	if (seams.serving && fd >= 0)
		replace_passing(0, fd);
	return fd;
}

static void demand_dir(int dir, const char *name)
{
	demand_handle(dir);
	demand_name(name);
}

SEAM(int, host_create, int dir, const char *name, int flags, unsigned int mode)
{
	if (seams.serving) {
		if ((flags & O_TMPFILE) == O_TMPFILE)
			demand_handle(dir);
		else
			demand_dir(dir, name);
		seams_demand(!(mode & ~01777u), "modes have no set-id bits");
	}
	return seams.racing ? (errno = EEXIST, -1) : __real_host_create(dir, name, flags, mode);
}

SEAM(int, mkdirat, int dir, const char *name, mode_t mode)
{
	if (seams.serving) {
		demand_dir(dir, name);
		seams_demand(!(mode & ~01777u), "modes have no set-id bits");
	}
	return seams.racing ? (errno = EEXIST, -1) : __real_mkdirat(dir, name, mode);
}

SEAM(int, symlinkat, const char *target, int dir, const char *name)
{
	if (seams.serving) {
		demand_dir(dir, name);
		seams_demand(*target && !in_guest(target, 1), "targets are copied");
	}
	return seams.racing ? (errno = EEXIST, -1) : __real_symlinkat(target, dir, name);
}

SEAM(int, unlinkat, int dir, const char *name, int flags)
{
	if (seams.serving)
		demand_dir(dir, name);
	return seams.racing && seams.serving ? 0 : __real_unlinkat(dir, name, flags);
}

SEAM(int, linkat, int from, const char *name, int dir, const char *new, int flags)
{
	if (seams.serving) {
		seams_demand(from == seams.vm->self_fd && flags == AT_SYMLINK_FOLLOW,
			     "links are of handles");
		demand_dir(dir, new);
	}
	return seams.racing ? 0 : __real_linkat(from, name, dir, new, flags);
}

/* Of a descriptor alone. */
#define SEAM_FD(name, parameters, ...) \
	SEAM(int, name, int fd parameters) \
	{ \
		if (seams.serving) \
			demand_handle(fd); \
		return seams.racing ? 0 : __real_##name(__VA_ARGS__); \
	}
#define WITH(...) , __VA_ARGS__

SEAM_FD(ftruncate, WITH(off_t size), fd, size)
SEAM_FD(fsync, , fd)
SEAM_FD(fdatasync, , fd)
SEAM_FD(fremovexattr, WITH(const char *name), fd, name)

SEAM(int, fsetxattr, int fd, const char *name, const void *value, size_t size, int flags)
{
	if (seams.serving) {
		demand_handle(fd);
		seams_demand(!size || in_guest(value, size), "attributes are guest memory");
	}
	return seams.racing ? 0 : __real_fsetxattr(fd, name, value, size, flags);
}

SEAM(long, syscall, long number, long a, long b, long c, long d, long e, long f)
{
	if (seams.serving && number == SYS_getdents64)
		seams_demand(in_guest((void *)b, (size_t)c),
			     "directories are read into guest memory");
	if (seams.serving && number == SYS_renameat2) {
		demand_dir((int)a, (const char *)b);
		demand_dir((int)c, (const char *)d);
	}
	if (seams.serving && (number == SYS_fallocate || number == SYS_fchmod ||
			      number == SYS_fchown || number == SYS_utimensat))
		demand_handle((int)a);
	if (seams.racing && number != SYS_fstat && number != SYS_openat && number != SYS_ioctl)
		return 0;
	return __real_syscall(number, a, b, c, d, e, f);
}
