/* SPDX-License-Identifier: Apache-2.0 */
/* In place of hv/: a monitor that does what a test wants. */
#ifndef TESTS_CLI_FAKE_HV_H
#define TESTS_CLI_FAKE_HV_H

#include "hv/hv.h"

/* What the next monitor does; outcome is its end of the pipe. */
extern void (*fake_monitor)(int outcome);
extern int fake_kvm;		     /* the descriptor of /dev/kvm that it must be given */
extern struct hv_outside *fake_news; /* in the monitor */
extern int fake_unproved;	     /* the jail is found wanting */
extern int fake_proof_given;	     /* the launcher said that it holds */

#endif
