/* SPDX-License-Identifier: Apache-2.0 */
/* How the arguments and the result of each system call are shown: one letter each. */
#ifndef GUEST_TRACE_CALLS_H
#define GUEST_TRACE_CALLS_H

#include <stdbool.h>
#include <stdint.h>

enum argument {
	ARG_FD = 'f',	      /* descriptor */
	ARG_AT_FD = 'd',      /* the same, or AT_FDCWD */
	ARG_PATH = 'p',	      /* string */
	ARG_TEXT_OUT = 'b',   /* buffer that the call fills; result says how far */
	ARG_TEXT_IN = 'w',    /* buffer; the next argument says how long */
	ARG_VECTOR_OUT = 'V', /* iovec, as ARG_TEXT_OUT */
	ARG_VECTOR_IN = 'v',  /* iovec; the next argument counts */
	ARG_DECIMAL = 'i',
	ARG_UNSIGNED = 'n',
	ARG_HEX = 'x',
	ARG_ADDRESS = 'a',
	ARG_MODE = 'm', /* octal */
	ARG_ID = 'u',	/* process, user, group; -1 */
	ARG_SIGNAL = 'S',
	ARG_SET = 'g',	    /* signal set */
	ARG_STAT = 's',	    /* struct stat that the call fills */
	ARG_TIME = 't',	    /* struct timespec */
	ARG_TIME_OUT = 'T', /* struct timespec that the call fills */
	ARG_TIMEVAL = 'y',
	ARG_PAIR_OUT = '2', /* two descriptors that the call fills */
	ARG_STRINGS = 'N',  /* array of strings */
	ARG_LIMIT = 'l',    /* struct rlimit */
	ARG_LIMIT_OUT = 'L',
	ARG_ACTION = 'e', /* struct kernel_sigaction */
	ARG_ACTION_OUT = 'E',
	ARG_STATUS_OUT = 'W', /* wait(2)'s */
	ARG_POLL = 'P',	      /* struct pollfd; the next argument counts */
};

/* Shown by a set of names: a byte above 0x7f. */
#define ARG_OF(kind) (0x80 + (kind))

struct call_shape {
	uint8_t arguments[7]; /* enum argument or ARG_OF(enum flag_kind); ends with 0 */
	bool address;	      /* the result is one: hexadecimal */
	bool known;
};

/* NULL: unknown; all six are then shown in hexadecimal. */
const struct call_shape *call_shape(uint32_t number);

#endif
