// SPDX-License-Identifier: Apache-2.0
/*
 * A request that changes while it is served (I3), without KVM: once at the
 * worst moment, right after the monitor's copy, and then by a second thread,
 * all the time, while every system call that the monitor makes is held to the
 * bounds of guest memory, handles and names. cmocka; TAP.
 */
#include "tests/unit/guest.h"

#include "hv/dispatch.h"
#include "tests/adversarial/valid.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define RACE_SECONDS 3
#define HANDLES	     64

static struct vm vm;
static char *scratch, *changed; /* the read grant, and the write grant */
static int serving;		/* hc_dispatch() is running */
static int racing;		/* system calls are checked and not made */
static int fetches;		/* copies out of the request's page */
static const char *broken;	/* the bound that was broken */
static const uint8_t *flip_to;	/* what the page holds right after it was copied */

static void demand(int holds, const char *what)
{
	if (!holds && !broken)
		broken = what;
}

static int in_area(const void *at, size_t length, const uint8_t *area, uint64_t bytes)
{
	const uint8_t *start = at;

	return start >= area && length <= bytes && start <= area + (bytes - length);
}

static int in_window(const void *at, size_t length)
{
	for (int i = 0; i < GM_WINDOWS; i++)
		if (in_area(at, length, vm.gm.windows[i].host, GUEST_WINDOW_MAX))
			return 1;
	return 0;
}

/* Written without gm_range(), which is what is tested. */
static int in_guest(const void *at, size_t length)
{
	return in_area(at, length, vm.gm.image, vm.gm.image_bytes) ||
	       in_area(at, length, vm.gm.ram, vm.gm.ram_bytes) || in_window(at, length);
}

static void demand_iov(const struct iovec *iov, int count)
{
	demand(count > 0 && count <= HC_SEGMENTS_MAX, "segments are counted");
	for (int i = 0; i < count && i < HC_SEGMENTS_MAX; i++)
		demand(in_guest(iov[i].iov_base, iov[i].iov_len), "segments are guest memory");
}

#define PASSING_MAX 4

static int passing[PASSING_MAX]; /* descriptors opened by this call, and not closed yet; 0: none */

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
	for (uint32_t i = 0; i < vm.handles.size; i++)
		if (vm.handles.table[i].kind != HANDLE_FREE && vm.handles.table[i].fd == fd)
			return;
	demand(0, "descriptors are those of handles");
}

static void demand_name(const char *name)
{
	demand(*name && !strchr(name, '/') && strcmp(name, ".") && strcmp(name, "..") &&
		       strlen(name) <= HC_NAME_MAX,
	       "names are components");
}

/* The seams: the linker sends the monitor's calls here. */
#define SEAM(type, name, ...) \
	type __real_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__)

SEAM(void *, memcpy, void *to, const void *from, size_t size)
{
	const uint8_t *page = (const uint8_t *)vm.vcpu.request;

	__real_memcpy(to, from, size);
	if (serving && (const uint8_t *)from < page + sizeof(struct hc_request) &&
	    (const uint8_t *)from + size > page) {
		fetches++;
		demand(size == sizeof(struct hc_request), "a request is copied whole");
		if (flip_to)
			__real_memcpy(vm.vcpu.request, flip_to, sizeof(struct hc_request));
	}
	return to;
}

/* The test's own streams are not for the guest. */
static ssize_t pretend(int fd, const struct iovec *iov, int count)
{
	size_t total = 0;

	demand_iov(iov, count);
	demand(fd >= 0 && fd < HC_STREAMS, "streams are 0 to 2");
	for (int i = 0; i < count && i < HC_SEGMENTS_MAX; i++)
		total += iov[i].iov_len;
	return (ssize_t)total;
}

SEAM(ssize_t, readv, int fd, const struct iovec *iov, int count)
{
	return serving ? pretend(fd, iov, count) : __real_readv(fd, iov, count);
}

SEAM(ssize_t, writev, int fd, const struct iovec *iov, int count)
{
	return serving ? pretend(fd, iov, count) : __real_writev(fd, iov, count);
}

SEAM(off_t, lseek, int fd, off_t offset, int whence)
{
	return serving && fd < HC_STREAMS ? offset : __real_lseek(fd, offset, whence);
}

