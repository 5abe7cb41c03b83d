/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks for paths of the guest's choice on the host. A file system that does
 * not answer holds whoever looks, killed or not: so a child looks.
 */
#ifndef SANDBOX_CLI_EXISTS_H
#define SANDBOX_CLI_EXISTS_H

/* policy_exists(), within a quarter of a second; 0 also when that is not enough. */
int exists_ask(const char *path);

/* Ends the child, if there is one. */
void exists_end(void);

#endif
