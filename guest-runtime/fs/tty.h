/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pseudo terminals: a master (of /dev/ptmx), a slave (/dev/pts/N) and between
 * them the line discipline N_TTY. The caller's own terminals are streams
 * (fs/stream.h); nothing here reaches them.
 *
 * What the master writes waits in `input` until the line takes it; what the
 * slave writes, and echoes, wait in `output` for the master.
 */
#ifndef GUEST_FS_TTY_H
#define GUEST_FS_TTY_H

#include "guest-runtime/fs/vfs.h"

#include <asm/termios.h>

struct process;

#define TTY_LINE_SIZE 4096u /* bytes that wait for the slave's reader */

/* Bytes in a row. */
struct tty_queue {
	uint8_t *bytes; /* owned; a ring of `size`, a power of two */
	uint32_t size, first, used;
};

/* The line discipline's state. Positions count on for ever; TTY_LINE_SIZE wraps them. */
struct tty_line {
	uint8_t bytes[TTY_LINE_SIZE];
	uint64_t marks[TTY_LINE_SIZE / 64]; /* the byte ends a line; a 0 there is no byte: VEOF */
	uint32_t tail, canon, head;	    /* read from; behind the last whole line; put here */
	uint32_t column, canon_column;	    /* of the output; where the line being typed began */
	uint32_t old_column, old_canon; /* before the bytes that came last: see line_receive() */
	bool literal;			/* VLNEXT: the next byte is no command */
	bool erasing;			/* within ECHOPRT's \.../ */
	bool stopped;			/* by VSTOP or TCOOFF */
};

enum tty_side { TTY_MASTER, TTY_SLAVE, TTY_SIDES };

struct tty {
	struct inode inode;   /* of the slave; its references are the terminal's */
	struct dentry *entry; /* its name, while there is a master */
	struct list node;     /* of all that have a master */
	uint32_t number;
	uint32_t slaves; /* open files */
	bool master;	 /* is open; once it is not, the slaves are hung up */
	bool left;	 /* the last slave was closed: the master reads to the end */
	bool locked;	 /* TIOCSPTLCK: the slave cannot be opened */
	bool packet;	 /* TIOCPKT */
	uint8_t packet_status;
	bool exclusive[TTY_SIDES]; /* TIOCEXCL */
	bool held[TTY_SIDES];	   /* TCOOFF */
	int session, group;	   /* whose controlling terminal it is, and the foreground; or 0 */
	struct termios2 termios;
	struct winsize size;
	struct tty_queue input, output;
	uint32_t settled; /* bytes of output that no flush takes back: the master's line has them */
	struct tty_queue echoes; /* of a stopped line: follow when it goes on */
	struct tty_line line;
	struct wait_queue queue[TTY_SIDES];
};

static inline struct tty *tty_of(struct inode *inode)
{
	return container_of(inode, struct tty, inode);
}

/* tty-queue.c. The size is a power of two; false: no memory. */
bool tty_queue_init(struct tty_queue *queue, uint32_t size);
uint32_t tty_queue_room(const struct tty_queue *queue);
/* Puts what has room; returns bytes. */
uint32_t tty_queue_put(struct tty_queue *queue, const void *bytes, uint32_t n);
uint32_t tty_queue_take(struct tty_queue *queue, void *to, uint32_t n);

/* pty.c. A terminal with a master that is no file yet, and a name; or NULL: no memory. */
struct tty *pty_create(struct super *super);
/* The master goes. */
void pty_hang_up(struct tty *tty);
/* Opens. 0 or -errno; the file gets its operations. */
int pty_open_master(struct file *file);
int pty_open_slave(struct file *file);
/* What a master in packet mode is told next: TIOCPKT_*. */
void pty_notify_packet(struct tty *tty, uint8_t set, uint8_t clear);
/* Drops the output behind the first tty->settled bytes. */
void pty_flush_output(struct tty *tty);

/* pty-io.c */
long pty_read_master(struct file *file, struct uio *uio, int64_t *offset);
long pty_write_master(struct file *file, struct uio *uio, int64_t *offset);
long pty_read_slave(struct file *file, struct uio *uio, int64_t *offset);
long pty_write_slave(struct file *file, struct uio *uio, int64_t *offset);
bool pty_slave_writable(const struct tty *tty);
bool pty_master_writable(const struct tty *tty);
#define TTY_READ_MAX (TTY_LINE_SIZE - 1) /* bytes that one read of a master gives at most */

/* tty-ioctl.c: what both sides have, and each its own. -ENOTTY: no such request. */
long pty_ioctl_master(struct file *file, uint32_t request, uint64_t argument);
long pty_ioctl_slave(struct file *file, uint32_t request, uint64_t argument);

/* As by TIOCSWINSZ. */
void tty_set_size(struct tty *tty, const struct winsize *size);

/* tty-flow.c: TCFLSH, TCXONC and breaks. */
long tty_flow_ioctl(struct tty *tty, enum tty_side side, uint32_t request, uint64_t argument);

/* tty-termios.c. The latter: from the kernel's struct termios, 36 bytes. */
void tty_termios_init(struct tty *tty);
void tty_termios_set(struct tty *tty, const void *termios);
long tty_termios_ioctl(struct tty *tty, uint32_t request, uint64_t argument);

