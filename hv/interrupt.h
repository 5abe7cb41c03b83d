/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupting the guest: two signals end KVM_RUN, and an event that cannot be
 * masked (an NMI) tells the program's side of it. The runtime itself is never
 * interrupted.
 */
#ifndef HV_INTERRUPT_H
#define HV_INTERRUPT_H

struct err;
struct vm;

/* Both are blocked but for KVM_RUN, which they end; nothing handles them. */
#define INTERRUPT_TIMER	  SIGALRM
#define INTERRUPT_OUTSIDE HV_OUTSIDE_SIGNAL

/* First of all, since a signal that is not blocked ends the monitor. */
void interrupt_block(void);
/* Before the jail: KVM_RUN ends for the two. */
int interrupt_init(struct vm *vm, struct err *e);

/* KVM_RUN was interrupted: takes what came and acts on it. */
void interrupt_take(struct vm *vm);

/*
 * True when the program will be told now: event 2. False: it does not run, or
 * is in an exception.
 */
int interrupt_program(struct vm *vm);

#endif
