// SPDX-License-Identifier: Apache-2.0
/* The streams as objects: inodes, names, attributes, terminals. */
#include "guest-runtime/fs/stream.h"

#include "abi/boot.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/host.h"
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/host/hypercall.h"

#include <asm/ioctls.h>
#include <asm/termbits.h>

#define TERMIOS_SIZE 36 /* the kernel's struct termios */
#define WINSIZE_SIZE 8
#define DEV_NULL     0x103 /* 1:3 */
#define PTS_MAJOR    136

struct stream {
	struct inode inode;
	struct dentry *entry;
	uint32_t number;
	uint32_t flags; /* F_GETFL of the caller's descriptor */
	bool reserved;
	uint64_t checked; /* when its attributes were true; 0: never asked */
};

static struct stream streams[HC_STREAMS];

uint32_t stream_number(const struct inode *inode)
{
	return container_of(inode, struct stream, inode)->number;
}

uint32_t stream_host_flags(const struct inode *inode)
{
	return container_of(inode, struct stream, inode)->flags;
}

/* Of what is no file only the times change: they are believed as long as contents are. */
static int refresh(struct inode *inode)
{
	struct stream *stream = container_of(inode, struct stream, inode);

	if (stream->checked && !inode_is(inode, S_IFREG) &&
	    host_content_fresh(inode, stream->checked))
		return 0;
	int error = (int)host_stream_attr(stream->number, &inode->attr);
	stream->checked = error < 0 ? 0 : host_stamp();
	return error;
}

/* What kind of object it is stays as it is: asked once. */
static bool is_known(struct inode *inode)
{
	return inode->attr.mode != 0 || refresh(inode) >= 0;
}

bool stream_cannot_seek(struct inode *inode)
{
	return is_known(inode) && (inode_is(inode, S_IFIFO) || inode_is(inode, S_IFSOCK));
}

static bool is_no_terminal(struct inode *inode)
{
	return is_known(inode) && (!inode_is(inode, S_IFCHR) || stream_is_null(inode));
}

static int open(struct file *file)
{
	file->ops = &stream_ops;
	return 0;
}

/* They live as long as the VM. */
static void release(struct inode *inode)
{
	inode->references = 1;
}

static const struct inode_ops inode_ops = { .refresh = refresh, .open = open, .release = release };

/* Of an inode whose attributes are known. */
static int64_t terminal_index(const struct inode *inode)
{
	uint64_t rdev = inode->attr.rdev;

	if (!inode_is(inode, S_IFCHR) || (rdev >> 8 & 0xfff) != PTS_MAJOR)
		return -ENOTTY;
	return (int64_t)((rdev & 0xff) | (rdev >> 12 & 0xfff00));
}

int64_t stream_terminal(uint32_t number)
{
	struct inode *inode = &streams[number].inode;

	if (!streams[number].entry || inode_refresh(inode) < 0)
		return -ENOTTY;
	return terminal_index(inode);
}

bool stream_is_null(const struct inode *inode)
{
	return inode_is(inode, S_IFCHR) && inode->attr.rdev == DEV_NULL;
}

bool stream_exists(uint32_t number)
{
	return streams[number].entry || streams[number].reserved;
}

void stream_reserve(uint32_t number)
{
	streams[number].reserved = true;
}

struct inode *stream_inode(uint32_t number)
{
	return inode_get(&streams[number].inode);
}

/* What /proc/self/fd says of it: the host's names are not told. */
static long name(const struct dentry *entry, char *buffer, size_t size)
{
	const struct inode *inode = entry->inode;

	if (inode_refresh(entry->inode) < 0)
		return -ENOENT;
	const char *kind = inode_is(inode, S_IFIFO)    ? "pipe"
			   : inode_is(inode, S_IFSOCK) ? "socket"
						       : "stream";
	if (stream_is_null(inode))
		return format(buffer, size, "/dev/null");
	if (terminal_index(inode) >= 0)
		return format(buffer, size, "/dev/pts/%ld", terminal_index(inode));
	return format(buffer, size, "%s:[%lu]", kind, inode->attr.ino);
}

static const struct super_ops super_ops = { .name = name, .no_override = true };
static struct super super = { .ops = &super_ops, .type = "stream" };

struct file *stream_open(const struct boot_block *boot, uint32_t number)
{
	struct stream *stream = &streams[number];

	if (!(boot->streams & (1u << number)))
		return NULL;
	if (!stream->entry) {
		stream->number = number;
		stream->flags = boot->stream_flags[number];
		stream->inode.references = 1;
		stream->inode.ops = &inode_ops;
		stream->inode.super = &super;
		stream->entry = dentry_create_root(&super, &stream->inode);
	}
	struct file *file =
		stream->entry ? file_create(&stream->inode, stream->entry, stream->flags) : NULL;
	if (file)
		file->ops = &stream_ops;
	return file;
}

static struct stream *find_terminal(void)
{
	char termios[TERMIOS_SIZE];

	for (uint32_t i = 0; i < HC_STREAMS; i++)
		if (streams[i].entry &&
		    host_tty_get(i, HC_TTY_TERMIOS, termios, sizeof(termios)) >= 0)
			return &streams[i];
	return NULL;
}

bool stream_has_terminal(void)
{
	return find_terminal();
}

int stream_open_terminal(struct file *file)
{
	struct stream *stream = find_terminal();

	if (!stream)
		return -ENXIO;
	file->inode->writers -= file_writable(file);
	inode_put(file->inode);
	dentry_put(file->dentry);
	file->inode = inode_get(&stream->inode);
	file->inode->writers += file_writable(file);
	file->dentry = dentry_get(stream->entry);
	file->ops = &stream_ops;
	return 0;
}

static long get(uint32_t number, enum hc_tty_what what, uint64_t argument, size_t size)
{
	char reply[HC_TTY_OUT];
	long error = (long)host_tty_get(number, what, reply, sizeof(reply));

	return error < 0 ? error : copy_to_user(argument, reply, size);
}

long stream_check_terminal(struct inode *inode)
{
	char termios[TERMIOS_SIZE];

	if (is_no_terminal(inode))
		return -ENOTTY;
	long error =
		(long)host_tty_get(stream_number(inode), HC_TTY_TERMIOS, termios, sizeof(termios));
	return MIN(error, 0);
}

/* The terminal is the caller's: it can be looked at, not changed. */
long stream_ioctl(struct file *file, uint32_t request, uint64_t argument)
{
	uint32_t number = stream_number(file->inode);
	long error;

	if (is_no_terminal(file->inode))
		return -ENOTTY;
	switch (request) {
	case TCGETS:
		return get(number, HC_TTY_TERMIOS, argument, TERMIOS_SIZE);
	case TIOCGWINSZ:
		return get(number, HC_TTY_WINSIZE, argument, WINSIZE_SIZE);
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
	case TCSETS2:
	case TCSETSW2:
	case TCSETSF2:
	case TCSBRK:
	case TCXONC:
	case TCFLSH:
	case TIOCSTI:
	case TIOCSWINSZ:
		error = stream_check_terminal(file->inode);
		return error ? error : -EPERM;
	case TIOCGPGRP:
	case TIOCGSID:
	case TIOCSPGRP:
	case TIOCSCTTY:
	case TIOCNOTTY:
		error = stream_check_terminal(file->inode);
		return error ? error : tty_callers_ioctl(request, argument);
	default:
		return -ENOTTY;
	}
}
