// SPDX-License-Identifier: Apache-2.0
/*
 * A file system that answers when it likes: slowfs DIRECTORY mounts it there,
 * until it is killed. "file" is a file of 5 bytes; to look for "stuck" never
 * ends, nor to read "endless". Needs root, or a user namespace.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { ROOT = FUSE_ROOT_ID, PLAIN, ENDLESS };

static int device;

static void answer(const struct fuse_in_header *in, int error, const void *body, size_t size)
{
	const struct fuse_out_header out = { (uint32_t)(sizeof(out) + size), error, in->unique };
	const struct iovec parts[] = { { (void *)&out, sizeof(out) }, { (void *)body, size } };

	if (writev(device, parts, 2) < 0 && errno != ENOENT)
		perror("answer");
}

static struct fuse_attr attributes(uint64_t node)
{
	return (struct fuse_attr){ .ino = node,
				   .size = node == ROOT ? 0 : 5,
				   .mode = node == ROOT ? S_IFDIR | 0755 : S_IFREG | 0644,
				   .nlink = 1,
				   .blksize = 4096 };
}

static void look_up(const struct fuse_in_header *in, const char *name)
{
	struct fuse_entry_out entry = { .entry_valid = 1, .attr_valid = 1 };

	if (strcmp(name, "stuck") == 0)
		return;
	entry.nodeid = strcmp(name, "file") == 0      ? PLAIN
		       : strcmp(name, "endless") == 0 ? ENDLESS
						      : 0;
	entry.attr = attributes(entry.nodeid);
	answer(in, entry.nodeid ? 0 : -ENOENT, &entry, entry.nodeid ? sizeof(entry) : 0);
}

static void serve(const struct fuse_in_header *in, const void *body)
{
	const struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
					    .minor = FUSE_KERNEL_MINOR_VERSION,
					    .max_write = 4096 };
	const struct fuse_attr_out attr = { .attr_valid = 1, .attr = attributes(in->nodeid) };
	const struct fuse_open_out opened = { .fh = 1 };
	const struct fuse_statfs_out room = { .st = { .bsize = 4096, .namelen = 255 } };

	switch (in->opcode) {
	case FUSE_INIT:
		answer(in, 0, &init, sizeof(init));
		return;
	case FUSE_LOOKUP:
		look_up(in, body);
		return;
	case FUSE_GETATTR:
		answer(in, 0, &attr, sizeof(attr));
		return;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		answer(in, 0, &opened, sizeof(opened));
		return;
	case FUSE_READ:
		if (in->nodeid == PLAIN)
			answer(in, 0, "plain", 5);
		return;
	case FUSE_STATFS:
		answer(in, 0, &room, sizeof(room));
		return;
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
	case FUSE_FLUSH:
		answer(in, 0, NULL, 0);
		return;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return;
	default:
		answer(in, -ENOSYS, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	static _Alignas(8) char request[1 << 17];
	char options[128];

	prctl(PR_SET_PDEATHSIG, SIGKILL); /* not longer than the test */
	device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=%u,group_id=%u", device,
		 getuid(), getgid());
	if (argc != 2 || device < 0 ||
	    mount("slow", argv[1], "fuse", MS_NOSUID | MS_NODEV, options)) {
		perror("slowfs");
		return 1;
	}
	for (;;) {
		ssize_t got = read(device, request, sizeof(request));

		if (got < 0 && errno != EINTR && errno != EAGAIN && errno != ENOENT)
			return errno != ENODEV; /* unmounted */
		if (got > 0)
			serve((const void *)request, request + sizeof(struct fuse_in_header));
	}
}
