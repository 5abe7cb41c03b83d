// SPDX-License-Identifier: Apache-2.0
/*
 * Between the program's terminal and the caller's streams. There is no thread
 * for this: functions in wait queues and a timer move the bytes, none of which
 * sleeps. What the caller does not take stays in the terminal's queue, so that
 * writers wait.
 */
#include "guest-runtime/fs/tty-outside.h"

#include "abi/boot.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/stream.h"
#include "guest-runtime/fs/tty.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/page.h"

#include <linux/poll.h>

#define IN	   0u /* streams */
#define OUT	   1u
#define CHUNK	   16384u   /* bytes of one transfer at most */
#define LATE_NS	   2000000  /* output waits so long for more of it */
#define AGAIN_NS   10000000 /* until the caller is asked again whether it takes output */
#define IN_EVENTS  (POLLIN | POLLRDNORM)
#define OUT_EVENTS (POLLOUT | POLLWRNORM)
#define ENDS	   (POLLERR | POLLHUP | POLLNVAL)

static struct tty *tty;	 /* a reference; NULL: no --tty */
static bool by_terminal; /* IN is fed by the caller's terminal: HC_OUTSIDE_INPUT tells of it */
static bool ended;	 /* IN has */
static bool told_end;	 /* with VEOF, in raw mode */
static bool lost;	 /* OUT takes nothing any more */
static bool refused;	 /* it takes nothing for the moment */
static bool more;	 /* IN may have something, for which there was no room */
static char *typed;	 /* CHUNK bytes */
static char *leaving;	 /* CHUNK bytes, of which these are on their way: */
static uint32_t first, count;
static struct waiter on_tty, on_in, on_out;
static bool out_enrolled;

static void enrol_out(bool on);
static void send(struct wait_timer *timer);
static struct wait_timer late = { .expired = send };

bool tty_outside_exists(void)
{
	return tty;
}

static struct hc_segment segment(const char *bytes, uint32_t length)
{
	return (struct hc_segment){ .gpa = pointer_to_gpa(bytes), .length = length };
}

static void end_input(void)
{
	ended = true;
	if (!by_terminal)
		waiter_remove(&on_in);
	else if (tty->master)
		pty_hang_up(tty);
	wait_queue_wake(&tty->queue[TTY_SLAVE], IN_EVENTS);
}

/* IN has something, or has ended: it will not wait. False: no more for now. */
static bool take_input(void)
{
	uint32_t room = MIN(tty_queue_room(&tty->input), CHUNK);

	more = room == 0;
	if (room == 0 || ended)
		return false;
	const struct hc_segment to = segment(typed, room);
	int64_t got = host_stream_read(IN, &to, 1);
	stream_used(IN, IN_EVENTS | ENDS);
	if (got == -EINTR || got == -EAGAIN)
		return false;
	if (got <= 0) {
		end_input();
		return false;
	}
	tty_queue_put(&tty->input, typed, (uint32_t)got);
	line_receive(tty);
	return got == room;
}

static bool is_ready(uint32_t stream, uint16_t event)
{
	uint16_t events[HC_STREAMS] = { 0 }, revents[HC_STREAMS] = { 0 };

	events[stream] = event;
	return host_wait(0, 0, events, revents) > 0 && revents[stream];
}

void tty_outside_input(void)
{
	while (tty && !ended && is_ready(IN, POLLIN) && take_input())
		;
}

static void readable(struct waiter *waiter, uint32_t events)
{
	(void)waiter, (void)events;
	take_input();
}

static bool has_output(void)
{
	return count > 0 || tty->output.used > 0;
}

/* One transfer. 1: OUT took all of it; 0: not all; or -errno. */
static int put_output(void)
{
	if (count == 0) {
		first = 0;
		count = tty_queue_take(&tty->output, leaving, CHUNK);
		wait_queue_wake(&tty->queue[TTY_SLAVE], OUT_EVENTS);
	}
	const struct hc_segment from = segment(leaving + first, count);
	int64_t put = host_stream_write(OUT, &from, 1);
	if (put < 0)
		return put == -EINTR || put == -EAGAIN ? 0 : (int)put;
	refused = false;
	first += (uint32_t)put;
	count -= (uint32_t)put;
	return count == 0;
}

/* Nobody sees what is put out any more: as when a terminal's window is closed. */
static void lose_output(void)
{
	lost = true;
	count = tty->output.used = 0;
	wait_timer_set(&late, 0);
	if (tty->master)
		pty_hang_up(tty);
}