SEAM(ssize_t, preadv, int fd, const struct iovec *iov, int count, off_t offset)
{
	if (serving) {
		demand_iov(iov, count);
		demand_handle(fd);
		demand(offset >= 0, "offsets are positive");
	}
	return racing ? 0 : __real_preadv(fd, iov, count, offset);
}

SEAM(ssize_t, readlinkat, int fd, const char *path, char *buffer, size_t size)
{
	if (serving) {
		demand(!*path && in_guest(buffer, size), "links are read into guest memory");
		demand_handle(fd);
	}
	return racing ? 0 : __real_readlinkat(fd, path, buffer, size);
}

SEAM(void *, mmap, void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	if (serving) {
		demand(flags & MAP_FIXED && in_window(at, size), "maps are in a window");
		demand(offset >= 0 && !(prot & PROT_EXEC), "maps are sane");
		if (!(flags & MAP_ANONYMOUS))
			demand_handle(fd);
	}
	return racing && serving ? at : __real_mmap(at, size, prot, flags, fd, offset);
}

SEAM(int, madvise, void *at, size_t size, int advice)
{
	if (serving)
		demand(advice == MADV_DONTNEED && in_area(at, size, vm.gm.ram, vm.gm.ram_bytes),
		       "RAM is given back");
	return racing && serving ? 0 : __real_madvise(at, size, advice);
}

SEAM(ssize_t, flistxattr, int fd, char *list, size_t size)
{
	if (serving) {
		demand(!size || in_guest(list, size), "attributes are read into guest memory");
		demand_handle(fd);
	}
	return racing ? 0 : __real_flistxattr(fd, list, size);
}

SEAM(ssize_t, fgetxattr, int fd, const char *name, void *value, size_t size)
{
	if (serving) {
		demand(!size || in_guest(value, size), "attributes are read into guest memory");
		demand(*name && strlen(name) <= HC_NAME_MAX, "attributes have names");
		demand_handle(fd);
	}
	return racing ? 0 : __real_fgetxattr(fd, name, value, size);
}

SEAM(int, close, int fd)
{
	if (serving)
		replace_passing(fd, 0);
	demand(!serving || fd >= HC_STREAMS, "streams are not closed");
	for (uint32_t i = 0; serving && i < vm.handles.size; i++)
		demand(!vm.handles.table[i].root || vm.handles.table[i].fd != fd,
		       "grants are not closed");
	return __real_close(fd);
}

SEAM(int, fstatfs, int fd, struct statfs *out)
{
	if (serving)
		demand_handle(fd);
	return __real_fstatfs(fd, out);
}

SEAM(int, host_openat, int dir, const char *name, int flags)
{
	if (serving && dir != vm.self_fd) { /* there, it is a number of the monitor's own making */
		demand_name(name);
		demand((flags & (O_PATH | O_NOFOLLOW)) == (O_PATH | O_NOFOLLOW),
		       "links are not followed");
	}
	int fd = __real_host_openat(dir, name, flags);

	if (serving && fd >= 0)
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
	if (serving) {
		if ((flags & O_TMPFILE) == O_TMPFILE)
			demand_handle(dir);
		else
			demand_dir(dir, name);
		demand(!(mode & ~01777u), "modes have no set-id bits");
	}
	return racing ? (errno = EEXIST, -1) : __real_host_create(dir, name, flags, mode);
}

SEAM(int, mkdirat, int dir, const char *name, mode_t mode)
{
	if (serving) {
		demand_dir(dir, name);
		demand(!(mode & ~01777u), "modes have no set-id bits");
	}
	return racing ? (errno = EEXIST, -1) : __real_mkdirat(dir, name, mode);
}

SEAM(int, symlinkat, const char *target, int dir, const char *name)
{
	if (serving) {
		demand_dir(dir, name);
		demand(*target && !in_guest(target, 1), "targets are copied");
	}
	return racing ? (errno = EEXIST, -1) : __real_symlinkat(target, dir, name);
}

SEAM(int, unlinkat, int dir, const char *name, int flags)
{
	if (serving)
		demand_dir(dir, name);
	return racing && serving ? 0 : __real_unlinkat(dir, name, flags);
}

SEAM(int, linkat, int from, const char *name, int dir, const char *new, int flags)
{
	if (serving) {
		demand(from == vm.self_fd && flags == AT_SYMLINK_FOLLOW, "links are of handles");
		demand_dir(dir, new);
	}
	return racing ? 0 : __real_linkat(from, name, dir, new, flags);
}

