/* SPDX-License-Identifier: Apache-2.0 */
/* Names of Linux's system calls. */
#ifndef SANDBOX_CLI_SYSCALL_NAMES_H
#define SANDBOX_CLI_SYSCALL_NAMES_H

/* The name of a system call of x86-64, or NULL; the number may come from anywhere. */
const char *syscall_name(unsigned int number);

#endif
