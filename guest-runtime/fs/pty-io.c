// SPDX-License-Identifier: Apache-2.0
/* Reading and writing both sides of a pseudo terminal. */
#include "guest-runtime/fs/tty-outside.h"
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/sys/restart.h"

#include <asm/signal.h>
#include <linux/poll.h>

#define STEP	 256
#define TENTH_NS INT64_C(100000000) /* the unit of VTIME */

bool pty_master_writable(const struct tty *tty)
{
	return !tty->held[TTY_MASTER] && tty_queue_room(&tty->input) > 0;
}

/* Output processing makes several bytes of one. */
static uint32_t slave_room(const struct tty *tty)
{
	uint32_t room = tty_queue_room(&tty->output);

	return tty_oflag(tty, OPOST) ? room / LINE_OUTPUT_MAX : room;
}

bool pty_slave_writable(const struct tty *tty)
{
	return !tty->line.stopped && slave_room(tty) > 0;
}

/* The first byte that packet mode puts before the others; 0: none was asked for. */
static long read_packet(struct tty *tty, struct uio *uio)
{
	uint8_t status = tty->packet_status;

	if (!tty->packet)
		return 0;
	tty->packet_status = 0;
	return uio_fill(uio, &status, 1);
}

static bool master_readable(const struct tty *tty)
{
	return tty->output.used > 0 || (tty->packet && tty->packet_status);
}

long pty_read_master(struct file *file, struct uio *uio, int64_t *offset)
{
	struct tty *tty = file->private;
	struct wait_queue *queue = &tty->queue[TTY_MASTER];
	uint8_t bytes[STEP];

	(void)offset;
	if (uio->left == 0)
		return 0;
	if (!master_readable(tty) && !tty->left && (file->flags & O_NONBLOCK))
		return -EAGAIN;
	if (WAIT_UNTIL(queue, WAIT_FOREVER, master_readable(tty) || tty->left))
		return -ERESTARTSYS;
	if (!master_readable(tty))
		return -EIO;
	bool status = tty->packet && tty->packet_status;
	long total = read_packet(tty, uio);
	if (total < 0 || status)
		return total;
	while (uio->left > 0 && tty->output.used > 0 && total < TTY_READ_MAX) {
		size_t most = MIN(MIN(uio->left, sizeof(bytes)), (size_t)(TTY_READ_MAX - total));
		long got =
			uio_fill(uio, bytes, tty_queue_take(&tty->output, bytes, (uint32_t)most));

		if (got < 0)
			return total ? total : got;
		total += got;
	}
	wait_queue_wake(&tty->queue[TTY_SLAVE], POLLOUT | POLLWRNORM);
	return total;
}

long pty_write_master(struct file *file, struct uio *uio, int64_t *offset)
{
	struct tty *tty = file->private;
	struct wait_queue *queue = &tty->queue[TTY_MASTER];
	uint8_t bytes[STEP];
	long total = 0;

	(void)offset;
	while (uio->left > 0) {
		if (!pty_master_writable(tty) && (file->flags & O_NONBLOCK))
			return total ? total : -EAGAIN;
		if (WAIT_UNTIL(queue, WAIT_FOREVER, pty_master_writable(tty)))
			return total ? total : -ERESTARTSYS;
		size_t most = MIN(uio->left, sizeof(bytes));
		long got = uio_take(uio, bytes, MIN(most, tty_queue_room(&tty->input)));
		if (got < 0)
			return total ? total : got;
		total += tty_queue_put(&tty->input, bytes, (uint32_t)got);
		line_receive(tty);
	}
	return total;
}

long pty_write_slave(struct file *file, struct uio *uio, int64_t *offset)
{
	struct tty *tty = tty_of(file->inode);
	struct wait_queue *queue = &tty->queue[TTY_SLAVE];
	uint8_t bytes[STEP];
	long total = 0;

	(void)offset;
	if (!tty->master)
		return -EIO;
	long error = tty_lflag(tty, TOSTOP) ? tty_check(tty, SIGTTOU) : 0;
	if (error)
		return error;
	while (uio->left > 0) {
		if (!pty_slave_writable(tty) && tty->master && (file->flags & O_NONBLOCK))
			return total ? total : -EAGAIN;
		if (WAIT_UNTIL(queue, WAIT_FOREVER, pty_slave_writable(tty) || !tty->master))
			return total ? total : -ERESTARTSYS;
		if (!tty->master)
			return total ? total : -EIO;
		size_t most = MIN(uio->left, sizeof(bytes));
		long got = uio_take(uio, bytes, MIN(most, slave_room(tty)));
		if (got < 0)
			return total ? total : got;
		for (long i = 0; i < got; i++)
			line_output(tty, bytes[i]);
		total += got;
	}
	return total;
}

/* How long a read waits: for its first byte and, VTIME, for each further one. */
struct patience {
	uint32_t least; /* bytes that end it */
	int64_t first, further;
};

static int64_t tenths_from_now(uint32_t tenths)
{
	return clock_monotonic_ns() + tenths * TENTH_NS;
}

static struct patience patience_of(const struct tty *tty)
{
	const uint8_t *cc = tty->termios.c_cc;
	struct patience patience = { .least = 0, .first = WAIT_FOREVER, .further = 0 };

	if (tty_lflag(tty, ICANON))
		return patience;
	patience.least = MAX(cc[VMIN], 1u);
	if (cc[VMIN])
		patience.further = cc[VTIME];
	else
		patience.first = cc[VTIME] ? tenths_from_now(cc[VTIME]) : 0;
	return patience;
}

/* The input may have ended meanwhile. */
static bool has_come(const struct tty *tty)
{
	if (!line_available(tty, false))
		tty_outside_starve(tty);
	return line_available(tty, false);
}

/* Until there is something: 1; 0: time is up; or -errno. */
static long wait_for_input(struct tty *tty, bool nonblocking, int64_t deadline)
{
	if (has_come(tty))
		return 1;
	if (!tty->master || deadline == 0)
		return 0;
	if (nonblocking)
		return -EAGAIN;
	long ended = WAIT_UNTIL(&tty->queue[TTY_SLAVE], deadline, has_come(tty) || !tty->master);
	if (ended == -ETIMEDOUT)
		return 0;
	if (ended < 0)
		return -ERESTARTSYS;
	/* Who waited is told of the end otherwise than who comes later. */
	return line_available(tty, false) ? 1 : -EIO;
}

long pty_read_slave(struct file *file, struct uio *uio, int64_t *offset)
{
	struct tty *tty = tty_of(file->inode);
	struct patience patience;
	long total = 0;

	(void)offset;
	if (!tty->master)
		return 0;
	long error = tty_check(tty, SIGTTIN);
	if (error || uio->left == 0)
		return error;
	patience = patience_of(tty);
	do {
		long ready = wait_for_input(tty, file->flags & O_NONBLOCK, patience.first);

		if (ready <= 0)
			return total ? total : ready;
		long got = line_read(tty, uio);
		if (got < 0)
			return total ? total : got;
		total += got;
		line_receive(tty);
		if (patience.further)
			patience.first = tenths_from_now((uint32_t)patience.further);
	} while (uio->left > 0 && total < patience.least);
	return total;
}
