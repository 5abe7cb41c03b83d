/* SPDX-License-Identifier: Apache-2.0 */
/* The guest's alarm, see timer.c. */
#ifndef HV_TIMER_H
#define HV_TIMER_H

struct err;
struct vm;

/* Before the jail: who is interrupted by the alarm's signal. */
int timer_init(struct vm *vm, struct err *e);

/* KVM_RUN was interrupted: if by the alarm, the guest's program is told. */
void timer_rang(struct vm *vm);

#endif
