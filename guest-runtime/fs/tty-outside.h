/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --tty (abi/boot.h): the program's terminal, of which the runtime itself is
 * the master. What stream 0 gives is typed there; what it puts out goes to
 * stream 1, late enough that many writes are one transfer, and always before
 * the VM sleeps or ends. Without --tty nothing here does anything.
 */
#ifndef GUEST_FS_TTY_OUTSIDE_H
#define GUEST_FS_TTY_OUTSIDE_H

#include <stdbool.h>

struct boot_block;
struct file;
struct tty;

/* An open file on it, current's controlling terminal; NULL: no memory. */
struct file *tty_outside_open(const struct boot_block *boot);

bool tty_outside_exists(void);
/* HC_OUTSIDE_INPUT, and SIGWINCH: what is there to be told to the terminal. */
void tty_outside_input(void);
void tty_outside_resized(void);

/* Nobody is ready: output is to be among what the VM waits for. False: there is none. */
bool tty_outside_idle(void);
/* The VM ends: waits until all output is outside. */
void tty_outside_end(void);

/* A reader finds nothing: where the input has ended, VEOF comes. */
void tty_outside_starve(const struct tty *tty);

#endif
