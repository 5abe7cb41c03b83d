/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 as lower-case hexadecimal text. */
#ifndef SANDBOX_CLI_SHA256_H
#define SANDBOX_CLI_SHA256_H

#include <stddef.h>

#define SHA256_TEXT 65 /* 64 digits and the NUL */

void sha256_bytes(char out[SHA256_TEXT], const void *bytes, size_t size);

/* Of all that can be read of a file. 0, or -errno. */
int sha256_file(char out[SHA256_TEXT], const char *path);

#endif
