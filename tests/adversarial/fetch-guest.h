/* SPDX-License-Identifier: Apache-2.0 */
/* One guest without KVM, behind the seams: what two tests begin with. */
#ifndef TESTS_ADVERSARIAL_FETCH_GUEST_H
#define TESTS_ADVERSARIAL_FETCH_GUEST_H

#include "tests/adversarial/fetch-seams.h"
#include "tests/adversarial/valid.h"

#define FETCH_HANDLES 64

extern struct vm fetch_vm;

/* Fixtures of cmocka: the scene on the host. */
int fetch_setup(void **state);
int fetch_teardown(void **state);

/* A guest with the handles that the valid requests name; guest_stop() ends it. */
void fetch_start(void);

/* One request, watched. */
int64_t fetch_serve(const struct message *m);

#endif
