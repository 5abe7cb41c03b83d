// SPDX-License-Identifier: Apache-2.0
/* A terminal's settings: TCGETS, TCSETS and their variants. */
#include "guest-runtime/fs/tty.h"

#include <asm/signal.h>
#include <linux/poll.h>

#define OLD_SIZE     offsetof(struct termios2, c_ispeed) /* the kernel's struct termios */
#define DEFAULT_RATE 38400u

_Static_assert(OLD_SIZE == 36, "struct termios of the Linux ABI");

static uint32_t rate(uint32_t code, uint32_t other)
{
	static const uint32_t low[] = { 0,   50,   75,	 110,  134,  150,  200,	  300,
					600, 1200, 1800, 2400, 4800, 9600, 19200, 38400 };
	static const uint32_t high[] = { 0,	  57600,   115200,  230400,  460800,  500000,
					 576000,  921600,  1000000, 1152000, 1500000, 2000000,
					 2500000, 3000000, 3500000, 4000000 };

	if (code == BOTHER)
		return other;
	return code & CBAUDEX ? high[code & 15] : low[code & 15];
}

void tty_termios_init(struct tty *tty)
{
	static const struct termios2 first = {
		.c_iflag = ICRNL | IXON,
		.c_oflag = OPOST | ONLCR,
		.c_cflag = B38400 | CS8 | CREAD,
		.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
		.c_cc = { [VINTR] = 3,
			  [VQUIT] = 28,
			  [VERASE] = 127,
			  [VKILL] = 21,
			  [VEOF] = 4,
			  [VMIN] = 1,
			  [VSTART] = 17,
			  [VSTOP] = 19,
			  [VSUSP] = 26,
			  [VREPRINT] = 18,
			  [VDISCARD] = 15,
			  [VWERASE] = 23,
			  [VLNEXT] = 22 },
		.c_ispeed = DEFAULT_RATE,
		.c_ospeed = DEFAULT_RATE,
	};

	tty->termios = first;
}

/* START and STOP are the usual ones, and in use: a master may act on them itself. */
static bool usual_flow(const struct termios2 *termios)
{
	return (termios->c_iflag & IXON) && termios->c_cc[VSTOP] == 19 &&
	       termios->c_cc[VSTART] == 17;
}

static void apply(struct tty *tty, const struct termios2 *new)
{
	struct termios2 old = tty->termios;
	uint32_t in = new->c_cflag >> IBSHIFT &CBAUD;

	tty->termios = *new;
	tty->termios.c_ospeed = rate(new->c_cflag &CBAUD, new->c_ospeed);
	tty->termios.c_ispeed = in == B0 ? tty->termios.c_ospeed : rate(in, new->c_ispeed);
	/* There is no wire: always eight bits. */
	tty->termios.c_cflag &= ~(uint32_t)(CSIZE | PARENB);
	tty->termios.c_cflag |= CS8 | CREAD;
	if (usual_flow(&old) != usual_flow(new))
		pty_notify_packet(tty, usual_flow(new) ? TIOCPKT_DOSTOP : TIOCPKT_NOSTOP,
				  TIOCPKT_DOSTOP | TIOCPKT_NOSTOP);
	if ((old.c_lflag ^ new->c_lflag) & ICANON)
		line_change_mode(tty);
	if ((old.c_iflag & IXON) && !(new->c_iflag &IXON))
		line_start(tty);
	wait_queue_wake(&tty->queue[TTY_SLAVE], 0);
	line_receive(tty);
}

void tty_termios_set(struct tty *tty, const void *termios)
{
	struct termios2 new = tty->termios;

	memcpy(&new, termios, OLD_SIZE);
	apply(tty, &new);
}

static long set(struct tty *tty, uint64_t argument, size_t size, bool flush)
{
	struct termios2 new = tty->termios;
	long error = tty_check(tty, SIGTTOU);

	if (!error)
		error = copy_from_user(&new, argument, size);
	if (error < 0)
		return error;
	if (flush) {
		line_flush(tty);
		line_receive(tty);
	}
	apply(tty, &new);
	return 0;
}

/* Output is with the master as soon as it is written: to wait for that takes no time. */
long tty_termios_ioctl(struct tty *tty, uint32_t request, uint64_t argument)
{
	switch (request) {
	case TCGETS:
		return copy_to_user(argument, &tty->termios, OLD_SIZE);
	case TCGETS2:
		return copy_to_user(argument, &tty->termios, sizeof(tty->termios));
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		return set(tty, argument, OLD_SIZE, request == TCSETSF);
	case TCSETS2:
	case TCSETSW2:
	case TCSETSF2:
		return set(tty, argument, sizeof(tty->termios), request == TCSETSF2);
	default:
		return -ENOTTY;
	}
}
