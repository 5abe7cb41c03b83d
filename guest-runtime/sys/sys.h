/* SPDX-License-Identifier: Apache-2.0 */
/*
 * System calls: sys_<name>(a) takes the six arguments as the program passed
 * them (a[0] is RDI) and returns the result or -errno, as Linux would.
 */
#ifndef GUEST_SYS_SYS_H
#define GUEST_SYS_SYS_H

#include "guest-runtime/sys/table.h"

#include <stdint.h>

#define SYSCALL_DECLARE(number, name) long sys_##name(const uint64_t *a);
SYSCALLS(SYSCALL_DECLARE)
#undef SYSCALL_DECLARE

#endif
