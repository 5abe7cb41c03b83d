// SPDX-License-Identifier: Apache-2.0
/*
 * The two ways to a descriptor: one step down from a directory, by a single
 * component and without following a link (I5), and from an object to reading
 * or writing it (I6). Holes of the policy are kept here.
 */
#include "common/syscall.h"
#include "hv/attr.h"
#include "hv/dispatch.h"
#include "hv/fs.h"
#include "hv/holes.h"
#include "hv/vm.h"
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define WALK_FLAGS (O_PATH | O_NOFOLLOW | O_CLOEXEC)
#define OPEN_FLAGS (O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

void fs_name(const uint8_t *name, char text[HC_NAME_MAX + 1])
{
	memcpy(text, name + 1, name[0]);
	text[name[0]] = '\0';
}

int fs_look(const struct handle *dir, const char *name, struct hc_attr *attr)
{
	int fd = host_openat(dir->fd, name, WALK_FLAGS); /* I5 */
	int error;

	if (fd < 0)
		return -errno;
	error = attr_get(fd, attr);
	if (error) {
		close(fd);
		return error;
	}
	return fd;
}

/*
 * True for the place where a procfs is mounted, any of them: below a grant such
 * as "/" its files look regular, and show the host's processes, this one too.
 * Where no mount is crossed there is none, since no grant begins in one.
 */
static int is_procfs(int fd, const struct hc_attr *attr, const struct handle *from)
{
	struct statfs st;

	return attr->dev != from->dev && (fstatfs(fd, &st) || st.f_type == PROC_SUPER_MAGIC);
}

int fs_step(struct vm *vm, const struct handle *from, const char *name, struct handle *to,
	    struct hc_attr *attr)
{
	unsigned int holes;
	int fd, procfs;

	if (from->procfs) /* I6 */
		return -EACCES;
	fd = fs_look(from, name, attr);
	if (fd < 0)
		return fd;
	procfs = is_procfs(fd, attr, from);
	holes = holes_at(vm, attr->dev, attr->ino) | holes_in(vm, from, name);
	if (holes & 1u << HOLE_DENIED) { /* I5 */
		close(fd);
		/* A load names what its directory lists: no program has asked for it yet. */
		return vm->outcome.number == HC_FS_LOAD ? -ENOENT : vm_refuse(vm, -ENOENT);
	}
	*to = (struct handle){ .fd = fd,
			       .mode = attr->mode,
			       .dev = attr->dev,
			       .ino = attr->ino,
			       .grant = from->grant,
			       .kind = HANDLE_PATH,
			       .procfs = procfs != 0,
			       .changeable = from->changeable && !(holes & 1u << HOLE_READ) };
	holes_follow(vm, from, name, to); /* I5 */
	return 0;
}

/* Through /proc/self/fd: no name of the guest's is used. */
static int reopen(const struct vm *vm, int fd, int access)
{
	char name[16];
	int copy;

	snprintf(name, sizeof(name), "%d", fd);
	do
		copy = host_openat(vm->self_fd, name, access | OPEN_FLAGS);
	while (copy < 0 && errno == EINTR);
	return copy < 0 ? -errno : copy;
}

/* 0, or -ESTALE when the descriptor is not of the handle's object. */
static int check_same(int fd, const struct handle *handle)
{
	struct hc_attr now;
	int error = attr_get(fd, &now);

	if (!error && (now.dev != handle->dev || now.ino != handle->ino))
		error = -ESTALE;
	return error;
}

/* By way of a new descriptor that is of the same object: it, or -errno. */
static int open_now(const struct vm *vm, const struct handle *handle, int access)
{
	int fd = reopen(vm, handle->fd, access);
	int error = fd < 0 ? fd : check_same(fd, handle);

	if (error && fd >= 0)
		close(fd);
	return error ? error : fd;
}

int fs_open(struct vm *vm, const struct handle *handle, int access)
{
	if (!S_ISREG(handle->mode) && !S_ISDIR(handle->mode)) /* I6 */
		return FS_NEVER_OPENED;
	if (handle->procfs) /* I6 */
		return -EACCES;
	if (access != O_RDONLY && S_ISDIR(handle->mode))
		return -EISDIR;
	if (access != O_RDONLY && !handle->changeable) /* I5 */
		return vm_refuse(vm, -EROFS);
	if (!(vm->permissions & PERM_OPENS)) /* I8 */
		return handle->ready == 1 ? FS_IS_OPEN : handle->ready;
	return open_now(vm, handle, access);
}

void fs_open_grants(struct vm *vm, const struct policy *p)
{
	uint32_t number = 0;

	if (p->permissions & PERM_OPENS)
		return;
	for (size_t i = 0; i < p->grant_count; i++) {
		struct handle *root;
		int fd;

		if (!grant_is_host(p->grants[i].kind))
			continue;
		root = handles_get(&vm->handles, number++);
		fd = open_now(vm, root, O_RDONLY);
		root->ready = (int16_t)(fd < 0 ? fd : 1);
		if (fd < 0)
			continue;
		if (dup3(fd, root->fd, O_CLOEXEC) < 0)
			root->ready = (int16_t)-errno;
		close(fd);
	}
}
