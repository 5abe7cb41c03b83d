/* SPDX-License-Identifier: Apache-2.0 */
/* Words for a /dev/kvm that cannot be opened, shared by a run and by --doctor. */
#ifndef SANDBOX_CLI_KVM_ERRORS_H
#define SANDBOX_CLI_KVM_ERRORS_H

struct err;

#define KVM_PATH "/dev/kvm"

/* "cannot open /dev/kvm: ..." with the hint for this errno and this user; returns -errnum. */
int kvm_open_error(int errnum, struct err *e);

/* The hardware virtualization that /proc/cpuinfo shows, "VT-x" or "AMD-V", or NULL. */
const char *kvm_cpu_flag(void);

#endif
