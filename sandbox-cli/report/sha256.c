// SPDX-License-Identifier: Apache-2.0
/* libmd's SHA-256, of memory and of files. */
#include "sandbox-cli/report/sha256.h"
#include "common/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

/* After the types that it leaves to its includer. */
#include <sha2.h>

#define CHUNK (256u << 10)

static void finish(SHA2_CTX *context, char out[SHA256_TEXT])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t digest[SHA256_DIGEST_LENGTH];

	SHA256Final(digest, context);
	for (size_t i = 0; i < sizeof(digest); i++) {
		out[2 * i] = hex[digest[i] >> 4];
		out[2 * i + 1] = hex[digest[i] & 15];
	}
	out[2 * sizeof(digest)] = '\0';
}

void sha256_bytes(char out[SHA256_TEXT], const void *bytes, size_t size)
{
	SHA2_CTX context;

	SHA256Init(&context);
	SHA256Update(&context, bytes, size);
	finish(&context, out);
}

int sha256_file(char out[SHA256_TEXT], const char *path)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	static uint8_t chunk[CHUNK];
	SHA2_CTX context;
	ssize_t got;

	if (fd < 0)
		return -errno;
	SHA256Init(&context);
	while ((got = read(fd, chunk, CHUNK)) > 0)
		SHA256Update(&context, chunk, (size_t)got);
	if (got < 0)
		return -errno;
	finish(&context, out);
	return 0;
}
