// SPDX-License-Identifier: Apache-2.0
/* Pairs of pseudo terminals: making, opening, closing, readiness. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/tty-outside.h"
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/sys/credentials.h"

#include <linux/capability.h>
#include <linux/poll.h>

#define PTS_MAJOR 136u
#define FIRST_INO 3u   /* of /dev/pts/0 */
#define TTY_GROUP 5u   /* of Debian and most others */
#define TTYS_MAX  4096 /* Linux's kernel.pty.max */

/* Linux has 8 KiB underway, and 4 KiB where the reader takes from; echoes, 4 KiB. */
#define INPUT_SIZE  8192u
#define OUTPUT_SIZE 16384u
#define ECHO_SIZE   4096u

struct list tty_masters = LIST_INIT(tty_masters);

static void release(struct inode *inode)
{
	struct tty *tty = tty_of(inode);

	kfree(tty->input.bytes);
	kfree(tty->output.bytes);
	kfree(tty->echoes.bytes);
	kfree(tty);
}

static const struct inode_ops inode_ops = { .open = pty_open_slave,
					    .set_attr = inode_set_attr,
					    .release = release };

static struct tty *make(struct super *super)
{
	struct tty *tty = kmalloc(sizeof(*tty));

	if (!tty)
		return NULL;
	tty->number = devpts_number();
	inode_init(&tty->inode, super, &inode_ops, S_IFCHR | 0620);
	inode_own(&tty->inode);
	tty->inode.attr.gid = TTY_GROUP;
	tty->inode.attr.ino = tty->number + FIRST_INO;
	tty->inode.attr.rdev =
		PTS_MAJOR << 8 | (tty->number & 0xff) | (uint64_t)(tty->number & ~0xffu) << 12;
	tty->locked = true;
	tty_termios_init(tty);
	if (tty_queue_init(&tty->input, INPUT_SIZE) && tty_queue_init(&tty->output, OUTPUT_SIZE) &&
	    tty_queue_init(&tty->echoes, ECHO_SIZE))
		return tty;
	inode_put(&tty->inode);
	return NULL;
}

static struct tty *tty_of_master(const struct file *file)
{
	return file->private;
}

static uint32_t poll_master(struct file *file)
{
	struct tty *tty = tty_of_master(file);
	uint32_t ready = 0;

	if (tty->output.used > 0)
		ready |= POLLIN | POLLRDNORM;
	if (tty->packet && tty->packet_status)
		ready |= POLLPRI | POLLIN | POLLRDNORM;
	if (tty->left)
		ready |= POLLHUP;
	if (pty_master_writable(tty))
		ready |= POLLOUT | POLLWRNORM;
	return ready;
}

static struct wait_queue *queue_master(struct file *file)
{
	return &tty_of_master(file)->queue[TTY_MASTER];
}

void pty_hang_up(struct tty *tty)
{
	tty->master = false;
	list_remove(&tty->node);
	devpts_remove(tty);
	tty_hang_up(tty);
	wait_queue_wake(&tty->queue[TTY_SLAVE], 0);
}

static void close_master(struct file *file)
{
	struct tty *tty = tty_of_master(file);

	pty_hang_up(tty);
	inode_put(&tty->inode);
}

static const struct file_ops master_ops = {
	.read = pty_read_master,
	.write = pty_write_master,
	.ioctl = pty_ioctl_master,
	.poll = poll_master,
	.queue = queue_master,
	.release = close_master,
};

static uint32_t poll_slave(struct file *file)
{
	const struct tty *tty = tty_of(file->inode);
	uint32_t ready = 0;

	if (!tty->master)
		return POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDNORM | POLLWRNORM;
	if (!line_available(tty, true))
		tty_outside_starve(tty);
	if (line_available(tty, true))
		ready |= POLLIN | POLLRDNORM;
	if (pty_slave_writable(tty))
		ready |= POLLOUT | POLLWRNORM;
	return ready;
}

static struct wait_queue *queue_slave(struct file *file)
{
	return &tty_of(file->inode)->queue[TTY_SLAVE];
}

static void close_slave(struct file *file)
{
	struct tty *tty = tty_of(file->inode);

	if (--tty->slaves > 0 || !tty->master)
		return;
	tty->left = true;
	tty->packet = false;
	wait_queue_wake(&tty->queue[TTY_MASTER], 0);
}

static const struct file_ops slave_ops = {
	.read = pty_read_slave,
	.write = pty_write_slave,
	.ioctl = pty_ioctl_slave,
	.poll = poll_slave,
	.queue = queue_slave,
	.release = close_slave,
};

struct tty *pty_create(struct super *super)
{
	struct tty *tty = make(super);

	if (!tty)
		return NULL;
	if (devpts_add(tty) < 0) {
		inode_put(&tty->inode);
		return NULL;
	}
	tty->master = true;
	list_add_before(&tty_masters, &tty->node);
	return tty;
}

int pty_open_master(struct file *file)
{
	uint32_t count = 0;

	list_for_each (node, &tty_masters)
		count++;
	if (count >= TTYS_MAX)
		return -ENOSPC;
	struct tty *tty = pty_create(file->inode->super);
	if (!tty)
		return -ENOMEM;
	file->private = tty;
	file->ops = &master_ops;
	return 0;
}

int pty_open_slave(struct file *file)
{
	struct tty *tty = tty_of(file->inode);

	if (!tty->master || tty->locked)
		return -EIO;
	if (tty->exclusive[TTY_SLAVE] && !credentials_capable(CAP_SYS_ADMIN))
		return -EBUSY;
	tty->slaves++;
	tty->left = false;
	file->ops = &slave_ops;
	tty_offer(tty, file);
	return 0;
}

void pty_notify_packet(struct tty *tty, uint8_t set, uint8_t clear)
{
	if (!tty->packet)
		return;
	tty->packet_status = (uint8_t)((tty->packet_status & ~clear) | set);
	wait_queue_wake(&tty->queue[TTY_MASTER], POLLPRI | POLLIN | POLLRDNORM);
}

void pty_flush_output(struct tty *tty)
{
	tty->output.used = MIN(tty->output.used, tty->settled);
	pty_notify_packet(tty, TIOCPKT_FLUSHWRITE, 0);
	wait_queue_wake(&tty->queue[TTY_SLAVE], POLLOUT | POLLWRNORM);
}
