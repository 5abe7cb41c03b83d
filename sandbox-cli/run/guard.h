/* SPDX-License-Identifier: Apache-2.0 */
/* A process that puts the caller's terminal right again when sandbox-run is killed. */
#ifndef SANDBOX_CLI_GUARD_H
#define SANDBOX_CLI_GUARD_H

#include <termios.h>

/*
 * To be called before the terminal's mode is changed to raw. A descriptor: when
 * its last copy is closed without guard_dismiss(), the mode becomes `saved`
 * again, unless somebody else has changed it. -1 with errno.
 */
int guard_start(int terminal, const struct termios *saved);

/* The mode is as it should be: the guard ends. Closes the descriptor. */
void guard_dismiss(int guard);

#endif
