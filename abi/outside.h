/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happened outside of the VM: bits that the host sets in request.outside,
 * between any two instructions, and that the guest takes with an exchange. When
 * one is set,
 *   event 2 interrupts a program that runs (as TIMER says), now or within
 *     milliseconds, unless the guest has taken the bits by then;
 *   WAIT does not wait; its result counts streams as ever;
 *   STREAM_READ and STREAM_WRITE do not wait: EINTR, or the bytes done.
 */
#ifndef ABI_OUTSIDE_H
#define ABI_OUTSIDE_H

#define HC_OUTSIDE_SIGNAL(n) (1ull << ((n)-1))	  /* signal 1 to 31, for the first process */
#define HC_OUTSIDE_GROUP(n)  (1ull << ((n) + 31)) /* the same, for its process group */
#define HC_OUTSIDE_INPUT     (1ull << 31)	  /* --tty: stream 0 may have something to read */

#endif
