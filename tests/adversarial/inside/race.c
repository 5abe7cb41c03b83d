// SPDX-License-Identifier: Apache-2.0
/*
 * race DIRECTORY NAME FILE MS: for so long, reads and changes what is at
 * DIRECTORY/NAME/FILE and around it, by hypercalls and by system calls, while
 * somebody on the host makes other things of NAME. Whatever they meet there,
 * they must come back. Prints LEAK when they saw what nobody may see.
 */
#include "tests/adversarial/inside/call.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *directory, *name, *file;
static uint32_t grant;
static unsigned long met, missed, leaks;

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void note(const char *how, int64_t bytes)
{
	met += bytes > 0;
	missed += bytes <= 0;
	if (has_canary(bytes) && !leaks++)
		printf("LEAK by %s\n", how);
}

/* A handle, or -1. */
static int64_t walk(const char *const *names, size_t count, uint32_t flags)
{
	struct hc_fs_walk_out out;

	if (call_walk(grant, names, count, flags, &out))
		return -1;
	if (out.walked == count && (!flags || out.opened))
		return out.handle;
	if (out.walked && out.opened) /* then it was the last */
		printf("LEAK: opened on the way\n");
	call_close(out.handle);
	return -1;
}

static void read_by_hypercall(void)
{
	const char *const names[] = { name, file };
	int64_t handle = walk(names, 2, HC_WALK_OPEN);

	note("FS_READ", handle < 0 ? 0 : call_read((uint32_t)handle));
	if (handle >= 0)
		call_close((uint32_t)handle);
	handle = walk(names, 1, HC_WALK_OPEN);
	if (handle < 0)
		return;
	note("FS_READDIR", call_list((uint32_t)handle, 0));
	struct hc_fs_load load = { .handle = (uint32_t)handle,
				   .bytes = 256,
				   .count = 1,
				   .buffer = { buffer_gpa, BUFFER_BYTES } };
	const struct name only = { file, strlen(file) };

	memset(buffer, 0, BUFFER_BYTES);
	note("FS_LOAD",
	     call_names(HC_FS_LOAD, &load, sizeof(load), &only, 1) > 0 ? BUFFER_BYTES : 0);
	call_close((uint32_t)handle);
}

static void change_by_hypercall(void)
{
	const char *const names[] = { name, file };
	int64_t dir = walk(names, 1, 0), handle = walk(names, 2, HC_WALK_WRITE);
	const struct name list[] = { { "made", 4 }, { "moved", 5 } };

	if (handle >= 0) {
		call_write((uint32_t)handle, "written inside");
		call_close((uint32_t)handle);
	}
	if (dir < 0)
		return;
	for (uint32_t kind = 0; kind < 3; kind++) {
		struct hc_fs_create new = { .handle = (uint32_t)dir,
					    .kind = kind,
					    .count = 1,
					    .mode = 0700,
					    .target = { buffer_gpa, 4 } };
		struct hc_fs_rename move = { .handle = (uint32_t)dir,
					     .to_handle = (uint32_t)dir,
					     .count = 2 };
		struct hc_fs_remove gone = { .handle = (uint32_t)dir,
					     .directory = kind == HC_CREATE_DIRECTORY,
					     .count = 1 };
		struct hc_fs_walk_out out;

		strcpy((char *)buffer, "here");
		if (!call_names(HC_FS_CREATE, &new, sizeof(new), list, 1)) {
			memcpy(&out, call_reply(), sizeof(out));
			call_close(out.handle);
		}
		call_names(HC_FS_RENAME, &move, sizeof(move), list, 2);
		call_names(HC_FS_REMOVE, &gone, sizeof(gone), list, 1);
		call_names(HC_FS_REMOVE, &gone, sizeof(gone), list + 1, 1);
	}
	call_close((uint32_t)dir);
}

static void by_system_call(void)
{
	char path[512], other[520];
	int fd;

	snprintf(path, sizeof(path), "%s/%s/%s", directory, name, file);
	snprintf(other, sizeof(other), "%s.x", path);
	fd = open(path, O_RDWR | O_NONBLOCK);
	if (fd < 0)
		fd = open(path, O_RDONLY | O_NONBLOCK);
	note("read", fd < 0 ? 0 : read(fd, buffer, BUFFER_BYTES));
	if (fd >= 0)
		close(fd);
	note("readlink", readlink(path, (char *)buffer, BUFFER_BYTES));
	if (mkdir(other, 0700) == 0)
		rmdir(other);
	if (symlink("here", other) == 0)
		unlink(other);
	if (link(path, other) == 0)
		unlink(other);
	chmod(path, 0644);
	truncate(path, 14);
}

int race(char **words)
{
	int64_t end = now_ms() + atol(words[3]), mounted = call_grant(words[0]);

	directory = words[0];
	name = words[1];
	file = words[2];
	grant = (uint32_t)mounted;
	if (mounted < 0)
		return 96;
	while (now_ms() < end) {
		read_by_hypercall();
		change_by_hypercall();
		by_system_call();
	}
	printf("%lu met, %lu missed\n", met, missed);
	return leaks != 0 || !met || !missed;
}