static void writable(struct waiter *waiter, uint32_t events)
{
	(void)waiter, (void)events;
	stream_used(OUT, OUT_EVENTS | ENDS);
	if (has_output() && put_output() < 0)
		lose_output();
	enrol_out(has_output());
}

static void enrol_out(bool on)
{
	if (on && !out_enrolled)
		waiter_add_function(&on_out, stream_queue(OUT), OUT_EVENTS | ENDS, writable);
	else if (!on && out_enrolled)
		waiter_remove(&on_out);
	out_enrolled = on;
}

/* Programs compute: what they have put out has waited long enough. */
static void send(struct wait_timer *timer)
{
	if (lost || !has_output())
		return;
	refused = !is_ready(OUT, POLLOUT);
	if (!refused)
		writable(NULL, 0);
	if (has_output())
		wait_timer_set(timer, clock_monotonic_ns() + AGAIN_NS);
}

/* To be sent soon, or at once when the queue gets long. */
static void output_came(void)
{
	bool now = tty->output.used >= tty->output.size / 4 * 3 && !refused;

	if (lost) {
		tty->output.used = 0;
		wait_queue_wake(&tty->queue[TTY_SLAVE], OUT_EVENTS);
	} else if (now && late.deadline != 1) {
		wait_timer_set(&late, 1);
	} else if (!late.deadline) {
		wait_timer_set(&late, clock_monotonic_ns() + LATE_NS);
	}
}

static void master_woken(struct waiter *waiter, uint32_t events)
{
	(void)waiter;
	if (events & POLLIN)
		output_came();
	if ((events & POLLOUT) && more) {
		more = false;
		tty_outside_input();
	}
}

bool tty_outside_idle(void)
{
	if (!tty || !has_output())
		return false;
	wait_timer_set(&late, 0);
	enrol_out(true);
	return true;
}

void tty_outside_end(void)
{
	const uint16_t events[HC_STREAMS] = { [OUT] = POLLOUT };

	while (tty && has_output()) {
		int put = put_output();

		if (put < 0)
			return;
		if (put > 0)
			continue;
		host_take_outside(); /* nobody is left to get it */
		host_wait(-1, 0, events, NULL);
	}
}

void tty_outside_resized(void)
{
	struct winsize size;

	if (tty && host_tty_get(OUT, HC_TTY_WINSIZE, &size, sizeof(size)) >= 0)
		tty_set_size(tty, &size);
}

void tty_outside_starve(const struct tty *of)
{
	if (!tty || of != tty || !ended || by_terminal || tty->input.used > 0 ||
	    line_available(tty, false))
		return;
	/* As a byte it is told but once: there it means no end. */
	bool line = tty_lflag(tty, ICANON);
	if ((told_end && !line) || !tty->termios.c_cc[VEOF])
		return;
	told_end |= !line;
	tty_queue_put(&tty->input, &tty->termios.c_cc[VEOF], 1);
	line_receive(tty);
}

/* The streams are not the program's; one that the caller had closed has ended. */
static void connect(const struct boot_block *boot)
{
	by_terminal = boot->tty.flags & BOOT_TTY_INPUT;
	lost = !(boot->streams & 1u << OUT);
	ended = !(boot->streams & 1u << IN);
	if (!lost)
		stream_reserve(OUT);
	if (!ended)
		stream_reserve(IN);
	if (!ended && !by_terminal)
		waiter_add_function(&on_in, stream_queue(IN), IN_EVENTS | ENDS, readable);
	waiter_add_function(&on_tty, &tty->queue[TTY_MASTER], 0, master_woken);
}

struct file *tty_outside_open(const struct boot_block *boot)
{
	const struct winsize size = { .ws_row = boot->tty.rows, .ws_col = boot->tty.columns };

	typed = kmalloc(CHUNK);
	leaving = kmalloc(CHUNK);
	tty = typed && leaving ? pty_create(devpts_super()) : NULL;
	struct file *file = tty ? file_create(&tty->inode, tty->entry, O_RDWR) : NULL;
	if (!file)
		return NULL;
	tty->locked = false;
	tty->size = size;
	if (boot->tty.flags & BOOT_TTY_TERMIOS)
		tty_termios_set(tty, boot->tty.termios);
	connect(boot);
	if (pty_open_slave(file) == 0)
		return file;
	file_put(file);
	return NULL;
}
