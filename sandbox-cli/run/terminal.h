/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --tty: the caller's terminal while the program has one of its own in the VM.
 * Ours is in raw mode meanwhile, so that each byte that is typed goes to the
 * program's terminal, which knows what Ctrl-C is. The monitor gets the bytes
 * from a pipe, so that it can be told that there are some.
 */
#ifndef SANDBOX_CLI_TERMINAL_H
#define SANDBOX_CLI_TERMINAL_H

#include "abi/boot.h"

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

struct err;
struct hv_outside;

#define TERMINAL_CHUNK 1024 /* bytes typed at once */

struct terminal {
	int input;	      /* the caller's terminal, or -1: standard input is none */
	int raw;	      /* it is in raw mode */
	struct termios saved; /* its own mode */
	int to_guest;	      /* write end of the pipe; -1: none, or ended */
	int from_us;	      /* read end, for the monitor; -1: none */
	int guard;	      /* to the process that restores the mode when we cannot; -1: none */
	uint8_t typed[TERMINAL_CHUNK];
	size_t first, count; /* of what has to go to the guest */
	struct hv_outside *outside;
};

/* No terminal: all below does nothing. */
void terminal_none(struct terminal *t);

/*
 * For --tty: takes the terminal into raw mode, if standard input is one, and
 * says what the guest needs to know. Afterwards terminal_close() is due.
 */
int terminal_open(struct terminal *t, struct boot_tty *tty, struct hv_outside *outside,
		  struct err *e);
/* The monitor has its end of the pipe. */
void terminal_forked(struct terminal *t);
/* The mode as it was, and no more guard. */
void terminal_close(struct terminal *t);

/* While sandbox-run is stopped the terminal is the shell's. */
void terminal_leave(struct terminal *t);
void terminal_return(struct terminal *t);
/* Looks at the size of the window. */
void terminal_resize(struct terminal *t);

/* What to poll for. */
void terminal_poll(const struct terminal *t, struct pollfd *poll);
/* Moves what was typed; true when the guest has something to read. */
int terminal_pump(struct terminal *t);

#endif