/* line-input.c: what is typed. */
void line_receive(struct tty *tty); /* from tty->input, as much as the line has room for */
void line_flush(struct tty *tty);   /* forgets it */

/* line-erase.c: VERASE, VKILL, VWERASE. */
void line_erase(struct tty *tty, uint8_t byte);
void line_end_erasing(struct tty *tty);

/* line-output.c: towards the master. */
void line_output(struct tty *tty, uint8_t byte); /* by c_oflag; at most LINE_OUTPUT_MAX bytes */
#define LINE_OUTPUT_MAX 8
void line_echo(struct tty *tty, uint8_t byte);	   /* a control character as ^X */
void line_echo_raw(struct tty *tty, uint8_t byte); /* as it is */
void line_back(struct tty *tty, uint32_t columns); /* moves the cursor */
void line_stop(struct tty *tty);
void line_start(struct tty *tty);
bool line_is_control(uint8_t byte);
/* ISO 8859-1, as Linux has it. */
uint8_t line_lower(uint8_t byte);
bool line_continues(const struct tty *tty, uint8_t byte); /* a UTF-8 character */

/* line-read.c: what programs get. */
bool line_available(const struct tty *tty, bool poll);
/* One line, or what there is; bytes, maybe 0 at VEOF, or -EFAULT. */
long line_read(struct tty *tty, struct uio *uio);
uint32_t line_count(const struct tty *tty); /* FIONREAD */
/* ICANON was changed: what waits becomes a line, or no line any more. */
void line_change_mode(struct tty *tty);

/* tty-group.c: the foreground. kernel: the signal is from there, else from current. */
void tty_signal_group(int group, int signo, bool kernel);
/*
 * Before current uses its controlling terminal: 0, or it is in the background:
 * -ERESTARTSYS with the signal (SIGTTIN, SIGTTOU) sent to its group, or -EIO.
 */
long tty_check(const struct tty *tty, int signo);
long tty_check_callers(int signo); /* the same for the caller's terminal */
/* TIOCSPGRP's argument, and whether current's session has that group. 0 or -errno. */
long tty_get_group(uint64_t argument, int32_t *group);
long tty_check_group(int group);
/* Those of tty_session_ioctl() for the caller's terminal: nothing of it reaches the host. */
long tty_callers_ioctl(uint32_t request, uint64_t argument);
int tty_callers_group(void); /* gets the signals of the caller's terminal */

/*
 * tty-session.c: controlling terminals. What open does without O_NOCTTY: a
 * session leader without a terminal gets it.
 */
void tty_offer(struct tty *tty, const struct file *file);
/* The session loses it: the master is gone. */
void tty_hang_up(struct tty *tty);
bool tty_uses_id(int id); /* of a session or group */
/* TIOCSCTTY, TIOCNOTTY, TIOCGPGRP, TIOCSPGRP, TIOCGSID; -ENOTTY: none of these, too. */
long tty_session_ioctl(struct file *file, struct tty *tty, enum tty_side side, uint32_t request,
		       uint64_t argument);
void tty_inherit(struct process *process); /* a copy of another has its terminal */
void tty_leave(struct process *process); /* it ends: a session loses its terminal with its leader */
void tty_forget(struct process *process); /* it has none any more: setsid(2) */
/* For /dev/tty: makes file one on the process's controlling terminal; -ENXIO: it has none. */
int tty_open_controlling(struct file *file);

/* devpts.c */
uint32_t devpts_number(void); /* one that nobody has */
/* Names tty->inode, which gets a reference: tty->entry. 0 or -ENOMEM. */
int devpts_add(struct tty *tty);
void devpts_remove(struct tty *tty);
struct super *devpts_super(void);
extern struct list tty_masters; /* struct tty, by node */

/* Input flags, output flags and local flags of the terminal. */
static inline bool tty_iflag(const struct tty *tty, uint32_t flag)
{
	return tty->termios.c_iflag & flag;
}

static inline bool tty_oflag(const struct tty *tty, uint32_t flag)
{
	return tty->termios.c_oflag & flag;
}

static inline bool tty_lflag(const struct tty *tty, uint32_t flag)
{
	return tty->termios.c_lflag & flag;
}

/* Is byte this control character (V*)? 0 switches one off. */
static inline bool tty_is(const struct tty *tty, uint8_t byte, int which)
{
	return byte != 0 && byte == tty->termios.c_cc[which];
}

static inline uint8_t *line_at(struct tty_line *line, uint32_t position)
{
	return &line->bytes[position % TTY_LINE_SIZE];
}

static inline bool line_marked(const struct tty_line *line, uint32_t position)
{
	uint32_t at = position % TTY_LINE_SIZE;

	return line->marks[at / 64] >> at % 64 & 1;
}

static inline void line_mark(struct tty_line *line, uint32_t position, bool on)
{
	uint32_t at = position % TTY_LINE_SIZE;
	uint64_t bit = (uint64_t)1 << at % 64;

	line->marks[at / 64] = on ? line->marks[at / 64] | bit : line->marks[at / 64] & ~bit;
}

#endif
