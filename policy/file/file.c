// SPDX-License-Identifier: Apache-2.0
/* A policy file as bytes: regular, whole, not long, and known by its canonical path. */
#include "common/cleanup.h"
#include "policy/file/load.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(struct rules *r, const struct rules_file *file, const char *reason, int rc)
{
	return err_set(rules_problem(r), ERR_SANDBOX, -rc, "policy %s: %s", file->shown, reason);
}

static int read_all(struct rules *r, const struct rules_file *file, int fd, char **text,
		    size_t *size)
{
	ssize_t got;

	*size = 0;
	*text = malloc(LOAD_SIZE_MAX + 1);
	if (!*text)
		return refuse(r, file, "out of memory", -ENOMEM);
	while ((got = read(fd, *text + *size, LOAD_SIZE_MAX + 1 - *size)) > 0)
		*size += (size_t)got;
	if (got < 0)
		return refuse(r, file, strerror(errno), -errno);
	return *size > LOAD_SIZE_MAX ? refuse(r, file, "longer than 64 KiB", -EFBIG) : 0;
}

int file_read(struct rules *r, struct rules_file *file, char **text, size_t *size)
{
	cleanup_close int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	cleanup_free char *real = NULL;
	struct stat opened, named;

	if (fd < 0 || fstat(fd, &opened) < 0)
		return refuse(r, file, strerror(errno), -errno);
	if (!S_ISREG(opened.st_mode))
		return refuse(r, file, "not a regular file", -EINVAL);
	if (r->host.file.path && host_owns(r, file, &opened))
		return -EPERM;
	real = realpath(file->path, NULL);
	if (!real || stat(real, &named) < 0 || named.st_ino != opened.st_ino ||
	    named.st_dev != opened.st_dev)
		return refuse(r, file, "it was moved while it was opened", -EAGAIN);
	file->canonical = rules_keep(r, real, strlen(real));
	if (!file->canonical)
		return refuse(r, file, "out of memory", -ENOMEM);
	return read_all(r, file, fd, text, size);
}