/* Of a descriptor alone. */
#define SEAM_FD(name, parameters, ...) \
	SEAM(int, name, int fd parameters) \
	{ \
		if (serving) \
			demand_handle(fd); \
		return racing ? 0 : __real_##name(__VA_ARGS__); \
	}
#define WITH(...) , __VA_ARGS__

SEAM_FD(ftruncate, WITH(off_t size), fd, size)
SEAM_FD(fsync, , fd)
SEAM_FD(fdatasync, , fd)
SEAM_FD(fremovexattr, WITH(const char *name), fd, name)

SEAM(int, fsetxattr, int fd, const char *name, const void *value, size_t size, int flags)
{
	if (serving) {
		demand_handle(fd);
		demand(!size || in_guest(value, size), "attributes are guest memory");
	}
	return racing ? 0 : __real_fsetxattr(fd, name, value, size, flags);
}

SEAM(long, syscall, long number, long a, long b, long c, long d, long e, long f)
{
	if (serving && number == SYS_getdents64)
		demand(in_guest((void *)b, (size_t)c), "directories are read into guest memory");
	if (serving && number == SYS_pwritev2)
		demand_iov((const struct iovec *)b, (int)c);
	if (serving && number == SYS_renameat2) {
		demand_dir((int)a, (const char *)b);
		demand_dir((int)c, (const char *)d);
	}
	if (serving && (number == SYS_pwritev2 || number == SYS_fallocate || number == SYS_fchmod ||
			number == SYS_fchown || number == SYS_utimensat))
		demand_handle((int)a);
	if (racing && number != SYS_fstat && number != SYS_openat && number != SYS_ioctl)
		return 0;
	return __real_syscall(number, a, b, c, d, e, f);
}

/* ---- a guest with the handles that the valid requests name ---- */

static void start(void)
{
	char writable[512], path[512];
	const char *grants[] = { scratch, writable, NULL };

	scratch_remove(strdup(changed)); /* what the last guest made of it */
	snprintf(path, sizeof(path), "%s/sub", changed);
	assert_int_equal(mkdir(changed, 0755) | mkdir(path, 0755), 0);
	scratch_write(changed, "file", "0123456789abcdef");
	snprintf(writable, sizeof(writable), GUEST_WRITABLE "%s", changed);
	guest_start(&vm, grants, HANDLES);
	vm.streams = 7;
	for (unsigned int i = 0; i < prelude_count; i++) {
		const struct message *m = &prelude[i];

		assert_int_equal(guest_call(&vm, m->number, m->args.bytes, m->length),
				 m->expect.code);
	}
	assert_null(handles_get(&vm.handles, H_FREE));
}

static int64_t serve(const struct message *m)
{
	uint32_t length = m->length <= HC_PAYLOAD_MAX ? m->length : HC_PAYLOAD_MAX;
	int64_t result;

	fetches = 0;
	serving = 1;
	result = guest_call(&vm, m->number, m->args.bytes, length);
	serving = 0;
	memset(passing, 0, sizeof(passing));
	return result;
}

