/* SPDX-License-Identifier: Apache-2.0 */
/* The guest's alarm, see timer.c. */
#ifndef HV_TIMER_H
#define HV_TIMER_H

struct vm;

/* The alarm's signal came: the guest's program is told. */
void timer_rang(struct vm *vm);

/* Rings soon, and until the guest has taken what came from outside. */
void timer_insist(struct vm *vm);

#endif
