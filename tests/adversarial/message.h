/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages to a real monitor: each goes to a VM of its own, after a prelude
 * that opens the handles of valid.h.
 */
#ifndef TESTS_ADVERSARIAL_MESSAGE_H
#define TESTS_ADVERSARIAL_MESSAGE_H

#include "tests/adversarial/stage.h"

/* Adds the prelude's records to empty orders. */
void message_prelude(void);

/* Adds the message as a record, whole or, at an odd length, as much of it as there is. */
struct record *message_record(const struct message *m);

/* Plays prelude and message in a VM and compares. `what` names the case in a failure. */
struct record *message_check(const struct run *run, const char *what, const struct message *m);

/* As message_check(), for a message whose record is the last of orders made already. */
void message_judge(const struct run *run, const char *what, const struct message *m,
		   const struct record *record);

#endif
