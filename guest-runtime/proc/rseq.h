/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Restartable sequences, rseq(2): program code that starts over when another
 * thread had the CPU, or a handler ran, before its end.
 */
#ifndef GUEST_PROC_RSEQ_H
#define GUEST_PROC_RSEQ_H

#include <stdbool.h>
#include <stdint.h>

struct thread;

/* What AT_RSEQ_* tell: bytes of struct rseq that are filled, and its alignment. */
#define RSEQ_FEATURE_SIZE 28
#define RSEQ_ALIGN	  32

/* Of a thread; zeroed: nothing is registered. */
struct rseq_state {
	uint64_t address;
	uint32_t size, signature;
	bool due; /* another thread had the CPU meanwhile */
};

/*
 * On the way to the program, or to its handler: aborts the sequence that the
 * thread is in. False: what describes it is bad; SIGSEGV is due.
 */
bool rseq_abort(struct thread *thread);

#endif
