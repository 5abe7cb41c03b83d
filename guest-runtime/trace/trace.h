/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --trace: one line for each system call, much as strace(1) writes it, sent to
 * the host's HC_OUTPUT_TRACE in large pieces. What a program does through the
 * vDSO is no system call and does not show.
 */
#ifndef GUEST_TRACE_TRACE_H
#define GUEST_TRACE_TRACE_H

#include <stdbool.h>
#include <stdint.h>

struct boot_block;

extern bool trace_on; /* false: the functions below need not be called */

void trace_start(const struct boot_block *boot);

/* Around the service of a call; arguments as the program passed them. */
void trace_enter(uint32_t number, const uint64_t arguments[6]);
void trace_leave(uint32_t number, const uint64_t arguments[6], long result);

void trace_switch(void);		    /* current is about to lose the CPU */
void trace_signal(int number);		    /* one is delivered */
void trace_end(const char *how, int value); /* a thread's last line: "exited with", "killed by" */
void trace_flush(void);			    /* at the end, and before all wait for long */

#endif