static int setup(void **state)
{
	char path[512];

	(void)state;
	scratch = scratch_make();
	changed = scratch_make();
	scratch_write(scratch, "file", "0123456789abcdef");
	snprintf(path, sizeof(path), "%s/sub", scratch);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/link", scratch);
	assert_int_equal(symlink("../outside", path), 0);
	snprintf(path, sizeof(path), "%s/fifo", scratch);
	assert_int_equal(mkfifo(path, 0644), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scratch_remove(scratch);
	scratch_remove(changed);
	return 0;
}

/* Every row, with a page that turns into something else behind the monitor's copy. */
static void the_page_changes_after_the_copy(void **state)
{
	static struct hc_request pages[3];

	(void)state;
	memset(&pages[0], 0xff, sizeof(pages[0]));
	memset(&pages[1], 0, sizeof(pages[1]));
	for (size_t i = 0; i < sizeof(pages[2].payload); i++) /* lengths, counts and names */
		pages[2].payload[i] = (uint8_t) "\x02../"[i % 4];
	pages[2].number = HC_FS_WALK;
	pages[2].length = 64;
	for (unsigned int i = 0; i < valid_count; i++) {
		const struct message *m = &valid[i];
		struct killed good_end;
		int64_t good;

		start();
		good = serve(m);
		good_end = killed;
		assert_null(broken);
		guest_stop(&vm);
		for (size_t j = 0; j < sizeof(pages) / sizeof(*pages); j++) {
			int64_t result;

			start();
			flip_to = (const uint8_t *)&pages[j];
			result = serve(m);
			flip_to = NULL;
			if (killed.end) /* what is in the page is not the result then */
				result = good;
			if (broken || fetches != 1 || result != good ||
			    killed.end != good_end.end || killed.code != good_end.code)
				fail_msg("%s: %d fetches, result %lld not %lld, end %u code %u: %s",
					 row_name(m->number), fetches, (long long)result,
					 (long long)good, killed.end, killed.code,
					 broken ? broken : "no bound broken");
			guest_stop(&vm);
		}
	}
}

/* Names to the page's last byte, and a count that promises one more: the sanitizer watches. */
static void nothing_behind_the_copy_is_read(void **state)
{
	static uint8_t name[HC_NAME_MAX];
	struct message m = walk_start(H_ROOT, 0);

	(void)state;
	start();
	memset(name, 'x', sizeof(name));
	while (m.length < HC_PAYLOAD_MAX) {
		size_t left = HC_PAYLOAD_MAX - m.length - 1;

		walk_name(&m, name, left < HC_NAME_MAX ? left : HC_NAME_MAX);
	}
	m.args.fs_walk.head.count++;
	serve(&m);
	assert_true(guest_violated(HV_VIOLATION_LENGTH));
	guest_stop(&vm);
}

static atomic_int stop_racing;

static uint64_t step(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Writes what tempts into the first fields, the tail's beginning, and anywhere. */
static void *rewrite(void *argument)
{
	static const uint64_t tempting[] = { 0,
					     1,
					     2,
					     65,
					     129,
					     0xffffffff,
					     ~0ull,
					     GUEST_RAM_GPA,
					     MESSAGE_BUFFER,
					     GUEST_DOORBELL_GPA,
					     GUEST_WINDOW_GPA,
					     1ull << 63,
					     0x2f2e2e2f2e2e022full,
					     0x02022e2e022f2e2eull };
	uint64_t seed = 0x2545f4914f6cdd1dull;
	uint8_t *page = argument;

	while (!atomic_load_explicit(&stop_racing, memory_order_relaxed)) {
		uint64_t value = tempting[step(&seed) % (sizeof(tempting) / sizeof(*tempting))];
		size_t at = step(&seed) % (step(&seed) % 8 ? 64 : 4088);

		if (at < 8 && step(&seed) % 64) /* seldom the number and the length */
			at += 8;
		at &= ~3ull;
		if (value >> 32)
			*(volatile uint64_t *)(page + at) = value;
		else
			*(volatile uint32_t *)(page + at) = (uint32_t)value;
	}
	return NULL;
}

static void another_thread_rewrites_the_page(void **state)
{
	struct timespec begin, now;
	uint64_t seed = 88172645463325252ull;
	unsigned long served = 0, ended = 0;
	pthread_t writer;

	(void)state;
	start();
	racing = 1;
	assert_int_equal(pthread_create(&writer, NULL, rewrite, vm.vcpu.request), 0);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	do {
		for (int i = 0; i < 2000 && !broken; i++) {
			const struct message *m = &valid[step(&seed) % valid_count];

			if (m->number == HC_FS_CLOSE && step(&seed) % 4)
				continue; /* or most handles are closed most of the time */
			serve(m);
			served++;
			ended += killed.end != 0;
			demand(fetches == 1, "a request is copied once");
			demand(vm.gm.ram_bytes <= vm.gm.ram_limit, "memory is bounded");
			demand(vm.handles.table[H_ROOT].root, "grants stay");
		}
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (!broken && now.tv_sec - begin.tv_sec < RACE_SECONDS);
	atomic_store(&stop_racing, 1);
	pthread_join(writer, NULL);
	racing = 0;
	print_message("# %lu requests, %lu of them refused\n", served, ended);
	if (broken)
		fail_msg("after %lu requests, not held: %s", served, broken);
	assert_true(ended > 0 && ended < served);
	guest_stop(&vm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_page_changes_after_the_copy, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_behind_the_copy_is_read, setup, teardown),
		cmocka_unit_test_setup_teardown(another_thread_rewrites_the_page, setup, teardown),
	};

	return RUN(tests, "double-fetch");
}
